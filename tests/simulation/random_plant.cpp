// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/random_plant.h"

#include "base/format.h"
#include "simulation/random.h"
#include "tests/simulation/plants.h"

#include <vector>

namespace pw::test {
namespace {

class Maker {
  public:
    explicit Maker(std::uint64_t seed) : luck_(simulation::make_stream(seed * 7919)) {}

    std::string make() {
        const int lines = pick(1, 3);
        for (int i = 0; i < lines; ++i) line(i);
        units_.push_back(unit("packer", formatted(R"("kind": "station", "service_s": {}, "queue": {},
"takes": [{{"item": "part", "count": {}}}, {{"item": "box"}}], "makes": [{{"item": "full", "count": {}}}], "to": "{}"{})",
                                                  time(6.0), pick(0, 8), pick(1, 6), pick(1, 2),
                                                  chance(0.5) ? "cart" : "out", machine())));
        units_.push_back(unit("boxes", formatted(R"("kind": "source", "makes": "box", "every_s": {}, "to": "packer")",
                                                 chance(0.3) ? "0" : time(8.0))));
        units_.push_back(
            unit("cart", formatted(R"("kind": "transport", "vehicles": "carts", "from": "b", "to_point": "c",
"lot": {}, "queue": 6, "load_s": {}, "unload_s": 2, "to": "out")",
                                   pick(1, 3), time(3.0))));
        units_.push_back(unit("scrap", R"("kind": "sink")"));
        units_.push_back(unit("out", R"("kind": "sink")"));
        return plant_text(units_, formatted(R"({{"items": {{"part": {{}}, "box": {{}}, "full": {{}}}},
"products": [{{"id": "red"}}, {{"id": "blue", "speeds": {{"packer": 0.7}}}}],
"schedule": [{{"product": "red", "count": {}}}, {{"product": "blue", "count": {}}}],
"points": {{"a": [0, 0, 0], "b": [5, 0, 0], "c": [5, 0, 9], "d": [0, 0, 12]}},
"paths": [{{"from": "a", "to": "b"}}, {{"from": "b", "to": "c"}}, {{"from": "c", "to": "d"}}, {{"from": "d", "to": "a"}}],
"operators": [{{"id": "crew", "count": {}, "home": "a"}}],
"vehicles": [{{"id": "carts", "count": {}, "home": "d", "speed_m_s": 2}}]}})",
                                            pick(5, 40), pick(5, 40), pick(1, 2), pick(1, 3)));
    }

  private:
    int pick(int low, int high) { return low + static_cast<int>(luck_.next() % static_cast<unsigned>(high - low + 1)); }
    bool chance(double p) { return luck_.uniform() < p; }

    std::string time(double mean) {
        switch (pick(0, 5)) {
        case 0:
            return formatted("{}", mean);
        case 1:
            return formatted(R"({{"distribution": "exponential", "mean": {}}})", mean);
        case 2:
            return formatted(R"({{"distribution": "uniform", "low": {}, "high": {}}})", mean * 0.5, mean * 1.5);
        case 3:
            return formatted(R"({{"distribution": "lognormal", "mean": {}, "sd": {}}})", mean, mean * 0.4);
        case 4:
            return formatted(R"({{"distribution": "erlang", "mean": {}, "shape": {}}})", mean, pick(1, 4));
        default:
            return formatted(R"({{"distribution": "triangular", "low": {}, "mode": {}, "high": {}}})", mean * 0.5, mean,
                             mean * 1.5);
        }
    }

    std::string machine() {
        std::string out = R"(, "at": "c", "power_w": {"execute": 1000, "other": 100})";
        if (chance(0.4)) out += formatted(R"(, "patience_s": {})", pick(1, 10));
        if (chance(0.3)) out += R"(, "acting_s": {"starting": 3, "holding": 1, "unsuspending": 0.5, "clearing": 2})";
        if (chance(0.4)) out += formatted(R"(, "changeovers": [{{"time_s": {}}}])", time(20.0));
        if (chance(0.3)) out += R"(, "changeover_operators": "crew")";
        std::string failures;
        if (chance(0.5))
            failures = formatted(R"({{"id": "jam", "every_s": {}, "repair_s": {}{}}})", time(150.0), time(12.0),
                                 chance(0.5) ? R"(, "operators": "crew")" : "");
        if (chance(0.3))
            failures += formatted(R"({}{{"id": "motor", "{}": {}, "repair_s": {}, "major": true{}}})",
                                  failures.empty() ? "" : ", ", chance(0.5) ? "every_cycles" : "every_s", time(90.0),
                                  time(25.0), chance(0.5) ? R"(, "operators": "crew")" : "");
        if (!failures.empty()) out += R"(, "failures": [)" + failures + "]";
        return out;
    }

    // source → a few elements → packer, with rework or scrap on the way.
    void line(int number) {
        const int length = pick(1, 6);
        const auto name = [&](int i) { return i < length ? formatted("l{}e{}", number, i) : std::string("packer"); };
        units_.push_back(
            unit(formatted("in{}", number),
                 formatted(R"("kind": "source", "makes": "part", "every_s": {}, "batch": {}, "when_full": "{}",
"to": "{}")",
                           chance(0.2) ? "0.5" : time(4.0), pick(1, 3), chance(0.3) ? "lose" : "wait", name(0))));
        for (int i = 0; i < length; ++i) units_.push_back(unit(name(i), element(name(i + 1), name(0))));
    }

    std::string element(const std::string& next, const std::string& first) {
        const std::string to = formatted(R"("to": "{}")", next);
        switch (pick(0, 5)) {
        case 0:
            return formatted(R"("kind": "buffer", "capacity": {}, {})", pick(1, 20), to);
        case 1:
            return formatted(
                R"("kind": "conveyor", "length_m": {}, "speed_m_s": 0.5, "item_m": 0.5, "accumulating": {}, {}{})",
                pick(1, 12), chance(0.7), to, machine());
        case 2:
            return formatted(R"("kind": "carousel", "pitch_s": 1.5, "transit_s": {}, "spoils": 0.05, {}{})",
                             pick(2, 20), to, machine());
        case 3:
            return formatted(
                R"("kind": "station", "service_s": {}, "inspects": {{"finds": 0.9, "false_alarms": 0.02}},
"routing": "priority", "to": [{{"to": "{}", "grade": "good"}}, {{"to": "scrap", "grade": "rejected"}}]{})",
                time(3.0), next, machine());
        case 4:
            return formatted(R"("kind": "station", "service_s": {}, "queue": "unlimited", "routing": "share",
"to": [{{"to": "{}", "share": 0.9}}, {{"to": "{}", "share": 0.1}}]{})",
                             time(2.5), next, first, machine());
        default:
            return formatted(R"("kind": "station", "servers": {}, "service_s": {}, "queue": {}, "spoils": 0.02, {}{})",
                             pick(1, 4), time(5.0), pick(0, 5), to, machine());
        }
    }

    simulation::Stream luck_;
    std::vector<std::string> units_;
};

} // namespace

std::string random_plant(std::uint64_t seed) { return Maker(seed).make(); }

} // namespace pw::test
