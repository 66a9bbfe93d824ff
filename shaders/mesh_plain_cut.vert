#version 460
// SPDX-License-Identifier: Apache-2.0
// Meshes of plain materials that a section cuts.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_multiview : require
#define PW_PLAIN
#define PW_CUT
#include "shaders/mesh_vertex.glsl"
