// SPDX-License-Identifier: Apache-2.0
// What a mesh looks like: the body of mesh.frag, of mesh_coverage.frag (PW_COVERAGE), and of mesh_through.frag
// (PW_THROUGH), which says of each colour how much of what is behind comes through. Without its main (PW_BEND):
// mesh_bend.glsl. Into lists (PW_LIST): mesh_list.glsl. Of plain materials (PW_PLAIN): mesh_plain.frag.
#include "shaders/frame.glsl"
#include "shaders/color.glsl"
#include "shaders/variant.glsl"
#include "shaders/pbr.glsl"
#include "shaders/layers.glsl"

layout(set = kTextureSet, binding = 0) uniform sampler2D textures[];

#define PW_BETWEEN in
#include "shaders/mesh_between.glsl"

#if defined(PW_LIST)
void put(vec3 color, vec3 through); // one layer of the pixel, and what of each colour it lets through
#elif defined(PW_BEND)
#elif defined(PW_THROUGH)
layout(location = 0, index = 0) out vec4 out_color;
layout(location = 0, index = 1) out vec4 out_through;
#else
layout(location = 0) out vec4 out_color;
#endif

const uint kHighlight = 4, kStale = 8;
// Of what is selected: a colour that machines rarely have, as orange, yellow and red are theirs.
const vec3 kHighlightColor = vec3(0.0, 0.75, 1.0), kHighlightLight = vec3(0.62, 0.93, 1.0);
const vec3 kGhostColor = vec3(0.42, 0.62, 0.85);

bool has(uint use) { return (kTextures & (1u << use)) != 0; }

vec4 sample_use(uint m, uint use, uint slot) {
#ifndef PW_PLAIN
    if (kUv == kUvEach) {
        const vec2 uv = (materials[m].more.y & (1u << use)) != 0 ? between_more.xy : between_uv.xy;
        const vec4 linear = materials[m].uv_linear[use];
        return texture(textures[slot], vec2(dot(linear.xy, uv), dot(linear.zw, uv)) + materials[m].uv_offset[use].xy);
    }
#endif
    return texture(textures[slot], between_uv.xy);
}

vec4 vertex_color() { return vec4(between_rel.w, between_normal.w, between_uv.zw); }

#ifndef PW_PLAIN
vec4 sample_layer(uint l, uint use) {
    const vec2 uv = (layers[l].more.x & (1u << use)) != 0 ? between_more.xy : between_uv.xy;
    const vec4 linear = layers[l].uv_linear[use];
    const vec2 at = vec2(dot(linear.xy, uv), dot(linear.zw, uv)) + layers[l].uv_offset[use].xy;
    return texture(textures[layers[l].textures[use / 4][use % 4]], at);
}

// Tangent, bitangent and normal; without a tangent any that fit.
mat3 tangent_frame(vec3 geometric) {
    vec3 tangent = between_tangent.xyz - geometric * dot(geometric, between_tangent.xyz);
    const float length2 = dot(tangent, tangent);
    if (length2 < 1e-12) {
        tangent = normalize(abs(geometric.y) < 0.9 ? vec3(geometric.z, 0.0, -geometric.x)
                                                   : vec3(0.0, -geometric.z, geometric.y));
        return mat3(tangent, cross(geometric, tangent), geometric);
    }
    tangent *= inversesqrt(length2);
    return mat3(tangent, cross(geometric, tangent) * between_tangent.w, geometric);
}
#endif

// `slopes`: the variance of what the texture's mipmaps have averaged away (normal_slopes).
vec3 shading_normal(uint m, vec3 geometric, out float slopes) {
    slopes = 0.0;
#ifndef PW_PLAIN
    if (!has(kNormal)) return geometric;
    vec3 n = sample_use(m, kNormal, materials[m].textures.z).xyz * 2.0 - 1.0;
    const float scale = materials[m].factors.z;
    slopes = normal_slopes(n) * scale * scale;
    n.xy *= scale;
    return normalize(tangent_frame(geometric) * n);
#else
    return geometric;
#endif
}

float luminance(vec3 color) { return dot(color, vec3(0.2126, 0.7152, 0.0722)); }

// Out of date: grey, with diagonal stripes that stand still in the world.
vec3 stale_color(vec3 base) {
    const vec3 grey = vec3(luminance(base));
    const vec3 p = between_rel.xyz + frame.origin_wrapped.xyz;
    const float stripe = fract((p.x + p.y + p.z) * 16.0);
    return mix(base, grey, 0.85) * (stripe < 0.35 ? 0.35 : 0.9);
}

