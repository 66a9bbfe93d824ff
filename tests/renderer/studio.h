#pragma once
// SPDX-License-Identifier: Apache-2.0
// A place to take pictures: a device with validation, a renderer and an image to draw into.

#include "tests/renderer/golden.h"
#include "tests/renderer/offscreen.h"
#include "tests/renderer/pass_rig.h"

#include <cstdint>
#include <memory>
#include <string>

namespace pw::test {

class Studio {
  public:
    // Null (after pw::test::skip) where there is no Vulkan device with validation.
    static std::unique_ptr<Studio> make(const OffscreenOptions& options = {});

    renderer::Device& device() { return *offscreen_->device; }
    renderer::Renderer& renderer() { return *offscreen_->renderer; }
    renderer::Target target(bool read_back) const { return offscreen_->target(read_back); }
    // One frame: update, sync, draw, read back. Draws until everything has arrived when `settle`.
    scene::Pixels picture(scene::Scene& scene, const renderer::DrawList& list, bool settle = true);
    renderer::DrawResult frame(scene::Scene& scene, const renderer::DrawList& list, bool read_back = false);
    void set_supersample(std::uint32_t times) { offscreen_->options.supersample = times; } // from the next frame on
    bool copies_show_panels = false;                                                       // as of a Target
    // As after a lost device: everything of Vulkan is new.
    void rebuild();

  private:
    OffscreenOptions options_;
    std::unique_ptr<Jobs> jobs_ = make_jobs_inline();
    std::unique_ptr<Offscreen> offscreen_;
};

inline constexpr float kFov = 1.0471976f; // 60°, as most tests look

struct Rgba {
    int r = 0, g = 0, b = 0, a = 0;
    friend bool operator==(const Rgba&, const Rgba&) = default;
};
Rgba pixel(const scene::Pixels& picture, std::uint32_t x, std::uint32_t y);
int largest_difference(const scene::Pixels& a, const scene::Pixels& b);

} // namespace pw::test
