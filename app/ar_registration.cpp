// SPDX-License-Identifier: Apache-2.0
#include "app/ar_registration.h"

#include "app/ar_solve.h"
#include "base/assert.h"
#include "base/format.h"
#include "base/strings.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <format>
#include <utility>

namespace pw::app {

using namespace registration;

namespace {

constexpr std::size_t kFewest = 2; // that can do, where the vertical is known
constexpr double kUseless_m = 0.5; // worse known than so at its middle, a machine is only guessed at

bool stands_upright(const Rigid& plant_from_asset) {
    return glm::length(plant_from_asset.rotation * DVec3(0.0, 1.0, 0.0) - DVec3(0.0, 1.0, 0.0)) < 1e-3;
}

} // namespace

// What a job worked out, and for which question.
struct ArRegistration::Answer {
    std::uint64_t asked = 0;
    std::uint32_t equipment = plant::kNoEquipment;
    Asset asset;
    std::optional<Result<PointSolution>> points;
    std::optional<Result<MarkerSolution>> markers;
};

struct ArRegistration::Shared {
    std::atomic<std::uint64_t> newest{0}; // question: older ones need no answer any more
    Guarded<std::optional<Answer>> answer;
};

Rigid plant_from_asset(const scene::Scene& scene, scene::PlacedId placed) {
    const Affine& place = scene.placed()[placed.index].world_from_model;
    glm::dmat3 turn(place.linear);
    for (int c = 0; c < 3; ++c) turn[c] = glm::normalize(turn[c]);
    return {place.translation, glm::normalize(glm::quat_cast(turn))};
}

DVec3 middle_of(const scene::Scene& scene, scene::PlacedId placed) {
    const auto& of = scene.placed()[placed.index];
    DAabb box;
    for (std::uint32_t n = of.first_node; n < of.first_node + of.node_count; n = scene.subtree_end({n}))
        grow(box, scene.world_bounds({n}));
    if (box.empty()) return DVec3(0.0);
    return inverse(plant_from_asset(scene, placed)) * ((box.min + box.max) * 0.5);
}

ArRegistration::ArRegistration(const plant::Plant& plant, Jobs& jobs, std::shared_ptr<JobProblems> problems,
                               std::string folder)
    : plant_(plant), jobs_(jobs), keeper_(std::move(folder), std::move(problems)), shared_(std::make_shared<Shared>()) {
    keeper_.read(jobs_);
}

ArRegistration::~ArRegistration() { ask(); }

// Whatever was asked before is no answer any more.
std::uint64_t ArRegistration::ask() {
    reading_ = plant::kNoEquipment;
    now_from_asked_ = {};
    return shared_->newest = ++asked_;
}

Result<void> ArRegistration::start(const scene::Scene& scene, std::uint32_t equipment) {
    PW_ASSERT(equipment < plant_.equipment.size(), "an equipment of the plant");
    if (!scene.find_placed(plant_.equipment[equipment].id))
        return fail(Errc::NotFound, plant_.equipment[equipment].title + " has no model that could lie on it");
    flow_ = RegistrationFlow{.equipment = equipment};
    unsay();
    ask();
    ++revision_;
    return {};
}

Result<void> ArRegistration::touch(const Touch& touch) {
    if (!flow_) return fail(Errc::Refused, text(Text::NothingRegistered));
    if (flow_->touches.size() == kMaxPairs) return fail(Errc::Exhausted, text(Text::PointsEnough));
    flow_->touches.push_back(touch);
    touches_changed();
    return {};
}

Result<void> ArRegistration::undo_touch() {
    if (!flow_ || flow_->touches.empty()) return fail(Errc::Refused, text(Text::NoPointYet));
    flow_->touches.pop_back();
    touches_changed();
    return {};
}

void ArRegistration::touches_changed() {
    ask();
    ++revision_;
    flow_->working = unsolved_ = true;
}

Result<void> ArRegistration::cancel() {
    if (!flow_) return fail(Errc::Refused, text(Text::NothingRegistered));
    flow_.reset();
    unsay();
    ask();
    ++revision_;
    return {};
}

Result<void> ArRegistration::finish(const scene::Scene& scene) {
    if (!flow_) return fail(Errc::Refused, text(Text::NothingRegistered));
    if (flow_->touches.size() < kFewest) return fail(Errc::Refused, text(Text::PointsTooFew));
    if (flow_->working) {
        flow_->finishing = true;
        return {};
    }
    return accept_points(scene, {});
}

Result<void> ArRegistration::choose(const scene::Scene& scene, std::size_t which) {
    if (!flow_ || !flow_->solution || flow_->working) return fail(Errc::Refused, text(Text::NothingToChoose));
    return accept_points(scene, which);
}

Result<void> ArRegistration::accept_points(const scene::Scene& scene, std::optional<std::size_t> chosen) {
    if (!flow_->solution) return fail(Errc::Refused, flow_->refused);
    auto made = make_registration(asset_, system_clock().utc_now(), *flow_->solution, chosen);
    if (!made) {
        flow_->choosing = flow_->solution->ambiguous();
        return std::unexpected(made.error());
    }
    const std::uint32_t equipment = flow_->equipment;
    const DVec3 middle = middle_of(scene, scene.find_placed(plant_.equipment[equipment].id));
    if (auto known = known_enough(equipment, made->estimate, middle); !known) return known;
    flow_.reset();
    accept(scene, equipment, std::move(made));
    return {};
}

Result<void> ArRegistration::known_enough(std::uint32_t equipment, const Estimate& estimate,
                                          const DVec3& middle_m) const {
    const double bound_m = error_at(estimate, middle_m).bound95_m;
    if (bound_m < kUseless_m) return {};
    return fail(Errc::Refused, vformatted(text(Text::KnownTooLittle),
                                          std::make_format_args(plant_.equipment[equipment].title, bound_m)));
}

void ArRegistration::accept(const scene::Scene& scene, std::uint32_t equipment, Result<Registration> made) {
    const auto placed = scene.find_placed(plant_.equipment[equipment].id);
    Machine machine{Registrar(made->asset), middle_of(scene, placed)};
    drop_anchor(equipment);
    keep(equipment, *made);
    const auto accepted = machine.registrar.accept(std::move(*made));
    PW_ASSERT(accepted.has_value(), "a registration that was made for this asset, in the user's space");
    machine.registrar.tracking(tracked_);
    machines_.insert_or_assign(equipment, std::move(machine));
    kept_.erase(equipment);
    active_ = equipment;
    ++revision_;
    const double error_mm = 1e3 * error(scene, equipment).bound95_m;
    words_ = vformatted(text(Text::IsRegistered), std::make_format_args(plant_.equipment[equipment].title, error_mm));
}

Result<void> ArRegistration::read_markers(const scene::Scene& scene, std::uint32_t equipment, const std::string& file) {
    const auto& machine = plant_.equipment[equipment];
    const auto placed = scene.find_placed(machine.id);
    if (!placed) return fail(Errc::NotFound, machine.title + " has no model that could lie on it");
    if (machine.markers.empty()) return fail(Errc::Refused, machine.title + " has no markers in the plant file");
    MarkerOptions options;
    if (stands_upright(plant_from_asset(scene, placed))) options.upright_sd_rad = kUpright_rad;
    if (state(equipment) == State::Good) options.near = last(equipment)->estimate;
    flow_.reset();
    unsay();
    ++revision_;
    const std::uint64_t mine = ask();
    reading_ = equipment;
    jobs_.add(JobClass::Background,
              [shared = shared_, mine, equipment, options, file, id = machine.id, markers = to_markers(machine.markers),
               model = scene.placed()[placed.index].model] {
                  const auto wanted = [&] { return shared->newest == mine; };
                  Answer answer{.asked = mine, .equipment = equipment, .asset = {id, geometry_hash(*model)}};
                  answer.markers = solve_markers(file, markers, options, wanted);
                  if (wanted()) *shared->answer.lock() = std::move(answer);
              });
    return {};
}

// The touches that there are now.
void ArRegistration::solve(const scene::Scene& scene) {
    const auto placed = scene.find_placed(plant_.equipment[flow_->equipment].id);
    const Rigid place = plant_from_asset(scene, placed), asset_from_plant = inverse(place);
    std::vector<PointPair> pairs;
    for (const Touch& touch : flow_->touches)
        pairs.push_back({asset_from_plant * touch.plant_m, touch.origin_m, touch.sd_m, touch.unique});
    PointOptions options;
    if (stands_upright(place)) options.vertical_sd_rad = kUpright_rad;
    const std::uint64_t mine = ask();
    jobs_.add(JobClass::Background,
              [shared = shared_, mine, pairs = std::move(pairs), options, equipment = flow_->equipment,
               id = plant_.equipment[flow_->equipment].id, model = scene.placed()[placed.index].model] {
                  if (shared->newest != mine) return;
                  Answer answer{.asked = mine, .equipment = equipment, .asset = {id, geometry_hash(*model)}};
                  answer.points = register_points(pairs, options);
                  *shared->answer.lock() = std::move(answer);
              });
}

void ArRegistration::hear(const scene::Scene& scene, Answer answer) {
    if (answer.asked != asked_) return;
    reading_ = plant::kNoEquipment;
    ++revision_;
    if (answer.markers) {
        if (!*answer.markers) {
            words_ = answer.markers->error().what;
            return;
        }
        auto made = make_registration(answer.asset, system_clock().utc_now(), **answer.markers);
        made.estimate = known(now_from_asked_) * made.estimate;
        const DVec3 middle = middle_of(scene, scene.find_placed(plant_.equipment[answer.equipment].id));
        if (const auto known = known_enough(answer.equipment, made.estimate, middle); !known) {
            words_ = known.error().what;
            return;
        }
        accept(scene, answer.equipment, std::move(made));
        return;
    }
    flow_->working = false;
    asset_ = answer.asset;
    flow_->solution.reset();
    flow_->refused.clear();
    if (*answer.points)
        flow_->solution = std::move(**answer.points);
    else
        flow_->refused = answer.points->error().what;
    if (!std::exchange(flow_->finishing, false)) return;
    if (const auto done = accept_points(scene, {}); !done) words_ = done.error().what;
}

void ArRegistration::step(const scene::Scene& scene, const xr::Input& input, bool worn, xr::Anchors* anchors) {
    for (auto& registration : keeper_.take()) {
        const auto equipment = plant::find_equipment(plant_, registration.asset.id);
        if (equipment == plant::kNoEquipment || machines_.contains(equipment)) continue;
        for (const std::string& old : registration.old_anchors) old_anchors_.push_back({old, equipment});
        kept_.insert_or_assign(equipment, Kept{std::move(registration)});
        ++revision_;
    }
    if (worn) follow_space(input);
    if (anchors != nullptr && tracked_) follow_anchors(scene, *anchors);
    if (auto answer = std::exchange(*shared_->answer.lock(), std::nullopt)) hear(scene, std::move(*answer));
    if (flow_ && std::exchange(unsolved_, false)) solve(scene);
}

void ArRegistration::follow_space(const xr::Input& input) {
    const bool tracked = input.head_active && input.head_tracked;
    if (std::exchange(tracked_, tracked) != tracked) {
        for (auto& [equipment, machine] : machines_) machine.registrar.tracking(tracked);
        ++revision_;
        if (!tracked && !machines_.empty()) words_ = text(Text::TrackingLost);
    }
    if (!input.recentred) return;
    if (!input.old_origin_from_origin) return space_lost();
    const Rigid now_from_before = inverse(to_rigid(*input.old_origin_from_origin));
    for (auto& [equipment, machine] : machines_) machine.registrar.world_moved(now_from_before);
    now_from_asked_ = now_from_before * now_from_asked_;
    if (!flow_) return;
    for (Touch& touch : flow_->touches) touch.origin_m = now_from_before * touch.origin_m;
    touches_changed();
}

void ArRegistration::space_lost() {
    if (machines_.empty() && !flow_ && reading_ == plant::kNoEquipment) return;
    for (auto& [equipment, machine] : machines_)
        kept_.insert_or_assign(equipment, Kept{machine.anchored ? *machine.anchored : *machine.registrar.last()});
    machines_.clear();
    if (!made_anchor_.empty()) old_anchors_.push_back({std::exchange(made_anchor_, {}), anchoring_});
    anchoring_ = plant::kNoEquipment;
    active_ = plant::kNoEquipment;
    flow_.reset();
    ask();
    ++revision_;
    words_ = text(Text::SpaceLost);
}

Result<void> ArRegistration::forget(std::uint32_t equipment) {
    drop_anchor(equipment);
    if (machines_.erase(equipment) + kept_.erase(equipment) == 0)
        return fail(Errc::Refused, plant_.equipment[equipment].title + " is not registered");
    keeper_.forget(jobs_, plant_.equipment[equipment].id);
    unsay();
    if (active_ == equipment) follow_newest(); // the one before it counts again
    ++revision_;
    return {};
}

void ArRegistration::follow_newest() {
    active_ = plant::kNoEquipment;
    UtcTime newest{};
    for (const auto& [equipment, machine] : machines_) {
        if (machine.registrar.last()->time < newest) continue;
        newest = machine.registrar.last()->time;
        active_ = equipment;
    }
}

std::optional<interaction::Stance> ArRegistration::stance(const scene::Scene& scene) const {
    if (active_ == plant::kNoEquipment) return std::nullopt;
    const auto placed = scene.find_placed(plant_.equipment[active_].id);
    const Rigid plant_from_origin = plant_from_asset(scene, placed) * inverse(last(active_)->estimate.place);
    return interaction::stance_at(plant_from_origin.translation, plant_from_origin.rotation);
}

State ArRegistration::state(std::uint32_t equipment) const {
    const auto found = machines_.find(equipment);
    return found == machines_.end() ? State::None : found->second.registrar.state();
}

const Registration* ArRegistration::last(std::uint32_t equipment) const {
    const auto found = machines_.find(equipment);
    return found == machines_.end() ? nullptr : found->second.registrar.last();
}

const Registration* ArRegistration::kept(std::uint32_t equipment) const {
    const auto found = kept_.find(equipment);
    return found == kept_.end() ? nullptr : &found->second.registration;
}

PointError ArRegistration::error(const scene::Scene& scene, std::uint32_t equipment,
                                 const std::optional<DVec3>& plant_m) const {
    const auto found = machines_.find(equipment);
    PW_ASSERT(found != machines_.end(), "it is registered");
    return error_at(found->second.registrar.last()->estimate, in_asset(scene, equipment, plant_m));
}

Result<PointError> ArRegistration::allows(const scene::Scene& scene, std::uint32_t equipment,
                                          const std::optional<DVec3>& plant_m, double needed_m) const {
    const auto found = machines_.find(equipment);
    if (found == machines_.end()) return Registrar({plant_.equipment[equipment].id, 0}).allows(DVec3(0.0), needed_m);
    return found->second.registrar.allows(in_asset(scene, equipment, plant_m), needed_m);
}

DVec3 ArRegistration::in_asset(const scene::Scene& scene, std::uint32_t equipment,
                               const std::optional<DVec3>& plant_m) const {
    if (!plant_m) return machines_.at(equipment).middle_m;
    return inverse(plant_from_asset(scene, scene.find_placed(plant_.equipment[equipment].id))) * *plant_m;
}

// What was said of what is no longer so.
void ArRegistration::unsay() {
    words_.clear();
    said_.clear();
}

std::optional<std::string> ArRegistration::take_words() {
    if (words_.empty()) return std::nullopt;
    said_ = std::exchange(words_, {});
    return said_;
}

} // namespace pw::app
