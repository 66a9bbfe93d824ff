// SPDX-License-Identifier: Apache-2.0
// The client's actions: that the table is whole, and that what is done is undone, on a real client with the cell.
#include "app/choice_words.h"
#include "app/client_actions.h"
#include "app/keys.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "tests/app/bars.h"
#include "tests/app/visit.h"
#include "tests/support/paths.h"
#include "work/phrases.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace pw;
using namespace pw::test;
using work::Front;
using xr::HostKind;

namespace {

using Call = std::pair<std::string, std::string>;

// How an action is tried: after some others, with arguments, and what its undo takes where it takes any.
struct Sample {
    std::string arguments = "{}";
    std::vector<Call> before{};
    std::string undo_arguments = "{}";
    std::string refused{}; // in these words: what it needs is not in the cell without its machines
    bool worn = false;     // it is for somebody with a headset, and refused at a desk
};

const Call kRobot{"view.select", R"({"part":"palletiser"})"};
const Call kJoint{"view.select", R"({"part":"palletiser:palletizer.glb#F-02","alone":true})"};
const Call kCut{"section.show", R"({"on":true})"};
const Call kMeasured{"measure.between", R"({"from":[0,0,0],"to":[1,2,3]})"};
const Call kSaved{"viewpoint.save", R"({"title":"Mine"})"};
const Call kRegistering{"register.start", R"({"part":"palletiser"})"};
const Call kAway{"view.go_to", R"({"viewpoint":"robot"})"};
const Call kSmall{"move.scale", R"({"one_to":50})"};
constexpr const char* kNoPlant = "not connected to a plant";
constexpr const char* kNothingRecorded = "nothing is recorded yet";
constexpr const char* kNotWorn = "only somebody with a headset can do that";
constexpr const char* kAlarm = R"({"alarm":"palletiser.any"})";

const std::map<std::string, Sample>& samples() {
    static const std::map<std::string, Sample> kSamples{
        {"view.select", {R"({"part":"conveyor"})", {kRobot}}},
        {"view.clear_selection", {"{}", {kRobot}}},
        {"move.jump", {.arguments = R"({"feet":[0,0,4]})", .worn = true}},
        {"move.turn", {.arguments = R"({"degrees":90})", .worn = true}},
        {"move.scale", {.arguments = R"({"one_to":20})", .before = {kSmall}, .worn = true}},
        {"move.table_top", {.before = {kSmall}, .worn = true}},
        {"move.full_size", {.before = {kSmall}, .worn = true}},
        {"move.recentre", {.worn = true}},
        {"move.by_pinch", {.worn = true}},
        {"tutorial.start", {.worn = true}},
        {"tutorial.skip", {.before = {{"tutorial.start", "{}"}}, .worn = true}},
        {"select.back", {"{}", {{"view.select", R"({"part":"conveyor"})"}, kRobot}}},
        {"select.parent", {"{}", {kRobot, {"select.child", "{}"}}}},
        {"select.child", {"{}", {kRobot}}},
        {"select.next", {"{}", {kRobot, {"select.child", "{}"}}}},
        {"select.previous", {"{}", {kRobot, {"select.child", "{}"}}}},
        {"select.same_model", {"{}", {{"view.select", R"({"part":"pallet-a"})"}}}},
        {"view.focus", {R"({"part":"conveyor"})"}},
        {"part.find", {R"({"words":"belt"})"}},
        {"part.properties", {"{}", {kRobot}}},
        {"part.copy_id", {"{}", {kRobot}, "{}", "there is no clipboard here"}},
        {"app.undo", {"{}", {{"view.hide", R"({"part":"gate"})"}}}},
        {"app.redo", {"{}", {{"view.hide", R"({"part":"gate"})"}, {"app.undo", "{}"}}}},
        {"view.hide", {R"({"part":"palletiser"})"}},
        {"view.show", {R"({"part":"palletiser"})", {{"view.hide", R"({"part":"palletiser"})"}}}},
        {"view.ghost", {"{}", {kRobot}}},
        {"view.isolate", {"{}", {kRobot}}},
        {"view.show_all", {"{}", {{"view.hide", R"({"part":"gate"})"}, {"view.isolate", R"({"part":"conveyor"})"}}}},
        {"explode.set", {R"({"part":"palletiser","share":0.5})"}},
        {"explode.end", {"{}", {{"explode.set", R"({"part":"palletiser","share":1})"}}}},
        {"variant.choose", {R"({"part":"palletiser","variant":"red"})", {}, "{}", "its model has no variants"}},
        {"tool.end", {"{}", {{"tool.measure", "{}"}}}},
        {"section.show", {R"({"on":true})"}},
        {"section.axis", {R"({"axis":"x"})"}},
        {"section.through", {R"({"point":[0,1,0],"normal":[0,0,2]})"}},
        {"section.move", {R"({"share":0.25})", {kCut}}},
        {"section.flip", {"{}", {kCut}}},
        {"measure.between", {kMeasured.second}},
        {"measure.remove", {R"({"measure":"1"})", {kMeasured}}},
        {"measure.clear", {"{}", {kMeasured}}},
        {"view.go_to", {R"({"viewpoint":"robot"})"}},
        {"view.home", {"{}", {kAway}}},
        {"view.back", {"{}", {kAway}}},
        {"viewpoint.save", {R"({"title":"Mine"})"}},
        {"viewpoint.rename", {R"({"viewpoint":"Mine","title":"Other"})", {kSaved}}},
        {"viewpoint.remove", {R"({"viewpoint":"own-1"})", {kSaved}}},
        {"view.ar", {R"({"mode":"on"})", {}, R"({"mode":"off"})"}},
        {"ar.show", {R"({"what":"ghosts"})"}},
        {"register.start", {R"({"part":"palletiser"})"}},
        {"register.point", {R"({"model":[0,1,0],"real":[1,1,0]})", {kRegistering}}},
        {"register.undo_point", {"{}", {kRegistering, {"register.point", R"({"model":[0,1,0],"real":[1,1,0]})"}}}},
        {"register.finish", {"{}", {kRegistering}, "{}", "touch more points: at least two, better four"}},
        {"register.choose", {R"({"which":1})", {kRegistering}, "{}", "there are no places to choose from"}},
        {"register.cancel", {"{}", {kRegistering}}},
        {"register.marker",
         {R"({"file":"FOLDER/walk.json","part":"conveyor"})",
          {},
          "{}",
          "Crate conveyor C1 has no markers in the plant file"}},
        {"register.forget", {R"({"part":"palletiser"})", {}, "{}", "Palletising robot R1 is not registered"}},
        {"register.allows",
         {R"({"part":"palletiser","needed_mm":5})",
          {},
          "{}",
          "palletiser is not registered: nobody knows where it is"}},
        {"view.photo", {R"({"file":"FOLDER/photo.png"})"}},
        {"twin.values", {R"({"equipment":"palletiser"})"}},
        {"twin.rebirth", {R"({"node":"a/b"})", {}, "{}", kNoPlant}},
        {"layer.show", {R"({"layer":"quality","on":true})"}},
        {"heat.show", {R"({"figure":"oee"})"}},
        {"plant.figures", {"{}", {}, "{}", kNoPlant}},
        {"alarm.list", {"{}", {}, "{}", kNoPlant}},
        {"alarm.acknowledge", {kAlarm, {}, "{}", kNoPlant}},
        {"alarm.reset", {kAlarm, {}, "{}", kNoPlant}},
        {"alarm.shelve", {R"({"alarm":"palletiser.any","minutes":5,"comment":"x"})", {}, "{}", kNoPlant}},
        {"alarm.unshelve", {kAlarm, {}, "{}", kNoPlant}},
        {"alarm.out_of_service", {R"({"alarm":"palletiser.any","comment":"x"})", {}, "{}", kNoPlant}},
        {"alarm.in_service", {kAlarm, {}, "{}", kNoPlant}},
        {"alarm.find", {kAlarm, {}, "{}", kNoPlant}},
        {"time.back", {R"({"seconds":60})", {}, "{}", kNothingRecorded}},
        {"time.go", {R"({"utc":1e9})", {}, "{}", kNothingRecorded}},
        {"time.play", {"{}", {}, "{}", kNothingRecorded}},
        {"time.tell", {"{}", {}, "{}", kNothingRecorded}},
        {"settings.set", {R"({"name":"labels","value":"false"})", {}, R"({"name":"labels","value":"true"})"}},
        {"voice.say", {R"({"words":"hide palletising robot r1"})"}},
    };
    return kSamples;
}

void say(std::string& out, std::string_view name, const auto& value) { out += formatted("{} {}\n", name, value); }

// All that a user chose and sees, line by line.
std::string state_of(app::Client& client) {
    std::string out;
    const auto& scene = client.scene();
    for (const auto& [key, value] : client.view().records().all()) say(out, key, value);
    for (std::uint32_t n = 0; n < scene.node_count(); ++n) {
        const int flags = scene.style({n}).flags & (scene::kHidden | scene::kGhost | scene::kHighlight);
        if (flags != 0) say(out, formatted("flags {}", n), flags);
        const Vec3& offset = scene.offset({n});
        if (offset != Vec3(0.f))
            say(out, formatted("offset {}", n), formatted("{} {} {}", offset.x, offset.y, offset.z));
    }
    const auto& state = client.state();
    say(out, "selected", state.selected.index);
    say(out, "alone", state.selected_alone);
    say(out, "panels",
        formatted("{} {} {} {} {} {} {} {} {}", state.show_tree, state.show_settings, state.show_statistics,
                  state.show_help, state.show_problems, state.show_parts, state.show_tools, state.show_palette,
                  static_cast<int>(state.page)));
    say(out, "registration", state.show_registration);
    for (const bool on : state.layers.elements) say(out, "layer", on);
    say(out, "layers",
        formatted("{} {} {} {}", static_cast<int>(state.layers.heat), state.layers.line, state.layers.traffic,
                  state.layers.way.valid()));
    say(out, "tool", static_cast<int>(client.view().tool.held()));
    const Pose eye = client.walker().world_from_eye();
    say(out, "eye",
        formatted("{:.6f} {:.6f} {:.6f} {:.4f} {:.4f}", eye.position.x, eye.position.y, eye.position.z,
                  eye.orientation.y, eye.orientation.x));
    const auto& stance = client.walker().stance();
    say(out, "stance",
        formatted("{:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f}", stance.position.x, stance.position.y, stance.position.z,
                  stance.yaw_rad, stance.scale, stance.lift_m));
    if (const auto* worn = client.headset(); worn != nullptr) {
        say(out, "pinch", worn->locomotion().aims_by_pinch());
        say(out, "lessons", worn->tutorial().running());
    }
    say(out, "zoom", state.zoom_fov_y_deg);
    for (const auto& [name, value] : app::list_settings(client.settings())) say(out, name, value);
    say(out, "registering", client.ar().flow() == nullptr ? -1 : static_cast<int>(client.ar().flow()->touches.size()));
    say(out, "around", static_cast<int>(client.host().blend()));
    say(out, "quit", state.quit);
    say(out, "muted", client.sounds().muted());
    return out;
}

struct Cell {
    Visit visit;

    Cell() { visit.options.plant_file = source_dir() / "assets/plants/cell/plant.json"; }
    bool begin(HostKind kind) {
        if (!visit.begin(kind)) return false;
        if (!worn()) return true;
        visit.host->period = from_ms(200);
        visit.host->played.head_active = visit.host->played.head_tracked = true;
        visit.host->played.origin_from_head.position = {0.2, 1.65, 0.1};
        visit.host->render = false; // nobody looks
        visit.frames(2);
        return true;
    }
    app::Client& client() { return *visit.client; }
    // Jumps are made at black.
    void settle() {
        if (!worn() || client().state().quit) return;
        do visit.frames(1);
        while (client().headset()->fade() > 0.f);
    }
    bool worn() { return client().headset() != nullptr; }
    std::string call(const std::string& id, std::string arguments) {
        if (const auto at = arguments.find("FOLDER"); at != std::string::npos)
            arguments.replace(at, 6, visit.folder.path);
        const auto done = client().actions().call(id, arguments);
        settle();
        return done ? *done : "refused: " + done.error().what;
    }
    // As at the start, but for the history.
    void begin_again() {
        for (const char* id : {"view.show_all", "explode.end", "measure.clear"}) call(id, "{}");
        call("section.show", R"({"on":false})");
        while (!client().view().viewpoints().empty())
            call("viewpoint.remove", formatted(R"({{"viewpoint":"{}"}})", client().view().viewpoints()[0].id));
        client().clear_selection();
        if (client().ar().flow() != nullptr) call("register.cancel", "{}");
        client().view().tool.take(app::Tool::None);
        if (worn()) call("move.full_size", "{}");
        client().go_home();
        settle();
        visit.frames(1);
    }
};

void check_undo(Cell& cell, const work::Action& action, const Sample& sample) {
    CAPTURE(action.id);
    if (sample.worn && !cell.worn()) {
        CHECK(cell.call(action.id, sample.arguments) == std::string("refused: ") + kNotWorn);
        return;
    }
    for (const auto& [id, arguments] : sample.before) {
        const std::string done = cell.call(id, arguments);
        REQUIRE_MESSAGE(!done.starts_with("refused"), id, ": ", done);
    }
    const std::string before = state_of(cell.client());
    const std::string done = cell.call(action.id, sample.arguments);
    if (!sample.refused.empty()) {
        CHECK(done == "refused: " + sample.refused);
        CHECK(state_of(cell.client()) == before);
        return;
    }
    CHECK_MESSAGE(!done.starts_with("refused"), done);
    const std::string after = state_of(cell.client());
    const bool changes_nothing = action.undo.contains("changes nothing");
    if (changes_nothing) CHECK(after == before);
    if (action.undo.starts_with("none: ")) return;
    CHECK(after != before);
    const std::string id = action.undo == "self" ? action.id : action.undo;
    const std::string undone = cell.call(id, action.undo == "self" ? sample.arguments : sample.undo_arguments);
    CHECK_MESSAGE(!undone.starts_with("refused"), undone);
    CHECK(state_of(cell.client()) == before);
    if (action.undo != "app.undo" || action.id == "app.redo") return;
    cell.call("app.redo", "{}");
    CHECK(state_of(cell.client()) == after);
    cell.call("app.undo", "{}");
    CHECK(state_of(cell.client()) == before);
}

work::ActionRegistry bare() {
    work::ActionRegistry registry;
    app::add_client_actions(registry, nullptr);
    return registry;
}

} // namespace

TEST_SUITE("app/action_table") {
    TEST_CASE("there are sixty actions and more, each with its fronts, or why not in words") {
        const auto registry = bare();
        CHECK(registry.list().size() >= 60);
        for (const auto& action : registry.list()) {
            CAPTURE(action.id);
            CHECK(action.help.ends_with('.'));
            for (std::size_t f = 0; f < action.fronts.size(); ++f) {
                CAPTURE(f);
                const auto& offer = action.fronts.at(f);
                if (offer.offered)
                    CHECK((f == static_cast<std::size_t>(Front::Palette) || !offer.how.empty()));
                else
                    CHECK_MESSAGE(std::ranges::count(offer.reason, ' ') >= 3, offer.reason); // a sentence
            }
        }
    }

    TEST_CASE("places in the hand menu, keys and phrases belong to one action each") {
        const auto registry = bare();
        std::set<std::string> taken;
        for (const auto& action : registry.list()) {
            CAPTURE(action.id);
            const auto& menu = action.fronts[static_cast<std::size_t>(Front::HandMenu)];
            if (menu.offered) CHECK(taken.insert(formatted("{} {}", menu.how, menu.order)).second);
            const auto& key = action.fronts[static_cast<std::size_t>(Front::Key)];
            if (key.offered) CHECK(app::are_keys(key.how));
            if (key.offered) CHECK(taken.insert(key.how).second);
            for (const auto phrase : work::phrases_of(action))
                CHECK_MESSAGE(taken.insert(std::string(phrase)).second, phrase);
        }
        CHECK(taken.contains("View 1"));
    }

    TEST_CASE("whatever a hand chooses from has words of its own") {
        const auto registry = bare();
        std::size_t choices = 0;
        for (const auto& action : registry.list()) {
            CAPTURE(action.id);
            if (!action.fronts[static_cast<std::size_t>(Front::HandMenu)].offered) continue;
            const auto asked = std::ranges::find(action.args, true, &work::ArgSpec::required);
            if (asked == action.args.end()) continue;
            CHECK((asked->kind == work::ArgKind::Choice || asked->kind == work::ArgKind::Bool));
            for (const auto& choice : asked->choices) {
                ++choices;
                const char* words = app::choice_words(choice);
                REQUIRE_MESSAGE(words != nullptr, choice);
                CHECK(words[0] != choice[0]); // a sentence's case
            }
        }
        CHECK(choices >= 12);
    }

    TEST_CASE("every phrase is understood as the action that has it") {
        const auto registry = bare();
        const work::FindParts thing = [](std::string_view name) -> std::vector<work::NamedPart> {
            if (name != "robot") return {};
            return {{"robot", "Robot"}};
        };
        for (const auto& action : registry.list()) {
            for (const auto phrase : work::phrases_of(action)) {
                std::string said;
                for (std::size_t at = 0; at < phrase.size();) {
                    if (phrase[at] != '{') {
                        said += phrase[at++];
                        continue;
                    }
                    const std::size_t end = phrase.find('}', at);
                    std::string name(phrase.substr(at + 1, end - at - 1));
                    if (name.ends_with('%')) name.pop_back();
                    const auto spec = std::ranges::find(action.args, name, &work::ArgSpec::name);
                    REQUIRE_MESSAGE(spec != action.args.end(), phrase);
                    said += spec->kind == work::ArgKind::Part     ? "robot"
                            : spec->kind == work::ArgKind::Number ? "50"
                            : spec->kind == work::ArgKind::Bool   ? "on"
                            : spec->kind == work::ArgKind::Choice ? spec->choices.front()
                                                                  : "something";
                    at = end + 1;
                }
                const auto heard = work::understand(registry, said, thing);
                REQUIRE_MESSAGE(heard, said);
                CHECK_MESSAGE(heard->action == action.id, said);
            }
        }
    }

    TEST_CASE("the page of docs is what the program says") {
        const auto page = read_text(source_dir() / "docs/actions.md");
        REQUIRE(page);
        CHECK_MESSAGE(page->ends_with(bare().to_markdown()),
                      "docs/actions.md is not current: run script/actions-table");
    }
}

TEST_SUITE("app/undo [gpu]") {
    TEST_CASE("every action does something, and what it says takes it back does") {
        for (const auto kind : {HostKind::Offscreen, HostKind::Headset}) {
            CAPTURE(kind);
            Cell cell;
            if (!cell.begin(kind)) return;
            REQUIRE(cell.client().problems().empty());
            for (const auto& action : cell.client().actions().list()) {
                const auto sample = samples().find(action.id);
                const bool needs = std::ranges::contains(action.args, true, &work::ArgSpec::required);
                CHECK_MESSAGE((sample != samples().end() || !needs), action.id, " has no sample here");
                check_undo(cell, action, sample != samples().end() ? sample->second : Sample{});
                cell.client().state().quit = false;
                cell.begin_again();
            }
        }
    }

    TEST_CASE("another look of a model is taken back") {
        Visit visit;
        std::string bars = two_bars("bar");
        const auto insert = [&](const std::string& before, const std::string& what) {
            const std::size_t at = bars.find(before);
            REQUIRE(at != std::string::npos);
            bars.insert(at, what);
        };
        insert(R"("scene": 0)", R"("extensions": {"KHR_materials_variants": {"variants": [{"name": "green"}]}}, )");
        insert(R"("attributes")",
               R"("extensions": {"KHR_materials_variants": {"mappings": [{"material": 1, "variants": [0]}]}}, )");
        insert(R"("KHR_materials_unlit"],)", R"("KHR_materials_variants", )");
        REQUIRE(write_text(visit.folder / "bars.gltf", bars));
        if (!visit.begin(HostKind::Offscreen)) return;
        const std::string before = state_of(*visit.client);
        CHECK(call(visit, "variant.choose", R"({"part":"left","variant":"green"})") == "true");
        const std::string after = state_of(*visit.client);
        CHECK(after != before);
        CHECK(call(visit, "app.undo") != "");
        CHECK(state_of(*visit.client) == before);
        call(visit, "app.redo");
        CHECK(state_of(*visit.client) == after);
    }
}
