#pragma once
// SPDX-License-Identifier: Apache-2.0
// Brings what a user chose to see (work/view_records.h) onto the scene and the layers: the one place that does. A
// record about a part that is not there yet takes effect when its model arrives. Frame thread; a call without news
// costs nothing.

#include "app/layers.h"
#include "app/live.h"
#include "scene/scene.h"
#include "work/explode.h"
#include "work/view_records.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pw::app {

class ViewOnScene {
  public:
    void apply(const work::ViewRecords& records, scene::Scene& scene, const Live& live, LayerChoice& layers);
    // AR: the real plant is seen, and of the scene what the record "ar" says. From the next apply() on.
    // `registering`: whose ghost shows in any case, to be pointed at; kNone: nobody's.
    void see_through(bool on, std::uint32_t registering);

  private:
    void flag(const work::ViewRecords& records, scene::Scene& scene, const Live& live);
    void explode(const work::ViewRecords& records, scene::Scene& scene, const Live& live, bool arrived);
    void choose_variants(const work::ViewRecords& records, scene::Scene& scene);

    struct Exploded {
        std::vector<scene::NodeId> roots; // what the ways were found for
        std::vector<work::ExplodeWay> ways;
    };
    std::vector<std::uint8_t> flags_; // by node, as set: kHidden, kGhost, kReal and kShown
    std::map<std::string, Exploded, std::less<>> exploded_;
    std::vector<std::uint32_t> offset_;     // nodes that have an offset
    std::vector<scene::PlacedId> variants_; // that have one
    std::uint64_t version_ = 0;
    std::size_t placed_ = 0;
    bool see_through_ = false, flags_old_ = false;
    std::uint32_t registering_ = scene::kNone;
    bool settling_ = false; // offsets were taken away, to find new ways with the next call
};

} // namespace pw::app
