// SPDX-License-Identifier: Apache-2.0
// What is see-through, into the lists of its pixels: the body of mesh_list.frag, and of mesh_list_samples.frag
// (PW_SAMPLES), for several samples a pixel.
#define PW_LIST
#include "shaders/mesh_fragment.glsl"
#include "shaders/lists_nodes.glsl"

layout(early_fragment_tests) in;

#ifdef PW_SAMPLES
layout(set = kTextureSet, binding = 0) uniform sampler2DMSArray depths[];

// Vulkan's standard sample locations, from the middle of the pixel in sixteenths.
const vec2 kPlaces[14] = vec2[](vec2(4, 4), vec2(-4, -4), //
                                vec2(-2, -6), vec2(6, -2), vec2(-6, 2), vec2(2, 6), //
                                vec2(1, -3), vec2(-1, 3), vec2(5, 1), vec2(-3, -5), vec2(-5, 5), vec2(-7, -1),
                                vec2(3, 7), vec2(7, -7));

// The samples that the triangle covers and nothing opaque hides.
uint seen_samples() {
    const vec2 slope = vec2(dFdx(gl_FragCoord.z), dFdy(gl_FragCoord.z)) / 16.0;
    uint seen = uint(gl_SampleMaskIn[0]);
    for (uint i = 0; i < kSamples; ++i) {
        const float depth = gl_FragCoord.z + dot(slope, kPlaces[kSamples - 2 + i]);
        const float opaque = texelFetch(depths[push.depth], ivec3(ivec2(gl_FragCoord.xy), gl_ViewIndex), int(i)).r;
        if (depth < opaque * (1.0 - 1e-5)) seen &= ~(1u << i);
    }
    return seen;
}
#else
uint seen_samples() { return 1u; }
#endif

void put(vec3 color, vec3 through) {
    const uint seen = seen_samples();
    if (seen == 0u) return;
    Words counts = list_counts();
    const uint node = atomicAdd(counts.words[0], 1u);
    if (node >= push.capacity) {
        counts.words[1] = 1u;
        return;
    }
    const uint next = atomicExchange(list_heads().words[list_head()], node) & kListEnd;
    Words nodes = list_nodes();
    const uint at = node * kListWords;
    nodes.words[at] = next | seen << 24;
    nodes.words[at + 1] = floatBitsToUint(gl_FragCoord.z);
    nodes.words[at + 2] = push.instance;
    nodes.words[at + 3] = uint(gl_PrimitiveID);
    nodes.words[at + 4] = packHalf2x16(color.rg);
    nodes.words[at + 5] = packHalf2x16(vec2(color.b, through.r));
    nodes.words[at + 6] = packHalf2x16(through.gb);
}
