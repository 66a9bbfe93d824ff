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

struct ComfortPush {
    float vignette, fade; // 0 … 1
};

// What the frame's passes read through the device address in their push constants.
struct ListPush {
    uint items_low, items_high;
};

struct GpuLine {
    float ax, ay, az; // rel
    float half_width; // metres
    float bx, by, bz;
    uint color; // sRGBA8, R lowest
};

struct GpuLabel {     // a point (x, y) of its space lies at position + x right + y up
    float px, py, pz; // rel
    uint color;       // sRGBA8
    float rx, ry, rz;
    uint back_color;
    float ux, uy, uz;
    float radius; // of the plate's corners, in its space
};

struct GpuGlyph {
    float left, bottom, right, top; // in the label's space
    uint uv0, uv1;                  // texels of the atlas, x in the low half; equal: the plate
    uint label;
    uint pad;
};

struct LabelPush {
    uint labels_low, labels_high;
    uint glyphs_low, glyphs_high;
    uint atlas;   // in textures[]
    float spread; // texels from a distance of 0 to one of 0.5
};

struct OverlayPush {
    float scale_x, scale_y; // 2 / pixels of the target
    uint texture;           // in textures[]
};

struct PanelPush {
    float px, py, pz; // middle, rel
    uint texture;     // in textures[]; premultiplied
    float rx, ry, rz; // half the width
    float pad0;
    float ux, uy, uz; // half the height
    float pad1;
};

// The depth pyramid: mip k has the farthest depth of each 2^(k+1) × 2^(k+1) pixels, the mips behind each other, and
// such a pyramid for each view behind the other.
struct PyramidPush {
    uint pyramid_low, pyramid_high; // device address of floats
    uint view_floats;               // of one view
    uint depth;                     // in textures[], with a layer for each view
    uint width, height;             // of what is read: the picture, or the mip before
    uint source, target;            // floats before the mip that is read and the one that is written
};
// Which of the instances that culling found in the views are hidden by what has been drawn.
struct OccludePush {
    CullPush cull;
    uint pyramid_low, pyramid_high, view_floats;
    uint width, height; // of the picture
};

// What bends the light that comes through it. All in textures[], with a layer for each view.
struct BendPush {
    uint depth;   // of what is opaque; ~0: it cannot be read
    uint offsets; // xy: so much further in the picture is what is seen, z: red less and blue more along that, w: the
                  // variance of its blur, as tangents of angles
    uint behind;  // the picture of what is opaque
};

// What is see-through, in lists.
const uint kListWords = 7;       // of a node: next (24 bits) and samples, depth, instance, triangle, colours in halves
const uint kListEnd = 0xffffffu; // no next one
struct ListsPush {
    uint heads_low, heads_high; // device addresses: a node per pixel and view
    uint nodes_low, nodes_high;
    uint counts_low, counts_high; // nodes that were wanted; 1 if there were not as many
    uint capacity;                // nodes
    uint width, height;           // of the picture
    uint depth;                   // of what is opaque, in textures[]; with several samples
    uint instance;                // that is drawn
};

const float kCoarsest = 6.0; // times that the spacing of a hatching doubles
struct CapPush {
    float px, py, pz; // middle, rel
    uint counts;      // in textures[]: an array with a layer for each view
    float rx, ry, rz; // half the width
    float hatch;      // where the middle is across the hatching, in its spacing, modulo the coarsest one
    float ux, uy, uz; // half the height
    float spacing;    // of the hatching, metres
};

#ifdef __cplusplus
static_assert(sizeof(GpuLine) == 32 && sizeof(GpuLabel) == 48 && sizeof(GpuGlyph) == 32);
} // namespace pw::shaders
#endif
#endif
