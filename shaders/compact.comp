#version 460
// SPDX-License-Identifier: Apache-2.0
// One workgroup per list: sums up the visible instances and writes one draw per group that has any, bucket by bucket,
// in the order of the groups; and counts what that is.
#extension GL_GOOGLE_include_directive : require
#include "shaders/frame.glsl"

const uint kThreads = 256;
layout(local_size_x = kThreads) in;
layout(set = kFrameSet, binding = kBindCull, std430) coherent buffer Cull { uint cull[]; };
layout(set = kFrameSet, binding = kBindCommands, std430) writeonly buffer Commands { uint commands[]; };
layout(push_constant) uniform Push { CullPush push; };

shared uint sums[kThreads];

// The sum of `value` over the threads before this one; sums[kThreads - 1] is then the sum over all.
uint scan(uint value) {
    const uint me = gl_LocalInvocationID.x;
    barrier();
    sums[me] = value;
    barrier();
    for (uint step = 1; step < kThreads; step *= 2) {
        const uint other = me >= step ? sums[me - step] : 0;
        barrier();
        sums[me] += other;
        barrier();
    }
    return sums[me] - value;
}

uint visible_before(uint base, uint instance) {
    const uint word = instance / 32;
    const uint partial = instance % 32;
    const uint bits = partial == 0 ? 0 : cull[base + kMaxBuckets + word] & ((1u << partial) - 1u);
    return cull[base + kMaxBuckets + push.words + word] + uint(bitCount(bits));
}

void main() {
    const uint list = gl_WorkGroupID.x;
    const uint level = list % push.levels;
    if ((push.kinds & (1u << (list / push.levels))) == 0) return;
    const uint me = gl_LocalInvocationID.x;
    const uint base = list * (kMaxBuckets + 2 * push.words + 1);
    const uint words_at = base + kMaxBuckets;
    const uint prefix_at = words_at + push.words;

    uint running = 0;
    for (uint first = 0; first < push.words; first += kThreads) {
        const uint word = first + me;
        const uint count = word < push.words ? uint(bitCount(cull[words_at + word])) : 0;
        const uint before = scan(count);
        if (word < push.words) cull[prefix_at + word] = running + before;
        running += sums[kThreads - 1];
    }
    if (me == 0) cull[prefix_at + push.words] = running;
    if (me < kMaxBuckets) cull[base + me] = 0;
    memoryBarrierBuffer();
    barrier();

    // The buckets lie one behind the other in `groups`; `rank` restarts where a bucket begins.
    uint triangles = 0;
    uint drawn = 0; // groups before this round that draw something
    uint bucket_rank = 0; // of the newest bucket begun in a round before
    for (uint first = 0; first < push.groups; first += kThreads) {
        const uint g = first + me;
        uint visible = 0, offset = 0;
        GpuGroup group;
        if (g < push.groups) {
            group = groups[g];
            offset = visible_before(base, group.first_instance);
            visible = visible_before(base, group.first_instance + group.instance_count) - offset;
        }
        const uint rank = drawn + scan(visible > 0 ? 1 : 0);
        const uint round_total = sums[kThreads - 1];
        barrier();
        sums[me] = rank;
        barrier();
        if (g < push.groups) {
            const uint rank_of_first = group.bucket_first >= first ? sums[group.bucket_first - first] : bucket_rank;
            if (visible > 0) {
                const uint at = (list * push.groups + group.bucket_first + rank - rank_of_first) * 5;
                commands[at] = group.index_count[level];
                commands[at + 1] = visible;
                commands[at + 2] = group.first_index[level];
                commands[at + 3] = group.vertex_offset;
                commands[at + 4] = list * push.instances + offset;
                triangles += visible * (group.index_count[level] / 3);
            }
            const bool last_of_bucket = g + 1 == push.groups || groups[g + 1].bucket != group.bucket;
            if (last_of_bucket) cull[base + group.bucket] = rank - rank_of_first + (visible > 0 ? 1 : 0);
        }
        // What the next round needs to know of a bucket that goes on.
        const uint last = min(first + kThreads, push.groups) - 1;
        const uint last_first = groups[last].bucket_first;
        if (last_first >= first) bucket_rank = sums[last_first - first];
        drawn += round_total;
    }
    scan(triangles);
    if (me == 0) {
        const uint at = (kKindSection * push.levels + 1) * (kMaxBuckets + 2 * push.words + 1) + list * 3;
        cull[at] = drawn;
        cull[at + 1] = running;
        cull[at + 2] = sums[kThreads - 1];
    }
}
