#version 460
// SPDX-License-Identifier: Apache-2.0
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_nonuniform_qualifier : require
#include "shaders/color.glsl"
#include "shaders/pass_layouts.h"

layout(set = kTextureSet, binding = 0) uniform sampler2D textures[];
layout(push_constant) uniform Push { LabelPush push; };

layout(location = 0) in vec2 in_at;
layout(location = 1) flat in vec4 in_color;
layout(location = 2) flat in vec3 in_plate;
layout(location = 0) out vec4 out_color;

// Distance to the outline at a place of the atlas, in texels; inside is positive.
float glyph_distance(vec2 at) {
    const vec2 size = vec2(textureSize(textures[push.atlas], 0));
    return (textureLod(textures[push.atlas], at / size, 0.0).r - 0.5) * 2.0 * push.spread;
}

float plate_distance(vec2 at) {
    const float radius = min(in_plate.z, min(in_plate.x, in_plate.y));
    const vec2 q = abs(at) - in_plate.xy + radius;
    return radius - length(max(q, 0.0)) - min(max(q.x, q.y), 0.0);
}

void main() {
    const vec2 dx = dFdx(in_at), dy = dFdy(in_at);
    float inside;
    if (in_plate.z > 0.0) {
        const float d = plate_distance(in_at);
        const vec2 grad = vec2(dFdx(d), dFdy(d));
        inside = clamp(d / max(length(grad), 1e-6) + 0.5, 0.0, 1.0);
    } else {
        // The pixel's footprint across the outline, which may be squeezed one way when the label is seen at an angle.
        const float d = glyph_distance(in_at);
        vec2 across = vec2(dFdx(d), dFdy(d));
        const float steep = length(across);
        across = steep > 1e-4 ? across / steep : vec2(0.7071);
        const float width = max(length(across.x * dx + across.y * dy), 1e-4);
        // Four looks at each pixel, so that small text does not crumble.
        const vec2 a = 0.125 * dx + 0.375 * dy, b = 0.375 * dx - 0.125 * dy;
        const vec4 looks = vec4(glyph_distance(in_at + a), glyph_distance(in_at - a), glyph_distance(in_at + b),
                                glyph_distance(in_at - b));
        inside = dot(clamp(looks / (0.6 * width) + 0.5, vec4(0.0), vec4(1.0)), vec4(0.25));
    }
    const float alpha = in_color.a * inside;
    out_color = to_target(vec4(in_color.rgb, 1.0)) * alpha;
}
