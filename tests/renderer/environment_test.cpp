// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/environment.h"

#include "base/file.h"
#include "base/time.h"
#include "renderer/internal/disk_cache.h"
#include "renderer/internal/environment_baker.h"
#include "renderer/internal/radiance.h"
#include "renderer/passes/sky.h"
#include "tests/renderer/pass_rig.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <cmath>
#include <cstring>
#include <numbers>

using namespace pw;
using namespace pw::renderer;

namespace {

constexpr double kPi = std::numbers::pi;

template <class F> scene::HdrPixels map_of(std::uint32_t width, const F& radiance) {
    scene::HdrPixels map{width, width / 2, {}};
    for (std::uint32_t y = 0; y < map.height; ++y) {
        for (std::uint32_t x = 0; x < map.width; ++x) {
            const double phi = ((x + 0.5) / map.width - 0.5) * 2.0 * kPi, theta = (y + 0.5) / map.height * kPi;
            const DVec3 light =
                radiance(DVec3(std::sin(theta) * std::cos(phi), std::cos(theta), std::sin(theta) * std::sin(phi)));
            for (int c = 0; c < 3; ++c) map.rgb.push_back(static_cast<float>(light[c]));
        }
    }
    return map;
}

scene::HdrPixels constant_map(double value) {
    return map_of(64, [=](const DVec3&) { return DVec3(value); });
}

// Each axis has a colour of its own.
DVec3 axis_color(const DVec3& d) {
    return {d.x > 0.8    ? 0.7
            : d.x < -0.8 ? 0.2
                         : 0.02,
            d.y > 0.8    ? 0.7
            : d.y < -0.8 ? 0.2
                         : 0.02,
            d.z > 0.8    ? 0.7
            : d.z < -0.8 ? 0.2
                         : 0.02};
}

constexpr std::array kAxes{DVec3(1, 0, 0),  DVec3(-1, 0, 0), DVec3(0, 1, 0),
                           DVec3(0, -1, 0), DVec3(0, 0, 1),  DVec3(0, 0, -1)};

Vec3 diffuse(const std::array<Vec4, 9>& c, const Vec3& n) {
    return Vec3(c[0] + c[1] * n.y + c[2] * n.z + c[3] * n.x + c[4] * (n.x * n.y) + c[5] * (n.y * n.z) +
                c[6] * (3.f * n.z * n.z - 1.f) + c[7] * (n.x * n.z) + c[8] * (n.x * n.x - n.y * n.y));
}

double from_half(std::uint16_t h) {
    const int exponent = h >> 10 & 31;
    const double mantissa = h & 1023;
    return exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1.0 + mantissa / 1024.0, exponent - 15);
}

double half_at(Bytes bytes, std::size_t index) {
    std::uint16_t h = 0;
    std::memcpy(&h, bytes.data() + index * 2, 2);
    return from_half(h);
}

// The split sum by quadrature over the half vector's angles: nothing in common with the shader but the formula.
std::array<double, 2> split_sum(double n_v, double roughness) {
    const double a = roughness * roughness, a2 = a * a;
    const DVec3 v(std::sqrt(1.0 - n_v * n_v), 0.0, n_v);
    constexpr int kThetas = 2000, kPhis = 400;
    std::array<double, 2> sum{};
    for (int i = 0; i < kThetas; ++i) {
        // cos² is spread as GGX is, so that narrow lobes are resolved.
        const double u = (i + 0.5) / kThetas;
        const double cos2 = (1.0 - u) / (1.0 + (a2 - 1.0) * u);
        const double cosine = std::sqrt(cos2), sine = std::sqrt(1.0 - cos2);
        for (int j = 0; j < kPhis; ++j) {
            const double phi = (j + 0.5) / kPhis * kPi;
            const DVec3 h(sine * std::cos(phi), sine * std::sin(phi), cosine);
            const double v_h = glm::dot(v, h), n_l = 2.0 * v_h * h.z - v.z;
            if (n_l <= 0.0 || v_h <= 0.0) continue;
            const double visibility =
                2.0 / (n_l * std::sqrt(n_v * n_v * (1.0 - a2) + a2) + n_v * std::sqrt(n_l * n_l * (1.0 - a2) + a2));
            const double fresnel = std::pow(1.0 - v_h, 5.0), weight = visibility * n_l * v_h / h.z;
            sum[0] += (1.0 - fresnel) * weight / kThetas / kPhis;
            sum[1] += fresnel * weight / kThetas / kPhis;
        }
    }
    return sum;
}

