#version 460
// SPDX-License-Identifier: Apache-2.0
// Writes the vertices of one skinned or morphed mesh as they stand now, so that all later passes are alike
// (glTF 2.0, 3.7.2.2 and 3.7.3: morphs first, then the skin).
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#include "shaders/shared.h"
#include "shaders/octahedral.glsl"

layout(local_size_x = 64) in;
layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer Floats { float at[]; };
layout(set = kFrameSet, binding = kBindVertices, std430) buffer Vertices { uint vertices[]; };
layout(set = kFrameSet, binding = kBindSkin, std430) readonly buffer Skin { uint skin[]; };
layout(set = kFrameSet, binding = kBindMorphs, std430) readonly buffer Morphs { float morphs[]; };
layout(push_constant) uniform Push { SkinPush push; };

vec3 morph_delta(uint at) { return vec3(morphs[at], morphs[at + 1], morphs[at + 2]); }

void main() {
    const uint v = gl_GlobalInvocationID.x;
    if (v >= push.vertex_count) return;
    Floats data = Floats(uvec2(push.data_low, push.data_high));
    const uint from = (push.source_vertex + v) * 10;
    vec3 position = uintBitsToFloat(uvec3(vertices[from], vertices[from + 1], vertices[from + 2]));
    vec3 normal = unpack_normal(vertices[from + 3]);
    vec4 tangent = unpack_tangent(vertices[from + 4]);

    for (uint m = 0; m < push.morph_count; ++m) {
        const float weight = data.at[push.joint_count * 12 + m];
        if (weight == 0.0) continue;
        const uint at = (push.morph_first + m * push.vertex_count + v) * 9;
        position += weight * morph_delta(at);
        normal += weight * morph_delta(at + 3);
        tangent.xyz += weight * morph_delta(at + 6);
    }

    if (push.skin_vertex != ~0u) {
        const uint at = (push.skin_vertex + v) * 4;
        const uvec4 joints = uvec4(skin[at] & 0xffffu, skin[at] >> 16, skin[at + 1] & 0xffffu, skin[at + 1] >> 16);
        const vec4 weights = vec4(unpackUnorm2x16(skin[at + 2]), unpackUnorm2x16(skin[at + 3]));
        vec4 row0 = vec4(0.0), row1 = vec4(0.0), row2 = vec4(0.0);
        for (uint k = 0; k < 4; ++k) {
            if (weights[k] == 0.0) continue;
            const uint m = min(joints[k], push.joint_count - 1) * 12;
            row0 += weights[k] * vec4(data.at[m], data.at[m + 1], data.at[m + 2], data.at[m + 3]);
            row1 += weights[k] * vec4(data.at[m + 4], data.at[m + 5], data.at[m + 6], data.at[m + 7]);
            row2 += weights[k] * vec4(data.at[m + 8], data.at[m + 9], data.at[m + 10], data.at[m + 11]);
        }
        const vec4 p = vec4(position, 1.0);
        position = vec3(dot(row0, p), dot(row1, p), dot(row2, p));
        // Rotations and even scales are what skins are made of, so the matrix itself serves the normals.
        normal = vec3(dot(row0.xyz, normal), dot(row1.xyz, normal), dot(row2.xyz, normal));
        tangent.xyz = vec3(dot(row0.xyz, tangent.xyz), dot(row1.xyz, tangent.xyz), dot(row2.xyz, tangent.xyz));
    }

    const uint to = (push.target_vertex + v) * 10;
    vertices[to] = floatBitsToUint(position.x);
    vertices[to + 1] = floatBitsToUint(position.y);
    vertices[to + 2] = floatBitsToUint(position.z);
    vertices[to + 3] = pack_normal(normalize(normal));
    vertices[to + 4] = push.has_tangents != 0 ? pack_tangent(vec4(normalize(tangent.xyz), tangent.w)) : 0;
    for (uint w = 5; w < 10; ++w) vertices[to + w] = vertices[from + w];
}
