// SPDX-License-Identifier: Apache-2.0
// What a section cuts away, and what it closes.
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/gtc/quaternion.hpp>

#include <array>
#include <cstdlib>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;
constexpr Vec4 kRed{1.f, 0.f, 0.f, 1.f}, kGreen{0.f, 1.f, 0.f, 1.f};
constexpr Rgba kRedSeen{255, 0, 0, 255}, kGreenSeen{0, 255, 0, 255}, kNothing{0, 0, 0, 255};

// Parts on black, seen obliquely from above, cut at the height of 0.
struct Cut {
    scene::Scene scene;
    std::array<renderer::View, 2> views{look({0, 3, 3}, {0, 0, 0}, kFov, kAspect),
                                        look({0.06, 3, 3}, {0.06, 0, 0}, kFov, kAspect)};
    renderer::DrawList list;
    explicit Cut(ModelBuilder& builder, std::uint32_t view_count = 1) {
        scene.place(builder.take(), {}, "parts");
        list.views = std::span(views).first(view_count);
        list.background = {0.f, 0.f, 0.f, 1.f};
        list.section = renderer::Section{};
    }
    Cut(const Cut&) = delete;
    Cut& operator=(const Cut&) = delete;
};

// Of the hatched face: between its two greys, which are bluish.
bool is_cap(const Rgba& p) { return p.b >= 95 && p.b <= 205 && p.r >= 80 && p.r < p.b && p.g > p.r && p.a == 255; }

int caps(const scene::Pixels& picture) {
    int count = 0;
    for (std::uint32_t y = 0; y < picture.height; ++y)
        for (std::uint32_t x = 0; x < picture.width; ++x) count += is_cap(pixel(picture, x, y)) ? 1 : 0;
    return count;
}

scene::Geometry join(scene::Geometry a, const scene::Geometry& b, bool inside_out) {
    const auto first = static_cast<std::uint32_t>(a.vertices.size());
    a.vertices.insert(a.vertices.end(), b.vertices.begin(), b.vertices.end());
    for (std::size_t i = 0; i < b.indices.size(); i += 3)
        for (const std::size_t k :
             {std::size_t{0}, std::size_t{inside_out ? 2u : 1u}, std::size_t{inside_out ? 1u : 2u}})
            a.indices.push_back(first + b.indices[i + k]);
    return a;
}

scene::Geometry half_of(scene::Geometry g, bool second) {
    const auto middle = g.indices.begin() + static_cast<std::ptrdiff_t>(g.indices.size() / 6 * 3);
    g.indices = second ? std::vector(middle, g.indices.end()) : std::vector(g.indices.begin(), middle);
    return g;
}

Transform lying(double x, double y, double z) {
    return {.translation = {x, y, z}, .rotation = glm::angleAxis(-1.5707963f, Vec3(1.f, 0.f, 0.f))};
}

} // namespace

