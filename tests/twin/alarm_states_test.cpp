// SPDX-License-Identifier: Apache-2.0
// Every state of an alarm with every input, against a table that was written by hand from docs/alarms.md,
// before the code ran; and long random walks.
#include "base/format.h"
#include "tests/twin/alarm_support.h"

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace pw::twin {
namespace {

using test::at;
using test::Panel;

// A state by its letter. What is hidden (G shelved, H suppressed, I out of service; g, i: and suppressed besides) keeps
// in mind n: nothing, c: the condition, L: the latch, k: both. A dot: nothing happens; what somebody does is refused.
constexpr const char* kInputs = "occurs returns ack shelve unshelve expires suppress release takeout putback reset";
constexpr const char* kPlain = R"(
A    B  .  .  Gn .  .  Hn .  In .  .
B    .  D  C  Gc .  .  Hc .  Ic .  .
C    .  A  .  Gc .  .  Hc .  Ic .  .
D    B  .  A  Gn .  .  Hn .  In .  .
Gn   Gc .  .  Gn A  A  gn .  In .  .
Gc   .  Gn .  Gc B  B  gc .  Ic .  .
gn   gc .  .  gn Hn Hn .  Gn in .  .
gc   .  gn .  gc Hc Hc .  Gc ic .  .
Hn   Hc .  .  gn .  .  .  A  in .  .
Hc   .  Hn .  gc .  .  .  B  ic .  .
In   Ic .  .  .  .  .  in .  .  A  .
Ic   .  In .  .  .  .  ic .  .  B  .
in   ic .  .  .  .  .  .  In .  Hn .
ic   .  in .  .  .  .  .  Ic .  Hc .
)";
constexpr const char* kLatching = R"(
A    B  .  .  Gn .  .  Hn .  In .  .
B    .  E  C  Gk .  .  Hk .  Ik .  .
C    .  F  .  Gk .  .  Hk .  Ik .  .
D    B  .  A  Gn .  .  Hn .  In .  .
E    B  .  F  GL .  .  HL .  IL .  D
F    B  .  .  GL .  .  HL .  IL .  A
Gn   Gk .  .  Gn A  A  gn .  In .  .
Gc   .  Gn .  Gc B  B  gc .  Ic .  .
GL   Gk .  .  GL E  E  gL .  IL .  .
Gk   .  GL .  Gk B  B  gk .  Ik .  .
gn   gc .  .  gn Hn Hn .  Gn in .  .
gc   .  gn .  gc Hc Hc .  Gc ic .  .
gL   gk .  .  gL HL HL .  GL iL .  .
gk   .  gL .  gk Hk Hk .  Gk ik .  .
Hn   Hc .  .  gn .  .  .  A  in .  .
Hc   .  Hn .  gc .  .  .  B  ic .  .
HL   Hk .  .  gL .  .  .  E  iL .  .
Hk   .  HL .  gk .  .  .  B  ik .  .
In   Ic .  .  .  .  .  in .  .  A  .
Ic   .  In .  .  .  .  ic .  .  B  .
IL   Ik .  .  .  .  .  iL .  .  E  .
Ik   .  IL .  .  .  .  ik .  .  B  .
in   ic .  .  .  .  .  .  In .  Hn .
ic   .  in .  .  .  .  .  Ic .  Hc .
iL   ik .  .  .  .  .  .  IL .  HL .
ik   .  iL .  .  .  .  .  Ik .  Hk .
)";

std::vector<std::string> words(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> out;
    for (std::string word; in >> word;) out.push_back(word);
    return out;
}

using Table = std::map<std::string, std::vector<std::string>>;

Table read_table(const char* text) {
    Table out;
    const std::vector<std::string> all = words(text);
    const std::size_t columns = words(kInputs).size();
    for (std::size_t i = 0; i < all.size(); i += columns + 1)
        out[all[i]] = {all.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                       all.begin() + static_cast<std::ptrdiff_t>(i + columns + 1)};
    return out;
}

