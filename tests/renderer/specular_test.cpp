// SPDX-License-Identifier: Apache-2.0
// Highlights that are smaller than a pixel: they neither flicker nor change what a surface looks like from afar.
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;
const OffscreenOptions kOptions{.tier = renderer::Tier::Low, .samples = 1}; // the worst that there is

// A bar of `length` m along x, facing +z, whose normals rise and fall along it as those of ripples do.
scene::Geometry rippled_bar(float length, float height, float wave, float slope) {
    scene::Geometry g;
    const int steps = static_cast<int>(length / wave * 8.f);
    for (int i = 0; i <= steps; ++i) {
        const float x = length * (static_cast<float>(i) / static_cast<float>(steps) - 0.5f);
        for (const float y : {-0.5f * height, 0.5f * height}) {
            scene::Vertex vertex;
            vertex.position = {x, y, 0.f};
            vertex.normal = scene::pack_normal(glm::normalize(Vec3(slope * std::sin(x / wave * 6.2831853f), 0.f, 1.f)));
            g.vertices.push_back(vertex);
        }
    }
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(steps); ++i) {
        for (const std::uint32_t k : {0u, 2u, 3u, 0u, 3u, 1u}) g.indices.push_back(2 * i + k);
    }
    g.bounds = {{-0.5f * length, -0.5f * height, 0.f}, {0.5f * length, 0.5f * height, 0.f}};
    return g;
}

// Of the pixels within the bar, over a head that moves to the right by sixteenths of a pixel: the mean variance of
// their bytes over time.
double flicker(Studio& studio, scene::Scene& scene, renderer::DrawList list) {
    constexpr double kDistance_m = 6.0;
    const double pixel_m = 2.0 * kDistance_m * std::tan(static_cast<double>(kFov) / 2.0) / 240.0;
    constexpr int kFrames = 16;
    std::vector<double> sum(320 * 240), squares(320 * 240);
    for (int f = 0; f < kFrames; ++f) {
        const double x = pixel_m * f / kFrames;
        const renderer::View view = look({x, 0, kDistance_m}, {x, 0, 0}, kFov, kAspect);
        list.views = {&view, 1};
        const scene::Pixels picture = studio.picture(scene, list);
        if (f == 0) keep_picture(picture, "rippled bar");
        for (std::uint32_t y = 115; y < 125; ++y) {
            for (std::uint32_t i = 120; i < 200; ++i) {
                const double g = pixel(picture, i, y).g;
                sum[y * 320 + i] += g;
                squares[y * 320 + i] += g * g;
            }
        }
    }
    double variance = 0.0;
    for (std::size_t i = 0; i < sum.size(); ++i)
        variance += squares[i] / kFrames - (sum[i] / kFrames) * (sum[i] / kFrames);
    return variance / (80 * 10);
}

// A normal map of bumps of 4 × 4 texels.
scene::Image bumps(float slope) {
    constexpr std::uint32_t kSide = 128;
    std::mt19937 random(7);
    std::normal_distribution<float> tilt(0.f, slope);
    std::vector<Vec3> normals(kSide / 4 * kSide / 4);
    for (Vec3& n : normals) n = glm::normalize(Vec3(tilt(random), tilt(random), 1.f));
    scene::Pixels texels{kSide, kSide, {}};
    for (std::uint32_t i = 0; i < kSide * kSide; ++i) {
        const Vec3 n = normals[i / kSide / 4 * (kSide / 4) + i % kSide / 4];
        for (int c = 0; c < 3; ++c)
            texels.rgba.push_back(static_cast<std::uint8_t>((n[c] * 0.5f + 0.5f) * 255.f + 0.5f));
        texels.rgba.push_back(255);
    }
    scene::Image image;
    image.encoded = *scene::encode_png(texels);
    return image;
}

const Vec3 kToSun = glm::normalize(Vec3(0.3f, 0.2f, 1.f));
constexpr float kReflectance = 0.8f;

// A metal plate in that sun, with bumps or none.
scene::Pixels plate(Studio& studio, float roughness, float illuminance_lx, float slope, float repeats) {
    ModelBuilder builder;
    scene::Material metal = plain({kReflectance, kReflectance, kReflectance, 1.f}, 1.f, roughness);
    if (slope > 0.f) {
        builder.model().images.push_back(bumps(slope));
        builder.model().textures.push_back({0, {}});
        metal.normal_texture.texture = 0;
        metal.normal_texture.scale = Vec2(repeats);
    }
    builder.object("plate", quad_geometry(Vec2(1.2f)), metal);
    scene::Scene scene;
    scene.place(builder.take(), {}, "plate");
    const renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, kAspect);
    renderer::DrawList list;
    list.views = {&view, 1};
    list.background = {0.f, 0.f, 0.f, 1.f};
    list.environment_intensity = 0.f;
    list.sun = {.to_sun = kToSun, .illuminance = Vec3(illuminance_lx), .shadows = false};
    const scene::Pixels picture = studio.picture(scene, list);
    CHECK(studio.device().validation_messages() == 0);
    studio.rebuild();
    return picture;
}

