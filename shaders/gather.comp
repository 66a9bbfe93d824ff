#version 460
// SPDX-License-Identifier: Apache-2.0
// Writes what is drawn of each list behind each other. One thread per word of 32 instances.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#include "shaders/cull_layout.glsl"
#include "shaders/detail.glsl"
#include "shaders/shown.glsl"

layout(local_size_x = 32) in;
layout(set = kFrameSet, binding = kBindCull, std430) readonly buffer Cull { uint cull[]; };
layout(push_constant) uniform Push { CullPush push; };

// What cull.comp saw: how far between its two levels.
uint faded(uint index, uint level) {
    const GpuInstance instance = instances[index];
    const Box box = box_of(instance);
    const float size = box.scale * size_of_metre(box, push.views);
    const uint finer = level_of(instance.group, size);
    return fade_of(instance, finer, size) | (level == finer ? 0 : kFadeCoarser >> kFadeShift);
}

void main() {
    const uint word = gl_GlobalInvocationID.x;
    const uint list = gl_GlobalInvocationID.y;
    const bool fades = list / push.levels == kKindFade;
    if (word >= push.words || !wanted(push, list)) return;
    Shown shown = Shown(uvec2(push.shown_low, push.shown_high));
    uint bits = cull[words_of(push, list) + word];
    uint at = cull[counts_of(push, list) + 3] + cull[prefix_of(push, list) + word];
    while (bits != 0) {
        const uint index = word * 32 + uint(findLSB(bits));
        shown.at[at++] = shown_of(index, fades ? faded(index, list % push.levels) : 0);
        bits &= bits - 1;
    }
}
