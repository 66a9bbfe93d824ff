#version 460
// SPDX-License-Identifier: Apache-2.0
#extension GL_GOOGLE_include_directive : require
#include "shaders/color.glsl"

layout(location = 0) in vec4 in_color;
layout(location = 0) out vec4 out_color;

void main() {
    out_color = to_target(vec4(in_color.rgb / max(in_color.a, 1e-4), 1.0)) * in_color.a;
}
