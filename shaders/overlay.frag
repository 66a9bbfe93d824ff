#version 460
// SPDX-License-Identifier: Apache-2.0
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_nonuniform_qualifier : require
#include "shaders/color.glsl"
#include "shaders/pass_layouts.h"

layout(set = kTextureSet, binding = 0) uniform sampler2D textures[];
layout(push_constant) uniform Push { OverlayPush push; };

layout(location = 0) in vec2 in_uv;
layout(location = 1) in vec4 in_color;
layout(location = 0) out vec4 out_color;

void main() {
    const vec4 color = in_color * texture(textures[push.texture], in_uv);
    out_color = to_target(vec4(color.rgb, 1.0)) * color.a;
}
