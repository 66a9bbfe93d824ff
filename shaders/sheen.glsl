// SPDX-License-Identifier: Apache-2.0
// Cloth (Estevez and Kulla 2017): Charlie's distribution with Neubelt's visibility. kPi is the includer's.
#ifndef PW_SHEEN_GLSL
#define PW_SHEEN_GLSL

float sheen_lobe(float n_h, float n_l, float n_v, float roughness) {
    const float inverse = 1.0 / max(roughness * roughness, 5e-3);
    const float sine2 = max(1.0 - n_h * n_h, 1e-5);
    const float d = (2.0 + inverse) * pow(sine2, 0.5 * inverse) / (2.0 * kPi);
    return d / max(4.0 * (n_l + n_v - n_l * n_v), 1e-5);
}

#endif
