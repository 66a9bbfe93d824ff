#version 460
// SPDX-License-Identifier: Apache-2.0
// One workgroup per list: sums up the visible instances and writes one draw per group that has any, bucket by bucket,
// in the order of the groups; and counts what that is.
#extension GL_GOOGLE_include_directive : require
#include "shaders/cull_layout.glsl"
#include "shaders/frame.glsl"

const uint kThreads = 256;
layout(local_size_x = kThreads) in;
layout(set = kFrameSet, binding = kBindCull, std430) coherent buffer Cull { uint cull[]; };
layout(set = kFrameSet, binding = kBindCommands, std430) writeonly buffer Commands { uint commands[]; };
layout(push_constant) uniform Push { CullPush push; };

shared uvec2 sums[kThreads];
shared uint bucket_rank[kMaxBuckets]; // draws of the list before the bucket's first group

// The sums of `values` over the threads before this one; sums[kThreads - 1] is then the sums over all.
uvec2 scan(uvec2 values) {
    const uint me = gl_LocalInvocationID.x;
    barrier();
    sums[me] = values;
    barrier();
    for (uint step = 1; step < kThreads; step *= 2) {
        const uvec2 other = me >= step ? sums[me - step] : uvec2(0);
        barrier();
        sums[me] += other;
        barrier();
    }
    return sums[me] - values;
}

uint visible_before(uint list, uint instance) {
    const uint word = instance / 32;
    const uint partial = instance % 32;
    const uint bits = partial == 0 ? 0 : cull[words_of(push, list) + word] & ((1u << partial) - 1u);
    return cull[prefix_of(push, list) + word] + uint(bitCount(bits));
}

uint visible_in(uint list, uint g) {
    const uint first = groups[g].first_instance;
    return visible_before(list, first + groups[g].instance_count) - visible_before(list, first);
}

void main() {
    const uint list = gl_WorkGroupID.x;
    const uint level = list % push.levels;
    if (!wanted(push, list)) return;
    const uint me = gl_LocalInvocationID.x;
    const uint base = buckets_of(push, list), words_at = words_of(push, list), prefix_at = prefix_of(push, list);

    // Each thread takes a stretch of words, and then one of groups: barriers cost a software rasteriser the most.
    const uint word_stretch = (push.words + kThreads - 1) / kThreads;
    const uint first_word = min(me * word_stretch, push.words), end_word = min(first_word + word_stretch, push.words);
    uvec2 count = uvec2(0); // of this list, and of the finer levels, which lie before it
    for (uint word = first_word; word < end_word; ++word) {
        count.x += uint(bitCount(cull[words_at + word]));
        for (uint finer = 1; finer <= level; ++finer)
            count.y += uint(bitCount(cull[words_of(push, list - finer) + word]));
    }
    uint before = scan(count).x;
    const uint found = sums[kThreads - 1].x; // instances of the list
    const uint list_first = first_shown(push, list / push.levels) + sums[kThreads - 1].y;
    for (uint word = first_word; word < end_word; ++word) {
        cull[prefix_at + word] = before;
        before += uint(bitCount(cull[words_at + word]));
    }
    const uint counts_at = counts_of(push, list);
    if (me == 0) {
        cull[prefix_at + push.words] = found;
        cull[counts_at + 3] = list_first;
    }
    for (uint bucket = me; bucket < kMaxBuckets; bucket += kThreads) cull[base + bucket] = 0;
    if (found == 0) { // the same for all threads
        if (me < 3) cull[counts_at + me] = 0;
        return;
    }
    memoryBarrierBuffer();
    barrier();

    // The buckets lie one behind the other in `groups`; a draw's place is counted from the first of its bucket.
    const uint stretch = (push.groups + kThreads - 1) / kThreads;
    const uint first = min(me * stretch, push.groups), end = min(first + stretch, push.groups);
    uint drawn = 0;
    for (uint g = first; g < end; ++g) {
        if (groups[g].bucket_first == g) bucket_rank[groups[g].bucket] = drawn;
        if (visible_in(list, g) > 0) ++drawn;
    }
    uint rank = scan(uvec2(drawn, 0)).x;
    const uint draws = sums[kThreads - 1].x;
    for (uint g = first; g < end; ++g) { // of the buckets that begin in our stretch
        if (groups[g].bucket_first == g) bucket_rank[groups[g].bucket] += rank;
    }
    barrier();
    uint triangles = 0;
    for (uint g = first; g < end; ++g) {
        const GpuGroup group = groups[g];
        const uint offset = visible_before(list, group.first_instance);
        const uint visible = visible_before(list, group.first_instance + group.instance_count) - offset;
        const uint place = rank - bucket_rank[group.bucket];
        if (visible > 0) {
            const uint at = (list * push.groups + group.bucket_first + place) * 5;
            commands[at] = group.index_count[level];
            commands[at + 1] = visible;
            commands[at + 2] = group.first_index[level];
            commands[at + 3] = group.vertex_offset;
            commands[at + 4] = list_first + offset;
            triangles += visible * (group.index_count[level] / 3);
            ++rank;
        }
        const bool last_of_bucket = g + 1 == push.groups || groups[g + 1].bucket != group.bucket;
        if (last_of_bucket) cull[base + group.bucket] = place + (visible > 0 ? 1 : 0);
    }
    scan(uvec2(triangles, 0));
    if (me == 0) {
        cull[counts_at] = draws;
        cull[counts_at + 1] = found;
        cull[counts_at + 2] = sums[kThreads - 1].x;
    }
}