TEST_SUITE("renderer/section [gpu] [golden]") {
    TEST_CASE("a solid is cut at the plane and closed there, for both eyes and each number of samples") {
        for (const auto& [views, samples] : {std::pair(1u, 1u), std::pair(2u, 1u), std::pair(2u, 4u)}) {
            CAPTURE(views);
            CAPTURE(samples);
            auto studio = Studio::make({.views = views, .samples = samples});
            if (!studio) return;
            ModelBuilder builder;
            builder.object("box", box_geometry(), unlit(kRed));
            Cut cut(builder, views);
            const scene::Pixels picture = studio->picture(cut.scene, cut.list);
            cut.list.section.reset();
            const scene::Pixels whole = studio->picture(cut.scene, cut.list);
            for (std::uint32_t eye = 0; eye < views; ++eye) {
                const std::uint32_t x = 160, y = 120 + 240 * eye;
                CHECK(is_cap(pixel(picture, x, y)));
                CHECK(pixel(picture, x, y + 25) == kRedSeen); // the front side, which is left
                CHECK(pixel(picture, x, y - 25) == kNothing); // the upper half, which is not
                CHECK(pixel(whole, x, y - 25) == kRedSeen);
            }
            CHECK(caps(whole) == 0);
            CHECK(studio->device().validation_messages() == 0);
        }
    }

    TEST_CASE("a hollow part shows its hollow, and two solids in each other are closed as one") {
        auto studio = Studio::make();
        if (!studio) return;
        ModelBuilder builder;
        builder.object("tub", join(box_geometry(), box_geometry(Vec3(0.3f)), /* inside_out= */ true), unlit(kRed),
                       at(-0.8, 0, 0));
        builder.object("body", box_geometry(), unlit(kRed), at(0.8, 0, 0));
        builder.object("shaft", box_geometry({0.1f, 0.3f, 0.1f}), unlit(kGreen), at(0.8, -0.1, 0));
        Cut cut(builder);
        const scene::Pixels picture = studio->picture(cut.scene, cut.list);
        CHECK(pixel(picture, 121, 120) == kRedSeen); // the inner side of the tub
        CHECK(is_cap(pixel(picture, 121 - 20, 120)));
        CHECK(is_cap(pixel(picture, 199, 120)));
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a thin sheet is cut and not closed, and fills nothing, whether or not the plane meets it") {
        auto studio = Studio::make();
        if (!studio) return;
        ModelBuilder builder;
        scene::Material both = unlit(kRed);
        both.double_sided = true;
        builder.object("floor", quad_geometry(Vec2(1.5f)), both, lying(0, -0.5, 0));
        builder.object("upright", quad_geometry(Vec2(0.5f)), both, at(0, 0, 0.2));
        Transform turned = lying(0.9, 0, 0);
        turned.rotation = glm::angleAxis(1.4f, Vec3(1.f, 0.f, 0.f)); // its back is seen
        builder.object("tilted", quad_geometry(Vec2(0.4f)), both, turned);
        Cut cut(builder);
        const scene::Pixels picture = studio->picture(cut.scene, cut.list);
        CHECK(caps(picture) == 0);
        CHECK(pixel(picture, 160, 160) == kRedSeen);
    }

    TEST_CASE("a surface in two materials is closed where both hide, and open where one of them is clear") {
        auto studio = Studio::make();
        if (!studio) return;
        for (const bool clear : {false, true}) {
            CAPTURE(clear);
            ModelBuilder builder;
            scene::Material other = unlit(kGreen);
            if (clear) {
                other.base_color.a = 0.5f;
                other.alpha_mode = scene::AlphaMode::Blend;
            }
            scene::Mesh mesh;
            mesh.primitives.push_back(
                {builder.geometry(half_of(box_geometry(), false)), builder.material(unlit(kRed))});
            mesh.primitives.push_back({builder.geometry(half_of(box_geometry(), true)), builder.material(other)});
            builder.model().meshes.push_back(mesh);
            builder.node("box", {}, 0);
            Cut cut(builder);
            const int closed = caps(studio->picture(cut.scene, cut.list));
            if (clear)
                CHECK(closed == 0);
            else
                CHECK(closed > 1000);
            studio->rebuild();
        }
    }

    TEST_CASE("from the side that is left nothing is closed, and what is hidden or a ghost never is") {
        auto studio = Studio::make();
        if (!studio) return;
        ModelBuilder builder;
        builder.object("box", box_geometry(), unlit(kRed));
        Cut cut(builder);
        cut.views[0] = look({0, -3, 3}, {0, 0, 0}, kFov, kAspect);
        const scene::Pixels below = studio->picture(cut.scene, cut.list);
        CHECK(caps(below) == 0);
        CHECK(pixel(below, 160, 140) == kRedSeen);
        cut.views[0] = look({0, 3, 3}, {0, 0, 0}, kFov, kAspect);
        for (const std::uint8_t flag : {scene::kGhost, scene::kHidden}) {
            cut.scene.set_style(scene::NodeId{0}, {.flags = flag});
            const scene::Pixels picture = studio->picture(cut.scene, cut.list);
            CHECK(caps(picture) == 0);
            CHECK(pixel(picture, 160, 95) == kNothing); // ghosts are cut as well
        }
    }

    TEST_CASE("what is blended is cut, and what the user holds is not") {
        auto studio = Studio::make();
        if (!studio) return;
        ModelBuilder builder;
        scene::Material glass = unlit(kRed);
        glass.base_color.a = 0.5f;
        glass.alpha_mode = scene::AlphaMode::Blend;
        builder.object("glass", box_geometry(), glass, at(-0.8, 0, 0));
        Cut cut(builder);
        ModelBuilder stick;
        stick.object("stick", box_geometry(), unlit(kGreen));
        const std::array props{renderer::Prop{studio->renderer().add_prop(stick.take()), {.translation = {0.8, 0, 0}}}};
        cut.list.props = props;
        const scene::Pixels picture = studio->picture(cut.scene, cut.list);
        CHECK(pixel(picture, 121, 95) == kNothing);
        CHECK(pixel(picture, 121, 140).r > 100);
        CHECK(pixel(picture, 199, 95) == kGreenSeen);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a cut machine throws the shadow of what is left of it") {
        auto studio = Studio::make();
        if (!studio) return;
        ModelBuilder builder;
        builder.object("floor", box_geometry({3.f, 0.05f, 3.f}), plain(Vec4(0.5f, 0.5f, 0.5f, 1.f), 0.f, 0.9f),
                       at(0, -0.55, 0));
        builder.object("tower", box_geometry({0.2f, 0.5f, 0.2f}), plain(kRed), at(0, 0, 0));
        Cut cut(builder);
        cut.views[0] = look({0, 4, 0.01}, {0, 0, 0}, kFov, kAspect); // from above: x to the right
        cut.list.environment_intensity = 0.f;
        cut.list.sun = {.to_sun = {-1.f, 1.f, 0.f}, .illuminance = Vec3(20'000.f)};
        cut.list.section->point = {0, -0.3, 0};
        // The tower's shadow reaches 1.2 m from its middle, what is left of it 0.4 m. 1 m on the floor: 46 pixels.
        const auto lit = [&](double x_m) {
            const scene::Pixels p = studio->picture(cut.scene, cut.list);
            return pixel(p, static_cast<std::uint32_t>(160.0 + 46.0 * x_m), 120).g > 60;
        };
        CHECK(lit(0.8));
        CHECK_FALSE(lit(0.3));
        cut.list.section.reset();
        CHECK_FALSE(lit(0.8));
        CHECK(lit(1.6));
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a section moves through a machine without its geometry being sent again") {
        auto studio = Studio::make();
        if (!studio) return;
        ModelBuilder builder;
        builder.object("box", box_geometry(), unlit(kRed));
        Cut cut(builder);
        studio->picture(cut.scene, cut.list);
        const renderer::RenderStats before = studio->renderer().stats();
        for (int i = 0; i < 10; ++i) {
            cut.list.section->point.y = 0.04 * i;
            REQUIRE(studio->frame(cut.scene, cut.list) == renderer::DrawResult::Done);
            CHECK(studio->renderer().settled());
        }
        CHECK(studio->renderer().stats().triangles == before.triangles);
        cut.list.section->point.y = 2.0; // past everything
        const scene::Pixels whole = studio->picture(cut.scene, cut.list);
        CHECK(caps(whole) == 0);
        CHECK(pixel(whole, 160, 95) == kRedSeen);
        cut.list.section->point.y = -2.0; // before everything
        CHECK(pixel(studio->picture(cut.scene, cut.list), 160, 120) == kNothing);
    }

    TEST_CASE("a section through parts of every kind looks like one") {
        auto studio = Studio::make({.samples = 4});
        if (!studio) return;
        ModelBuilder builder;
        builder.object("floor", quad_geometry(Vec2(3.f)), plain({0.45f, 0.45f, 0.42f, 1.f}, 0.f, 0.8f),
                       lying(0, -0.5, 0));
        builder.object("housing", join(box_geometry({0.6f, 0.5f, 0.4f}), box_geometry({0.5f, 0.4f, 0.3f}), true),
                       plain({0.1f, 0.3f, 0.8f, 1.f}), at(-0.7, 0, 0));
        builder.object("shaft", sphere_geometry(0.25f), plain({0.9f, 0.6f, 0.2f, 1.f}, 1.f, 0.3f), at(-0.7, 0.02, 0));
        builder.object("ball", sphere_geometry(0.45f), plain({0.7f, 0.2f, 0.1f, 1.f}), at(0.6, 0, -0.4));
        builder.object("sheet", quad_geometry(Vec2(0.4f)), plain({0.2f, 0.7f, 0.3f, 1.f}), at(0.7, -0.1, 0.6));
        builder.object("ghost", box_geometry(Vec3(0.3f)), plain(Vec4(1.f)), at(1.3, 0, 0.1));
        Cut cut(builder);
        cut.scene.set_style(scene::NodeId{5}, {.flags = scene::kGhost});
        cut.views[0] = look({0.4, 2.0, 2.6}, {0, 0, 0}, kFov, kAspect);
        cut.list.exposure = 0.45f;
        cut.list.background = {0.05f, 0.06f, 0.07f, 1.f};
        cut.list.sun = {.to_sun = {0.5f, 0.8f, 0.4f}, .illuminance = Vec3(10'000.f)};
        cut.list.section = renderer::Section{{0, 0.1, 0}, glm::normalize(Vec3(0.15f, 1.f, 0.1f))};
        const scene::Pixels picture = studio->picture(cut.scene, cut.list);
        CHECK(matches_golden(picture, "section"));
        CHECK(studio->device().validation_messages() == 0);
    }
}
