#version 460
// SPDX-License-Identifier: Apache-2.0
// An equirectangular map as the six faces of a cube, one texel a lane; z is the face.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#extension GL_EXT_nonuniform_qualifier : require
#include "shaders/environment.glsl"
#include "shaders/pass_layouts.h"

layout(local_size_x = 8, local_size_y = 8) in;
layout(set = kTextureSet, binding = 0) uniform sampler2D textures[];
layout(buffer_reference, std430, buffer_reference_align = 8) writeonly buffer Texels { uvec2 texels[]; };
layout(push_constant) uniform Push { EnvironmentPush push; };

void main() {
    const uvec3 at = gl_GlobalInvocationID;
    if (at.x >= push.side || at.y >= push.side) return;
    const float lod = log2(float(textureSize(textures[push.source_texture], 0).x) / (4.0 * float(push.side)));
    vec3 sum = vec3(0.0);
    for (uint i = 0; i < 4; ++i) {
        const vec2 st = (vec2(at.xy) + vec2(0.25) + 0.5 * vec2(i & 1u, i >> 1u)) * 2.0 / float(push.side) - 1.0;
        const vec2 uv = equirect_uv(normalize(cube_direction(at.z, st)));
        sum += textureLod(textures[push.source_texture], uv, max(lod - 1.0, 0.0)).rgb;
    }
    sum *= 0.25;
    Texels(uvec2(push.target_low, push.target_high)).texels[(at.z * push.side + at.y) * push.side + at.x] =
        uvec2(packHalf2x16(sum.rg), packHalf2x16(vec2(sum.b, 1.0)));
}
