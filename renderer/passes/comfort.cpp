// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/comfort.h"

#include "pw_shaders.h"
#include "shaders/pass_layouts.h"

#include <array>

namespace pw::renderer {

ComfortPass ComfortPass::make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats) {
    const std::array<std::uint32_t, 1> constants{formats.encode_srgb};
    GraphicsInfo info;
    info.name = "comfort";
    info.vertex = pw::shaders::sky_vert;
    info.fragment = pw::shaders::comfort_frag;
    info.formats = formats;
    info.depth_test = info.depth_write = false;
    info.constants = constants;
    ComfortPass pass;
    info.blend = Blend::Dim;
    pass.darken = make_graphics(gpu, layouts.pipeline.get(), info);
    info.blend = Blend::Fade;
    pass.take_away = make_graphics(gpu, layouts.pipeline.get(), info);
    return pass;
}

void ComfortPass::record(const FrameContext& context) const {
    const DrawList& list = *context.list;
    if (list.vignette <= 0.f && list.fade <= 0.f) return;
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, (list.see_through ? take_away : darken).get());
    push(context.cmd, context.layout, shaders::ComfortPush{list.vignette, list.fade});
    vkCmdDraw(context.cmd, 3, 1, 0, 0);
}

} // namespace pw::renderer
