// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/openness_field.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace pw::renderer {
namespace {

// A millisecond at most where frames are to be in time.
std::uint32_t nodes_each_frame(Tier tier) {
    return tier == Tier::Software ? std::numeric_limits<std::uint32_t>::max() : 8192;
}

ImageInfo field_info(std::uint32_t width, std::uint32_t height, std::uint32_t depth) {
    ImageInfo info;
    info.format = VK_FORMAT_R8G8B8A8_UNORM;
    info.width = width;
    info.height = height;
    info.depth = depth;
    info.view_type = VK_IMAGE_VIEW_TYPE_3D;
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    return info;
}

} // namespace

OpennessField::OpennessField(Gpu& gpu, Tier tier, bool wanted)
    : gpu_(&gpu), nodes_each_frame_(nodes_each_frame(tier)), wanted_(wanted),
      nothing_(make_image(gpu, field_info(1, 1, 1), "no openness")),
      sampler_(make_sampler(gpu, {.mipmaps = false}, "openness")) {
    run_now(gpu, [&](VkCommandBuffer cmd) {
        image_barrier(
            cmd,
            {.image = nothing_.get(), .to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, .after = access::kFragmentRead});
    });
}

// What this frame's changes mean for the field that there is.
void OpennessField::note(const scene::Scene& scene, const scene::Changes& changes) {
    for (const scene::NodeRange& range : changes.moved)
        for (std::uint32_t node = range.first; node < range.last; ++node) {
            stale_ |= in_[node] != 0;
            moved_at_[node] = frame_;
        }
    for (const scene::NodeRange& range : changes.restyled)
        for (std::uint32_t node = range.first; node < range.last; ++node) {
            const bool shown =
                scene::drawn_as(scene.effective_style(scene::NodeId{node}).flags) == scene::DrawnAs::Whole;
            if (shown == (shown_[node] != 0)) continue;
            shown_[node] = shown ? 1 : 0;
            stale_ |= scene.mesh(scene::NodeId{node}) != scene::kNone;
        }
    if (waiting_ == 0 || frame_ % kRest != 0) return;
    for (std::uint32_t node = 0; node < moved_at_.size() && !stale_; ++node)
        stale_ = moved_at_[node] != 0 && in_[node] == 0 && shown_[node] != 0 && !moves(node) &&
                 scene.mesh(scene::NodeId{node}) != scene::kNone;
}

void OpennessField::begin() {
    first_ = new_;
    stale_ = new_ = false;
    begun_at_ = frame_;
    waiting_ = 0;
    gathered_.emplace();
}

void OpennessField::add_node(const scene::Scene& scene, std::uint32_t node, const scene::Model& model,
                             const ResidentModel& resident, std::uint32_t variant, const Materials& materials) {
    const std::uint32_t mesh = scene.mesh(scene::NodeId{node});
    in_[node] = mesh != scene::kNone && shown_[node] != 0 && !moves(node) ? 1 : 0;
    if (mesh == scene::kNone) return;
    if (moves(node)) ++waiting_;
    if (in_[node] == 0) return;
    for (const scene::Primitive& primitive : model.meshes[mesh].primitives) {
        const scene::Geometry& geometry = model.geometries[primitive.geometry];
        const std::uint32_t material = primitive.material_of(variant);
        const std::uint32_t index = material == scene::kNone ? 0 : resident.first_material + material;
        // A mask's holes are not known here: a fence of a picture would be a wall.
        const Shading& shading = materials.shading(index);
        if (!geometry.skin.empty() || geometry.bounds.empty() || shading.see_through() ||
            shading.alpha == scene::AlphaMode::Mask)
            continue;
        gathered_->parts.push_back({&geometry, scene.world(scene::NodeId{node})});
    }
}

// What changes meanwhile among those that are gathered makes the field stale as ever.
void OpennessField::gather(Jobs& jobs, const scene::Scene& scene, std::span<const ResidentModel* const> placed,
                           const Materials& materials) {
    Gathered& g = *gathered_;
    for (std::uint32_t left = nodes_each_frame_; g.placed < placed.size();) {
        const scene::Placed& place = scene.placed()[g.placed];
        const std::uint32_t variant = scene.variant(scene::PlacedId{static_cast<std::uint32_t>(g.placed)});
        const std::uint32_t end = place.first_node + place.node_count;
        for (g.node = std::max(g.node, place.first_node); g.node < end; ++g.node) {
            if (left-- == 0) return;
            add_node(scene, g.node, *place.model, *placed[g.placed], variant, materials);
        }
        g.models.push_back(place.model);
        ++g.placed;
    }
    if (g.parts.empty()) {
        first_ = false;
        cell_m_ = 0.f;
    } else {
        late_.emplace(jobs, std::move(g.parts), std::move(g.models));
    }
    gathered_.reset();
}

void OpennessField::send(VkCommandBuffer cmd, UploadRing& ring, const Openness& made) {
    cell_m_ = 0.f;
    if (made.width == 0) return;
    auto image = try_make_image(*gpu_, field_info(made.width, made.height, made.depth), "openness");
    if (!image) return; // drawn without
    image_ = std::move(*image);
    image_barrier(cmd,
                  {.image = image_.get(), .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, .after = access::kTransferWrite});
    copy_to_image(cmd, ring, std::as_bytes(std::span(made.texels)), image_, 0, 0);
    image_barrier(cmd, {.image = image_.get(),
                        .from = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                        .to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                        .before = access::kTransferWrite,
                        .after = access::kFragmentRead});
    low_ = made.low;
    cell_m_ = made.cell_m;
    size_m_ =
        Vec3(static_cast<float>(made.width), static_cast<float>(made.height), static_cast<float>(made.depth)) * cell_m_;
}

void OpennessField::follow(VkCommandBuffer cmd, UploadRing& ring, Jobs& jobs, const scene::Scene& scene,
                           const scene::Changes& changes, std::span<const ResidentModel* const> placed,
                           const Materials& materials, bool structure, bool loaded) {
    if (!wanted_) return;
    ++frame_;
    if (structure) {
        new_ = true;
        gathered_.reset(); // it would know the new ones in part
        moved_at_.resize(scene.node_count());
        in_.resize(scene.node_count());
        shown_.resize(scene.node_count());
        for (std::uint32_t node = 0; node < shown_.size(); ++node)
            shown_[node] =
                scene::drawn_as(scene.effective_style(scene::NodeId{node}).flags) == scene::DrawnAs::Whole ? 1 : 0;
    } else {
        note(scene, changes);
        stale_ |= changes.variants;
    }
    if (late_) {
        const Openness* made = late_->get();
        if (made == nullptr) return;
        send(cmd, ring, *made);
        late_.reset();
        first_ = false;
    } else if (!gathered_ && loaded && (new_ || (stale_ && frame_ - begun_at_ >= kRest))) {
        begin();
    }
    if (gathered_) gather(jobs, scene, placed, materials);
}

void OpennessField::fill(shaders::FrameUniforms& uniforms, const DVec3& origin, bool used) const {
    uniforms.openness_scale = Vec4(0.f);
    if (!used || cell_m_ == 0.f) return;
    uniforms.openness_low = Vec4(Vec3(low_ - origin), cell_m_);
    uniforms.openness_scale = Vec4(1.f / size_m_, 1.f);
}

VkDescriptorImageInfo OpennessField::texture() const {
    return {sampler_.get(), cell_m_ == 0.f ? nothing_.view() : image_.view(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
}

} // namespace pw::renderer
