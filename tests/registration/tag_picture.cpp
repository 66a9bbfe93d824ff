// SPDX-License-Identifier: Apache-2.0
#include "tests/registration/tag_picture.h"

#include <apriltag/apriltag.h>
#include <apriltag/tag36h11.h>
#include <apriltag/tagStandard41h12.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pw::registration::test {
namespace {

// Written from OpenCV's documentation, independently of registration/lens.cpp.
glm::dvec2 through_lens(const Intrinsics& l, double x, double y) {
    const double r2 = x * x + y * y, r4 = r2 * r2, r6 = r4 * r2;
    const double radial = 1 + l.k1 * r2 + l.k2 * r4 + l.k3 * r6;
    const double xd = x * radial + 2 * l.p1 * x * y + l.p2 * (r2 + 2 * x * x);
    const double yd = y * radial + l.p1 * (r2 + 2 * y * y) + 2 * l.p2 * x * y;
    return {l.fx * xd + l.cx, l.fy * yd + l.cy};
}

glm::dvec2 ray_at(const Intrinsics& l, const glm::dvec2& pixel) {
    double x = (pixel.x - l.cx) / l.fx, y = (pixel.y - l.cy) / l.fy;
    for (int i = 0; i < 6; ++i) {
        const glm::dvec2 seen = through_lens(l, x, y);
        x += (pixel.x - seen.x) / l.fx;
        y += (pixel.y - seen.y) / l.fy;
    }
    return {x, y};
}

struct Bitmap {
    int cells = 0, border = 0; // across all, and between the corners
    std::vector<std::uint8_t> grey;
};

Bitmap bitmap_of(Family family, unsigned id) {
    const bool frames = family == Family::Tag36h11;
    apriltag_family_t* f = frames ? tag36h11_create() : tagStandard41h12_create();
    image_u8_t* image = apriltag_to_image(f, id);
    Bitmap out{f->total_width, f->width_at_border, {}};
    for (int y = 0; y < out.cells; ++y)
        for (int x = 0; x < out.cells; ++x) out.grey.push_back(image->buf[y * image->stride + x]);
    image_u8_destroy(image);
    frames ? tag36h11_destroy(f) : tagStandard41h12_destroy(f);
    return out;
}

void blur(std::vector<double>& image, std::uint32_t width, std::uint32_t height, double sd) {
    const int reach = static_cast<int>(std::ceil(3.0 * sd));
    std::vector<double> kernel;
    double sum = 0.0;
    for (int i = -reach; i <= reach; ++i) sum += kernel.emplace_back(std::exp(-0.5 * i * i / (sd * sd)));
    const auto pass = [&](std::uint32_t length, std::uint32_t lines, std::size_t step, std::size_t line_step) {
        std::vector<double> line(length);
        for (std::uint32_t l = 0; l < lines; ++l) {
            for (std::uint32_t i = 0; i < length; ++i) line[i] = image[l * line_step + i * step];
            for (std::uint32_t i = 0; i < length; ++i) {
                double v = 0.0;
                for (int k = -reach; k <= reach; ++k) {
                    const int at = std::clamp(static_cast<int>(i) + k, 0, static_cast<int>(length) - 1);
                    v += kernel[static_cast<std::size_t>(k + reach)] * line[static_cast<std::size_t>(at)];
                }
                image[l * line_step + i * step] = v / sum;
            }
        }
    };
    pass(width, height, 1, width);
    pass(height, width, width, 1);
}

} // namespace

Intrinsics small_camera(bool distorted) {
    Intrinsics l{.width = 320, .height = 240, .fx = 300.0, .fy = 303.0, .cx = 161.3, .cy = 118.8};
    if (distorted) l.k1 = -0.12, l.k2 = 0.03, l.p1 = 0.0007, l.p2 = -0.0004, l.k3 = 0.002;
    return l;
}

