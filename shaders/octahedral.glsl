// SPDX-License-Identifier: Apache-2.0
// Unit vectors in two numbers (Cigolle et al. 2014), as scene::pack_normal and pack_tangent write them.
#ifndef PW_OCTAHEDRAL_GLSL
#define PW_OCTAHEDRAL_GLSL

vec3 from_octahedral(vec2 e) {
    vec3 v = vec3(e, 1.0 - abs(e.x) - abs(e.y));
    const float t = max(-v.z, 0.0);
    v.x += v.x >= 0.0 ? -t : t;
    v.y += v.y >= 0.0 ? -t : t;
    return normalize(v);
}

vec2 to_octahedral(vec3 v) {
    v /= abs(v.x) + abs(v.y) + abs(v.z);
    const vec2 folded = (1.0 - abs(v.yx)) * vec2(v.x >= 0.0 ? 1.0 : -1.0, v.y >= 0.0 ? 1.0 : -1.0);
    return v.z >= 0.0 ? v.xy : folded;
}

vec3 unpack_normal(uint packed) { return from_octahedral(unpackSnorm2x16(packed)); }
uint pack_normal(vec3 n) { return packSnorm2x16(to_octahedral(n)); }

// The lowest bit of the upper half is the sign of the bitangent, 1 = −1.
vec4 unpack_tangent(uint packed) {
    return vec4(from_octahedral(unpackSnorm2x16(packed & ~0x10000u)), (packed & 0x10000u) != 0 ? -1.0 : 1.0);
}
uint pack_tangent(vec4 t) {
    return (packSnorm2x16(to_octahedral(t.xyz)) & ~0x10000u) | (t.w < 0.0 ? 0x10000u : 0u);
}

#endif
