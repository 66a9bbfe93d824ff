#version 460
// SPDX-License-Identifier: Apache-2.0
// Plain materials.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_nonuniform_qualifier : require
#extension GL_EXT_multiview : require
#define PW_PLAIN
#include "shaders/mesh_fragment.glsl"
