#version 460
// SPDX-License-Identifier: Apache-2.0
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_nonuniform_qualifier : require
#include "shaders/color.glsl"
#include "shaders/pass_layouts.h"

layout(set = kTextureSet, binding = 0) uniform sampler2D textures[];
layout(push_constant) uniform Push { PanelPush push; };

layout(location = 0) in vec2 in_uv;
layout(location = 0) out vec4 out_color;

void main() {
    vec4 color = texture(textures[push.texture], in_uv); // premultiplied
    if (!gl_FrontFacing) color.rgb = vec3(0.02) * color.a;
    // The rectangle's edge is half a pixel soft; what is clear there hides nothing.
    const vec2 pixels = min(in_uv, 1.0 - in_uv) / max(fwidth(in_uv), vec2(1e-6));
    color *= clamp(min(pixels.x, pixels.y) + 0.5, 0.0, 1.0);
    if (color.a < 0.004) discard;
    out_color = to_target(vec4(color.rgb / color.a, 1.0)) * color.a;
}
