// SPDX-License-Identifier: Apache-2.0
// What hands do. What a frame shows of it: headset_compose.cpp.
#include "app/headset_ui.h"

#include "app/client.h"
#include "app/controls.h"
#include "app/kept_panels.h"
#include "base/file.h"
#include "base/log.h"
#include "interaction/panel_place.h"
#include "scene/gltf.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pw::app {

namespace {

constexpr std::size_t kGaze = 2; // of the pointers
constexpr Duration kTouch = from_ms(12), kPress = from_ms(20), kRefusal = from_ms(70);

SurfaceId id_of(std::uint32_t target) { return static_cast<SurfaceId>(target); }

} // namespace

HeadsetUi::HeadsetUi(Client& client, UiFont& font, Kept kept)
    : client_(client), jobs_(kept.jobs), held_models_(kept.jobs, kept.problems), font_scale_(font.scale()) {
    for (Surface& surface : surfaces_) surface.ui = std::make_unique<Ui>(font);
    if (!client.settings().tutorial_done) tutorial_.start(now_);
    bone_ = make_bone();
    Reports found;
    if (!kept.panels_file.empty()) {
        if (auto places = read_panels(kept.panels_file, found)) {
            places_ = std::move(*places);
            kept_places_.emplace(kept.panels_file, kept.problems);
        }
    }
    auto model = scene::load_gltf(join_path(assets_folder(), "models/controller.glb"), found);
    for (const auto& report : found.list()) client.add_problem(report.where, report.what);
    if (model)
        controller_ = std::move(*model);
    else
        client.add_problem("controller.glb", model.error().what);
}

void HeadsetUi::set_renderer(renderer::Renderer& renderer) {
    controller_prop_ = controller_ ? renderer.add_prop(controller_) : renderer::PropId{};
    bone_prop_ = renderer.add_prop(bone_);
    held_models_.forget_renderer();
}

const interaction::MeetWorld& HeadsetUi::meet() const { return client_.world().meet; }

// The picture goes on, undimmed: whoever puts it on again finds everything as it was, but for a menu on a hand.
void HeadsetUi::attend(xr::Input& input) {
    if (std::exchange(worn_, input.worn) != input.worn)
        log_info(input.worn ? "the headset is worn" : "the headset was taken off: hands wait");
    if (input.worn) return;
    for (auto& hand : input.hands) hand = {};
    input.origin_from_gaze.reset();
}

void HeadsetUi::step(const xr::Input& input, Duration dt) {
    if (input.worn) now_ = now_ + dt; // nobody is taught meanwhile
    const auto& stance = client_.walker().stance();
    std::optional<Pose> bar;
    for (const auto& out : out_)
        if (out.grabbing && out.panel == static_cast<std::uint32_t>(SurfaceId::Menu)) bar = out.origin_from_grabbed;
    menu_.step(input, surface(SurfaceId::Menu).size_m, stance, bar, dt);
    tool_ = tool_hand_.step(input, menu_.hand(), app::tool_hand(client_.settings()));
    if (menu_.opened()) {
        pulse(menu_.hand().value_or(tool_), 0.4f, kPress);
        play(audio::Sound::Select, menu_.hand().value_or(tool_));
    }

    held_models_.step(client_.host(), input, client_.renderer());
    step_pointers(input, dt);
    feed_panels();
    Locomotion::Taken taken;
    for (std::size_t h = 0; h < 2; ++h) {
        taken.stick[h] = out_[h].stick_taken;
        const bool panel = out_[h].over == Over::Panel || out_[h].over == Over::Bar;
        taken.grab[h] = panel && (out_[h].grabbing || out_[h].grab_began);
        taken.select[h] = panel;
    }
    client_.walker().set_stance(locomotion_.step(input, taken, client_.world(), client_.settings(), stance, dt));
    const auto& deeds = locomotion_.deeds();
    if (deeds.lost_head) carry_panels(*deeds.lost_head, input.origin_from_head);
    if (deeds.hand) asking_hand_ = *deeds.hand;
    if (deeds.snapped || deeds.jumped) pulse(asking_hand_, 0.3f, kTouch);
    if (deeds.refused) {
        refuse();
        client_.sounds().play(audio::Sound::Refusal);
    }
    if (deeds.held_fast) client_.say(text(Text::WorldIsFixed));
    hear(deeds);
    step_tutorial(input);
}

