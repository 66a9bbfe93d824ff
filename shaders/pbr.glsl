// SPDX-License-Identifier: Apache-2.0
// glTF 2.0 appendix B: metallic-roughness with GGX, height-correlated Smith and Schlick; the environment by split sum
// (Karis 2013) with the energy of multiple scattering given back (Turquin 2019).
#ifndef PW_PBR_GLSL
#define PW_PBR_GLSL

layout(set = kFrameSet, binding = kBindSpecular) uniform samplerCube specular_map;
layout(set = kFrameSet, binding = kBindDfg) uniform sampler2D dfg_table;
layout(set = kFrameSet, binding = kBindShadow) uniform sampler2DShadow shadow_map;

const float kPi = 3.14159265;

struct Surface {
    vec3 rel, normal, to_eye;
    vec3 diffuse, f0;
    float roughness, occlusion;
    float n_v;
};

vec3 direct_light(Surface s, vec3 to_light, vec3 light) {
    const float n_l = dot(s.normal, to_light);
    if (n_l <= 0.0) return vec3(0.0);
    const vec3 h = normalize(to_light + s.to_eye);
    const float n_h = clamp(dot(s.normal, h), 0.0, 1.0);
    const float v_h = clamp(dot(s.to_eye, h), 0.0, 1.0);
    const float a = s.roughness * s.roughness;
    const float a2 = a * a;
    const float d = (n_h * a2 - n_h) * n_h + 1.0;
    const float visibility =
        0.5 / max(n_l * sqrt(s.n_v * s.n_v * (1.0 - a2) + a2) + s.n_v * sqrt(n_l * n_l * (1.0 - a2) + a2), 1e-5);
    const float c = 1.0 - v_h;
    const float c2 = c * c;
    const vec3 fresnel = s.f0 + (1.0 - s.f0) * (c2 * c2 * c);
    return light * n_l * (s.diffuse / kPi * (1.0 - fresnel) + fresnel * (visibility * a2 / (kPi * d * d)));
}

float sun_shadow(vec3 rel, vec3 geometric_normal) {
    if (kShadowTaps == 0 || frame.to_sun.w == 0.0) return 1.0;
    // Step off the surface by about a texel, more where the light grazes it.
    const float n_l = clamp(dot(geometric_normal, frame.to_sun.xyz), 0.0, 1.0);
    const vec3 p = rel + geometric_normal * (frame.shadow_texel.y * (0.6 + 1.6 * sqrt(1.0 - n_l * n_l)));
    const vec3 at = (frame.shadow_from_rel * vec4(p, 1.0)).xyz;
    if (any(lessThan(at, vec3(0.0))) || any(greaterThan(at, vec3(1.0)))) return 1.0;
    if (kShadowTaps == 1) return texture(shadow_map, at);
    float sum = 0.0;
    const float first = 0.5 - 0.5 * float(kShadowTaps);
    for (uint y = 0; y < kShadowTaps; ++y) {
        for (uint x = 0; x < kShadowTaps; ++x) {
            sum += texture(shadow_map, vec3(at.xy + (first + vec2(x, y)) * frame.shadow_texel.x, at.z));
        }
    }
    return sum / float(kShadowTaps * kShadowTaps);
}

vec3 punctual_lights(Surface s) {
    vec3 sum = vec3(0.0);
    for (uint i = 0; i < frame.counts.y; ++i) {
        const GpuLight light = frame.lights[i];
        vec3 to_light = -light.direction_scale.xyz;
        float strength = 1.0;
        if (light.color_kind.w > 0.5) {
            to_light = light.position_range.xyz - s.rel;
            const float d2 = max(dot(to_light, to_light), 1e-4);
            to_light *= inversesqrt(d2);
            strength = 1.0 / d2;
            if (light.position_range.w > 0.0) { // KHR_lights_punctual: the recommended window
                const float r = d2 / (light.position_range.w * light.position_range.w);
                strength *= clamp(1.0 - r * r, 0.0, 1.0);
            }
            if (light.color_kind.w > 1.5) {
                const float cone = dot(-to_light, light.direction_scale.xyz) * light.direction_scale.w + light.spot.x;
                strength *= clamp(cone, 0.0, 1.0) * clamp(cone, 0.0, 1.0);
            }
        }
        if (strength > 0.0) sum += direct_light(s, to_light, light.color_kind.rgb * strength);
    }
    return sum;
}

vec3 irradiance(vec3 n) {
    return max(vec3(0.0), frame.irradiance[0].rgb + frame.irradiance[1].rgb * n.y + frame.irradiance[2].rgb * n.z +
                              frame.irradiance[3].rgb * n.x + frame.irradiance[4].rgb * (n.x * n.y) +
                              frame.irradiance[5].rgb * (n.y * n.z) +
                              frame.irradiance[6].rgb * (3.0 * n.z * n.z - 1.0) +
                              frame.irradiance[7].rgb * (n.x * n.z) +
                              frame.irradiance[8].rgb * (n.x * n.x - n.y * n.y));
}

vec2 environment_brdf(float n_v, float roughness) {
    if (!kFastSpecular) return textureLod(dfg_table, vec2(n_v, roughness), 0.0).xy;
    // Lazarov's fit as in Karis, "Physically Based Shading on Mobile".
    const vec4 r = roughness * vec4(-1.0, -0.0275, -0.572, 0.022) + vec4(1.0, 0.0425, 1.04, -0.04);
    const float a = min(r.x * r.x, exp2(-9.28 * n_v)) * r.x + r.y;
    return vec2(-1.04, 1.04) * a + r.zw;
}

vec3 environment_light(Surface s) {
    const vec2 dfg = environment_brdf(s.n_v, s.roughness);
    const vec3 single = s.f0 * dfg.x + dfg.y;
    const vec3 scattered = single * (1.0 + s.f0 * (1.0 / max(dfg.x + dfg.y, 0.1) - 1.0));
    const vec3 mirror = reflect(-s.to_eye, s.normal);
    const vec3 reflected = textureLod(specular_map, mirror, s.roughness * frame.environment.y).rgb;
    // What the occlusion hides of the diffuse light, it hides of reflections the more the rougher they are and the more
    // they graze the surface (Lagarde and de Rousiers 2014).
    const float reach = clamp(pow(s.n_v + s.occlusion, exp2(-16.0 * s.roughness - 1.0)) - 1.0 + s.occlusion, 0.0, 1.0);
    return frame.environment.x * (irradiance(s.normal) * s.diffuse * (1.0 - scattered) * s.occlusion +
                                  reflected * scattered * reach);
}

#endif
