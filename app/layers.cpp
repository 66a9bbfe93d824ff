// SPDX-License-Identifier: Apache-2.0
#include "app/layers.h"

#include "app/live_nodes.h"
#include "app/panels/words.h"
#include "base/format.h"
#include "base/strings.h"
#include "work/way.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::app {

using plant::Element;
using plant::TagRole;
using work::Heat;

namespace {

constexpr std::uint8_t kNoTag = 255;
constexpr double kNear_m = 7.0; // names of what has no state
constexpr double kOverFloor_m = 0.012;
constexpr double kApproach_m = 2.2, kLeave_m = 3.2, kApproachCosine = 0.82;
constexpr std::size_t kTrailPlaces = 120;
constexpr double kTrailStep_m = 0.05, kTrailWidth_m = 0.12;
constexpr double kChevronEvery_m = 1.1, kChevron_m = 0.5;
constexpr double kWayAnew_m = 0.5; // the way is found again when the user has gone so far
constexpr std::uint32_t kWashAlpha = 0xd0u << 24, kFieldAlpha = 0xa8;
constexpr std::uint32_t kWay = 0xe0'20'c0'ffu, kPeopleTrail = 0xff'a0'60u, kVehicleTrail = 0x30'90'ffu;
constexpr std::uint32_t kBarBack = 0xc0'30'28'22u, kBarFill = 0xf0'e0'b0'50u, kBarFull = 0xf0'30'80'ffu;
constexpr double kFull = 0.9; // a buffer that is this full is about to hold up what feeds it

std::uint32_t with_alpha(std::uint32_t rgb, double alpha) {
    return (rgb & 0xff'ffffu) | static_cast<std::uint32_t>(alpha * 255.0 + 0.5) << 24;
}

double distance_to(const DAabb& box, const DVec3& p) {
    const DVec3 outside = glm::max(glm::max(box.min - p, p - box.max), DVec3(0.0));
    return std::hypot(outside.x, outside.z);
}

DVec3 middle(const DAabb& box) { return (box.min + box.max) * 0.5; }

} // namespace

bool wants_acknowledge(twin::AlarmState state) {
    return state == twin::AlarmState::Unacknowledged || state == twin::AlarmState::ReturnedUnacknowledged ||
           state == twin::AlarmState::LatchedUnacknowledged;
}

const char* priority_words(plant::AlarmPriority priority) {
    switch (priority) {
    case plant::AlarmPriority::Critical:
        return text(Text::PriorityCritical);
    case plant::AlarmPriority::High:
        return text(Text::PriorityHigh);
    case plant::AlarmPriority::Medium:
        return text(Text::PriorityMedium);
    case plant::AlarmPriority::Low:
        return text(Text::PriorityLow);
    }
    return "";
}

PlateColors priority_colors(plant::AlarmPriority priority, bool acknowledged) {
    constexpr std::array<PlateColors, plant::kAlarmPriorities> kOf{{{0xf0'30'20'c8u, 0xff'ff'ff'ffu},
                                                                    {0xf0'10'68'e8u, 0xff'08'08'08u},
                                                                    {0xf0'20'c8'f8u, 0xff'08'08'08u},
                                                                    {0xf0'd8'a0'58u, 0xff'08'08'08u}}};
    PlateColors out = kOf.at(static_cast<std::size_t>(priority));
    if (acknowledged) out = {0xd8'20'18'14u, out.back_srgba | 0xff00'0000u}; // known: letters in its colour
    return out;
}

Layers::Layers(const plant::Plant& plant, Live& live)
    : plant_(plant), live_(live), lines_(work::lines_of(plant)), boxes_(plant.equipment.size()),
      tag_by_role_(plant.equipment.size()), washed_(plant.equipment.size(), 0) {
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        tag_by_role_[e].fill(kNoTag);
        const auto& tags = plant.equipment[e].tags;
        for (std::size_t t = 0; t < std::min<std::size_t>(tags.size(), kNoTag); ++t)
            tag_by_role_[e].at(static_cast<std::size_t>(tags[t].role)) = static_cast<std::uint8_t>(t);
    }
}

