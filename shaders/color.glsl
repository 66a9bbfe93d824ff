// SPDX-License-Identifier: Apache-2.0
// From light to what a display shows. Include after the specialisation constants.
#ifndef PW_COLOR_GLSL
#define PW_COLOR_GLSL

layout(constant_id = 0) const bool kEncodeSrgb = false;

vec3 srgb_from_linear(vec3 c) {
    return mix(1.055 * pow(max(c, vec3(0.0)), vec3(1.0 / 2.4)) - 0.055, 12.92 * c, lessThan(c, vec3(0.0031308)));
}

vec3 linear_from_srgb(vec3 c) {
    return mix(pow((c + 0.055) / 1.055, vec3(2.4)), c / 12.92, lessThan(c, vec3(0.04045)));
}

vec4 unpack_srgba(uint packed) { // linear, not premultiplied
    const vec4 c = unpackUnorm4x8(packed);
    return vec4(linear_from_srgb(c.rgb), c.a);
}

// Khronos PBR Neutral (specification 1.0): keeps hue and saturation of base colours up to 0.8, compresses above.
vec3 tone_map(vec3 color) {
    const float start = 0.8 - 0.04;
    const float desaturation = 0.15;
    const float x = min(color.r, min(color.g, color.b));
    const float offset = x < 0.08 ? x - 6.25 * x * x : 0.04;
    color -= offset;
    const float peak = max(color.r, max(color.g, color.b));
    if (peak < start) return color;
    const float d = 1.0 - start;
    const float new_peak = 1.0 - d * d / (peak + d - start);
    color *= new_peak / peak;
    const float g = 1.0 - 1.0 / (desaturation * (peak - new_peak) + 1.0);
    return mix(color, vec3(new_peak), g);
}

// The last line of every fragment shader that writes the picture. `color`: linear, premultiplied.
vec4 to_target(vec4 color) {
    return kEncodeSrgb ? vec4(srgb_from_linear(color.rgb), color.a) : color;
}

#endif
