// SPDX-License-Identifier: Apache-2.0
// The lists of what is see-through, as mesh_list.glsl fills and lists.glsl reads them (renderer/passes/lists.h).
#ifndef PW_LISTS_NODES_GLSL
#define PW_LISTS_NODES_GLSL
#include "shaders/pass_layouts.h"

layout(buffer_reference, std430, buffer_reference_align = 4) buffer Words { uint words[]; };
layout(push_constant) uniform Push { ListsPush push; };

Words list_heads() { return Words(uvec2(push.heads_low, push.heads_high)); }
Words list_nodes() { return Words(uvec2(push.nodes_low, push.nodes_high)); }
Words list_counts() { return Words(uvec2(push.counts_low, push.counts_high)); }

// Where the pixel's list begins.
uint list_head() {
    const uvec2 at = uvec2(gl_FragCoord.xy);
    return (gl_ViewIndex * push.height + at.y) * push.width + at.x;
}

#endif
