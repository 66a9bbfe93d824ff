// SPDX-License-Identifier: Apache-2.0
// Our linear pictures beside those of Blender Cycles, of the same file, camera and environment. tests/reference has the
// scenes, the references and the scripts that made them; docs/renderer.md has the table that this prints.
#include "base/file.h"
#include "base/format.h"
#include "scene/gltf.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/paths.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::test;

namespace {

constexpr std::uint32_t kWidth = 240, kHeight = 160, kFine = 4; // tests/reference/render.py
constexpr float kExposure = 0.4f;                               // so that little is brighter than the display

std::string reference(const std::string& file) { return (source_dir() / "tests/reference" / file).string(); }

scene::HdrPixels read_hdr(const std::string& path) {
    const auto file = read_file(path);
    REQUIRE(file);
    auto pixels = scene::decode_hdr(*file);
    REQUIRE(pixels);
    return std::move(*pixels);
}

struct Setting {
    const char* name;
    DVec3 eye, target;
    double fov_deg;
    float environment;
    std::optional<renderer::Sun> sun;
};
const std::array kSettings{
    Setting{"spheres", {0, 0, 9}, {0, 0, 0}, 25, 1.f, {}}, Setting{"layers", {0, 0.5, 7}, {0, 0, 0}, 22, 1.f, {}},
    // 2 W/m² of Blender's sun are 2 units: 8,000 lux.
    Setting{"room",
            {2.2, 2.4, 3.4},
            {0, 0.3, 0},
            35,
            0.5f,
            renderer::Sun{.to_sun = glm::normalize(Vec3(0.5f, 1.f, -0.4f)), .illuminance = Vec3(8'000.f)}}};

scene::Pixels draw(const Setting& setting, bool silhouette) {
    const std::uint32_t times = silhouette ? kFine : 1;
    auto studio = Studio::make({.width = kWidth * times,
                                .height = kHeight * times,
                                .tier = renderer::Tier::High,
                                .samples = silhouette ? 1u : 4u,
                                .ambient_occlusion = !silhouette,
                                .supersample = silhouette ? 1u : 2u});
    if (!studio) return {};
    const auto hall = read_hdr((source_dir() / "assets/environments/hall.hdr").string());
    REQUIRE(studio->renderer().set_environment(hall));
    Reports reports;
    const auto read = scene::load_gltf(reference(std::string(setting.name) + ".glb"), reports);
    REQUIRE(read);
    CHECK(reports.empty());
    auto model = std::make_shared<scene::Model>(**read);
    if (silhouette) { // glass counts
        for (scene::Material& material : model->materials) material.layers.reset();
    }
    scene::Scene scene;
    scene.place(model, {}, setting.name);
    const auto fov = static_cast<float>(setting.fov_deg * 3.14159265358979 / 180.0);
    const renderer::View view = look(setting.eye, setting.target, fov, 1.5f);
    renderer::DrawList list;
    list.views = {&view, 1};
    list.show_environment = true;
    list.environment_intensity = setting.environment;
    list.exposure = kExposure;
    list.see_through = silhouette;
    list.sun.illuminance = Vec3(0.f);
    if (setting.sun) list.sun = *setting.sun;
    scene::Pixels picture = studio->picture(scene, list);
    CHECK(studio->device().validation_messages() == 0);
    return picture;
}

// The light that a pixel stands for: sRGB and Khronos PBR Neutral undone, or none where that compressed it.
std::optional<DVec3> light_of(const std::array<int, 4>& pixel) {
    DVec3 shown(0.0);
    for (int c = 0; c < 3; ++c) {
        const double s = pixel[static_cast<std::size_t>(c)] / 255.0;
        shown[c] = s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
    }
    if (std::max({shown.x, shown.y, shown.z}) >= 0.76) return {};
    const double least = std::min({shown.x, shown.y, shown.z}); // x - (x - 6.25 x²), or x - 0.04
    const double offset = least < 0.04 ? std::sqrt(least / 6.25) - least : 0.04;
    return (shown + offset) / static_cast<double>(kExposure);
}

// What is compared: the pixels of a box in the world, seen from the front.
struct Feature {
    const char* setting;
    const char* name;
    DVec3 middle;
    Vec2 half;
    double mean, pixels; // the most that the means and the pixels may differ by, as shares of the reference's mean
};

struct Difference {
    double mean = 0.0, pixels = 0.0, skipped = 0.0;
};

Difference compare(const Feature& feature, const Setting& setting, const scene::Pixels& ours,
                   const scene::HdrPixels& theirs) {
    const DVec3 back = glm::normalize(setting.eye - setting.target);
    const DVec3 right = glm::normalize(glm::cross(DVec3(0, 1, 0), back)), up = glm::cross(back, right);
    const struct {
        double x, y;
    } half{static_cast<double>(feature.half.x), static_cast<double>(feature.half.y)};
    const double scale = kHeight * 0.5 / std::tan(setting.fov_deg * 3.14159265358979 / 360.0);
    const DVec3 at = feature.middle - setting.eye;
    const double away = -glm::dot(at, back);
    const auto pixel_of = [&](double meters, double middle) {
        return static_cast<int>(middle + meters / away * scale);
    };
    const int left = pixel_of(glm::dot(at, right) - half.x, kWidth * 0.5);
    const int end = pixel_of(glm::dot(at, right) + half.x, kWidth * 0.5);
    const int top = pixel_of(-glm::dot(at, up) - half.y, kHeight * 0.5);
    const int bottom = pixel_of(-glm::dot(at, up) + half.y, kHeight * 0.5);
    DVec3 sum(0.0), wanted(0.0), apart(0.0);
    int count = 0, skipped = 0;
    for (int y = top; y < bottom; ++y) {
        for (int x = left; x < end; ++x) {
            const auto light = light_of(test::at(ours, static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y)));
            const float* t = &theirs.rgb[(static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)) * 3];
            const DVec3 their(t[0], t[1], t[2]);
            if (!light) {
                ++skipped;
                continue;
            }
            ++count;
            sum += *light;
            wanted += their;
            apart += glm::abs(*light - their);
        }
    }
    REQUIRE(count > 50);
    const double all = wanted.x + wanted.y + wanted.z;
    return {(sum.x + sum.y + sum.z) / all - 1.0, (apart.x + apart.y + apart.z) / all,
            static_cast<double>(skipped) / (count + skipped)};
}

// Ours above theirs, for people.
void keep_both(const Setting& setting, const scene::Pixels& ours, const scene::HdrPixels& theirs) {
    scene::Pixels both = ours;
    for (const float light : theirs.rgb) {
        const double c = std::clamp(static_cast<double>(light * kExposure) - 0.04, 0.0, 1.0);
        const double s = c <= 0.0031308 ? 12.92 * c : 1.055 * std::pow(c, 1.0 / 2.4) - 0.055;
        both.rgba.push_back(static_cast<std::uint8_t>(s * 255.0 + 0.5));
        if (both.rgba.size() % 4 == 3) both.rgba.push_back(255);
    }
    both.height *= 2;
    keep_picture(both, std::string("reference ") + setting.name);
}

const Vec2 kInSphere{0.31f, 0.31f}; // of 0.45 m
const std::vector<Feature> kFeatures{
    {"spheres", "metal, roughness 0.1", {-2.2, 0.55, 0}, kInSphere, 0.08, 0.4},
    {"spheres", "metal, roughness 0.3", {-1.1, 0.55, 0}, kInSphere, 0.03, 0.13},
    {"spheres", "metal, roughness 0.5", {0, 0.55, 0}, kInSphere, 0.03, 0.13},
    {"spheres", "metal, roughness 0.7", {1.1, 0.55, 0}, kInSphere, 0.05, 0.12},
    {"spheres", "metal, roughness 1", {2.2, 0.55, 0}, kInSphere, 0.14, 0.22},
    {"spheres", "paint, roughness 0.1", {-2.2, -0.55, 0}, kInSphere, 0.03, 0.1},
    {"spheres", "paint, roughness 0.3", {-1.1, -0.55, 0}, kInSphere, 0.03, 0.08},
    {"spheres", "paint, roughness 0.5", {0, -0.55, 0}, kInSphere, 0.03, 0.07},
    {"spheres", "paint, roughness 0.7", {1.1, -0.55, 0}, kInSphere, 0.03, 0.07},
    {"spheres", "paint, roughness 1", {2.2, -0.55, 0}, kInSphere, 0.03, 0.07},
    {"layers", "clear coat", {-1.65, 0, 0}, kInSphere, 0.04, 0.1},
    {"layers", "sheen", {-0.55, 0, 0}, kInSphere, 0.19, 0.22},
    {"layers", "clear glass", {0.55, 0, 0.1}, {0.36f, 0.36f}, 0.19, 0.23},
    {"layers", "rough glass", {1.65, 0, 0.1}, {0.36f, 0.36f}, 0.14, 0.31},
    {"room", "textured box in the shade", {0, 0.5, 0.5}, {0.3f, 0.3f}, 0.38, 0.4},
    {"room", "textured box in the sun", {0, 1, 0}, {0.3f, 0.12f}, 0.06, 0.17},
    {"room", "floor in the sun", {0.95, 0, 0.4}, {0.2f, 0.1f}, 0.03, 0.05},
    {"room", "floor in the box's shadow", {-0.2, 0, 0.72}, {0.12f, 0.06f}, 0.13, 0.14},
};

} // namespace

TEST_SUITE("renderer/reference [gpu]") {
    TEST_CASE("surfaces are as bright as Cycles has them") {
        std::string table;
        for (const Setting& setting : kSettings) {
            const scene::Pixels ours = draw(setting, /* silhouette= */ false);
            if (ours.rgba.empty()) return;
            const scene::HdrPixels theirs = read_hdr(reference(std::string(setting.name) + ".hdr"));
            keep_both(setting, ours, theirs);
            for (const Feature& feature : kFeatures) {
                if (feature.setting != std::string(setting.name)) continue;
                CAPTURE(feature.name);
                const Difference is = compare(feature, setting, ours, theirs);
                CHECK(std::abs(is.mean) < feature.mean);
                CHECK(is.pixels < feature.pixels);
                CHECK(is.skipped < 0.3);
                table += formatted("| {} | {:+.1f} % | {:.1f} % | {:.0f} % |\n", feature.name, 100.0 * is.mean,
                                   100.0 * is.pixels, 100.0 * is.skipped);
            }
        }
        const std::string path = (build_dir() / "pictures" / "reference.md").string();
        REQUIRE(write_file(path, std::as_bytes(std::span(table))));
    }

    TEST_CASE("silhouettes are where Cycles has them") {
        for (const Setting& setting : kSettings) {
            CAPTURE(setting.name);
            const scene::Pixels ours = draw(setting, /* silhouette= */ true);
            if (ours.rgba.empty()) return;
            const auto file = read_file(reference(std::string(setting.name) + "_mask.png"));
            REQUIRE(file);
            const auto theirs = scene::decode_image(*file);
            REQUIRE(theirs);
            REQUIRE(theirs->width == ours.width);
            std::size_t either = 0, both = 0;
            for (std::size_t i = 0; i < ours.rgba.size(); i += 4) {
                const bool is = ours.rgba[i + 3] > 127, wanted = theirs->rgba()[i] > 127;
                either += is || wanted ? 1u : 0u;
                both += is && wanted ? 1u : 0u;
            }
            CHECK(either > 100'000);
            CHECK(static_cast<double>(both) / static_cast<double>(either) >= 0.998);
        }
    }
}
