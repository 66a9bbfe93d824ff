// SPDX-License-Identifier: Apache-2.0
#include "work/doing.h"

#include "base/assert.h"
#include "twin/packml.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace pw::work {

namespace {

constexpr float kClearLead = 0.02f;
constexpr float kMostUnknown = 0.1f;
constexpr Duration kWatchedEnough = from_seconds(300.0);

bool is_below(const plant::Plant& plant, std::uint32_t equipment, std::uint32_t ancestor) {
    for (; equipment != plant::kNoEquipment; equipment = plant.equipment[equipment].parent) {
        if (equipment == ancestor) return true;
    }
    return false;
}

float share(const DoingShares& shares, Doing doing) { return shares.at(static_cast<std::size_t>(doing)); }

} // namespace

const char* doing_name(Doing doing) {
    constexpr std::array<const char*, kDoings> kNames{"unknown", "executing", "starved", "blocked",
                                                      "waiting", "failed",    "stopped"};
    return kNames.at(static_cast<std::size_t>(doing));
}

Doing doing_of(std::string_view packml_state, std::string_view reason) {
    switch (twin::packml_of(packml_state)) {
    case twin::Packml::Unknown:
        return Doing::Unknown;
    case twin::Packml::Execute:
        return Doing::Executing;
    case twin::Packml::Suspended:
        return reason == "starved" ? Doing::Starved : reason == "blocked" ? Doing::Blocked : Doing::Waiting;
    case twin::Packml::Failed:
        return Doing::Failed;
    case twin::Packml::Other:
        return Doing::Stopped;
    }
    return Doing::Unknown;
}

DoingBoard DoingBoard::make(const plant::Plant& plant, const twin::Bindings& bindings) {
    DoingBoard board;
    board.role_of_.resize(bindings.watched().size());
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        const auto& tags = plant.equipment[e].tags;
        const auto has = [&](plant::TagRole role) { return std::ranges::contains(tags, role, &plant::Tag::role); };
        if (!has(plant::TagRole::State)) continue;
        const auto machine = static_cast<std::uint32_t>(board.machines_.size());
        board.equipment_.push_back(e);
        board.machines_.emplace_back().counts = has(plant::TagRole::Produced);
        for (const auto& tag : tags) {
            if (tag.role != plant::TagRole::State && tag.role != plant::TagRole::Reason) continue;
            const std::uint32_t watched = bindings.find_watched(plant::tag_name(plant, e, tag));
            PW_ASSERT(watched != plant::kNoEquipment, "every tag of the plant is watched");
            board.role_of_[watched] = {machine, tag.role == plant::TagRole::Reason};
        }
    }
    return board;
}

void DoingBoard::accrue(Machine& machine, Time to) {
    if (machine.heard) machine.seconds.at(static_cast<std::size_t>(machine.doing)) += (to - machine.since).seconds();
    machine.since = to;
}

void DoingBoard::word(std::uint32_t watched, const twin::Value& value, twin::Quality quality, Time now) {
    advance(now);
    const Role role = role_of_[watched];
    if (role.machine == plant::kNoEquipment) return;
    Machine& machine = machines_[role.machine];
    accrue(machine, now);
    const auto* text = std::get_if<std::string>(&value);
    (role.reason ? machine.reason : machine.state) =
        text != nullptr && quality > twin::Quality::Stale ? *text : std::string();
    if (!role.reason) machine.heard = true;
    machine.doing = doing_of(machine.state, machine.reason);
}

void DoingBoard::advance(Time now) {
    if (!started_) {
        start_ = now_ = now;
        marks_.start(now);
    }
    started_ = true;
    now_ = std::max(now_, now);
    marks_.advance(now_, [&](std::size_t place, Time full) {
        for (Machine& machine : machines_) {
            accrue(machine, full);
            machine.minutes.at(place) = machine.seconds;
        }
    });
}

DoingShares DoingBoard::hour(std::size_t machine) const {
    const Machine& m = machines_[machine];
    std::array<double, kDoings> did = m.seconds;
    if (m.heard) did.at(static_cast<std::size_t>(m.doing)) += (now_ - m.since).seconds();
    std::ranges::transform(did, m.minutes.at(marks_.hour_ago()), did.begin(), std::minus{});
    const double all = std::accumulate(did.begin(), did.end(), 0.0);
    DoingShares out{};
    for (std::size_t d = 0; d < kDoings && all > 0.0; ++d) out.at(d) = static_cast<float>(did.at(d) / all);
    return out;
}

std::uint32_t DoingBoard::bottleneck(const plant::Plant& plant, std::uint32_t line) const {
    if (now_ - start_ < kWatchedEnough) return plant::kNoEquipment;
    float first = 0.f, second = 0.f, waits = 0.f;
    int count = 0;
    std::uint32_t found = plant::kNoEquipment;
    for (std::size_t m = 0; m < machines_.size(); ++m) {
        if (!machines_[m].counts || !is_below(plant, equipment_[m], line)) continue;
        ++count;
        const DoingShares shares = hour(m);
        if (share(shares, Doing::Unknown) > kMostUnknown || !machines_[m].heard) return plant::kNoEquipment;
        const float active = share(shares, Doing::Executing) + share(shares, Doing::Failed);
        waits += share(shares, Doing::Starved) + share(shares, Doing::Blocked) + share(shares, Doing::Waiting);
        if (active > first) {
            second = first;
            first = active;
            found = equipment_[m];
        } else {
            second = std::max(second, active);
        }
    }
    return count > 1 && waits > 0.f && first - second >= kClearLead ? found : plant::kNoEquipment;
}

} // namespace pw::work
