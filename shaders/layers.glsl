// SPDX-License-Identifier: Apache-2.0
// The layers of KHR_materials_*, by the formulas of the extensions' texts and what they cite.
#ifndef PW_LAYERS_GLSL
#define PW_LAYERS_GLSL
#include "shaders/sheen.glsl"

bool layered(uint layer) { return (kLayers & layer) != 0; }

float f0_of_ior(float inside, float outside) {
    const float r = (inside - outside) / (inside + outside);
    return r * r;
}
vec3 f0_of_ior(vec3 inside, float outside) {
    const vec3 r = (inside - outside) / (inside + outside);
    return r * r;
}
vec3 ior_of_f0(vec3 f0) { // seen from outside of vacuum
    const vec3 root = sqrt(f0);
    return (1.0 + root) / (1.0 - root);
}
vec3 schlick(vec3 f0, float cosine) { return f0 + (1.0 - f0) * pow5(clamp(1.0 - cosine, 0.0, 1.0)); }
float schlick(float f0, float cosine) { return f0 + (1.0 - f0) * pow5(clamp(1.0 - cosine, 0.0, 1.0)); }

// Thin-film interference (Belcour and Barla 2017), as KHR_materials_iridescence has it: what light of a phase difference
// and a shift looks like, by Gaussian fits of the eye's sensitivity.
vec3 film_sensitivity(float path_m, vec3 shift) {
    const float phase = 2.0 * kPi * path_m;
    const vec3 value = vec3(5.4856e-13, 4.4201e-13, 5.2481e-13);
    const vec3 place = vec3(1.6810e+06, 1.7953e+06, 2.2084e+06);
    const vec3 variance = vec3(4.3278e+09, 9.3046e+09, 6.6121e+09);
    vec3 xyz = value * sqrt(2.0 * kPi * variance) * cos(place * phase + shift) * exp(-phase * phase * variance);
    xyz.x += 9.7470e-14 * sqrt(2.0 * kPi * 4.5282e+09) * cos(2.2399e+06 * phase + shift.x) *
             exp(-4.5282e+09 * phase * phase);
    return mat3(3.2404542, -0.9692660, 0.0556434, -1.5371385, 1.8760108, -0.2040259, -0.4985314, 0.0415560, 1.0572252) *
           (xyz / 1.0685e-7);
}

// What a surface of this f0 reflects at `cosine` with a film of this thickness on it.
vec3 film_fresnel(float film_ior, float cosine, float thickness_nm, vec3 f0) {
    const float ior = mix(1.0, film_ior, smoothstep(0.0, 30.0, thickness_nm));
    const float inside2 = 1.0 - (1.0 - cosine * cosine) / (ior * ior);
    if (inside2 < 0.0) return vec3(1.0);
    const float inside = sqrt(inside2);
    const float r12 = schlick(f0_of_ior(ior, 1.0), cosine);
    const float through = 1.0 - r12;
    const float turn21 = ior < 1.0 ? 0.0 : kPi;
    const vec3 base = ior_of_f0(clamp(f0, 0.0, 0.9999));
    const vec3 r23 = schlick(f0_of_ior(base, ior), inside);
    const vec3 shift = turn21 + mix(vec3(0.0), vec3(kPi), lessThan(base, vec3(ior)));
    const float path_m = 2.0 * ior * thickness_nm * 1e-9 * inside;

    const vec3 r123 = clamp(r12 * r23, 1e-5, 0.9999);
    const vec3 single = through * through * r23 / (1.0 - r123);
    vec3 sum = r12 + single;
    vec3 order = single - through;
    const vec3 step_down = sqrt(r123);
    for (int m = 1; m <= 2; ++m) {
        order *= step_down;
        sum += order * 2.0 * film_sensitivity(float(m) * path_m, float(m) * shift);
    }
    return max(sum, vec3(0.0));
}

#endif
