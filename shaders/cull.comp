#version 460
// SPDX-License-Identifier: Apache-2.0
// Which instances are visible, in which list. One thread makes one word of 32 instances per list, so nothing is atomic
// and two runs give the same bits.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#include "shaders/cull_layout.glsl"
#include "shaders/detail.glsl"

layout(local_size_x = 32) in;
layout(set = kFrameSet, binding = kBindCull, std430) writeonly buffer Cull { uint cull[]; };
layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer Seen { uint words[]; };
layout(push_constant) uniform Push { CullPush push; };

// scene::StyleFlag; hidden by the user, by a binding or by the file
const uint kHidden = 1 | 16 | 64, kGhost = 2, kHighlight = 4, kReal = 32;
const float kLeastSize = 0.5; // of what is drawn, in what a level may be wrong

bool inside(vec4 plane, Box box) {
    return dot(plane.xyz, box.center) + dot(abs(plane.xyz), box.extent) + plane.w >= 0.0;
}

bool in_views(Box box) {
    for (uint v = 0; v < push.views; ++v) {
        bool all_inside = true;
        for (uint p = 0; p < 4; ++p) all_inside = all_inside && inside(frame.views[v].planes[p], box);
        if (all_inside) return true;
    }
    return false;
}

// Parts far away that lie between the middles of pixels cost as much as others.
bool hits_pixel(Box box) {
    for (uint v = 0; v < push.views; ++v) {
        if (hits_pixel(rect_of(box, v))) return true;
    }
    return false;
}

bool in_shadow_box(Box box) {
    bool all_inside = true;
    for (uint p = 0; p < 4; ++p) all_inside = all_inside && inside(frame.shadow_planes[p], box);
    return all_inside;
}

void main() {
    const uint word = gl_GlobalInvocationID.x;
    if (word >= push.words) return;
    uint bits[kKindCount * kMaxLevels];
    for (uint list = 0; list < kKindCount * kMaxLevels; ++list) bits[list] = 0;
    // What was hidden waits until it is known what hides it now (occlude.comp).
    const uvec2 seen_at = uvec2(push.seen_low, push.seen_high);
    const uint seen = seen_at == uvec2(0) ? ~0u : Seen(seen_at).words[word];
    uint candidates = 0;
    const uint last = min(word * 32 + 32, push.instances);
    for (uint i = word * 32; i < last; ++i) {
        const GpuInstance instance = instances[i];
        const uint flags = styles[instance.node].flags;
        if ((flags & kHidden) != 0) continue;
        const bool real = (flags & kReal) != 0;
        if (real && (flags & (kGhost | kHighlight)) == 0) continue;
        const uint bit = 1u << (i & 31u);
        const bool ghost = real || (flags & kGhost) != 0;
        const uint kind = ghost ? kKindGhost : kKindMain;
        const uint solid = ghost ? 0 : instance.flags & (kSolid | kSolidTogether);
        if ((instance.flags & kNeverCulled) != 0) {
            bits[kind * push.levels] |= bit;
            if (!ghost) bits[kKindShadow * push.levels] |= bit;
            if (solid != 0) bits[kKindSection * push.levels] |= bit;
            continue;
        }
        const Box box = box_of(instance);
        const float above = above_section(box.center), reach = dot(abs(frame.section.xyz), box.extent);
        if (above > reach) continue; // cut away
        const bool cut = above > -reach;
        if (in_views(box)) {
            const float metre = size_of_metre(box, push.views);
            if ((metre == 0.0 || length(box.extent) * 2.0 * metre >= kLeastSize) && hits_pixel(box)) {
                const uint level = level_of(instance.group, box.scale * metre);
                const uint fade = ghost ? 0 : fade_of(instance, level, box.scale * metre);
                if (!ghost) candidates |= bit;
                const uint shown = ghost ? bit : bit & seen;
                if (fade == 0) {
                    bits[kind * push.levels + level] |= shown;
                } else {
                    bits[kKindFade * push.levels + level] |= shown;
                    bits[kKindFade * push.levels + level + 1] |= shown;
                }
            }
            if ((solid & (cut ? kSolid | kSolidTogether : kSolidTogether)) != 0)
                bits[kKindSection * push.levels] |= bit;
        }
        if (!ghost && wanted(push, kKindShadow * push.levels) && in_shadow_box(box)) {
            // Half a texel of the map.
            const uint level = frame.detail.x == 0.0 ? 0 : level_of(instance.group, box.scale * 2.0 / frame.shadow_texel.y);
            bits[kKindShadow * push.levels + level] |= bit;
        }
    }
    if (seen_at != uvec2(0)) cull[candidates_of(push) + word] = candidates;
    for (uint list = 0; list < list_count(push); ++list) {
        if (wanted(push, list)) cull[words_of(push, list) + word] = bits[list];
    }
}
