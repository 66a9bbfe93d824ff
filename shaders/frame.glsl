// SPDX-License-Identifier: Apache-2.0
// Sets 0 and 1 as every shader sees them, and how a node's points become camera-relative.
#ifndef PW_FRAME_GLSL
#define PW_FRAME_GLSL
#include "shaders/shared.h"

layout(set = kFrameSet, binding = kBindFrame) uniform FrameBlock { FrameUniforms frame; };
layout(set = kFrameSet, binding = kBindTransforms, std430) readonly buffer Transforms { GpuTransform transforms[]; };
layout(set = kFrameSet, binding = kBindStyles, std430) readonly buffer Styles { GpuStyle styles[]; };
layout(set = kFrameSet, binding = kBindMaterials, std430) readonly buffer Materials { GpuMaterial materials[]; };
layout(set = kFrameSet, binding = kBindLayers, std430) readonly buffer Layers { GpuLayers layers[]; };
layout(set = kFrameSet, binding = kBindInstances, std430) readonly buffer Instances { GpuInstance instances[]; };
layout(set = kFrameSet, binding = kBindGroups, std430) readonly buffer Groups { GpuGroup groups[]; };

// The difference of the high parts is exact when both are near each other, so the sum is as good as float gets.
vec3 rel_position(GpuTransform t) {
    precise vec3 high = vec3(t.row0.w, t.row1.w, t.row2.w) - frame.origin_high.xyz;
    precise vec3 low = t.low.xyz - frame.origin_low.xyz;
    precise vec3 sum = high + low;
    return sum;
}

vec3 rel_from_node(GpuTransform t, vec3 p) {
    return vec3(dot(t.row0.xyz, p), dot(t.row1.xyz, p), dot(t.row2.xyz, p)) + rel_position(t);
}

// How far above the section's plane: what is above is cut away.
float above_section(vec3 rel) { return dot(frame.section, vec4(rel, 1.0)); }

#endif
