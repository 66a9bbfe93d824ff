#version 460
// SPDX-License-Identifier: Apache-2.0
// Of all faces behind the plane on a line of sight: one that is left adds 1, one that is entered takes 1 away. The sum is
// how many solids the plane is inside of.

layout(location = 0) out float out_count;

void main() { out_count = gl_FrontFacing ? -1.0 : 1.0; }
