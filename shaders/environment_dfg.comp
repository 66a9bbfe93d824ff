#version 460
// SPDX-License-Identifier: Apache-2.0
// The split-sum table: what GGX with height-correlated Smith reflects of constant light, as a scale and a bias of f0
// (Karis 2013); and what the sheen of cloth reflects of it. x: n·v, y: perceptual roughness.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#include "shaders/environment.glsl"
#include "shaders/sheen.glsl"
#include "shaders/pass_layouts.h"

layout(local_size_x = 8, local_size_y = 8) in;
layout(buffer_reference, std430, buffer_reference_align = 8) writeonly buffer Texels { uvec2 texels[]; };
layout(push_constant) uniform Push { EnvironmentPush push; };

// Its lobe is wide: samples of the half sphere serve.
float sheen_albedo(vec3 v, float roughness) {
    float sum = 0.0;
    for (uint i = 0; i < push.samples; ++i) {
        const vec2 xi = hammersley(i, push.samples);
        const float sine = sqrt(1.0 - xi.x * xi.x), phi = 2.0 * kPi * xi.y;
        const vec3 l = vec3(sine * cos(phi), sine * sin(phi), xi.x);
        sum += sheen_lobe(normalize(l + v).z, l.z, v.z, roughness) * l.z;
    }
    return min(1.0, sum * 2.0 * kPi / float(push.samples)); // grazing, this visibility would give back more than came
}

void main() {
    const uvec2 at = gl_GlobalInvocationID.xy;
    if (at.x >= push.side || at.y >= push.side) return;
    const vec2 uv = (vec2(at) + 0.5) / float(push.side);
    const float n_v = uv.x;
    const float a = uv.y * uv.y;
    const float a2 = a * a;
    const vec3 v = vec3(sqrt(1.0 - n_v * n_v), 0.0, n_v);
    const float v_term = sqrt(n_v * n_v * (1.0 - a2) + a2);
    vec2 sum = vec2(0.0);
    for (uint i = 0; i < push.samples; ++i) {
        const vec3 h = sample_visible_ggx(hammersley(i, push.samples), v, a);
        const float v_h = dot(v, h);
        const float n_l = 2.0 * v_h * h.z - v.z;
        if (n_l <= 0.0 || v_h <= 0.0) continue;
        // G2 / G1: all that is left of the integrand over the density of visible normals.
        const float shadowed =
            n_l * (n_v + v_term) / (n_l * v_term + n_v * sqrt(n_l * n_l * (1.0 - a2) + a2));
        const float c = 1.0 - v_h;
        const float fresnel = c * c * c * c * c;
        sum += vec2(1.0 - fresnel, fresnel) * shadowed;
    }
    Texels(uvec2(push.target_low, push.target_high)).texels[at.y * push.side + at.x] =
        uvec2(packHalf2x16(sum / float(push.samples)), packHalf2x16(vec2(sheen_albedo(v, uv.y), 0.0)));
}
