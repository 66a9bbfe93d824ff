#version 460
// SPDX-License-Identifier: Apache-2.0
// One line an instance, as a strip of four corners.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#extension GL_EXT_multiview : require
#include "shaders/color.glsl"
#include "shaders/frame.glsl"
#include "shaders/pass_layouts.h"

layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Lines { GpuLine lines[]; };
layout(push_constant) uniform Push { ListPush push; };

layout(location = 0) out vec4 out_place; // metres: along the line from a, across it; half width, size of a pixel
layout(location = 1) flat out float out_length;
layout(location = 2) flat out vec4 out_color;

void main() {
    const float near = 0.05 * frame.user.x;
    const GpuLine line = Lines(uvec2(push.items_low, push.items_high)).lines[gl_InstanceIndex];
    const ViewUniforms view = frame.views[gl_ViewIndex];
    const vec3 eye = view.rel_from_eye[3].xyz;
    const vec3 forward = -view.rel_from_eye[2].xyz;
    vec3 a = vec3(line.ax, line.ay, line.az);
    vec3 b = vec3(line.bx, line.by, line.bz);
    // What lies behind the eye has no width in pixels: begin where it is seen.
    const float depth_a = dot(a - eye, forward), depth_b = dot(b - eye, forward);
    if (depth_a < near && depth_b > near) a = mix(a, b, (near - depth_a) / (depth_b - depth_a));
    if (depth_b < near && depth_a > near) b = mix(b, a, (near - depth_b) / (depth_a - depth_b));

    const bool at_b = (gl_VertexIndex & 1) != 0;
    const vec3 end = at_b ? b : a;
    const float pixel = max(dot(end - eye, forward), near) * (view.tangents.z - view.tangents.w) * frame.extent.w;
    const float half_width = max(line.half_width, 0.5 * pixel);
    const float reach = half_width + pixel;
    const float length_m = distance(a, b);
    const vec3 along = length_m > 1e-6 ? (b - a) / length_m : view.rel_from_eye[0].xyz;
    vec3 across = cross(along, a - eye);
    const float across_length = length(across);
    across = across_length > 1e-6 ? across / across_length : view.rel_from_eye[1].xyz;
    const float side = (gl_VertexIndex & 2) != 0 ? reach : -reach;
    const float past = at_b ? reach : -reach;

    gl_Position = view.clip_from_rel * vec4(end + along * past + across * side, 1.0);
    out_place = vec4((at_b ? length_m : 0.0) + past, side, half_width, pixel);
    out_length = length_m;
    out_color = unpack_srgba(line.color);
}