// What Charlie's cloth reflects of constant light, over the directions of the light.
double sheen_albedo(double n_v, double roughness) {
    const double inverse = 1.0 / (roughness * roughness);
    const DVec3 v(std::sqrt(1.0 - n_v * n_v), 0.0, n_v);
    constexpr int kCosines = 400, kPhis = 200;
    double sum = 0.0;
    for (int i = 0; i < kCosines; ++i) {
        const double n_l = (i + 0.5) / kCosines, sine = std::sqrt(1.0 - n_l * n_l);
        for (int j = 0; j < kPhis; ++j) {
            const double phi = (j + 0.5) / kPhis * kPi;
            const DVec3 h = glm::normalize(DVec3(sine * std::cos(phi), sine * std::sin(phi), n_l) + v);
            const double d = (2.0 + inverse) * std::pow(1.0 - h.z * h.z, 0.5 * inverse) / (2.0 * kPi);
            sum += d / (4.0 * (n_l + n_v - n_l * n_v)) * n_l * 2.0 * kPi / kCosines / kPhis;
        }
    }
    return sum;
}

// What GGX seen straight on from `n` reflects of the map, summed over its texels.
DVec3 reflected(const scene::HdrPixels& map, const DVec3& n, double roughness) {
    const double a2 = std::pow(roughness, 4.0);
    DVec3 sum(0.0);
    double weights = 0.0;
    for (std::uint32_t y = 0; y < map.height; ++y) {
        for (std::uint32_t x = 0; x < map.width; ++x) {
            const double phi = ((x + 0.5) / map.width - 0.5) * 2.0 * kPi, theta = (y + 0.5) / map.height * kPi;
            const DVec3 l(std::sin(theta) * std::cos(phi), std::cos(theta), std::sin(theta) * std::sin(phi));
            const double n_l = glm::dot(n, l);
            if (n_l <= 0.0) continue;
            const double n_h = glm::dot(n, glm::normalize(n + l)), d = n_h * n_h * (a2 - 1.0) + 1.0;
            const double weight = n_l * std::sin(theta) / (d * d);
            const float* t = &map.rgb[(std::size_t{y} * map.width + x) * 3];
            sum += DVec3(t[0], t[1], t[2]) * weight;
            weights += weight;
        }
    }
    return sum / weights;
}

struct TempFolder {
    std::string path = *make_temp_folder("pw-environment");
    ~TempFolder() { remove_folder(path); }
};

} // namespace

