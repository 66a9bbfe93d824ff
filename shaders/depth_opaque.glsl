// SPDX-License-Identifier: Apache-2.0
// The sun's view of what is opaque: positions alone.
// The body of depth_opaque.vert, and of depth_opaque_cut.vert (PW_CUT), which a section cuts.
#include "shaders/shown_in.glsl"

layout(location = 0) in vec3 in_position;

void main() {
    const vec3 rel = rel_from_vertex(in_position);
    const vec4 at = frame.shadow_from_rel * vec4(rel, 1.0);
#ifdef PW_CUT
    gl_ClipDistance[0] = -above_section(rel);
#endif
    gl_Position = vec4(at.xy * 2.0 - 1.0, at.z, 1.0);
}