void Layers::resolve(const scene::Scene& scene) {
    dirty_ = true;
    std::ranges::fill(washed_, 0u);
    trails_.clear();
    for (std::uint32_t e = 0; e < boxes_.size(); ++e) {
        const auto machine = find_model(scene, plant_.equipment[e], "");
        if (!machine) continue;
        measure(scene, e);
        const Element element = plant_.equipment[e].element;
        const bool moves = std::ranges::any_of(plant_.equipment[e].bindings, [&](const plant::Binding& b) {
            if (b.property != plant::Property::Translation) return false;
            const auto node = scene.find_path(machine, b.node);
            return node && scene.parent(node) == scene::kNone; // all of it
        });
        if (element == Element::People || moves) trails_.push_back({e, {}});
    }
}

void Layers::measure(const scene::Scene& scene, std::uint32_t equipment) {
    boxes_[equipment] = {};
    const auto machine = find_model(scene, plant_.equipment[equipment], "");
    const auto& placed = scene.placed()[machine.index];
    for (std::uint32_t n = placed.first_node; n < placed.first_node + placed.node_count; n = scene.subtree_end({n}))
        grow(boxes_[equipment], scene.world_bounds({n}));
}

const plant::Tag* Layers::tag_of(std::uint32_t equipment, TagRole role) const {
    const std::uint8_t tag = tag_by_role_[equipment].at(static_cast<std::size_t>(role));
    return tag == kNoTag ? nullptr : &plant_.equipment[equipment].tags[tag];
}

const twin::TagState* Layers::tag_state(std::uint32_t equipment, const plant::Tag& tag) const {
    const auto* state = live_.find(equipment, tag);
    return state != nullptr && state->quality > twin::Quality::Stale ? state : nullptr;
}

std::string Layers::role_words(std::uint32_t equipment, TagRole role) const {
    const auto* tag = tag_of(equipment, role);
    const auto* state = tag != nullptr ? tag_state(equipment, *tag) : nullptr;
    return state != nullptr ? state_words(*state, *tag) : std::string();
}

// Doubt stands with the number that it is about.
std::string Layers::number_words(std::uint32_t equipment, TagRole role) const {
    const auto* tag = tag_of(equipment, role);
    const auto* state = tag != nullptr ? tag_state(equipment, *tag) : nullptr;
    const double number = state != nullptr ? twin::to_number(state->value, std::nan("")) : std::nan("");
    if (!std::isfinite(number)) return {};
    return (role == TagRole::Fill ? formatted("{:.0f} / {:.0f}", number, *tag->high)
                                  : formatted("{:.0f} {}", number, tag->unit)) +
           doubt_words(state->quality);
}

std::optional<Layers::Figure> Layers::heat_figure(Heat heat, std::uint32_t equipment) const {
    auto worst = twin::Quality::Good;
    const auto find = [&](std::uint32_t e, const plant::Tag& tag) {
        const auto* state = tag_state(e, tag);
        if (state != nullptr) worst = std::min(worst, state->quality);
        return state;
    };
    const auto number = work::heat_of(heat, plant_, equipment, live_.figures(), find);
    if (!number) return std::nullopt;
    if (heat == Heat::Oee && figures(equipment).uncertain.at(static_cast<std::size_t>(twin::Kpi::Oee)))
        worst = twin::Quality::Uncertain;
    const auto* state = heat == Heat::Utilisation ? tag_of(equipment, TagRole::State) : nullptr;
    if (state != nullptr) find(equipment, *state);
    return Figure{*number, worst};
}

std::string Layers::heat_words(std::uint32_t equipment, const LayerChoice& choice) const {
    const auto figure = choice.heat != Heat::None ? heat_figure(choice.heat, equipment) : std::nullopt;
    if (!figure) return {};
    return formatted("{:.{}f} {}{}", figure->number, figure->number < 10.0 ? 1 : 0, work::heat_unit(choice.heat),
                     doubt_words(figure->quality));
}

std::optional<double> Layers::fill(std::uint32_t equipment) const {
    const auto* tag = tag_of(equipment, TagRole::Fill);
    const auto* state = tag != nullptr ? tag_state(equipment, *tag) : nullptr;
    if (state == nullptr) return std::nullopt;
    const double low = tag->low.value_or(0.0);
    const double full = (twin::to_number(state->value, std::nan("")) - low) / (*tag->high - low);
    return std::isfinite(full) ? std::optional(std::clamp(full, 0.0, 1.0)) : std::nullopt;
}

const work::MachineFigures& Layers::figures(std::uint32_t equipment) const {
    static const work::MachineFigures kNothing;
    const auto& machines = live_.figures().machines;
    return equipment < machines.size() ? machines[equipment] : kNothing;
}

