// SPDX-License-Identifier: Apache-2.0
// What the renderer takes from the scene: models, draws, and where things are.
#include "base/log.h"
#include "renderer/internal/renderer_impl.h"

#include <glm/geometric.hpp>

#include <algorithm>

namespace pw::renderer {

namespace {

// A frame on a CPU takes so long that a copy of memory to memory is not felt.
std::size_t bytes_per_frame(Tier tier) { return (tier == Tier::Software ? 256u : 16u) << 20; }

} // namespace

const ResidentModel& RendererImpl::resident(const std::shared_ptr<const scene::Model>& model) {
    for (const auto& known : residents_) {
        if (known->model == model && !known->own_materials) return *known;
    }
    FrameSlot& slot = slots_[slot_index_];
    auto fresh = std::make_unique<ResidentModel>();
    fresh->model = model;
    fresh->first_geometry = pool_.size();
    if (auto added = pool_.add(slot.cmd, model); !added) {
        problems_.add(model->name, added.error().what);
        log_warn(model->name + ": " + added.error().what);
    }
    fresh->first_material = materials_.add(model);
    residents_.push_back(std::move(fresh));
    return *residents_.back();
}

// A placed model whose clips change materials has its own.
const ResidentModel& RendererImpl::dressed(const scene::Scene& scene, scene::PlacedId placed) {
    const auto& model = scene.placed()[placed.index].model;
    const ResidentModel& shared = resident(model);
    if (!changes_materials(*model)) return shared;
    auto own = std::make_unique<ResidentModel>();
    own->model = model;
    own->own_materials = true;
    own->levels_known = true; // those of the geometry that they share
    own->first_geometry = shared.first_geometry;
    const auto count = static_cast<std::uint32_t>(model->materials.size());
    own->first_material = materials_.copy(shared.first_material, count);
    for (std::uint32_t m = 0; m < count; ++m) materials_.change(own->first_material + m, scene.material(placed, m));
    residents_.push_back(std::move(own));
    return *residents_.back();
}

void RendererImpl::bring_structure(const scene::Scene& scene) {
    FrameSlot& slot = slots_[slot_index_];
    const std::span<const scene::Placed> placed = scene.placed();
    for (std::size_t p = placed_.size(); p < placed.size(); ++p) {
        placed_.push_back(&dressed(scene, {static_cast<std::uint32_t>(p)}));
        deform_.add(slot.cmd, scene, placed[p], *placed_.back(), pool_, deformed_);
    }
    nodes_.reserve(slot.cmd, scene.node_count());
    lights_.build(scene);
    scene_bounds_ = {};
    for (const scene::Placed& place : placed) {
        const std::uint32_t end = place.first_node + place.node_count;
        for (std::uint32_t root = place.first_node; root < end; root = scene.subtree_end(scene::NodeId{root})) {
            grow(scene_bounds_, scene.world_bounds(scene::NodeId{root}));
        }
    }
}

void RendererImpl::rebuild_draws(const scene::Scene& scene) {
    FrameSlot& slot = slots_[slot_index_];
    build_draw_table(table_, scene, placed_, pool_, materials_, nodes_, deformed_);
    buffers_.send(slot.cmd, slot.upload, table_);
    meshes_.prepare_for(gpu_, layouts_, jobs_, table_);
    singles_.reserve(table_.blended.size() + kExtraInstances);
    by_distance_.reserve(table_.blended.size());
    shadow_.valid = false;
    stats_.draws = static_cast<std::uint32_t>(table_.groups.size() + table_.blended.size());
    stats_.triangles = table_.triangles;
    stats_.nodes = table_.mesh_nodes;
    stats_.parts = table_.grouped;
}

// They are begun when the images are decoded: what is there is looked at first.
void RendererImpl::follow_levels() {
    if (detail_px_ <= 0.f) return;
    for (const auto& resident : residents_) {
        if (resident->levels_known) continue;
        if (!resident->levels) {
            if (materials_.pending() != 0) return;
            resident->levels.emplace(jobs_, resident->model, cache_folder_);
        }
        const std::shared_ptr<const Levels> levels = resident->levels->get();
        if (!levels) continue;
        pool_.add_levels(slots_[slot_index_].cmd, resident->first_geometry, levels);
        resident->levels.reset();
        resident->levels_known = true;
    }
}

std::uint32_t RendererImpl::pending_levels() const {
    if (detail_px_ <= 0.f) return 0;
    const auto unknown = std::ranges::count(residents_, false, [](const auto& r) { return r->levels_known; });
    return static_cast<std::uint32_t>(unknown);
}

void RendererImpl::bring_materials(const scene::Scene& scene, const scene::Changes& changes) {
    for (const scene::PlacedMaterial& m : changes.materials) {
        if (!placed_[m.placed.index]->own_materials) continue; // no clip of it does
        const std::uint32_t index = placed_[m.placed.index]->first_material + m.material;
        materials_.change(index, scene.material(m.placed, m.material));
        if (materials_.shading(index).alpha == scene::AlphaMode::Mask) shadow_.valid = false;
    }
}

void RendererImpl::bring_props() {
    for (const auto& model : new_props_) {
        props_.add(resident(model), materials_);
        for (const Props::Part& part : props_.models.back()) meshes_.add(gpu_, layouts_, jobs_, part.key.shading);
    }
    new_props_.clear();
}

void RendererImpl::sync(const scene::Scene& scene, const scene::Changes& changes) {
    if (gpu_.lost) return;
    PW_ASSERT(recording_, "sync comes between begin_frame and draw");
    FrameSlot& slot = slots_[slot_index_];
    FrameContext context;
    context.gpu = &gpu_;
    context.cmd = slot.cmd;
    context.slot = &slot;
    context.layout = layouts_.pipeline.get();

    scene_ = &scene;
    const bool structure = everything_new_ || changes.structure;
    everything_new_ = false;
    bring_props();
    if (structure) bring_structure(scene);
    follow_section();
    sort_again_ |= !nodes_.sync(context, scene, changes, structure);
    sort_again_ |= changes.variants;
    sort_again_ |= pool_.upload(slot.cmd, slot.upload, bytes_per_frame(tier_));
    if (structure || sort_again_) rebuild_draws(scene);
    sort_again_ = false;
    bring_materials(scene, changes);
    materials_.sync(slot.cmd, slot.upload, textures_, bytes_per_frame(tier_), problems_);
    follow_levels();
    openness_.follow(slot.cmd, slot.upload, jobs_, scene, changes, placed_, materials_, structure,
                     materials_.pending() + pool_.pending() == 0);
    deform_.mark(scene, changes);
    if (structure || !changes.moved.empty() || !changes.restyled.empty() || !changes.reweighted.empty()) {
        shadow_.valid = false;
    }
    stats_.pending_uploads = materials_.pending() + pool_.pending();
    stats_.textures = materials_.textures();
    stats_.pending_textures = materials_.pending();
}

void RendererImpl::collect_singles(const DrawList&) {
    singles_.clear();
    by_distance_.clear();
    for (std::uint32_t i = 0; i < table_.blended.size(); ++i) {
        const SingleDraw& single = table_.blended[i];
        const scene::NodeId node{single.node};
        if (scene::drawn_as(scene_->effective_style(node).flags) == scene::DrawnAs::Nothing) continue;
        const PooledGeometry& geometry = pool_.at(single.geometry);
        const DAabb box = transform_box(scene_->world(node), geometry.bounds);
        if (!geometry.never_culled && !in_views(uniforms_, origin_, box)) continue;
        by_distance_.emplace_back(-glm::length((box.min + box.max) * 0.5 - origin_), i);
    }
    std::ranges::sort(by_distance_);
    for (const auto& [distance, index] : by_distance_) {
        singles_.push_back(table_.blended[index]);
        const std::uint8_t flags = scene_->effective_style(scene::NodeId{table_.blended[index].node}).flags;
        singles_.back().ghost = scene::drawn_as(flags) == scene::DrawnAs::Ghost;
    }
}

void RendererImpl::make_frame_sets() {
    const std::array sizes{
        VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, kFramesInFlight},
        VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, kFramesInFlight * 11},
        VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, kFramesInFlight * 4},
    };
    const VkDescriptorPoolCreateInfo create{
        VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, nullptr, 0, kFramesInFlight, sizes.size(), sizes.data()};
    VkDescriptorPool raw = VK_NULL_HANDLE;
    check(vkCreateDescriptorPool(gpu_.device, &create, nullptr, &raw), "vkCreateDescriptorPool");
    name_object(gpu_, VK_OBJECT_TYPE_DESCRIPTOR_POOL, raw, "frame sets");
    set_pool_ = DescriptorPool(gpu_.device, raw);
    const VkDescriptorSetLayout layout = layouts_.frame.get();
    for (FrameSlot& slot : slots_) {
        const VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, nullptr, raw, 1,
                                                   &layout};
        check(vkAllocateDescriptorSets(gpu_.device, &allocate, &slot.frame_set), "vkAllocateDescriptorSets");
        name_object(gpu_, VK_OBJECT_TYPE_DESCRIPTOR_SET, slot.frame_set, "frame set");
    }
}

