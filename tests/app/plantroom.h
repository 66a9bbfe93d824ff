#pragma once
// SPDX-License-Identifier: Apache-2.0
// A plant of a press and two others, and where the real press is in the user's space: for tests of registration.

#include "app/ar_registration.h"
#include "base/reports.h"
#include "tests/app/program.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace pw::test {

inline constexpr const char* kPressPlant = R"({"format": "plantwalk-plant", "version": 1, "name": "Press",
  "models": {"press": "press.glb"},
  "equipment": [
    {"id": "press", "level": "unit", "title": "Press", "model": "press",
     "placement": {"position_m": [1250.5, 0.25, -830.75], "yaw_deg": 35},
     "markers": [{"family": "tag36h11", "id": 3, "size_m": 0.16, "placement": {"position_m": [0.2, 1.3, 0.5]}},
                 {"family": "tag36h11", "id": 9, "size_m": 0.16,
                  "placement": {"position_m": [-0.4, 0.9, 0.5], "rotation": [0.1305262, 0, 0, 0.9914449]}}]},
    {"id": "stand", "level": "unit", "model": "press", "placement": {"position_m": [1246, 0, -830]}},
    {"id": "office", "level": "area"}]})";

inline glm::dquat turn(double yaw_deg, double tilt_deg = 0.0) {
    const double rad = std::numbers::pi / 180.0;
    return glm::angleAxis(yaw_deg * rad, DVec3(0, 1, 0)) * glm::angleAxis(tilt_deg * rad, DVec3(0.6, 0, 0.8));
}

// Points that no turn takes to each other.
inline const std::vector<DVec3> kPoints{
    {-0.5, 0.1, 0.4}, {0.6, 0.2, 0.5}, {0.45, 1.6, -0.3}, {-0.3, 1.2, 0.5}, {0.1, 0.7, -0.4}};

struct Plantroom {
    TempFolder folder;
    plant::Plant plant;
    scene::Scene scene;
    std::unique_ptr<Jobs> jobs = make_jobs_inline();
    std::shared_ptr<app::JobProblems> problems = std::make_shared<app::JobProblems>();
    xr::Input input;
    std::unique_ptr<app::ArRegistration> ar;
    xr::Anchors* anchors = nullptr;
    registration::Rigid origin_from_press{{0.4, 0.1, -1.5}, turn(-12.0)}; // where the real one is, in the user's space

    Plantroom() {
        Reports found;
        auto read = plant::parse_plant(kPressPlant, "press.json", found);
        REQUIRE_MESSAGE(read, (found.empty() ? "" : found.list().front().what));
        plant = std::move(*read);
        ModelBuilder builder("press.glb");
        builder.object("Body", box_geometry({0.6f, 0.9f, 0.5f}), plain(Vec4(1.f)), at(0, 0.9, 0));
        const auto model = builder.take();
        for (const auto& equipment : plant.equipment)
            if (!equipment.model.empty()) scene.place(model, to_affine(equipment.placement), equipment.id);
        scene.update();
        input.head_active = input.head_tracked = true;
        begin();
    }
    void begin() {
        ar.reset();
        ar = std::make_unique<app::ArRegistration>(plant, *jobs, problems, folder / "registrations");
        step();
    }
    void step() { ar->step(scene, input, /* worn= */ true, anchors); }
    registration::Rigid plant_from_press() const { return app::plant_from_asset(scene, scene.find_placed("press")); }
    // Touched where the real one is, and so far beside it.
    void touch(const DVec3& asset_m, const DVec3& beside_m = DVec3(0.0), double sd_m = 0.003) {
        REQUIRE(ar->touch({plant_from_press() * asset_m, origin_from_press * asset_m + beside_m, sd_m, false}));
        step(); // begins to work it out
        step(); // and hears of it
    }
    void register_press() {
        REQUIRE(ar->start(scene, 0));
        for (const DVec3& p : kPoints) touch(p);
        REQUIRE(ar->finish(scene));
        step();
        REQUIRE(ar->state(0) == registration::State::Good);
    }
    // How far from the real machine the model is shown, at the worst of its points.
    double off() const {
        const auto stance = ar->stance(scene);
        REQUIRE(stance);
        double worst = 0.0;
        for (const DVec3& p : kPoints)
            worst = std::max(worst, glm::distance(to_origin(*stance, plant_from_press() * p), origin_from_press * p));
        return worst;
    }
    std::string words() { return ar->take_words().value_or(""); }
};

} // namespace pw::test
