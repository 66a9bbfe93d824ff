#version 460
// SPDX-License-Identifier: Apache-2.0
// What is left of the solids that a section cuts through, for counting.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_multiview : require
#include "shaders/shown_in.glsl"

layout(location = 0) in vec3 in_position;

void main() {
    const vec3 rel = rel_from_vertex(in_position);
    gl_Position = frame.views[gl_ViewIndex].clip_from_rel * vec4(rel, 1.0);
    gl_ClipDistance[0] = -above_section(rel);
}
