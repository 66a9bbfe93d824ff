// SPDX-License-Identifier: Apache-2.0
// Any bytes as a stored registration, a sequence's file, a picture and a video: refused, or what was read keeps its
// promises. In pictures that are small enough markers are looked for.
#include "base/assert.h"
#include "registration/registration.h"

#include <cmath>
#include <cstdint>

using namespace pw;
using namespace pw::registration;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
    if (const auto r = parse_registration(as_text(bytes), "fuzz")) {
        const std::string text = to_json(*r);
        const auto again = parse_registration(text, "fuzz");
        PW_ASSERT(again && to_json(*again) == text, "what was written can be read, and is the same");
        PW_ASSERT(std::isfinite(error_at(r->estimate, {}).bound95_m), "an error is a number");
    } else {
        PW_ASSERT(r.error().what.starts_with("fuzz"), "an error names its file");
    }
    if (const auto s = parse_sequence(as_text(bytes), "fuzz"))
        PW_ASSERT(check(s->lens).has_value(), "a lens that was read is one");
    if (const auto v = parse_y4m(bytes))
        for (const Bytes frame : v->frames)
            PW_ASSERT(frame.size() == std::size_t{v->width} * v->height && frame.data() >= bytes.data() &&
                          frame.data() + frame.size() <= bytes.data() + bytes.size(),
                      "a frame is whole, and within the file");
    const auto image = parse_pgm(bytes);
    if (!image) return 0;
    PW_ASSERT(image->pixels.size() == std::size_t{image->width} * image->height, "a byte for each pixel");
    if (image->pixels.size() > 1u << 17) return 0;
    static MarkerDetector detector;
    for (const Sighting& s : detector.detect(*image))
        for (const glm::dvec2& c : s.corners)
            PW_ASSERT(std::isfinite(c.x) && std::isfinite(c.y), "a corner is somewhere");
    return 0;
}
