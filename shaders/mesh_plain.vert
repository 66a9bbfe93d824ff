#version 460
// SPDX-License-Identifier: Apache-2.0
// Meshes of plain materials.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_multiview : require
#define PW_PLAIN
#include "shaders/mesh_vertex.glsl"
