// SPDX-License-Identifier: Apache-2.0
// A mip of the depth pyramid: the body of pyramid_depth.comp and pyramid_depth_samples.comp (PW_SAMPLES), which read the
// picture's depth, and of pyramid.comp (PW_MIP), which reads the mip before. Depth is reversed: the least is the
// farthest.
#include "shaders/pass_layouts.h"

layout(local_size_x = 16, local_size_y = 16) in;
layout(buffer_reference, std430, buffer_reference_align = 4) buffer Pyramid { float depth[]; };
layout(push_constant) uniform Push { PyramidPush push; };
#ifdef PW_SAMPLES
layout(constant_id = 0) const int kSamples = 4;
layout(set = kTextureSet, binding = 0) uniform sampler2DMSArray depths[];
#else
layout(set = kTextureSet, binding = 0) uniform sampler2DArray depths[];
#endif

float read(uint x, uint y, uint view) {
    const uvec2 at = min(uvec2(x, y), uvec2(push.width, push.height) - 1);
#if defined(PW_MIP)
    const uint first = view * push.view_floats + push.source;
    return Pyramid(uvec2(push.pyramid_low, push.pyramid_high)).depth[first + at.y * push.width + at.x];
#elif defined(PW_SAMPLES)
    float least = 1.0;
    for (int i = 0; i < kSamples; ++i) least = min(least, texelFetch(depths[push.depth], ivec3(at, view), i).r);
    return least;
#else
    return texelFetch(depths[push.depth], ivec3(at, view), 0).r;
#endif
}

void main() {
    const uvec2 extent = (uvec2(push.width, push.height) + 1) / 2;
    const uvec3 at = gl_GlobalInvocationID;
    if (at.x >= extent.x || at.y >= extent.y) return;
    const uint x = at.x * 2, y = at.y * 2;
    const float least = min(min(read(x, y, at.z), read(x + 1, y, at.z)), min(read(x, y + 1, at.z), read(x + 1, y + 1, at.z)));
    const uint first = at.z * push.view_floats + push.target;
    Pyramid(uvec2(push.pyramid_low, push.pyramid_high)).depth[first + at.y * extent.x + at.x] = least;
}