#ifndef PW_BEND
#ifndef PW_PLAIN
void add_layers(inout Surface s, uint l, vec3 base, float metallic, vec3 geometric) {
    if (layered(kLayerSpecular)) {
        const float strength = layers[l].specular.w * sample_layer(l, kSpecular).a;
        const vec3 color = layers[l].specular.rgb * sample_layer(l, kSpecularColor).rgb;
        const vec3 f0 = min(f0_of_ior(layers[l].coat.w, 1.0) * color, vec3(1.0)) * strength;
        s.f0 = mix(f0, base, metallic);
        s.f90 = mix(strength, 1.0, metallic);
    }
    if (layered(kLayerFilm)) {
        s.film = layers[l].film.x * sample_layer(l, kFilm).r;
        const float thickness = mix(layers[l].film.z, layers[l].film.w, sample_layer(l, kFilmThickness).g);
        const vec3 seen = film_fresnel(layers[l].film.y, s.n_v, thickness, s.f0);
        const float c5 = pow5(1.0 - s.n_v); // as the f0 that Schlick's curve takes there
        s.film_f0 = clamp((seen - c5) / max(1.0 - c5, 1e-3), vec3(0.0), vec3(1.0));
        if (thickness == 0.0) s.film = 0.0;
    }
    if (layered(kLayerBrushed)) {
        const vec3 t = sample_layer(l, kBrushed).rgb;
        const vec2 way = t.rg * 2.0 - 1.0;
        const vec2 turn = layers[l].brushed.yz;
        const vec2 turned = vec2(turn.x * way.x - turn.y * way.y, turn.y * way.x + turn.x * way.y);
        const mat3 frame_of = tangent_frame(s.normal);
        s.tangent = normalize(frame_of * vec3(turned, 0.0));
        s.bitangent = cross(s.normal, s.tangent);
        s.brushed = layers[l].brushed.x * t.b;
    }
    if (layered(kLayerCoat)) {
        s.coat = layers[l].coat.x * sample_layer(l, kCoat).r;
        s.coat_roughness = clamp(layers[l].coat.y * sample_layer(l, kCoatRoughness).g, 0.045, 1.0);
        vec3 n = sample_layer(l, kCoatNormal).xyz * 2.0 - 1.0;
        const float coat_slopes = normal_slopes(n) * layers[l].coat.z * layers[l].coat.z;
        n.xy *= layers[l].coat.z;
        s.coat_normal = normalize(tangent_frame(geometric) * n);
        s.coat_roughness = widened(s.coat_roughness, s.coat_normal, coat_slopes);
        s.coat_n_v = max(abs(dot(s.coat_normal, s.to_eye)), 1e-3);
    }
    if (layered(kLayerSheen)) {
        s.sheen = layers[l].sheen.rgb * sample_layer(l, kSheenColor).rgb;
        s.sheen_roughness = clamp(layers[l].sheen.w * sample_layer(l, kSheenRoughness).a, 0.07, 1.0);
    }
}

// What is left of white light that passed through: dyed on its way as by Beer and Lambert.
vec3 dyed(uint l, float n_v) {
    const float thickness =
        layers[l].through.y * sample_layer(l, kThickness).g * between_more.z;
    const float ior = max(layers[l].coat.w, 1.0);
    const float inside = sqrt(1.0 - (1.0 - n_v * n_v) / (ior * ior));
    return pow(max(layers[l].attenuation.rgb, vec3(1e-4)), vec3(thickness / inside * layers[l].through.z));
}
#endif

// `through`: how much of what is behind comes through.
vec3 lit_color(uint m, vec3 base, vec3 normal, float slopes, vec3 geometric, vec3 to_eye, out vec3 through) {
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
    s.roughness = widened(max(s.roughness, 0.045), normal, slopes);
    s.rel = between_rel.xyz;
    s.normal = normal;
    s.to_eye = to_eye;
    s.n_v = max(abs(dot(normal, to_eye)), 1e-3);
    s.diffuse = base * (1.0 - metallic);
    // The texture and the field may know of the same corner.
    const float open = openness(between_rel.xyz, geometric);
    s.diffuse_occlusion = min(vec3(s.occlusion), bounced(open, s.diffuse));
    s.occlusion = min(s.occlusion, open);
    s.f0 = mix(vec3(0.04), base, metallic);
    s.f90 = 1.0;
    through = vec3(0.0);
#ifdef PW_PLAIN
    const vec3 scattered = environment_reflectance(s);
#else
    const uint l = materials[m].more.z;
    if (kLayers != 0) add_layers(s, l, base, metallic, geometric);
    const vec3 scattered = environment_reflectance(s);
    if (layered(kLayerThrough)) {
        const float share = layers[l].through.x * sample_layer(l, kThrough).r;
        through = share * s.diffuse * below(scattered) * dyed(l, s.n_v);
        if (layered(kLayerCoat)) through *= 1.0 - s.coat * (0.04 + 0.96 * pow5(1.0 - s.coat_n_v));
        s.diffuse *= 1.0 - share;
    }
#endif
    vec3 color = environment_light(s, scattered) + punctual_lights(s);
    if (frame.sun_color.w != 0.0) {
        color += direct_light(s, frame.to_sun.xyz, frame.sun_color.rgb * sun_shadow(between_rel.xyz, geometric));
    }
    return color;
}

