// SPDX-License-Identifier: Apache-2.0
// Registration: laying a machine's model on the real one, and asking how well it lies there.
#include "app/action_rows.h"
#include "app/headset_ui.h"
#include "base/json.h"

#include <array>
#include <format>
#include <span>
#include <string_view>
#include <utility>

namespace pw::app {

using work::ArgKind;
using work::Args;
using work::ArgSpec;

namespace {

constexpr double kMillimetre = 1e-3;

// The machine that is meant, or that is selected.
Result<std::uint32_t> machine(Client& client, const Args& args) {
    const auto what = subject(client, args.text("part"));
    if (!what) return std::unexpected(what.error());
    const std::uint32_t equipment = client.machine_of(what->roots.front());
    if (equipment == scene::kNone) return fail(Errc::Refused, text(Text::NoMachine));
    return equipment;
}

DVec3 point_of(const Args& args, std::string_view name) {
    const auto& p = args.point(name);
    return {p[0], p[1], p[2]};
}

Result<std::string> start(Client& client, const Args& args) {
    const auto equipment = machine(client, args);
    if (!equipment) return std::unexpected(equipment.error());
    if (auto begun = client.ar().start(client.scene(), *equipment); !begun) return std::unexpected(begun.error());
    if (client.headset() != nullptr) client.view().tool.take(Tool::Register);
    return json_quote(client.plant().equipment[*equipment].id);
}

Result<std::string> touch(Client& client, const Args& args) {
    const Touch touch{.plant_m = point_of(args, "model"),
                      .origin_m = point_of(args, "real"),
                      .sd_m = args.number("error_mm") * kMillimetre,
                      .unique = args.boolean("unique")};
    return client.ar().touch(touch).transform([&] { return std::to_string(client.ar().flow()->touches.size()); });
}

// The point on the model that waits to be touched, or else the last touch.
Result<std::string> take_back(Client& client, const Args&) {
    auto& tool = client.view().tool;
    if (!tool.wants_touch()) return client.ar().undo_touch().transform(&ok);
    tool.take(Tool::Register);
    return ok();
}

Result<std::string> read_markers(Client& client, const Args& args) {
    return machine(client, args).and_then([&](std::uint32_t equipment) {
        return client.ar().read_markers(client.scene(), equipment, args.text("file")).transform(&ok);
    });
}

Result<std::string> forget(Client& client, const Args& args) {
    return machine(client, args).and_then([&](std::uint32_t equipment) {
        return client.ar().forget(equipment).transform(&ok);
    });
}

std::string to_json(const registration::PointError& error) {
    JsonWriter w;
    w.begin_object().member("rms_mm", error.rms_m / kMillimetre).member("bound95_mm", error.bound95_m / kMillimetre);
    return w.end_object().take();
}

Result<std::string> allows(Client& client, const Args& args) {
    const auto equipment = machine(client, args);
    if (!equipment) return std::unexpected(equipment.error());
    const auto at = args.given("point") ? std::optional(point_of(args, "point")) : std::nullopt;
    return client.ar()
        .allows(client.scene(), *equipment, at, args.number("needed_mm") * kMillimetre)
        .transform(&to_json);
}

const char* state_name(registration::State state) {
    constexpr std::array kNames{"none", "good", "doubtful"};
    return kNames.at(std::to_underlying(state));
}

void write_numbers(JsonWriter& w, const char* name, std::span<const double> metres) {
    w.key(name).begin_array();
    for (const double m : metres) w.value(m / kMillimetre);
    w.end_array();
}

void write_doubts(JsonWriter& w, const std::vector<registration::Doubt>& doubts) {
    w.key("doubts").begin_array();
    for (const auto& doubt : doubts) w.value(doubt.what);
    w.end_array();
}

void write_flow(JsonWriter& w, const plant::Plant& plant, const RegistrationFlow& flow) {
    w.key("registering").begin_object().member("machine", plant.equipment[flow.equipment].id);
    w.member("points", flow.touches.size()).member("working", flow.working).member("refused", flow.refused);
    w.member("choosing", flow.choosing);
    if (flow.solution) {
        write_numbers(w, "residuals_mm", flow.solution->residuals_m);
        w.key("left_out").begin_array();
        for (const std::size_t i : flow.solution->outliers) w.value(i + 1);
        w.end_array().member("others", flow.solution->alternatives.size());
        write_doubts(w, flow.solution->doubts);
    }
    w.end_object();
}

std::string tell(Client& client) {
    const auto& ar = client.ar();
    const auto& plant = client.plant();
    JsonWriter w;
    w.begin_object().member("follows", ar.active() == plant::kNoEquipment ? "" : plant.equipment[ar.active()].id);
    w.member("said", ar.said());
    if (ar.reading() != plant::kNoEquipment) w.member("reading", plant.equipment[ar.reading()].id);
    if (ar.flow() != nullptr) write_flow(w, plant, *ar.flow());
    const auto& tool = client.view().tool;
    if (tool.wants_touch()) { // the point of the model that is to be touched next
        const DVec3& p = tool.begun_at()->point;
        w.key("to_touch").begin_array().value(p.x).value(p.y).value(p.z).end_array();
    }
    w.key("machines").begin_object();
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        const auto* last = ar.last(e);
        const auto* kept = ar.kept(e);
        if (last == nullptr && kept == nullptr) continue;
        const auto& of = last != nullptr ? *last : *kept;
        w.key(plant.equipment[e].id).begin_object().member("state", state_name(ar.state(e)));
        w.member("time", to_iso8601(of.time)).member("rms_mm", of.rms_m / kMillimetre).member("rms_px", of.rms_px);
        w.member("comes_back", ar.comes_back(e));
        write_numbers(w, "residuals_mm", of.residuals_m);
        write_covariance(w, of.estimate);
        write_doubts(w, of.doubts);
        if (last != nullptr) w.key("at_its_middle").raw(to_json(ar.error(client.scene(), e)));
        w.end_object();
    }
    return w.end_object().end_object().take();
}

ArgSpec point_arg(const char* name, Text title, bool required = true) {
    return {.name = name, .title = text(title), .kind = ArgKind::Point, .required = required, .fallback = {}};
}

ArgSpec number_arg(const char* name, Text title, double low, double high) {
    return {.name = name, .title = text(title), .kind = ArgKind::Number, .fallback = {}, .low = low, .high = high};
}

void add_flow(Rows rows) {
    rows.add({"register.start",
              Text::RegisterStart,
              "Begins to register a machine, or the selected one: its model is to lie on the real one.",
              "register.cancel",
              "",
              kThisView,
              {part_arg(false)}},
             &start);
    ArgSpec error = number_arg("error_mm", Text::TouchError, 0.001, 10'000.0);
    error.required = false;
    error.fallback = kControllerTouch_m / kMillimetre;
    rows.add({"register.point",
              Text::RegisterPoint,
              "A point of the model, in the plant, was touched on the real machine, there in the user's space.",
              "register.undo_point",
              "",
              kThisView,
              {point_arg("model", Text::PointOnModel),
               point_arg("real", Text::PointOnReal),
               error,
               {.name = "unique",
                .title = text(Text::PointUnique),
                .kind = ArgKind::Bool,
                .required = false,
                .fallback = false}}},
             &touch);
    rows.add({"register.undo_point", Text::RegisterUndo,
              "Takes the last point back: the one on the model that is to be touched next, or else the last touch.",
              "none: touch it again"},
             &take_back);
    rows.add({"register.finish", Text::RegisterFinish,
              "Registers the machine by the points that were touched, as soon as they are worked out; `register.tell` "
              "says what came of it.",
              "none: register it again, or forget it", "", kThisComputer},
             [](Client& c, const Args&) { return c.ar().finish(c.scene()).transform(&ok); });
    rows.add({"register.choose",
              Text::RegisterChoose,
              "Of several places that fit the points: 0 the one that was found, or the number of another.",
              "none: register it again, or forget it",
              "",
              kThisComputer,
              {number_arg("which", Text::PlaceNumber, 0.0, 64.0)}},
             [](Client& c, const Args& a) {
                 return c.ar().choose(c.scene(), static_cast<std::size_t>(a.number("which"))).transform(&ok);
             });
    rows.add(
        {"register.cancel", Text::RegisterCancel, "Ends registering; what was registered stays.", "none: begin again"},
        [](Client& c, const Args&) { return c.ar().cancel().transform(&ok); });
}

} // namespace

void add_register_actions(Rows rows) {
    rows.add_toggle({"panel.registration", Text::RegistrationPanel,
                     "Shows or hides where the real machines are known to be, and how well.", "self"},
                    &ClientState::show_registration);
    add_flow(rows);
    rows.add({"register.marker",
              Text::RegisterMarker,
              "Registers a machine, or the selected one, by its markers in a recorded camera (docs/registration.md), "
              "as soon as all of it is read; `register.tell` says what came of it.",
              "none: register it again, or forget it",
              "",
              kThisComputer,
              {{.name = "file", .title = text(Text::File), .kind = ArgKind::File, .fallback = {}}, part_arg(false)}},
             &read_markers);
    rows.add({"register.forget",
              Text::RegisterForget,
              "Forgets where a machine, or the selected one, is.",
              "none: register it again",
              "",
              kThisComputer,
              {part_arg(false)}},
             &forget);
    rows.add({"register.allows",
              Text::RegisterAllows,
              "Whether a machine lies on the real one to so many millimetres in 95 of 100 cases, at its middle or at a "
              "point of the plant; else refused with both numbers.",
              "none: it changes nothing",
              "",
              kNothing,
              {number_arg("needed_mm", Text::NeededExactness, 0.0, 1e6), part_arg(false),
               point_arg("point", Text::Point, false)}},
             &allows);
    rows.add({"register.tell", Text::RegisterTell,
              "What is registered, how well, what is being registered, and what came last of points or markers.",
              "none: it changes nothing", "", kNothing},
             [](Client& c, const Args&) -> Result<std::string> { return tell(c); });
}

} // namespace pw::app
