#version 460
// SPDX-License-Identifier: Apache-2.0
// Writes the visible instances of each list behind each other. One thread per word of 32 instances.
#extension GL_GOOGLE_include_directive : require
#include "shaders/cull_layout.glsl"
#include "shaders/detail.glsl"

layout(local_size_x = 32) in;
layout(set = kFrameSet, binding = kBindCull, std430) readonly buffer Cull { uint cull[]; };
layout(set = kFrameSet, binding = kBindVisible, std430) writeonly buffer Visible { uint visible[]; };
layout(push_constant) uniform Push { CullPush push; };

// What cull.comp saw: how far between its two levels.
uint faded(uint index, uint level) {
    const GpuInstance instance = instances[index];
    const Box box = box_of(instance);
    const float size = box.scale * size_of_metre(box, push.views);
    const uint finer = level_of(instance.group, size);
    return index | fade_of(instance, finer, size) << kVisibleBits | (level == finer ? 0 : kFadeCoarser);
}

void main() {
    const uint word = gl_GlobalInvocationID.x;
    const uint list = gl_GlobalInvocationID.y;
    const bool fades = list / push.levels == kKindFade;
    if (word >= push.words || !wanted(push, list)) return;
    uint bits = cull[words_of(push, list) + word];
    uint at = list * push.instances + cull[prefix_of(push, list) + word];
    while (bits != 0) {
        const uint index = word * 32 + uint(findLSB(bits));
        visible[at++] = fades ? faded(index, list % push.levels) : index;
        bits &= bits - 1;
    }
}
