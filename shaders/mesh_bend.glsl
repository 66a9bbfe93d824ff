// SPDX-License-Identifier: Apache-2.0
// Where in the picture that is seen which comes through a mesh, and how blurred: the body of mesh_bend.frag, and of
// mesh_bend_samples.frag (PW_SAMPLES), for several samples a pixel. Layers add up: offsets, and variances of blurs.
#define PW_BEND
#include "shaders/mesh_fragment.glsl"
#include "shaders/pass_layouts.h"

layout(push_constant) uniform Push { BendPush push; };
#ifdef PW_SAMPLES
layout(set = kTextureSet, binding = 0) uniform sampler2DMSArray depths[];
#else
layout(set = kTextureSet, binding = 0) uniform sampler2DArray depths[];
#endif

layout(location = 0) out vec4 out_bend;

// Of what is opaque, there: near plane / distance.
float depth_at(vec2 uv) {
    if (push.depth == ~0u) return 0.0;
#ifdef PW_SAMPLES
    const ivec2 size = textureSize(depths[push.depth]).xy;
#else
    const ivec2 size = textureSize(depths[push.depth], 0).xy;
#endif
    const ivec2 at = clamp(ivec2(uv * vec2(size)), ivec2(0), size - 1);
    return texelFetch(depths[push.depth], ivec3(at, gl_ViewIndex), 0).r;
}

vec2 uv_of(vec3 rel) {
    const vec4 clip = frame.views[gl_ViewIndex].clip_from_rel * vec4(rel, 1.0);
    return clip.xy / clip.w * 0.5 + 0.5;
}

// Where the light leaves a slab of this thickness, in the picture and beyond where the eye looks at it: what is behind
// is taken from there, as if it stood at the slab's back.
vec2 leaves(vec3 normal, vec3 to_eye, float ior, float thickness) {
    const vec3 inside = refract(-to_eye, normal, 1.0 / ior);
    return uv_of(between_rel.xyz + inside * (thickness / max(-dot(inside, normal), 0.1))) - uv_of(between_rel.xyz);
}

// How far behind the glass that is which it shows, as a share of its distance: 1 is infinitely far.
float beyond(vec2 uv) { return clamp(1.0 - depth_at(uv) / gl_FragCoord.z, 0.0, 1.0); }

// A mean of that over what a blur of this tangent reaches there, or else the blur would change with each edge that it is
// to hide.
float mean_beyond(vec2 uv, float widest) {
    const vec4 t = frame.views[gl_ViewIndex].tangents;
    const vec2 reach = 1.5 * widest * beyond(uv) / abs(vec2(t.y - t.x, t.z - t.w));
    const int taps = 16;
    float sum = 0.0;
    for (int i = 0; i < taps; ++i) { // Vogel's spiral
        const float angle = float(i) * 2.3999632, radius = sqrt((float(i) + 0.5) / float(taps));
        sum += beyond(uv + reach * radius * vec2(cos(angle), sin(angle)));
    }
    return sum / float(taps);
}

void main() {
    const uint m = between_look.x & 0xffffffu, l = materials[m].more.z;
    float alpha = materials[m].base_color.a * vertex_color().a;
    if (has(kBaseColor)) alpha *= sample_use(m, kBaseColor, materials[m].textures.x).a;
    float metallic = materials[m].factors.x, roughness = materials[m].factors.y;
    if (has(kMetallicRoughness)) {
        const vec4 t = sample_use(m, kMetallicRoughness, materials[m].textures.y);
        metallic *= t.b;
        roughness *= t.g;
    }
    const float share = layers[l].through.x * sample_layer(l, kThrough).r * (1.0 - metallic);
    const float thickness = layers[l].through.y * sample_layer(l, kThickness).g * between_more.z;
    const float ior = max(layers[l].coat.w, 1.0);
    const vec3 to_eye = normalize(frame.views[gl_ViewIndex].rel_from_eye[3].xyz - between_rel.xyz);
    const vec3 geometric = normalize(gl_FrontFacing ? between_normal.xyz : -between_normal.xyz);
    float slopes;
    const vec3 normal = shading_normal(m, geometric, slopes);
    if (share <= 0.0 || alpha <= (kAlpha == kAlphaMask ? materials[m].emissive.w : 0.0)) discard;

    vec2 offset = vec2(0.0);
    float spread = 0.0;
    const vec2 uv = uv_of(between_rel.xyz);
    if (thickness > 0.0 && dot(normal, to_eye) > 0.0) {
        offset = leaves(normal, to_eye, ior, thickness);
        // KHR_materials_dispersion: red and blue are as far from the index of the yellow line as this.
        const float away = (ior - 1.0) * 0.025 * layers[l].through.w;
        if (away > 0.0) {
            const vec2 apart = leaves(normal, to_eye, ior + away, thickness) -
                               leaves(normal, to_eye, max(ior - away, 1.0), thickness);
            spread = 0.5 * dot(apart, offset) / max(length(offset), 1e-6);
        }
        // What stands before the glass is not behind it.
        if (depth_at(uv + offset) > gl_FragCoord.z) {
            offset = vec2(0.0);
            spread = 0.0;
        }
    }
    // Slopes of a microfacet vary by half of alpha squared each way. Through a thin wall the light leaves its way by two of
    // them (KHR_materials_transmission: it is the reflection, mirrored); through a volume by ior - 1 of them twice. It
    // blurs the more the further behind the glass that is which it shows.
    const float alpha_roughness = roughness * roughness;
    const float widest = thickness > 0.0 ? (ior - 1.0) * alpha_roughness : sqrt(2.0) * alpha_roughness;
    const float blur = widest > 0.0 ? min(widest, 2.0) * mean_beyond(uv + offset, min(widest, 2.0)) : 0.0;
    out_bend = vec4(offset, spread, blur * blur);
}
