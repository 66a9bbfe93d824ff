#version 460
// SPDX-License-Identifier: Apache-2.0
#extension GL_GOOGLE_include_directive : require
#define PW_CUT
#include "shaders/depth_opaque.glsl"
