// SPDX-License-Identifier: Apache-2.0
// How large an instance is on the screen, and which of its levels of detail that wants. For culling.
#ifndef PW_DETAIL_GLSL
#define PW_DETAIL_GLSL
#include "shaders/frame.glsl"

struct Box {
    vec3 center, extent; // rel
    float scale;         // metres of the world in one of the node's, at most
};

Box box_of(GpuInstance instance) {
    const GpuTransform t = transforms[instance.node];
    const vec3 half_size = groups[instance.group].extent.xyz;
    Box box;
    box.center = rel_from_node(t, groups[instance.group].center.xyz);
    box.extent = vec3(dot(abs(t.row0.xyz), half_size), dot(abs(t.row1.xyz), half_size), dot(abs(t.row2.xyz), half_size));
    const vec3 squares = t.row0.xyz * t.row0.xyz + t.row1.xyz * t.row1.xyz + t.row2.xyz * t.row2.xyz; // of the columns
    box.scale = sqrt(max(squares.x, max(squares.y, squares.z)));
    return box;
}

// How many times what a level may be wrong a metre is there, in the view that is nearest; 0: everything is drawn whole.
float size_of_metre(Box box, uint views) {
    float nearest = 1e30;
    for (uint v = 0; v < views; ++v) {
        const vec3 away = abs(box.center - frame.views[v].rel_from_eye[3].xyz) - box.extent;
        nearest = min(nearest, length(max(away, vec3(0.0))));
    }
    return frame.detail.x / max(nearest, frame.detail.z);
}

// The coarsest level whose error is at most 1 / `size`.
uint level_of(uint group, float size) {
    uint level = 0;
    while (level + 1 < groups[group].levels && groups[group].errors[level + 1] * size <= 1.0) ++level;
    return level;
}

// How far it is on its way to the next level, of 127; 0: not at all.
uint fade_of(GpuInstance instance, uint level, float size) {
    if (frame.detail.y == 0.0 || (instance.flags & kMasked) != 0 || level + 1 >= groups[instance.group].levels) return 0;
    const float over = groups[instance.group].errors[level + 1] * size - 1.0;
    return uint(clamp((1.0 - over / frame.detail.y) * 127.0, 0.0, 127.0));
}

// Of a box in a view: from where to where it reaches in the picture, in normalised device coordinates.
struct Rect {
    vec2 low, high;
    float nearest; // its depth
    bool whole;    // false: it reaches before the near plane, and the rest says nothing
};

Rect rect_of(Box box, uint view) {
    Rect rect = Rect(vec2(1e9), vec2(-1e9), 0.0, true);
    for (uint corner = 0; corner < 8; ++corner) {
        const vec3 way = vec3(corner & 1u, corner >> 1 & 1u, corner >> 2) * 2.0 - 1.0;
        const vec4 clip = frame.views[view].clip_from_rel * vec4(box.center + way * box.extent, 1.0);
        rect.whole = rect.whole && clip.w > frame.detail.z;
        const vec3 ndc = clip.xyz / clip.w;
        rect.low = min(rect.low, ndc.xy);
        rect.high = max(rect.high, ndc.xy);
        rect.nearest = max(rect.nearest, ndc.z);
    }
    return rect;
}

// The middle of some pixel, or else nothing that is drawn of it shows.
bool hits_pixel(Rect rect) {
    if (frame.raster.x == 0.0 || !rect.whole) return true;
    const float slack = frame.raster.z;
    const vec2 low = (rect.low * 0.5 + 0.5) * frame.raster.xy - 0.5 - slack;
    const vec2 high = (rect.high * 0.5 + 0.5) * frame.raster.xy - 0.5 + slack;
    return all(greaterThanEqual(floor(high), ceil(low)));
}

#endif
