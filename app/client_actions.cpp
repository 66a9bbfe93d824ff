// SPDX-License-Identifier: Apache-2.0
#include "app/client_actions.h"

#include "app/action_rows.h"
#include "app/see_through.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/strings.h"
#include "work/phrases.h"

#include <algorithm>
#include <string_view>

namespace pw::app {

using work::ArgKind;
using work::Args;

namespace {

std::string status(Client& client) {
    const auto& snapshot = client.live().snapshot();
    JsonWriter w;
    w.begin_object().member("shows", absolute_path(client.opened_file()));
    w.member("frames", client.drawn_frames()).member("host", client.host().description());
    w.member("gpu", client.gpu_name()).member("settled", client.settled());
    w.member("around", blend_name(client.host().blend()));
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
        return fail(Errc::NotFound, formatted("there is no equipment \"{}\"", equipment));
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

Result<std::string> change_setting(Client& client, const Args& args) {
    const std::string_view name = work::without_article(args.text("name"));
    if (auto set = client.change_setting(name, args.text("value")); !set) return std::unexpected(set.error());
    return is_for_next_start(name) ? json_quote(text(Text::FromNextStart)) : ok();
}

Result<std::string> ask_rebirth(Client& client, const std::string& node) {
    if (client.live().twin() == nullptr) return fail(Errc::Unavailable, "not connected to a plant");
    if (client.live().away()) return fail(Errc::Refused, text(Text::ItIsPast));
    const auto is_of = [&](const plant::Tag& tag) { return tag.source.starts_with(node + "/"); };
    const bool known = node.contains('/') && std::ranges::any_of(client.plant().equipment, [&](const auto& equipment) {
                           return std::ranges::any_of(equipment.tags, is_of);
                       });
    if (!known) return fail(Errc::NotFound, formatted("no tag of this plant is of an edge node \"{}\"", node));
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

// What is said is done at once; what it was understood as is told with the answer.
Result<std::string> say(Client& client, const std::string& words) {
    const auto spoken = work::understand(client.actions(), words, [&](std::string_view name) {
        return parts_called(client.scene(), client.live(), name);
    });
    if (!spoken) return std::unexpected(spoken.error());
    return client.actions().call(spoken->action, spoken->arguments).transform([&](const std::string& answer) {
        JsonWriter w;
        w.begin_object().member("action", spoken->action).key("arguments").raw(spoken->arguments);
        w.key("result").raw(answer.empty() ? "null" : answer).end_object();
        return w.take();
    });
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
    rows.add_toggle(
        {"panel.parts", Text::PartsPanel, "Shows or hides the parts of models, with a search.", "self", "P"},
        &ClientState::show_parts);
    rows.add_toggle({"panel.tools", Text::ViewTools,
                     "Shows or hides section, explode, measures, viewpoints and variants.", "self", "T"},
                    &ClientState::show_tools);
    rows.add_toggle(
        {"panel.palette", Text::Palette, "Opens or closes the list of everything that can be done.", "self", "Ctrl+K"},
        &ClientState::show_palette);
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
    rows.add({"sound.mute", Text::MuteSound, "Mutes all sounds until the program ends, or lets them be heard again.",
              "self", "Ctrl+M"},
             [](Client& c, const Args&) -> Result<std::string> {
                 c.sounds().mute(!c.sounds().muted());
                 return c.sounds().muted() ? "true" : "false";
             });
    rows.add({"voice.say",
              Text::SaySomething,
              "Does what a phrase says, as if it had been spoken: \"hide this\".",
              "none: undo what it was understood as",
              "",
              kThisView,
              {text_arg("words", Text::Words)}},
             [](Client& c, const Args& a) { return say(c, a.text("words")); });
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
    add_part_actions(rows);
    add_view_actions(rows);
    add_measure_actions(rows);
    add_place_actions(rows);
    add_headset_actions(rows);
    add_ar_actions(rows);
    add_register_actions(rows);
    add_panels(rows);
    add_twin(rows);
    add_management_actions(rows);
    add_app(rows);
}

} // namespace pw::app
