// SPDX-License-Identifier: Apache-2.0
// The layers of KHR_materials_*: what each does to a sphere, where that can be said without another renderer.
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <optional>
#include <string>

using namespace pw;
using namespace pw::test;

namespace {

using scene::Layers;
using scene::Material;

Material with(Material m, const Layers& layers) {
    m.layers = layers;
    return m;
}

Material white(float metallic, float roughness) { return plain(Vec4(1.f), metallic, roughness); }
Material black(float roughness) { return plain(Vec4(0.f, 0.f, 0.f, 1.f), 0.f, roughness); }

Layers coat(float factor, float roughness) {
    Layers l;
    l.clearcoat = factor;
    l.clearcoat_roughness = roughness;
    return l;
}

// A sphere before the eye, in whatever light a test wants; `behind` hangs 1 m behind its middle.
struct Shot {
    scene::Scene scene;
    renderer::View view = look({0, 0, 2}, {0, 0, 0}, kFov, 320.f / 240.f);
    renderer::DrawList list;

    explicit Shot(const Material& material, std::optional<Vec4> behind = {}, int panes = 0) {
        list.views = {&view, 1};
        list.background = {0.f, 0.f, 0.f, 1.f};
        ModelBuilder builder;
        if (behind) builder.object("behind", quad_geometry(Vec2(3.f)), unlit(*behind), at(0, 0, -1));
        if (panes == 0) builder.object("sphere", sphere_geometry(0.8f, 48, 96), material);
        for (int i = 0; i < panes; ++i) builder.object("pane", quad_geometry(Vec2(0.8f)), material, at(0, 0, 0.1 * i));
        scene.place(builder.take(), {}, "model");
    }
    Shot(const Shot&) = delete;
    Shot& operator=(const Shot&) = delete;
};

// Of light that comes alike from everywhere.
scene::HdrPixels constant(float radiance) { return {16, 8, std::vector<float>(std::size_t{16} * 8 * 3, radiance)}; }

// 160, 120 is the middle; towards the rim at so much of the radius. The silhouette of a sphere of 0.8 m, 2 m away.
std::uint32_t column(double of_radius) {
    const double edge = std::tan(std::asin(0.8 / 2.0)) / std::tan(static_cast<double>(kFov) / 2.0) * 120.0;
    return static_cast<std::uint32_t>(160.0 + of_radius * edge);
}

scene::Pixels furnace(Studio& studio, const Material& material) {
    REQUIRE(studio.renderer().set_environment(constant(0.7f)));
    Shot shot(material);
    shot.list.show_environment = true;
    return studio.picture(shot.scene, shot.list);
}

scene::Pixels studio_picture(Studio& studio, const Material& material) {
    Shot shot(material);
    shot.list.sun = {.to_sun = glm::normalize(Vec3(0.5f, 0.7f, 1.f)), .illuminance = Vec3(4'000.f), .shadows = false};
    auto picture = studio.picture(shot.scene, shot.list);
    studio.rebuild();
    return picture;
}

double linear(int byte) {
    const double c = byte / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

// What a film on a base of this reflectance reflects straight back, by Airy's sum at each wavelength and the eye's
// sensitivity as in Wyman, Sloan and Shirley 2013: nothing in common with the shader but the question.
DVec3 film_color(double film_ior, double base_f0, double thickness_nm) {
    const double base_ior = (1.0 + std::sqrt(base_f0)) / (1.0 - std::sqrt(base_f0));
    const double outer = (1.0 - film_ior) / (1.0 + film_ior), inner = (film_ior - base_ior) / (film_ior + base_ior);
    const auto lobe = [](double x, double middle, double below, double above) {
        const double t = (x - middle) / (x < middle ? below : above);
        return std::exp(-0.5 * t * t);
    };
    DVec3 sum(0.0), all(0.0);
    for (double nm = 380.0; nm <= 780.0; nm += 1.0) {
        const DVec3 xyz(1.056 * lobe(nm, 599.8, 37.9, 31.0) + 0.362 * lobe(nm, 442.0, 16.0, 26.7) -
                            0.065 * lobe(nm, 501.1, 20.4, 26.2),
                        0.821 * lobe(nm, 568.8, 46.9, 40.5) + 0.286 * lobe(nm, 530.9, 16.3, 31.1),
                        1.217 * lobe(nm, 437.0, 11.8, 36.0) + 0.681 * lobe(nm, 459.0, 26.0, 13.8));
        const DVec3 rgb(3.2404542 * xyz.x - 1.5371385 * xyz.y - 0.4985314 * xyz.z,
                        -0.9692660 * xyz.x + 1.8760108 * xyz.y + 0.0415560 * xyz.z,
                        0.0556434 * xyz.x - 0.2040259 * xyz.y + 1.0572252 * xyz.z);
        const std::complex<double> turn = std::polar(1.0, 4.0 * std::numbers::pi * film_ior * thickness_nm / nm);
        sum += rgb * std::norm((outer + inner * turn) / (1.0 + outer * inner * turn));
        all += rgb;
    }
    return sum / all;
}

} // namespace

TEST_SUITE("renderer/layers [gpu]") {
    TEST_CASE("in a white furnace nothing that is white is seen, whatever lies on it") {
        Layers cloth, tinted, brushed, all;
        cloth.sheen_color = Vec3(1.f);
        cloth.sheen_roughness = 0.5f;
        tinted.ior = 1.8f;
        tinted.specular = 0.6f;
        brushed.anisotropy = 0.8f;
        all = coat(0.7f, 0.2f);
        all.sheen_color = Vec3(0.8f);
        all.sheen_roughness = 0.3f;
        all.anisotropy = 0.4f;
        all.ior = 1.3f;
        const struct {
            const char* name;
            Material material;
        } cases[]{{"plain", white(0.f, 0.5f)},
                  {"smooth", white(0.f, 0.1f)},
                  {"metal", white(1.f, 0.3f)},
                  {"rough metal", white(1.f, 1.f)},
                  {"coat", with(white(0.f, 0.6f), coat(1.f, 0.1f))},
                  {"rough coat", with(white(1.f, 0.4f), coat(0.5f, 0.8f))},
                  {"cloth", with(white(0.f, 0.9f), cloth)},
                  {"specular", with(white(0.f, 0.3f), tinted)},
                  {"brushed", with(white(1.f, 0.3f), brushed)},
                  {"all", with(white(0.f, 0.5f), all)}};
        for (int i = 0; i < 2 * static_cast<int>(std::size(cases)); ++i) {
            const auto& one = cases[i / 2];
            const auto tier = i % 2 == 0 ? renderer::Tier::Software : renderer::Tier::High;
            CAPTURE(one.name);
            CAPTURE(i % 2);
            auto studio = Studio::make({.tier = tier});
            if (!studio) return;
            const auto picture = furnace(*studio, one.material);
            const Rgba around = pixel(picture, 10, 120);
            REQUIRE(around.r > 150); // a byte is less than 1 % of the light there
            REQUIRE(around.r < 240);
            for (const double of_radius : {0.0, 0.5, 0.8, 0.95}) {
                CAPTURE(of_radius);
                const Rgba seen = pixel(picture, column(of_radius), 120);
                CHECK(std::abs(seen.r - around.r) <= 1);
                CHECK(std::abs(seen.g - around.g) <= 1);
                CHECK(std::abs(seen.b - around.b) <= 1);
            }
            CHECK(studio->device().validation_messages() == 0);
        }
    }

    TEST_CASE("a layer at the value at which it does nothing does nothing") {
        auto studio = Studio::make();
        if (!studio) return;
        const Material base = plain({0.7f, 0.3f, 0.2f, 1.f}, 0.f, 0.35f);
        const auto without = studio_picture(*studio, base);
        Layers nothing;
        nothing.sheen_roughness = 0.4f;
        nothing.anisotropy_rotation_rad = 1.f;
        nothing.iridescence_ior = 2.f;
        nothing.clearcoat_roughness = 0.7f;
        nothing.thickness_m = 0.2f;
        CHECK(largest_difference(studio_picture(*studio, with(base, nothing)), without) == 0);
        // So weak that it is not seen, so that the layer's own code runs.
        constexpr float kWeak = 1e-6f;
        Layers weak[6];
        weak[0].sheen_color = Vec3(kWeak);
        weak[0].sheen_roughness = 0.4f;
        weak[1].anisotropy = kWeak;
        weak[2].iridescence = kWeak;
        weak[3].clearcoat = kWeak;
        weak[3].clearcoat_roughness = 0.7f;
        weak[4].transmission = kWeak;
        weak[5].specular = 1.f - kWeak;
        for (const Layers& layers : weak) {
            CAPTURE(&layers - weak);
            CHECK(largest_difference(studio_picture(*studio, with(base, layers)), without) <= 1);
        }
        // And a film of no thickness.
        Layers film;
        film.iridescence = 1.f;
        film.film_min_nm = film.film_max_nm = 0.f;
        CHECK(largest_difference(studio_picture(*studio, with(base, film)), without) <= 1);
    }

    TEST_CASE("index and strength of the reflection: what the extensions say they are equal to") {
        auto studio = Studio::make();
        if (!studio) return;
        Layers mirror, weak;
        mirror.ior = 0.f; // reflects all
        weak.specular = 0.f;
        const Material silver = with(plain({0.5f, 0.5f, 0.5f, 1.f}, 0.f, 0.3f), mirror);
        CHECK(largest_difference(studio_picture(*studio, silver), studio_picture(*studio, white(1.f, 0.3f))) <= 1);
        // Without any reflection a black surface is black.
        const auto nothing = studio_picture(*studio, with(black(0.3f), weak));
        for (const std::uint32_t x : {160u, column(0.5), column(0.9)}) CHECK(pixel(nothing, x, 120).r <= 1);
        // A coat over that is a plain black surface as rough as the coat: its index is 1.5 as well. Only what is
        // reflected more than once is left out of it.
        Layers coated = coat(1.f, 0.4f);
        coated.specular = 0.f;
        CHECK(largest_difference(studio_picture(*studio, with(black(0.9f), coated)),
                                 studio_picture(*studio, black(0.4f))) <= 4);
    }

    TEST_CASE("a coat takes from a lamp's light below it what it reflects, the more the more grazing it is seen") {
        auto studio = Studio::make();
        if (!studio) return;
        const auto seen = [&](float factor, double of_radius) { // the diffuse light of a sun behind the eye
            Layers layers = coat(factor, 0.05f);
            layers.specular = 0.f;
            Shot shot(with(plain({0.5f, 0.5f, 0.5f, 1.f}, 0.f, 1.f), layers));
            shot.list.environment_intensity = 0.f;
            shot.list.sun = {.to_sun = {0.f, 0.f, 1.f}, .illuminance = Vec3(12'000.f), .shadows = false};
            const auto picture = studio->picture(shot.scene, shot.list);
            studio->rebuild();
            return linear(pixel(picture, column(of_radius), 120).g) + 0.04; // as the tone mapping took it away
        };
        // The view meets the sphere there at this cosine: 2 m away, 0.8 m large.
        for (const double of_radius : {0.6, 0.9}) {
            CAPTURE(of_radius);
            const double pixel_at = column(of_radius) + 0.5 - 160.0;
            const double angle = std::atan(pixel_at / 120.0 * std::tan(static_cast<double>(kFov) / 2.0));
            const double n_v = std::sqrt(1.0 - std::pow(2.0 * std::sin(angle) / 0.8, 2.0));
            const double reflected = 0.04 + 0.96 * std::pow(1.0 - n_v, 5.0);
            CHECK(seen(1.f, of_radius) / seen(0.f, of_radius) == doctest::Approx(1.0 - reflected).epsilon(0.015));
        }
    }

    TEST_CASE("what is brushed shines across its direction") {
        auto studio = Studio::make();
        if (!studio) return;
        // A quad in a sun behind the eye; how far its light spreads to the right and up.
        const auto spread = [&](float anisotropy, float rotation_rad) {
            Layers layers;
            layers.anisotropy = anisotropy;
            layers.anisotropy_rotation_rad = rotation_rad;
            Shot shot(with(plain(Vec4(0.8f, 0.8f, 0.8f, 1.f), 1.f, 0.35f), layers), {}, 1);
            shot.list.environment_intensity = 0.f;
            shot.list.sun = {.to_sun = {0.f, 0.f, 1.f}, .illuminance = Vec3(1'500.f), .shadows = false};
            const auto picture = studio->picture(shot.scene, shot.list);
            const int right = pixel(picture, 190, 120).g, up = pixel(picture, 160, 90).g;
            studio->rebuild();
            return right - up;
        };
        CHECK(std::abs(spread(0.f, 0.f)) <= 3);
        CHECK(spread(0.9f, 0.f) > 20);         // roughness grows along the tangent, which points to the right
        CHECK(spread(0.9f, 1.5707963f) < -20); // turned by a right angle
    }

    TEST_CASE("a thin film has the colours that waves give it") {
        auto studio = Studio::make();
        if (!studio) return;
        constexpr double kLight = 0.7, kFilmIor = 1.4, kBase = 0.6;
        for (const double nm : {150.0, 200.0, 300.0, 400.0, 500.0}) {
            CAPTURE(nm);
            Layers film;
            film.iridescence = 1.f;
            film.iridescence_ior = static_cast<float>(kFilmIor);
            film.film_max_nm = static_cast<float>(nm);
            REQUIRE(studio->renderer().set_environment(constant(static_cast<float>(kLight))));
            Shot shot(with(plain(Vec4(Vec3(static_cast<float>(kBase)), 1.f), 1.f, 0.05f), film));
            const Rgba seen = pixel(studio->picture(shot.scene, shot.list), 160, 120);
            const DVec3 wanted = film_color(kFilmIor, kBase, nm);
            // Khronos PBR Neutral takes 0.04 away below its shoulder.
            const DVec3 light((linear(seen.r) + 0.04) / kLight, (linear(seen.g) + 0.04) / kLight,
                              (linear(seen.b) + 0.04) / kLight);
            // The shader's fits are off by at most 0.026; half the interference would be off by at least 0.048.
            for (int c = 0; c < 3; ++c) CHECK(std::abs(light[c] - wanted[c]) < 0.036);
            studio->rebuild();
        }
    }

    TEST_CASE("glass dyes what is behind it, pane by pane, and the thicker the more") {
        auto studio = Studio::make();
        if (!studio) return;
        const auto behind = [&](const Vec4& color, float thickness_m, int panes) {
            Layers glass;
            glass.transmission = 1.f;
            glass.specular = 0.f; // so that only what passes is seen
            glass.thickness_m = thickness_m;
            glass.attenuation_m = 0.01f;
            glass.attenuation_color = {1.f, 0.5f, 0.25f};
            Shot shot(with(plain(color, 0.f, 0.1f), glass), Vec4(1.f), panes);
            shot.list.environment_intensity = 0.f;
            const auto picture = studio->picture(shot.scene, shot.list);
            CHECK(studio->device().validation_messages() == 0);
            studio->rebuild();
            return pixel(picture, 160, 120);
        };
        const auto near = [](int byte, double linear) { // of white through it
            const double srgb = linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1.0 / 2.4) - 0.055;
            return std::abs(byte - 255.0 * srgb) < 3.0;
        };
        const Vec4 green(0.5f, 1.f, 0.25f, 1.f);
        const Rgba one = behind(green, 0.f, 1), two = behind(green, 0.f, 2);
        CHECK(near(one.r, 0.5));
        CHECK(near(one.g, 1.0));
        CHECK(near(one.b, 0.25));
        CHECK(near(two.r, 0.25));
        CHECK(near(two.b, 0.0625));
        const Rgba thin = behind(Vec4(1.f), 0.01f, 1), thick = behind(Vec4(1.f), 0.02f, 1);
        CHECK(near(thin.g, 0.5));
        CHECK(near(thin.b, 0.25));
        CHECK(near(thick.g, 0.25));
        CHECK(near(thick.b, 0.0625));
    }

    TEST_CASE("the layers side by side") {
        auto studio = Studio::make({.width = 960, .height = 320});
        if (!studio) return;
        Layers paint = coat(1.f, 0.05f), brushed, film, cloth, diamond, glass;
        brushed.anisotropy = 0.85f;
        film.iridescence = 1.f;
        film.film_max_nm = 550.f;
        cloth.sheen_color = {0.9f, 0.5f, 0.6f};
        cloth.sheen_roughness = 0.35f;
        diamond.ior = 2.4f;
        glass.transmission = 1.f;
        glass.thickness_m = 0.4f;
        glass.attenuation_m = 0.5f;
        glass.attenuation_color = {0.3f, 0.8f, 0.4f};
        const std::array materials{with(plain({0.5f, 0.02f, 0.02f, 1.f}, 0.f, 0.6f), paint),
                                   with(plain({0.8f, 0.8f, 0.82f, 1.f}, 1.f, 0.35f), brushed),
                                   with(plain({0.05f, 0.05f, 0.05f, 1.f}, 0.f, 0.2f), film),
                                   with(plain({0.25f, 0.03f, 0.06f, 1.f}, 0.f, 0.9f), cloth),
                                   with(plain({0.1f, 0.2f, 0.4f, 1.f}, 0.f, 0.15f), diamond),
                                   with(plain(Vec4(1.f), 0.f, 0.05f), glass)};
        ModelBuilder builder;
        for (std::size_t i = 0; i < materials.size(); ++i) {
            const double x = 1.05 * (static_cast<double>(i) - 2.5);
            builder.object("sphere", sphere_geometry(0.48f, 64, 128), materials.at(i), at(x, 0, 0));
        }
        for (int i = 0; i < 12; ++i)
            builder.object("stripe", quad_geometry({0.14f, 0.8f}), unlit({0.8f, 0.5f, 0.1f, 1.f}),
                           at(0.55 * (i - 5.5), 0, -1.2));
        scene::Scene scene;
        scene.place(builder.take(), {}, "layers");
        renderer::View view = look({0, 0.4, 4.6}, {0, 0, 0}, 0.5f, 3.f);
        renderer::DrawList list;
        list.views = {&view, 1};
        list.background = {0.12f, 0.13f, 0.14f, 1.f};
        list.sun = {.to_sun = glm::normalize(Vec3(0.4f, 1.f, 0.8f)), .illuminance = Vec3(5'000.f), .shadows = false};
        CHECK(matches_golden(studio->picture(scene, list), "layers"));
        CHECK(studio->device().validation_messages() == 0);
    }
}
