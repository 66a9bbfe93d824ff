#pragma once
// SPDX-License-Identifier: Apache-2.0
// The transfer functions of sRGB (IEC 61966-2-1), of values from 0 to 1. Pure functions, any thread.

#include <cmath>

namespace pw {

inline float linear_from_srgb(float c) { return c < 0.04045f ? c / 12.92f : std::pow((c + 0.055f) / 1.055f, 2.4f); }
inline float srgb_from_linear(float c) {
    return c < 0.0031308f ? c * 12.92f : 1.055f * std::pow(c, 1.f / 2.4f) - 0.055f;
}

} // namespace pw
