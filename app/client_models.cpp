// SPDX-License-Identifier: Apache-2.0
// The client's part in models that have arrived: what they are of the plant, and where the names above them stand.
#include "app/client.h"
#include "app/parts.h"
#include "app/pointing.h"
#include "base/format.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace pw::app {

namespace {

constexpr double kLabelGap_m = 0.12; // above the machine

} // namespace

DAabb Client::box_of(scene::PlacedId id) const {
    const auto& placed = scene_.placed()[id.index];
    DAabb box;
    for (std::uint32_t n = placed.first_node; n < placed.first_node + placed.node_count; n = scene_.subtree_end({n}))
        grow(box, scene_.world_bounds({n}));
    return box;
}

// What a machine's name stands above: the node that the plant file says, or all of its model.
DAabb Client::label_box(scene::PlacedId machine, const plant::Equipment& equipment) {
    if (!equipment.label_at.empty()) {
        if (const auto node = scene_.find_path(machine, equipment.label_at)) return scene_.world_bounds(node);
        problems_.add(equipment.pointer + "/label_at",
                      formatted("{}: there is no node \"{}\"", equipment.id, equipment.label_at));
    }
    return box_of(machine);
}

void Client::resolve_placed() {
    Reports found;
    live_->resolve(scene_, stage_.complete(), found);
    for (const auto& report : found.list()) problems_.add(report.where, report.what);
    picker_.sync(scene_, scene_.update());
    structure_pending_ = true; // the renderer's turn comes when it draws
    layers_->resolve(scene_);
    begin_visit();
    tops_m_ = std::numeric_limits<double>::lowest();
    label_places_.assign(plant_.equipment.size(), {.at = DVec3(std::numeric_limits<double>::quiet_NaN())});
    for (std::uint32_t p = 0; p < scene_.placed().size(); ++p) {
        const auto& placed = scene_.placed()[p];
        const auto e = live_->equipment_of({p});
        if (e == scene::kNone || placed.node_count == 0 || is_slot_name(placed.name)) continue;
        if (const DAabb box = box_of({p}); !box.empty()) tops_m_ = std::max(tops_m_, box.max.y);
        if (placed.name != plant_.equipment[e].id) {
            label_places_[e].on_it.push_back({placed.first_node});
            continue;
        }
        const DAabb box = label_box({p}, plant_.equipment[e]);
        if (!box.empty())
            label_places_[e].at = {(box.min.x + box.max.x) * 0.5, box.max.y + kLabelGap_m,
                                   (box.min.z + box.max.z) * 0.5};
    }
}

// Who has not moved yet stands where the visit begins: without a start in the file, where all that has arrived is seen.
// In a headset nobody is moved with each model, but once when all are there, and through black.
void Client::begin_visit() {
    if (options_.plant_file.empty() || home_said_) return;
    home_said_ = !std::isnan(plant_.start_m.x);
    const bool worn = options_.host.kind == xr::HostKind::Headset;
    if (worn && !home_said_ && !stage_.complete()) return;
    const auto place = [](const Walker& w) {
        const Pose eye = w.origin_from_eye(); // at a desk; a headset's eyes move by themselves
        return std::tuple(w.stance().position, w.stance().yaw_rad, eye.position, eye.orientation);
    };
    const bool moved = place(walker_) != place(home_);
    const double aspect = static_cast<double>(options_.host.width) / options_.host.height;
    home_ = beginning(plant_, whole_plant(scene_), {worn, options_.host.fov_y_deg, aspect});
    if (moved) return;
    if (headset_ && drawn_ > 0)
        go_home();
    else
        walker_ = home_;
}

} // namespace pw::app
