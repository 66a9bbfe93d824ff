// SPDX-License-Identifier: Apache-2.0
// The picture of what is opaque as it is seen through what mesh_bend.glsl drew: the body of bend.frag, and of
// bend_samples.frag (PW_SAMPLES), for each sample of a pixel.
#include "shaders/color.glsl"
#include "shaders/frame.glsl"
#include "shaders/pass_layouts.h"

layout(push_constant) uniform Push { BendPush push; };
#ifdef PW_SAMPLES
layout(set = kTextureSet, binding = 0) uniform sampler2DMSArray offsets[];
#else
layout(set = kTextureSet, binding = 0) uniform sampler2DArray offsets[];
#endif
layout(set = kTextureSet, binding = 0) uniform sampler2DArray pictures[];

layout(location = 0) out vec4 out_color;

vec4 behind(vec2 uv, float lod) { return textureLod(pictures[push.behind], vec3(uv, gl_ViewIndex), lod); }

// A mip of it under a cubic B-spline, by four taps: bilinear squares would be seen.
vec4 smooth_behind(vec2 uv, int mip) {
    // Not textureSize of the mip: lavapipe gives that of a neighbouring pixel's.
    const vec2 size = vec2(max(textureSize(pictures[push.behind], 0).xy >> mip, ivec2(1)));
    const vec2 at = uv * size - 0.5, f = fract(at);
    const vec2 f2 = f * f, f3 = f2 * f;
    const vec2 w0 = (1.0 - f) * (1.0 - f) * (1.0 - f) / 6.0, w3 = f3 / 6.0;
    const vec2 w1 = (4.0 - 6.0 * f2 + 3.0 * f3) / 6.0, w2 = 1.0 - w0 - w1 - w3;
    const vec2 low = w0 + w1, high = w2 + w3;
    const vec2 middle = floor(at) + 0.5;
    const vec2 a = (middle - 1.0 + w1 / low) / size, b = (middle + 1.0 + w3 / high) / size;
    const float lod = float(mip);
    return low.y * (low.x * behind(a, lod) + high.x * behind(vec2(b.x, a.y), lod)) +
           high.y * (low.x * behind(vec2(a.x, b.y), lod) + high.x * behind(b, lod));
}

// Blurred by that variance, in pixels squared. A texel of mip k, under the spline, is a kernel of (1/12 + 1/3) 4^k; of
// the picture itself 1/3.
vec4 blurred(vec2 uv, float variance) {
    const float first = 1.0 / 3.0;
    if (variance <= 0.0) return behind(uv, 0.0);
    if (variance < first) return mix(behind(uv, 0.0), smooth_behind(uv, 0), variance / first);
    const float last = float(textureQueryLevels(pictures[push.behind]) - 1);
    const float lod = clamp(0.5 * log2(variance * 12.0 / 5.0), 0.0, max(last - 1.0, 0.0));
    const int mip = int(lod);
    return mix(smooth_behind(uv, mip), smooth_behind(uv, mip + 1), lod - float(mip));
}

void main() {
#ifdef PW_SAMPLES
    const vec4 bend = texelFetch(offsets[push.offsets], ivec3(ivec2(gl_FragCoord.xy), gl_ViewIndex), gl_SampleID);
#else
    const vec4 bend = texelFetch(offsets[push.offsets], ivec3(ivec2(gl_FragCoord.xy), gl_ViewIndex), 0);
#endif
    if (bend == vec4(0.0)) discard;
    const vec2 size = vec2(textureSize(pictures[push.behind], 0).xy);
    const vec2 uv = (floor(gl_FragCoord.xy) + 0.5) / size + bend.xy;
    const vec4 t = frame.views[gl_ViewIndex].tangents;
    const float pixels = size.y / abs(t.z - t.w); // of a tangent of 1
    const float variance = bend.w * pixels * pixels;
    vec4 color = blurred(uv, variance);
    if (bend.z != 0.0) {
        const vec2 apart = bend.xy / max(length(bend.xy), 1e-6) * bend.z;
        color.r = blurred(uv - apart, variance).r;
        color.b = blurred(uv + apart, variance).b;
    }
    out_color = to_target(color);
}
