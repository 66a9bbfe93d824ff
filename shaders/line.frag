#version 460
// SPDX-License-Identifier: Apache-2.0
#extension GL_GOOGLE_include_directive : require
#include "shaders/color.glsl"

layout(location = 0) in vec4 in_place;
layout(location = 1) flat in float in_length;
layout(location = 2) flat in vec4 in_color;
layout(location = 0) out vec4 out_color;

void main() {
    const float past_end = max(max(-in_place.x, in_place.x - in_length), 0.0);
    const float inside = in_place.z - length(vec2(past_end, in_place.y));
    const float alpha = in_color.a * clamp(inside / in_place.w + 0.5, 0.0, 1.0);
    out_color = to_target(vec4(in_color.rgb, 1.0)) * alpha;
}
