#pragma once
// SPDX-License-Identifier: Apache-2.0
// A user interface as triangles, in pixels. Colours are sRGB bytes with straight alpha and are blended as light, in
// linear space. Textures are slots of textures[]: what Renderer::add_texture gives; 0 is white.

#include "renderer/internal/frame.h"

namespace pw::renderer {

struct OverlayPass {
    // `formats` without depth: for pictures that are nothing but an overlay.
    static OverlayPass make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, const char* name);
    // Inside of rendering into `extent`; leaves viewport and scissor as it found them. Mono only.
    void record(const FrameContext& context, const Overlay& overlay, VkExtent2D extent) const;

    Pipeline pipeline;
};

} // namespace pw::renderer
