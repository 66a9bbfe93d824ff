#pragma once
// SPDX-License-Identifier: Apache-2.0
// Animations that machines ask for by name: each clip binding plays one clip of one placed model, round and round in
// the time of the frames' display, and halts when its tag is stale or names none. Frame thread; a steady frame
// allocates nothing.

#include "app/problems.h"
#include "plant/plant.h"
#include "scene/scene.h"
#include "twin/binding.h"

#include <cstdint>
#include <string>
#include <vector>

namespace pw::app {

class LiveClips {
  public:
    LiveClips(const plant::Plant& plant, const twin::Bindings& bindings);

    // Looks up the models; to be called once, when all is placed.
    void resolve(const plant::Plant& plant, const twin::Bindings& bindings, const scene::Scene& scene,
                 Reports& problems);
    // `value` is of a clip binding and new.
    void hear(const twin::BoundValue& value);
    void step(scene::Scene& scene, Time display, Problems& problems);

  private:
    struct Player {
        std::uint32_t binding = 0; // into Bindings::list
        std::string where;         // in problems
        scene::PlacedId placed;
        std::string wanted;  // the name it was told last
        bool going = false;  // it is to move
        bool is_new = false; // `wanted` has not been looked up
        const scene::Clip* clip = nullptr;
        double time_s = 0.0;
    };
    static void look_up(scene::Scene& scene, Player& player, Problems& problems);

    std::vector<Player> players_; // ascending by binding
    Time last_{};
};

} // namespace pw::app