// The shortest way to each state, by the table itself.
std::map<std::string, std::vector<std::size_t>> ways(const Table& table) {
    std::map<std::string, std::vector<std::size_t>> out{{"A", {}}};
    std::vector<std::string> queue{"A"};
    for (std::size_t q = 0; q < queue.size(); ++q) {
        const std::string from = queue[q];
        for (std::size_t i = 0; i < table.at(from).size(); ++i) {
            const std::string& to = table.at(from)[i];
            if (to == "." || out.contains(to)) continue;
            out[to] = out[from];
            out[to].push_back(i);
            queue.push_back(to);
        }
    }
    return out;
}

class Bench {
  public:
    explicit Bench(bool latched)
        : panel_(test::machine("m", 2,
                               formatted(R"({{"id": "a", "priority": "low", "latched": {},
"condition": {{"tag": "t0", "when": "is"}}, "suppressed_by": {{"alarm": "by"}}}},
{{"id": "by", "priority": "low", "condition": {{"tag": "t1", "when": "is"}}}})",
                                         latched))) {
        panel_.word("m.t0", false, 0.0);
        panel_.word("m.t1", false, 0.0);
    }

    // False: it was refused, or there was nothing of the kind to happen.
    bool input(std::size_t i) {
        now_ += 1.0;
        panel_.board.clear_events();
        constexpr std::array kDo{AlarmDo::Acknowledge,      AlarmDo::Shelve,           AlarmDo::Unshelve,
                                 AlarmDo::TakeOutOfService, AlarmDo::PutBackInService, AlarmDo::Reset};
        switch (i) {
        case 0:
        case 1:
            panel_.word("m.t0", i == 0, now_);
            break;
        case 5:
            panel_.board.advance(at(now_ += 2000.0));
            break;
        case 6:
        case 7:
            panel_.word("m.t1", i == 6, now_);
            break;
        default: {
            const AlarmDo what = kDo.at(i < 5 ? i - 2 : i - 5);
            const auto done = panel_.act(what, "m.a", now_, 1000.0);
            if (!done) CHECK(done.error().code == Errc::Refused);
            CHECK(done.has_value() == (own_events().size() == 1));
        }
        }
        return own_events().size() == 1;
    }

    std::vector<AlarmEvent> own_events() const {
        std::vector<AlarmEvent> out;
        for (const AlarmEvent& e : panel_.board.events())
            if (e.alarm == panel_.board.find("m.a")) out.push_back(e);
        CHECK(out.size() <= 1);
        return out;
    }

    std::string state() const {
        const AlarmView view = panel_.view("m.a");
        std::string out(1, alarm_letter(view.state));
        if (view.state < AlarmState::Shelved) return out;
        if (view.suppressed && view.state != AlarmState::Suppressed)
            out[0] = view.state == AlarmState::Shelved ? 'g' : 'i';
        return out + (view.condition ? (view.latched ? "k" : "c") : view.latched ? "L" : "n");
    }

  private:
    Panel panel_;
    double now_ = 0.0;
};

char letter(const std::string& state) {
    if (state[0] == 'g') return 'G';
    return state[0] == 'i' ? 'I' : state[0];
}

void check_table(const char* text, bool latched, std::size_t states) {
    const Table table = read_table(text);
    const std::vector<std::string> names = words(kInputs);
    const auto way = ways(table);
    CHECK(table.size() == states);
    CHECK(way.size() == table.size()); // every state can be reached
    for (const auto& [from, row] : table) {
        REQUIRE(row.size() == names.size());
        for (std::size_t i = 0; i < row.size(); ++i) {
            Bench bench(latched);
            for (const std::size_t step : way.at(from)) bench.input(step);
            REQUIRE(bench.state() == from);
            const std::string what = from + " " + names[i];
            const bool happens = row[i] != ".";
            CHECK_MESSAGE(bench.input(i) == happens, what);
            const std::string to = happens ? row[i] : from;
            CHECK_MESSAGE(bench.state() == to, what);
            for (const AlarmEvent& e : bench.own_events()) {
                CHECK_MESSAGE(alarm_letter(e.from) == letter(from), what);
                CHECK_MESSAGE(alarm_letter(e.to) == letter(to), what);
                CHECK_MESSAGE(static_cast<std::size_t>(e.why) == i, what);
            }
        }
    }
}

// A hall of random alarms, driven at random.
constexpr int kMachines = 8, kTags = 3;

