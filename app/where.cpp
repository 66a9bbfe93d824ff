// SPDX-License-Identifier: Apache-2.0
#include "app/where.h"

#include "app/client.h"
#include "app/headset_ui.h"
#include "base/json.h"

namespace pw::app {

namespace {

void write_place(JsonWriter& w, const DVec3& p) { w.begin_array().value(p.x).value(p.y).value(p.z).end_array(); }

void write_pose(JsonWriter& w, const Pose& pose) {
    w.begin_object().key("position");
    write_place(w, pose.position);
    const Quat& q = pose.orientation;
    w.key("orientation").begin_array();
    for (const float v : {q.x, q.y, q.z, q.w}) w.value(static_cast<double>(v));
    w.end_array().end_object();
}

void write_hand(JsonWriter& w, Client& client, const HeadsetUi& ui, std::size_t h) {
    const auto& hand = client.input().hands[h];
    const auto& stance = client.walker().stance();
    constexpr const char* kDevices[]{"none", "controller", "hand"};
    constexpr const char* kOver[]{"nothing", "world", "panel", "bar"};
    const auto& out = ui.pointing(h);
    w.begin_object().member("active", hand.active).member("device", kDevices[std::to_underlying(hand.device)]);
    for (const auto& [name, pose] : {std::pair("grip", &hand.origin_from_grip),
                                     {"aim", &hand.origin_from_aim},
                                     {"poke", &hand.origin_from_poke}}) {
        w.key(name);
        write_pose(w, to_world(stance, *pose));
    }
    w.member("over", kOver[std::to_underlying(out.over)]);
    const bool panel = out.over == interaction::Over::Panel || out.over == interaction::Over::Bar;
    w.member("panel", panel ? look_of(static_cast<SurfaceId>(out.panel)).name : "");
    w.member("holds", out.grabbing).member("profile", hand.profile).end_object();
}

void write_panel(JsonWriter& w, Client& client, SurfaceId id, const Surface& surface) {
    const auto& stance = client.walker().stance();
    w.begin_object().member("name", look_of(id).name).key("pose");
    write_pose(w, to_world(stance, surface.origin_from_panel));
    const double scale = stance.scale;
    w.key("size").begin_array();
    w.value(static_cast<double>(surface.size_m.x) * scale).value(static_cast<double>(surface.size_m.y) * scale);
    w.end_array().key("pixels").begin_array().value(surface.width).value(surface.height).end_array();
    w.member("held", surface.held).member("drawn", renderer::content_of(surface.ui->overlay())).end_object();
}

} // namespace

std::string where_json(Client& client) {
    const auto& stance = client.walker().stance();
    JsonWriter w;
    w.begin_object().member("frames", client.drawn_frames());
    w.key("stance").begin_object().key("position");
    write_place(w, stance.position);
    w.member("yaw", stance.yaw_rad).member("scale", stance.scale).member("lift", stance.lift_m).end_object();
    w.key("head");
    write_pose(w, client.eye());
    client.sounds().write(w.key("sound"));
    const HeadsetUi* ui = client.headset();
    if (ui == nullptr) return w.end_object().take();
    w.key("hands").begin_array();
    for (std::size_t h = 0; h < 2; ++h) write_hand(w, client, *ui, h);
    w.end_array().key("panels").begin_array();
    for (std::size_t s = 0; s < kSurfaces; ++s) {
        const auto id = static_cast<SurfaceId>(s);
        if (ui->surface(id).shown) write_panel(w, client, id, ui->surface(id));
    }
    w.end_array().member("tool_hand", ui->tool_hand() == 0 ? "left" : "right");
    const auto menu = ui->menu_hand();
    w.member("menu_hand", !menu ? "" : *menu == 0 ? "left" : "right");
    w.member("fade", static_cast<double>(ui->fade())).member("vignette", static_cast<double>(ui->vignette()));
    w.key("tutorial").begin_object().member("running", ui->tutorial().running());
    w.member("learned", ui->tutorial().learned()).end_object();
    const auto ages = client.host().ages();
    w.key("pace")
        .begin_object()
        .member("relief", relief_name(client.pace().relief()))
        .member("late", client.pace().late());
    w.member("pose_age_ms", ages.pose.ms()).end_object();
    w.member("focused", client.input().focused)
        .member("worn", client.input().worn)
        .member("aims", ui->locomotion().teleport().shown());
    return w.end_object().take();
}

} // namespace pw::app
