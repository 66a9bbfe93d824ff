#version 460
// SPDX-License-Identifier: Apache-2.0
#extension GL_GOOGLE_include_directive : require
#include "shaders/color.glsl"
#include "shaders/pass_layouts.h"

layout(push_constant) uniform Push { OverlayPush push; };

layout(location = 0) in vec2 in_position;
layout(location = 1) in vec2 in_uv;
layout(location = 2) in vec4 in_color; // sRGB
layout(location = 0) out vec2 out_uv;
layout(location = 1) out vec4 out_color;

void main() {
    gl_Position = vec4(in_position * vec2(push.scale_x, push.scale_y) - 1.0, 0.0, 1.0);
    out_uv = in_uv;
    out_color = vec4(linear_from_srgb(in_color.rgb), in_color.a);
}
