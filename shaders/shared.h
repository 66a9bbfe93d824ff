// SPDX-License-Identifier: Apache-2.0
// The layouts that C++ and GLSL share. Compiled by both: only scalars, vec4, uvec4 and mat4, so that std140, std430 and
// the C++ layout agree. "rel" is the camera-relative world: world position minus FrameUniforms' origin, world axes.
#ifndef PW_SHADERS_SHARED_H
#define PW_SHADERS_SHARED_H

#ifdef __cplusplus
#include "base/math.h"

#include <glm/ext/vector_uint4.hpp>

#include <cstdint>

namespace pw::shaders {
// NOLINTBEGIN(readability-identifier-naming): GLSL's names
using uint = std::uint32_t;
using vec4 = Vec4;
using uvec4 = glm::uvec4;
using mat4 = Mat4;
// NOLINTEND(readability-identifier-naming)
#endif

// Set 0, the frame set: the same for every pass, compute and graphics.
const uint kFrameSet = 0;
const uint kBindFrame = 0;      // uniform FrameUniforms
const uint kBindTransforms = 1; // GpuTransform per scene node, then per prop node
const uint kBindStyles = 2;     // GpuStyle, same index
const uint kBindMaterials = 3;  // GpuMaterial
const uint kBindInstances = 4;  // GpuInstance: one per node and primitive
const uint kBindGroups = 5;     // GpuGroup: instances that share geometry and material
const uint kBindCommands = 6;   // VkDrawIndexedIndirectCommand as uint[5]
const uint kBindCull = 7;       // uint: counts per bucket, visibility words, prefix sums
const uint kBindVertices = 8;   // uint[10] per vertex: what skinning reads and writes
const uint kBindSkin = 9;       // uint[4] per vertex: joints and weights
const uint kBindMorphs = 10;    // float[9] per vertex and target: position, normal, tangent deltas
const uint kBindLayers = 11;    // GpuLayers
const uint kBindSpecular = 12;  // samplerCube: prefiltered environment, mip = roughness × (mip count − 1)
const uint kBindDfg =
    13; // sampler2D: split-sum table, u = n·v, v = perceptual roughness; rg = scale, bias, b = albedo of sheen
const uint kBindShadow = 14;   // sampler2DShadow of the sun
const uint kBindOpenness = 15; // sampler3D: how open the surroundings are (renderer/internal/openness.h)
// Set 1, the textures: sampler2D textures[]. 0 is white, 1 a flat normal (0.5, 0.5, 1), 2 black, 3 a direction.
const uint kTextureSet = 1;
const uint kWhiteTexture = 0;
const uint kFlatNormalTexture = 1;
const uint kBlackTexture = 2;
const uint kTangentTexture = 3; // (1, 0.5, 1): along the tangent, in full

const uint kMaxTextures = 8192;
const uint kMaxLights = 64;
const uint kMaxPushBytes = 128;

struct ViewUniforms {
    mat4 clip_from_rel;
    mat4 rel_from_eye; // columns: right, up, back, position of the eye
    vec4 tangents;     // left, right, up, down
    vec4 planes[4];    // left, right, up, down; dot(plane, vec4(rel, 1)) >= 0 is inside
};

struct GpuLight {
    vec4 position_range;  // rel; w: range, 0 = infinite
    vec4 color_kind;      // linear × intensity, in units (renderer/draw_list.h); w: 0 directional, 1 point, 2 spot
    vec4 direction_scale; // the way it shines; w: spot scale 1/(cos inner − cos outer)
    vec4 spot;            // x: spot offset −cos outer × scale
};

struct FrameUniforms {
    ViewUniforms views[2];
    vec4 origin_high; // the world's origin of "rel", as a sum of two floats
    vec4 origin_low;
    vec4 origin_wrapped;   // the origin modulo 1 m: patterns that stand still in the world
    vec4 to_sun;           // w: 1 when the shadow map holds its shadow
    vec4 sun_color;        // linear illuminance, in units
    vec4 background;       // linear, premultiplied
    vec4 irradiance[9];    // spherical harmonics, cosine lobe and 1/pi included: the sum is the diffuse light on white
    mat4 shadow_from_rel;  // to [0,1] × [0,1] and reversed depth
    vec4 shadow_planes[4]; // of its box, as ViewUniforms::planes
    vec4 shadow_texel;     // x: 1 / side, y: metres per texel
    vec4 environment;      // x: intensity, y: highest mip of the specular cube, z: exposure, w: 1 when there is one
    uvec4 counts;          // x: views, y: lights
    vec4 extent;           // pixels of the target: width, height, 1/width, 1/height
    vec4 user;             // x: metres of the world in one of the user's
    vec4 openness_low;     // rel, of the field's corner; w: side of a cell, m
    vec4 openness_scale;   // 1 / its size in metres; w: 1 when there is one
    vec4 raster;           // pixels that are drawn: width, height, 0 where a pixel has several samples; z: of a pixel,
                           // by which the GPU moves vertices at most
    vec4 section;          // dot(section, vec4(rel, 1)) > 0 is cut away; (0, 0, 0, -1): nothing
    vec4 detail; // x: pixels of the picture in a tangent of 1, by the pixels that a level may be wrong; 0: all is
                 // drawn whole; y: over which share of that levels fade; z: nearest distance
    GpuLight lights[kMaxLights];
};

// world_from_node. The position is high + low, so that subtracting the origin is exact far out.
struct GpuTransform {
    vec4 row0, row1, row2; // of the linear part; w: position, high part
    vec4 low;              // xyz: position, low part
};

struct GpuStyle {
    uint flags; // scene::StyleFlag
    uint tint;  // sRGB and alpha, 8 bits each
    float emission;
    uint wash; // as the tint
};

// One use of a texture is (slot into textures[], uv set, 2×2, offset).
const uint kBaseColor = 0;
const uint kMetallicRoughness = 1;
const uint kNormal = 2;
const uint kOcclusion = 3;
const uint kEmissive = 4;
struct GpuMaterial {
    vec4 base_color;
    vec4 emissive;     // w: alpha cutoff
    vec4 factors;      // metallic, roughness, normal scale, occlusion strength
    uvec4 textures;    // base color, metallic-roughness, normal, occlusion
    uvec4 more;        // x: emissive texture, y: bit per use: takes uv1, z: GpuLayers of it
    vec4 uv_linear[5]; // rows of the 2×2: uv' = (dot(l.xy, uv), dot(l.zw, uv)) + offset
    vec4 uv_offset[5];
};

// What lies over, in or under a surface beyond that (scene::Layers). kLayers of a pipeline names those that its
// materials have.
const uint kLayerSpecular = 1; // index of refraction, strength and colour of the reflection
const uint kLayerCoat = 2;
const uint kLayerSheen = 4;
const uint kLayerFilm = 8;
const uint kLayerBrushed = 16;
const uint kLayerThrough = 32; // light comes through it
const uint kLayerAll = 63;
// Uses of textures in layers.
const uint kSpecular = 0;
const uint kSpecularColor = 1;
const uint kCoat = 2;
const uint kCoatRoughness = 3;
const uint kCoatNormal = 4;
const uint kSheenColor = 5;
const uint kSheenRoughness = 6;
const uint kFilm = 7;
const uint kFilmThickness = 8;
const uint kBrushed = 9;
const uint kThrough = 10;
const uint kThickness = 11;
const uint kLayerUses = 12;
struct GpuLayers {
    vec4 specular;     // colour; w: factor
    vec4 coat;         // factor, roughness, normal scale; w: index of refraction of what is below
    vec4 sheen;        // colour; w: roughness
    vec4 film;         // factor, index of refraction, thickness in nm at 0 and 1 of its texture
    vec4 brushed;      // strength, cosine and sine of its direction
    vec4 through;      // factor; y: thickness in node space, z: 1 / attenuation distance, w: dispersion
    vec4 attenuation;  // colour that is left after the distance
    uvec4 textures[3]; // slots, by use
    uvec4 more;        // x: bit per use: takes uv1
    vec4 uv_linear[12];
    vec4 uv_offset[12]; // xy
};

// Culling makes lists of instances and draws: for each kind one per level of detail, kind × levels + level.
const uint kMaxLevels = 4;   // 0 is the whole
const uint kKindMain = 0;    // opaque and masked, in one of the views
const uint kKindFade = 1;    // the same, on their way from one level to the next: in both of their lists
const uint kKindGhost = 2;   // what is drawn as a ghost, in one of the views
const uint kKindShadow = 3;  // what throws a shadow
const uint kKindLate = 4;    // of the main kind, what was hidden in the frame before and is no longer
const uint kKindSection = 5; // solids that a section may cut through, whole: one list
const uint kKindCount = 6;
const uint kMaxBuckets = 128; // draws that share a pipeline and its state
// GpuInstance::flags
const uint kNeverCulled = 1;   // its box says nothing (it is skinned)
const uint kSolid = 2;         // its surface is closed
const uint kSolidTogether = 4; // it is closed with the other primitives of its mesh only
const uint kMasked = 8;        // it goes from level to level at once

// An instance as its vertices need it, in a list of what is drawn: attributes of the instance's rate, because a CPU
// rasteriser fetches those once for eight vertices and what lies in a storage buffer once for each.
const uint kShownRow0 = 6, kShownRow1 = 7, kShownRow2 = 8, kShownLook = 9; // locations, behind those of the vertex
struct GpuShown {
    vec4 row0, row1, row2; // rel_from_node
    uvec4 look; // material and (from bit 24) style flags, tint, wash, emission as a half float and (from bit 16) fade
};
// GpuShown::look.w, of what is on its way between two levels of detail: the share of the coarser one (of 127), and
// whether it is that.
const uint kFadeShift = 16;
const uint kFadeCoarser = 0x800000u;

// What culling counts of a list: draws, instances, triangles; and where the list begins in GpuShown.
const uint kCountsPerList = 4;

// Push constants of culling. The cull buffer holds, per list: kMaxBuckets draw counts, `words` visibility words of 32
// instances, `words` + 1 prefix sums of their bits; behind the lists the counts of each; and behind that `words` words:
// what of the main kind is in one of the views, hidden or not (shaders/cull_layout.glsl, renderer::DrawTable).
// Lists of one kind lie one behind the other in GpuShown; a kind has room for all instances, twice for what fades.
const uint kShownPerInstance = kKindCount + 1;
struct CullPush {
    uint instances, groups, words, buckets;
    uint kinds; // bit per kind that is wanted
    uint views;
    uint levels;                // that any group has
    uint seen_low, seen_high;   // device address of `words` words: what was not hidden in the frame before; or 0
    uint shown_low, shown_high; // device address of GpuShown: larger than what a GPU need let be bound to a shader
};

struct SinglesPush { // instances that are drawn one by one
    uint first_instance, first_shown, count;
    uint shown_low, shown_high;
};

struct ScatterPush {                // copies `count` records of `words` uints to the places that an index list names
    uint indices_low, indices_high; // device addresses
    uint records_low, records_high;
    uint target_low, target_high;
    uint count, words;
};

struct SkinPush {             // one deformed mesh
    uint data_low, data_high; // device address: joint matrices (3 × vec4 each), then morph weights (float)
    uint vertex_count, source_vertex, target_vertex, skin_vertex; // skin_vertex: ~0 without a skin
    uint joint_count, morph_first, morph_count;                   // morph_first: in deltas of 9 floats
    uint has_tangents;
};

struct GpuInstance {
    uint node; // into transforms and styles
    uint material;
    uint group;
    uint flags;
};

struct GpuGroup {
    vec4 center;                    // of the geometry's box, node space
    vec4 extent;                    // half size
    vec4 errors;                    // of each level of detail, in node space
    uvec4 first_index, index_count; // of each level
    uint levels;                    // at least 1
    uint vertex_offset;
    uint first_instance, instance_count;
    uint bucket;
    uint bucket_first; // first group of its bucket: where the bucket's draws begin
    uint pad0, pad1;
};

#ifdef __cplusplus
static_assert(sizeof(ViewUniforms) == 208 && sizeof(GpuLight) == 64);
static_assert(sizeof(GpuTransform) == 64 && sizeof(GpuStyle) == 16 && sizeof(GpuShown) == 64 &&
              sizeof(GpuInstance) == 16);
static_assert(sizeof(GpuMaterial) == 240 && sizeof(GpuLayers) == 560 && sizeof(GpuGroup) == 112);
static_assert(sizeof(FrameUniforms) % 16 == 0 && sizeof(FrameUniforms) <= 16384);
} // namespace pw::shaders
#endif
#endif
