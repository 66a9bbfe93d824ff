#version 460
// SPDX-License-Identifier: Apache-2.0
// Which instances of the main kind are hidden by what has been drawn of it so far; those that are not, and were in the
// frame before, are drawn late. Nothing that shows is left out: a box is hidden where all of it lies behind the farthest
// depth of the pixels that it may cover, in each of the views. (Two-phase occlusion culling: Haar and Aaltonen 2015,
// "GPU-Driven Rendering Pipelines".)
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#include "shaders/cull_layout.glsl"
#include "shaders/detail.glsl"
#include "shaders/pass_layouts.h"

layout(local_size_x = 32) in;
layout(set = kFrameSet, binding = kBindCull, std430) buffer Cull { uint cull[]; };
layout(buffer_reference, std430, buffer_reference_align = 4) buffer Seen { uint words[]; };
layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer Pyramid { float depth[]; };
layout(push_constant) uniform Push { OccludePush push; };

// The farthest depth of a rectangle of pixels, from the mip of which it covers two texels at most each way.
float farthest(uint view, vec2 low, vec2 high) {
    const vec2 size = high - low;
    const int mip = max(int(ceil(log2(max(max(size.x, size.y), 1.0)))) - 1, 0);
    uvec2 extent = uvec2(push.width, push.height);
    uint at = view * push.view_floats;
    for (int k = 0; k < mip; ++k) {
        extent = (extent + 1) / 2;
        at += extent.x * extent.y;
    }
    extent = (extent + 1) / 2;
    Pyramid pyramid = Pyramid(uvec2(push.pyramid_low, push.pyramid_high));
    const uvec2 first = min(uvec2(low) >> (mip + 1), extent - 1), last = min(uvec2(high) >> (mip + 1), extent - 1);
    float least = 1.0;
    for (uint y = first.y; y <= last.y; ++y) {
        for (uint x = first.x; x <= last.x; ++x) least = min(least, pyramid.depth[at + y * extent.x + x]);
    }
    return least;
}

bool shows(Box box, uint view) {
    const Rect rect = rect_of(box, view);
    if (!rect.whole) return true;
    // Seen by the other eye only.
    if (any(greaterThan(rect.low, vec2(1.0))) || any(lessThan(rect.high, vec2(-1.0)))) return false;
    const vec2 size = vec2(push.width, push.height);
    const vec2 low = clamp((rect.low * 0.5 + 0.5) * size - 0.5, vec2(0.0), size - 1.0);
    const vec2 high = clamp((rect.high * 0.5 + 0.5) * size + 0.5, vec2(0.0), size - 1.0);
    return rect.nearest * 1.0001 >= farthest(view, low, high);
}

void main() {
    const CullPush c = push.cull;
    const uint word = gl_GlobalInvocationID.x;
    if (word >= c.words) return;
    Seen seen = Seen(uvec2(c.seen_low, c.seen_high));
    const uint before = seen.words[word];
    uint now = 0;
    uint late[kMaxLevels] = uint[kMaxLevels](0, 0, 0, 0);
    for (uint bits = cull[candidates_of(c) + word]; bits != 0; bits &= bits - 1) {
        const uint bit = bits & -bits;
        const GpuInstance instance = instances[word * 32 + uint(findLSB(bits))];
        const Box box = box_of(instance);
        bool shown = false;
        for (uint v = 0; v < c.views; ++v) shown = shown || shows(box, v);
        if (!shown) continue;
        now |= bit;
        if ((before & bit) == 0) late[level_of(instance.group, box.scale * size_of_metre(box, c.views))] |= bit;
    }
    seen.words[word] = now;
    for (uint level = 0; level < c.levels; ++level)
        cull[words_of(c, kKindLate * c.levels + level) + word] = late[level];
}
