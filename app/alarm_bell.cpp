// SPDX-License-Identifier: Apache-2.0
#include "app/alarm_bell.h"

#include "app/layers.h"

#include <limits>

namespace pw::app {

Duration AlarmBell::repeat_after(plant::AlarmPriority priority) {
    switch (priority) {
    case plant::AlarmPriority::Critical:
    case plant::AlarmPriority::High:
        return from_ms(15'000);
    case plant::AlarmPriority::Medium:
        return from_ms(60'000);
    case plant::AlarmPriority::Low:
        break;
    }
    return {std::numeric_limits<std::int64_t>::max()};
}

bool AlarmBell::is_new(const twin::AlarmRow& row) const {
    return row.alarm.index >= heard_.size() || heard_[row.alarm.index] != row.since;
}

void AlarmBell::take_as_heard(std::span<const twin::AlarmRow> rows) {
    for (const auto& row : rows) {
        if (!wants_acknowledge(row.state)) continue;
        if (row.alarm.index >= heard_.size()) heard_.resize(row.alarm.index + std::size_t{1});
        heard_[row.alarm.index] = row.since;
    }
}

std::optional<AlarmBell::Stroke> AlarmBell::step(std::span<const twin::AlarmRow> rows, Time now) {
    if (last_ && now - *last_ < kBurst) return std::nullopt;
    const twin::AlarmRow *waits = nullptr, *first = nullptr; // the most urgent of all, of the new ones
    std::size_t others = 0;
    for (const auto& row : rows) {
        if (!wants_acknowledge(row.state)) continue;
        if (waits == nullptr) waits = &row;
        if (!is_new(row)) continue;
        if (first == nullptr)
            first = &row;
        else
            ++others;
    }
    const bool reminder =
        first == nullptr && waits != nullptr && last_ && now - *last_ >= repeat_after(waits->priority);
    if (first == nullptr && !reminder) return std::nullopt;
    take_as_heard(rows);
    last_ = now;
    const twin::AlarmRow& row = reminder ? *waits : *first;
    return Stroke{row.alarm, row.priority, others, reminder};
}

} // namespace pw::app
