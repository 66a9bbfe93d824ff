// SPDX-License-Identifier: Apache-2.0
// glTF 2.0 appendix B: metallic-roughness with GGX, height-correlated Smith and Schlick; the environment by split sum
// (Karis 2013) with the energy of multiple scattering given back (Turquin 2019).
#ifndef PW_PBR_GLSL
#define PW_PBR_GLSL

layout(set = kFrameSet, binding = kBindSpecular) uniform samplerCube specular_map;
layout(set = kFrameSet, binding = kBindDfg) uniform sampler2D dfg_table;
layout(set = kFrameSet, binding = kBindShadow) uniform sampler2DShadow shadow_map;
layout(set = kFrameSet, binding = kBindOpenness) uniform sampler3D openness_field;

const float kPi = 3.14159265;
#include "shaders/sheen.glsl"

struct Surface {
    vec3 rel, normal, to_eye;
    vec3 diffuse, f0;
    float roughness;
    float occlusion;        // of reflections, and of what layers reflect
    vec3 diffuse_occlusion;
    float n_v;
    float f90; // 1 but for a weakened reflection
    // Layers, where kLayers has them.
    vec3 tangent, bitangent; // along and across what is brushed
    float brushed;
    vec3 film_f0; // what the film makes of f0, seen from here
    float film;
    vec3 coat_normal;
    float coat, coat_roughness, coat_n_v;
    vec3 sheen;
    float sheen_roughness;
};

float pow5(float x) {
    const float x2 = x * x;
    return x2 * x2 * x;
}
float largest(vec3 c) { return max(c.r, max(c.g, c.b)); }

// The share that is not reflected is scattered below; with colour in the reflection the most reflected counts.
vec3 below(vec3 fresnel) {
    const bool coloured = (kLayers & (kLayerSpecular | kLayerFilm)) != 0;
    return 1.0 - (coloured ? vec3(largest(fresnel)) : fresnel);
}

// How much the slopes vary that a normal map's mipmaps have averaged: the shorter the mean, the more (Toksvig 2005).
// Bytes leave a unit vector up to 1.7 of their steps too short, so that much says nothing.
float normal_slopes(vec3 mean) {
    if (kFastSpecular) return 0.0;
    const float shorter = max(1.0 - length(mean) - 0.0068, 0.0);
    return shorter / max(1.0 - shorter, 0.1);
}

// A roughness that covers what the normal does within the pixel as well, so that highlights smaller than one do not come
// and go with each movement of the head: Tokuyoshi and Kaplanyan 2019, "Improved Geometric Specular Antialiasing", in
// its form for any lobe; `slopes` are a normal map's. A CPU rasteriser would take 8 % longer for it.
float widened(float roughness, vec3 normal, float slopes) {
    if (kFastSpecular) return roughness;
    const float pixel_variance = 0.15915494; // 1 / 2 pi, of a Gaussian filter
    const float widest = 0.18;
    const vec3 along_x = dFdx(normal), along_y = dFdy(normal);
    const float turned = pixel_variance * (dot(along_x, along_x) + dot(along_y, along_y));
    const float a = roughness * roughness;
    return sqrt(sqrt(min(a * a + min(2.0 * turned, widest) + 2.0 * slopes, 1.0)));
}

float smith_ggx(float n_l, float n_v, float a2) {
    return 0.5 / max(n_l * sqrt(n_v * n_v * (1.0 - a2) + a2) + n_v * sqrt(n_l * n_l * (1.0 - a2) + a2), 1e-5);
}

float ggx(float n_h, float a2) {
    const float d = (n_h * a2 - n_h) * n_h + 1.0;
    return a2 / (kPi * d * d);
}

// Visibility × distribution of what is brushed (KHR_materials_anisotropy; Burley 2012, Heitz 2014).
float brushed_lobe(Surface s, vec3 to_light, vec3 h, float n_h, float n_l) {
    const float across = s.roughness * s.roughness;
    const float along = mix(across, 1.0, s.brushed * s.brushed);
    const float a2 = along * across;
    const vec3 f = vec3(across * dot(s.tangent, h), along * dot(s.bitangent, h), a2 * n_h);
    const float w2 = a2 / max(dot(f, f), 1e-9);
    const float view = n_l * length(vec3(along * dot(s.tangent, s.to_eye), across * dot(s.bitangent, s.to_eye), s.n_v));
    const float light = s.n_v * length(vec3(along * dot(s.tangent, to_light), across * dot(s.bitangent, to_light), n_l));
    return a2 * w2 * w2 / kPi * 0.5 / max(view + light, 1e-5);
}

