#version 460
// SPDX-License-Identifier: Apache-2.0
// Nothing, where a compositor shows a panel from below; from behind it is a dark plate, as of any panel.
#extension GL_GOOGLE_include_directive : require
#include "shaders/color.glsl"

layout(location = 0) out vec4 out_color;

void main() {
    out_color = gl_FrontFacing ? vec4(0.0) : to_target(vec4(vec3(0.02), 1.0));
}
