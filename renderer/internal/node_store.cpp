// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/node_store.h"

#include "base/srgb.h"
#include "pw_shaders.h"
#include "renderer/passes/address.h"

#include <glm/geometric.hpp>

namespace pw::renderer {

using shaders::GpuStyle;
using shaders::GpuTransform;

GpuTransform gpu_transform(const Affine& a) {
    const Vec3 high(a.translation);
    const Vec3 low(a.translation - DVec3(high));
    const Mat3& m = a.linear; // m[column][row]
    return {{m[0].x, m[1].x, m[2].x, high.x},
            {m[0].y, m[1].y, m[2].y, high.y},
            {m[0].z, m[1].z, m[2].z, high.z},
            {low, 0.f}};
}

namespace {

GpuStyle gpu_style(const scene::Style& style) {
    const bool stale = (style.flags & scene::kStale) != 0; // what is not known is not coloured
    return {style.flags, style.tint_srgba, style.emission, stale ? 0u : style.wash_srgba};
}

std::uint32_t total(std::span<const scene::NodeRange> ranges) {
    std::uint32_t sum = 0;
    for (const scene::NodeRange& range : ranges) sum += range.last - range.first;
    return sum;
}

} // namespace

NodeStore::NodeStore(Gpu& gpu, const Layouts& layouts)
    : transforms_(gpu, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, "node transforms"),
      styles_(gpu, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, "node styles"),
      scatter_(make_compute(gpu, layouts.pipeline.get(), shaders::scatter_comp, "scatter nodes")) {}

void NodeStore::reserve(VkCommandBuffer cmd, std::uint32_t node_count) {
    // Everything is sent again when nodes are added, so nothing needs keeping.
    transforms_.reserve(cmd, (node_count + kExtraNodes) * sizeof(GpuTransform), 0);
    styles_.reserve(cmd, (node_count + kExtraNodes) * sizeof(GpuStyle), 0);
    marks_.resize(node_count);
    count_ = node_count;
}

bool NodeStore::mark_mirrored(std::uint32_t node, const Mat3& linear) {
    const bool mirrored = glm::dot(glm::cross(linear[0], linear[1]), linear[2]) < 0.f;
    if (mirrored == ((marks_[node] & kMirrored) != 0)) return false;
    marks_[node] ^= kMirrored;
    return true;
}

void NodeStore::mark_ghost(std::uint32_t node, bool ghost) {
    if (ghost == ((marks_[node] & kGhostMark) != 0)) return;
    marks_[node] ^= kGhostMark;
    ghosts_ = ghost ? ghosts_ + 1 : ghosts_ - 1;
}

bool NodeStore::sync(const FrameContext& context, const scene::Scene& scene, const scene::Changes& changes, bool all) {
    const scene::NodeRange everything{0, count_};
    if (all) {
        const bool turned = send_transforms(context, scene, {&everything, 1});
        send_styles(context, scene, {&everything, 1});
        // The extra nodes look plain.
        const std::vector<GpuStyle> plain(kExtraNodes, gpu_style({}));
        copy_to_buffer(context.cmd, context.slot->upload, std::as_bytes(std::span(plain)), styles_.get(),
                       count_ * sizeof(GpuStyle));
        return !turned;
    }
    const bool most_moved = total(changes.moved) > count_ / 2;
    const bool turned = send_transforms(context, scene, most_moved ? std::span(&everything, 1) : changes.moved);
    const bool most_restyled = total(changes.restyled) > count_ / 2;
    send_styles(context, scene, most_restyled ? std::span(&everything, 1) : changes.restyled);
    return !turned;
}

bool NodeStore::send_transforms(const FrameContext& context, const scene::Scene& scene,
                                std::span<const scene::NodeRange> ranges) {
    const std::uint32_t count = total(ranges);
    if (count == 0) return false;
    const UploadSlice records = context.slot->upload.take(count * sizeof(GpuTransform));
    auto* out = reinterpret_cast<GpuTransform*>(records.data);
    bool turned = false;
    for (const scene::NodeRange& range : ranges) {
        for (std::uint32_t node = range.first; node < range.last; ++node) {
            const Affine& world = scene.world(scene::NodeId{node});
            *out++ = gpu_transform(world);
            turned |= mark_mirrored(node, world.linear);
        }
    }
    scatter(context, ranges, count, records, sizeof(GpuTransform) / 4, transforms_);
    return turned;
}

void NodeStore::send_styles(const FrameContext& context, const scene::Scene& scene,
                            std::span<const scene::NodeRange> ranges) {
    const std::uint32_t count = total(ranges);
    if (count == 0) return;
    const UploadSlice records = context.slot->upload.take(count * sizeof(GpuStyle));
    auto* out = reinterpret_cast<GpuStyle*>(records.data);
    for (const scene::NodeRange& range : ranges) {
        for (std::uint32_t node = range.first; node < range.last; ++node) {
            const scene::Style& style = scene.effective_style(scene::NodeId{node});
            *out++ = gpu_style(style);
            mark_ghost(node, scene::drawn_as(style.flags) == scene::DrawnAs::Ghost);
        }
    }
    scatter(context, ranges, count, records, sizeof(GpuStyle) / 4, styles_);
}

void NodeStore::scatter(const FrameContext& context, std::span<const scene::NodeRange> ranges, std::uint32_t count,
                        const UploadSlice& records, std::uint32_t words, const GrowBuffer& target) {
    if (ranges.size() == 1) {
        const VkBufferCopy region{records.offset, ranges[0].first * words * 4ull, records.size};
        vkCmdCopyBuffer(context.cmd, records.buffer, target.get(), 1, &region);
        return;
    }
    const UploadSlice indices = context.slot->upload.take(count * 4ull);
    auto* out = reinterpret_cast<std::uint32_t*>(indices.data);
    for (const scene::NodeRange& range : ranges) {
        for (std::uint32_t node = range.first; node < range.last; ++node) *out++ = node;
    }
    shaders::ScatterPush constants{};
    constants.indices_low = low_word(indices.address);
    constants.indices_high = high_word(indices.address);
    constants.records_low = low_word(records.address);
    constants.records_high = high_word(records.address);
    constants.count = count;
    constants.words = words;
    constants.target_low = low_word(target.address());
    constants.target_high = high_word(target.address());
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, scatter_.get());
    push(context.cmd, context.layout, constants);
    vkCmdDispatch(context.cmd, (count + 63) / 64, 1, 1);
}

void NodeStore::set_extra(const FrameContext& context, std::span<const GpuTransform> transforms) {
    PW_ASSERT(transforms.size() <= kExtraNodes, "props have more nodes than there is room for");
    copy_to_buffer(context.cmd, context.slot->upload, std::as_bytes(transforms), transforms_.get(),
                   count_ * sizeof(GpuTransform));
}

} // namespace pw::renderer
