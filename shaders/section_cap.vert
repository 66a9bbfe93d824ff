#version 460
// SPDX-License-Identifier: Apache-2.0
// The section's plane as a strip of four corners.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_multiview : require
#include "shaders/frame.glsl"
#include "shaders/pass_layouts.h"

layout(push_constant) uniform Push { CapPush push; };
layout(location = 0) out float out_stripes; // across the hatching, in its spacing

void main() {
    const vec2 at = vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1) * 2.0 - 1.0;
    const vec3 right = vec3(push.rx, push.ry, push.rz), up = vec3(push.ux, push.uy, push.uz);
    const vec3 rel = vec3(push.px, push.py, push.pz) + right * at.x + up * at.y;
    gl_Position = frame.views[gl_ViewIndex].clip_from_rel * vec4(rel, 1.0);
    // From the side that is left, solids hide where they are cut.
    if (above_section(frame.views[gl_ViewIndex].rel_from_eye[3].xyz) <= 0.0) gl_Position = vec4(0.0, 0.0, -1.0, 1.0);
    out_stripes = push.hatch + (at.x * length(right) + at.y * length(up)) * inversesqrt(2.0) / push.spacing;
}
