#version 460
// SPDX-License-Identifier: Apache-2.0
// Puts changed node records in their places.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#include "shaders/shared.h"

layout(local_size_x = 64) in;
layout(buffer_reference, std430, buffer_reference_align = 4) buffer Words { uint at[]; };
layout(push_constant) uniform Push { ScatterPush push; };

void main() {
    const uint i = gl_GlobalInvocationID.x;
    if (i >= push.count) return;
    Words indices = Words(uvec2(push.indices_low, push.indices_high));
    Words records = Words(uvec2(push.records_low, push.records_high));
    Words target = Words(uvec2(push.target_low, push.target_high));
    const uint to = indices.at[i] * push.words;
    for (uint w = 0; w < push.words; ++w) target.at[to + w] = records.at[i * push.words + w];
}
