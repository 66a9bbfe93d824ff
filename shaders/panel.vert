#version 460
// SPDX-License-Identifier: Apache-2.0
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_multiview : require
#include "shaders/frame.glsl"
#include "shaders/pass_layouts.h"

layout(push_constant) uniform Push { PanelPush push; };
layout(location = 0) out vec2 out_uv;

void main() {
    const vec2 corner = vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1);
    const vec2 at = corner * 2.0 - 1.0;
    const vec3 rel = vec3(push.px, push.py, push.pz) + vec3(push.rx, push.ry, push.rz) * at.x +
                     vec3(push.ux, push.uy, push.uz) * at.y;
    gl_Position = frame.views[gl_ViewIndex].clip_from_rel * vec4(rel, 1.0);
    out_uv = vec2(corner.x, 1.0 - corner.y);
}
