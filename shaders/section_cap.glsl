// SPDX-License-Identifier: Apache-2.0
// A cut face: the body of section_cap.frag, and of section_cap_samples.frag (PW_SAMPLES), for several samples a pixel.
#include "shaders/color.glsl"
#include "shaders/pass_layouts.h"

layout(push_constant) uniform Push { CapPush push; };
#ifdef PW_SAMPLES
layout(constant_id = 1) const int kSamples = 4;
layout(set = kTextureSet, binding = 0) uniform sampler2DMSArray counts[];
#else
layout(set = kTextureSet, binding = 0) uniform sampler2DArray counts[];
#endif

layout(location = 0) in float in_stripes;
layout(location = 0) out vec4 out_color;

const vec3 kFace = vec3(0.50, 0.55, 0.60), kHatch = vec3(0.09, 0.12, 0.16);
const float kStripe = 0.12; // half its width, in the hatching's spacing
const float kPixels = 8.0;  // between two stripes, at least: the spacing doubles with the distance

float stripe(float across, float pixel) {
    return clamp((kStripe - abs(fract(across) - 0.5)) / max(pixel, 1e-6) + 0.5, 0.0, 1.0);
}

void main() {
    const float pixel = fwidth(in_stripes);
    const ivec3 at = ivec3(ivec2(gl_FragCoord.xy), gl_ViewIndex);
#ifdef PW_SAMPLES
    int inside = 0;
    for (int i = 0; i < kSamples; ++i) {
        if (texelFetch(counts[push.counts], at, i).r > 0.5) inside |= 1 << i;
    }
    if (inside == 0) discard;
    gl_SampleMask[0] = inside;
#else
    if (texelFetch(counts[push.counts], at, 0).r < 0.5) discard;
#endif
    const float coarse = clamp(log2(max(pixel * kPixels, 1.0)), 0.0, kCoarsest - 1.0);
    const float fine = exp2(-floor(coarse));
    const float hatched = mix(stripe(in_stripes * fine, pixel * fine),
                              stripe(in_stripes * fine * 0.5, pixel * fine * 0.5), fract(coarse));
    out_color = to_target(vec4(mix(kFace, kHatch, hatched), 1.0));
}
