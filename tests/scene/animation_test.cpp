// SPDX-License-Identifier: Apache-2.0
#include "scene/animation.h"

#include "scene/gltf.h"
#include "scene/material_value.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_geometric.hpp>
#include <glm/geometric.hpp>

#include <cmath>
#include <set>

using namespace pw;
using namespace pw::scene;

namespace {

struct Rig { // one node with two morph targets
    Scene scene;
    PlacedId placed;
    Clip clip;

    Rig() {
        auto model = std::make_shared<Model>();
        model->geometries.emplace_back().morphs.resize(2);
        model->meshes.push_back({"", {{0, kNone}}, {}});
        model->nodes.emplace_back().subtree_end = 1;
        model->nodes[0].mesh = 0;
        placed = scene.place(model, {}, "m");
    }
    const Transform& at(ChannelPath path, Interpolation how, std::vector<float> times, std::vector<float> values,
                        float time_s) {
        clip.channels = {{0, path, how, std::move(times), std::move(values)}};
        apply_clip(scene, placed, clip, time_s);
        return scene.local(NodeId{0});
    }
};

} // namespace

TEST_SUITE("scene/animation") {
    TEST_CASE("a clip changes materials and lights of the model that it is played on, and says which") {
        auto model = std::make_shared<Model>();
        model->materials.resize(2);
        model->materials[1].layers.emplace();
        model->lights.resize(1);
        model->nodes.emplace_back().subtree_end = 1;
        Clip clip;
        const auto add = [&](ChannelPath path, std::uint32_t object, const ValueName& value,
                             std::vector<float> values) {
            Channel c;
            c.path = path;
            c.object = object;
            c.value = value.value;
            c.times_s = {0.f, 1.f};
            c.values = std::move(values);
            REQUIRE(c.values.size() == 2u * value.width);
            clip.channels.push_back(std::move(c));
        };
        add(ChannelPath::Material, 0, find_material_value("emissiveFactor").value(), {0, 0, 0, 1, 2, 3});
        add(ChannelPath::Material, 0,
            find_material_value("extensions/KHR_materials_emissive_strength/emissiveStrength").value(), {1, 3});
        add(ChannelPath::Material, 1, find_material_value("extensions/KHR_materials_volume/attenuationColor").value(),
            {1, 1, 1, 0, 0, 0});
        add(ChannelPath::Material, 1,
            find_material_value(
                "extensions/KHR_materials_sheen/sheenColorTexture/extensions/KHR_texture_transform/scale")
                .value(),
            {1, 1, 3, 5});
        add(ChannelPath::Light, 0, find_light_value("spot/outerConeAngle").value(), {0, 1});
        Scene scene;
        const PlacedId one = scene.place(model, {}, "one"), other = scene.place(model, {}, "other");
        scene.update();
        apply_clip(scene, one, clip, 0.5f);
        CHECK(scene.material(one, 0).emissive == Vec3(1, 2, 3));
        CHECK(scene.material(one, 1).layers->attenuation_color == Vec3(0.5f));
        CHECK(scene.material(one, 1).layers->sheen_color_texture.scale == Vec2(2, 3));
        CHECK(scene.light(one, 0).outer_cone_rad == 0.5f);
        CHECK(scene.material(other, 0).emissive == Vec3(0));
        CHECK(scene.material(other, 1).layers->attenuation_color == Vec3(1));
        CHECK(scene.light(other, 0).outer_cone_rad != 0.5f);
        CHECK(model->materials[0].emissive == Vec3(0));
        const Changes changes = scene.update();
        REQUIRE(changes.materials.size() == 2);
        CHECK(changes.materials[0].placed == one);
        CHECK(changes.materials[0].material == 0);
        CHECK(changes.materials[1].material == 1);
        apply_clip(scene, one, clip, 0.5f);
        CHECK(scene.update().materials.empty()); // nothing is new
        apply_clip(scene, one, clip, 0.6f);
        CHECK(scene.update().materials.size() == 2);
    }

    TEST_CASE("a clip shows and hides") {
        Rig rig;
        const std::vector<float> times{0, 1, 2}, values{1, 0, 1};
        for (const auto& [time, seen] :
             {std::pair(0.f, true), {0.9f, true}, {1.f, false}, {1.9f, false}, {2.f, true}}) {
            rig.at(ChannelPath::Visible, Interpolation::Step, times, values, time);
            rig.scene.update();
            CHECK(rig.scene.visible(NodeId{0}) == seen);
            CHECK(((rig.scene.effective_style(NodeId{0}).flags & kHiddenFlags) == 0) == seen);
        }
    }

    TEST_CASE("every value that changes has a place of its own") {
        Material m;
        m.layers.emplace();
        std::set<const float*> places;
        std::size_t floats = 0;
        for (std::uint16_t v = 0; v < kMaterialValues; ++v) {
            for (float& f : value_of(m, v)) {
                places.insert(&f);
                ++floats;
            }
        }
        CHECK(places.size() == floats);
        CHECK(floats == 4 + 1 + 1 + 3 + 1 + 1 + 1 + 1 + 1 + 1 + 3 + 1 + 1 + 1 + 3 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 +
                            1 + 3 + 17 * 5);
        CHECK_FALSE(find_material_value("pbrMetallicRoughness"));
        CHECK_FALSE(find_material_value("normalTexture/extensions/KHR_texture_transform"));
        CHECK_FALSE(find_material_value(""));
    }

    TEST_CASE("linear values lie on the line between their keys and stay at the first and the last") {
        Rig rig;
        const std::vector<float> times{1, 2, 4}, values{0, 0, 0, 1, 2, 3, 5, 2, 3};
        const auto x = [&](float t) {
            return rig.at(ChannelPath::Translation, Interpolation::Linear, times, values, t).translation.x;
        };
        CHECK(x(-1.f) == 0.0);
        CHECK(x(1.f) == 0.0);
        CHECK(x(1.5f) == doctest::Approx(0.5));
        CHECK(x(3.f) == doctest::Approx(3.0));
        CHECK(x(4.f) == 5.0);
        CHECK(x(100.f) == 5.0);
        CHECK(rig.at(ChannelPath::Scale, Interpolation::Linear, times, values, 2.f).scale == Vec3(1, 2, 3));
    }

    TEST_CASE("a step holds its value until the next key") {
        Rig rig;
        const std::vector<float> times{0, 1}, values{0, 0, 0, 7, 0, 0};
        CHECK(rig.at(ChannelPath::Translation, Interpolation::Step, times, values, 0.999f).translation.x == 0.0);
        CHECK(rig.at(ChannelPath::Translation, Interpolation::Step, times, values, 1.f).translation.x == 7.0);
    }

    TEST_CASE("rotations take the shorter way round at constant speed") {
        Rig rig;
        const float h = std::sqrt(0.5f); // a quarter turn about Y, written with the other sign
        const Quat q =
            rig.at(ChannelPath::Rotation, Interpolation::Linear, {0, 1}, {0, 0, 0, 1, 0, -h, 0, -h}, 0.5f).rotation;
        CHECK(std::abs(q.w) == doctest::Approx(std::cos(3.14159265 / 8)));
        CHECK(std::abs(q.y) == doctest::Approx(std::sin(3.14159265 / 8)));
        CHECK(q.w * q.y > 0.f);
    }

    TEST_CASE("a cubic spline runs through its keys with their tangents, scaled by the time between them") {
        Rig rig;
        // in, value, out for each of two keys 2 s apart; p(t) of t² from 0 to 4: slopes 0 and 4
        const std::vector<float> times{0, 2}, values{9, 9, 9, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 9, 9, 9};
        for (const float t : {0.f, 0.3f, 1.f, 1.7f, 2.f})
            CHECK(rig.at(ChannelPath::Translation, Interpolation::CubicSpline, times, values, t).translation.x ==
                  doctest::Approx(t * t));
        const Quat q = rig.at(ChannelPath::Rotation, Interpolation::CubicSpline, {0, 1},
                              {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}, 0.5f)
                           .rotation;
        CHECK(glm::length(q) == doctest::Approx(1.0));
        CHECK(q.y == doctest::Approx(std::sqrt(0.5)));
    }

    TEST_CASE("a cubic spline that passes through nothing leaves no broken rotation") {
        Rig rig;
        const std::vector<float> zeros(24, 0.f);
        const Quat q = rig.at(ChannelPath::Rotation, Interpolation::CubicSpline, {0, 1}, zeros, 0.5f).rotation;
        CHECK(q == kNoRotation);
    }

    TEST_CASE("weights go to the morph targets of the node") {
        Rig rig;
        rig.at(ChannelPath::Weights, Interpolation::Linear, {0, 1}, {0, 1, 1, 0}, 0.25f);
        CHECK(rig.scene.weights(NodeId{0})[0] == 0.25f);
        CHECK(rig.scene.weights(NodeId{0})[1] == 0.75f);
    }

    TEST_CASE("every clip of the sample models plays without a broken transform") {
        const auto data = pw::test::foreign_data();
        if (!data) return pw::test::skip("no sample models", pw::test::Missing::ForeignData);
        std::size_t played = 0;
        for (const char* file : {"animated/Fox.glb", "animated/MorphStressTest.gltf", "SimpleSkin/SimpleSkin.gltf"}) {
            CAPTURE(file);
            Reports reports;
            const auto model = load_gltf((*data / "gltf/bevy-models" / file).string(), reports);
            REQUIRE(model);
            Scene scene;
            const PlacedId placed = scene.place(*model, {}, "m");
            for (const Clip& clip : (*model)->clips) {
                std::size_t changed = 0;
                for (int step = 0; step <= 10; ++step) {
                    apply_clip(scene, placed, clip, clip.duration_s * static_cast<float>(step) / 10.f);
                    const Changes changes = scene.update();
                    changed += changes.moved.size() + changes.reweighted.size();
                    for (std::uint32_t i = 0; i < scene.node_count(); ++i) {
                        const Affine& w = scene.world(NodeId{i});
                        REQUIRE(std::isfinite(w.translation.x +
                                              static_cast<double>(w.linear[0].x + w.linear[1].y + w.linear[2].z)));
                        REQUIRE(glm::length(scene.local(NodeId{i}).rotation) == doctest::Approx(1.0).epsilon(1e-4));
                    }
                }
                CHECK(changed > 5);
                ++played;
            }
        }
        CHECK(played >= 5);
    }
}
