#version 460
// SPDX-License-Identifier: Apache-2.0
// Masked materials with several samples a pixel: a shader of its own, because one that writes a sample mask is not
// culled by depth before it runs.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_nonuniform_qualifier : require
#extension GL_EXT_multiview : require
#define PW_COVERAGE
#include "shaders/mesh_fragment.glsl"
