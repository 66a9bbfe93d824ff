// SPDX-License-Identifier: Apache-2.0
#include "app/machine_hums.h"

#include "twin/packml.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <variant>

namespace pw::app {

using plant::TagRole;

namespace {

constexpr double kSlowest = 0.4, kFastest = 1.2; // of the ideal rate: beyond it sounds alike

audio::Hum hum_of(const plant::Equipment& equipment) {
    switch (equipment.behaviour.kind) {
    case plant::BehaviourKind::Carousel:
        return audio::Hum::Rotary;
    case plant::BehaviourKind::Conveyor:
    case plant::BehaviourKind::Buffer:
        return audio::Hum::Belt;
    default:
        return audio::Hum::Machine;
    }
}

} // namespace

MachineHums::MachineHums(const plant::Plant& plant, const Live& live, const Layers& layers)
    : live_(live), layers_(layers) {
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        const auto& equipment = plant.equipment[e];
        const auto* const state = layers.tag_of(e, TagRole::State);
        if (state == nullptr || equipment.element == plant::Element::People) continue;
        machines_.push_back({.equipment = e,
                             .state = state,
                             .rate = layers.tag_of(e, TagRole::Rate),
                             .ideal = layers.tag_of(e, TagRole::IdealRate),
                             .hum = hum_of(equipment)});
    }
    humming_.reserve(machines_.size());
}

bool MachineHums::executes(const Machine& machine) const {
    const auto* const state = live_.find(machine.equipment, *machine.state);
    if (state == nullptr || state->quality <= twin::Quality::Stale) return false;
    const auto* const word = std::get_if<std::string>(&state->value);
    return word != nullptr && twin::packml_of(*word) == twin::Packml::Execute;
}

double MachineHums::speed(const Machine& machine) const {
    const auto per_second = [&](const plant::Tag* tag) {
        const auto* const state = tag != nullptr ? live_.find(machine.equipment, *tag) : nullptr;
        if (state == nullptr || state->quality <= twin::Quality::Stale) return std::nan("");
        return twin::to_number(state->value, std::nan("")) * plant::per_second_in(tag->unit).value_or(std::nan(""));
    };
    const double share = per_second(machine.rate) / per_second(machine.ideal);
    return std::isfinite(share) ? std::clamp(share, kSlowest, kFastest) : 1.0;
}

std::span<const audio::Humming> MachineHums::step() {
    humming_.clear();
    for (const Machine& machine : machines_) {
        const DAabb& box = layers_.box(machine.equipment);
        if (box.empty() || !executes(machine)) continue;
        const auto share = static_cast<float>(speed(machine));
        humming_.push_back({.id = machine.equipment,
                            .hum = machine.hum,
                            .at = (box.min + box.max) * 0.5,
                            .gain = 0.5f + 0.5f * share,
                            .pitch = 0.7f + 0.3f * share});
    }
    return humming_;
}

} // namespace pw::app
