// SPDX-License-Identifier: Apache-2.0
// Where a mesh's vertices are: the body of mesh.vert, of mesh_cut.vert (PW_CUT), which a section cuts, and of both for
// plain materials (PW_PLAIN).
#include "shaders/frame.glsl"
#include "shaders/octahedral.glsl"
#include "shaders/shown_in.glsl"
#include "shaders/variant.glsl"
#define PW_BETWEEN out
#include "shaders/mesh_between.glsl"

layout(location = 0) in vec3 in_position;
layout(location = 1) in vec2 in_normal;
layout(location = 2) in uint in_tangent;
layout(location = 3) in vec4 in_color;
layout(location = 4) in vec2 in_uv0;
layout(location = 5) in vec2 in_uv1;

vec2 shared_uv() {
    if (kTextures == 0 || kUv != kUvMoved) return in_uv0;
    // Constant 1 names at least one use; its lowest one stands for all.
    const int use = findLSB(kTextures);
    const uint m = in_look.x & 0xffffffu;
    const vec2 uv = (materials[m].more.y & (1u << use)) != 0 ? in_uv1 : in_uv0;
    const vec4 linear = materials[m].uv_linear[use];
    return vec2(dot(linear.xy, uv), dot(linear.zw, uv)) + materials[m].uv_offset[use].xy;
}

void main() {
    const vec3 rel = rel_from_vertex(in_position);
    gl_Position = frame.views[gl_ViewIndex].clip_from_rel * vec4(rel, 1.0);
#ifdef PW_CUT
    gl_ClipDistance[0] = -above_section(rel);
#endif

    // Normals follow the cofactors of the linear part, which keep them perpendicular and need no inverse.
    const vec3 n = from_octahedral(in_normal);
    const mat3 cofactor_rows = mat3(cross(in_row1.xyz, in_row2.xyz), cross(in_row2.xyz, in_row0.xyz),
                                    cross(in_row0.xyz, in_row1.xyz));
    const float volume = dot(in_row0.xyz, cofactor_rows[0]);
    const float mirror = volume < 0.0 ? -1.0 : 1.0;
    between_rel = vec4(rel, in_color.r);
    between_normal = vec4(mirror * (n * cofactor_rows), in_color.g); // v * M: dot with every column of M
    between_uv = vec4(shared_uv(), in_color.ba);
    between_look = in_look;
#ifndef PW_PLAIN
    between_tangent = vec4(0.0);
    if ((kTextures & (1u << kNormal)) != 0 || (kLayers & (kLayerBrushed | kLayerCoat)) != 0) {
        const vec4 tangent = unpack_tangent(in_tangent);
        between_tangent = vec4(dot(in_row0.xyz, tangent.xyz), dot(in_row1.xyz, tangent.xyz),
                               dot(in_row2.xyz, tangent.xyz), tangent.w * mirror);
    }
    between_more = vec3(in_uv1, 1.0);
    if ((kLayers & kLayerThrough) != 0) between_more.z = pow(abs(volume), 1.0 / 3.0);
#endif
}
