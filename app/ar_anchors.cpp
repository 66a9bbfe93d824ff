// SPDX-License-Identifier: Apache-2.0
// Registrations and the headset's anchors: a machine that was registered gets an anchor where its model has its origin,
// and comes back by it when the headset's space is another one.
#include "app/ar_registration.h"
#include "app/ar_solve.h"
#include "base/assert.h"
#include "base/format.h"
#include "base/strings.h"

#include <algorithm>
#include <format>
#include <utility>

namespace pw::app {

using namespace registration;

namespace {

SpatialAnchor seen_now(const std::string& uuid, const Pose& origin_from_anchor) {
    return {uuid, known(to_rigid(origin_from_anchor), kAnchor_m, kAnchor_rad)};
}

} // namespace

void ArRegistration::follow_anchors(const scene::Scene& scene, xr::Anchors& anchors) {
    for (const std::string& old : std::exchange(old_anchors_, {})) anchors.erase(old);
    anchor_made(anchors);
    anchor_next(anchors);
    for (auto at = kept_.begin(); at != kept_.end();) {
        const auto& [equipment, kept] = *at++; // bring_back() may take it out
        if (kept.anchor.empty()) continue;
        anchors.look_for(kept.anchor);
        if (anchors.origin_from_anchor(kept.anchor)) bring_back(scene, anchors, equipment);
    }
}

// One after the other.
void ArRegistration::anchor_next(xr::Anchors& anchors) {
    if (anchoring_ != plant::kNoEquipment || anchors.making()) return;
    const auto next = std::ranges::find_if(machines_, [](const auto& of) { return of.second.wants_anchor; });
    if (next == machines_.end()) return;
    next->second.wants_anchor = false;
    anchoring_ = next->first;
    anchors.make(pose_at(next->second.registrar.last()->estimate.place, DVec3(0.0)));
}

// Kept by the headset, and then seen by it, the registration is written down relative to it.
void ArRegistration::anchor_made(xr::Anchors& anchors) {
    if (auto made = anchors.take_made()) {
        if (anchoring_ == plant::kNoEquipment) { // the space was lost meanwhile
            if (*made) old_anchors_.push_back(std::move(**made));
            return;
        }
        if (!*made) {
            words_ = vformatted(text(Text::NotAnchored),
                                std::make_format_args(plant_.equipment[anchoring_].title, made->error().what));
            anchoring_ = plant::kNoEquipment;
            return;
        }
        made_anchor_ = std::move(**made);
    }
    if (anchoring_ == plant::kNoEquipment || made_anchor_.empty()) return;
    const auto machine = machines_.find(anchoring_);
    if (machine == machines_.end()) { // forgotten meanwhile
        anchors.erase(made_anchor_);
    } else {
        const auto at = anchors.origin_from_anchor(made_anchor_);
        if (!at) return;
        machine->second.wants_anchor = false; // also when it was registered anew meanwhile
        machine->second.anchored = *relative_to(seen_now(made_anchor_, *at), *machine->second.registrar.last());
        keeper_.keep(jobs_, *machine->second.anchored);
        ++revision_;
    }
    made_anchor_.clear();
    anchoring_ = plant::kNoEquipment;
}

bool ArRegistration::comes_back(std::uint32_t equipment) const {
    const auto machine = machines_.find(equipment);
    const auto* const before = kept(equipment);
    return machine != machines_.end() ? machine->second.anchored.has_value()
                                      : before != nullptr && !before->anchor.empty();
}

void ArRegistration::bring_back(const scene::Scene& scene, const xr::Anchors& anchors, std::uint32_t equipment) {
    const auto& machine = plant_.equipment[equipment];
    const auto now = shape(scene, equipment);
    if (!now) return;
    Registration& kept = kept_.at(equipment);
    if (kept.asset.geometry != *now) {
        words_ = vformatted(text(Text::OtherShape), std::make_format_args(machine.title));
        kept.anchor.clear(); // it is said once
        return;
    }
    auto here = in_world(seen_now(kept.anchor, *anchors.origin_from_anchor(kept.anchor)), kept);
    Machine back{Registrar(here->asset), middle_of(scene, scene.find_placed(machine.id)), kept,
                 /* wants_anchor= */ false};
    const auto accepted = back.registrar.accept(std::move(*here));
    PW_ASSERT(accepted.has_value(), "of this machine, of its shape, in the user's space");
    machines_.insert_or_assign(equipment, std::move(back));
    kept_.erase(equipment);
    follow_newest();
    ++revision_;
    const double error_mm = 1e3 * error(scene, equipment).bound95_m;
    words_ = vformatted(text(Text::IsFoundAgain), std::make_format_args(machine.title, error_mm));
}

// Nothing while a job works it out, or the model is still on its way.
std::optional<std::uint64_t> ArRegistration::shape(const scene::Scene& scene, std::uint32_t equipment) {
    const auto placed = scene.find_placed(plant_.equipment[equipment].id);
    if (!placed) return std::nullopt;
    {
        auto shapes = shapes_->lock();
        const auto [at, is_new] = shapes->try_emplace(equipment);
        if (!is_new) return at->second;
    }
    jobs_.add(JobClass::Background, [shapes = shapes_, equipment, model = scene.placed()[placed.index].model] {
        const std::uint64_t hash = geometry_hash(*model);
        (*shapes->lock())[equipment] = hash;
    });
    return std::nullopt;
}

// It is registered anew, or forgotten.
void ArRegistration::drop_anchor(std::uint32_t equipment) {
    const auto machine = machines_.find(equipment);
    const auto kept = kept_.find(equipment);
    if (machine != machines_.end() && machine->second.anchored)
        old_anchors_.push_back(machine->second.anchored->anchor);
    if (kept != kept_.end() && !kept->second.anchor.empty()) old_anchors_.push_back(kept->second.anchor);
}

} // namespace pw::app
