#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pair kerning from a font's GPOS table (OpenType 1.9, "kern"): pair adjustment by glyph and by class, also behind
// extension lookups, which stb_truetype does not follow. Nothing is read past the table.

#include "base/bytes.h"

#include <cstdint>
#include <span>
#include <vector>

namespace pw::renderer {

struct GlyphKern {
    std::uint16_t left = 0, right = 0; // positions in `glyphs`
    std::int16_t advance = 0;          // font units
};

// All pairs of `glyphs` (the font's glyph numbers) that are moved, by left and right.
std::vector<GlyphKern> read_kerning(Bytes gpos, std::span<const std::uint16_t> glyphs);

} // namespace pw::renderer
