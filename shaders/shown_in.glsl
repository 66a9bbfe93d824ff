// SPDX-License-Identifier: Apache-2.0
// The instance that a vertex belongs to.
#ifndef PW_SHOWN_IN_GLSL
#define PW_SHOWN_IN_GLSL
#include "shaders/frame.glsl"

layout(location = kShownRow0) in vec4 in_row0;
layout(location = kShownRow1) in vec4 in_row1;
layout(location = kShownRow2) in vec4 in_row2;
layout(location = kShownLook) in uvec4 in_look;

vec3 rel_from_vertex(vec3 p) {
    return vec3(dot(in_row0.xyz, p), dot(in_row1.xyz, p), dot(in_row2.xyz, p)) +
           vec3(in_row0.w, in_row1.w, in_row2.w);
}

#endif
