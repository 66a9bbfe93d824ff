// SPDX-License-Identifier: Apache-2.0
// Where a mesh's vertices are: the body of mesh.vert, and of mesh_cut.vert (PW_CUT), which a section cuts.
#include "shaders/frame.glsl"
#include "shaders/octahedral.glsl"
#include "shaders/variant.glsl"

layout(set = kFrameSet, binding = kBindVisible, std430) readonly buffer Visible { uint visible[]; };

layout(location = 0) in vec3 in_position;
layout(location = 1) in vec2 in_normal;
layout(location = 2) in uint in_tangent;
layout(location = 3) in vec4 in_color;
layout(location = 4) in vec2 in_uv0;
layout(location = 5) in vec2 in_uv1;

layout(location = 0) out vec3 out_rel;
layout(location = 1) out vec3 out_normal;
layout(location = 2) out vec4 out_tangent;
layout(location = 3) out vec4 out_color;
layout(location = 4) out vec4 out_uv; // the shared one, or both sets
layout(location = 5) flat out uvec4 out_ids; // material and (from bit 24) style flags, tint, emission
layout(location = 6) flat out uvec3 out_wash; // z: metres of the world in one of the node's

void main() {
    const uint entry = visible[gl_InstanceIndex];
    const GpuInstance instance = instances[entry & ((1u << kVisibleBits) - 1u)];
    const GpuTransform t = transforms[instance.node];
    out_rel = rel_from_node(t, in_position);
    gl_Position = frame.views[gl_ViewIndex].clip_from_rel * vec4(out_rel, 1.0);
#ifdef PW_CUT
    gl_ClipDistance[0] = -above_section(out_rel);
#endif

    // Normals follow the cofactors of the linear part, which keep them perpendicular and need no inverse.
    const vec3 n = from_octahedral(in_normal);
    const mat3 cofactor_rows = mat3(cross(t.row1.xyz, t.row2.xyz), cross(t.row2.xyz, t.row0.xyz),
                                    cross(t.row0.xyz, t.row1.xyz));
    const float mirror = dot(t.row0.xyz, cofactor_rows[0]) < 0.0 ? -1.0 : 1.0;
    out_normal = mirror * (n * cofactor_rows); // v * M: dot with every column of M
    out_tangent = vec4(0.0);
    if ((kTextures & (1u << kNormal)) != 0 || (kLayers & (kLayerBrushed | kLayerCoat)) != 0) {
        const vec4 tangent = unpack_tangent(in_tangent);
        out_tangent = vec4(dot(t.row0.xyz, tangent.xyz), dot(t.row1.xyz, tangent.xyz), dot(t.row2.xyz, tangent.xyz),
                           tangent.w * mirror);
    }
    out_color = in_color;
    if (kAlpha == kAlphaFade) {
        const float share = float(entry >> kVisibleBits & 127u) / 127.0;
        out_color.a = (entry & kFadeCoarser) != 0 ? -share : share;
    }
    out_uv = vec4(in_uv0, in_uv1);
    if (kTextures != 0 && kOneUv) {
        // Constant 1 names at least one use; its lowest one stands for all.
        const int use = findLSB(kTextures);
        const vec2 uv = (materials[instance.material].more.y & (1u << use)) != 0 ? in_uv1 : in_uv0;
        const vec4 linear = materials[instance.material].uv_linear[use];
        out_uv.xy = vec2(dot(linear.xy, uv), dot(linear.zw, uv)) + materials[instance.material].uv_offset[use].xy;
    }
    const GpuStyle style = styles[instance.node];
    out_ids = uvec4(instance.material | style.flags << 24, style.tint_rg, style.tint_ba, floatBitsToUint(style.emission));
    float scale = 1.0;
    if ((kLayers & kLayerThrough) != 0) scale = pow(abs(dot(t.row0.xyz, cofactor_rows[0])), 1.0 / 3.0);
    out_wash = uvec3(style.wash_rg, style.wash_ba, floatBitsToUint(scale));
}
