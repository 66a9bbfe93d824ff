#version 460
// SPDX-License-Identifier: Apache-2.0
// One mip of the specular cube: the light that GGX of one roughness reflects, seen straight on (Karis 2013), by
// importance samples that each read the source at the size they stand for (Colbert and Křivánek 2007).
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#include "shaders/environment.glsl"
#include "shaders/pass_layouts.h"

layout(local_size_x = 8, local_size_y = 8) in;
layout(set = kFrameSet, binding = kBindSpecular) uniform samplerCube source;
layout(buffer_reference, std430, buffer_reference_align = 8) writeonly buffer Texels { uvec2 texels[]; };
layout(push_constant) uniform Push { EnvironmentPush push; };

vec3 reflected_light(vec3 n) {
    const float source_side = float(textureSize(source, 0).x);
    if (push.roughness == 0.0) return textureLod(source, n, log2(source_side / float(push.side))).rgb;
    const float a = push.roughness * push.roughness;
    const vec3 tangent = normalize(abs(n.y) < 0.9 ? vec3(n.z, 0.0, -n.x) : vec3(0.0, -n.z, n.y));
    const vec3 bitangent = cross(n, tangent);
    const float texel_angle = 4.0 * kPi / (6.0 * source_side * source_side);
    vec3 sum = vec3(0.0);
    float weight = 0.0;
    for (uint i = 0; i < push.samples; ++i) {
        const vec3 h = sample_ggx(hammersley(i, push.samples), a);
        const float n_l = 2.0 * h.z * h.z - 1.0;
        if (n_l <= 0.0) continue;
        const float d = (h.z * a * a - h.z) * h.z + 1.0;
        const float density = a * a / (4.0 * kPi * d * d);
        const float lod = 0.5 * log2(1.0 / (float(push.samples) * density * texel_angle)) + 1.0;
        const vec3 l = tangent * (2.0 * h.z * h.x) + bitangent * (2.0 * h.z * h.y) + n * n_l;
        sum += textureLod(source, l, max(lod, 0.0)).rgb * n_l;
        weight += n_l;
    }
    return sum / weight;
}

void main() {
    const uvec3 at = gl_GlobalInvocationID;
    if (at.x >= push.side || at.y >= push.side) return;
    const vec2 st = (vec2(at.xy) + 0.5) * 2.0 / float(push.side) - 1.0;
    const vec3 light = reflected_light(normalize(cube_direction(at.z, st)));
    Texels(uvec2(push.target_low, push.target_high)).texels[(at.z * push.side + at.y) * push.side + at.x] =
        uvec2(packHalf2x16(light.rg), packHalf2x16(vec2(light.b, 1.0)));
}
