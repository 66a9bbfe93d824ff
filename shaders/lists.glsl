// SPDX-License-Identifier: Apache-2.0
// Adds a pixel's list up, near to far: the body of lists.frag, and of lists_samples.frag (PW_SAMPLES), for each sample of
// a pixel.
#include "shaders/shared.h"
#include "shaders/lists_nodes.glsl"

layout(location = 0, index = 0) out vec4 out_color;
layout(location = 0, index = 1) out vec4 out_through;

struct Place { // a greater depth is nearer; equal ones by instance and triangle
    float depth;
    uint instance, primitive;
};
bool nearer(Place a, Place b) {
    if (a.depth != b.depth) return a.depth > b.depth;
    return a.instance != b.instance ? a.instance > b.instance : a.primitive > b.primitive;
}

void main() {
    if (list_counts().words[1] != 0u) discard;
    const uint first = list_heads().words[list_head()] & kListEnd;
    if (first == kListEnd) discard;
#ifdef PW_SAMPLES
    const uint sample_bit = 1u << (24 + gl_SampleID);
#else
    const uint sample_bit = 1u << 24;
#endif
    Words nodes = list_nodes();
    vec3 color = vec3(0.0), through = vec3(1.0);
    float most = 1.0; // of the most that comes through of any colour, layer by layer: what is left of alpha
    Place last = Place(1e9, ~0u, ~0u);
    // Lists are short: the next one is looked for each time, which needs no memory and has no limit.
    for (;;) {
        uint found = kListEnd;
        Place best = Place(-1.0, 0u, 0u);
        for (uint node = first; node != kListEnd; node = nodes.words[node * kListWords] & kListEnd) {
            const uint at = node * kListWords;
            if ((nodes.words[at] & sample_bit) == 0u) continue;
            const Place place = Place(uintBitsToFloat(nodes.words[at + 1]), nodes.words[at + 2], nodes.words[at + 3]);
            if (nearer(last, place) && nearer(place, best)) {
                best = place;
                found = node;
            }
        }
        if (found == kListEnd) break;
        const uint at = found * kListWords;
        const vec2 rg = unpackHalf2x16(nodes.words[at + 4]), b_r = unpackHalf2x16(nodes.words[at + 5]);
        const vec3 layer = vec3(b_r.y, unpackHalf2x16(nodes.words[at + 6]));
        color += through * vec3(rg, b_r.x);
        through *= layer;
        most *= max(layer.r, max(layer.g, layer.b));
        last = best;
    }
    out_color = vec4(color, 1.0 - most);
    out_through = vec4(through, most);
}
