// SPDX-License-Identifier: Apache-2.0
// What the vertices of an instance need.
#ifndef PW_SHOWN_GLSL
#define PW_SHOWN_GLSL
#include "shaders/frame.glsl"

layout(buffer_reference, std430, buffer_reference_align = 16) writeonly buffer Shown { GpuShown at[]; };

GpuShown shown_of(uint index, uint fade) {
    const GpuInstance instance = instances[index];
    const GpuTransform t = transforms[instance.node];
    const GpuStyle style = styles[instance.node];
    const vec3 at = rel_position(t);
    return GpuShown(vec4(t.row0.xyz, at.x), vec4(t.row1.xyz, at.y), vec4(t.row2.xyz, at.z),
                    uvec4(instance.material | style.flags << 24, style.tint, style.wash,
                          packHalf2x16(vec2(style.emission, 0.0)) | fade << kFadeShift));
}

#endif
