#pragma once
// SPDX-License-Identifier: Apache-2.0
// The parts of placed models as the rows of a tree: what is opened, or, while somebody searches, what is found. Made
// anew only when something else is wanted, so that thousands of parts cost a frame nothing. Frame thread.

#include "app/live.h"
#include "scene/scene.h"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::app {

class PartRows {
  public:
    struct Row {
        scene::PlacedId placed; // the model as a whole, when `node` is not valid
        scene::NodeId node;
        std::uint16_t depth = 0;
        bool has_parts = false, open = false;
    };
    // `equipment`: only the models of that machine; kNone: all of them. `search`: words as of find_by_name().
    void update(const scene::Scene& scene, const Live& live, std::uint32_t equipment, std::string_view search);
    std::span<const Row> list() const { return rows_; }
    void turn(const Row& row);                                   // opens or closes it
    void open_to(const scene::Scene& scene, scene::NodeId node); // everything above it

  private:
    void add(const scene::Scene& scene, scene::NodeId node, std::uint16_t depth);

    std::vector<Row> rows_;
    std::set<std::uint32_t> open_placed_, open_nodes_;
    std::string search_;
    std::uint32_t equipment_ = scene::kNone;
    std::size_t placed_ = 0;
    bool stale_ = true;
};

} // namespace pw::app