std::string random_hall(std::mt19937_64& luck) {
    constexpr std::array kPriorities{"critical", "high", "medium", "low"};
    constexpr std::array kConditions{R"("when": "is")", R"("when": "high", "limit": 5, "deadband": 2)",
                                     R"("when": "low", "limit": 2, "deadband": 1)", R"("when": "equals", "text": "7")",
                                     R"("when": "stale")"};
    std::string out;
    for (int m = 0; m < kMachines; ++m) {
        std::string alarms;
        for (int a = 0; a < 5; ++a) {
            std::string more;
            if (luck() % 3 == 0) more += R"(, "latched": true)";
            if (luck() % 3 == 0) more += formatted(R"(, "on_delay_s": {})", luck() % 4);
            if (luck() % 3 == 0) more += formatted(R"(, "off_delay_s": {})", luck() % 4);
            if (luck() % 2 == 0) more += formatted(R"(, "group": "g{}")", luck() % 3);
            if (a > 0 && luck() % 4 == 0)
                more += formatted(R"(, "suppressed_by": {{"alarm": "a{}", "states": ["STOPPED"]}})", a - 1);
            alarms += formatted(R"({}{{"id": "a{}", "priority": "{}", "condition": {{"tag": "t{}", {}}}{}}})",
                                a == 0 ? "" : ", ", a, kPriorities[luck() % 4], luck() % kTags, kConditions[luck() % 5],
                                more);
        }
        out += (m == 0 ? "" : ", ") + test::machine(formatted("m{}", m), kTags, alarms);
    }
    return out;
}

void random_step(Panel& panel, std::mt19937_64& luck, double& now) {
    now += static_cast<double>(luck() % 1000) / 500.0;
    const std::string m = formatted("m{}", luck() % kMachines);
    const std::uint64_t what = luck() % 10;
    if (what < 6) {
        const Quality quality = luck() % 8 == 0 ? static_cast<Quality>(luck() % 4) : Quality::Good;
        const Value value = luck() % 20 == 0 ? Value() : Value(static_cast<std::int64_t>(luck() % 9));
        panel.word(formatted("{}.t{}", m, luck() % kTags), value, now, quality);
    } else if (what == 6) {
        panel.word(m + ".s", std::string(luck() % 3 == 0 ? "STOPPED" : "EXECUTE"), now);
    } else if (what == 7) {
        panel.board.advance(at(now));
    } else {
        const AlarmDo any = static_cast<AlarmDo>(luck() % 6);
        const auto done =
            panel.act(what == 8 ? any : AlarmDo::PutBackInService, formatted("{}.a{}", m, luck() % 5), now, 20.0);
        if (!done) CHECK(done.error().code == Errc::Refused);
    }
}

void check_counts(Panel& panel) {
    AlarmBoard& board = panel.board;
    const AlarmCounts counts = board.counts();
    AlarmCounts again;
    std::map<std::string, std::uint32_t> in_group;
    for (std::uint32_t i = 0; i < board.size(); ++i) {
        const AlarmView view = board.view({i});
        const plant::Alarm& declared = board.declared({i});
        ++again.of[static_cast<std::size_t>(declared.priority)][static_cast<std::size_t>(view.state)];
        const bool listed = view.state > AlarmState::Normal && view.state < AlarmState::Shelved;
        if (listed) {
            ++again.listed;
            ++in_group[declared.group];
        }
        if (declared.condition.when != plant::AlarmWhen::Stale && view.source <= Quality::Stale)
            ++again.source_not_known;
        if (view.first_out) CHECK(board.first_out(declared.group) == AlarmId{i});
        if (view.condition && view.state < AlarmState::Shelved)
            CHECK((view.state == AlarmState::Unacknowledged || view.state == AlarmState::Acknowledged));
        if (view.latched) CHECK(declared.latched);
        CHECK(view.shelved_until.known() == (view.state == AlarmState::Shelved));
        CHECK(view.who.empty() == (view.state != AlarmState::Shelved && view.state != AlarmState::OutOfService));
    }
    CHECK(counts.of == again.of);
    CHECK(counts.listed == again.listed);
    CHECK(counts.source_not_known == again.source_not_known);
    for (const char* group : {"g0", "g1", "g2"})
        if (in_group[group] == 0) CHECK_FALSE(board.first_out(group).valid());
}