// Beside a menu on a hand the other one is the tool anyway: there it is the setting that is swapped.
std::size_t HeadsetUi::swap_hands() {
    const std::size_t tool = menu_.hand() ? app::tool_hand(client_.settings()) : tool_hand_.last_used();
    tool_hand_.use(1 - tool);
    return 1 - tool;
}

void HeadsetUi::step_pointers(const xr::Input& input, Duration dt) {
    const auto& stance = client_.walker().stance();
    for (std::size_t h = 0; h < 2; ++h) {
        auto in = interaction::pointer_of(input.hands[h]);
        // The hand that the menu is on is no pointer, or the menu would be in its own way.
        if (menu_.hand() == h && input.hands[1 - h].active) in.active = false;
        aims_[h] = in.origin_from_aim;
        out_[h] = pointers_[h].step(in, targets_, meet(), stance, dt);
        if (out_[h].pressed || out_[h].grab_began) asking_hand_ = h;
        feel(h);
        hold_panel(out_[h]);
        act_on_world(h);
    }
    auto gaze = interaction::pointer_of_gaze(input.origin_from_gaze.value_or(input.origin_from_head));
    gaze.dwells = true;
    gaze.active = client_.settings().dwell && input.head_active && input.focused && input.worn;
    aims_[kGaze] = gaze.origin_from_aim;
    out_[kGaze] = pointers_[kGaze].step(gaze, targets_, meet(), stance, dt);
    if (out_[kGaze].pressed) client_.sounds().play(audio::Sound::Select);
    act_on_world(kGaze);
}

void HeadsetUi::feel(std::size_t hand) {
    const auto& out = out_[hand];
    if (out.entered && (out.over == Over::Panel || out.over == Over::Bar)) pulse(hand, 0.15f, kTouch);
    if (out.pressed || out.grab_began) pulse(hand, 0.4f, kPress);
    if (out.pressed) play(out.near ? audio::Sound::Touch : audio::Sound::Select, hand);
    if (out.grab_began) play(audio::Sound::Grab, hand);
    if (out.grab_ended) play(audio::Sound::Release, hand);
}

void HeadsetUi::hear(const Locomotion::Deeds& deeds) {
    if (deeds.snapped) client_.sounds().play(audio::Sound::Turn);
    if (deeds.jumped) client_.sounds().play(audio::Sound::Jump);
    if (std::exchange(stretched_, deeds.stretched) != deeds.stretched)
        client_.sounds().play(deeds.stretched ? audio::Sound::Grab : audio::Sound::Release);
}

void HeadsetUi::play(audio::Sound sound, std::size_t hand) const {
    const Pose& grip = client_.input().hands[hand].origin_from_grip;
    client_.sounds().play(sound, to_world(client_.walker().stance(), grip.position));
}

void HeadsetUi::act_on_world(std::size_t pointer) {
    const auto& out = out_[pointer];
    if (!out.pressed || out.over == Over::Panel || out.over == Over::Bar) return;
    const bool bare = pointer != kGaze && client_.input().hands[pointer].device == xr::HandDevice::Hand;
    if (bare && locomotion_.aims_by_pinch()) return;
    if (pointer != kGaze && client_.view().tool.wants_touch()) return client_.touch_real(pointer);
    const Ray ray = to_world(client_.walker().stance(),
                             Ray{aims_[pointer].position, aims_[pointer].orientation * Vec3(0.f, 0.f, -1.f)});
    client_.point_at(ray);
}

void HeadsetUi::hold_panel(const interaction::PointerOut& out) {
    if (out.over != Over::Panel && out.over != Over::Bar) return;
    const SurfaceId id = id_of(out.panel);
    Surface& surface = surfaces_[std::to_underlying(id)];
    if (out.grabbing) surface.held = true;
    if (id == SurfaceId::Menu) return; // it minds its place itself
    if (out.grabbing && out.origin_from_grabbed) surface.origin_from_panel = *out.origin_from_grabbed;
    if (!out.grab_ended) return;
    auto& place = interaction::place_of(places_, look_of(id).name);
    interaction::keep(place, interaction::PlaceIn::User, surface.origin_from_panel, client_.walker().stance());
    if (id != SurfaceId::Card) surface.opened_at = surface.origin_from_panel;
    keep_places();
}

void HeadsetUi::keep_places() {
    if (kept_places_) kept_places_->keep(jobs_, panels_text(places_));
}

