#pragma once
// SPDX-License-Identifier: Apache-2.0
// A model: what one glTF file says there is to see, in our own types. Plain data, made by scene/gltf.h (or by a test),
// never changed afterwards and shared as std::shared_ptr<const Model> between the threads that read it.
// Right-handed, Y up, metres; angles in radians; colours linear unless a name says srgb. Section numbers: glTF 2.0.

#include "base/ids.h"
#include "base/math.h"
#include "scene/material.h"
#include "scene/property_table.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pw::scene {

// The vertex as the GPU reads it (shaders/shared.h has the same layout). 40 bytes.
struct Vertex {
    Vec3 position;
    std::uint32_t normal = 0;  // octahedral, 2 × snorm16 (Cigolle et al. 2014); x in the low half
    std::uint32_t tangent = 0; // octahedral, 2 × snorm16, the lowest bit of y is the sign of the bitangent (1 = −1)
    std::uint32_t color = 0xffff'ffffu; // linear RGBA8, R in the lowest byte
    Vec2 uv0{0.f};
    Vec2 uv1{0.f};
};
static_assert(sizeof(Vertex) == 40);

struct SkinVertex {
    std::array<std::uint16_t, 4> joints{};  // into Skin::joints
    std::array<std::uint16_t, 4> weights{}; // unorm16, sum = 65535
};

// Deltas added to the base, one per vertex; empty where the target does not touch that attribute.
struct MorphTarget {
    std::vector<Vec3> positions, normals, tangents;
};

// A geometry with fewer triangles, over the same vertices.
struct Level {
    std::vector<std::uint32_t> indices;
    float error_m = 0.f; // how far its surface is from the whole one's, at most, in node space
};

// Vertices and triangles of one set of accessors; primitives that share accessors share it.
struct Geometry {
    std::vector<Vertex> vertices;
    std::vector<std::uint32_t> indices; // triangles, counter-clockwise front
    std::vector<SkinVertex> skin;       // empty or one per vertex
    std::vector<MorphTarget> morphs;
    std::optional<std::vector<Level>> levels; // as the file brings them (MSFT_lod); nothing: they have to be made
    Aabb bounds;                              // of the base positions, morphs at their limits included
    bool has_tangents = false;
};

// An image as the file holds it; scene/image.h decodes it, on a background job.
struct Image {
    std::string name;
    std::string mime_type;
    std::vector<std::byte> encoded;
};

struct VariantMaterial {
    std::uint32_t variant = 0, material = 0;
};

struct Primitive {
    std::uint32_t geometry = kNone;
    std::uint32_t material = kNone;          // kNone: the default material of section 3.7.2.1
    std::vector<VariantMaterial> variants{}; // KHR_materials_variants: what it wears instead, by ascending variant

    std::uint32_t material_of(std::uint32_t variant) const; // kNone: as without variants
};

struct Mesh {
    std::string name;
    std::vector<Primitive> primitives;
    std::vector<float> weights; // default morph weights
};

struct Camera {
    std::string name;
    bool perspective = true;
    float fov_y_rad = 1.f;
    float aspect = 0.f;   // 0: the view's
    float height_m = 1.f; // orthographic: full height
    float near_m = 0.05f;
    float far_m = 0.f; // 0: infinite
};

enum class LightKind : std::uint8_t { Directional, Point, Spot };

// KHR_lights_punctual: shines along −Z of its node.
struct Light {
    LightKind kind = LightKind::Point;
    Vec3 color{1.f};
    float intensity = 1.f; // candela, or lux when directional
    float range_m = 0.f;   // 0: infinite
    float inner_cone_rad = 0.f, outer_cone_rad = 0.7853982f;
};

struct Skin {
    std::vector<std::uint32_t> joints; // nodes
    std::vector<Mat4> inverse_bind;    // one per joint
};

struct Node {
    std::string name;
    std::uint32_t parent = kNone;  // nodes are stored depth first: parent < child, a subtree is contiguous
    std::uint32_t subtree_end = 0; // one past the last descendant
    Transform local;
    bool visible = true; // KHR_node_visibility: false hides it and what is below it
    std::uint32_t mesh = kNone, skin = kNone, camera = kNone, light = kNone;
    std::vector<float> weights;       // overrides the mesh's
    std::vector<Transform> instances; // EXT_mesh_gpu_instancing; empty: drawn once
    std::string extras;               // JSON text, or empty
    std::string uid;                  // extras.partId, or the ID of its row, or empty
    // EXT_mesh_features: the row of a property table that is about this node; kNone: none.
    std::uint32_t property_table = kNone, property_row = 0;
    std::uint32_t packet = kNone; // KHR_xmp_json_ld: into Model::packets
};

// What a channel moves: of a node, or by KHR_animation_pointer a value of a material or a light.
enum class ChannelPath : std::uint8_t { Translation, Rotation, Scale, Weights, Visible, Material, Light };
enum class Interpolation : std::uint8_t { Linear, Step, CubicSpline };

struct Channel {
    std::uint32_t node = kNone; // or kNone where it moves a material or a light
    ChannelPath path = ChannelPath::Translation;
    Interpolation interpolation = Interpolation::Linear;
    std::vector<float> times_s;
    std::vector<float> values;    // as the file has them; CubicSpline: in-tangent, value, out-tangent per key
    std::uint32_t object = kNone; // the material or light
    std::uint16_t value = 0;      // of scene/material_value.h
};

struct Clip {
    std::string name;
    std::vector<Channel> channels;
    float duration_s = 0.f;
};

struct Model {
    std::string name; // the asset's name in part identities: its file name without folders
    std::vector<Node> nodes;
    std::vector<Mesh> meshes;
    std::vector<Geometry> geometries;
    std::vector<Material> materials;
    std::vector<Texture> textures;
    std::vector<Image> images;
    std::vector<Camera> cameras;
    std::vector<Light> lights;
    std::vector<Skin> skins;
    std::vector<Clip> clips;
    std::vector<std::string> variants; // KHR_materials_variants: their names
    std::vector<PropertyTable> property_tables;
    std::vector<std::string> packets; // KHR_xmp_json_ld: JSON objects
    std::uint32_t packet = kNone;     // that of the whole asset
    std::vector<std::string> extensions_used;
    std::string generator;

    std::uint32_t morph_count(std::uint32_t mesh) const; // targets that a node with this mesh has weights for
};

// Packing of Vertex::normal and Vertex::tangent.
std::uint32_t pack_normal(const Vec3& unit);
Vec3 unpack_normal(std::uint32_t packed);
std::uint32_t pack_tangent(const Vec4& unit_and_sign);
Vec4 unpack_tangent(std::uint32_t packed);

} // namespace pw::scene
