#version 460
// SPDX-License-Identifier: Apache-2.0
// One triangle over the whole picture, infinitely far away.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_multiview : require
#include "shaders/frame.glsl"

layout(location = 0) out vec3 out_direction;

void main() {
    const vec2 corner = vec2((gl_VertexIndex << 1) & 2, gl_VertexIndex & 2); // (0,0) (2,0) (0,2)
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
    const vec4 t = frame.views[gl_ViewIndex].tangents;
    const vec3 eye_direction = vec3(mix(t.x, t.y, corner.x), mix(t.z, t.w, corner.y), -1.0);
    out_direction = mat3(frame.views[gl_ViewIndex].rel_from_eye) * eye_direction;
}
