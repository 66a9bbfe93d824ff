#version 460
// SPDX-License-Identifier: Apache-2.0
// Writes the instances that are drawn one by one. One thread each.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#include "shaders/shown.glsl"

layout(local_size_x = 32) in;
layout(push_constant) uniform Push { SinglesPush push; };

void main() {
    const uint i = gl_GlobalInvocationID.x;
    if (i >= push.count) return;
    Shown shown = Shown(uvec2(push.shown_low, push.shown_high));
    shown.at[push.first_shown + i] = shown_of(push.first_instance + i, 0);
}
