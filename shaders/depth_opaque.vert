#version 460
// SPDX-License-Identifier: Apache-2.0
// The sun's view of what is opaque: positions alone.
#extension GL_GOOGLE_include_directive : require
#include "shaders/frame.glsl"

layout(set = kFrameSet, binding = kBindVisible, std430) readonly buffer Visible { uint visible[]; };
layout(location = 0) in vec3 in_position;

void main() {
    const GpuInstance instance = instances[visible[gl_InstanceIndex]];
    const vec4 at = frame.shadow_from_rel * vec4(rel_from_node(transforms[instance.node], in_position), 1.0);
    gl_Position = vec4(at.xy * 2.0 - 1.0, at.z, 1.0);
}
