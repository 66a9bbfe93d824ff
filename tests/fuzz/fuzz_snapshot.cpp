// SPDX-License-Identifier: Apache-2.0
// Any bytes as a snapshot of a small plant that has one of everything. Their digest is mended, so that what comes
// behind it is reached; what is accepted must be sound, be written back equal, and run on.
#include "base/assert.h"
#include "base/bytes.h"
#include "plant/plant.h"
#include "simulation/simulation.h"

#include <cstdint>
#include <cstring>
#include <vector>

namespace {

constexpr const char* kPlant = R"({"format": "plantwalk-plant", "version": 1, "name": "Fuzz",
"simulation": {"items": {"a": {}, "b": {}}, "products": [{"id": "p"}, {"id": "q"}],
"schedule": [{"product": "p", "count": 3}, {"product": "q", "count": 2}],
"points": {"x": [0, 0, 0], "y": [3, 0, 0]}, "paths": [{"from": "x", "to": "y"}],
"operators": [{"id": "crew", "home": "x"}], "vehicles": [{"id": "carts", "count": 2, "home": "x"}]},
"equipment": [
{"id": "in", "level": "unit", "simulation": {"kind": "source", "makes": "a", "every_s": {"distribution": "exponential", "mean": 2}, "to": "belt"}},
{"id": "belt", "level": "unit", "simulation": {"kind": "conveyor", "length_m": 3, "speed_m_s": 1, "item_m": 1, "to": "mill"}},
{"id": "mill", "level": "unit", "simulation": {"kind": "station", "servers": 2, "service_s": 3, "queue": 2, "at": "y", "makes": [{"item": "b", "count": 2}], "takes": [{"item": "a"}],
 "changeovers": [{"time_s": 2}], "changeover_operators": "crew", "acting_s": {"starting": 1},
 "failures": [{"id": "jam", "every_s": 9, "repair_s": 2, "operators": "crew"}, {"id": "motor", "major": true, "every_cycles": 7, "repair_s": 3}],
 "routing": "share", "to": [{"to": "store", "share": 3}, {"to": "ring", "share": 1}]}},
{"id": "store", "level": "unit", "simulation": {"kind": "buffer", "capacity": 4, "to": "cart"}},
{"id": "ring", "level": "unit", "simulation": {"kind": "carousel", "pitch_s": 1, "transit_s": 4, "inspects": {"finds": 0.5}, "to": "cart"}},
{"id": "cart", "level": "unit", "simulation": {"kind": "transport", "vehicles": "carts", "from": "y", "to_point": "x", "lot": 2, "queue": 4, "load_s": 1, "to": "out"}},
{"id": "out", "level": "unit", "simulation": {"kind": "sink"}}]})";

pw::simulation::Simulation make() {
    pw::Reports problems;
    const auto plant = pw::plant::parse_plant(kPlant, "fuzz.json", problems);
    PW_ASSERT(plant.has_value(), "the plant of the fuzzer is right");
    const auto model = pw::simulation::compile(*plant, problems);
    PW_ASSERT(model.has_value(), "the plant of the fuzzer can be simulated");
    return {*model, {}};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static pw::simulation::Simulation simulation = make();
    std::vector<std::byte> bytes(size);
    if (size > 0) std::memcpy(bytes.data(), data, size);
    if (size >= 48) {
        // The plant's own fingerprint and a digest that fits.
        const std::vector<std::byte> own = simulation.snapshot();
        std::memcpy(bytes.data(), own.data(), 16);
        const std::uint64_t digest = pw::hash64(pw::Bytes(bytes).first(size - 8));
        std::memcpy(bytes.data() + size - 8, &digest, 8);
    }
    if (simulation.restore(bytes)) {
        PW_ASSERT(simulation.snapshot() == bytes, "a snapshot is written back equal");
        const pw::simulation::SimTime end = simulation.now() + 20 * pw::simulation::kSecond;
        if (end <= pw::simulation::kLongestRun && simulation.advance_to(end))
            PW_ASSERT(simulation.check().has_value(), "what was sound stays sound");
    }
    return 0;
}
