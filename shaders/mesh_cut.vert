#version 460
// SPDX-License-Identifier: Apache-2.0
// Meshes that a section cuts: a shader of its own, because one that writes clip distances makes every triangle pay.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_multiview : require
#define PW_CUT
#include "shaders/mesh_vertex.glsl"
