#pragma once
// SPDX-License-Identifier: Apache-2.0
// The sun's shadow: one orthographic map around what is looked at, moved in whole texels so that edges stand still, and
// drawn again only when something moved.

#include "renderer/internal/draw_table.h"
#include "renderer/internal/frame.h"
#include "renderer/internal/late_pipeline.h"
#include "renderer/renderer.h"

#include <optional>

namespace pw::renderer {

struct ShadowPass {
    Pipeline opaque, masked;
    std::optional<LatePipeline> cut_opaque, cut_masked; // from the first section on
    Image map;
    Sampler sampler;
    std::uint32_t side = 0;
    float radius_m = 0.f; // at most, in metres of the user
    bool valid = false;   // the map holds what `fit` says
    struct Fit {
        DVec3 center{0.0};
        Vec3 to_sun{0.f};
        float radius_m = 0.f, depth_m = 0.f;
        friend bool operator==(const Fit&, const Fit&) = default;
    } fit;

    static ShadowPass make(Gpu& gpu, const Layouts& layouts, Tier tier);
    void want_cuts(const Gpu& gpu, const Layouts& layouts, Jobs& jobs);
    bool can_cut() const;
    bool cut_pending() const { return cut_opaque && (cut_opaque->pending() || cut_masked->pending()); }
    // Chooses what the map covers and writes it into `uniforms`. True when the map must be drawn.
    bool aim(const Sun& sun, const DrawList& list, const DAabb& scene_bounds, shaders::FrameUniforms& uniforms,
             const DVec3& origin);
    void prepare(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                 const GeometryPool& pool);
};

} // namespace pw::renderer