const twin::AlarmRow* Layers::alarm(std::uint32_t equipment) const {
    const auto& figures = this->figures(equipment);
    return figures.alarm.alarm.valid() ? &figures.alarm : nullptr;
}

bool Layers::is_named(std::uint32_t equipment, double distance_m, const LayerChoice& choice) const {
    if (alarm(equipment) != nullptr || (equipment < heats_.size() && heats_[equipment])) return true;
    if (!choice.elements.at(static_cast<std::size_t>(plant_.equipment[equipment].element))) return false;
    const bool major =
        tag_of(equipment, TagRole::State) != nullptr || plant_.equipment[equipment].element == Element::People;
    return major || distance_m <= kNear_m;
}

void Layers::lines_above(std::uint32_t equipment, std::string& words) const {
    if (figures(equipment).bottleneck) {
        words += text(Text::Bottleneck);
        words += '\n';
    }
    const auto* row = alarm(equipment);
    if (row == nullptr) return;
    const auto& names = live_.management()->names();
    words += priority_words(row->priority);
    words += " · ";
    words += names.declared(row->alarm).title;
    if (row->source < twin::Quality::Good) {
        words += " · ";
        words += quality_words(row->source);
    }
    words += '\n';
}

void Layers::lines_below(std::uint32_t equipment, const LayerChoice& choice, std::string& words) const {
    const auto shown = [&](Element element) { return choice.elements.at(static_cast<std::size_t>(element)); };
    const std::size_t before = words.size();
    const auto add = [&](const std::string& what) {
        if (what.empty()) return;
        words += words.size() == before ? "\n" : " · ";
        words += what;
    };
    if (shown(Element::Machines)) {
        const auto* reason = tag_of(equipment, TagRole::Reason);
        const auto* state = reason != nullptr ? tag_state(equipment, *reason) : nullptr;
        if (state != nullptr && value_words(*state, *reason) != "none") add(state_words(*state, *reason));
        add(number_words(equipment, TagRole::Rate));
    }
    if (shown(Element::Materials) || choice.line) add(number_words(equipment, TagRole::Fill));
    if (shown(Element::Methods)) {
        for (const TagRole role : {TagRole::Product, TagRole::Mode, TagRole::Speed}) add(role_words(equipment, role));
    }
    if (shown(Element::Environment)) {
        for (const Heat heat : {Heat::Energy, Heat::Temperature}) {
            const auto figure = heat_figure(heat, equipment);
            if (figure)
                add(formatted("{:.1f} {}{}", figure->number, work::heat_unit(heat), doubt_words(figure->quality)));
        }
    }
    const auto add_kpi = [&](twin::Kpi kpi, const char* name, int digits) {
        const auto k = static_cast<std::size_t>(kpi);
        const auto number = figures(equipment).kpis.at(k);
        if (!number) return;
        const auto quality = figures(equipment).uncertain.at(k) ? twin::Quality::Uncertain : twin::Quality::Good;
        add(formatted("{} {:.{}f} %{}", name, *number * 100.f, digits, doubt_words(quality)));
    };
    if (shown(Element::Quality)) add_kpi(twin::Kpi::Quality, text(Text::GoodShare), 2);
    if (choice.line) add_kpi(twin::Kpi::Oee, text(Text::Oee), 0);
    add(heat_words(equipment, choice));
}

void Layers::triangle(const DVec3& a, const DVec3& b, const DVec3& c, std::uint32_t color) {
    for (const DVec3& p : {a, b, c}) {
        indices_.push_back(static_cast<std::uint32_t>(vertices_.size()));
        vertices_.push_back({p, color});
    }
}

void Layers::ribbon(const DVec3& from, const DVec3& to, double width_m, std::uint32_t color) {
    const DVec3 along = to - from;
    const double length = glm::length(along);
    if (length < 1e-6) return;
    const DVec3 side = DVec3(-along.z, 0.0, along.x) * (0.5 * width_m / length);
    triangle(from - side, to - side, to + side, color);
    triangle(from - side, to + side, from + side, color);
}