// Each panel hears the first that points at it: the tool's hand before the other, and hands before a gaze.
void HeadsetUi::feed_panels() {
    for (Surface& surface : surfaces_) {
        surface.pointer = {};
        surface.held = false;
    }
    for (const std::size_t p : {tool_, 1 - tool_, kGaze}) {
        const auto& out = out_[p];
        if (out.over != Over::Panel && out.over != Over::Bar) continue;
        Surface& surface = surfaces_[out.panel];
        if (out.grabbing) surface.held = true;
        if (out.over != Over::Panel || surface.pointer.position.x > -1e5f) continue;
        const Vec2 pixels(surface.width, surface.height);
        surface.pointer = {out.at * pixels, out.held || out.pressed, out.scroll};
    }
}

void HeadsetUi::pulse(std::size_t hand, float amplitude, Duration length) const {
    const auto strength = static_cast<float>(client_.settings().haptics);
    if (strength > 0.f) client_.host().vibrate(hand, amplitude * strength, length);
}

void HeadsetUi::refuse() { pulse(asking_hand_, 0.9f, kRefusal); }

void HeadsetUi::bring_panels() {
    places_.clear();
    keep_places();
    for (Surface& surface : surfaces_) surface.opened_at.reset();
    hud_placed_ = false;
}

// Into another space, to where they were around the user.
void HeadsetUi::carry_panels(const Pose& old_head, const Pose& head) {
    const auto user = [](const Pose& at) { return interaction::stand({}, at, DVec3(0.0), 0.0); };
    const auto carry = [&](Pose& origin_from_panel) {
        origin_from_panel = to_origin(user(head), to_world(user(old_head), origin_from_panel));
    };
    for (Surface& surface : surfaces_)
        if (surface.opened_at) carry(*surface.opened_at);
    for (auto& place : places_)
        if (place.in == interaction::PlaceIn::User) carry(place.pose);
    hud_placed_ = false;
}

void HeadsetUi::step_tutorial(const xr::Input& input) {
    const Quat look = input.origin_from_head.orientation;
    work::Deeds deeds;
    if (last_look_) {
        const auto half = static_cast<double>(std::min(1.f, std::abs(glm::dot(look, *last_look_))));
        deeds.head_turned_rad = 2.0 * std::acos(half);
    }
    last_look_ = look;
    deeds.moved_m = locomotion_.deeds().moved_m;
    deeds.turned_rad = locomotion_.deeds().turned_rad;
    deeds.points = std::ranges::any_of(
        out_, [&](const auto& out) { return out.over == Over::World && client_.machine_of(out.node) != scene::kNone; });
    deeds.selected = client_.state().selected_equipment != scene::kNone;
    deeds.menu = menu_.open();
    const bool ran = tutorial_.running();
    tutorial_.step(deeds, now_);
    if (ran && !tutorial_.running()) client_.ask("tutorial.skip");
}

bool HeadsetUi::wanted(SurfaceId id) const {
    const auto& state = client_.state();
    switch (id) {
    case SurfaceId::Card: // in a plant only machines have one: a wall that the ray met has nothing to say
        return client_.card_equipment() != scene::kNone || (state.selected && client_.plant().equipment.empty());
    case SurfaceId::Board:
        return state.page != Page::None;
    case SurfaceId::Tree:
        return state.show_tree && !client_.plant().equipment.empty();
    case SurfaceId::Settings:
        return state.show_settings;
    case SurfaceId::Help:
        return state.show_help;
    case SurfaceId::Problems:
        return state.show_problems;
    case SurfaceId::Statistics:
        return state.show_statistics;
    case SurfaceId::Menu:
        return menu_.open();
    case SurfaceId::Keyboard:
        return typing_.has_value();
    case SurfaceId::Tutorial:
        return tutorial_.running();
    case SurfaceId::Status:
        return client_.has_status();
    case SurfaceId::Legend:
        return client_.layers().legend().heat != work::Heat::None;
    case SurfaceId::Captions:
        return client_.sounds().captions().any(client_.sounds().captions_shown());
    case SurfaceId::Parts:
        return state.show_parts;
    case SurfaceId::Registration:
        return client_.shows_registration();
    case SurfaceId::Tools:
        return state.show_tools;
    case SurfaceId::Count:
        break;
    }
    return false;
}

} // namespace pw::app
