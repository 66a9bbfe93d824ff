#pragma once
// SPDX-License-Identifier: Apache-2.0
// One transform and one style per scene node on the GPU, indexed like the scene; behind them room for the nodes of
// props. Each frame sends only what Scene::update() said changed: scattered by a compute shader when it is little, in
// one copy when it is most.

#include "renderer/internal/frame.h"
#include "renderer/internal/grow_buffer.h"
#include "scene/scene.h"

#include <cstdint>
#include <span>
#include <vector>

namespace pw::renderer {

inline constexpr std::uint32_t kExtraNodes = 1024; // of props, all together

shaders::GpuTransform gpu_transform(const Affine& world_from_node);

class NodeStore {
  public:
    NodeStore() = default;
    NodeStore(Gpu& gpu, const Layouts& layouts);
    void reserve(VkCommandBuffer cmd, std::uint32_t node_count);
    // Records copies and dispatches into `context.cmd`; `all`: nodes were added. False when a node turned inside out,
    // so that draws have to be sorted again.
    bool sync(const FrameContext& context, const scene::Scene& scene, const scene::Changes& changes, bool all);
    // Puts prop nodes behind those of the scene; [0, transforms.size()) of the extra ones.
    void set_extra(const FrameContext& context, std::span<const shaders::GpuTransform> transforms);

    std::uint32_t count() const { return count_; } // also the index of the first extra node
    std::uint32_t ghosts() const { return ghosts_; }
    bool mirrored(std::uint32_t node) const { return (marks_[node] & kMirrored) != 0; }
    VkBuffer transforms() const { return transforms_.get(); }
    VkBuffer styles() const { return styles_.get(); }

  private:
    static constexpr std::uint8_t kMirrored = 1, kGhostMark = 2;
    bool mark_mirrored(std::uint32_t node, const Mat3& linear);
    void mark_ghost(std::uint32_t node, bool ghost);
    bool send_transforms(const FrameContext& context, const scene::Scene& scene,
                         std::span<const scene::NodeRange> ranges);
    void send_styles(const FrameContext& context, const scene::Scene& scene, std::span<const scene::NodeRange> ranges);
    void scatter(const FrameContext& context, std::span<const scene::NodeRange> ranges, std::uint32_t count,
                 const UploadSlice& records, std::uint32_t words, const GrowBuffer& target);

    GrowBuffer transforms_, styles_;
    Pipeline scatter_;
    std::vector<std::uint8_t> marks_; // per node
    std::uint32_t count_ = 0, ghosts_ = 0;
};

} // namespace pw::renderer