TEST_SUITE("renderer/radiance [unit]") {
    TEST_CASE("a white surface in constant light shows that light") {
        const auto c = irradiance_of(constant_map(1.0));
        for (const DVec3& n : kAxes) CHECK(diffuse(c, Vec3(n)).g == doctest::Approx(1.0).epsilon(0.001));
    }

    TEST_CASE("light of the first and second band is convolved with the cosine exactly") {
        const auto slope =
            irradiance_of(map_of(256, [](const DVec3& d) { return DVec3(1.0 + d.x, 1.0 + d.y, 1.0 + d.z); }));
        const auto square = irradiance_of(map_of(256, [](const DVec3& d) { return d * d; }));
        const auto mixed =
            irradiance_of(map_of(256, [](const DVec3& d) { return DVec3(d.x * d.y, d.y * d.z, d.x * d.z) + 1.0; }));
        for (const Vec3& raw : {Vec3(1, 0, 0), Vec3(0, -1, 0), Vec3(0.3f, 0.5f, -0.7f), Vec3(-1, 1, 1)}) {
            const Vec3 n = glm::normalize(raw);
            for (int i = 0; i < 3; ++i) {
                CHECK(double(diffuse(slope, n)[i]) == doctest::Approx(1.0 + double(n[i]) * 2.0 / 3.0).epsilon(0.002));
                CHECK(double(diffuse(square, n)[i]) ==
                      doctest::Approx(0.25 + 0.25 * double(n[i] * n[i])).epsilon(0.002));
            }
            CHECK(double(diffuse(mixed, n).x) == doctest::Approx(1.0 + 0.25 * double(n.x * n.y)).epsilon(0.002));
            CHECK(double(diffuse(mixed, n).y) == doctest::Approx(1.0 + 0.25 * double(n.y * n.z)).epsilon(0.002));
            CHECK(double(diffuse(mixed, n).z) == doctest::Approx(1.0 + 0.25 * double(n.x * n.z)).epsilon(0.002));
        }
    }

    TEST_CASE("a single bright texel is a firefly, a lamp is not") {
        scene::HdrPixels map = constant_map(1.0);
        const auto texel = [&](scene::HdrPixels& m, std::size_t x, std::size_t y) {
            return &m.rgb[(y * m.width + x) * 3];
        };
        texel(map, 63, 5)[1] = 5000.f;
        for (std::size_t x = 20; x < 22; ++x) texel(map, x, 9)[0] = 5000.f;
        texel(map, 3, 3)[0] = -4.f;
        texel(map, 4, 3)[0] = std::nanf("");
        scene::HdrPixels clean = without_fireflies(map);
        CHECK(texel(clean, 63, 5)[1] == doctest::Approx(1.0));
        CHECK(texel(clean, 20, 9)[0] == 5000.f);
        CHECK(texel(clean, 3, 3)[0] == 0.f);
        CHECK(texel(clean, 4, 3)[0] == 0.f);
    }

    TEST_CASE("half floats round to the nearest and never become infinite") {
        scene::HdrPixels map{3, 1, {1.f, 0.333333f, 1e9f, 0.f, 1e-9f, 65504.f, 0.0005f, 2049.f, -1.f}};
        const std::vector<std::uint16_t> half = half_rgba_of(map);
        for (std::size_t i = 0; i < 9; ++i) {
            const double wanted = std::clamp(double(map.rgb[i]), 0.0, 65504.0);
            CHECK(from_half(half[i / 3 * 4 + i % 3]) == doctest::Approx(wanted).epsilon(0.0005));
        }
        CHECK(from_half(half[3]) == 1.0);
    }

    TEST_CASE("a damaged or foreign cache file is no cache file") {
        const std::vector<std::byte> payload(1000, std::byte{7});
        std::vector<std::byte> file = wrap_cached(payload, 42);
        REQUIRE(unwrap_cached(file, 42).has_value());
        CHECK(std::ranges::equal(*unwrap_cached(file, 42), payload));
        CHECK_FALSE(unwrap_cached(file, 43));
        for (std::size_t cut : {0u, 7u, 31u, 32u, 999u}) CHECK_FALSE(unwrap_cached(Bytes(file).first(cut), 42));
        for (std::size_t i = 0; i < file.size(); i += 13) {
            file[i] ^= std::byte{1};
            CHECK_FALSE(unwrap_cached(file, 42));
            file[i] ^= std::byte{1};
        }
        CHECK_FALSE(parse_prefiltered(payload));
    }
}