// The grey light that a byte stands for: sRGB, and Khronos PBR Neutral below its shoulder.
double light_of(int byte) {
    const double c = byte / 255.0, shown = c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    return shown < 0.04 ? std::sqrt(shown / 6.25) : shown + 0.04;
}

double mean_light(const scene::Pixels& picture, std::uint32_t x, std::uint32_t y, std::uint32_t width,
                  std::uint32_t height) {
    double sum = 0.0;
    for (std::uint32_t j = y; j < y + height; ++j) {
        for (std::uint32_t i = x; i < x + width; ++i) sum += light_of(pixel(picture, i, j).g);
    }
    return sum / (width * height);
}

// What the plate without bumps reflects there: glTF 2.0, appendix B.3.
double plate_light(std::uint32_t x, std::uint32_t y, double roughness, double illuminance_lx) {
    const double half = std::tan(static_cast<double>(kFov) / 2.0);
    const DVec3 to_eye = glm::normalize(DVec3((159.5 - x) / 120.0 * half, (y - 119.5) / 120.0 * half, 1.0));
    const DVec3 to_sun(kToSun), h = glm::normalize(to_eye + to_sun);
    const double a2 = std::pow(roughness, 4.0), n_h = h.z, n_v = to_eye.z, n_l = to_sun.z;
    const double d = a2 / (std::numbers::pi * std::pow(n_h * n_h * (a2 - 1.0) + 1.0, 2.0));
    const double v =
        0.5 / (n_l * std::sqrt(n_v * n_v * (1.0 - a2) + a2) + n_v * std::sqrt(n_l * n_l * (1.0 - a2) + a2));
    const auto f0 = static_cast<double>(kReflectance);
    const double f = f0 + (1.0 - f0) * std::pow(1.0 - glm::dot(to_eye, h), 5.0);
    return illuminance_lx / static_cast<double>(renderer::kCandelaPerUnit) * n_l * f * d * v;
}

} // namespace

TEST_SUITE("renderer/specular [gpu]") {
    TEST_CASE("ripples finer than a pixel do not flicker when the head moves by less than one") {
        auto studio = Studio::make(kOptions);
        if (!studio) return;
        ModelBuilder builder;
        builder.object("bar", rippled_bar(3.f, 0.5f, 0.075f, 0.35f), plain({0.9f, 0.9f, 0.9f, 1.f}, 1.f, 0.15f));
        scene::Scene scene;
        scene.place(builder.take(), {}, "bar");
        renderer::DrawList list;
        list.background = {0.f, 0.f, 0.f, 1.f};
        list.sun = {.to_sun = glm::normalize(Vec3(0.2f, 0.f, 1.f)), .illuminance = Vec3(8'000.f), .shadows = false};
        const double variance = flicker(*studio, scene, list);
        CAPTURE(variance);
        constexpr double kWithout = 1040.0; // the same, drawn with the roughness as it is
        CHECK(variance < 0.1 * kWithout);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a flat surface shines as sharply as its roughness says") {
        auto studio = Studio::make(kOptions);
        if (!studio) return;
        const scene::Pixels picture = plate(*studio, 0.25f, 300.f, 0.f, 1.f);
        double brightest = 0.0;
        for (std::uint32_t y = 40; y < 200; y += 5) {
            for (std::uint32_t x = 80; x < 240; x += 5) {
                const double wanted = plate_light(x, y, 0.25, 300.0);
                brightest = std::max(brightest, wanted);
                if (wanted > 0.1 && wanted < 0.76)
                    CHECK(light_of(pixel(picture, x, y).g) / wanted == doctest::Approx(1.0).epsilon(0.01));
            }
        }
        CHECK(brightest > 0.5);
    }

    TEST_CASE("bumps too far away to be seen shine as they do nearby") {
        auto studio = Studio::make(kOptions);
        if (!studio) return;
        // Each bump is several pixels, or each pixel is several bumps.
        const scene::Pixels near = plate(*studio, 0.35f, 800.f, 0.3f, 1.f);
        const scene::Pixels far = plate(*studio, 0.35f, 800.f, 0.3f, 15.f);
        keep_picture(near, "bumps, near");
        keep_picture(far, "bumps, far");
        // Where the highlight is, between, and where only bumps have it.
        for (const std::uint32_t x : {185u, 135u, 85u}) {
            CAPTURE(x);
            const double ratio = mean_light(far, x, 50, 50, 130) / mean_light(near, x, 50, 50, 130);
            CHECK(ratio > 0.75);
            CHECK(ratio < 1.33);
        }
    }
}
