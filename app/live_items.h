#pragma once
// SPDX-License-Identifier: Apache-2.0
// Items on the machines: the slots that the stage placed, hidden, are shown and moved along their paths as the items
// bindings say. Frame thread; a steady frame allocates nothing and touches only what moved.

#include "app/item_path.h"
#include "app/problems.h"
#include "base/reports.h"
#include "plant/plant.h"
#include "scene/scene.h"
#include "twin/binding.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pw::app {

// The name of a slot's placed model: of a form that items and scenery have not.
std::string slot_name(const plant::Equipment& equipment, std::uint32_t binding, std::size_t slot);
bool is_slot_name(std::string_view placed_name);

class LiveItems {
  public:
    LiveItems(const plant::Plant& plant, const twin::Bindings& bindings); // both outlive it

    // Looks up paths and slots; to be called once, when all is placed.
    void resolve(const scene::Scene& scene, Reports& problems);
    // `value` is of an items binding and new.
    void apply(scene::Scene& scene, const twin::BoundValue& value, Problems& problems);
    // Shows what was said before resolve().
    void catch_up(scene::Scene& scene);

  private:
    struct Track {
        std::uint32_t binding = 0; // into Bindings::list
        std::string where;         // in problems
        ItemPath path;
        std::vector<scene::PlacedId> slots; // empty until resolved; invalid: its model could not be read
        bool stale = false;
        std::uint32_t left_out = 0;
    };
    void resolve(const scene::Scene& scene, Track& track, Reports& problems) const;
    void show(scene::Scene& scene, const Track& track, std::uint32_t slot) const;

    const plant::Plant& plant_;
    const twin::Bindings& bindings_;
    std::vector<Track> tracks_; // ascending by binding
    bool behind_ = false;
};

} // namespace pw::app
