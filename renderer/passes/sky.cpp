// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/sky.h"

#include "pw_shaders.h"
#include "shaders/pass_layouts.h"

#include <array>

namespace pw::renderer {

SkyPass SkyPass::make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats) {
    const std::array<std::uint32_t, 1> constants{formats.encode_srgb};
    GraphicsInfo info;
    info.name = "sky";
    info.vertex = pw::shaders::sky_vert;
    info.fragment = pw::shaders::sky_frag;
    info.formats = formats;
    info.depth_write = false;
    info.constants = constants;
    return {make_graphics(gpu, layouts.pipeline.get(), info)};
}

void SkyPass::record(FrameContext& context, const Environment& environment) const {
    if (!context.list->show_environment || context.list->see_through) return;
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline.get());
    push(context.cmd, context.layout, shaders::SkyPush{environment.sky_texture()});
    vkCmdDraw(context.cmd, 3, 1, 0, 0);
}

} // namespace pw::renderer
