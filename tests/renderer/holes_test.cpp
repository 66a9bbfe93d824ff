// SPDX-License-Identifier: Apache-2.0
// Panels that a compositor shows: holes in the picture, and the images they are drawn into.
#include "renderer/internal/memory.h"
#include "tests/renderer/overlay_builder.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/gtc/quaternion.hpp>

#include <array>
#include <cstdlib>
#include <cstring>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;

// A red wall, a panel of 1 m before it, and before that one thing of each kind.
struct Desk {
    scene::Scene scene;
    std::array<renderer::View, 2> views{look({0, 0, 3}, {0, 0, 0}, kFov, kAspect),
                                        look({0.06, 0, 3}, {0.06, 0, 0}, kFov, kAspect)};
    std::array<renderer::Panel, 1> panels;
    std::array<renderer::Line, 2> lines{renderer::Line{{-0.5, 0.3, 0.2}, {0.5, 0.3, 0.2}, 0xffff'ffffu, 0.06f},
                                        renderer::Line{{-0.5, -0.3, -0.2}, {0.5, -0.3, -0.2}, 0xffff'ffffu, 0.06f}};
    renderer::DrawList list;
    explicit Desk(std::uint32_t view_count) {
        ModelBuilder builder;
        builder.object("wall", quad_geometry(Vec2(4.f)), unlit({1.f, 0.f, 0.f, 1.f}), at(0, 0, -1));
        builder.object("box", box_geometry(Vec3(0.1f)), unlit({0.f, 1.f, 0.f, 1.f}), at(-0.3, 0, 0.3));
        scene::Material glass = unlit({0.f, 0.f, 1.f, 0.5f});
        glass.alpha_mode = scene::AlphaMode::Blend;
        builder.object("pane", quad_geometry(Vec2(0.1f)), glass, at(0.3, 0, 0.3));
        builder.object("behind", box_geometry(Vec3(0.1f)), unlit({0.f, 1.f, 0.f, 1.f}), at(0, 0, -0.4));
        scene.place(builder.take(), {}, "desk");
        panels[0].size_m = {1.f, 1.f};
        panels[0].as_hole = true;
        list.views = std::span(views).first(view_count);
        list.panels = panels;
        list.lines = lines;
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
};

// The image of one of a compositor's panels.
struct PanelImage {
    renderer::Gpu* gpu;
    renderer::Image image;
    PanelImage(Studio& studio, VkFormat format, std::uint32_t size) : gpu(&renderer::gpu_of(studio.device())) {
        renderer::ImageInfo info;
        info.format = format;
        info.width = info.height = size;
        info.usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
        image = renderer::make_image(*gpu, info, "compositor's panel");
    }
    renderer::Target::PanelImage listed(std::size_t panel) const {
        return {panel,
                image.get(),
                image.info().format,
                image.info().width,
                image.info().height,
                VK_IMAGE_LAYOUT_UNDEFINED,
                VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL};
    }
    std::array<int, 4> at(std::int32_t x, std::int32_t y) const {
        const renderer::Buffer texel = renderer::make_buffer(*gpu, 4, 0, renderer::Memory::Readback, "texel");
        REQUIRE(renderer::run_now(*gpu, [&](VkCommandBuffer cmd) {
            VkBufferImageCopy region{};
            region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
            region.imageOffset = {x, y, 0};
            region.imageExtent = {1, 1, 1};
            vkCmdCopyImageToBuffer(cmd, image.get(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, texel.get(), 1, &region);
            renderer::memory_barrier(cmd, renderer::access::kTransferWrite, renderer::access::kHostRead);
        }));
        texel.invalidate();
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), texel.data(), 4);
        const VkFormat format = image.info().format;
        if (format == VK_FORMAT_B8G8R8A8_SRGB || format == VK_FORMAT_B8G8R8A8_UNORM) std::swap(bytes[0], bytes[2]);
        return {bytes[0], bytes[1], bytes[2], bytes[3]};
    }
};

void frame(Studio& studio, Desk& desk, std::span<const renderer::Target::PanelImage> images) {
    renderer::Renderer& r = studio.renderer();
    r.begin_frame();
    r.sync(desk.scene, desk.scene.update());
    renderer::Target target = studio.target(/* read_back= */ false);
    target.panels = images;
    REQUIRE(r.draw(desk.list, target) == renderer::DrawResult::Done);
}

} // namespace

TEST_SUITE("renderer/holes [gpu]") {
    TEST_CASE("a hole is clear and hides what is behind it; what is nearer stays in front, with its own alpha") {
        for (const auto& [views, samples] : {std::pair(1u, 1u), std::pair(2u, 1u), std::pair(2u, 4u)}) {
            CAPTURE(views);
            CAPTURE(samples);
            auto studio = Studio::make({.views = views, .samples = samples});
            if (!studio) return;
            Desk desk(views);
            const scene::Pixels picture = studio->picture(desk.scene, desk.list);
            // 1 m at 3 m are 69 pixels, at 2.7 m 77.
            for (std::uint32_t eye = 0; eye < views; ++eye) {
                const std::uint32_t x = 160 - 5 * eye, y = 120 + 240 * eye;
                CHECK(pixel(picture, x, y) == Rgba{0, 0, 0, 0});
                CHECK(pixel(picture, x - 33, y + 33) == Rgba{0, 0, 0, 0});
                CHECK(pixel(picture, x - 38, y) == Rgba{255, 0, 0, 255});
                CHECK(pixel(picture, x, y + 20) == Rgba{0, 0, 0, 0});         // the line behind
                CHECK(pixel(picture, x, y - 22) == Rgba{255, 255, 255, 255}); // the one before
                CHECK(pixel(picture, x - 24, y) == Rgba{0, 255, 0, 255});
                const Rgba pane = pixel(picture, x + 22, y);
                CHECK(std::abs(pane.a - 128) <= 1);
                CHECK(pane.b > 250);
                CHECK(pane.r + pane.g == 0);
            }
            keep_picture(picture, "hole_" + std::to_string(views) + "_" + std::to_string(samples));
            CHECK(studio->device().validation_messages() == 0);
        }
    }

    TEST_CASE("a fade leaves holes as they are and darkens what is in front of them") {
        auto studio = Studio::make();
        if (!studio) return;
        Desk desk(1);
        desk.list.fade = 0.5f;
        const scene::Pixels picture = studio->picture(desk.scene, desk.list);
        CHECK(pixel(picture, 160, 120) == Rgba{0, 0, 0, 0});
        CHECK(std::abs(pixel(picture, 160 - 24, 120).g - 188) <= 1);
        CHECK(pixel(picture, 160 - 24, 120).a == 255);
    }

    TEST_CASE("from behind a hole is a dark plate, as every panel") {
        auto studio = Studio::make();
        if (!studio) return;
        Desk desk(1);
        desk.panels[0].pose.orientation = glm::angleAxis(3.14159265f, Vec3(0.f, 1.f, 0.f));
        const Rgba plate = pixel(studio->picture(desk.scene, desk.list), 160, 120);
        CHECK(plate.a == 255);
        CHECK(plate.r > 20);
        CHECK(plate.r < 60);
    }

    TEST_CASE("a copy for people shows panels in their holes, and the picture itself keeps them") {
        for (const auto& [views, samples] : {std::pair(1u, 1u), std::pair(2u, 1u), std::pair(2u, 4u)}) {
            CAPTURE(views);
            CAPTURE(samples);
            auto studio = Studio::make({.views = views, .samples = samples});
            if (!studio) return;
            Desk desk(views);
            OverlayBuilder builder;
            builder.rect({0, 0}, {64, 64}, 0xffff'8020u);
            std::array panels{desk.panels[0], desk.panels[0]};
            panels[0].width = panels[0].height = 64;
            panels[0].overlay = builder.overlay();
            panels[1] = panels[0]; // smaller, and before it
            panels[1].pose.position.z = 0.1;
            panels[1].size_m = {0.1f, 0.1f};
            OverlayBuilder nearer;
            nearer.rect({0, 0}, {64, 64}, 0xff00'ffffu);
            panels[1].overlay = nearer.overlay();
            desk.list.panels = panels;
            studio->copies_show_panels = true;
            const scene::Pixels picture = studio->picture(desk.scene, desk.list);
            for (std::uint32_t eye = 0; eye < views; ++eye) {
                const std::uint32_t x = 160 - 5 * eye, y = 120 + 240 * eye;
                CHECK(pixel(picture, x, y) == Rgba{255, 255, 0, 255});
                CHECK(pixel(picture, x - 30, y + 30) == Rgba{32, 128, 255, 255});
                CHECK(pixel(picture, x - 38, y) == Rgba{255, 0, 0, 255});
                CHECK(pixel(picture, x, y - 22) == Rgba{255, 255, 255, 255}); // what is before it stays in front
                CHECK(pixel(picture, x - 24, y) == Rgba{0, 255, 0, 255});
                const Rgba pane = pixel(picture, x + 22, y); // and what is clear shows it: half of 32, 128, 255
                CHECK(pane.a == 255);
                CHECK(std::abs(pane.g - 92) <= 2);
            }
            keep_picture(picture, "hole_shown_" + std::to_string(views) + "_" + std::to_string(samples));
            studio->copies_show_panels = false;
            CHECK(pixel(studio->picture(desk.scene, desk.list), 160, 120) == Rgba{0, 0, 0, 0});
            CHECK(studio->device().validation_messages() == 0);
        }
    }

    TEST_CASE("a compositor's image gets what the panel shows, in each format, when it is listed and not else") {
        auto studio = Studio::make();
        if (!studio) return;
        for (const VkFormat format :
             {VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_B8G8R8A8_SRGB, VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_B8G8R8A8_UNORM}) {
            CAPTURE(format);
            const bool srgb = format == VK_FORMAT_R8G8B8A8_SRGB || format == VK_FORMAT_B8G8R8A8_SRGB;
            Desk desk(1);
            OverlayBuilder builder;
            builder.rect({0, 0}, {32, 32}, 0xff20'80ffu).rect({32, 0}, {64, 32}, 0x8000'00ffu);
            desk.panels[0].width = desk.panels[0].height = 64;
            desk.panels[0].overlay = builder.overlay();
            const PanelImage image(*studio, format, 64);
            const std::array listed{image.listed(0)};
            frame(*studio, desk, listed);
            frame(*studio, desk, listed);
            CHECK(image.at(16, 16) == std::array{255, 128, 32, 255});
            const auto half = image.at(48, 16); // premultiplied, where the format says so in linear light
            CHECK(std::abs(half[0] - (srgb ? 188 : 128)) <= 1);
            CHECK(half[3] == 128);
            CHECK(image.at(16, 48) == std::array{0, 0, 0, 0});

            OverlayBuilder other;
            other.rect({0, 0}, {64, 64}, 0xffff'ffffu);
            desk.panels[0].overlay = other.overlay();
            frame(*studio, desk, {});
            CHECK(image.at(16, 48) == std::array{0, 0, 0, 0});
            frame(*studio, desk, listed);
            CHECK(image.at(16, 48) == std::array{255, 255, 255, 255});
        }
        CHECK(studio->device().validation_messages() == 0);
    }
}