std::array<glm::dvec2, 4> corners_of(const Scene& scene, const Scene::Tag& tag) {
    const double h = 0.5 * tag.size_m;
    std::array<glm::dvec2, 4> out{};
    const std::array<DVec3, 4> own{{{-h, -h, 0}, {h, -h, 0}, {h, h, 0}, {-h, h, 0}}};
    for (std::size_t i = 0; i < 4; ++i) {
        const DVec3 p = tag.camera_from_marker * own.at(i);
        out.at(i) = through_lens(scene.lens, p.x / p.z, p.y / p.z);
    }
    return out;
}

GreyImage picture_of(const Scene& scene, Luck& luck) {
    constexpr int kFine = 3;
    const Intrinsics& l = scene.lens;
    std::vector<Bitmap> bitmaps;
    for (const Scene::Tag& t : scene.tags) bitmaps.push_back(bitmap_of(t.family, t.id));
    std::vector<double> grey(std::size_t{l.width} * l.height, 140.0);
    for (std::size_t t = 0; t < scene.tags.size(); ++t) {
        const Scene::Tag& tag = scene.tags[t];
        const Bitmap& bits = bitmaps[t];
        const Rigid marker_from_camera = inverse(tag.camera_from_marker);
        const auto corners = corners_of(scene, tag);
        const auto [left, right] = std::ranges::minmax(corners, {}, &glm::dvec2::x);
        const auto [top, bottom] = std::ranges::minmax(corners, {}, &glm::dvec2::y);
        const double more = 0.5 * std::max(right.x - left.x, bottom.y - top.y);
        const auto bound = [](double v, std::uint32_t most) {
            return static_cast<std::uint32_t>(std::clamp(v, 0.0, static_cast<double>(most)));
        };
        for (std::uint32_t y = bound(top.y - more, l.height); y < bound(bottom.y + more, l.height); ++y)
            for (std::uint32_t x = bound(left.x - more, l.width); x < bound(right.x + more, l.width); ++x) {
                double& pixel = grey[std::size_t{y} * l.width + x];
                double sum = 0.0;
                for (int s = 0; s < kFine * kFine; ++s) {
                    const glm::dvec2 at(x + (s % kFine + 0.5) / kFine - 0.5, y + (s / kFine + 0.5) / kFine - 0.5);
                    const glm::dvec2 d = ray_at(l, at);
                    const DVec3 ray = marker_from_camera.rotation * DVec3(d.x, d.y, 1.0);
                    const DVec3 hit = marker_from_camera.translation - ray * (marker_from_camera.translation.z / ray.z);
                    const double column = std::floor(hit.x / tag.size_m * bits.border + 0.5 * bits.cells);
                    const double row = std::floor(-hit.y / tag.size_m * bits.border + 0.5 * bits.cells);
                    const bool inside = column >= 0 && row >= 0 && column < bits.cells && row < bits.cells;
                    const auto cell = static_cast<std::size_t>(inside ? row * bits.cells + column : 0);
                    sum += inside ? 30.0 + bits.grey[cell] * 0.75 : pixel;
                }
                pixel = sum / (kFine * kFine);
            }
    }
    blur(grey, l.width, l.height, scene.blur_px);
    GreyImage out{l.width, l.height, {}};
    for (const double v : grey)
        out.pixels.push_back(
            static_cast<std::uint8_t>(std::clamp(std::lround(v + luck.normal(scene.noise)), 0l, 255l)));
    return out;
}

Rigid facing(Luck& luck, double distance_m, double tilt_rad) {
    const glm::dquat towards = turned_by({std::numbers::pi, 0.0, 0.0}); // its z to the camera, its y up
    const double about = luck.between(-3.1, 3.1), roll = luck.between(-3.1, 3.1);
    const glm::dquat tilt = turned_by(tilt_rad * DVec3(std::cos(about), std::sin(about), 0.0));
    const double x = luck.between(-0.12, 0.12), y = luck.between(-0.08, 0.08);
    return {distance_m * DVec3(x, y, 1.0), towards * tilt * turned_by({0.0, 0.0, roll})};
}

} // namespace pw::registration::test
