#version 460
// SPDX-License-Identifier: Apache-2.0
// How much of the light is taken away, as alpha: all of it outside of a soft circle, `fade` of it everywhere.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_multiview : require
#include "shaders/color.glsl"
#include "shaders/frame.glsl"
#include "shaders/pass_layouts.h"

layout(push_constant) uniform Push { ComfortPush push; };

layout(location = 0) in vec3 in_direction;
layout(location = 0) out vec4 out_color;

const float kMiddle = 0.4; // of the smaller half of the view: what a vignette of 1 leaves
const float kSoft = 0.35;  // of the same: how far it takes to get dark

void main() {
    // About the middle between where the eyes look, so that both see one circle infinitely far away.
    const vec3 ahead =
        normalize(-frame.views[0].rel_from_eye[2].xyz - frame.views[frame.counts.x - 1].rel_from_eye[2].xyz);
    const float along = dot(in_direction, ahead);
    const float away = along > 0.0 ? length(in_direction - ahead * along) / along : 1e9; // tangent of the angle
    const vec4 t = abs(frame.views[gl_ViewIndex].tangents);
    const float half_view = 0.5 * min(t.x + t.y, t.z + t.w);
    const float corner = length(vec2(max(t.x, t.y), max(t.z, t.w)));
    const float circle = mix(corner, kMiddle * half_view, clamp(push.vignette, 0.0, 1.0));
    const float dark = push.vignette > 0.0 ? smoothstep(circle, circle + kSoft * half_view, away) : 0.0;
    const float light = (1.0 - dark) * (1.0 - clamp(push.fade, 0.0, 1.0));
    out_color = vec4(0.0, 0.0, 0.0, 1.0 - to_target(vec4(light)).r);
}
