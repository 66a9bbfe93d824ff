// SPDX-License-Identifier: Apache-2.0
// Registrations and the headset's anchors: a machine that was registered gets an anchor at its middle, whose error
// is then no lever's, and comes back by it when the headset's space is another one.
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
    erase_old(anchors);
    anchor_made(anchors);
    anchor_next(anchors);
    for (auto at = kept_.begin(); at != kept_.end();) {
        const auto& [equipment, kept] = *at++; // bring_back() may take it out
        const std::string& anchor = kept.registration.anchor;
        if (anchor.empty() || kept.refused) continue;
        anchors.look_for(anchor);
        if (anchors.origin_from_anchor(anchor)) bring_back(scene, anchors, equipment);
    }
}

// One after the other, each when the registration itself is kept: an anchor that no file names is never found again.
void ArRegistration::anchor_next(xr::Anchors& anchors) {
    if (anchoring_ != plant::kNoEquipment || anchors.making()) return;
    const auto next = std::ranges::find_if(machines_, [&](const auto& of) {
        return of.second.wants_anchor && keeper_.is_written(plant_.equipment[of.first].id);
    });
    if (next == machines_.end()) return;
    next->second.wants_anchor = false;
    anchoring_ = next->first;
    anchors.make(pose_at(next->second.registrar.last()->estimate.place, next->second.middle_m));
}

// Kept by the headset, and then seen by it, the registration is written down relative to it.
void ArRegistration::anchor_made(xr::Anchors& anchors) {
    if (auto made = anchors.take_made()) {
        if (anchoring_ == plant::kNoEquipment) { // the space was lost meanwhile
            if (*made) old_anchors_.push_back({std::move(**made)});
            return;
        }
        if (!*made) {
            words_ = vformatted(text(Text::NotAnchored),
                                std::make_format_args(plant_.equipment[anchoring_].title, made->error().what));
            anchoring_ = plant::kNoEquipment;
            return;
        }
        made_anchor_ = std::move(**made);
        if (const auto* of = last(anchoring_)) keep(anchoring_, *of);
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
        keep(anchoring_, *machine->second.anchored);
        ++revision_;
    }
    made_anchor_.clear();
    anchoring_ = plant::kNoEquipment;
}

bool ArRegistration::comes_back(std::uint32_t equipment) const {
    const auto machine = machines_.find(equipment);
    const auto* const before = kept(equipment);
    if (machine != machines_.end())
        return machine->second.anchored && keeper_.is_written(plant_.equipment[equipment].id);
    return before != nullptr && !before->anchor.empty() && !kept_.at(equipment).refused;
}

void ArRegistration::bring_back(const scene::Scene& scene, const xr::Anchors& anchors, std::uint32_t equipment) {
    const auto& machine = plant_.equipment[equipment];
    const auto now = shape(scene, equipment);
    if (!now) return;
    auto& [kept, refused] = kept_.at(equipment);
    if (kept.asset.geometry != *now) {
        words_ = vformatted(text(Text::OtherShape), std::make_format_args(machine.title));
        refused = true;
        return;
    }
    auto here = in_world(seen_now(kept.anchor, *anchors.origin_from_anchor(kept.anchor)), kept);
    const DVec3 middle = middle_of(scene, scene.find_placed(machine.id));
    if (const auto known = known_enough(equipment, here->estimate, middle); !known) {
        words_ = known.error().what;
        refused = true;
        ++revision_;
        return;
    }
    Machine back{Registrar(here->asset), middle, kept, /* wants_anchor= */ false};
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
        old_anchors_.push_back({machine->second.anchored->anchor, equipment});
    if (kept != kept_.end() && !kept->second.registration.anchor.empty())
        old_anchors_.push_back({kept->second.registration.anchor, equipment});
}

// Those that no file names any more, and no other machine has.
void ArRegistration::erase_old(xr::Anchors& anchors) {
    const auto is_used = [&](const std::string& uuid) {
        return std::ranges::any_of(kept_, [&](const auto& of) { return of.second.registration.anchor == uuid; }) ||
               std::ranges::any_of(
                   machines_, [&](const auto& of) { return of.second.anchored && of.second.anchored->anchor == uuid; });
    };
    std::vector<std::uint32_t> changed;
    std::erase_if(old_anchors_, [&](const OldAnchor& old) {
        if (old.equipment != plant::kNoEquipment && !keeper_.is_written(plant_.equipment[old.equipment].id))
            return false;
        if (is_used(old.uuid)) return true;
        anchors.look_for(old.uuid); // what is not found is not erased
        if (!anchors.origin_from_anchor(old.uuid)) return false;
        anchors.erase(old.uuid);
        changed.push_back(old.equipment);
        return true;
    });
    for (const std::uint32_t equipment : changed) {
        const auto machine = machines_.find(equipment);
        if (machine != machines_.end())
            keep(equipment, machine->second.anchored ? *machine->second.anchored : *machine->second.registrar.last());
        else if (const Registration* before = kept(equipment))
            keep(equipment, *before);
    }
}

// With the anchors that are to be erased, so that a program that is killed meanwhile leaves none behind.
void ArRegistration::keep(std::uint32_t equipment, Registration registration) {
    registration.old_anchors.clear();
    for (const OldAnchor& old : old_anchors_)
        if (old.equipment == equipment) registration.old_anchors.push_back(old.uuid);
    if (equipment == anchoring_ && !made_anchor_.empty() && made_anchor_ != registration.anchor)
        registration.old_anchors.push_back(made_anchor_); // until it is seen
    keeper_.keep(jobs_, registration);
}

} // namespace pw::app
