#version 460
// SPDX-License-Identifier: Apache-2.0
// One glyph or plate an instance, as a strip of four corners.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#extension GL_EXT_multiview : require
#include "shaders/color.glsl"
#include "shaders/frame.glsl"
#include "shaders/pass_layouts.h"

layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Labels { GpuLabel labels[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Glyphs { GpuGlyph glyphs[]; };
layout(push_constant) uniform Push { LabelPush push; };

layout(location = 0) out vec2 out_at; // texels of the atlas, or the place on the plate from its middle
layout(location = 1) flat out vec4 out_color;
layout(location = 2) flat out vec3 out_plate; // half size, corner radius (0: a glyph)

void main() {
    const GpuGlyph glyph = Glyphs(uvec2(push.glyphs_low, push.glyphs_high)).glyphs[gl_InstanceIndex];
    const GpuLabel label = Labels(uvec2(push.labels_low, push.labels_high)).labels[glyph.label];
    const vec2 corner = vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1);
    const bool plate = glyph.uv0 == glyph.uv1;
    vec2 low = vec2(glyph.left, glyph.bottom), high = vec2(glyph.right, glyph.top);
    const vec2 half_size = 0.5 * (high - low);
    const float edge = plate ? 0.1 : 0.0; // room for the soft edge
    low -= edge;
    high += edge;
    const vec2 at = mix(low, high, corner);
    const vec3 rel = vec3(label.px, label.py, label.pz) + vec3(label.rx, label.ry, label.rz) * at.x +
                     vec3(label.ux, label.uy, label.uz) * at.y;
    gl_Position = frame.views[gl_ViewIndex].clip_from_rel * vec4(rel, 1.0);
    const vec2 uv0 = vec2(glyph.uv0 & 0xffffu, glyph.uv0 >> 16), uv1 = vec2(glyph.uv1 & 0xffffu, glyph.uv1 >> 16);
    out_at = plate ? at - 0.5 * (low + high) : vec2(mix(uv0.x, uv1.x, corner.x), mix(uv1.y, uv0.y, corner.y));
    out_color = unpack_srgba(plate ? label.back_color : label.color);
    out_plate = plate ? vec3(half_size, label.radius) : vec3(0.0);
}
