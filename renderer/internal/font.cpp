// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/font.h"

#include "base/file.h"
#include "renderer/internal/disk_cache.h"
#include "renderer/internal/distance_field.h"
#include "renderer/internal/font_kerning.h"

#define STBTT_STATIC
#define STB_TRUETYPE_IMPLEMENTATION
#include <stb/stb_truetype.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>
#include <span>

namespace pw::renderer {
namespace {

constexpr std::uint64_t kFontVersion = 1; // grows when the atlas changes: part of the cache's key
constexpr std::uint64_t kMaxFontSize = 32u << 20;
constexpr std::uint32_t kAtlasWidth = 1024, kMaxAtlasHeight = 4096;
constexpr std::uint32_t kBox = 0x25a1;

struct Range {
    std::uint32_t first, last;
};
constexpr std::array kRanges{
    Range{0x20, 0x7e},     Range{0xa0, 0x17f},    Range{0x218, 0x21b},   Range{0x386, 0x3ce},   Range{0x400, 0x45f},
    Range{0x490, 0x491},   Range{0x2010, 0x2015}, Range{0x2018, 0x201e}, Range{0x2020, 0x2022}, Range{0x2026, 0x2026},
    Range{0x2030, 0x2030}, Range{0x2070, 0x2089}, Range{0x20ac, 0x20ac}, Range{0x2103, 0x2103}, Range{0x2109, 0x2109},
    Range{0x2116, 0x2116}, Range{0x2122, 0x2122}, Range{0x2126, 0x2126}, Range{0x2190, 0x2199}, Range{0x2205, 0x2206},
    Range{0x2211, 0x2212}, Range{0x221a, 0x221a}, Range{0x221e, 0x221e}, Range{0x2248, 0x2248}, Range{0x2260, 0x2265},
    Range{0x25a0, 0x25a1}, Range{0x25b2, 0x25c6}, Range{0x25cb, 0x25cf}, Range{0x26a0, 0x26a0}, Range{0x2713, 0x2717},
};

struct Source {
    stbtt_fontinfo info{};
    std::vector<std::uint32_t> codepoints;
    std::vector<std::uint16_t> numbers; // the font's, of each
    float em = 0.f;                     // em per font unit
};

void choose_glyphs(Source& source) {
    for (const Range& range : kRanges) {
        for (std::uint32_t c = range.first; c <= range.last; ++c) {
            const int number = stbtt_FindGlyphIndex(&source.info, static_cast<int>(c));
            if (number <= 0 && c != kBox) continue; // a font without □ has its own picture of "missing" as glyph 0
            source.codepoints.push_back(c);
            source.numbers.push_back(static_cast<std::uint16_t>(number));
        }
    }
}

// The outline as straight pieces, in texels, y up.
std::vector<Segment> outline_of(const Source& source, int glyph, float scale) {
    stbtt_vertex* vertices = nullptr;
    const int count = stbtt_GetGlyphShape(&source.info, glyph, &vertices);
    const auto free_shape = [&](stbtt_vertex* v) { stbtt_FreeShape(&source.info, v); };
    const std::unique_ptr<stbtt_vertex, decltype(free_shape)> owner(vertices, free_shape);
    std::vector<Segment> out;
    Vec2 pen(0.f);
    for (const stbtt_vertex& v : std::span(vertices, static_cast<std::size_t>(std::max(count, 0)))) {
        const Vec2 to = Vec2(v.x, v.y) * scale, c1 = Vec2(v.cx, v.cy) * scale, c2 = Vec2(v.cx1, v.cy1) * scale;
        if (v.type == STBTT_vline) out.push_back({pen, to});
        constexpr int kPieces = 8;
        Vec2 from = pen;
        for (int i = 1; i <= kPieces && (v.type == STBTT_vcurve || v.type == STBTT_vcubic); ++i) {
            const float t = static_cast<float>(i) / kPieces, s = 1.f - t;
            const Vec2 at = v.type == STBTT_vcurve ? pen * (s * s) + c1 * (2.f * s * t) + to * (t * t)
                                                   : pen * (s * s * s) + c1 * (3.f * s * s * t) +
                                                         c2 * (3.f * s * t * t) + to * (t * t * t);
            out.push_back({from, at});
            from = at;
        }
        pen = to;
    }
    return out;
}

struct Picture {
    std::vector<std::uint8_t> texels;
    std::uint32_t width = 0, height = 0;
};

// Fills a glyph's measures but its place in the atlas.
Picture draw_glyph(const Source& source, std::size_t i, Glyph& glyph) {
    int advance = 0, bearing = 0;
    stbtt_GetGlyphHMetrics(&source.info, source.numbers[i], &advance, &bearing);
    glyph.codepoint = source.codepoints[i];
    glyph.advance = static_cast<float>(advance) * source.em;
    const std::vector<Segment> outline = outline_of(source, source.numbers[i], source.em * kFontEm_texels);
    if (outline.empty()) return {};
    Vec2 low = outline[0].a, high = low;
    for (const Segment& s : outline) {
        low = glm::min(low, glm::min(s.a, s.b));
        high = glm::max(high, glm::max(s.a, s.b));
    }
    low = glm::floor(low) - (kFontSpread_texels + 1.f);
    high = glm::ceil(high) + (kFontSpread_texels + 1.f);
    glyph.left = low.x / kFontEm_texels;
    glyph.bottom = low.y / kFontEm_texels;
    glyph.right = high.x / kFontEm_texels;
    glyph.top = high.y / kFontEm_texels;
    Picture out;
    out.width = static_cast<std::uint32_t>(high.x - low.x);
    out.height = static_cast<std::uint32_t>(high.y - low.y);
    out.texels = distance_field(outline, low, out.width, out.height, kFontSpread_texels);
    return out;
}

// Rows of glyphs, the tall ones first.
Result<void> pack(Font& font, std::span<const Picture> pictures) {
    std::vector<std::size_t> order(pictures.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return pictures[i].height; });
    std::uint32_t x = 0, y = 0, row = 0;
    for (const std::size_t i : order) {
        const Picture& picture = pictures[i];
        if (picture.width > kAtlasWidth) return fail(Errc::Unsupported, "a glyph of the font is too wide");
        if (x + picture.width > kAtlasWidth) {
            y += row;
            x = row = 0;
        }
        row = std::max(row, picture.height);
        if (y + row > kMaxAtlasHeight) return fail(Errc::Exhausted, "the font's glyphs do not fit into the atlas");
        font.atlas.resize(std::size_t{y + row} * kAtlasWidth);
        for (std::uint32_t line = 0; line < picture.height; ++line) {
            std::memcpy(&font.atlas[std::size_t{y + line} * kAtlasWidth + x],
                        &picture.texels[std::size_t{line} * picture.width], picture.width);
        }
        Glyph& glyph = font.glyphs[i];
        glyph.x0 = static_cast<std::uint16_t>(x);
        glyph.y0 = static_cast<std::uint16_t>(y);
        glyph.x1 = static_cast<std::uint16_t>(x + picture.width);
        glyph.y1 = static_cast<std::uint16_t>(y + picture.height);
        x += picture.width;
    }
    font.width = kAtlasWidth;
    font.height = y + row;
    return {};
}

} // namespace