void Layers::color_machines(scene::Scene& scene, const LayerChoice& choice) {
    legend_ = {.heat = choice.heat, .scale = {}};
    heats_.assign(boxes_.size(), std::nullopt);
    heats_known_.clear();
    spots_.clear();
    for (std::uint32_t e = 0; choice.heat != Heat::None && e < boxes_.size(); ++e) {
        const auto figure = heat_figure(choice.heat, e);
        if (!figure) continue;
        heats_[e] = figure->number;
        heats_known_.push_back(figure->number);
        legend_.uncertain += figure->quality < twin::Quality::Good ? 1u : 0u;
    }
    legend_.machines = heats_known_.size();
    legend_.scale = work::heat_scale(choice.heat, heats_known_);
    for (std::uint32_t e = 0; e < boxes_.size(); ++e) {
        std::uint32_t wash = 0;
        if (heats_[e]) {
            const double share = (*heats_[e] - legend_.scale.low) / (legend_.scale.high - legend_.scale.low);
            wash = (work::heat_color(choice.heat, share) & 0xff'ffffu) | kWashAlpha;
            if (!boxes_[e].empty()) spots_.push_back({boxes_[e].min, boxes_[e].max, std::clamp(share, 0.0, 1.0)});
        }
        if (wash == washed_[e]) continue;
        washed_[e] = wash;
        for (const auto root : live_.roots(e)) {
            scene::Style style = scene.style(root);
            style.wash_srgba = wash;
            scene.set_style(root, style);
        }
    }
    draw_field(choice.heat);
}

void Layers::draw_field(Heat heat) {
    work::heat_field(spots_, field_);
    const work::HeatField& field = field_;
    if (field.columns < 2) return;
    const auto first = static_cast<std::uint32_t>(vertices_.size());
    for (std::uint32_t r = 0; r < field.rows; ++r) {
        for (std::uint32_t c = 0; c < field.columns; ++c) {
            const std::size_t i = std::size_t{r} * field.columns + c;
            const auto alpha = static_cast<std::uint32_t>(field.strength[i] * static_cast<float>(kFieldAlpha));
            vertices_.push_back(
                {{field.x0_m + c * field.step_m, field.floor_m + kOverFloor_m, field.z0_m + r * field.step_m},
                 (work::heat_color(heat, field.share[i]) & 0xff'ffffu) | alpha << 24});
        }
    }
    for (std::uint32_t r = 0; r + 1 < field.rows; ++r) {
        for (std::uint32_t c = 0; c + 1 < field.columns; ++c) {
            const std::uint32_t corner = r * field.columns + c;
            const std::array quad{corner, corner + field.columns, corner + 1u, corner + field.columns + 1u};
            if (std::ranges::all_of(quad, [&](std::uint32_t q) { return field.strength[q] == 0.f; })) continue;
            for (const std::size_t q : {0uz, 1uz, 2uz, 2uz, 1uz, 3uz}) indices_.push_back(first + quad.at(q));
        }
    }
}

// Over each buffer, along its longer side: how full it is.
void Layers::draw_line() {
    for (std::uint32_t e = 0; e < boxes_.size(); ++e) {
        const auto full = fill(e);
        if (!full || boxes_[e].empty()) continue;
        const DAabb& box = boxes_[e];
        const DVec3 size = box.max - box.min;
        const bool along_x = size.x >= size.z;
        const double y = box.max.y + 0.25;
        const DVec3 at = middle(box);
        const DVec3 a = along_x ? DVec3(box.min.x, y, at.z) : DVec3(at.x, y, box.min.z);
        const DVec3 b = along_x ? DVec3(box.max.x, y, at.z) : DVec3(at.x, y, box.max.z);
        const DVec3 up(0.0, 0.005, 0.0);
        ribbon(a, b, 0.24, kBarBack);
        ribbon(a + up, a + (b - a) * *full + up, 0.17, *full >= kFull ? kBarFull : kBarFill);
    }
}

void Layers::keep_trails(const scene::Scene& scene, Time now) {
    if (now - last_trail_ < from_ms(1000)) return;
    last_trail_ = now;
    if (live_.away()) return; // what moves then is not of this visit
    for (Trail& trail : trails_) {
        const auto roots = live_.roots(trail.equipment);
        if (roots.empty()) continue;
        const DVec3 at = scene.world(roots.front()).translation;
        if (!trail.places.empty() && glm::length(at - trail.places.back()) < kTrailStep_m) continue;
        trail.places.push_back(at);
        if (trail.places.size() > kTrailPlaces) trail.places.pop_front();
        dirty_ = dirty_ || drawn_.traffic;
    }
}

void Layers::draw_trails() {
    if (live_.away()) return; // they are of now
    for (const Trail& trail : trails_) {
        const bool person = plant_.equipment[trail.equipment].element == Element::People;
        for (std::size_t i = 1; i < trail.places.size(); ++i) {
            const double age = static_cast<double>(trail.places.size() - i) / static_cast<double>(kTrailPlaces);
            const DVec3 up(0.0, kOverFloor_m + (person ? 0.004 : 0.002), 0.0);
            ribbon(trail.places[i - 1] + up, trail.places[i] + up, person ? kTrailWidth_m : 4.0 * kTrailWidth_m,
                   with_alpha(person ? kPeopleTrail : kVehicleTrail, 0.85 * (1.0 - age)));
        }
    }
}

// Chevrons on the floor that point the way, and a pillar where it ends.
void Layers::draw_way(const LayerChoice& choice, const DVec3& feet) {
    way_ = {};
    way_from_ = feet;
    if (!choice.way.valid() || live_.management() == nullptr) return;
    const std::uint32_t machine = live_.management()->names().equipment(choice.way);
    if (boxes_[machine].empty()) return;
    const DVec3 target = glm::clamp(feet, boxes_[machine].min, boxes_[machine].max);
    way_.points = work::find_way(plant_.production, feet, {target.x, feet.y, target.z});
    way_.length_m = work::length_of(way_.points);
    double next = kChevronEvery_m;
    for (std::size_t i = 1; i < way_.points.size(); ++i) {
        const DVec3 from = way_.points[i - 1], along = way_.points[i] - from;
        const double length = glm::length(along);
        const DVec3 ahead = along / length, side(-ahead.z, 0.0, ahead.x);
        for (; next <= length; next += kChevronEvery_m) {
            const DVec3 tip = from + ahead * next + DVec3(0.0, 2.0 * kOverFloor_m, 0.0);
            for (const double hand : {-1.0, 1.0}) {
                const DVec3 wing = tip - ahead * kChevron_m + side * (hand * kChevron_m);
                const DVec3 back = ahead * (0.4 * kChevron_m);
                triangle(tip, wing, wing - back, kWay);
                triangle(tip, wing - back, tip - back, kWay);
            }
        }
        next -= length;
    }
    const DVec3 top = middle(boxes_[machine]);
    for (const DVec3& across : {DVec3(0.07, 0.0, 0.0), DVec3(0.0, 0.0, 0.07)}) {
        const DVec3 foot(top.x, boxes_[machine].max.y + 0.1, top.z), head = foot + DVec3(0.0, 2.5, 0.0);
        triangle(foot - across, foot + across, head + across, kWay);
        triangle(foot - across, head + across, head - across, kWay);
    }
}

void Layers::step(scene::Scene& scene, const LayerChoice& choice, const DVec3& feet, Time now) {
    keep_trails(scene, now);
    if (now >= next_measure_) { // what moves
        next_measure_ = now + from_ms(500);
        for (const Trail& trail : trails_) measure(scene, trail.equipment);
    }
    const UtcTime figures = live_.figures().time;
    const bool walked = choice.way.valid() && glm::length(feet - way_from_) > kWayAnew_m;
    if (!dirty_ && choice == drawn_ && figures == figures_time_ && !walked) return;
    dirty_ = false;
    drawn_ = choice;
    figures_time_ = figures;
    vertices_.clear();
    indices_.clear();
    color_machines(scene, choice);
    if (choice.line || choice.elements.at(static_cast<std::size_t>(Element::Materials))) draw_line();
    if (choice.traffic) draw_trails();
    draw_way(choice, feet);
}

std::uint32_t Layers::approached(const Pose& world_from_eye, std::uint32_t before) const {
    const DVec3 eye = world_from_eye.position;
    const DVec3 ahead(world_from_eye.orientation * Vec3(0.f, 0.f, -1.f));
    std::uint32_t nearest = plant::kNoEquipment;
    double least = kLeave_m;
    for (std::uint32_t e = 0; e < boxes_.size(); ++e) {
        if (boxes_[e].empty() || tag_of(e, TagRole::State) == nullptr || eye.y > boxes_[e].max.y + kLeave_m) continue;
        const double distance = distance_to(boxes_[e], eye);
        if (distance >= least || (e != before && distance > kApproach_m)) continue;
        const DVec3 towards = middle(boxes_[e]) - eye;
        const double flat = std::hypot(towards.x, towards.z), look = std::hypot(ahead.x, ahead.z);
        if (flat > 1e-6 && look > 1e-6 && (towards.x * ahead.x + towards.z * ahead.z) / (flat * look) < kApproachCosine)
            continue;
        least = distance;
        nearest = e;
    }
    return nearest;
}

} // namespace pw::app
