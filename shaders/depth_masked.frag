#version 460
// SPDX-License-Identifier: Apache-2.0
// Holes in the shadows of masked materials.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_nonuniform_qualifier : require
#include "shaders/frame.glsl"

layout(set = kTextureSet, binding = 0) uniform sampler2D textures[];
layout(location = 0) in vec2 in_uv;
layout(location = 1) in float in_alpha;
layout(location = 2) flat in uint in_material;

void main() {
    const float alpha = in_alpha * texture(textures[materials[in_material].textures.x], in_uv).a;
    if (alpha < materials[in_material].emissive.w) discard;
}