void check_list(Panel& panel, std::size_t rows) {
    const auto list = panel.board.list();
    const AlarmCounts counts = panel.board.counts();
    CHECK(list.size() == std::min<std::size_t>(rows, counts.listed));
    CHECK(counts.not_shown == counts.listed - list.size());
    std::set<std::uint32_t> seen;
    for (std::size_t r = 0; r < list.size(); ++r) {
        CHECK(seen.insert(list[r].alarm.index).second);
        CHECK(list[r].state == panel.board.view(list[r].alarm).state);
        if (r == 0) continue;
        CHECK(list[r - 1].priority <= list[r].priority);
        if (list[r - 1].priority == list[r].priority) CHECK(list[r - 1].since >= list[r].since);
    }
}

} // namespace

TEST_SUITE("twin/alarm_states") {
    TEST_CASE("an alarm goes from every state with every input where the table says") {
        check_table(kPlain, false, 14);
    }

    TEST_CASE("a latched alarm goes from every state with every input where the table says") {
        check_table(kLatching, true, 26);
    }

    TEST_CASE("random walks keep counts, list, groups and events consistent") {
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            std::mt19937_64 luck(seed);
            Panel panel(random_hall(luck), {.rows = 12});
            std::map<std::uint32_t, AlarmState> state;
            std::uint64_t number = 0;
            double now = 0.0;
            UtcTime last;
            for (int step = 0; step < 2000; ++step) {
                random_step(panel, luck, now);
                for (const AlarmEvent& e : panel.board.events()) {
                    CHECK(e.number == ++number);
                    CHECK(e.from == state[e.alarm.index]); // a chain without gaps
                    state[e.alarm.index] = e.to;
                    CHECK(e.time >= last);
                    last = e.time;
                }
                panel.board.clear_events();
                if (step % 10 != 0) continue;
                check_counts(panel);
                check_list(panel, 12);
            }
            for (std::uint32_t i = 0; i < panel.board.size(); ++i) CHECK(state[i] == panel.board.view({i}).state);
            CHECK(number > 500);
        }
    }

    TEST_CASE("what happens does not depend on how often the board is looked at, and comes again from the same input") {
        const auto run = [](bool often) {
            std::mt19937_64 luck(7);
            Panel panel(random_hall(luck));
            double now = 0.0;
            std::string out;
            for (int step = 0; step < 3000; ++step) {
                random_step(panel, luck, now);
                now += 2.0;
                for (double t = now - 1.75; often && t <= now; t += 0.25) panel.board.advance(at(t));
                for (const AlarmEvent& e : panel.board.events()) out += event_json(panel.board, e) + "\n";
                panel.board.clear_events();
            }
            panel.board.advance(at(now + 100.0));
            for (const AlarmEvent& e : panel.board.events()) out += event_json(panel.board, e) + "\n";
            return out;
        };
        const std::string once = run(false);
        CHECK(once.size() > 10'000);
        CHECK((once == run(false)));
        CHECK((once == run(true)));
    }

    TEST_CASE("a board that is saved and restored at any time is the same board") {
        std::mt19937_64 luck(3);
        const std::string hall = random_hall(luck);
        Panel panel(hall);
        double now = 0.0;
        for (int round = 0; round < 100; ++round) {
            for (int step = 0; step < 20; ++step) random_step(panel, luck, now);
            const std::string saved = panel.board.save(at(now));
            Panel other(hall);
            Reports problems;
            REQUIRE(other.board.restore(saved, at(now), problems));
            CHECK(problems.empty());
            CHECK((other.board.save(at(now)) == saved));
            for (std::uint32_t i = 0; i < panel.board.size(); ++i) {
                CHECK(other.board.view({i}).state == panel.board.view({i}).state);
                CHECK(other.board.view({i}).first_out == panel.board.view({i}).first_out);
            }
            check_counts(other);
            CHECK(other.board.counts().of == panel.board.counts().of);
            CHECK(other.board.events().empty());
        }
    }
}

} // namespace pw::twin
