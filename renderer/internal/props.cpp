// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/props.h"

#include <glm/matrix.hpp>

namespace pw::renderer {

void Props::add(const ResidentModel& resident, const Materials& materials) {
    const scene::Model& model = *resident.model;
    std::vector<Part>& parts = models.emplace_back();
    std::vector<Affine> world(model.nodes.size());
    for (std::size_t n = 0; n < model.nodes.size(); ++n) {
        const scene::Node& node = model.nodes[n];
        world[n] = node.parent == scene::kNone ? to_affine(node.local) : world[node.parent] * to_affine(node.local);
        if (node.mesh == scene::kNone) continue;
        for (const scene::Primitive& primitive : model.meshes[node.mesh].primitives) {
            Part part;
            part.prop_from_node = world[n];
            part.geometry = resident.first_geometry + primitive.geometry;
            part.material = primitive.material == scene::kNone ? 0 : resident.first_material + primitive.material;
            part.key = {materials.shading(part.material), glm::determinant(world[n].linear) < 0.f};
            parts.push_back(part);
        }
    }
}

void Props::place(const FrameContext& context, const DrawBuffers& buffers, NodeStore& nodes,
                  std::vector<SingleDraw>& singles) {
    transforms.clear();
    instances.clear();
    for (const Prop& prop : context.list->props) {
        if (!prop.model || prop.model.index >= models.size()) continue; // none, or not on the GPU yet
        for (const Part& part : models[prop.model.index]) {
            if (transforms.size() == kExtraNodes || instances.size() == kExtraInstances) break;
            const std::uint32_t node = nodes.count() + static_cast<std::uint32_t>(transforms.size());
            const auto instance = buffers.first_extra_instance + static_cast<std::uint32_t>(instances.size());
            transforms.push_back(gpu_transform(prop.world_from_prop * part.prop_from_node));
            instances.push_back({node, part.material, 0, shaders::kNeverCulled});
            singles.push_back({part.key, instance, node, part.geometry, /* ghost= */ false, /* prop= */ true});
        }
    }
    if (transforms.empty()) return;
    nodes.set_extra(context, transforms);
    copy_to_buffer(context.cmd, context.slot->upload, std::as_bytes(std::span(instances)), buffers.instances.get(),
                   buffers.first_extra_instance * sizeof(shaders::GpuInstance));
}

} // namespace pw::renderer
