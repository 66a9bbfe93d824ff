// SPDX-License-Identifier: Apache-2.0
// What users do to see a plant otherwise: hide, show, explode, choose a look; and to take it back. They write view
// records; app/view_on_scene.cpp does the rest.
#include "app/action_rows.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"

#include <algorithm>

namespace pw::app {

using work::ArgKind;
using work::Args;
using work::ArgSpec;
using work::ViewRecord;

namespace {

Result<std::string> write_part(Client& client, const Args& args, Text title, const char* kind) {
    const auto what = subject(client, args.text("part"));
    if (!what) return std::unexpected(what.error());
    client.view().change(text(title), {{formatted("{}/{}", kind, what->key), "true"}});
    return ok();
}

// A part is seen again: neither it nor what it belongs to or is made of is hidden, a ghost or left out. What its file
// hides with it is seen too; what the file hides in it stays hidden, as it is one of several looks as a rule.
Result<std::string> show_part(Client& client, const Args& args) {
    const auto what = subject(client, args.text("part"));
    if (!what) return std::unexpected(what.error());
    const auto& scene = client.scene();
    const auto meets = [&](scene::NodeId a, scene::NodeId b) {
        return (a.index <= b.index && b.index < scene.subtree_end(a)) ||
               (b.index <= a.index && a.index < scene.subtree_end(b));
    };
    std::vector<ViewRecord> wanted;
    for (const char* kind : {"hidden", "ghost"}) {
        for (const auto& [key, value] : client.view().records().of_kind(kind)) {
            const auto roots = roots_of(scene, client.live(), std::string_view(key).substr(key.find('/') + 1));
            if (std::ranges::any_of(roots, [&](scene::NodeId root) {
                    return std::ranges::any_of(what->roots, [&](scene::NodeId own) { return meets(root, own); });
                }))
                wanted.push_back({key, ""});
        }
    }
    const std::string& alone = client.view().records().value("isolate");
    if (!alone.empty()) {
        const auto kept = roots_of(scene, client.live(), alone);
        if (!std::ranges::all_of(what->roots, [&](scene::NodeId own) {
                return std::ranges::any_of(kept, [&](scene::NodeId root) { return meets(root, own); });
            }))
            wanted.push_back({"isolate", ""});
    }
    if (std::ranges::any_of(what->roots, [&](scene::NodeId own) {
            return (scene.effective_style(own).flags & scene::kFileHidden) != 0;
        }))
        wanted.push_back({"shown/" + what->key, "true"});
    client.view().change(text(Text::Show), wanted);
    return ok();
}

std::vector<ViewRecord> without(const work::ViewRecords& records, std::initializer_list<const char*> kinds) {
    std::vector<ViewRecord> out;
    for (const char* kind : kinds)
        for (const auto& record : records.of_kind(kind)) out.push_back({record.key, ""});
    return out;
}

Result<std::string> show_all(Client& client) {
    auto wanted = without(client.view().records(), {"hidden", "ghost"});
    wanted.push_back({"isolate", ""});
    client.view().change(text(Text::ShowAll), wanted);
    return ok();
}

Result<std::string> explode(Client& client, const Args& args) {
    const auto what = subject(client, args.text("part"));
    if (!what) return std::unexpected(what.error());
    const double share = args.number("share");
    client.view().change(text(Text::Explode), {{"explode/" + what->key, share > 0.0 ? number_text(share) : ""}},
                         /* slides= */ true);
    return ok();
}

// The placed models of a subject that have variants.
std::vector<scene::PlacedId> varied(const scene::Scene& scene, const Subject& what) {
    std::vector<scene::PlacedId> out;
    for (const auto root : what.roots) {
        const auto placed = scene.placed_of(root);
        if (!scene.placed()[placed.index].model->variants.empty() && std::ranges::find(out, placed) == out.end())
            out.push_back(placed);
    }
    return out;
}

Result<std::string> list_variants(Client& client) {
    JsonWriter w;
    w.begin_object();
    for (const auto& placed : client.scene().placed()) {
        if (placed.model->variants.empty()) continue;
        w.key(placed.name).begin_object().key("variants").begin_array();
        for (const auto& name : placed.model->variants) w.value(name);
        w.end_array().member("chosen", client.view().records().value("variant/" + placed.name)).end_object();
    }
    w.end_object();
    return w.take();
}

Result<std::string> choose_variant(Client& client, const Args& args) {
    const auto what = subject(client, args.text("part"));
    if (!what) return std::unexpected(what.error());
    const auto& scene = client.scene();
    const auto models = varied(scene, *what);
    if (models.empty()) return fail(Errc::NotFound, "its model has no variants");
    const std::string& name = args.text("variant");
    std::vector<ViewRecord> wanted;
    std::string known;
    for (const auto model : models) {
        const auto& placed = scene.placed()[model.index];
        if (name.empty() || std::ranges::find(placed.model->variants, name) != placed.model->variants.end())
            wanted.push_back({"variant/" + placed.name, name});
        for (const auto& variant : placed.model->variants) known += (known.empty() ? "" : ", ") + variant;
    }
    if (wanted.empty()) return fail(Errc::NotFound, formatted("there is no variant \"{}\"; known are {}", name, known));
    client.view().change(text(Text::ChooseVariant), wanted);
    return ok();
}

void add_history(Rows rows) {
    rows.add({"app.undo", Text::Undo, "Takes back what you last changed of what you see.", "app.redo", "Ctrl+Z"},
             [](Client& c, const Args&) { return c.view().undo().transform(&json_quote); });
    rows.add({"app.redo", Text::Redo, "Does again what was taken back.", "app.undo", "Ctrl+Y, Ctrl+Shift+Z"},
             [](Client& c, const Args&) { return c.view().redo().transform(&json_quote); });
}

void add_explode(Rows rows) {
    const ArgSpec share{
        .name = "share", .title = text(Text::Share), .kind = ArgKind::Number, .fallback = {}, .low = 0.0, .high = 1.0};
    rows.add({"explode.set",
              Text::Explode,
              "Moves the parts of a machine or part, or the selection, away from its middle.",
              "app.undo",
              "",
              kThisView,
              {part_arg(false), share}},
             &explode);
    rows.add({"explode.end", Text::ExplodeEnd, "Puts everything together that was exploded.", "app.undo"},
             [](Client& c, const Args&) -> Result<std::string> {
                 c.view().change(text(Text::ExplodeEnd), without(c.view().records(), {"explode"}));
                 return ok();
             });
}

void add_variants(Rows rows) {
    rows.add({"variant.list", Text::ListVariants, "The models that have several looks, and which is chosen.",
              "none: it changes nothing", "", kNothing},
             [](Client& c, const Args&) { return list_variants(c); });
    ArgSpec variant = text_arg("variant", Text::Variant);
    rows.add({"variant.choose",
              Text::ChooseVariant,
              "Gives a machine, or the selection, another look of its model; with an empty name, the usual one.",
              "app.undo",
              "",
              kThisView,
              {variant, part_arg(false)}},
             &choose_variant);
}

} // namespace

void add_view_actions(Rows rows) {
    add_history(rows);
    const ArgSpec part = part_arg(false);
    rows.add(
        {"view.hide", Text::Hide, "Hides a machine or part, or the selection.", "app.undo", "H", kThisView, {part}},
        [](Client& c, const Args& a) { return write_part(c, a, Text::Hide, "hidden"); });
    rows.add({"view.show",
              Text::Show,
              "Shows a machine or part, or the selection, that was hidden, by its file too, or made see-through.",
              "app.undo",
              "",
              kThisView,
              {part}},
             &show_part);
    rows.add({"view.ghost",
              Text::Ghost,
              "Draws a machine or part, or the selection, see-through.",
              "app.undo",
              "G",
              kThisView,
              {part}},
             [](Client& c, const Args& a) { return write_part(c, a, Text::Ghost, "ghost"); });
    rows.add({"view.isolate",
              Text::Isolate,
              "Makes everything but a machine or part, or the selection, see-through.",
              "app.undo",
              "I",
              kThisView,
              {part}},
             [](Client& c, const Args& a) -> Result<std::string> {
                 const auto what = subject(c, a.text("part"));
                 if (!what) return std::unexpected(what.error());
                 c.view().change(text(Text::Isolate), {{"isolate", what->key}});
                 return ok();
             });
    rows.add({"view.show_all", Text::ShowAll, "Shows what was hidden or made see-through.", "app.undo", "R"},
             [](Client& c, const Args&) { return show_all(c); });
    add_explode(rows);
    add_variants(rows);
}

} // namespace pw::app
