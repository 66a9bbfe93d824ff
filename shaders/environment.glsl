// SPDX-License-Identifier: Apache-2.0
// Directions of environments: equirectangular maps and cube faces, and samples of GGX.
#ifndef PW_ENVIRONMENT_GLSL
#define PW_ENVIRONMENT_GLSL

const float kPi = 3.14159265;

vec2 equirect_uv(vec3 d) {
    return vec2(0.5 + atan(d.z, d.x) / (2.0 * kPi), acos(clamp(d.y, -1.0, 1.0)) / kPi);
}

// The direction through `st` in [-1, 1]² (right, down) of a cube's face, as Vulkan samples it; not normalised.
vec3 cube_direction(uint face, vec2 st) {
    switch (face) {
    case 0: return vec3(1.0, -st.y, -st.x);
    case 1: return vec3(-1.0, -st.y, st.x);
    case 2: return vec3(st.x, 1.0, st.y);
    case 3: return vec3(st.x, -1.0, -st.y);
    case 4: return vec3(st.x, -st.y, 1.0);
    default: return vec3(-st.x, -st.y, -1.0);
    }
}

vec2 hammersley(uint i, uint count) {
    return vec2((float(i) + 0.5) / float(count), float(bitfieldReverse(i)) * 2.3283064365386963e-10);
}

// A half vector around +Z, as often as GGX with alpha `a` has it.
vec3 sample_ggx(vec2 xi, float a) {
    const float cos2 = (1.0 - xi.x) / (1.0 + (a * a - 1.0) * xi.x);
    const float sine = sqrt(max(0.0, 1.0 - cos2));
    const float phi = 2.0 * kPi * xi.y;
    return vec3(sine * cos(phi), sine * sin(phi), sqrt(cos2));
}

// The same, but as often as the direction `v` sees it (Dupuy and Benyoub 2023).
vec3 sample_visible_ggx(vec2 xi, vec3 v, float a) {
    const vec3 stretched = normalize(vec3(v.xy * a, v.z));
    const float phi = 2.0 * kPi * xi.y;
    const float z = (1.0 - xi.x) * (1.0 + stretched.z) - stretched.z;
    const float sine = sqrt(clamp(1.0 - z * z, 0.0, 1.0));
    const vec3 h = vec3(sine * cos(phi), sine * sin(phi), z) + stretched;
    return normalize(vec3(h.xy * a, h.z));
}

#endif
