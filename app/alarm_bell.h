#pragma once
// SPDX-License-Identifier: Apache-2.0
// When an alarm is heard (docs/sound.md): a new one at once, of several the most urgent for all; again while the most
// urgent waits to be acknowledged. What is shelved, suppressed or out of service is not in the operator's list and not
// heard. Pure; a step in which nothing is new allocates nothing. Frame thread.

#include "base/time.h"
#include "twin/alarms.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace pw::app {

class AlarmBell {
  public:
    static constexpr Duration kBurst = from_ms(4000); // from one burst to the next: the longest lasts 2.7 s
    // Until it is said again that an alarm waits; of a low one never.
    static Duration repeat_after(plant::AlarmPriority priority);

    struct Stroke {
        twin::AlarmId alarm;
        plant::AlarmPriority priority{};
        std::size_t others = 0; // as new, and less urgent or older: it sounds for them too
        bool reminder = false;
    };
    // `rows`: the operator's list, most urgent first. Nothing: nothing begins to sound.
    std::optional<Stroke> step(std::span<const twin::AlarmRow> rows, Time now);
    void take_as_heard(std::span<const twin::AlarmRow> rows);

  private:
    bool is_new(const twin::AlarmRow& row) const;
    std::vector<UtcTime> heard_; // by alarm: AlarmRow::since
    std::optional<Time> last_;   // when it sounded
};

} // namespace pw::app
