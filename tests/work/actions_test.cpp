// SPDX-License-Identifier: Apache-2.0
#include "work/actions.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace pw::work {
namespace {

// "test.do": a required part, and one optional argument of every other kind. Answers with what it was given.
Action every_kind() {
    Action action;
    action.id = "test.do";
    action.title = "Do";
    action.help = "Takes every kind of argument.";
    action.args = {
        {.name = "part",
         .title = "Part",
         .kind = ArgKind::Part,
         .required = true,
         .fallback = {},
         .low = {},
         .high = {},
         .choices = {}},
        {.name = "deep",
         .title = "Deep",
         .kind = ArgKind::Bool,
         .required = false,
         .fallback = true,
         .low = {},
         .high = {},
         .choices = {}},
        {.name = "factor",
         .title = "Factor",
         .kind = ArgKind::Number,
         .required = false,
         .fallback = 2.5,
         .low = 0.5,
         .high = 10.0,
         .choices = {}},
        {.name = "note",
         .title = "Note",
         .kind = ArgKind::Text,
         .required = false,
         .fallback = {},
         .low = {},
         .high = {},
         .choices = {}},
        {.name = "how",
         .title = "How",
         .kind = ArgKind::Choice,
         .required = false,
         .fallback = std::string("fast"),
         .low = {},
         .high = {},
         .choices = {"fast", "slow"}},
        {.name = "at",
         .title = "At",
         .kind = ArgKind::Point,
         .required = false,
         .fallback = {},
         .low = {},
         .high = {},
         .choices = {}},
    };
    action.undo = "none: it changes nothing";
    for (FrontOffer& offer : action.fronts) offer.reason = "a test";
    action.fronts[static_cast<std::size_t>(Front::Command)] = {.offered = true, .how = "test.do", .reason = {}};
    action.run = [](const Args& args) -> Result<std::string> {
        std::string out = args.text("part") + " " + (args.boolean("deep") ? "deep" : "flat") + " " +
                          std::to_string(args.number("factor")) + " " + args.text("how");
        if (args.given("note")) out += " note=" + args.text("note");
        if (args.given("at")) out += " z=" + std::to_string(args.point("at")[2]);
        return out;
    };
    return action;
}

Action failing() {
    Action action = every_kind();
    action.id = "test.fail";
    action.args.clear();
    action.run = [](const Args&) -> Result<std::string> { return fail(Errc::Refused, "the machine is running"); };
    return action;
}

ActionRegistry registry() {
    ActionRegistry out;
    out.add(every_kind());
    out.add(failing());
    return out;
}

// What a call answers, or why it is refused.
std::string call(const std::string& arguments, const char* id = "test.do") {
    const Result<std::string> answer = registry().call(id, arguments);
    return answer ? *answer : answer.error().what;
}

std::string words(const std::vector<std::string>& list) {
    const Result<std::string> json = registry().arguments_from_words("test.do", list);
    return json ? *json : json.error().what;
}

} // namespace

