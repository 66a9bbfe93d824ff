// SPDX-License-Identifier: Apache-2.0
// What goes from a mesh's vertices to its fragments; PW_BETWEEN is out or in. Each costs a CPU rasteriser some work for
// every triangle, so a colour fills up what the others leave of four numbers, and plain materials (PW_PLAIN: no
// tangents, no layers, one set of texture coordinates) have two fewer.
#ifndef PW_MESH_BETWEEN_GLSL
#define PW_MESH_BETWEEN_GLSL

layout(location = 0) PW_BETWEEN vec4 between_rel;    // w: red of the vertex
layout(location = 1) PW_BETWEEN vec4 between_normal; // w: green
layout(location = 2) PW_BETWEEN vec4 between_uv;     // the shared one, or the first set; blue and alpha
layout(location = 3) flat PW_BETWEEN uvec4 between_look; // GpuShown::look
#ifndef PW_PLAIN
layout(location = 4) PW_BETWEEN vec4 between_tangent;
layout(location = 5) PW_BETWEEN vec3 between_more; // the second set; metres of the world in one of the node's
#endif

#endif
