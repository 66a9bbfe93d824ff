#pragma once
// SPDX-License-Identifier: Apache-2.0
// What `plantwalk twin watch --json` writes for one change, without a line end:
// {"tag":"group/node/device/metric","value":21.5,"quality":"GOOD","time":"2026-11-22T13:30:00.125Z"}
// `time` is ISO 8601 in UTC: when the machine says the value was, or for STALE when the death or silence was noticed.
// "unit":"…" stands behind the time where the machine tells one, as it spells it.
// A historical value has "historical":true besides, and is not the value now.
// `value` is the last one also when the quality says that it cannot be relied on; null when there is none. It is
// written as in a recording (docs/recording.md): "type":"nan", "inf" or "-inf" behind a null, "uint64" or "json".

#include "twin/twin.h"

#include <string>

namespace pw::twin {

std::string watch_line(const Heard& heard);

} // namespace pw::twin