TEST_SUITE("work/actions") {
    TEST_CASE("a call reaches the handler with its arguments and their fallbacks") {
        CHECK(call(R"({"part": "robot:arm.glb#1"})") == "robot:arm.glb#1 deep 2.500000 fast");
        CHECK(call(R"({"part": "p", "deep": false, "factor": 10, "how": "slow", "note": "ä", "at": [1, 2, 3.5]})") ==
              "p flat 10.000000 slow note=ä z=3.500000");
    }

    TEST_CASE("what is wrong with a call is told in words, all of it") {
        CHECK(call("").ends_with("test.do: \"part\" is missing"));
        CHECK(call(R"({"part": 3})").ends_with("test.do: \"part\" must be a part, as text"));
        CHECK(call(R"({"part": "p", "deep": 1})").ends_with("\"deep\" must be true or false"));
        CHECK(call(R"({"part": "p", "factor": "2"})").ends_with("\"factor\" must be a number"));
        CHECK(call(R"({"part": "p", "factor": 0.4})").ends_with("\"factor\" must be at least 0.5 and at most 10.0"));
        CHECK(call(R"({"part": "p", "factor": 11})").contains("\"factor\" must be"));
        CHECK(call(R"({"part": "p", "how": "slowly"})").ends_with("\"how\" must be one of fast, slow"));
        CHECK(call(R"({"part": "p", "at": [1, 2]})").ends_with("\"at\" must be a point, three numbers in metres"));
        CHECK(call(R"({"part": "p", "at": [1, 2, "3"]})").contains("\"at\" must be"));
        CHECK(call(R"({"part": "p", "colour": 1})")
                  .ends_with("there is no argument \"colour\"; known are part, deep, factor, note, how, at"));
        CHECK(call(R"({"deep": 1, "x": 2})")
                  .ends_with(
                      "there is no argument \"x\"; known are part, deep, factor, note, how, at; \"part\" is missing; "
                      "\"deep\" must be true or false"));
        CHECK(call(R"({"x": 1})", "test.fail").ends_with("there is no argument \"x\"; it takes none"));
    }

    TEST_CASE("a call that is refused says which kind of failure it is") {
        const ActionRegistry actions = registry();
        CHECK(actions.call("test.undo", "").error().code == Errc::NotFound);
        CHECK(actions.call("test.fial", "").error().what ==
              "there is no action \"test.fial\"; did you mean \"test.fail\"?");
        CHECK(actions.call("robot.dance", "").error().what == "there is no action \"robot.dance\"");
        CHECK(actions.call("test.do", R"({"part": 1})").error().code == Errc::Malformed);
        CHECK(actions.call("test.do", R"({"part": "p", "factor": 99})").error().code == Errc::Refused);
        CHECK(actions.call("test.do", "[1]").error().code == Errc::Malformed);
        CHECK(actions.call("test.do", "{").error().code == Errc::Malformed);
        CHECK(actions.call("test.do", std::string(70'000, ' ')).error().code == Errc::Exhausted);
        CHECK(actions.call("test.do", std::string(60'000, '[')).error().code == Errc::Malformed);
        CHECK(actions.call("test.fail", "{}").error().what == "the machine is running");
    }

    TEST_CASE("words become the JSON that the declaration asks for") {
        CHECK(words({"robot"}) == R"({"part":"robot"})");
        CHECK(words({"part=a=b", "factor=3", "deep=off", "at=1,-2.5,3e1", "note=4"}) ==
              R"({"at":[1.0,-2.5,30.0],"deep":false,"factor":3.0,"note":"4","part":"a=b"})");
        CHECK(words({"deep=yes", "7"}) == R"({"deep":true,"part":"7"})");
    }

    TEST_CASE("words that do not fit are refused in words") {
        Action optional = every_kind();
        optional.args.erase(optional.args.begin());
        ActionRegistry other;
        other.add(optional);
        CHECK(other.arguments_from_words("test.do", std::vector<std::string>{"no"}) == R"({"deep":false})");
        CHECK(words({}).ends_with("\"part\" is missing"));
        CHECK(words({"a", "b"}).ends_with("\"part\" is given twice"));
        CHECK(words({"part=a", "part=b"}).ends_with("\"part\" is given twice"));
        CHECK(words({"paart=robot"})
                  .contains("\"paart=robot\" is not name=value with one of its arguments; known are part"));
        CHECK(words({"p", "factor=fast"}).ends_with("\"factor\" must be a number"));
        CHECK(words({"p", "factor=inf"}).ends_with("\"factor\" must be a number"));
        CHECK(words({"p", "deep=perhaps"}).ends_with("\"deep\" must be true or false"));
        CHECK(words({"p", "at=1,2,"}).contains("\"at\" must be a point"));
        CHECK_FALSE(registry().arguments_from_words("test.fail", std::vector<std::string>{"x"}));
        CHECK_FALSE(registry().arguments_from_words("nothing.here", {}));
    }

    TEST_CASE("a word that is not UTF-8 does no harm") {
        const Result<std::string> json =
            registry().arguments_from_words("test.do", std::vector<std::string>{"\xff\xfe"});
        REQUIRE(json);
        CHECK(registry().call("test.do", *json));
    }

    TEST_CASE("the table says for each front how, or why not") {
        const std::string table = registry().to_json();
        CHECK(table.starts_with(
            R"([{"id":"test.do","title":"Do","help":"Takes every kind of argument.","args":[{"name":"part",)"));
        CHECK(table.contains(
            R"({"name":"factor","title":"Factor","kind":"number","required":false,"fallback":2.5,"low":0.5,"high":10})"));
        CHECK(table.contains(R"("fallback":"fast","choices":["fast","slow"])"));
        CHECK(table.contains(R"("scope":"private","safety":"view","right":"","undo":"none: it changes nothing")"));
        CHECK(table.contains(R"("fronts":{"hand_menu":{"offered":false,"reason":"a test"},)"));
        CHECK(table.contains(R"("command":{"offered":true,"how":"test.do"})"));
    }

    TEST_CASE("the page of docs has each action's fronts, and the reasons of those that do not offer it") {
        ActionRegistry actions = registry();
        Action menu = failing();
        menu.id = "test.menu";
        menu.fronts[static_cast<std::size_t>(Front::HandMenu)] = {
            .offered = true, .how = "View", .reason = {}, .order = 3};
        menu.fronts[static_cast<std::size_t>(Front::Voice)] = {.offered = true, .how = "do it | go", .reason = {}};
        actions.add(std::move(menu));
        const std::string page = actions.to_markdown();
        CHECK(page.contains(
            "\n| `test.do` | Takes every kind of argument. | `part`, `deep`?, `factor`?, `note`?, `how`?, "
            "`at`? | private, view | none: it changes nothing | – | – | – | – | yes | – |\n"));
        CHECK(page.contains("| View 3 | – | – | “do it”, “go” | yes | – |\n"));
        CHECK(page.contains("\n### network\n\n| reason | actions |\n|---|---|\n| a test | `test.do`, `test.fail`, "
                            "`test.menu` |\n"));
        CHECK(actions.to_json().contains(R"("hand_menu":{"offered":true,"how":"View","order":3})"));
    }

    TEST_CASE("an action that needs a right is refused to who does not have it, and to nobody else") {
        ActionRegistry actions = registry();
        Action machines = every_kind();
        machines.id = "test.machine";
        machines.args.clear();
        machines.right = "operate";
        machines.run = [](const Args&) -> Result<std::string> { return "done"; };
        actions.add(std::move(machines));
        CHECK(actions.call("test.machine", ""));
        for (const char* rights : {"none", "", " none , "}) {
            actions.set_rights(*rights_from_text(rights));
            const auto refused = actions.call("test.machine", "");
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == Errc::Refused);
            CHECK(refused.error().what == "test.machine: it needs the right \"operate\", which you do not have here");
            CHECK(actions.call("test.do", R"({"part": "p"})"));
        }
        actions.set_rights(*rights_from_text("none, operate"));
        CHECK(actions.call("test.machine", ""));
        actions.set_rights(*rights_from_text("all"));
        CHECK(actions.allowed(*actions.find("test.machine")));
        for (const char* wrong : {"operat", "operate, nonsense"})
            CHECK(rights_from_text(wrong).error().what.contains("there is none called"));
    }

    TEST_CASE("actions are found by id and listed in order") {
        const ActionRegistry actions = registry();
        CHECK(actions.find("test.fail") == &actions.list()[1]);
        CHECK(actions.find("test") == nullptr);
    }
}

} // namespace pw::work
