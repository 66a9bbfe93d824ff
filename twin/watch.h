#pragma once
// SPDX-License-Identifier: Apache-2.0
// What `plantwalk twin watch --json` writes for one change, without a line end:
// {"tag":"group/node/device/metric","value":21.5,"quality":"GOOD","time":"2026-11-22T13:30:00.125Z"}
// `time` is ISO 8601 in UTC: when the machine says the value was, or for STALE when the death or silence was noticed.
// A historical value has "historical":true besides, and is not the value now.
// `value` is the last one also when the quality says that it cannot be relied on; null when there is none.

#include "twin/types.h"

#include <string>
#include <string_view>

namespace pw::twin {

std::string watch_line(std::string_view tag, const Value& value, Quality quality, UtcTime time, Word word = Word::Live);

} // namespace pw::twin