vec3 direct_light(Surface s, vec3 to_light, vec3 light) {
    const vec3 h = normalize(to_light + s.to_eye);
    const float v_h = clamp(dot(s.to_eye, h), 0.0, 1.0);
    const float c5 = pow5(1.0 - v_h);
    vec3 color = vec3(0.0);
    const float n_l = dot(s.normal, to_light);
    if (n_l > 0.0) {
        const float n_h = clamp(dot(s.normal, h), 0.0, 1.0);
        const float a = s.roughness * s.roughness;
        const float lobe = (kLayers & kLayerBrushed) != 0 ? brushed_lobe(s, to_light, h, n_h, n_l)
                                                          : smith_ggx(n_l, s.n_v, a * a) * ggx(n_h, a * a);
        vec3 f0 = s.f0;
        if ((kLayers & kLayerFilm) != 0) f0 = mix(f0, s.film_f0, s.film);
        const vec3 fresnel = f0 + (s.f90 - f0) * c5;
        color = light * n_l * (s.diffuse / kPi * below(fresnel) + fresnel * lobe);
        if ((kLayers & kLayerSheen) != 0) {
            const float albedo = max(textureLod(dfg_table, vec2(s.n_v, s.sheen_roughness), 0.0).z,
                                     textureLod(dfg_table, vec2(n_l, s.sheen_roughness), 0.0).z);
            color = color * (1.0 - largest(s.sheen) * albedo) +
                    light * n_l * s.sheen * sheen_lobe(n_h, n_l, s.n_v, s.sheen_roughness);
        }
    }
    if ((kLayers & kLayerCoat) != 0) {
        color *= 1.0 - s.coat * (0.04 + 0.96 * pow5(1.0 - s.coat_n_v));
        const float c_l = dot(s.coat_normal, to_light);
        const float a = s.coat_roughness * s.coat_roughness;
        if (c_l > 0.0)
            color += light * (c_l * s.coat * (0.04 + 0.96 * c5) * smith_ggx(c_l, s.coat_n_v, a * a) *
                              ggx(clamp(dot(s.coat_normal, h), 0.0, 1.0), a * a));
    }
    return color;
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

// The share of the light around that reaches this place (renderer/internal/openness.h).
float openness(vec3 rel, vec3 geometric) {
    if (frame.openness_scale.w == 0.0) return 1.0;
    // A cell further: what lies behind the surface, and cells that it passes through, say nothing of this side.
    const vec3 before = rel + geometric * (frame.openness_low.w * dot(abs(geometric), vec3(1.0)));
    const vec3 at = (before - frame.openness_low.xyz) * frame.openness_scale.xyz;
    if (any(lessThan(at, vec3(0.0))) || any(greaterThan(at, vec3(1.0)))) return 1.0;
    const vec4 field = textureLod(openness_field, at, 0.0);
    return clamp(field.a + dot(field.rgb - 0.5, geometric), 0.0, 1.0);
}

// With what bright surfaces throw into each other's corners (Jimenez et al. 2016, "Practical Realtime Strategies for
// Accurate Indirect Occlusion").
vec3 bounced(float open, vec3 albedo) {
    const vec3 a = 2.0404 * albedo - 0.3324, b = -4.7951 * albedo + 0.6417, c = 2.7552 * albedo + 0.6903;
    return max(vec3(open), ((open * a + b) * open + c) * open);
}

vec2 environment_brdf(float n_v, float roughness) {
    if (!kFastSpecular) return textureLod(dfg_table, vec2(n_v, roughness), 0.0).xy;
    // Lazarov's fit as in Karis, "Physically Based Shading on Mobile".
    const vec4 r = roughness * vec4(-1.0, -0.0275, -0.572, 0.022) + vec4(1.0, 0.0425, 1.04, -0.04);
    const float a = min(r.x * r.x, exp2(-9.28 * n_v)) * r.x + r.y;
    return vec2(-1.04, 1.04) * a + r.zw;
}

vec3 reflected_environment(vec3 mirror, float roughness) {
    return textureLod(specular_map, mirror, roughness * frame.environment.y).rgb;
}

// The share of constant light that this surface reflects.
vec3 environment_reflectance(Surface s) {
    const vec2 dfg = environment_brdf(s.n_v, s.roughness);
    vec3 f0 = s.f0;
    if ((kLayers & kLayerFilm) != 0) f0 = mix(f0, s.film_f0, s.film);
    const vec3 single = f0 * dfg.x + s.f90 * dfg.y;
    return single * (1.0 + f0 * (1.0 / max(dfg.x + dfg.y, 0.1) - 1.0));
}

// What is brushed reflects along a bent normal (KHR_materials_anisotropy, after Revie 2011).
vec3 reflecting_normal(Surface s) {
    if ((kLayers & kLayerBrushed) == 0) return s.normal;
    const vec3 bent = cross(cross(s.bitangent, s.to_eye), s.bitangent);
    const float keep = 1.0 - s.brushed * (1.0 - s.roughness);
    return normalize(mix(normalize(bent), s.normal, keep * keep * keep * keep));
}

vec3 environment_light(Surface s, vec3 scattered) {
    const vec3 reflected = reflected_environment(reflect(-s.to_eye, reflecting_normal(s)), s.roughness);
    // What the occlusion hides of the diffuse light, it hides of reflections the more the rougher they are and the more
    // they graze the surface (Lagarde and de Rousiers 2014).
    float reach = 1.0;
    if (s.occlusion < 1.0) {
        const float open = pow(s.n_v + s.occlusion, exp2(-16.0 * s.roughness - 1.0));
        reach = clamp(open - 1.0 + s.occlusion, 0.0, 1.0);
    }
    vec3 color = irradiance(s.normal) * s.diffuse * below(scattered) * s.diffuse_occlusion +
                 reflected * scattered * reach;
    if ((kLayers & kLayerSheen) != 0) {
        const float albedo = textureLod(dfg_table, vec2(s.n_v, s.sheen_roughness), 0.0).z;
        color = color * (1.0 - largest(s.sheen) * albedo) +
                s.sheen * albedo * s.occlusion * reflected_environment(reflect(-s.to_eye, s.normal), s.sheen_roughness);
    }
    if ((kLayers & kLayerCoat) != 0) {
        const vec2 dfg = environment_brdf(s.coat_n_v, s.coat_roughness);
        const float coat = s.coat * (0.04 * dfg.x + dfg.y);
        color = color * (1.0 - coat) +
                coat * reach * reflected_environment(reflect(-s.to_eye, s.coat_normal), s.coat_roughness);
    }
    return frame.environment.x * color;
}

#endif
