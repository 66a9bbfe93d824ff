#pragma once
// SPDX-License-Identifier: Apache-2.0
// The scene's meshes into the picture: opaque and masked buckets, then (after the background) blended instances, props'
// blended parts and ghosts. A pipeline per way of shading, compiled on a job when a scene brings it; until then, and
// where it cannot be had, a general one draws the same more slowly.

#include "renderer/internal/draw_table.h"
#include "renderer/internal/frame.h"
#include "renderer/internal/late_pipeline.h"
#include "renderer/renderer.h"
#include "shaders/pass_layouts.h"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <vector>

namespace pw::renderer {

inline constexpr VkFormat kBendOffsets = VK_FORMAT_R16G16B16A16_SFLOAT; // shaders/pass_layouts.h

// Draws that happen only where the GPU has written 1 there; without a buffer always.
struct OnlyIf {
    VkBuffer buffer = VK_NULL_HANDLE;
    VkDeviceSize offset = 0;
};

struct MeshPass {
    struct Key {
        std::uint8_t textures = 0, alpha = 0, layers = 0; // alpha: as in shaders/variant.glsl
        Uv uv = Uv::Plain;
        bool unlit = false, cut = false; // cut: by a section
        enum class Output : std::uint8_t { Colors, Offsets, Lists };
        Output output = Output::Colors;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    std::map<Key, Pipeline> general;     // with all textures, for each kind of transparency; and for ghosts
    std::map<Key, LatePipeline> special; // and the general ones that are cut, and those that bend
    bool bends = false;                  // this tier bends what is seen through glass
    bool lists = false;                  // and orders it pixel by pixel
    bool cuts = false;                   // a section was asked for: all pipelines are made for cut meshes as well
    TargetFormats formats;
    Tier tier = Tier::Low;

    static MeshPass make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, Tier tier);
    // Starts compiling the pipelines that these draws need. Not in a steady frame.
    void prepare_for(const Gpu& gpu, const Layouts& layouts, Jobs& jobs, const DrawTable& table);
    // `fade`: between levels of detail as well.
    void add(const Gpu& gpu, const Layouts& layouts, Jobs& jobs, const Shading& shading, bool fade = false);
    void want_cuts(const Gpu& gpu, const Layouts& layouts, Jobs& jobs);
    bool can_cut() const;                     // the general pipelines are there
    bool fades(const DrawTable& table) const; // what is between two levels of detail is drawn in both
    std::uint32_t pending() const;            // pipelines that are still compiled
    VkPipeline pipeline(const Key& key) const;
    VkPipeline list_pipeline(const FrameContext& context, const SingleDraw& single) const; // null: not there yet
    void add(const Gpu& gpu, const Layouts& layouts, Jobs& jobs, const Key& key);

    void record_opaque(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                       const GeometryPool& pool) const;
    void record_late(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                     const GeometryPool& pool) const;
    // Those of `singles` that are see-through, far to near, or the others.
    void record_singles(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                        const GeometryPool& pool, std::span<const SingleDraw> singles, bool see_through,
                        OnlyIf only_if = {}) const;
    // The see-through ones into lists (renderer/passes/lists.h). Not before can_list.
    void record_lists(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                      const GeometryPool& pool, std::span<const SingleDraw> singles,
                      shaders::ListsPush constants) const;
    bool can_list(const FrameContext& context, std::span<const SingleDraw> singles) const;
    // Offsets of those that bend what is behind them, into a picture of kBendOffsets.
    void record_bends(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                      const GeometryPool& pool, std::span<const SingleDraw> singles) const;
    void record_ghosts(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                       const GeometryPool& pool) const;
    // Opaque and masked buckets, in lists of these kinds.
    void record_buckets(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                        const GeometryPool& pool, std::span<const std::uint32_t> kinds) const;
};

void bind_geometry(VkCommandBuffer cmd, const GeometryPool& pool, const DrawBuffers& buffers);
std::span<const VkVertexInputBindingDescription> vertex_bindings();
// Those at these locations of the vertex, which are all that a shader takes, and those of the instance. `look`: also
// how it looks.
std::vector<VkVertexInputAttributeDescription> vertex_attributes(std::initializer_list<std::uint32_t> of_vertex,
                                                                 bool look = true);
void set_faces(VkCommandBuffer cmd, bool double_sided, bool mirrored);

} // namespace pw::renderer