// Which pixels show the coarser level at which share of it: the same for both levels, so that no pixel shows neither.
// Interleaved gradient noise (Jimenez 2014, "Next Generation Post Processing in Call of Duty: Advanced Warfare").
bool shows_in_fade(uint look) {
    const float share = float(look >> kFadeShift & 127u) / 127.0;
    const float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    return (noise < share) == ((look & kFadeCoarser) != 0);
}

void main() {
    if (kAlpha == kAlphaFade && !shows_in_fade(between_look.w)) discard;
    const uint m = between_look.x & 0xffffffu; // the same in all of a draw
    const uint flags = between_look.x >> 24;
    vec4 base = materials[m].base_color * vertex_color();
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
    if (between_look.z != 0) {
        const vec4 wash = unpack_srgba(between_look.z);
        base.rgb = mix(base.rgb, luminance(base.rgb) * wash.rgb, wash.a);
    }
    if (between_look.y != 0) {
        const vec4 tint = unpack_srgba(between_look.y);
        base.rgb = mix(base.rgb, tint.rgb, tint.a);
    }
    if ((flags & kStale) != 0) base.rgb = stale_color(base.rgb);

    const vec3 eye = frame.views[gl_ViewIndex].rel_from_eye[3].xyz;
    const vec3 to_eye = normalize(eye - between_rel.xyz);
    const vec3 geometric = normalize(gl_FrontFacing ? between_normal.xyz : -between_normal.xyz);
    float slopes;
    const vec3 normal = shading_normal(m, geometric, slopes);
    const float facing = abs(dot(normal, to_eye));

    if (kAlpha == kAlphaGhost) {
        const float rim = (1.0 - facing) * (1.0 - facing);
        const vec3 color = mix(kGhostColor, (flags & kHighlight) != 0 ? kHighlightColor : base.rgb, 0.35);
        const float alpha = 0.07 + 0.4 * rim;
#ifdef PW_LIST
        put(to_target(vec4(color, 1.0)).rgb * alpha, vec3(1.0 - alpha));
#else
        out_color = to_target(vec4(color, 1.0)) * alpha;
#endif
        return;
    }

    vec3 color = base.rgb, through = vec3(0.0);
    if (!kUnlit) {
        color = lit_color(m, base.rgb, normal, slopes, geometric, to_eye, through);
        vec3 emissive = materials[m].emissive.rgb;
        if (has(kEmissive)) emissive *= sample_use(m, kEmissive, materials[m].more.x).rgb;
#ifndef PW_PLAIN
        if (layered(kLayerCoat)) {
            const uint l = materials[m].more.z;
            emissive *= 1.0 - layers[l].coat.x * sample_layer(l, kCoat).r * (0.04 + 0.96 * pow5(1.0 - facing));
        }
#endif
        color += emissive * unpackHalf2x16(between_look.w).x;
        color = tone_map(color * frame.environment.z);
    }
    if ((flags & kHighlight) != 0) {
        // A bright rim, and a coloured light on the rest: what is dark stays dark, and the part what it is.
        const float rim = 1.0 - facing;
        color = mix(color * kHighlightLight + 0.05 * kHighlightColor, kHighlightColor, 0.75 * rim * rim * rim);
    }
    const float alpha = kAlpha == kAlphaBlend ? base.a : 1.0;
#if defined(PW_LIST)
    put(to_target(vec4(color, 1.0)).rgb * alpha, 1.0 - alpha * (1.0 - through));
#elif defined(PW_THROUGH)
    out_through = vec4(1.0 - alpha * (1.0 - through), 1.0 - alpha * (1.0 - largest(through)));
    out_color = vec4(to_target(vec4(color, 1.0)).rgb * alpha, 1.0 - out_through.a);
#else
    out_color = to_target(vec4(color, 1.0)) * (alpha * (1.0 - luminance(through)));
#endif
}
#endif
