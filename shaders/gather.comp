#version 460
// SPDX-License-Identifier: Apache-2.0
// Writes the visible instances of each list behind each other. One thread per word of 32 instances.
#extension GL_GOOGLE_include_directive : require
#include "shaders/frame.glsl"

layout(local_size_x = 32) in;
layout(set = kFrameSet, binding = kBindCull, std430) readonly buffer Cull { uint cull[]; };
layout(set = kFrameSet, binding = kBindVisible, std430) writeonly buffer Visible { uint visible[]; };
layout(push_constant) uniform Push { CullPush push; };

void main() {
    const uint word = gl_GlobalInvocationID.x;
    const uint list = gl_GlobalInvocationID.y;
    if (word >= push.words || (push.lists & (1u << list)) == 0) return;
    const uint words_at = list * (kMaxBuckets + 2 * push.words + 1) + kMaxBuckets;
    uint bits = cull[words_at + word];
    uint at = list * push.instances + cull[words_at + push.words + word];
    while (bits != 0) {
        visible[at++] = word * 32 + uint(findLSB(bits));
        bits &= bits - 1;
    }
}
