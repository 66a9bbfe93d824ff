// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/deform.h"

#include "pw_shaders.h"
#include "renderer/passes/address.h"

#include <glm/matrix.hpp>

#include <algorithm>
#include <cmath>

namespace pw::renderer {
namespace {

bool in_ranges(std::span<const scene::NodeRange> ranges, std::uint32_t node) {
    const auto after = std::ranges::upper_bound(ranges, node, {}, &scene::NodeRange::first);
    return after != ranges.begin() && node < std::prev(after)->last;
}

std::uint32_t joint_count(const scene::Scene& scene, const DeformPass::Mesh& mesh) {
    if (mesh.skinned == scene::kNone) return 0;
    return static_cast<std::uint32_t>(scene.skinned()[mesh.skinned].joints.size());
}

// node_from_joint · inverse bind, as three rows each.
void write_joints(const scene::Scene& scene, const DeformPass::Mesh& mesh, float* out) {
    const scene::SkinnedMesh& skinned = scene.skinned()[mesh.skinned];
    const Affine& world = scene.world(skinned.node);
    const bool flat = std::abs(glm::determinant(world.linear)) < 1e-30f; // scaled to nothing: nothing shows
    const Affine node_from_world = flat ? Affine{DVec3(0.0), Mat3(0.f)} : inverse(world);
    for (std::size_t j = 0; j < skinned.joints.size(); ++j) {
        const Mat4& bind = skinned.skin->inverse_bind[j];
        const Affine joint_from_mesh{DVec3(bind[3]), Mat3(bind)};
        const Affine m = node_from_world * scene.world(skinned.joints[j]) * joint_from_mesh;
        for (int row = 0; row < 3; ++row) {
            for (int column = 0; column < 3; ++column) *out++ = m.linear[column][row];
            *out++ = static_cast<float>(m.translation[row]);
        }
    }
}

} // namespace

DeformPass DeformPass::make(Gpu& gpu, const Layouts& layouts) {
    DeformPass pass;
    pass.pipeline = make_compute(gpu, layouts.pipeline.get(), shaders::skin_comp, "deform");
    return pass;
}

void DeformPass::add(VkCommandBuffer cmd, const scene::Scene& scene, const scene::Placed& placed,
                     const ResidentModel& model, GeometryPool& pool, DeformedMap& deformed) {
    skinned_of.assign(placed.node_count, scene::kNone);
    for (std::uint32_t i = 0; i < scene.skinned().size(); ++i) {
        const std::uint32_t node = scene.skinned()[i].node.index;
        if (node >= placed.first_node && node < placed.first_node + placed.node_count) {
            skinned_of[node - placed.first_node] = i;
        }
    }
    for (std::uint32_t node = placed.first_node; node < placed.first_node + placed.node_count; ++node) {
        const std::uint32_t mesh = scene.mesh(scene::NodeId{node});
        if (mesh == scene::kNone) continue;
        const std::uint32_t skinned = skinned_of[node - placed.first_node];
        const std::vector<scene::Primitive>& primitives = placed.model->meshes[mesh].primitives;
        for (std::uint32_t p = 0; p < primitives.size(); ++p) {
            const std::uint32_t source = model.first_geometry + primitives[p].geometry;
            const bool has_joints = pool.at(source).first_skin != scene::kNone && skinned != scene::kNone;
            if (!has_joints && pool.at(source).morph_count == 0) continue;
            const auto target = pool.add_deformed(cmd, source);
            if (!target) continue; // without memory for it, it stays as it is at rest
            deformed[deformed_key(node, p)] = *target;
            meshes.push_back({node, has_joints ? skinned : scene::kNone, source, *target, true});
        }
    }
}

void DeformPass::mark(const scene::Scene& scene, const scene::Changes& changes) {
    for (Mesh& mesh : meshes) {
        if (mesh.stale) continue;
        if (std::ranges::find(changes.reweighted, scene::NodeId{mesh.node}) != changes.reweighted.end()) {
            mesh.stale = true;
        } else if (mesh.skinned != scene::kNone && !changes.moved.empty()) {
            mesh.stale = in_ranges(changes.moved, mesh.node) ||
                         std::ranges::any_of(scene.skinned()[mesh.skinned].joints, [&](scene::NodeId joint) {
                             return in_ranges(changes.moved, joint.index);
                         });
        }
    }
}

bool DeformPass::prepare(const FrameContext& context, const scene::Scene& scene, const GeometryPool& pool) {
    bool wrote = false;
    for (Mesh& mesh : meshes) {
        const PooledGeometry& source = pool.at(mesh.source);
        if (!mesh.stale || !source.copied) continue;
        mesh.stale = false;
        const std::uint32_t joints = joint_count(scene, mesh);
        const UploadSlice data = context.slot->upload.take((joints * 12ull + source.morph_count) * sizeof(float));
        auto* out = reinterpret_cast<float*>(data.data);
        if (joints != 0) write_joints(scene, mesh, out);
        const std::span<const float> weights = scene.weights(scene::NodeId{mesh.node});
        for (std::uint32_t m = 0; m < source.morph_count; ++m) {
            out[joints * 12 + m] = m < weights.size() ? weights[m] : 0.f;
        }
        shaders::SkinPush constants{};
        constants.data_low = low_word(data.address);
        constants.data_high = high_word(data.address);
        constants.vertex_count = source.vertex_count;
        constants.source_vertex = source.first_vertex;
        constants.target_vertex = pool.at(mesh.target).first_vertex;
        constants.skin_vertex = joints != 0 ? source.first_skin : scene::kNone;
        constants.joint_count = joints;
        constants.morph_first = source.first_morph;
        constants.morph_count = source.morph_count;
        constants.has_tangents = source.has_tangents;
        if (!wrote) vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.get());
        wrote = true;
        push(context.cmd, context.layout, constants);
        vkCmdDispatch(context.cmd, (source.vertex_count + 63) / 64, 1, 1);
    }
    if (wrote) memory_barrier(context.cmd, access::kComputeWrite, access::kSceneRead);
    return wrote;
}

} // namespace pw::renderer
