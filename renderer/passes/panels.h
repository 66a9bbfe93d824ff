#pragma once
// SPDX-License-Identifier: Apache-2.0
// Panels: overlays that stand in the world. Each is drawn into a texture of its own, with mipmaps, when its triangles
// have changed, and shown on a rectangle; from behind it is a dark plate. A texture belongs to a place in
// DrawList::panels and is made anew when the size there changes. A panel that a compositor shows is a hole in the
// picture instead, of alpha 0, and has no texture: what it shows goes straight into the compositor's image. Copies of
// the picture for people get it below the picture, as the compositor puts it, from a texture that is there only then.

#include "renderer/internal/frame.h"
#include "renderer/internal/texture_table.h"
#include "renderer/passes/overlay.h"
#include "renderer/renderer.h"

#include <vector>

namespace pw::renderer {

class PanelPass {
  public:
    static PanelPass make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, TextureTable& textures);
    // With sets 0 and 1 bound for graphics.
    void prepare(FrameContext& context, std::span<const Target::PanelImage> images = {}, bool copied = false);
    void record_holes(const FrameContext& context) const; // after what is opaque, before what is blended
    void record(FrameContext& context);                   // after what is blended in the scene
    void record_under(FrameContext& context);             // what holes show, into a copy of the picture without depth
    std::uint64_t redraws() const { return redraws_; }    // pictures drawn so far

  private:
    struct Canvas {
        Image image;
        ImageView target; // its first mip
        std::uint32_t slot = 0;
        std::uint64_t content = 0;  // hash of what it shows
        std::uint64_t last_use = 0; // serial of a frame
    };
    struct Place {
        std::uint32_t panel = 0;
        float distance = 0.f;
    };
    struct Painter {
        VkFormat format = VK_FORMAT_UNDEFINED;
        OverlayPass overlay;
    };
    void collect(const FrameContext& context, bool holes);
    void record_places(const FrameContext& context) const;
    void fit(Canvas& canvas, const Panel& panel);
    void redraw(FrameContext& context, const Canvas& canvas, const Panel& panel) const;
    const OverlayPass& painter(VkFormat format) const;
    void fill(FrameContext& context, const Target::PanelImage& image) const;

    Gpu* gpu_ = nullptr;
    TextureTable* textures_ = nullptr;
    std::vector<Painter> painters_; // one for each format
    Pipeline pipeline_, hole_, under_;
    Sampler sampler_;
    std::vector<Canvas> canvases_;
    std::vector<Canvas> replaced_; // until no frame in flight uses them
    std::vector<Place> places_;    // of what is recorded, far to near
    std::uint64_t redraws_ = 0;
};

} // namespace pw::renderer
