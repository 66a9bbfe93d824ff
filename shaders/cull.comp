#version 460
// SPDX-License-Identifier: Apache-2.0
// Which instances are visible, in which list. One thread makes one word of 32 instances per list, so nothing is atomic
// and two runs give the same bits.
#extension GL_GOOGLE_include_directive : require
#include "shaders/frame.glsl"

layout(local_size_x = 32) in;
layout(set = kFrameSet, binding = kBindCull, std430) writeonly buffer Cull { uint cull[]; };
layout(push_constant) uniform Push { CullPush push; };

// scene::StyleFlag; hidden by the user, by a binding or by the file
const uint kHidden = 1 | 16 | 64, kGhost = 2, kHighlight = 4, kReal = 32;

bool inside(vec4 plane, vec3 center, vec3 extent) {
    return dot(plane.xyz, center) + dot(abs(plane.xyz), extent) + plane.w >= 0.0;
}

bool in_views(vec3 center, vec3 extent) {
    for (uint v = 0; v < push.views; ++v) {
        bool all_inside = true;
        for (uint p = 0; p < 4; ++p) all_inside = all_inside && inside(frame.views[v].planes[p], center, extent);
        if (all_inside) return true;
    }
    return false;
}

bool in_shadow_box(vec3 center, vec3 extent) {
    bool all_inside = true;
    for (uint p = 0; p < 4; ++p) all_inside = all_inside && inside(frame.shadow_planes[p], center, extent);
    return all_inside;
}

void main() {
    const uint word = gl_GlobalInvocationID.x;
    if (word >= push.words) return;
    uint bits[kListCount] = uint[kListCount](0, 0, 0, 0);
    const uint last = min(word * 32 + 32, push.instances);
    for (uint i = word * 32; i < last; ++i) {
        const GpuInstance instance = instances[i];
        const uint flags = styles[instance.node].flags;
        if ((flags & kHidden) != 0) continue;
        const bool real = (flags & kReal) != 0;
        if (real && (flags & (kGhost | kHighlight)) == 0) continue;
        const uint bit = 1u << (i & 31u);
        const uint list = real || (flags & kGhost) != 0 ? kListGhost : kListMain;
        if ((instance.flags & kNeverCulled) != 0) {
            bits[list] |= bit;
            if (list == kListMain) bits[kListShadow] |= bit;
            if (list == kListMain && (instance.flags & (kSolid | kSolidTogether)) != 0) bits[kListSection] |= bit;
            continue;
        }
        const GpuTransform t = transforms[instance.node];
        const vec3 half_size = groups[instance.group].extent.xyz;
        const vec3 center = rel_from_node(t, groups[instance.group].center.xyz);
        const vec3 extent =
            vec3(dot(abs(t.row0.xyz), half_size), dot(abs(t.row1.xyz), half_size), dot(abs(t.row2.xyz), half_size));
        const float above = above_section(center), reach = dot(abs(frame.section.xyz), extent);
        if (above > reach) continue; // cut away
        const bool cut = above > -reach;
        if (in_views(center, extent)) {
            bits[list] |= bit;
            const uint counted = cut ? kSolid | kSolidTogether : kSolidTogether;
            if (list == kListMain && (instance.flags & counted) != 0) bits[kListSection] |= bit;
        }
        if (list == kListMain && (push.lists & (1u << kListShadow)) != 0 && in_shadow_box(center, extent)) {
            bits[kListShadow] |= bit;
        }
    }
    for (uint list = 0; list < kListCount; ++list) {
        cull[list * (kMaxBuckets + 2 * push.words + 1) + kMaxBuckets + word] = bits[list];
    }
}
