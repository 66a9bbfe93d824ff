#pragma once
// SPDX-License-Identifier: Apache-2.0
// A font as labels draw it: an atlas of signed distances and the measures to lay text out. Made once from a font file
// (seconds in a debug build) and then kept in the cache. Pure functions, any thread. The font file is part of the
// installation: it is bounded, but trusted not to be hostile.

#include "base/bytes.h"
#include "base/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pw::renderer {

inline constexpr float kFontEm_texels = 48.f;    // of an em in the atlas
inline constexpr float kFontSpread_texels = 6.f; // a texel says 0.5 + distance / (2 × spread), inside is more

struct Glyph {
    std::uint32_t codepoint = 0;
    float advance = 0.f;                                    // em, like all measures
    float left = 0.f, bottom = 0.f, right = 0.f, top = 0.f; // of the quad, from the pen on the base line
    std::uint16_t x0 = 0, y0 = 0, x1 = 0, y1 = 0; // of the quad in the atlas, top left first; empty: nothing to draw
};

struct Kern {
    std::uint32_t pair = 0; // index of the left glyph × 65536 + that of the right one
    float advance = 0.f;
};

struct Font {
    float ascent = 0.f, descent = 0.f; // above and below the base line, both positive
    std::uint32_t width = 0, height = 0;
    std::vector<std::uint8_t> atlas;
    std::vector<Glyph> glyphs; // by codepoint; □ is always there
    std::vector<Kern> kerns;   // by pair

    std::uint32_t index_of(std::uint32_t codepoint) const; // □'s when the font lacks it
    float kerning(std::uint32_t left, std::uint32_t right) const;
};

// Latin with its extensions, Greek, Cyrillic and common signs. Malformed when it is no font with an outline for □.
Result<Font> make_font(Bytes file);
std::vector<std::byte> to_bytes(const Font& font);
Result<Font> parse_font(Bytes bytes);
// make_font() through the cache.
Result<Font> load_font(const std::string& path, const std::string& cache_folder);

// The next code point of UTF-8, which is taken off `text`; U+FFFD for what is none. `text` is not empty.
std::uint32_t next_codepoint(std::string_view& text);

} // namespace pw::renderer