std::uint32_t Font::index_of(std::uint32_t codepoint) const {
    const auto find = [&](std::uint32_t c) { return std::ranges::lower_bound(glyphs, c, {}, &Glyph::codepoint); };
    auto found = find(codepoint);
    if (found == glyphs.end() || found->codepoint != codepoint) found = find(kBox);
    return static_cast<std::uint32_t>(found - glyphs.begin());
}

float Font::kerning(std::uint32_t left, std::uint32_t right) const {
    const std::uint32_t pair = left << 16 | right;
    const auto found = std::ranges::lower_bound(kerns, pair, {}, &Kern::pair);
    return found != kerns.end() && found->pair == pair ? found->advance : 0.f;
}

Result<Font> make_font(Bytes file) {
    Source source;
    const auto* data = reinterpret_cast<const unsigned char*>(file.data());
    const int offset = file.size() < 64 ? -1 : stbtt_GetFontOffsetForIndex(data, 0);
    if (offset < 0 || stbtt_InitFont(&source.info, data, offset) == 0) {
        return fail(Errc::Malformed, "not a TrueType or OpenType font");
    }
    source.em = stbtt_ScaleForMappingEmToPixels(&source.info, 1.f);
    choose_glyphs(source);

    Font font;
    int ascent = 0, descent = 0, gap = 0;
    stbtt_GetFontVMetrics(&source.info, &ascent, &descent, &gap);
    font.ascent = static_cast<float>(ascent) * source.em;
    font.descent = static_cast<float>(-descent) * source.em;
    font.glyphs.resize(source.codepoints.size());
    std::vector<Picture> pictures;
    for (std::size_t i = 0; i < font.glyphs.size(); ++i) pictures.push_back(draw_glyph(source, i, font.glyphs[i]));
    if (auto packed = pack(font, pictures); !packed) return std::unexpected(packed.error());

    const auto gpos = static_cast<std::size_t>(source.info.gpos);
    if (gpos != 0 && gpos < file.size()) {
        for (const GlyphKern& kern : read_kerning(file.subspan(gpos), source.numbers)) {
            const std::uint32_t pair = std::uint32_t{kern.left} << 16 | kern.right;
            font.kerns.push_back({pair, static_cast<float>(kern.advance) * source.em});
        }
    }
    return font;
}

