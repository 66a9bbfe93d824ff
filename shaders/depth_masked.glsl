// SPDX-License-Identifier: Apache-2.0
// The sun's view of what is masked: positions and what the mask needs.
// The body of depth_masked.vert, and of depth_masked_cut.vert (PW_CUT), which a section cuts.
#include "shaders/shown_in.glsl"

layout(location = 0) in vec3 in_position;
layout(location = 3) in vec4 in_color;
layout(location = 4) in vec2 in_uv0;
layout(location = 5) in vec2 in_uv1;

layout(location = 0) out vec2 out_uv;
layout(location = 1) out float out_alpha;
layout(location = 2) flat out uint out_material;

void main() {
    const vec3 rel = rel_from_vertex(in_position);
    const vec4 at = frame.shadow_from_rel * vec4(rel, 1.0);
#ifdef PW_CUT
    gl_ClipDistance[0] = -above_section(rel);
#endif
    gl_Position = vec4(at.xy * 2.0 - 1.0, at.z, 1.0);
    const uint m = in_look.x & 0xffffffu;
    const vec2 uv = (materials[m].more.y & (1u << kBaseColor)) != 0 ? in_uv1 : in_uv0;
    const vec4 linear = materials[m].uv_linear[kBaseColor];
    out_uv = vec2(dot(linear.xy, uv), dot(linear.zw, uv)) + materials[m].uv_offset[kBaseColor].xy;
    out_alpha = in_color.a * materials[m].base_color.a;
    out_material = m;
}
