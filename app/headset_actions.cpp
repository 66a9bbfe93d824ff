// SPDX-License-Identifier: Apache-2.0
// What somebody in a headset asks for besides what everybody does: to be elsewhere, another scale, their hand, a
// lesson.
#include "app/action_rows.h"
#include "app/controls.h"
#include "app/headset_ui.h"
#include "app/where.h"

#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>

namespace pw::app {

using work::ArgKind;
using work::Args;
using work::ArgSpec;

namespace {

Result<HeadsetUi*> worn(Client& client) {
    if (client.headset() == nullptr) return fail(Errc::Refused, text(Text::OnlyInHeadset));
    return client.headset();
}

Result<HeadsetUi*> worn_to_move(Client& client) {
    return worn(client).and_then([&](HeadsetUi* ui) { return client.may_move().transform([ui] { return ui; }); });
}

ArgSpec number_arg(const char* name, Text title, double low, double high) {
    return {.name = name, .title = text(title), .kind = ArgKind::Number, .fallback = {}, .low = low, .high = high};
}

// Whether one may stand there, as an arc would say.
Result<void> may_stand(const Client& client, const DVec3& feet) {
    constexpr double kAbove_m = 0.3, kFarthest_m = 1e6;
    const auto& world = client.world();
    if (!(glm::length(feet) < kFarthest_m)) return fail(Errc::Refused, text(words(interaction::Blocked::NoFloor)));
    const auto found =
        interaction::footing_below(world.meet, feet + DVec3(0.0, kAbove_m, 0.0), 2.0 * kAbove_m, world.rules);
    if (found.blocked != interaction::Blocked::No) return fail(Errc::Refused, text(words(found.blocked)));
    return {};
}

Result<std::string> jump(Client& client, const Args& args) {
    const auto& to = args.point("feet");
    const auto stands = [&](HeadsetUi* ui) {
        return may_stand(client, {to[0], to[1], to[2]}).transform([ui] { return ui; });
    };
    return worn_to_move(client).and_then(stands).transform([&](HeadsetUi*) {
        const double yaw = args.given("yaw_deg")
                               ? glm::radians(args.number("yaw_deg"))
                               : interaction::looking(client.walker().stance(), client.input().origin_from_head);
        client.jump_headset({to[0], to[1], to[2]}, yaw);
        return ok();
    });
}

Result<std::string> turn(Client& client, double rad) {
    return worn_to_move(client).transform([&](HeadsetUi*) {
        auto& walker = client.walker();
        walker.set_stance(interaction::turn(walker.stance(), client.input().origin_from_head, rad));
        return ok();
    });
}

Result<std::string> rescale(Client& client, double scale) {
    return worn_to_move(client).transform([&](HeadsetUi* ui) {
        ui->locomotion().jump([scale](const auto& from, const Pose& head, const Locomotion::World& world) {
            const auto full = interaction::rescale(from, head, 1.0); // hands may have lifted a model off its floor
            return interaction::rescale(interaction::on_floor(world.meet, full, head, world.rules), head, scale);
        });
        return ok();
    });
}

Result<std::string> recentre(Client& client) {
    return worn_to_move(client).transform([&](HeadsetUi* ui) {
        ui->bring_panels();
        ui->locomotion().jump(
            [](const auto& from, const Pose& head, const auto&) { return interaction::recentre(from, head); });
        return ok();
    });
}

Result<std::string> change(Client& client, const char* setting, const char* value) {
    return client.change_setting(setting, value).transform(&ok);
}

void add_moves(Rows rows) {
    ArgSpec yaw = number_arg("yaw_deg", Text::Degrees, -360.0, 360.0);
    yaw.required = false;
    rows.add({"move.jump",
              Text::JumpTo,
              "Puts a headset's user on a point of the floor, through black; yaw 0 looks along -Z.",
              "view.back",
              "",
              kThisView,
              {{.name = "feet", .title = text(Text::Point), .kind = ArgKind::Point, .fallback = {}}, yaw}},
             &jump);
    rows.add({"move.turn",
              Text::Turn,
              "Turns a headset's user about themselves, counter-clockwise.",
              "none: turn back by as much",
              "",
              kThisView,
              {number_arg("degrees", Text::Degrees, -360.0, 360.0)}},
             [](Client& c, const Args& a) { return turn(c, glm::radians(a.number("degrees"))); });
    rows.add({"move.scale",
              Text::Scale,
              "Shows the plant as a model of 1 : so much, to somebody with a headset.",
              "view.back",
              "",
              kThisView,
              {number_arg("one_to", Text::Scale, 1.0, 100.0)}},
             [](Client& c, const Args& a) { return rescale(c, a.number("one_to")); });
    rows.add({"move.table_top", Text::TableTop,
              "Shows the plant as a model of 1 : 20, where the user stood on a table before them.", "view.back"},
             [](Client& c, const Args&) { return rescale(c, 20.0); });
    rows.add({"move.full_size", Text::FullSize, "Shows the plant at its full size.", "view.back"},
             [](Client& c, const Args&) { return rescale(c, 1.0); });
    rows.add({"move.recentre", Text::Recentre,
              "Brings panels before the user, and the user to the middle of their space.",
              "none: view.back takes the user back, hands move panels"},
             [](Client& c, const Args&) { return recentre(c); });
    rows.add({"move.by_pinch", Text::MoveByPinch, "The next pinch of a bare hand aims a jump.", "self"},
             [](Client& c, const Args&) -> Result<std::string> {
                 return worn_to_move(c).transform([](HeadsetUi* ui) {
                     ui->locomotion().aim_by_pinch(!ui->locomotion().aims_by_pinch());
                     return ok();
                 });
             });
    rows.add({"move.seated", Text::SetSeated, "Lifts who sits to a standing person's height, or ends that.", "self", "",
              kThisComputer},
             [](Client& c, const Args&) { return change(c, "seated", c.settings().seated ? "false" : "true"); });
    rows.add({"hand.swap", Text::SwapHands, "The other hand gets the tools.", "self", "", kThisComputer},
             [](Client& c, const Args&) {
                 const std::size_t hand = c.headset() ? c.headset()->swap_hands() : 1 - tool_hand(c.settings());
                 return change(c, "hand", hand == 0 ? "left" : "right");
             });
}

} // namespace

void add_headset_actions(Rows rows) {
    add_moves(rows);
    rows.add_toggle({"panel.settings", Text::SettingsPage, "Shows or hides the settings.", "self", "F8"},
                    &ClientState::show_settings);
    rows.add({"tutorial.start", Text::Tutorial, "Shows the first minute's lessons again.", "tutorial.skip"},
             [](Client& c, const Args&) -> Result<std::string> {
                 return worn(c).transform([](HeadsetUi* ui) {
                     ui->start_tutorial();
                     return ok();
                 });
             });
    rows.add({"tutorial.skip", Text::TutorialSkip, "Ends the lessons, for good.",
              "none: tutorial.start shows them again", "", kThisComputer},
             [](Client& c, const Args&) -> Result<std::string> {
                 const auto ui = worn(c);
                 if (!ui) return std::unexpected(ui.error());
                 (*ui)->tutorial().skip();
                 return change(c, "tutorial_done", "true");
             });
    rows.add({"app.where", Text::Where, "Where the user, their hands and panels are in the world.",
              "none: it changes nothing", "", kNothing},
             [](Client& c, const Args&) -> Result<std::string> { return where_json(c); });
}

} // namespace pw::app