TEST_SUITE("renderer/environment [gpu]") {
    TEST_CASE("the split-sum table agrees with quadrature") {
        auto rig = test::PassRig::make({});
        if (!rig) return;
        constexpr std::uint32_t kSide = 128;
        const auto table = make_split_sum_table(rig->gpu(), rig->layouts(), rig->textures().set(), kSide);
        REQUIRE(table.size() == kSide * kSide * 8);
        for (const std::uint32_t x : {2u, 20u, 64u, 100u, 127u}) {
            for (const std::uint32_t y : {6u, 32u, 64u, 100u, 127u}) {
                const auto wanted = split_sum((x + 0.5) / kSide, (y + 0.5) / kSide);
                const std::size_t index = (y * kSide + x) * 4;
                CAPTURE(x);
                CAPTURE(y);
                CHECK(half_at(table, index) == doctest::Approx(wanted[0]).epsilon(x < 10 ? 0.01 : 0.005));
                CHECK(std::abs(half_at(table, index + 1) - wanted[1]) < 0.003);
                if (y < 10) continue; // cloth so smooth is drawn as if it were rougher
                // Grazing, Neubelt's visibility would give more light back than came.
                const double cloth = std::min(1.0, sheen_albedo((x + 0.5) / kSide, (y + 0.5) / kSide));
                CHECK(half_at(table, index + 2) == doctest::Approx(cloth).epsilon(0.02));
            }
        }
        CHECK(rig->validation_messages() == 0);
    }

    TEST_CASE("constant light stays constant at every roughness") {
        auto rig = test::PassRig::make({});
        if (!rig) return;
        REQUIRE(rig->environment().set(constant_map(1.0)));
        const auto baked =
            bake_environment(rig->gpu(), rig->layouts(), {rig->textures().set(), rig->environment().sky_texture()},
                             constant_map(1.0), 32);
        CHECK(baked.mips == 3);
        for (std::size_t i = 0; i < baked.texels.size() / 2; ++i) {
            if (std::abs(half_at(baked.texels, i) - 1.0) > 0.002) FAIL(i);
        }
        CHECK(rig->validation_messages() == 0);
    }

    TEST_CASE("a rough mirror shows what GGX gathers") {
        auto rig = test::PassRig::make({});
        if (!rig) return;
        const scene::HdrPixels map = studio_environment();
        REQUIRE(rig->environment().set(map));
        constexpr std::uint32_t kSide = 32;
        const auto baked = bake_environment(rig->gpu(), rig->layouts(),
                                            {rig->textures().set(), rig->environment().sky_texture()}, map, kSide);
        std::size_t start = kSide * kSide * 6;
        for (std::uint32_t mip = 1; mip < baked.mips; ++mip) {
            const std::size_t side = kSide >> mip;
            const double off = 1.0 / double(side); // of the texel right and below the face's middle
            const std::array directions{DVec3(1, -off, -off), DVec3(-1, -off, off), DVec3(off, 1, off),
                                        DVec3(off, -1, -off), DVec3(off, -off, 1),  DVec3(-off, -off, -1)};
            for (std::size_t face = 0; face < 6; ++face) {
                const DVec3 wanted = reflected(map, glm::normalize(directions[face]), double(mip) / (baked.mips - 1));
                const std::size_t texel = start + (face * side + side / 2) * side + side / 2;
                CAPTURE(mip);
                CAPTURE(face);
                CHECK(half_at(baked.texels, texel * 4 + 1) == doctest::Approx(wanted.g).epsilon(0.03));
            }
            start += side * side * 6;
        }
    }

    TEST_CASE("what shines from an axis is on that axis of the cube") {
        auto rig = test::PassRig::make({});
        if (!rig) return;
        const scene::HdrPixels map = map_of(256, axis_color);
        REQUIRE(rig->environment().set(map));
        constexpr std::uint32_t kSide = 32;
        const auto baked = bake_environment(rig->gpu(), rig->layouts(),
                                            {rig->textures().set(), rig->environment().sky_texture()}, map, kSide);
        for (std::size_t face = 0; face < 6; ++face) {
            const DVec3 wanted = axis_color(kAxes[face]);
            const std::size_t middle = ((face * kSide + kSide / 2) * kSide + kSide / 2) * 4;
            for (int c = 0; c < 3; ++c) {
                CHECK(half_at(baked.texels, middle + std::size_t(c)) == doctest::Approx(wanted[c]).epsilon(0.02));
            }
        }
    }

    TEST_CASE("up is up on the side faces of the cube") {
        auto rig = test::PassRig::make({});
        if (!rig) return;
        const scene::HdrPixels map = map_of(256, [](const DVec3& d) { return DVec3(d.y > 0.5 ? 1.0 : 0.0); });
        REQUIRE(rig->environment().set(map));
        constexpr std::uint32_t kSide = 32;
        const auto baked = bake_environment(rig->gpu(), rig->layouts(),
                                            {rig->textures().set(), rig->environment().sky_texture()}, map, kSide);
        for (const std::size_t face : {0u, 1u, 4u, 5u}) {
            CAPTURE(face);
            const auto green = [&](std::size_t row) {
                return half_at(baked.texels, ((face * kSide + row) * kSide + kSide / 2) * 4 + 1);
            };
            CHECK(green(0) == doctest::Approx(1.0).epsilon(0.01));
            CHECK(green(kSide / 2) == doctest::Approx(0.0));
            CHECK(green(kSide - 1) == doctest::Approx(0.0));
        }
    }

    TEST_CASE("the second start reads what the first one made") {
        const TempFolder folder;
        for (const std::uint32_t bakes : {2u, 0u}) { // the table and the studio
            auto rig = test::PassRig::make({});
            if (!rig) return;
            const Environment environment(rig->gpu(), rig->layouts(), rig->textures(), folder.path);
            CHECK(environment.bakes() == bakes);
            CHECK(list_folder(folder.path)->size() == 2);
            CHECK(rig->validation_messages() == 0);
        }
    }

    TEST_CASE("a damaged cache is made again") {
        const TempFolder folder;
        auto rig = test::PassRig::make({});
        if (!rig) return;
        { const Environment first(rig->gpu(), rig->layouts(), rig->textures(), folder.path); }
        std::vector<std::vector<std::byte>> whole;
        const auto names = *list_folder(folder.path);
        for (const std::string& name : names) {
            whole.push_back(*read_file(join_path(folder.path, name)));
            REQUIRE(write_file(join_path(folder.path, name), Bytes(whole.back()).first(whole.back().size() / 2)));
        }
        { const Environment second(rig->gpu(), rig->layouts(), rig->textures(), folder.path); }
        for (std::size_t i = 0; i < names.size(); ++i) CHECK(*read_file(join_path(folder.path, names[i])) == whole[i]);
    }

    TEST_CASE("a map that is none is refused") {
        auto rig = test::PassRig::make({});
        if (!rig) return;
        const auto refused = rig->environment().set({4, 4, {1.f}});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Errc::Malformed);
        const auto too_large = rig->environment().set({1u << 20, 1, std::vector<float>(3u << 20)});
        REQUIRE_FALSE(too_large);
        CHECK(too_large.error().code == Errc::Exhausted);
    }

    TEST_CASE("the background shows each direction where it is, to both eyes") {
        for (const std::uint32_t views : {1u, 2u}) {
            auto rig = test::PassRig::make({.views = views, .width = 96, .height = 64});
            if (!rig) return;
            REQUIRE(rig->environment().set(map_of(256, axis_color)));
            const SkyPass sky = SkyPass::make(rig->gpu(), rig->layouts(), rig->formats());
            for (const DVec3& axis : {kAxes[0], kAxes[1], kAxes[4], kAxes[5], DVec3(0.02, 1, 0), DVec3(0.02, -1, 0)}) {
                const std::array eyes{test::look({0, 0, 0}, axis, 1.f, 1.5f),
                                      test::look({0.06, 0, 0}, axis + DVec3(0.06, 0, 0), 1.f, 1.5f)};
                DrawList list;
                list.views = std::span(eyes).first(views);
                list.show_environment = true;
                const scene::Pixels picture =
                    rig->draw(list, {}, [&](FrameContext& c) { sky.record(c, rig->environment()); });
                const DVec3 wanted = axis_color(axis);
                for (std::uint32_t view = 0; view < views; ++view) {
                    const auto pixel = test::at(picture, 48, 32 + 64 * view);
                    for (std::size_t c = 0; c < 3; ++c) {
                        CHECK((pixel[c] > 180) == (wanted[int(c)] > 0.5));
                        CHECK((pixel[c] > 60) == (wanted[int(c)] > 0.1));
                    }
                    CHECK(pixel[3] == 255);
                }
            }
            CHECK(rig->validation_messages() == 0);
        }
    }

    TEST_CASE("the studio looks like a studio") {
        auto rig = test::PassRig::make({.width = 640, .height = 360});
        if (!rig) return;
        const SkyPass sky = SkyPass::make(rig->gpu(), rig->layouts(), rig->formats());
        const std::array eyes{test::look({0, 0, 0}, {-1, 0.3, 0.8}, 1.6f, 16.f / 9.f)};
        DrawList list;
        list.views = eyes;
        list.show_environment = true;
        const scene::Pixels picture = rig->draw(list, {}, [&](FrameContext& c) { sky.record(c, rig->environment()); });
        test::keep_picture(picture, "studio");
        CHECK(test::mean(picture, 0, 0, 640, 120)[1] > test::mean(picture, 0, 300, 640, 60)[1] + 20);
    }
}
