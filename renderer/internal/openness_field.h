#pragma once
// SPDX-License-Identifier: Apache-2.0
// The field of openness on the GPU: made anew, on jobs, when parts come, go, are hidden or moved. What moves is left
// out until it has stood still for a while, so that nothing leaves its shade behind. Of the models that there are it is
// made at once, and after that now and then. Its parts are gathered some each frame, for no frame to be late by it,
// except on the software tier, whose frames take so long that gathering is not felt: pictures would wait for more of
// them.

#include "renderer/internal/draw_table.h"
#include "renderer/internal/openness.h"
#include "renderer/renderer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace pw::renderer {

class OpennessField {
  public:
    OpennessField() = default;
    OpennessField(Gpu& gpu, Tier tier, bool wanted);
    // Once a frame. `loaded`: nothing else is being loaded, so that a field may be begun.
    void follow(VkCommandBuffer cmd, UploadRing& ring, Jobs& jobs, const scene::Scene& scene,
                const scene::Changes& changes, std::span<const ResidentModel* const> placed, const Materials& materials,
                bool structure, bool loaded);
    void fill(shaders::FrameUniforms& uniforms, const DVec3& origin, bool used) const;
    VkDescriptorImageInfo texture() const;
    bool pending() const { return wanted_ && (new_ || first_); } // models came that it does not know

  private:
    static constexpr std::uint32_t kRest = 300; // frames and not seconds: two runs give the same pictures
    struct Gathered {
        std::vector<OpennessPart> parts;
        std::vector<std::shared_ptr<const scene::Model>> models;
        std::size_t placed = 0; // models that are done
        std::uint32_t node = 0; // the next one
    };
    bool moves(std::uint32_t node) const { return moved_at_[node] != 0 && frame_ - moved_at_[node] < kRest; }
    void note(const scene::Scene& scene, const scene::Changes& changes);
    void begin();
    void gather(Jobs& jobs, const scene::Scene& scene, std::span<const ResidentModel* const> placed,
                const Materials& materials);
    void add_node(const scene::Scene& scene, std::uint32_t node, const scene::Model& model,
                  const ResidentModel& resident, std::uint32_t variant, const Materials& materials);
    void send(VkCommandBuffer cmd, UploadRing& ring, const Openness& made);

    Gpu* gpu_ = nullptr;
    std::uint32_t nodes_each_frame_ = 0;
    bool wanted_ = false, stale_ = false;
    bool new_ = false, first_ = false;                     // models came; the first field with them is being made
    std::uint32_t frame_ = 0, begun_at_ = 0, waiting_ = 0; // waiting: parts that were left out because they moved
    std::vector<std::uint32_t> moved_at_;                  // frame, or 0; per node
    std::vector<std::uint8_t> shown_, in_;                 // per node: drawn whole; part of the field
    std::optional<Gathered> gathered_;
    std::optional<LateOpenness> late_;
    Image image_, nothing_;
    Sampler sampler_;
    DVec3 low_{0.0};
    Vec3 size_m_{0.f};
    float cell_m_ = 0.f; // 0: there is none
};

} // namespace pw::renderer