// Buffers grow now and then; writing all of the set each frame is cheaper than knowing when.
void RendererImpl::write_frame_set(FrameSlot& slot) const {
    using namespace shaders;
    static constexpr std::uint32_t kBuffers = kBindLayers + 1;
    const std::array<VkBuffer, kBuffers> buffers{
        slot.uniforms.get(),      nodes_.transforms(),   nodes_.styles(),         materials_.buffer(),
        buffers_.instances.get(), buffers_.groups.get(), buffers_.commands.get(), buffers_.cull.get(),
        pool_.vertices(),         pool_.skins(),         pool_.morphs(),          materials_.layers_buffer()};
    std::array<VkDescriptorBufferInfo, kBuffers> infos{};
    std::array<VkWriteDescriptorSet, kBuffers + 2> writes{};
    for (std::uint32_t i = 0; i < kBuffers; ++i) {
        infos[i] = {buffers[i], 0, VK_WHOLE_SIZE};
        writes[i] = {VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
        writes[i].dstSet = slot.frame_set;
        writes[i].dstBinding = i;
        writes[i].descriptorCount = 1;
        writes[i].descriptorType =
            i == kBindFrame ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
        writes[i].pBufferInfo = &infos[i];
    }
    const std::array images{
        VkDescriptorImageInfo{shadow_.sampler.get(), shadow_.map.view(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL},
        openness_.texture()};
    for (std::uint32_t i = 0; i < images.size(); ++i) {
        VkWriteDescriptorSet& write = writes[kBuffers + i];
        write = {VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
        write.dstSet = slot.frame_set;
        write.dstBinding = kBindShadow + i;
        write.descriptorCount = 1;
        write.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
        write.pImageInfo = &images[i];
    }
    vkUpdateDescriptorSets(gpu_.device, writes.size(), writes.data(), 0, nullptr);
    environment_.write(slot.frame_set);
}

} // namespace pw::renderer
