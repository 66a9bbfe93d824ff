// SPDX-License-Identifier: Apache-2.0
#include "work/phrases.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace pw::work {
namespace {

Action spoken(const char* id, const char* phrases, std::vector<ArgSpec> args = {}) {
    Action action;
    action.id = id;
    action.title = "Title";
    action.help = "Help.";
    action.undo = "none: a test";
    action.args = std::move(args);
    for (FrontOffer& offer : action.fronts) offer.reason = "a test";
    action.fronts[static_cast<std::size_t>(Front::Voice)] = {.offered = true, .how = phrases, .reason = {}};
    action.run = [](const Args&) -> Result<std::string> { return "true"; };
    return action;
}

ActionRegistry registry() {
    const ArgSpec part{.name = "part",
                       .title = "Part",
                       .kind = ArgKind::Part,
                       .required = false,
                       .fallback = std::string(),
                       .low = {},
                       .high = {},
                       .choices = {}};
    ArgSpec share = part, on = part, figure = part, title = part, needed = part;
    share.name = "share";
    share.kind = ArgKind::Number;
    share.fallback = 0.0;
    on.name = "on";
    on.kind = ArgKind::Bool;
    on.fallback = true;
    figure.name = "figure";
    figure.kind = ArgKind::Choice;
    figure.choices = {"oee", "power_drawn"};
    figure.fallback = {};
    title.name = "title";
    title.kind = ArgKind::Text;
    needed.required = true;
    needed.fallback = {};
    ActionRegistry out;
    out.add(spoken("view.hide", "hide this | hide {part}", {part}));
    out.add(spoken("view.show", "show {part}", {part}));
    out.add(spoken("view.show_all", "show all"));
    out.add(spoken("view.select", "select {part}", {needed}));
    out.add(spoken("explode.set", "explode {part} {share%} percent | explode by {share}", {part, share}));
    out.add(spoken("section.show", "section {on}", {on}));
    out.add(spoken("heat.show", "colour by {figure}", {figure}));
    out.add(spoken("place.save", "call it {title} | name {title} please", {title}));
    out.add(spoken("place.name", "name {title}", {title}));
    out.add(spoken("one.stop", "stop"));
    out.add(spoken("two.stop", "stop"));
    return out;
}

std::vector<NamedPart> parts(std::string_view name) {
    if (name == "robot") return {{"r1", "Robot"}};
    if (name == "big robot") return {{"r2", "Big robot"}};
    if (name == "pump") return {{"p1", "Pump"}, {"p2", "Pump"}};
    if (name == "all") return {{"everything", "All"}};
    return {};
}

std::string say(const char* words) {
    const auto heard = understand(registry(), words, parts);
    return heard ? heard->action + " " + heard->arguments : "refused: " + heard.error().what;
}

} // namespace

TEST_SUITE("work/phrases") {
    TEST_CASE("a phrase is an action, its slots are arguments") {
        CHECK(say("hide this") == "view.hide {}");
        CHECK(say("hide robot") == R"(view.hide {"part":"r1"})");
        CHECK(say("hide the robot") == R"(view.hide {"part":"r1"})");
        CHECK(say("Hide  Big Robot!") == R"(view.hide {"part":"r2"})");
        CHECK(say("explode big robot 50 percent") == R"(explode.set {"part":"r2","share":0.5})");
        CHECK(say("explode robot half percent") == R"(explode.set {"part":"r1","share":0.5})");
        CHECK(say("explode by 0.25") == R"(explode.set {"share":0.25})");
        CHECK(say("section off") == R"(section.show {"on":false})");
        CHECK(say("colour by power drawn") == R"(heat.show {"figure":"power_drawn"})");
        CHECK(say("call it by the north door") == R"(place.save {"title":"by the north door"})");
    }

    TEST_CASE("the phrase with most words of its own counts") {
        CHECK(say("show all") == "view.show_all {}"); // though there is a part of that name
        CHECK(say("show robot") == R"(view.show {"part":"r1"})");
        CHECK(say("name door please") == R"(place.save {"title":"door"})");
        CHECK(say("name door") == R"(place.name {"title":"door"})");
    }

    TEST_CASE("\"this\" is the selection where that may be left out, and a name where it may not") {
        CHECK(say("show it") == "view.show {}");
        CHECK(say("select this") == "refused: nothing here is called \"this\"");
    }

    TEST_CASE("what could mean several things is refused with all of them") {
        CHECK(say("hide pump") == "refused: \"pump\" could be Pump (p1), Pump (p2)");
        CHECK(say("stop") == "refused: \"stop\" could mean one.stop {}, or two.stop {}");
    }

    TEST_CASE("what means nothing is refused in words") {
        CHECK(say("hide unicorn") == "refused: nothing here is called \"unicorn\"");
        CHECK(say("please dance") == "refused: no phrase is like \"please dance\"");
        CHECK(say("") == "refused: no phrase is like \"\"");
        CHECK(say("colour by smell") == "refused: \"smell\" is none of the choices of figure");
        CHECK(say("explode by much") == "refused: \"much\" is no number");
        CHECK(say("section maybe") == "refused: say on or off");
        CHECK(say(std::string(500, 'a').c_str()) == "refused: that is too long for a phrase");
    }

    TEST_CASE("an action's phrases are listed one by one") {
        const auto actions = registry();
        const auto phrases = phrases_of(*actions.find("view.hide"));
        REQUIRE(phrases.size() == 2);
        CHECK(phrases[1] == "hide {part}");
        auto silent = spoken("x.y", "");
        silent.fronts[static_cast<std::size_t>(Front::Voice)] = {.offered = false, .how = {}, .reason = "a test"};
        CHECK(phrases_of(silent).empty());
    }
}

} // namespace pw::work
