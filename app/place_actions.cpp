// SPDX-License-Identifier: Apache-2.0
// Where users look from: viewpoints of the plant file and their own, home, back; and photos of what is seen there.
#include "app/action_rows.h"
#include "base/format.h"
#include "base/json.h"
#include "base/title.h"
#include "work/phrases.h"

#include <algorithm>

namespace pw::app {

using work::ArgKind;
using work::Args;
using work::ArgSpec;

namespace {

constexpr std::size_t kLongestTitle = 80, kMostSaved = 500; // kept_viewpoints.cpp reads as many
constexpr double kAhead_m = 2.0;                            // a saved viewpoint's target

bool same_letters(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

// By its id, or by its title where only one is called so.
Result<plant::Viewpoint> find_viewpoint(std::span<const plant::Viewpoint> all, const std::string& name) {
    if (const auto found = std::ranges::find(all, name, &plant::Viewpoint::id); found != all.end()) return *found;
    const plant::Viewpoint* only = nullptr;
    for (const auto& viewpoint : all) {
        if (!same_letters(viewpoint.title, name)) continue;
        if (only != nullptr)
            return fail(Errc::Refused, formatted("several viewpoints are called \"{}\": say the id, {} or {}", name,
                                                 only->id, viewpoint.id));
        only = &viewpoint;
    }
    if (only != nullptr) return *only;
    if (const auto bare = work::without_article(name); bare != name) return find_viewpoint(all, std::string(bare));
    return fail(Errc::NotFound, formatted("there is no viewpoint \"{}\"", name));
}

Result<plant::Viewpoint> find_own(Client& client, const std::string& name) {
    auto found = find_viewpoint(client.view().viewpoints(), name);
    if (!found &&
        std::ranges::find(client.plant().viewpoints, name, &plant::Viewpoint::id) != client.plant().viewpoints.end())
        return fail(Errc::Refused, formatted("\"{}\" is a viewpoint of the plant file", name));
    return found;
}

Result<std::string> go_to(Client& client, const std::string& name) {
    std::vector<plant::Viewpoint> all = client.plant().viewpoints;
    all.insert(all.end(), client.view().viewpoints().begin(), client.view().viewpoints().end());
    const auto found = find_viewpoint(all, name);
    if (!found) return std::unexpected(found.error());
    if (auto may = client.may_move(); !may) return std::unexpected(may.error());
    client.jump_to({found->eye_m, found->target_m, found->fov_y_deg});
    return ok();
}

std::string list_viewpoints(Client& client) {
    JsonWriter w;
    w.begin_array();
    const auto list = [&w](std::span<const plant::Viewpoint> viewpoints, bool own) {
        for (const auto& v : viewpoints)
            w.begin_object().member("id", v.id).member("title", v.title).member("own", own).end_object();
    };
    list(client.plant().viewpoints, false);
    list(client.view().viewpoints(), true);
    w.end_array();
    return w.take();
}

// Without spaces around it.
Result<std::string> checked_title(const std::string& given) {
    const std::size_t begin = given.find_first_not_of(' ');
    if (begin == std::string::npos) return std::string();
    const std::string title = given.substr(begin, given.find_last_not_of(' ') - begin + 1);
    if (count_utf8(title) > kLongestTitle)
        return fail(Errc::Refused, formatted("a title has at most {} letters", kLongestTitle));
    if (!is_one_line(title)) return fail(Errc::Refused, "a title is one line of letters, without control characters");
    return title;
}

std::string free_viewpoint(Client& client) {
    for (std::size_t i = 1;; ++i) {
        std::string id = formatted("own-{}", i);
        const auto is_it = [&](const auto& v) { return v.id == id; };
        if (std::ranges::none_of(client.view().viewpoints(), is_it) &&
            std::ranges::none_of(client.plant().viewpoints, is_it))
            return id;
    }
}

Result<std::string> save(Client& client, const std::string& title) {
    if (client.view().viewpoints().size() >= kMostSaved)
        return fail(Errc::Exhausted, "there are 500 saved viewpoints: remove some first");
    auto named = checked_title(title);
    if (!named) return named;
    const std::string id = free_viewpoint(client);
    if (named->empty()) named = text(Text::Viewpoint) + id.substr(id.find('-')).replace(0, 1, " ");
    const Pose eye = client.eye();
    const DVec3 target = eye.position + DVec3(eye.orientation * Vec3(0.f, 0.f, -1.f)) * kAhead_m;
    if (!can_be_kept(eye.position) || !can_be_kept(target))
        return fail(Errc::Refused, "this is too far from the plant's origin for a saved viewpoint");
    const plant::Viewpoint viewpoint{id, *named, eye.position, target, client.state().zoom_fov_y_deg};
    client.view().change(text(Text::SaveViewpoint), {{"viewpoint/" + id, to_record(viewpoint)}});
    return json_quote(id);
}

Result<std::string> rename(Client& client, const Args& args) {
    auto found = find_own(client, args.text("viewpoint"));
    if (!found) return std::unexpected(found.error());
    const auto title = checked_title(args.text("title"));
    if (!title) return title;
    if (title->empty()) return fail(Errc::Refused, "a viewpoint has a title");
    found->title = *title;
    client.view().change(text(Text::RenameViewpoint), {{"viewpoint/" + found->id, to_record(*found)}});
    return ok();
}

Result<std::string> remove(Client& client, const std::string& name) {
    const auto found = find_own(client, name);
    if (!found) return std::unexpected(found.error());
    client.view().change(text(Text::RemoveViewpoint), {{"viewpoint/" + found->id, ""}});
    return ok();
}

Result<std::string> photo(Client& client, const Args& args) {
    if (!args.given("file")) return json_quote(client.photo_to({}));
    // Whatever else stands there, a recording for one, is not overwritten.
    const std::string& file = args.text("file");
    if (!file.ends_with(".png")) return fail(Errc::Refused, "the name of a picture ends in .png");
    return json_quote(client.photo_to(file));
}

void add_own_viewpoints(Rows rows) {
    ArgSpec title = text_arg("title", Text::Title);
    const ArgSpec viewpoint = text_arg("viewpoint", Text::Viewpoint);
    rows.add({"viewpoint.rename",
              Text::RenameViewpoint,
              "Gives a saved viewpoint another title.",
              "app.undo",
              "",
              kOwnPlaces,
              {viewpoint, title}},
             &rename);
    rows.add({"viewpoint.remove",
              Text::RemoveViewpoint,
              "Removes a saved viewpoint.",
              "app.undo",
              "",
              kOwnPlaces,
              {viewpoint}},
             [](Client& c, const Args& a) { return remove(c, a.text("viewpoint")); });
    title.required = false;
    title.fallback = std::string();
    rows.add({"viewpoint.save",
              Text::SaveViewpoint,
              "Saves where you look from, for this plant.",
              "app.undo",
              "",
              kOwnPlaces,
              {title}},
             [](Client& c, const Args& a) { return save(c, a.text("title")); });
}

} // namespace

void add_place_actions(Rows rows) {
    rows.add({"view.go_to",
              Text::GoToViewpoint,
              "Looks from a viewpoint of the plant file, or a saved one.",
              "view.back",
              "",
              kThisView,
              {text_arg("viewpoint", Text::Viewpoint)}},
             [](Client& c, const Args& a) { return go_to(c, a.text("viewpoint")); });
    rows.add({"view.list_viewpoints", Text::ListViewpoints, "The viewpoints of the plant file, and the saved ones.",
              "none: it changes nothing", "", kNothing},
             [](Client& c, const Args&) -> Result<std::string> { return list_viewpoints(c); });
    add_own_viewpoints(rows);
    rows.add({"view.home", Text::GoHome, "Back to where the visit began.", "view.back", "Home"},
             [](Client& c, const Args&) {
                 return c.may_move().transform([&] {
                     c.go_home();
                     return ok();
                 });
             });
    rows.add({"view.back", Text::GoBack, "Back to where one looked from before the last jump.", "self", "Backspace"},
             [](Client& c, const Args&) { return c.may_move().and_then([&] { return c.go_back(); }).transform(&ok); });
    rows.add({"view.photo",
              Text::TakePhoto,
              "Writes what is seen as a PNG file, without a name one among the user's pictures.",
              "none: delete the file",
              "",
              kThisComputer,
              {{.name = "file", .title = text(Text::File), .kind = ArgKind::File, .required = false, .fallback = {}}}},
             &photo);
}

} // namespace pw::app
