#pragma once
// SPDX-License-Identifier: Apache-2.0
// A place to take pictures: a device with validation, a renderer and an image to draw into.

#include "base/jobs.h"
#include "renderer/renderer.h"

#include <cstdint>
#include <memory>
#include <string>

namespace pw::test {

struct StudioOptions {
    std::uint32_t width = 320, height = 240, views = 1;
    renderer::Tier tier = renderer::Tier::Software;
    VkFormat format = VK_FORMAT_R8G8B8A8_SRGB;
    bool depth = false; // a depth target as well
};

class Studio {
  public:
    // Null (after pw::test::skip) where there is no Vulkan device with validation.
    static std::unique_ptr<Studio> make(const StudioOptions& options = {});
    ~Studio();

    renderer::Device& device() { return *device_; }
    renderer::Renderer& renderer() { return *renderer_; }
    renderer::Target target(bool read_back) const;
    // One frame: update, sync, draw, read back. Draws until everything has arrived when `settle`.
    scene::Pixels picture(scene::Scene& scene, const renderer::DrawList& list, bool settle = true);
    renderer::DrawResult frame(scene::Scene& scene, const renderer::DrawList& list, bool read_back = false);
    // As after a lost device: everything of Vulkan is new.
    void rebuild();

  private:
    explicit Studio(const StudioOptions& options) : options_(options) {}
    Result<void> build();
    void tear_down();
    void make_image(VkFormat format, VkImageUsageFlags usage, VkImage& image, VkDeviceMemory& memory);

    StudioOptions options_;
    std::unique_ptr<Jobs> jobs_ = make_jobs_inline();
    std::unique_ptr<renderer::Device> device_;
    std::unique_ptr<renderer::Renderer> renderer_;
    VkImage color_ = VK_NULL_HANDLE, depth_ = VK_NULL_HANDLE;
    VkDeviceMemory color_memory_ = VK_NULL_HANDLE, depth_memory_ = VK_NULL_HANDLE;
};

// Looks from `eye` to `target`, with a vertical opening of `fov_y_rad`.
renderer::View look(const DVec3& eye, const DVec3& target, float aspect, float fov_y_rad = 1.0472f);

struct Rgba {
    int r = 0, g = 0, b = 0, a = 0;
    friend bool operator==(const Rgba&, const Rgba&) = default;
};
Rgba pixel(const scene::Pixels& picture, std::uint32_t x, std::uint32_t y);
int largest_difference(const scene::Pixels& a, const scene::Pixels& b);

// Compares with tests/golden/<name>.png: at most `far_pixels` may differ by more than 8 of 255 in a channel. Missing or
// different: writes <build>/golden/<name>.actual.png; with UPDATE_GOLDEN=1 writes the golden file instead.
bool matches_golden(const scene::Pixels& picture, const std::string& name, std::size_t far_pixels = 150);
void save_png(const scene::Pixels& picture, const std::string& path);

} // namespace pw::test
