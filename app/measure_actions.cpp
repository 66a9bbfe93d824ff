// SPDX-License-Identifier: Apache-2.0
// Sections and measures, and the tools that ask for their points.
#include "app/action_rows.h"
#include "base/format.h"
#include "base/json.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::app {

using work::ArgKind;
using work::Args;
using work::ArgSpec;

namespace {

constexpr double kFarthest_m = 1e7, kShortest_m = 1e-5;

Result<DVec3> point_from(const Args& args, const char* name) {
    const auto& p = args.point(name);
    const DVec3 out(p[0], p[1], p[2]);
    if (!(std::max({std::abs(out.x), std::abs(out.y), std::abs(out.z)}) <= kFarthest_m))
        return fail(Errc::Refused, formatted("\"{}\" is no point of a plant", name));
    return out;
}

ArgSpec point_arg(const char* name, Text title, bool required = true) {
    return {.name = name, .title = text(title), .kind = ArgKind::Point, .required = required, .fallback = {}};
}

// Through the middle of the selection, or of everything.
Result<scene::CutPlane> middle_section(Client& client, const Vec3& normal) {
    DAabb box;
    if (const auto what = subject(client, "")) box = bounds_of(client.scene(), what->roots);
    if (box.empty()) box = whole_plant(client.scene());
    if (box.empty()) return fail(Errc::NotFound, "there is nothing to cut yet");
    return scene::CutPlane{(box.min + box.max) * 0.5, normal};
}

Result<std::string> cut(Client& client, Text title, const Result<scene::CutPlane>& section, bool slides = false) {
    if (!section) return std::unexpected(section.error());
    client.view().change(text(title), {{"section", to_record(*section)}}, slides);
    return ok();
}

Result<std::string> show_section(Client& client, bool on) {
    auto& kept = client.state().last_section;
    const auto& now = client.view().section();
    if (on == now.has_value()) return ok();
    if (on) return cut(client, Text::Section, kept ? *kept : middle_section(client, {0.f, 1.f, 0.f}));
    kept = now;
    client.view().change(text(Text::Section), {{"section", ""}});
    return ok();
}

Result<std::string> section_through(Client& client, const Args& args) {
    const auto point = point_from(args, "point");
    if (!point) return std::unexpected(point.error());
    Vec3 normal = client.view().section() ? client.view().section()->normal : Vec3(0.f, 1.f, 0.f);
    if (args.given("normal")) {
        const auto given = point_from(args, "normal");
        if (!given) return std::unexpected(given.error());
        const double length = glm::length(*given);
        if (length < 1e-6) return fail(Errc::Refused, "a normal has a length");
        normal = Vec3(*given / length);
    }
    return cut(client, Text::SectionThrough, scene::CutPlane{*point, normal});
}

// From the first thing that its normal meets to the last.
Result<std::string> move_section(Client& client, double share) {
    auto section = client.view().section();
    if (!section) return fail(Errc::Refused, "there is no section to move");
    const DAabb box = whole_plant(client.scene());
    if (box.empty()) return fail(Errc::NotFound, "there is nothing to cut yet");
    const DVec3 normal(section->normal), half = (box.max - box.min) * 0.5;
    const double reach = std::abs(normal.x) * half.x + std::abs(normal.y) * half.y + std::abs(normal.z) * half.z;
    const double now = glm::dot(section->point - (box.min + box.max) * 0.5, normal);
    section->point += normal * ((2.0 * share - 1.0) * reach - now);
    return cut(client, Text::SectionMove, *section, /* slides= */ true);
}

Result<std::string> flip_section(Client& client) {
    auto section = client.view().section();
    if (!section) return fail(Errc::Refused, "there is no section to flip");
    section->normal = -section->normal;
    return cut(client, Text::SectionFlip, *section);
}

void write_measure(JsonWriter& w, const Measure& measure) {
    const DVec3 d = measure.to - measure.from;
    w.begin_object().member("id", measure.id).member("length_m", glm::length(d));
    w.member("x_m", std::abs(d.x)).member("y_m", std::abs(d.y)).member("z_m", std::abs(d.z)).end_object();
}

Result<std::string> measure(Client& client, const Args& args) {
    const auto from = point_from(args, "from"), to = point_from(args, "to");
    if (!from) return std::unexpected(from.error());
    if (!to) return std::unexpected(to.error());
    if (glm::length(*to - *from) < kShortest_m) return fail(Errc::Refused, "both points are the same");
    const std::string id = client.view().free_id("measure");
    client.view().change(text(Text::MeasureFromTo), {{"measure/" + id, measure_record(*from, *to)}});
    JsonWriter w;
    write_measure(w, *std::ranges::find(client.view().measures(), id, &Measure::id));
    return w.take();
}

Result<std::string> list_measures(Client& client) {
    JsonWriter w;
    w.begin_array();
    for (const auto& one : client.view().measures()) write_measure(w, one);
    w.end_array();
    return w.take();
}

Result<std::string> remove_measure(Client& client, const std::string& id) {
    if (client.view().records().value("measure/" + id).empty())
        return fail(Errc::NotFound, formatted("there is no measure \"{}\"", id));
    client.view().change(text(Text::RemoveMeasure), {{"measure/" + id, ""}});
    return ok();
}

Result<std::string> clear_measures(Client& client) {
    std::vector<work::ViewRecord> wanted;
    for (const auto& record : client.view().records().of_kind("measure")) wanted.push_back({record.key, ""});
    client.view().change(text(Text::ClearMeasures), wanted);
    return ok();
}

Result<std::string> take_tool(Client& client, Tool tool) {
    auto& hand = client.view().tool;
    hand.take(hand.held() == tool ? Tool::None : tool);
    return hand.held() == tool ? "true" : "false";
}

void add_tools(Rows rows) {
    rows.add({"tool.measure", Text::MeasureTool,
              "Takes a tool that measures from a point to the next, or puts it away.", "self", "M"},
             [](Client& c, const Args&) { return take_tool(c, Tool::Measure); });
    rows.add({"tool.section", Text::SectionTool,
              "Takes a tool that cuts along the face that is pointed at, or puts it away.", "self"},
             [](Client& c, const Args&) { return take_tool(c, Tool::Section); });
    rows.add({"tool.end", Text::PutAwayTool, "Puts away the tool that is held.", "none: take it again",
              "Esc (a tool is held)"},
             [](Client& c, const Args&) -> Result<std::string> {
                 if (c.view().tool.held() == Tool::None) return fail(Errc::Refused, "no tool is held");
                 c.view().tool.take(Tool::None);
                 return ok();
             });
}

void add_section(Rows rows) {
    const ArgSpec on{.name = "on", .title = text(Text::Show), .kind = ArgKind::Bool, .fallback = {}};
    rows.add({"section.show",
              Text::Section,
              "Cuts the plant open along a plane, or closes it.",
              "app.undo",
              "",
              kThisView,
              {on}},
             [](Client& c, const Args& a) { return show_section(c, a.boolean("on")); });
    ArgSpec axis{.name = "axis", .title = text(Text::Axis), .kind = ArgKind::Choice, .fallback = {}};
    axis.choices = {"x", "y", "z"};
    rows.add({"section.axis",
              Text::SectionAxis,
              "Cuts across an axis, through the middle of the selection or of everything.",
              "app.undo",
              "",
              kThisView,
              {axis}},
             [](Client& c, const Args& a) {
                 Vec3 normal(0.f);
                 normal[a.text("axis").front() - 'x'] = 1.f;
                 return cut(c, Text::SectionAxis, middle_section(c, normal));
             });
    rows.add({"section.through",
              Text::SectionThrough,
              "Cuts through a point; what the normal points to is cut away.",
              "app.undo",
              "",
              kThisView,
              {point_arg("point", Text::Point), point_arg("normal", Text::Normal, /* required= */ false)}},
             &section_through);
    rows.add({"section.move",
              Text::SectionMove,
              "Moves the section along its normal, from one end of the plant (0) to the other (1).",
              "app.undo",
              "",
              kThisView,
              {{.name = "share",
                .title = text(Text::Share),
                .kind = ArgKind::Number,
                .fallback = {},
                .low = 0.0,
                .high = 1.0}}},
             [](Client& c, const Args& a) { return move_section(c, a.number("share")); });
    rows.add({"section.flip", Text::SectionFlip, "Cuts away the other side.", "app.undo"},
             [](Client& c, const Args&) { return flip_section(c); });
}

} // namespace

void add_measure_actions(Rows rows) {
    add_tools(rows);
    add_section(rows);
    rows.add({"measure.between",
              Text::MeasureFromTo,
              "Measures between two points and shows it there.",
              "app.undo",
              "",
              kThisView,
              {point_arg("from", Text::From), point_arg("to", Text::To)}},
             &measure);
    rows.add({"measure.list", Text::ListMeasures, "All measures, with the distance along each axis.",
              "none: it changes nothing", "", kNothing},
             [](Client& c, const Args&) { return list_measures(c); });
    rows.add({"measure.remove",
              Text::RemoveMeasure,
              "Removes a measure.",
              "app.undo",
              "",
              kThisView,
              {text_arg("measure", Text::MeasureId)}},
             [](Client& c, const Args& a) { return remove_measure(c, a.text("measure")); });
    rows.add({"measure.clear", Text::ClearMeasures, "Removes all measures.", "app.undo"},
             [](Client& c, const Args&) { return clear_measures(c); });
}

} // namespace pw::app
