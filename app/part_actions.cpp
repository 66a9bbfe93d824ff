// SPDX-License-Identifier: Apache-2.0
// What users do with parts: select, walk through their tree, find, ask, look at.
#include "app/action_rows.h"
#include "app/part_facts.h"
#include "base/json.h"

#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>

#include <algorithm>
#include <cmath>
#include <format>
#include <ranges>

namespace pw::app {

using work::ArgKind;
using work::Args;
using work::ArgSpec;

namespace {

constexpr std::size_t kMostFound = 200; // parts in one answer

// "robot", "robot:palletizer.glb/Base/Joint1" or nothing: the selection.
Result<scene::NodeId> find_part(Client& client, const std::string& words) {
    if (!words.empty())
        return find_subject(client.scene(), client.live(), words).transform([](const Subject& s) {
            return s.roots[0];
        });
    if (!client.state().selected) return fail(Errc::NotFound, "nothing is selected");
    return client.state().selected;
}

Result<std::string> select_node(Client& client, scene::NodeId node, bool alone) {
    if (auto selected = client.select(node, alone); !selected) return std::unexpected(selected.error());
    return json_quote(plant::to_text(client.scene().part(node)));
}

Result<std::string> select(Client& client, const Args& args) {
    return find_part(client, args.text("part")).and_then([&](scene::NodeId node) {
        return select_node(client, node, args.boolean("alone"));
    });
}

enum class Step { Parent, Child, Next, Previous };

// The nodes beside `node` in their order: of one parent, or the roots of one model.
std::vector<scene::NodeId> siblings(const scene::Scene& scene, scene::NodeId node) {
    const std::uint32_t parent = scene.parent(node);
    if (parent == scene::kNone) return roots_of_placed(scene, scene.placed_of(node));
    std::vector<scene::NodeId> out;
    for (std::uint32_t n = parent + 1; n < scene.subtree_end({parent}); n = scene.subtree_end({n})) out.push_back({n});
    return out;
}

Result<std::string> walk(Client& client, Step step) {
    const auto& scene = client.scene();
    const auto at = find_part(client, "");
    if (!at) return std::unexpected(at.error());
    scene::NodeId to;
    if (step == Step::Parent) {
        to = {scene.parent(*at)};
        if (!to) return fail(Errc::NotFound, "it is the whole model: it belongs to no other part");
    } else if (step == Step::Child) {
        if (scene.subtree_end(*at) == at->index + 1) return fail(Errc::NotFound, "it has no parts");
        to = {at->index + 1};
    } else {
        const auto all = siblings(scene, *at);
        if (all.size() == 1) return fail(Errc::NotFound, "there is no other part beside it");
        const auto place = static_cast<std::size_t>(std::ranges::find(all, *at) - all.begin());
        to = all[(place + (step == Step::Next ? 1 : all.size() - 1)) % all.size()];
    }
    return select_node(client, to, /* alone= */ true);
}

// The same node of the next placed model that is of the same file.
Result<std::string> select_same_model(Client& client) {
    const auto at = find_part(client, "");
    if (!at) return std::unexpected(at.error());
    const auto& scene = client.scene();
    const auto all = scene.placed();
    const auto own = scene.placed_of(*at).index;
    for (std::size_t i = 1; i < all.size(); ++i) {
        const auto& other = all[(own + i) % all.size()];
        if (other.model != all[own].model || other.node_count == 0) continue;
        return select_node(client, {other.first_node + (at->index - all[own].first_node)},
                           client.state().selected_alone);
    }
    return fail(Errc::NotFound, "nothing else here is of the same model");
}

Result<std::string> focus(Client& client, const std::string& words) {
    const auto what = subject(client, words);
    if (!what) return std::unexpected(what.error());
    if (auto may = client.may_move(); !may) return std::unexpected(may.error());
    const DAabb box = bounds_of(client.scene(), what->roots);
    if (box.empty()) return fail(Errc::NotFound, "it has no form to look at");
    constexpr double kRoom = 1.15, kNearest_m = 0.3;
    const double radius = glm::length(box.max - box.min) * 0.5;
    const double fov_y_deg = client.state().zoom_fov_y_deg;
    const double distance = std::max(kNearest_m, kRoom * radius / std::sin(glm::radians(fov_y_deg) * 0.5));
    const DVec3 centre = (box.min + box.max) * 0.5;
    const DVec3 ahead(client.eye().orientation * Vec3(0.f, 0.f, -1.f));
    client.jump_to({centre - ahead * distance, centre, fov_y_deg});
    return ok();
}

Result<std::string> find(Client& client, const std::string& words) {
    const auto found = find_by_name(client.scene(), words);
    JsonWriter w;
    w.begin_object().member("found", found.size()).key("parts").begin_array();
    for (const auto node : found | std::views::take(kMostFound)) w.value(plant::to_text(client.scene().part(node)));
    w.end_array().end_object();
    return w.take();
}

void add_selection(Rows rows) {
    rows.add(
        {"view.select",
         Text::SelectPart,
         "Selects a machine or part and shows its card.",
         "select.back",
         "",
         kThisView,
         {part_arg(true),
          {.name = "alone", .title = text(Text::Alone), .kind = ArgKind::Bool, .required = false, .fallback = false}}},
        &select);
    rows.add(
        {"view.clear_selection", Text::ClearSelection, "Selects nothing and closes the card.", "select.back", "Esc"},
        [](Client& c, const Args&) -> Result<std::string> {
            c.clear_selection();
            return ok();
        });
    rows.add({"select.back", Text::SelectBack, "Selects what was selected before, or nothing.", "self"},
             [](Client& c, const Args&) -> Result<std::string> {
                 c.select_back();
                 return ok();
             });
    rows.add({"select.parent", Text::SelectParent, "Selects the part that the selected one belongs to.", "select.back"},
             [](Client& c, const Args&) { return walk(c, Step::Parent); });
    rows.add({"select.child", Text::SelectChild, "Selects the first part of the selected one.", "select.back"},
             [](Client& c, const Args&) { return walk(c, Step::Child); });
    rows.add({"select.next", Text::SelectNext, "Selects the next part of the same parent.", "select.back"},
             [](Client& c, const Args&) { return walk(c, Step::Next); });
    rows.add({"select.previous", Text::SelectPrevious, "Selects the previous part of the same parent.", "select.back"},
             [](Client& c, const Args&) { return walk(c, Step::Previous); });
    rows.add({"select.same_model", Text::SelectSameModel, "Selects the same part of the next machine of this model.",
              "select.back"},
             [](Client& c, const Args&) { return select_same_model(c); });
}

} // namespace

ArgSpec part_arg(bool required) {
    return {.name = "part",
            .title = text(Text::Part),
            .kind = ArgKind::Part,
            .required = required,
            .fallback = required ? work::ArgValue{} : work::ArgValue{std::string()}};
}

Result<Subject> subject(Client& client, const std::string& words) {
    if (!words.empty()) return find_subject(client.scene(), client.live(), words);
    const auto& state = client.state();
    if (!state.selected) return fail(Errc::NotFound, "nothing is selected");
    if (state.selected_equipment != scene::kNone && !state.selected_alone)
        return find_subject(client.scene(), client.live(), client.plant().equipment[state.selected_equipment].id);
    return subject_of(client.scene(), state.selected);
}

void add_part_actions(Rows rows) {
    add_selection(rows);
    rows.add({"view.focus",
              Text::Focus,
              "Looks at a machine or part, or the selection, from where all of it is seen.",
              "view.back",
              "F",
              kThisView,
              {part_arg(false)}},
             [](Client& c, const Args& a) { return focus(c, a.text("part")); });
    rows.add({"part.find",
              Text::FindParts,
              "The parts in whose names all of these words are.",
              "none: it changes nothing",
              "",
              kNothing,
              {text_arg("words", Text::Words)}},
             [](Client& c, const Args& a) { return find(c, a.text("words")); });
    rows.add({"part.properties",
              Text::Properties,
              "What is known of a part: size, triangles, materials, properties, extras, its machine.",
              "none: it changes nothing",
              "",
              kNothing,
              {part_arg(false)}},
             [](Client& c, const Args& a) -> Result<std::string> {
                 return find_part(c, a.text("part")).transform([&](scene::NodeId node) {
                     return to_json(facts_of(c.scene(), c.live(), node), c.plant());
                 });
             });
    rows.add({"part.copy_id",
              Text::CopyPartId,
              "Puts a part's id on the clipboard.",
              "none: copy something else",
              "",
              kNothing,
              {part_arg(false)}},
             [](Client& c, const Args& a) -> Result<std::string> {
                 const auto node = find_part(c, a.text("part"));
                 if (!node) return std::unexpected(node.error());
                 const std::string id = plant::to_text(c.scene().part(*node));
                 return c.host().copy_text(id).transform([&] { return json_quote(id); });
             });
}

} // namespace pw::app
