// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/font_kerning.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

namespace pw::renderer {
namespace {

// Big-endian numbers at offsets; zero beyond the end, which every reader below takes for "nothing there".
struct Table {
    Bytes bytes;
    std::uint32_t u16(std::size_t at) const {
        if (at + 2 > bytes.size()) return 0;
        return std::to_integer<std::uint32_t>(bytes[at]) << 8 | std::to_integer<std::uint32_t>(bytes[at + 1]);
    }
    std::uint32_t u32(std::size_t at) const { return u16(at) << 16 | u16(at + 2); }
    Table from(std::size_t at) const { return {bytes.subspan(std::min(at, bytes.size()))}; }
};

// Where the sorted records of `size` bytes, of which the first number is a key, have `key`.
std::optional<std::size_t> find(const Table& t, std::size_t first, std::size_t count, std::size_t size,
                                std::uint32_t key) {
    std::size_t low = 0, high = count;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        const std::uint32_t found = t.u16(first + middle * size);
        if (found == key) return first + middle * size;
        (found < key ? low : high) = found < key ? middle + 1 : middle;
    }
    return {};
}

// The last range {start, end, value} that starts at or before `key`, when it contains it.
std::optional<std::size_t> find_range(const Table& t, std::size_t first, std::size_t count, std::uint32_t key) {
    std::size_t low = 0, high = count;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (t.u16(first + middle * 6) <= key)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || t.u16(first + (low - 1) * 6 + 2) < key) return {};
    return first + (low - 1) * 6;
}

std::optional<std::uint32_t> coverage_index(const Table& t, std::uint32_t glyph) {
    const std::uint32_t count = t.u16(2);
    if (t.u16(0) == 1) {
        const auto at = find(t, 4, count, 2, glyph);
        if (!at) return {};
        return static_cast<std::uint32_t>((*at - 4) / 2);
    }
    const auto at = find_range(t, 4, count, glyph);
    if (!at) return {};
    return t.u16(*at + 4) + glyph - t.u16(*at);
}

std::uint32_t class_of(const Table& t, std::uint32_t glyph) {
    if (t.u16(0) == 1) {
        const std::uint32_t start = t.u16(2);
        return glyph >= start && glyph - start < t.u16(4) ? t.u16(6 + 2 * std::size_t{glyph - start}) : 0;
    }
    const auto at = find_range(t, 4, t.u16(2), glyph);
    return at ? t.u16(*at + 4) : 0;
}

// One pair adjustment subtable: how far it moves each pair that begins with one glyph.
class PairTable {
  public:
    explicit PairTable(const Table& t)
        : t_(t), first_size_(2 * static_cast<std::size_t>(std::popcount(t.u16(4)))),
          second_size_(2 * static_cast<std::size_t>(std::popcount(t.u16(6)))) {}

    bool begin(std::uint32_t left) {
        const auto index = coverage_index(t_.from(t_.u16(2)), left);
        if (!index) return false;
        if (t_.u16(0) == 1)
            pairs_ = t_.from(t_.u16(10 + 2 * std::size_t{*index}));
        else
            left_class_ = class_of(t_.from(t_.u16(8)), left);
        return *index < t_.u16(8) || t_.u16(0) == 2;
    }
    // Nothing when this subtable does not speak of the pair.
    std::optional<int> advance(std::uint32_t right) const {
        if (t_.u16(0) == 1) {
            const auto at = find(pairs_, 2, pairs_.u16(0), 2 + first_size_ + second_size_, right);
            if (!at) return {};
            return value(pairs_, *at + 2);
        }
        const std::uint32_t right_class = class_of(t_.from(t_.u16(10)), right);
        if (left_class_ >= t_.u16(12) || right_class >= t_.u16(14)) return {};
        return value(t_, 16 + (std::size_t{left_class_} * t_.u16(14) + right_class) * (first_size_ + second_size_));
    }

  private:
    int value(const Table& t, std::size_t at) const { // XAdvance of the first value record
        const std::uint32_t format = t_.u16(4);
        if ((format & 4u) == 0) return 0;
        return static_cast<std::int16_t>(t.u16(at + 2 * static_cast<std::size_t>(std::popcount(format & 3u))));
    }
    Table t_, pairs_{};
    std::size_t first_size_, second_size_;
    std::uint32_t left_class_ = 0;
};

std::vector<std::uint32_t> kern_lookups(const Table& gpos) {
    const Table features = gpos.from(gpos.u16(6));
    std::vector<std::uint32_t> out;
    for (std::size_t i = 0; i < features.u16(0); ++i) {
        constexpr std::uint32_t kKern = 0x6b65'726e;
        if (features.u32(2 + 6 * i) != kKern) continue;
        const Table feature = features.from(features.u16(2 + 6 * i + 4));
        for (std::size_t j = 0; j < feature.u16(2); ++j) out.push_back(feature.u16(4 + 2 * j));
    }
    std::ranges::sort(out);
    const auto rest = std::ranges::unique(out);
    out.erase(rest.begin(), rest.end());
    return out;
}

std::vector<PairTable> pair_tables(const Table& lookup) {
    std::vector<PairTable> out;
    for (std::size_t i = 0; i < lookup.u16(4); ++i) {
        Table t = lookup.from(lookup.u16(6 + 2 * i));
        std::uint32_t type = lookup.u16(0);
        if (type == 9) {
            type = t.u16(2);
            t = t.from(t.u32(4));
        }
        if (type == 2 && (t.u16(0) == 1 || t.u16(0) == 2)) out.emplace_back(t);
    }
    return out;
}

} // namespace

std::vector<GlyphKern> read_kerning(Bytes bytes, std::span<const std::uint16_t> glyphs) {
    const Table gpos{bytes};
    const Table lookups = gpos.from(gpos.u16(8));
    std::vector<std::vector<PairTable>> kerns;
    for (const std::uint32_t lookup : kern_lookups(gpos)) {
        if (lookup < lookups.u16(0))
            kerns.push_back(pair_tables(lookups.from(lookups.u16(2 + 2 * std::size_t{lookup}))));
    }
    std::vector<GlyphKern> out;
    std::vector<int> advances(glyphs.size());
    std::vector<char> spoken(glyphs.size());
    for (std::size_t left = 0; left < glyphs.size(); ++left) {
        std::ranges::fill(advances, 0);
        for (std::vector<PairTable>& tables : kerns) {
            std::ranges::fill(spoken, 0); // within one lookup the first subtable that speaks of a pair decides
            for (PairTable& table : tables) {
                if (!table.begin(glyphs[left])) continue;
                for (std::size_t right = 0; right < glyphs.size(); ++right) {
                    if (spoken[right]) continue;
                    const std::optional<int> advance = table.advance(glyphs[right]);
                    spoken[right] = advance.has_value();
                    advances[right] += advance.value_or(0);
                }
            }
        }
        for (std::size_t right = 0; right < glyphs.size(); ++right) {
            if (advances[right] == 0) continue;
            out.push_back({static_cast<std::uint16_t>(left), static_cast<std::uint16_t>(right),
                           static_cast<std::int16_t>(advances[right])});
        }
    }
    return out;
}

} // namespace pw::renderer
