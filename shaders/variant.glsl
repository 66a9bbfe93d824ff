// SPDX-License-Identifier: Apache-2.0
// The specialisation constants of the mesh shaders; renderer/passes/meshes.cpp sets them in this order.
// Constant 0 is kEncodeSrgb (color.glsl).
#ifndef PW_VARIANT_GLSL
#define PW_VARIANT_GLSL

layout(constant_id = 1) const uint kTextures = 0;   // bit per use of a texture (kBaseColor …)
layout(constant_id = 2) const uint kUv = 2;        // one of the three below
layout(constant_id = 3) const uint kAlpha = 0;      // one of the five below
layout(constant_id = 4) const bool kUnlit = false;
layout(constant_id = 5) const uint kShadowTaps = 1; // 0: no shadows; n: n × n
layout(constant_id = 6) const bool kFastSpecular = false; // a fitted curve for the split-sum table, no antialiasing
layout(constant_id = 7) const uint kSamples = 1; // of a pixel
layout(constant_id = 8) const uint kLayers = 0; // bit per layer (kLayerCoat …)

const uint kUvEach = 0;  // each texture has its own set and transform
const uint kUvMoved = 1; // all share one, applied per vertex
const uint kUvPlain = 2; // all take the first set as it is
const uint kAlphaOpaque = 0, kAlphaMask = 1, kAlphaBlend = 2, kAlphaGhost = 3;
const uint kAlphaFade = 4; // opaque, between two levels of detail

#endif
