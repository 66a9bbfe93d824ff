#pragma once
// SPDX-License-Identifier: Apache-2.0
// The GPU side of a host: device, session or swapchain, renderer; made together, lost together, made again together.
// Frame thread only.

#include "app/settings.h"
#include "base/jobs.h"
#include "base/result.h"
#include "interaction/stance.h"
#include "renderer/renderer.h"
#include "scene/image.h"
#include "xr/host.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace pw::app {

// What becomes of a frame's picture besides being shown.
enum class Keep : std::uint8_t {
    Nothing,
    Picture, // it is read back
    Still,   // and drawn as finely as can be: seen at leisure. Offscreen without panels only, else as Picture
};

class Graphics {
  public:
    // `environment` may be null.
    static Result<std::unique_ptr<Graphics>> make(xr::Host& host, Jobs& jobs, const Settings& settings,
                                                  const scene::HdrPixels* environment);
    ~Graphics(); // detaches the host; the host must still live

    renderer::Renderer& renderer() { return *renderer_; }
    renderer::Device& device() { return *device_; }

    enum class Drawn : std::uint8_t { Yes, NoImage, DeviceLost };
    // Acquires, draws, ends the host's frame. `list.views` is filled in from the host. `quads`: for each panel of the
    // list the slot in which the headset's compositor may show it, or kNoQuad; those that it does become holes.
    Drawn draw(renderer::DrawList& list, const interaction::Stance& stance, float zoom, Keep keep,
               std::span<const std::size_t> quads = {});
    static constexpr std::size_t kNoQuad = ~std::size_t{0};

  private:
    explicit Graphics(xr::Host& host) : host_(host) {}
    void place_quads(renderer::DrawList& list, const interaction::Stance& stance, std::span<const std::size_t> quads);

    struct QuadContent {        // of a slot
        std::uint64_t hash = 0; // 0: it never had any
        std::uint32_t width = 0, height = 0;
    };
    xr::Host& host_;
    std::vector<QuadContent> contents_;
    std::vector<renderer::Panel> panels_; // of the frame, with their holes
    std::vector<renderer::Target::PanelImage> panel_images_;
    std::vector<xr::QuadPlace> quads_;
    std::unique_ptr<renderer::Device> device_;
    std::unique_ptr<renderer::Renderer> renderer_;
    std::array<renderer::View, 2> views_{};
};

} // namespace pw::app
