// SPDX-License-Identifier: Apache-2.0
#include "tests/app/visit.h"

#include "base/file.h"
#include "tests/app/bars.h"
#include "tests/support/skip.h"
#include "twin/sparkplug.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

namespace pw::test {

PlayedHost::PlayedHost(xr::HostKind kind, std::unique_ptr<xr::Host> offscreen)
    : kind_(kind), offscreen_(std::move(offscreen)) {
    played = offscreen_->input();
    offered = offscreen_->blends();
}

Result<void> PlayedHost::set_blend(xr::Blend blend) {
    if (!std::ranges::contains(offered, blend)) return xr::Host::set_blend(blend);
    blended = blend;
    return {};
}

std::optional<xr::FrameTime> PlayedHost::wait_frame() {
    if (!offscreen_->wait_frame()) return {};
    now_ = now_ + period;
    return xr::FrameTime{.display = now_, .period = from_ms(16), .render = render};
}

Visit::Visit(const std::string& plant) {
    REQUIRE(write_text(folder / "bars.gltf", two_bars("bar")));
    options.plant_file = folder / "plant.json";
    REQUIRE(write_text(options.plant_file, plant.empty() ? bars_plant() : plant));
    options.settings_file = folder / "settings.json";
    options.data_folder = folder / "data";
    options.photos_folder = folder / "photos";
    options.settings.validation = true;
    options.settings.tutorial_done = true;
    options.host.width = 160;
    options.host.height = 120;
}

Visit::~Visit() {
    if (client) CHECK(client->validation_messages() == 0);
}

bool Visit::begin(xr::HostKind kind) {
    auto offscreen = xr::make_host({.kind = xr::HostKind::Offscreen, .width = 160, .height = 120});
    REQUIRE(offscreen);
    options.host.kind = kind;
    auto played = std::make_unique<PlayedHost>(kind, std::move(*offscreen));
    host = played.get();
    host->gone = gone_at_first ? 3 : 0;
    auto made = app::Client::make(options, std::move(played));
    if (!made && made.error().what.contains("no Vulkan")) return skip(made.error().what), false;
    REQUIRE_MESSAGE(made, made.error().what);
    client = std::move(*made);
    if (kind == xr::HostKind::Headset) host->played.desktop = {};
    if (begun) begun(*client);
    REQUIRE(eventually([&] { return !client->frame() || client->settled(); }, kPatience));
    return true;
}

void Visit::frames(int count) {
    for (int i = 0; i < count; ++i) REQUIRE(client->frame());
}

scene::NodeId Visit::root(const std::string& placed) const {
    const auto found = client->scene().find_placed(placed);
    REQUIRE(found);
    return {client->scene().placed()[found.index].first_node};
}

scene::Pixels Visit::picture() {
    std::shared_ptr<const scene::Pixels> taken;
    client->ask_picture([&taken](auto picture) { taken = std::move(picture); });
    frames(1);
    client->finish_pictures();
    REQUIRE(taken);
    return *taken;
}

void Visit::point_at(const DVec3& place) {
    const auto& stance = client->walker().stance();
    const DVec3 from = to_world(stance, DVec3(0.25, 1.4, -0.2));
    auto& hand = host->played.hands[1];
    hand.active = hand.tracked = true;
    hand.device = xr::HandDevice::Controller;
    hand.origin_from_aim = to_origin(stance, Pose{from, look_rotation(Vec3(place - from))});
    hand.origin_from_grip = hand.origin_from_aim;
}

void Visit::pull_trigger() {
    auto& hand = host->played.hands[1];
    frames(1);
    hand.select = {.held = true, .pressed = true};
    frames(1);
    hand.select.pressed = false;
    frames(1);
    hand.select = {};
    frames(2);
}

bool LiveVisit::begin(xr::HostKind kind, const Values& values) {
    if (!broker) return false;
    visit.options.broker = broker->broker->url();
    visit.options.tag_patience = from_ms(10);
    if (!visit.begin(kind)) return false;
    plant = std::make_unique<MqttListener>(broker->broker->url(), "#");
    REQUIRE(eventually([&] { return plant->mqtt().connected(); }));
    REQUIRE(until([&] { return live().snapshot().connection == twin::Connection::Online; }));
    say("NBIRTH/node", {{"bdSeq", std::int64_t{0}}});
    say("DBIRTH/node/left", values);
    return true;
}

void LiveVisit::say(const std::string& topic, const Values& values) {
    std::vector<twin::OutMetric> metrics;
    for (const auto& [name, value] : values) {
        const auto type = std::holds_alternative<std::string>(value) ? twin::DataType::String
                          : std::holds_alternative<bool>(value)      ? twin::DataType::Boolean
                          : std::holds_alternative<double>(value)    ? twin::DataType::Double
                                                                     : twin::DataType::Int64;
        metrics.push_back({.name = name, .alias = {}, .type = type, .value = value, .with_type = true});
    }
    REQUIRE(plant->mqtt().publish(
        {"spBv1.0/group/" + topic, twin::encode_payload(metrics, seq++, system_clock().utc_now()), 0, false}));
}

std::string LiveVisit::above() const {
    std::string words;
    layers().lines_above(left(), words);
    return words;
}

std::string call(Visit& visit, const std::string& action, const std::string& arguments) {
    const auto done = visit.client->actions().call(action, arguments);
    return done ? *done : "refused: " + done.error().what;
}

} // namespace pw::test
