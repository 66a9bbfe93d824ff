#pragma once
// SPDX-License-Identifier: Apache-2.0
// The operator's alarm list, and what people do to alarms. As all panels it changes nothing itself.

#include "app/panels/panels.h"

#include <cstdint>
#include <string>

namespace pw::app {

void draw_alarms(const Live& live, UtcTime now, ActionCalls& asked);
// Within a card: its alarms that stand in the list.
void draw_own_alarms(const Live& live, std::uint32_t equipment, UtcTime now, ActionCalls& asked);

// Why an alarm is not in the list: "Ada, a part is on its way", "filler.jam is there".
std::string held_back_words(const work::HeldBackAlarm& row);

} // namespace pw::app