namespace {

struct FontHeader {
    float ascent, descent;
    std::uint32_t width, height, glyphs, kerns;
};

template <class T> void append(std::vector<std::byte>& out, std::span<const T> values) {
    const Bytes bytes = std::as_bytes(values);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

template <class T> void take(ByteReader& reader, std::vector<T>& out, std::size_t count) {
    const Bytes bytes = reader.take(count * sizeof(T));
    out.resize(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
}

} // namespace

std::vector<std::byte> to_bytes(const Font& font) {
    const FontHeader header{font.ascent,
                            font.descent,
                            font.width,
                            font.height,
                            static_cast<std::uint32_t>(font.glyphs.size()),
                            static_cast<std::uint32_t>(font.kerns.size())};
    std::vector<std::byte> out;
    append(out, std::span(&header, 1));
    append(out, std::span(font.glyphs));
    append(out, std::span(font.kerns));
    append(out, std::span(font.atlas));
    return out;
}

Result<Font> parse_font(Bytes bytes) {
    ByteReader reader(bytes);
    const auto header = reader.read<FontHeader>();
    const std::size_t size =
        header.glyphs * sizeof(Glyph) + header.kerns * sizeof(Kern) + std::size_t{header.width} * header.height;
    if (!reader.ok() || header.width > kAtlasWidth || header.height > kMaxAtlasHeight || reader.left() != size) {
        return fail(Errc::Malformed, "not a prepared font");
    }
    Font font;
    font.ascent = header.ascent;
    font.descent = header.descent;
    font.width = header.width;
    font.height = header.height;
    take(reader, font.glyphs, header.glyphs);
    take(reader, font.kerns, header.kerns);
    take(reader, font.atlas, std::size_t{header.width} * header.height);
    if (!std::ranges::is_sorted(font.glyphs, {}, &Glyph::codepoint) ||
        !std::ranges::binary_search(font.glyphs, kBox, {}, &Glyph::codepoint)) {
        return fail(Errc::Malformed, "not a prepared font");
    }
    return font;
}

Result<Font> load_font(const std::string& path, const std::string& cache_folder) {
    const Result<std::vector<std::byte>> file = read_file(path, kMaxFontSize);
    if (!file) return std::unexpected(file.error());
    const std::uint64_t key = hash64(*file, kFontVersion);
    if (const auto cached = load_cached(cache_folder, "font", key)) {
        if (Result<Font> font = parse_font(*cached)) return font;
    }
    Result<Font> font = make_font(*file);
    if (!font) return fail_at(path, font.error());
    store_cached(cache_folder, "font", key, to_bytes(*font));
    return font;
}

std::uint32_t next_codepoint(std::string_view& text) {
    constexpr std::uint32_t kReplacement = 0xfffd;
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
    const std::uint32_t first = byte(0);
    const std::size_t size = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
    std::uint32_t code = size == 1 ? first : first & (0x7fu >> size);
    bool whole = size != 0 && size <= text.size();
    for (std::size_t i = 1; whole && i < size; ++i) {
        whole = byte(i) >> 6 == 2;
        code = code << 6 | (byte(i) & 63u);
    }
    constexpr std::array<std::uint32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x1'0000};
    whole = whole && code >= kSmallest[size] && code <= 0x10'ffff && code >> 11 != 0x1b;
    text.remove_prefix(whole ? size : 1);
    return whole ? code : kReplacement;
}

} // namespace pw::renderer
