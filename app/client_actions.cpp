// SPDX-License-Identifier: Apache-2.0
#include "app/client_actions.h"

#include "app/action_rows.h"
#include "base/json.h"
#include "base/strings.h"

#include <algorithm>
#include <array>
#include <format>
#include <string_view>
#include <utility>

namespace pw::app {

using work::Action;
using work::ArgKind;
using work::Args;
using work::ArgSpec;
using work::Front;

namespace {

constexpr std::array<std::pair<std::string_view, xr::Key>, 12> kKeyNames{{
    {"F1", xr::Key::F1},
    {"F2", xr::Key::F2},
    {"F3", xr::Key::F3},
    {"F4", xr::Key::F4},
    {"F5", xr::Key::F5},
    {"F6", xr::Key::F6},
    {"F7", xr::Key::F7},
    {"H", xr::Key::H},
    {"Backspace", xr::Key::Backspace},
    {"R", xr::Key::R},
    {"Home", xr::Key::Home},
    {"Esc", xr::Key::Escape},
}};

ArgSpec part_arg(bool required) {
    return {.name = "part",
            .title = text(Text::Part),
            .kind = ArgKind::Part,
            .required = required,
            .fallback = required ? work::ArgValue{} : work::ArgValue{std::string()}};
}

// "robot", "robot:palletizer.glb/Base/Joint1" or nothing: the selection.
Result<scene::NodeId> find_part(Client& client, const std::string& words) {
    if (words.empty()) {
        if (!client.state().selected) return fail(Errc::NotFound, "nothing is selected");
        return client.state().selected;
    }
    auto& scene = client.scene();
    if (const auto placed = scene.find_placed(words)) return scene::NodeId{scene.placed()[placed.index].first_node};
    if (const auto part = plant::parse_part_id(words)) {
        if (const auto node = scene.find(*part)) return node;
    }
    return fail(Errc::NotFound, std::format("there is no part \"{}\"", words));
}

// The equipment that is meant as a whole, with all that stands on it: by its id, or as what is selected.
std::uint32_t find_whole(Client& client, const std::string& words) {
    return words.empty() ? client.state().selected_equipment : plant::find_equipment(client.plant(), words);
}

// The subtrees that an action on a part touches.
Result<std::vector<scene::NodeId>> find_subtrees(Client& client, const std::string& words) {
    if (const auto whole = find_whole(client, words); whole != scene::kNone) {
        const auto roots = client.live().roots(whole);
        if (!roots.empty()) return std::vector(roots.begin(), roots.end());
    }
    return find_part(client, words).transform([](scene::NodeId node) { return std::vector{node}; });
}

void set_flag(scene::Scene& scene, scene::NodeId node, std::uint8_t flag) {
    scene::Style style = scene.style(node);
    style.flags = static_cast<std::uint8_t>(style.flags | flag);
    scene.set_style(node, style);
}

Result<std::string> flag_part(Client& client, const Args& args, std::uint8_t flag) {
    const auto subtrees = find_subtrees(client, args.text("part"));
    if (!subtrees) return std::unexpected(subtrees.error());
    for (const auto node : *subtrees) set_flag(client.scene(), node, flag);
    return ok();
}

void clear_flags(Client& client, std::uint8_t flags) {
    auto& scene = client.scene();
    for (std::uint32_t n = 0; n < scene.node_count(); ++n) {
        scene::Style style = scene.style({n});
        const auto kept = static_cast<std::uint8_t>(style.flags & ~flags);
        if (kept == style.flags) continue;
        style.flags = kept;
        scene.set_style({n}, style);
    }
}

// Everything else that is placed becomes see-through; what is kept may be an equipment with several models.
Result<std::string> isolate(Client& client, const Args& args) {
    const auto keep = find_subtrees(client, args.text("part"));
    if (!keep) return std::unexpected(keep.error());
    clear_flags(client, scene::kGhost);
    const auto& scene = client.scene();
    for (std::uint32_t p = 0; p < scene.placed().size(); ++p) {
        const auto& placed = scene.placed()[p];
        if (std::ranges::any_of(*keep, [&](scene::NodeId node) { return scene.placed_of(node).index == p; })) continue;
        for (std::uint32_t n = placed.first_node; n < placed.first_node + placed.node_count; n = scene.subtree_end({n}))
            set_flag(client.scene(), {n}, scene::kGhost);
    }
    return ok();
}

Result<std::string> go_to(Client& client, const std::string& id) {
    for (const auto& v : client.plant().viewpoints) {
        if (v.id != id) continue;
        client.jump_to({v.eye_m, v.target_m, v.fov_y_deg});
        return ok();
    }
    return fail(Errc::NotFound, std::format("there is no viewpoint \"{}\"", id));
}

std::string list_viewpoints(Client& client) {
    JsonWriter w;
    w.begin_array();
    for (const auto& v : client.plant().viewpoints)
        w.begin_object().member("id", v.id).member("title", v.title).end_object();
    w.end_array();
    return w.take();
}

Result<std::string> photo(Client& client, const std::string& file) {
    // Whatever else stands there, a recording for one, is not overwritten.
    if (!file.ends_with(".png")) return fail(Errc::Refused, "the name of a picture ends in .png");
    client.photo_to(file);
    return json_quote(file);
}

std::string status(Client& client) {
    const auto& snapshot = client.live().snapshot();
    JsonWriter w;
    w.begin_object().member("frames", client.drawn_frames()).member("host", client.host().description());
    w.member("gpu", client.gpu_name()).member("settled", client.settled());
    w.member("selected", client.state().selected ? plant::to_text(client.scene().part(client.state().selected)) : "");
    w.member("connection", !client.live().has_broker()                       ? "none"
                           : snapshot.connection == twin::Connection::Online ? "online"
                           : snapshot.connection == twin::Connection::Lost   ? "lost"
                                                                             : "connecting");
    w.member("messages", snapshot.messages).member("metrics", snapshot.metrics);
    w.member("nodes_alive", snapshot.nodes_alive).member("nodes_dead", snapshot.nodes_dead);
    w.key("machines").begin_object();
    for (std::uint32_t e = 0; e < client.plant().equipment.size(); ++e) {
        const auto& equipment = client.plant().equipment[e];
        if (!equipment.tags.empty()) w.member(equipment.id, twin::quality_name(client.live().quality(e)));
    }
    w.end_object().key("problems").begin_array();
    for (const auto& p : client.problems().list()) w.value(p.where + ": " + p.what);
    w.end_array().member("validation_messages", client.validation_messages()).end_object();
    return w.take();
}

Result<std::string> tag_values(Client& client, const std::string& equipment) {
    if (!equipment.empty() && plant::find_equipment(client.plant(), equipment) == plant::kNoEquipment)
        return fail(Errc::NotFound, std::format("there is no equipment \"{}\"", equipment));
    JsonWriter w;
    w.begin_object();
    for (std::uint32_t e = 0; e < client.plant().equipment.size(); ++e) {
        if (!equipment.empty() && client.plant().equipment[e].id != equipment) continue;
        for (const auto& tag : client.plant().equipment[e].tags) {
            const auto* state = client.live().find(e, tag);
            if (state == nullptr) continue;
            w.key(plant::tag_name(client.plant(), e, tag)).begin_object();
            w.key("value")
                .raw(twin::to_json(state->value))
                .member("quality", twin::quality_name(state->quality))
                .end_object();
        }
    }
    w.end_object();
    return w.take();
}

Result<std::string> home(Client& client) {
    client.go_home();
    return ok();
}

Result<std::string> change_setting(Client& client, const Args& args) {
    if (auto set = client.change_setting(args.text("name"), args.text("value")); !set)
        return std::unexpected(set.error());
    return is_for_next_start(args.text("name")) ? json_quote(text(Text::FromNextStart)) : ok();
}

Result<std::string> ask_rebirth(Client& client, const std::string& node) {
    if (client.live().twin() == nullptr) return fail(Errc::Unavailable, "not connected to a plant");
    if (client.live().away()) return fail(Errc::Refused, text(Text::ItIsPast));
    client.live().twin()->request_rebirth(node);
    return ok();
}

std::string settings_list(Client& client) {
    JsonWriter w;
    w.begin_object();
    for (const auto& [name, value] : list_settings(client.settings())) w.member(name, value);
    w.end_object();
    return w.take();
}

Result<std::string> select(Client& client, const Args& args) {
    const auto node = find_part(client, args.text("part"));
    if (!node) return std::unexpected(node.error());
    if (auto selected = client.select(*node); !selected) return std::unexpected(selected.error());
    return json_quote(plant::to_text(client.scene().part(*node)));
}

} // namespace

xr::Key action_key(const Action& action) {
    const auto& offer = action.fronts[static_cast<std::size_t>(Front::Key)];
    const auto* const found = std::ranges::find(kKeyNames, offer.how, &std::pair<std::string_view, xr::Key>::first);
    return offer.offered && found != kKeyNames.end() ? found->second : xr::Key::None;
}

namespace {

void add_view(Rows rows) {
    const ArgSpec part = part_arg(true), part_or_selection = part_arg(false);
    rows.add({"view.select",
              Text::SelectPart,
              "Selects a machine or part and shows its card.",
              "view.clear_selection",
              "",
              kThisView,
              {part}},
             &select);
    rows.add({"view.clear_selection", Text::ClearSelection, "Selects nothing and closes the card.",
              "none: select again", "Esc"},
             [](Client& c, const Args&) -> Result<std::string> {
                 c.clear_selection();
                 return ok();
             });
    rows.add({"view.hide",
              Text::Hide,
              "Hides a machine or part, or the selection.",
              "view.show_all",
              "H",
              kThisView,
              {part_or_selection}},
             [](Client& c, const Args& a) { return flag_part(c, a, scene::kHidden); });
    rows.add({"view.ghost",
              Text::Ghost,
              "Draws a machine or part, or the selection, see-through.",
              "view.show_all",
              "",
              kThisView,
              {part_or_selection}},
             [](Client& c, const Args& a) { return flag_part(c, a, scene::kGhost); });
    rows.add({"view.isolate",
              Text::Isolate,
              "Makes everything but a machine, or the selection, see-through.",
              "view.show_all",
              "",
              kThisView,
              {part_or_selection}},
             &isolate);
    rows.add({"view.show_all", Text::ShowAll, "Shows what was hidden or made see-through.", "none: hide it again", "R"},
             [](Client& c, const Args&) -> Result<std::string> {
                 clear_flags(c, scene::kHidden | scene::kGhost);
                 return ok();
             });
    rows.add({"view.go_to",
              Text::GoToViewpoint,
              "Looks from a viewpoint of the plant file.",
              "view.back",
              "",
              kThisView,
              {text_arg("viewpoint", Text::Viewpoint)}},
             [](Client& c, const Args& a) { return go_to(c, a.text("viewpoint")); });
    rows.add({"view.list_viewpoints", Text::ListViewpoints, "The viewpoints of the plant file.",
              "none: it changes nothing", "", kNothing},
             [](Client& c, const Args&) -> Result<std::string> { return list_viewpoints(c); });
    rows.add({"view.home", Text::GoHome, "Back to where the visit began.", "view.back", "Home"},
             [](Client& c, const Args&) { return home(c); });
    rows.add({"view.back", Text::GoBack, "Back to where one looked from before the last jump.", "self", "Backspace"},
             [](Client& c, const Args&) { return c.go_back().transform(&ok); });
    rows.add({"view.photo",
              Text::TakePhoto,
              "Writes what is seen as a PNG file.",
              "none: delete the file",
              "",
              kThisComputer,
              {{.name = "file", .title = text(Text::File), .kind = ArgKind::File, .fallback = {}}}},
             [](Client& c, const Args& a) { return photo(c, a.text("file")); });
}

void add_panels(Rows rows) {
    rows.add_toggle({"panel.help", Text::Help, "Shows or hides help.", "self", "F1"}, &ClientState::show_help);
    rows.add_toggle({"panel.statistics", Text::FrameStatistics, "Shows or hides frame statistics.", "self", "F2"},
                    &ClientState::show_statistics);
    rows.add_toggle({"panel.tree", Text::EquipmentTree, "Shows or hides the equipment tree.", "self", "F3"},
                    &ClientState::show_tree);
    rows.add_toggle(
        {"panel.problems", Text::Problems, "Shows or hides what could not be loaded or reached.", "self", "F4"},
        &ClientState::show_problems);
}

void add_twin(Rows rows) {
    rows.add({"twin.values",
              Text::TagValues,
              "The newest values of a machine, or of all.",
              "none: it changes nothing",
              "",
              kNothing,
              {{.name = "equipment",
                .title = text(Text::EquipmentTree),
                .kind = ArgKind::Text,
                .required = false,
                .fallback = std::string()}}},
             [](Client& c, const Args& a) -> Result<std::string> { return tag_values(c, a.text("equipment")); });
    rows.add({"twin.rebirth",
              Text::AskRebirth,
              "Sends an edge node the command to say everything again.",
              "none: it changes no value of the plant",
              "",
              kTheMachines,
              {text_arg("node", Text::EdgeNode)}},
             [](Client& c, const Args& a) { return ask_rebirth(c, a.text("node")); });
}

void add_app(Rows rows) {
    rows.add({"settings.set",
              Text::ChangeSetting,
              "Changes one setting, also in the settings file.",
              "settings.set",
              "",
              kThisComputer,
              {text_arg("name", Text::Setting), text_arg("value", Text::Value)}},
             [](Client& c, const Args& a) { return change_setting(c, a); });
    rows.add({"settings.list", Text::ListSettings, "All settings with their values.", "none: it changes nothing", "",
              kNothing},
             [](Client& c, const Args&) -> Result<std::string> { return settings_list(c); });
    rows.add({"app.status", Text::Status, "What the program shows and hears right now.", "none: it changes nothing", "",
              kNothing},
             [](Client& c, const Args&) -> Result<std::string> { return status(c); });
    rows.add({"app.quit", Text::Quit, "Ends the program.", "none: start it again", "", kThisProgram},
             [](Client& c, const Args&) -> Result<std::string> {
                 c.state().quit = true;
                 return ok();
             });
}

} // namespace

void add_client_actions(work::ActionRegistry& registry, Client* client) {
    const Rows rows(registry, client);
    add_view(rows);
    add_panels(rows);
    add_twin(rows);
    add_management_actions(rows);
    add_app(rows);
}

} // namespace pw::app
