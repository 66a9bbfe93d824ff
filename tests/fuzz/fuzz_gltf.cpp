// SPDX-License-Identifier: Apache-2.0
// Any bytes as a glTF file: refused or read, and what was read keeps the promises that the scene and the renderer rely
// on.

#include "base/assert.h"
#include "scene/animation.h"
#include "scene/gltf.h"
#include "scene/scene.h"

#include <cmath>
#include <cstdint>

using namespace pw;
using namespace pw::scene;

namespace {

template <class T> bool sized(const std::vector<T>& values, std::size_t count) {
    return values.empty() || values.size() == count;
}

void check_geometry(const Geometry& g) {
    PW_ASSERT(g.indices.size() % 3 == 0, "whole triangles");
    for (const Vertex& v : g.vertices)
        PW_ASSERT(std::isfinite(v.position.x) && std::isfinite(v.position.y) && std::isfinite(v.position.z),
                  "a finite position");
    for (const std::uint32_t i : g.indices) PW_ASSERT(i < g.vertices.size(), "an index of a vertex");
    PW_ASSERT(sized(g.skin, g.vertices.size()), "a joint for each vertex");
    for (const MorphTarget& m : g.morphs)
        PW_ASSERT(sized(m.positions, g.vertices.size()) && sized(m.normals, g.vertices.size()) &&
                      sized(m.tangents, g.vertices.size()),
                  "a delta for each vertex");
}

void check_nodes(const Model& m) {
    const auto in = [](std::uint32_t index, std::size_t count) { return index == kNone || index < count; };
    for (std::uint32_t i = 0; i < m.nodes.size(); ++i) {
        const Node& n = m.nodes[i];
        PW_ASSERT(n.parent == kNone || n.parent < i, "parents first");
        PW_ASSERT(n.subtree_end > i && n.subtree_end <= m.nodes.size(), "subtrees are contiguous");
        PW_ASSERT(in(n.mesh, m.meshes.size()) && in(n.skin, m.skins.size()) && in(n.camera, m.cameras.size()) &&
                      in(n.light, m.lights.size()),
                  "indices into the tables");
        if (n.skin == kNone) continue;
        for (const Primitive& p : m.meshes[n.mesh].primitives)
            for (const SkinVertex& v : m.geometries[p.geometry].skin)
                for (const std::uint16_t joint : v.joints)
                    PW_ASSERT(joint < m.skins[n.skin].joints.size(), "a joint of the skin");
    }
    for (const Mesh& mesh : m.meshes)
        for (const Primitive& p : mesh.primitives) {
            PW_ASSERT(p.geometry < m.geometries.size() && in(p.material, m.materials.size()),
                      "indices into the tables");
            for (const VariantMaterial& v : p.variants)
                PW_ASSERT(v.variant < m.variants.size() && p.material_of(v.variant) == v.material &&
                              v.material < m.materials.size(),
                          "a material of a variant");
        }
    for (const Node& n : m.nodes) {
        PW_ASSERT(in(n.packet, m.packets.size()) && in(n.property_table, m.property_tables.size()),
                  "indices into the tables");
        PW_ASSERT(n.property_table == kNone || n.property_row < m.property_tables[n.property_table].rows,
                  "a row of the table");
    }
    PW_ASSERT(in(m.packet, m.packets.size()), "a packet of the asset");
    for (const Texture& t : m.textures) PW_ASSERT(in(t.image, m.images.size()), "an image");
}

// Every offset is inside: the sanitizers see to that.
void check_tables(const Model& m) {
    for (const PropertyTable& table : m.property_tables)
        for (const std::uint32_t row : {0u, table.rows / 2, table.rows - 1}) {
            for (const Property& p : table.properties) (void)spell(p, row);
            (void)name_of_row(table, row);
        }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes file(reinterpret_cast<const std::byte*>(data), size);
    // Another file's bytes: the end of this one, so that a .gltf can have a buffer that varies.
    const FetchUri fetch = [&](std::string_view) -> Result<std::vector<std::byte>> {
        const Bytes tail = file.subspan(size - std::min<std::size_t>(size, 512));
        return std::vector<std::byte>(tail.begin(), tail.end());
    };
    const GltfLimits limits{.max_bytes = 64 << 20, .max_nodes = 10'000, .max_depth = 100, .max_json_bytes = 1 << 20};
    Reports reports;
    const auto model = parse_gltf(file, "fuzz", fetch, reports, limits);
    if (!model) {
        PW_ASSERT(model.error().what.starts_with("fuzz: "), "an error names its file");
        return 0;
    }
    for (const Geometry& g : (*model)->geometries) check_geometry(g);
    check_nodes(**model);
    check_tables(**model);
    (void)summarize(**model);

    Scene scene;
    const PlacedId placed = scene.place(*model, {}, "fuzz");
    for (const Clip& clip : (*model)->clips) apply_clip(scene, placed, clip, clip.duration_s * 0.3f);
    for (const PlacedMaterial m : scene.update().materials)
        PW_ASSERT(m.material < (*model)->materials.size(), "a material of the model");
    for (std::uint32_t i = 0; i < std::min(scene.node_count(), 20u); ++i)
        PW_ASSERT(scene.find(scene.part(NodeId{i})) == NodeId{i}, "a part is found again");
    return 0;
}
