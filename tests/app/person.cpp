// SPDX-License-Identifier: Apache-2.0
#include "tests/app/person.h"

#include "base/file.h"
#include "base/math.h"
#include "tests/support/skip.h"
#include "tests/twin/net.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>

namespace pw::test {

namespace {

constexpr std::size_t index(Person::Side side) { return static_cast<std::size_t>(side); }

} // namespace

DVec3 place_of(const nlohmann::json& written) {
    return {written.at(0).get<double>(), written.at(1).get<double>(), written.at(2).get<double>()};
}

Pose pose_of(const nlohmann::json& written) {
    const auto& q = written.at("orientation");
    return {place_of(written.at("position")),
            Quat(q.at(3).get<float>(), q.at(0).get<float>(), q.at(1).get<float>(), q.at(2).get<float>())};
}

bool Person::visit(const std::vector<std::string>& arguments, const VisitOptions& options) {
    auto service = xr::MonadoService::start(options.monado);
    if (!service && service.error().code == Errc::NotFound) return skip(service.error().what), false;
    REQUIRE_MESSAGE(service, service.error().what);
    monado_.emplace(std::move(*service));
    auto remote = xr::MonadoRemote::connect(monado_->remote_port());
    REQUIRE_MESSAGE(remote, remote.error().what);
    remote_.emplace(std::move(*remote));
    state.hands[0] = {.active = true, .stage_from_grip = {{-0.25, 1.1, -0.35}, kNoRotation}};
    state.hands[1] = {.active = true, .stage_from_grip = {{0.25, 1.1, -0.35}, kNoRotation}};
    send();
    Environment environment = options.environment;
    for (const auto& entry : monado_->client_environment())
        if (!std::ranges::contains(environment, entry.first, &Environment::value_type::first))
            environment.push_back(entry);
    REQUIRE(make_folders(folder_ / "config/plantwalk"));
    REQUIRE(write_text(folder_ / "config/plantwalk/settings.json", options.settings));
    std::vector<std::string> words = arguments;
    words.insert(words.end(), {"--host", "headset"});
    program_.emplace(folder_, words, environment);
    REQUIRE(program_->says("session state FOCUSED"));
    REQUIRE(program_->eventually_status([](const auto& s) { return s["settled"] == true; }));
    REQUIRE(until([](const auto& w) { return w["hands"][0]["active"] == true && w["hands"][1]["active"] == true; }));
    const auto now = where();
    for (std::size_t h = 0; h < 2; ++h) {
        const Pose grip = pose_of(now["hands"][h]["grip"]);
        grip_from_aim_[h] = inverse(grip) * pose_of(now["hands"][h]["aim"]);
        grip_from_poke_[h] = inverse(grip) * pose_of(now["hands"][h]["poke"]);
    }
    return true;
}

void Person::send() {
    const auto sent = remote_->send(state);
    REQUIRE_MESSAGE(sent, sent.error().what);
}

bool Person::reconnect() {
    auto remote = xr::MonadoRemote::connect(monado_->remote_port());
    if (!remote) return false;
    remote_.emplace(std::move(*remote));
    return remote_->send(state).has_value();
}

nlohmann::json Person::where() const {
    nlohmann::json answer;
    // It answers once a frame, and on a busy machine a frame may take longer than who asks waits.
    const bool told = eventually(
        [&] {
            answer = program_->ask({"app.where"});
            return answer.value("ok", false);
        },
        kPatience);
    return told ? answer["result"] : nlohmann::json();
}

bool Person::until(const std::function<bool(const nlohmann::json&)>& holds, Duration patience) const {
    return eventually(
        [&] {
            const auto now = where();
            return now.is_object() && holds(now);
        },
        patience);
}

void Person::frames(std::uint64_t count) const {
    const auto now = where();
    REQUIRE(now.is_object());
    const auto last = now["frames"].get<std::uint64_t>() + count;
    REQUIRE(until([&](const auto& w) { return w["frames"].template get<std::uint64_t>() >= last; }));
}

bool Person::rests() const {
    const auto places = [](const nlohmann::json& now) {
        std::vector<DVec3> all;
        for (const auto& panel : now["panels"]) all.push_back(pose_of(panel["pose"]).position);
        for (const auto& hand : now["hands"]) all.push_back(pose_of(hand["aim"]).position);
        return all;
    };
    std::vector<DVec3> last = places(where());
    return eventually(
        [&] {
            frames(3);
            const auto now = where();
            const auto next = places(now);
            const bool still = now["fade"] == 0.0 && std::ranges::equal(last, next, [](const DVec3& a, const DVec3& b) {
                                   return glm::distance(a, b) < 1e-5;
                               });
            last = next;
            return still;
        },
        kPatience);
}

// The user's space is the runtime's stage as long as nobody recentres it.
Pose Person::user_from_world(const Pose& world) const {
    const nlohmann::json stance = where()["stance"];
    const double yaw = stance["yaw"].get<double>(), scale = stance["scale"].get<double>();
    const Quat turn = glm::angleAxis(static_cast<float>(-yaw), Vec3(0.f, 1.f, 0.f));
    const DVec3 away = world.position - place_of(stance["position"]);
    return {glm::dquat(turn) * away / scale, turn * world.orientation};
}

void Person::look_at(const DVec3& world) {
    const Pose target = user_from_world({world, kNoRotation});
    state.stage_from_head.orientation = look_rotation(Vec3(target.position - state.stage_from_head.position));
    send();
    frames(2);
}

void Person::point(Side side, const DVec3& world) {
    const Pose target = user_from_world({world, kNoRotation});
    auto& grip = hand(side).stage_from_grip;
    // Turning the hand moves where the ray begins: a few turns settle it.
    for (int i = 0; i < 4; ++i) {
        const Pose aim = grip * grip_from_aim_[index(side)];
        const Pose wanted{aim.position, look_rotation(Vec3(target.position - aim.position))};
        const DVec3 held = grip.position;
        grip = wanted * inverse(grip_from_aim_[index(side)]);
        grip.position = held;
    }
    send();
    frames(2);
}

// Where the shoulder is estimated to be: docs/headset.md.
void Person::point_bare(Side side, const DVec3& world) {
    const double aside = side == Side::Left ? -0.17 : 0.17;
    const DVec3 shoulder = (state.stage_from_head * Pose{{aside, -0.22, 0.08}, kNoRotation}).position;
    const DVec3 target = user_from_world({world, kNoRotation}).position;
    const DVec3 wanted = shoulder + glm::normalize(target - shoulder) * 0.45;
    for (int i = 0; i < 4; ++i) { // the filtered ray follows
        const Pose aim = user_from_world(pose_of(where()["hands"][index(side)]["aim"]));
        hand(side).stage_from_grip.position += wanted - aim.position;
        send();
        frames(8);
    }
}

void Person::touch(Side side, const DVec3& world, double beyond_m) {
    const DVec3 target = user_from_world({world, kNoRotation}).position;
    const DVec3 way = glm::normalize(target - state.stage_from_head.position);
    auto& grip = hand(side).stage_from_grip;
    const Quat poke = grip_from_poke_[index(side)].orientation;
    grip.orientation = look_rotation(Vec3(way)) * glm::conjugate(poke);
    grip.position = target + way * beyond_m - glm::dquat(grip.orientation) * grip_from_poke_[index(side)].position;
    send();
    frames(2);
}

void Person::reach(Side side, const DVec3& user) {
    auto& grip = hand(side).stage_from_grip;
    grip.position = user - glm::dquat(grip.orientation) * grip_from_poke_[index(side)].position;
    send();
    frames(2);
}

// OpenXR's grip pose: +X comes out of the left palm, and goes into the right one.
void Person::palm_up(Side side) {
    const Pose& head = state.stage_from_head;
    const DVec3 ahead(head.orientation * Vec3(0.f, 0.f, -1.f));
    auto& grip = hand(side).stage_from_grip;
    grip.position = head.position + ahead * 0.4 - DVec3(0.0, 0.25, 0.0);
    const Vec3 to_head = glm::normalize(Vec3(head.position - grip.position));
    const Vec3 x = side == Side::Left ? to_head : -to_head;
    const Vec3 z = glm::normalize(glm::cross(x, Vec3(0.f, 1.f, 0.f)));
    grip.orientation = glm::quat_cast(Mat3(x, glm::cross(z, x), z));
    state.stage_from_head.orientation = look_rotation(Vec3(grip.position + DVec3(0.0, 0.08, 0.0) - head.position));
    send();
    frames(2);
}

void Person::click(Side side) {
    frames(2);
    hand(side).trigger = 1.f;
    send();
    frames(3);
    hand(side).trigger = 0.f;
    send();
    frames(3);
}

void Person::stick(Side side, Vec2 to) {
    hand(side).stick = to;
    send();
    frames(3);
}

std::optional<DVec3> Person::on_panel(const std::string& name, Vec2 pixel) const {
    const auto now = where();
    for (const auto& panel : now["panels"]) {
        if (panel["name"] != name) continue;
        const Pose pose = pose_of(panel["pose"]);
        const double width = panel["pixels"][0].get<double>(), height = panel["pixels"][1].get<double>();
        const double w = panel["size"][0].get<double>(), h = panel["size"][1].get<double>();
        const Vec3 local(static_cast<float>((static_cast<double>(pixel.x) / width - 0.5) * w),
                         static_cast<float>((0.5 - static_cast<double>(pixel.y) / height) * h), 0.f);
        return pose.position + DVec3(pose.orientation * local);
    }
    return std::nullopt;
}

} // namespace pw::test
