// SPDX-License-Identifier: Apache-2.0
// What a frame shows besides the scene: labels, rays, controllers, panels.
#include "app/client.h"
#include "app/panels/registration.h"
#include "app/panels/words.h"
#include "app/see_through.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::app {

namespace {

constexpr std::uint32_t kLabelBack = 0xc8'1c'16'12u, kLabelText = 0xff'f4'f2'f0u, kStaleText = 0xff'b8'b4'b0u; // ABGR
constexpr std::uint32_t kScreenBack = 0xf0'38'1c'0cu;
constexpr std::uint32_t kSelectedBack = 0xe8'a0'6a'00u, kPin = 0xc0'1c'16'12u;
constexpr float kPin_m = 0.001f; // to the user, however small the model is
constexpr double kOverItems_m = 0.06, kFade_s = 0.15;
constexpr std::uint32_t kSightTurns = 4; // rays for a quarter of the labels each frame
constexpr float kFaint = 0.22f;
constexpr float kScreenLine_m = 0.042f;
constexpr float kLabel_m = 0.085f;
constexpr Vec4 kAroundModel{0.22f, 0.24f, 0.27f, 1.f};
constexpr float kModelAngle_rad = 0.014f; // of a line of a model's names, at most
constexpr float kAlarmAngle_rad = 0.013f; // a line of a new alarm is at least so high: it is read across a hall
constexpr double kWordsTo_m = 25.0;       // farther away only what a machine is and whether it is well

std::uint32_t faded(std::uint32_t abgr, float strength) {
    const auto alpha = static_cast<std::uint32_t>(static_cast<float>(abgr >> 24) * strength + 0.5f);
    return alpha << 24 | (abgr & 0xff'ffffu);
}

} // namespace

void Client::compose(const xr::Input& input, Duration dt) {
    labels_.clear();
    lines_.clear();
    panels_.clear();
    props_.clear();
    quads_.clear();
    eye_ = head();
    compose_labels(dt);
    compose_way();
    compose_view();
    compose_registration();
    state_.approached = layers_->approached(eye_, state_.approached);
    if (auto* management = live_->management(); management != nullptr) management->ask_detail(card_equipment());
    if (headset_)
        compose_headset(dt);
    else if (options_.panels)
        compose_desktop(input.desktop, static_cast<float>(dt.seconds()));
    else
        compose_legend(input.desktop);
    list_.sun = {plant_.environment.to_sun,
                 plant_.environment.sun_color * static_cast<float>(plant_.environment.sun_lux),
                 /* shadows= */ pace_.relief() < Relief::Shadows};
    list_.environment_intensity = static_cast<float>(plant_.environment.intensity);
    // Around a model it is calm: the picture of the surroundings is made to be seen through windows.
    const bool model = walker_.stance().scale > 1.0;
    list_.show_environment = !options_.background.has_value() && environment_ != nullptr && !model;
    list_.background = options_.background.value_or(model ? kAroundModel : renderer::DrawList{}.background);
    list_.see_through = sees_around();
    if (host_->blend() == xr::Blend::Additive) lighten_backs(labels_);
    list_.labels = labels_;
    list_.lines = lines_;
    list_.panels = panels_;
    list_.patches = layers_->patches();
    list_.props = props_;
}

// Above the machine, or what is shown on it.
DVec3 Client::label_at(const LabelPlace& place) const {
    DVec3 at = place.at;
    for (const scene::NodeId node : place.on_it) {
        if ((scene_.effective_style(node).flags & scene::kHiddenFlags) != 0) continue;
        const DAabb box = scene_.world_bounds(node);
        if (!box.empty()) at.y = std::max(at.y, box.max.y + kOverItems_m);
    }
    return at;
}

// How much of a label nothing but its own machine stands before: rays to its middle and to both sides.
float Client::sight_of(std::uint32_t equipment, const DVec3& label) const {
    const Pose& eye = eye_;
    const DVec3 right(eye.orientation * Vec3(1.f, 0.f, 0.f));
    float seen = 0.f;
    for (const double side : {-0.3, 0.0, 0.3}) {
        const DVec3 way = label + DVec3(0.0, 0.05, 0.0) + right * side - eye.position;
        const double distance = glm::length(way);
        if (distance < 0.01) return 1.f;
        const auto hit = picker_.pick(scene_, {eye.position, Vec3(way / distance)}, distance, cut());
        const bool open = !hit || scene::drawn_as(scene_.effective_style(hit->node).flags) != scene::DrawnAs::Whole ||
                          live_->equipment_of(scene_.placed_of(hit->node)) == equipment;
        seen += open ? 1.f / 3.f : 0.f;
    }
    return seen;
}

void Client::compose_labels(Duration dt) {
    if (options_.settings.labels) compose_names(dt);
    compose_screens();
}

void Client::compose_names(Duration dt) {
    const bool old = words_old_ || label_texts_.size() != plant_.equipment.size() || words_of_ != state_.layers;
    label_texts_.resize(plant_.equipment.size());
    heads_.resize(plant_.equipment.size());
    const DVec3 eye = eye_.position;
    // In a headset walls hide labels: depth that disagrees hurts two eyes. On a desktop what is hidden shows faintly.
    const bool through_walls = host_->kind() != xr::HostKind::Headset;
    const bool at_once = host_->kind() == xr::HostKind::Offscreen;
    const double scale = walker_.stance().scale;
    const auto open_m = opened();
    const float follow = at_once ? 1.f : 1.f - std::exp(-static_cast<float>(dt.seconds() / kFade_s));
    for (std::uint32_t e = 0; e < plant_.equipment.size(); ++e) {
        LabelPlace& place = label_places_[e];
        if (std::isnan(place.at.x)) continue;
        const DVec3 top = label_at(place);
        // On pins above all that stands in a model that is open: a post would stand before what is lower.
        const DVec3 at{top.x, std::max(top.y, open_m.value_or(top.y)), top.z};
        if (through_walls && (at_once || e % kSightTurns == static_cast<std::uint32_t>(drawn_ % kSightTurns)))
            place.in_sight = sight_of(e, at);
        place.sight += (place.in_sight - place.sight) * follow;
        const float strength = kFaint + (1.f - kFaint) * place.sight;
        const auto quality = live_->quality(e);
        const bool stale = live_->has_broker() && quality <= twin::Quality::Stale;
        const bool doubtful = live_->has_broker() && quality < twin::Quality::Good;
        if (old) write_words(e, doubtful ? quality_words(quality) : nullptr);
        const double distance = glm::length(at - eye);
        if (!layers_->is_named(e, distance, state_.layers) && e != state_.selected_equipment) continue;
        const bool whole = (distance <= kWordsTo_m && scale == 1.0) || e == state_.selected_equipment;
        const auto* alarm = layers_->alarm(e);
        const bool calls = alarm != nullptr && wants_acknowledge(alarm->state);
        const PlateColors plate = alarm == nullptr ? PlateColors{kLabelBack, stale ? kStaleText : kLabelText}
                                                   : priority_colors(alarm->priority, !calls);
        if (at.y > top.y)
            lines_.push_back({.a = top, .b = at, .color_srgba = faded(kPin, strength), .width_m = kPin_m});
        // A model is near: its names are as small as those that are read from afar.
        const auto far_m = static_cast<float>(distance / scale);
        const float height_m = scale == 1.0 ? kLabel_m : std::min(kLabel_m, far_m * kModelAngle_rad);
        labels_.push_back(
            {.position = at,
             .height_m = calls ? std::max(height_m, far_m * kAlarmAngle_rad) : height_m,
             .text = whole ? label_texts_[e] : heads_[e],
             .color_srgba = faded(plate.text_srgba, strength),
             .back_srgba =
                 faded(alarm == nullptr && e == state_.selected_equipment ? kSelectedBack : plate.back_srgba, strength),
             .through_walls = through_walls,
             .gives_way = true});
    }
    words_old_ = false;
    words_of_ = state_.layers;
}

// heads_: what is read from afar; label_texts_: with all that the layers say.
void Client::write_words(std::uint32_t e, const char* doubt) {
    std::string& words = heads_[e];
    words.clear();
    layers_->lines_above(e, words);
    words += plant_.equipment[e].title;
    const std::string state = live_->has_broker() ? layers_->role_words(e, plant::TagRole::State) : std::string();
    if (!state.empty()) {
        words += " · " + state; // with its doubt
    } else if (doubt != nullptr) {
        words += " · ";
        words += doubt;
    }
    label_texts_[e] = words;
    layers_->lines_below(e, state_.layers, label_texts_[e]);
    if (const std::string place = sees_around() ? place_words(e) : std::string(); !place.empty())
        label_texts_[e] += '\n' + place;
    if (const std::string heat = layers_->heat_words(e, state_.layers); !heat.empty()) words += '\n' + heat;
}

// What the machines' screens say.
void Client::compose_screens() {
    for (const auto& text : live_->texts()) {
        if (text.text.empty()) continue;
        const Affine& world = scene_.world(text.node);
        const Vec3 out = glm::normalize(world.linear[2]), up = glm::normalize(world.linear[1]);
        // On the middle of the screen: a label stands on its lower edge.
        // Of a screen's size, however large a metre is to the user.
        const float line_m = kScreenLine_m / static_cast<float>(walker_.stance().scale);
        const float lines = 1.f + static_cast<float>(std::ranges::count(text.text, '\n'));
        labels_.push_back({.position = world.translation + DVec3(out * 0.006f - up * (lines * 0.5f * kScreenLine_m)),
                           .orientation = look_rotation(-out, up),
                           .billboard = false,
                           .height_m = line_m,
                           .text = text.text,
                           .color_srgba = text.quality <= twin::Quality::Stale ? kStaleText : kLabelText,
                           .back_srgba = kScreenBack});
    }
}

void Client::compose_headset(Duration dt) {
    headset_->compose(input_, dt,
                      {.labels = labels_, .lines = lines_, .panels = panels_, .quads = quads_, .props = props_});
    list_.fade = headset_->fade();
    list_.vignette = headset_->vignette();
}

StatusWords Client::status() const {
    return {.loaded = stage_.loaded(),
            .total = stage_.total(),
            .loading = !stage_.complete(),
            .textures = render_stats().textures,
            .pending_textures = render_stats().pending_textures,
            .hint = view_->tool.hint(),
            .muted = sounds_->muted(),
            .refusal = system_clock().now() < refusal_.until ? refusal_.words.c_str() : nullptr};
}

void Client::compose_desktop(const xr::DesktopState& desktop, float dt_s) {
    asked_.clear();
    list_.overlay = {};
    if (desktop.width == 0) return;
    const UtcTime now = shown_time();
    desktop_ui_->begin(desktop.width, desktop.height, dt_s, {desktop.cursor_px, desktop.button_down[0]}, &desktop);
    if (state_.show_tree && !plant_.equipment.empty()) draw_tree(*live_, state_, CardPlace::Window, asked_);
    draw_card(*live_, scene_, state_, card_equipment(), now, CardPlace::Window, asked_);
    draw_board(state_.page, *live_, *layers_, state_.layers, now, CardPlace::Window, asked_);
    draw_legend(*layers_, CardPlace::Window);
    draw_time_bar(*live_, system_clock().utc_now(), asked_);
    if (state_.show_statistics) draw_statistics(stats_, render_stats(), *live_, gpu_name(), nullptr, CardPlace::Window);
    if (state_.show_help) draw_help(actions_, nullptr, CardPlace::Window, asked_);
    if (state_.show_problems) draw_problems(problems_, system_clock().utc_now(), CardPlace::Window, asked_);
    compose_view_panels();
    if (shows_registration()) draw_registration(*this, CardPlace::Window, asked_);
    if (state_.show_settings) draw_settings(options_.settings, CardPlace::Window, asked_);
    draw_status_bar(*live_, status(), problems_, asked_);
    draw_captions(sounds_->captions(), sounds_->captions_shown(), CardPlace::Window);
    desktop_ui_->end();
    list_.overlay = desktop_ui_->overlay();
    for (const auto& call : asked_) {
        const bool done = ask(call.action, call.arguments);
        if (palette_.asked == call.action) palette_.hear(done ? "" : refusal_.words);
    }
}

// A picture without panels: only what its colours mean.
void Client::compose_legend(const xr::DesktopState& desktop) {
    list_.overlay = {};
    if (desktop.width == 0 || layers_->legend().heat == work::Heat::None) return;
    desktop_ui_->begin(desktop.width, desktop.height, 0.f, {}, nullptr);
    draw_legend(*layers_, CardPlace::Window);
    desktop_ui_->end();
    list_.overlay = desktop_ui_->overlay();
}

DVec3 Client::card_point() const {
    const std::uint32_t equipment = card_equipment();
    const bool labelled = equipment != scene::kNone && !std::isnan(label_places_[equipment].at.x);
    return labelled ? label_places_[equipment].at : scene_.world(state_.selected).translation;
}

bool Client::has_status() const { return has_news(*live_, status(), problems_); }

} // namespace pw::app
