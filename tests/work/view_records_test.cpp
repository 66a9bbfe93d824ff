// SPDX-License-Identifier: Apache-2.0
#include "work/view_records.h"

#include <doctest/doctest.h>

namespace pw::work {
namespace {

constexpr Time at(int ms) { return {from_ms(ms).ns}; }

struct User {
    ViewRecords& records;
    ViewHistory history;
    int now = 0;

    void write(const std::string& title, const std::vector<ViewRecord>& wanted) {
        history.change(records, title, wanted, at(now += 10'000));
    }
    void slide(const std::string& value, int after_ms) {
        history.change(records, "Explode", {{"explode/a", value}}, at(now += after_ms), /* slides= */ true);
    }
    std::string undo() {
        const auto done = history.undo(records);
        return done ? *done : "refused: " + done.error().what;
    }
    std::string redo() {
        const auto done = history.redo(records);
        return done ? *done : "refused: " + done.error().what;
    }
};

} // namespace

TEST_SUITE("work/view_records") {
    TEST_CASE("what was done is taken back and done again, step by step") {
        ViewRecords records;
        User user{records, {}};
        user.write("Hide", {{"hidden/a", "true"}, {"hidden/b", "true"}});
        user.write("Show all", {{"hidden/a", ""}, {"hidden/b", ""}, {"hidden/c", ""}});
        CHECK(records.all().empty());
        CHECK(user.undo() == "Show all");
        CHECK(records.all() == ViewRecords::Map{{"hidden/a", "true"}, {"hidden/b", "true"}});
        CHECK(user.undo() == "Hide");
        CHECK(records.all().empty());
        CHECK(user.undo() == "refused: there is nothing to undo");
        CHECK(user.redo() == "Hide");
        CHECK(user.redo() == "Show all");
        CHECK(records.all().empty());
        CHECK(user.redo() == "refused: there is nothing to do again");
    }

    TEST_CASE("undo never removes what somebody else has written since") {
        ViewRecords records;
        User ann{records, {}}, ben{records, {}};
        ann.write("Section", {{"section", "ann"}, {"hidden/a", "true"}});
        ben.write("Section", {{"section", "ben"}});
        CHECK(ann.undo() == "Section"); // of it, what still stands
        CHECK(records.all() == ViewRecords::Map{{"section", "ben"}});
        CHECK(ann.redo() == "Section");
        CHECK(records.all() == ViewRecords::Map{{"hidden/a", "true"}, {"section", "ben"}});
        ann.write("Section", {{"section", "ann"}});
        ben.write("Section", {{"section", "ben"}});
        CHECK(ann.undo() == "refused: Section: somebody else has changed it since");
        CHECK(records.value("section") == "ben");
        CHECK(ben.undo() == "Section"); // back to what Ben found
        CHECK(records.value("section") == "ann");
        ann.write("Section", {{"section", "again"}});
        CHECK(ben.redo() == "refused: Section: somebody else has changed it since");
    }

    TEST_CASE("what changes nothing is no step, and a new step ends what could be done again") {
        ViewRecords records;
        User user{records, {}};
        user.write("Hide", {{"hidden/a", "true"}});
        user.write("Hide", {{"hidden/a", "true"}});
        CHECK(user.undo() == "Hide");
        user.write("Show", {{"hidden/b", ""}});
        CHECK(user.history.next_redo() == "Hide");
        user.write("Ghost", {{"ghost/a", "true"}});
        CHECK(user.history.next_redo() == "");
        CHECK(user.history.next_undo() == "Ghost");
    }

    TEST_CASE("a slider's way is one step, a later one another") {
        ViewRecords records;
        User user{records, {}};
        user.slide("0.1", 10'000);
        user.slide("0.2", 16);
        user.slide("0.3", 700);
        user.slide("0.9", 900);
        user.slide("", 16);
        CHECK(user.undo() == "Explode");
        CHECK(records.value("explode/a") == "0.3");
        CHECK(user.redo() == "Explode");
        CHECK(records.value("explode/a") == "");
        user.undo();
        CHECK(user.undo() == "Explode");
        CHECK(records.value("explode/a") == "");
        CHECK(user.undo() == "refused: there is nothing to undo");
    }

    TEST_CASE("a history is bounded") {
        ViewRecords records;
        User user{records, {}};
        for (std::size_t i = 0; i < ViewHistory::kSteps + 5; ++i)
            user.write("Hide", {{"hidden/" + std::to_string(i), "true"}});
        for (std::size_t i = 0; i < ViewHistory::kSteps; ++i) CHECK(user.undo() == "Hide");
        CHECK(user.undo() == "refused: there is nothing to undo");
        CHECK(records.all().size() == 5);
    }

    TEST_CASE("records are found by their kind, and a version tells that something changed") {
        ViewRecords records;
        records.set("measure/2", "b");
        records.set("measure/1", "a");
        records.set("measures", "c");
        const auto found = records.of_kind("measure");
        REQUIRE(found.size() == 2);
        CHECK(found[0].key == "measure/1");
        CHECK(found[1].value == "b");
        const auto version = records.version();
        records.set("measure/1", "a");
        records.set("nothing", "");
        CHECK(records.version() == version);
        records.set("measure/1", "");
        CHECK(records.version() != version);
        CHECK(records.of_kind("measure").size() == 1);
    }
}

} // namespace pw::work
