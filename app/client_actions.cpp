// SPDX-License-Identifier: Apache-2.0
#include "app/client_actions.h"

#include "app/client.h"
#include "base/file.h"
#include "base/json.h"
#include "base/process.h"

#include <glm/trigonometric.hpp>

#include <algorithm>
#include <format>

namespace pw::app {

using work::Action;
using work::ArgKind;
using work::Args;
using work::ArgSpec;
using work::Front;
using work::Safety;
using work::Scope;

namespace {

constexpr const char* kNoHandMenu = "the hand menu comes with panels in the headset";
constexpr const char* kNoPalette = "the command palette comes with the hand menu";
constexpr const char* kNoVoice = "voice phrases come with the hand menu";
constexpr const char* kPrivate = "it changes only what this user sees";

constexpr std::pair<const char*, xr::Key> kKeyNames[] = {
    {"F1", xr::Key::F1}, {"F2", xr::Key::F2}, {"F3", xr::Key::F3}, {"F4", xr::Key::F4},     {"F5", xr::Key::F5},
    {"H", xr::Key::H},   {"P", xr::Key::P},   {"R", xr::Key::R},   {"Home", xr::Key::Home}, {"Esc", xr::Key::Escape},
};

// A row of the table: everything that is usual is filled in here.
Action make(std::string id, std::string title, std::string help, std::string undo, std::string key,
            std::function<Result<std::string>(const Args&)> run, std::vector<ArgSpec> args = {}) {
    Action action;
    action.id = std::move(id);
    action.title = std::move(title);
    action.help = std::move(help);
    action.undo = std::move(undo);
    action.args = std::move(args);
    action.run = std::move(run);
    const auto offer = [&](Front front) -> work::FrontOffer& { return action.fronts[static_cast<std::size_t>(front)]; };
    offer(Front::HandMenu).reason = kNoHandMenu;
    offer(Front::Palette).reason = kNoPalette;
    offer(Front::Voice).reason = kNoVoice;
    offer(Front::Network).reason = kPrivate;
    offer(Front::Command) = {true, "plantwalk do " + action.id, ""};
    if (key.empty())
        offer(Front::Key).reason = action.args.empty() ? "too rare for a key of its own" : "it needs an argument";
    else
        offer(Front::Key) = {true, key, ""};
    return action;
}

ArgSpec part_arg(bool required) {
    return {.name = "part",
            .title = "Part",
            .kind = ArgKind::Part,
            .required = required,
            .fallback = required ? work::ArgValue{} : work::ArgValue{std::string()}};
}

std::string ok() { return "true"; }

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

// The nodes an action on a part touches: the whole machine when a machine's part was chosen by selection.
scene::NodeRange range_of(Client& client, scene::NodeId node, bool by_selection) {
    const auto& placed = client.scene().placed()[client.scene().placed_of(node).index];
    if (by_selection && client.state().selected_equipment != scene::kNone)
        return {placed.first_node, placed.first_node + placed.node_count};
    return {node.index, client.scene().subtree_end(node)};
}

void set_flag(scene::Scene& scene, scene::NodeRange range, std::uint8_t flag, bool on) {
    for (std::uint32_t n = range.first; n < range.last; n = scene.subtree_end({n})) {
        scene::Style style = scene.style({n});
        style.flags = static_cast<std::uint8_t>(on ? style.flags | flag : style.flags & ~flag);
        scene.set_style({n}, style);
    }
}

Result<std::string> flag_part(Client& client, const Args& args, std::uint8_t flag) {
    const auto node = find_part(client, args.text("part"));
    if (!node) return std::unexpected(node.error());
    set_flag(client.scene(), range_of(client, *node, args.text("part").empty()), flag, true);
    return ok();
}

void show_all(Client& client) {
    auto& scene = client.scene();
    for (std::uint32_t n = 0; n < scene.node_count(); ++n) {
        scene::Style style = scene.style({n});
        const auto kept = static_cast<std::uint8_t>(style.flags & ~(scene::kHidden | scene::kGhost));
        if (kept == style.flags) continue;
        style.flags = kept;
        scene.set_style({n}, style);
    }
}

Result<std::string> isolate(Client& client, const Args& args) {
    const auto node = find_part(client, args.text("part"));
    if (!node) return std::unexpected(node.error());
    const auto keep = range_of(client, *node, args.text("part").empty());
    show_all(client);
    for (const auto& placed : client.scene().placed()) {
        const scene::NodeRange all{placed.first_node, placed.first_node + placed.node_count};
        if (keep.first < all.first || keep.first >= all.last) set_flag(client.scene(), all, scene::kGhost, true);
    }
    return ok();
}

Result<std::string> go_to(Client& client, const std::string& id) {
    for (const auto& v : client.plant().viewpoints) {
        if (v.id != id) continue;
        client.set_camera({v.eye_m, v.target_m, v.fov_y_deg});
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
    client.photo_to(file);
    return json_quote(file);
}

std::string status(Client& client) {
    const auto& snapshot = client.live().snapshot();
    JsonWriter w;
    w.begin_object().member("frames", client.drawn_frames()).member("host", client.host().description());
    w.member("gpu", client.gpu_name()).member("settled", client.settled());
    w.member("selected", client.state().selected ? plant::to_text(client.scene().part(client.state().selected)) : "");
    w.member("connection", snapshot.connection == twin::Connection::Online ? "online"
                           : snapshot.connection == twin::Connection::Lost ? "lost"
                                                                           : "connecting");
    w.member("messages", snapshot.messages).member("metrics", snapshot.metrics);
    w.member("nodes_alive", snapshot.nodes_alive).member("nodes_dead", snapshot.nodes_dead);
    w.key("machines").begin_object();
    for (std::uint32_t e = 0; e < client.plant().equipment.size(); ++e) {
        const auto& equipment = client.plant().equipment[e];
        if (!equipment.tags.empty()) w.member(equipment.id, twin::quality_name(client.live().quality(e)));
    }
    w.end_object().key("problems").begin_array();
    const Reports problems = client.problems();
    for (const auto& p : problems.list()) w.value(p.where + ": " + p.what);
    w.end_array().member("validation_messages", client.validation_messages()).end_object();
    return w.take();
}

std::string tag_values(Client& client, const std::string& equipment) {
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
    client.walker().stand(client.plant().start_m, glm::radians(client.plant().start_yaw_deg));
    client.state().zoom_fov_y_deg = client.settings().fov_y_deg;
    return ok();
}

Result<std::string> change_setting(Client& client, const Args& args) {
    if (auto set = set_setting(client.settings(), args.text("name"), args.text("value")); !set)
        return std::unexpected(set.error());
    if (auto written = write_settings(settings_file(), client.settings()); !written)
        return std::unexpected(written.error());
    return ok();
}

using Run = Result<std::string>(Client&, const Args&);

} // namespace

xr::Key action_key(const Action& action) {
    const auto& offer = action.fronts[static_cast<std::size_t>(Front::Key)];
    const auto found = std::ranges::find(kKeyNames, offer.how, [](const auto& k) { return std::string(k.first); });
    return offer.offered && found != std::end(kKeyNames) ? found->second : xr::Key::None;
}

void add_client_actions(work::ActionRegistry& registry, Client* client) {
    const auto with = [client](Run* run) {
        return [client, run](const Args& args) -> Result<std::string> {
            if (client == nullptr) return fail(Errc::Unavailable, "no client is running");
            return run(*client, args);
        };
    };
    const auto toggle = [client](bool ClientState::* what) {
        return [client, what](const Args&) -> Result<std::string> {
            if (client == nullptr) return fail(Errc::Unavailable, "no client is running");
            client->state().*what = !(client->state().*what);
            return client->state().*what ? "true" : "false";
        };
    };
    const ArgSpec part = part_arg(true), part_or_selection = part_arg(false);

    registry.add(make("view.select", "Select a part", "Selects a machine or part and shows its card.",
                      "view.clear_selection", "", with([](Client& c, const Args& a) -> Result<std::string> {
                          const auto node = find_part(c, a.text("part"));
                          if (!node) return std::unexpected(node.error());
                          if (auto selected = c.select(*node); !selected) return std::unexpected(selected.error());
                          return json_quote(plant::to_text(c.scene().part(*node)));
                      }),
                      {part}));
    registry.add(make("view.clear_selection", "Clear the selection", "Selects nothing and closes the card.",
                      "none: select again", "Esc", with([](Client& c, const Args&) -> Result<std::string> {
                          c.clear_selection();
                          return ok();
                      })));
    registry.add(make("view.hide", "Hide", "Hides a part, or the selection.", "view.show_all", "H",
                      with([](Client& c, const Args& a) { return flag_part(c, a, scene::kHidden); }),
                      {part_or_selection}));
    registry.add(make("view.ghost", "Ghost", "Draws a part, or the selection, see-through.", "view.show_all", "",
                      with([](Client& c, const Args& a) { return flag_part(c, a, scene::kGhost); }),
                      {part_or_selection}));
    registry.add(make("view.isolate", "Isolate", "Makes everything but a machine, or the selection, see-through.",
                      "view.show_all", "", with([](Client& c, const Args& a) { return isolate(c, a); }),
                      {part_or_selection}));
    registry.add(make("view.show_all", "Show all", "Shows what was hidden or made see-through.", "none: hide it again",
                      "R", with([](Client& c, const Args&) -> Result<std::string> {
                          show_all(c);
                          return ok();
                      })));
    registry.add(make("view.go_to", "Go to a viewpoint", "Looks from a viewpoint of the plant file.", "view.home", "",
                      with([](Client& c, const Args& a) { return go_to(c, a.text("viewpoint")); }),
                      {{.name = "viewpoint", .title = "Viewpoint", .kind = ArgKind::Text, .fallback = {}}}));
    registry.add(make("view.list_viewpoints", "List viewpoints", "The viewpoints of the plant file.",
                      "none: it changes nothing", "",
                      with([](Client& c, const Args&) -> Result<std::string> { return list_viewpoints(c); })));
    registry.add(make("view.home", "Go home", "Back to where the visit began.", "none: walk back", "Home",
                      with([](Client& c, const Args&) { return home(c); })));
    registry.add(make("view.photo", "Take a photo", "Writes what is seen as a PNG file.", "none: delete the file", "",
                      with([](Client& c, const Args& a) { return photo(c, a.text("file")); }),
                      {{.name = "file", .title = "File", .kind = ArgKind::Text, .fallback = {}}}));
    registry.add(make("panel.help", "Help", "Shows or hides help.", "self", "F1", toggle(&ClientState::show_help)));
    registry.add(make("panel.statistics", "Frame statistics", "Shows or hides frame statistics.", "self", "F2",
                      toggle(&ClientState::show_statistics)));
    registry.add(make("panel.tree", "Equipment tree", "Shows or hides the equipment tree.", "self", "F3",
                      toggle(&ClientState::show_tree)));
    registry.add(make("panel.problems", "Problems", "Shows or hides what could not be loaded or reached.", "self", "F4",
                      toggle(&ClientState::show_problems)));
    registry.add(
        make("twin.values", "Tag values", "The newest values of a machine, or of all.", "none: it changes nothing", "",
             with([](Client& c, const Args& a) -> Result<std::string> { return tag_values(c, a.text("equipment")); }),
             {{.name = "equipment",
               .title = "Equipment",
               .kind = ArgKind::Text,
               .required = false,
               .fallback = std::string()}}));
    registry.add(make("twin.rebirth", "Ask for a rebirth", "Asks an edge node to say everything again.",
                      "none: it changes nothing in the plant", "",
                      with([](Client& c, const Args& a) -> Result<std::string> {
                          if (c.live().twin() == nullptr) return fail(Errc::Unavailable, "not connected to a plant");
                          c.live().twin()->request_rebirth(a.text("node"));
                          return ok();
                      }),
                      {{.name = "node", .title = "Edge node (group/node)", .kind = ArgKind::Text, .fallback = {}}}));
    registry.add(make("settings.set", "Change a setting", "Changes one setting and writes the settings file.",
                      "settings.set", "", with([](Client& c, const Args& a) { return change_setting(c, a); }),
                      {{.name = "name", .title = "Setting", .kind = ArgKind::Text, .fallback = {}},
                       {.name = "value", .title = "Value", .kind = ArgKind::Text, .fallback = {}}}));
    registry.add(make("settings.list", "List settings", "All settings with their values.", "none: it changes nothing",
                      "", with([](Client& c, const Args&) -> Result<std::string> {
                          JsonWriter w;
                          w.begin_object();
                          for (const auto& [name, value] : list_settings(c.settings())) w.member(name, value);
                          w.end_object();
                          return w.take();
                      })));
    registry.add(make("app.status", "Status", "What the program shows and hears right now.", "none: it changes nothing",
                      "", with([](Client& c, const Args&) -> Result<std::string> { return status(c); })));
    registry.add(make("app.quit", "Quit", "Ends the program.", "none: start it again", "",
                      with([](Client& c, const Args&) -> Result<std::string> {
                          c.state().quit = true;
                          return ok();
                      })));
}

} // namespace pw::app
