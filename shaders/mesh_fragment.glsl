// SPDX-License-Identifier: Apache-2.0
// What a mesh looks like: the body of mesh.frag, and of mesh_coverage.frag (PW_COVERAGE).
#include "shaders/frame.glsl"
#include "shaders/color.glsl"
#include "shaders/variant.glsl"
#include "shaders/pbr.glsl"

layout(set = kTextureSet, binding = 0) uniform sampler2D textures[];

layout(location = 0) in vec3 in_rel;
layout(location = 1) in vec3 in_normal;
layout(location = 2) in vec4 in_tangent;
layout(location = 3) in vec4 in_color;
layout(location = 4) in vec4 in_uv;
layout(location = 5) flat in uvec4 in_ids; // material and (from bit 24) style flags, tint, emission
layout(location = 6) flat in uvec2 in_wash;

layout(location = 0) out vec4 out_color;

const uint kHighlight = 4, kStale = 8;
// Of what is selected: a colour that machines rarely have, as orange, yellow and red are theirs.
const vec3 kHighlightColor = vec3(0.0, 0.75, 1.0), kHighlightLight = vec3(0.62, 0.93, 1.0);
const vec3 kGhostColor = vec3(0.42, 0.62, 0.85);

bool has(uint use) { return (kTextures & (1u << use)) != 0; }

vec4 sample_use(uint m, uint use, uint slot) {
    if (kOneUv) return texture(textures[slot], in_uv.xy);
    const vec2 uv = (materials[m].more.y & (1u << use)) != 0 ? in_uv.zw : in_uv.xy;
    const vec4 linear = materials[m].uv_linear[use];
    return texture(textures[slot], vec2(dot(linear.xy, uv), dot(linear.zw, uv)) + materials[m].uv_offset[use].xy);
}

vec3 shading_normal(uint m, vec3 geometric) {
    if (!has(kNormal)) return geometric;
    vec3 n = sample_use(m, kNormal, materials[m].textures.z).xyz * 2.0 - 1.0;
    n.xy *= materials[m].factors.z;
    vec3 tangent = in_tangent.xyz - geometric * dot(geometric, in_tangent.xyz);
    const float length2 = dot(tangent, tangent);
    if (length2 < 1e-12) return geometric;
    tangent *= inversesqrt(length2);
    const vec3 bitangent = cross(geometric, tangent) * in_tangent.w;
    return normalize(tangent * n.x + bitangent * n.y + geometric * n.z);
}

float luminance(vec3 color) { return dot(color, vec3(0.2126, 0.7152, 0.0722)); }

// Out of date: grey, with diagonal stripes that stand still in the world.
vec3 stale_color(vec3 base) {
    const vec3 grey = vec3(luminance(base));
    const vec3 p = in_rel + frame.origin_wrapped.xyz;
    const float stripe = fract((p.x + p.y + p.z) * 16.0);
    return mix(base, grey, 0.85) * (stripe < 0.35 ? 0.35 : 0.9);
}

vec3 lit_color(uint m, vec3 base, vec3 normal, vec3 geometric, vec3 to_eye) {
    Surface s;
    float metallic = materials[m].factors.x;
    s.roughness = materials[m].factors.y;
    s.occlusion = 1.0;
    if (has(kMetallicRoughness)) {
        const vec4 t = sample_use(m, kMetallicRoughness, materials[m].textures.y);
        metallic *= t.b;
        s.roughness *= t.g;
    }
    if (has(kOcclusion)) {
        s.occlusion = 1.0 + materials[m].factors.w * (sample_use(m, kOcclusion, materials[m].textures.w).r - 1.0);
    }
    s.roughness = max(s.roughness, 0.045);
    s.rel = in_rel;
    s.normal = normal;
    s.to_eye = to_eye;
    s.n_v = max(abs(dot(normal, to_eye)), 1e-3);
    s.diffuse = base * (1.0 - metallic);
    s.f0 = mix(vec3(0.04), base, metallic);
    vec3 color = environment_light(s) + punctual_lights(s);
    if (frame.sun_color.w != 0.0) {
        color += direct_light(s, frame.to_sun.xyz, frame.sun_color.rgb * sun_shadow(in_rel, geometric));
    }
    return color;
}

void main() {
    const uint m = in_ids.x & 0xffffffu; // the same in all of a draw
    const uint flags = in_ids.x >> 24;
    vec4 base = materials[m].base_color * in_color;
    if (has(kBaseColor)) base *= sample_use(m, kBaseColor, materials[m].textures.x);
#ifdef PW_COVERAGE
    // As many samples as the cut, one pixel wide, leaves of the pixel. Not fixed-function alpha-to-coverage, which would
    // leave that share in the picture's alpha as well.
    const float cut = (base.a - materials[m].emissive.w) / max(fwidth(base.a), 1e-4) + 0.5;
    const int covered = int(clamp(cut, 0.0, 1.0) * float(kSamples) + 0.5);
    if (covered == 0) discard;
    gl_SampleMask[0] = (1 << covered) - 1;
#else
    if (kAlpha == kAlphaMask) {
        if (base.a < materials[m].emissive.w) discard;
    }
#endif
    const vec4 wash = vec4(unpackHalf2x16(in_wash.x), unpackHalf2x16(in_wash.y));
    base.rgb = mix(base.rgb, luminance(base.rgb) * wash.rgb, wash.a);
    const vec4 tint = vec4(unpackHalf2x16(in_ids.y), unpackHalf2x16(in_ids.z));
    base.rgb = mix(base.rgb, tint.rgb, tint.a);
    if ((flags & kStale) != 0) base.rgb = stale_color(base.rgb);

    const vec3 eye = frame.views[gl_ViewIndex].rel_from_eye[3].xyz;
    const vec3 to_eye = normalize(eye - in_rel);
    const vec3 geometric = normalize(gl_FrontFacing ? in_normal : -in_normal);
    const vec3 normal = shading_normal(m, geometric);
    const float facing = abs(dot(normal, to_eye));

    if (kAlpha == kAlphaGhost) {
        const float rim = (1.0 - facing) * (1.0 - facing);
        const vec3 color = mix(kGhostColor, (flags & kHighlight) != 0 ? kHighlightColor : base.rgb, 0.35);
        const float alpha = 0.07 + 0.4 * rim;
        out_color = to_target(vec4(color, 1.0)) * alpha;
        return;
    }

    vec3 color = base.rgb;
    if (!kUnlit) {
        color = lit_color(m, base.rgb, normal, geometric, to_eye);
        vec3 emissive = materials[m].emissive.rgb;
        if (has(kEmissive)) emissive *= sample_use(m, kEmissive, materials[m].more.x).rgb;
        color += emissive * uintBitsToFloat(in_ids.w);
        color = tone_map(color * frame.environment.z);
    }
    if ((flags & kHighlight) != 0) {
        // A bright rim, and a coloured light on the rest: what is dark stays dark, and the part what it is.
        const float rim = 1.0 - facing;
        color = mix(color * kHighlightLight + 0.05 * kHighlightColor, kHighlightColor, 0.75 * rim * rim * rim);
    }
    const float alpha = kAlpha == kAlphaBlend ? base.a : 1.0;
    out_color = to_target(vec4(color, 1.0)) * alpha;
}
