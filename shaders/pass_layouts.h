// SPDX-License-Identifier: Apache-2.0
// Layouts that C++ and GLSL share, of single passes. The rules of shared.h hold.
#ifndef PW_SHADERS_PASS_LAYOUTS_H
#define PW_SHADERS_PASS_LAYOUTS_H

#include "shaders/shared.h"

#ifdef __cplusplus
namespace pw::shaders {
#endif

// Preparing an environment: one mip of a cube, or the split-sum table.
struct EnvironmentPush {
    uint target_low, target_high; // device address of the texels
    uint side;
    uint source_texture; // the equirectangular map, in textures[]
    float roughness;     // perceptual
    uint samples;
};

struct SkyPush {
    uint texture; // the equirectangular map, in textures[]
};

// What the frame's passes read through the device address in their push constants.
struct ListPush {
    uint items_low, items_high;
    uint more_low, more_high;
};

struct GpuLine {
    float ax, ay, az; // rel
    float half_width; // metres
    float bx, by, bz;
    uint color; // sRGBA8, R lowest
};

#ifdef __cplusplus
static_assert(sizeof(GpuLine) == 32);
} // namespace pw::shaders
#endif
#endif
