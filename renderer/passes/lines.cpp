// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/lines.h"

#include "pw_shaders.h"
#include "renderer/passes/address.h"
#include "shaders/pass_layouts.h"

#include <array>
#include <cstring>

namespace pw::renderer {

LinePass LinePass::make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats) {
    const std::array<std::uint32_t, 1> constants{formats.encode_srgb};
    GraphicsInfo info;
    info.name = "lines";
    info.vertex = pw::shaders::line_vert;
    info.fragment = pw::shaders::line_frag;
    info.formats = formats;
    info.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP;
    info.blend = Blend::Premultiplied;
    info.depth_write = false;
    info.constants = constants;
    LinePass pass;
    pass.hidden_by_walls = make_graphics(gpu, layouts.pipeline.get(), info);
    info.name = "lines through walls";
    info.depth_test = false;
    pass.through_walls = make_graphics(gpu, layouts.pipeline.get(), info);
    return pass;
}

void LinePass::record(FrameContext& context) const {
    const std::span<const Line> lines = context.list->lines;
    if (lines.empty()) return;
    const UploadSlice slice = context.slot->upload.take(lines.size() * sizeof(shaders::GpuLine));
    std::byte* to = slice.data;
    std::uint32_t first = 0, count = 0;
    push(context.cmd, context.layout, shaders::ListPush{low_word(slice.address), high_word(slice.address)});
    for (const bool through : {false, true}) {
        for (const Line& line : lines) {
            if (line.through_walls != through) continue;
            const Vec3 a(line.a - context.origin), b(line.b - context.origin);
            const shaders::GpuLine item{a.x, a.y, a.z, line.width_m / 2.f * context.list->world_per_user,
                                        b.x, b.y, b.z, line.color_srgba};
            std::memcpy(to, &item, sizeof item);
            to += sizeof item;
            ++count;
        }
        if (count == first) continue;
        vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS,
                          (through ? through_walls : hidden_by_walls).get());
        vkCmdDraw(context.cmd, 4, count - first, 0, first);
        first = count;
    }
}

} // namespace pw::renderer
