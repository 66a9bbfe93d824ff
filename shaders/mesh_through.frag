#version 460
// SPDX-License-Identifier: Apache-2.0
// Materials that light comes through: a shader of its own, because it has two outputs for one colour (dual-source
// blending), so that glass dyes what is behind it.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_nonuniform_qualifier : require
#extension GL_EXT_multiview : require
#define PW_THROUGH
#include "shaders/mesh_fragment.glsl"
