// SPDX-License-Identifier: Apache-2.0
// Any text as the saved state of a board of alarms.
#include "base/assert.h"
#include "twin/alarms.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace pw;
using namespace pw::twin;

plant::Plant two_alarms() {
    Reports problems;
    auto plant = plant::parse_plant(R"({"format": "plantwalk-plant", "version": 1, "name": "n", "equipment": [
{"id": "m", "level": "unit", "tags": [{"id": "t", "source": "a/b/c/d"}, {"id": "s", "source": "a/b/c/s", "state": true}],
"alarms": [{"id": "a", "priority": "low", "latched": true, "group": "g", "condition": {"tag": "t", "when": "is"},
"suppressed_by": {"alarm": "b", "states": ["IDLE"]}},
{"id": "b", "priority": "high", "group": "g", "condition": {"tag": "t", "when": "high", "limit": 2}}]}]})",
                                    "fuzz.json", problems);
    PW_ASSERT(plant.has_value(), "the plant is right");
    return std::move(*plant);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const plant::Plant plant = two_alarms();
    static const Bindings bindings = Bindings::make(plant);
    const Instant now{Time{1'000'000'000}, utc_from_ms(1'800'000'000'000)};
    AlarmBoard board = AlarmBoard::make(plant, bindings);
    Reports problems;
    if (!board.restore({reinterpret_cast<const char*>(data), size}, now, problems)) return 0;
    const std::string saved = board.save(now);
    AlarmBoard again = AlarmBoard::make(plant, bindings);
    PW_ASSERT(again.restore(saved, now, problems), "what was saved can be restored");
    PW_ASSERT(again.save(now) == saved, "and is the same");
    board.word(0, 3.0, Quality::Good, now.utc, now);
    board.advance({now.time + from_seconds(1e6), now.utc + from_seconds(1e6)});
    PW_ASSERT(board.list().size() == board.counts().listed, "the list has what is counted");
    return 0;
}
