#pragma once
// SPDX-License-Identifier: Apache-2.0
// The renderer's parts, side by side. renderer.cpp is the frame, renderer_scene.cpp what comes from the scene.

#include "renderer/internal/draw_table.h"
#include "renderer/internal/environment.h"
#include "renderer/internal/openness_field.h"
#include "renderer/internal/picture.h"
#include "renderer/internal/props.h"
#include "renderer/internal/timestamps.h"
#include "renderer/internal/views.h"
#include "renderer/passes/bend.h"
#include "renderer/passes/comfort.h"
#include "renderer/passes/cull.h"
#include "renderer/passes/deform.h"
#include "renderer/passes/labels.h"
#include "renderer/passes/lines.h"
#include "renderer/passes/lists.h"
#include "renderer/passes/meshes.h"
#include "renderer/passes/occlusion.h"
#include "renderer/passes/overlay.h"
#include "renderer/passes/panels.h"
#include "renderer/passes/patches.h"
#include "renderer/passes/section.h"
#include "renderer/passes/shadow.h"
#include "renderer/passes/sky.h"
#include "renderer/renderer.h"

#include <array>
#include <memory>
#include <vector>

namespace pw::renderer {

class RendererImpl final : public Renderer {
  public:
    RendererImpl(Gpu& gpu, Jobs& jobs, const RendererOptions& options, Tier tier, const TargetFormats& formats);
    ~RendererImpl() override;

    Result<void> set_environment(const scene::HdrPixels& map) override;
    std::uint32_t add_texture(const scene::Pixels& pixels) override;
    PropId add_prop(std::shared_ptr<const scene::Model> model) override;
    void begin_frame() override;
    void sync(const scene::Scene& scene, const scene::Changes& changes) override;
    DrawResult draw(const DrawList& list, const Target& wanted) override;
    std::optional<scene::Pixels> take_picture(bool wait) override;
    bool settled() const override {
        return materials_.pending() + pool_.pending() + meshes_.pending() + pending_section() + pending_levels() == 0 &&
               new_props_.empty() && !openness_.pending() && !bend_.pending() && !lists_.pending() &&
               !occlusion_.pending();
    }
    const Reports& problems() const override { return problems_; }
    const RenderStats& stats() const override { return stats_; }

  private:
    struct OverlayTexture {
        Image image;
        std::uint32_t slot = 0;
    };

    // renderer_scene.cpp
    void make_frame_sets();
    const ResidentModel& resident(const std::shared_ptr<const scene::Model>& model);
    const ResidentModel& dressed(const scene::Scene& scene, scene::PlacedId placed);
    void bring_materials(const scene::Scene& scene, const scene::Changes& changes);
    void bring_structure(const scene::Scene& scene);
    void rebuild_draws(const scene::Scene& scene);
    void follow_levels();
    std::uint32_t pending_levels() const; // models of which they are still made
    void bring_props();
    void collect_singles(const DrawList& list);
    void write_frame_set(FrameSlot& slot) const;

    // renderer_section.cpp
    void follow_section();
    void cut_along(const std::optional<Section>& section);
    void record_caps(const FrameContext& context) const;
    std::uint32_t pending_section() const;

    FrameContext context_of(const DrawList& list, const Target& target);
    void fill_uniforms(const DrawList& list, const Target& target);
    void choose_passes(const FrameContext& context, const Target& target);
    void prepare(FrameContext& context, const DrawList& list, const Target& target);
    void record(FrameContext& context, const Target& target);
    void read_stats(const FrameSlot& slot);
    bool has_memory(bool enough); // says so once where not
    void record_see_through(FrameContext& context, const Target& target);
    void between(const FrameContext& context, const Target& target, bool bend, bool list, bool last);
    bool submit(const Target* target);
    void wait_for(std::uint64_t serial);

    Gpu& gpu_;
    Jobs& jobs_;
    Tier tier_;
    TargetFormats formats_;
    std::uint32_t view_count_;
    float detail_px_;
    bool occlusion_wanted_;
    std::string cache_folder_;
    Layouts layouts_;
    TextureTable textures_;
    std::array<FrameSlot, kFramesInFlight> slots_;
    DescriptorPool set_pool_;
    std::uint32_t slot_index_ = 0;
    bool recording_ = false;
    std::uint64_t finished_ = 0; // frames up to this serial are done on the GPU

    Reports problems_;
    GeometryPool pool_;
    Materials materials_;
    NodeStore nodes_;
    std::vector<std::unique_ptr<ResidentModel>> residents_;
    std::vector<const ResidentModel*> placed_; // per placed model of the scene
    DeformedMap deformed_;
    DrawTable table_;
    DrawBuffers buffers_;
    LightTable lights_;
    DAabb scene_bounds_;
    const scene::Scene* scene_ = nullptr; // of the last sync: the frame that follows it may read it
    bool everything_new_ = true, sort_again_ = false, moved_ = false;
    std::vector<SingleDraw> singles_; // of this frame, far to near
    std::vector<std::pair<double, std::uint32_t>> by_distance_;

    Environment environment_;
    OpennessField openness_;
    std::vector<OverlayTexture> overlay_textures_;
    Sampler overlay_sampler_;
    std::vector<std::shared_ptr<const scene::Model>> new_props_;
    Props props_;

    CullPass cull_;
    DeformPass deform_;
    ShadowPass shadow_;
    MeshPass meshes_;
    SkyPass sky_;
    LinePass lines_;
    PanelPass panels_;
    PatchPass patches_;
    LabelPass labels_;
    ComfortPass comfort_;
    SectionPass section_;
    BendPass bend_;
    ListPass lists_;
    OcclusionPass occlusion_;
    OverlayPass overlay_; // mono targets only
    Picture picture_;
    Timestamps timestamps_;

    shaders::FrameUniforms uniforms_{};
    DVec3 origin_{0.0};
    bool draw_shadow_ = false;
    bool occludes_ = false;       // in this frame, parts that hide others are made use of
    bool listed_ = false;         // what is see-through is ordered pixel by pixel
    bool bends_ = false;          // something in this frame bends what is behind it
    bool told_glass_ = false;     // that there is no memory for it
    bool section_wanted_ = false; // once
    std::optional<Section> cut_;  // in this frame
    RenderStats stats_;
};

} // namespace pw::renderer
