#version 460
// SPDX-License-Identifier: Apache-2.0
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_nonuniform_qualifier : require
#include "shaders/color.glsl"
#include "shaders/environment.glsl"
#include "shaders/frame.glsl"
#include "shaders/pass_layouts.h"

layout(set = kTextureSet, binding = 0) uniform sampler2D textures[];
layout(push_constant) uniform Push { SkyPush push; };

layout(location = 0) in vec3 in_direction;
layout(location = 0) out vec4 out_color;

void main() {
    const vec3 d = normalize(in_direction);
    const vec2 uv = equirect_uv(d);
    // u jumps by one at −X, and near the poles it runs through whole rows of texels that show next to nothing.
    vec2 dx = dFdx(uv), dy = dFdy(uv);
    const float around = sqrt(1.0 - d.y * d.y);
    dx.x = (dx.x - round(dx.x)) * around;
    dy.x = (dy.x - round(dy.x)) * around;
    const vec3 light = textureGrad(textures[push.texture], uv, dx, dy).rgb;
    out_color = to_target(vec4(tone_map(light * frame.environment.x * frame.environment.z), 1.0));
}
