// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/texture_data.h"

#include "base/srgb.h"
#include "renderer/internal/bc7.h"
#include "renderer/internal/block_error.h"

#include <algorithm>
#include <cstring>

namespace pw::renderer {
namespace {

constexpr std::uint32_t kSmallest = 64; // pixels each way that are worth blocks
constexpr std::uint32_t kTile = 64;     // texels each way within which blocks must not show

struct Header { // before the texels; what it says is all there is to know
    std::uint32_t width, height;
    std::uint32_t kind, blocks;
};

std::size_t size_of(std::uint32_t width, std::uint32_t height, bool blocks) {
    return blocks ? std::size_t{(width + 3) / 4} * ((height + 3) / 4) * kBc7Block : std::size_t{4} * width * height;
}

// The levels of an image, with memory for them.
TextureData laid_out(std::uint32_t width, std::uint32_t height, TextureKind kind, bool blocks) {
    TextureData out{kind, blocks, {}, {}};
    std::size_t at = sizeof(Header);
    for (std::uint32_t w = width, h = height;; w = std::max(1u, w / 2), h = std::max(1u, h / 2)) {
        const std::size_t size = size_of(w, h, blocks);
        out.levels.push_back({w, h, at, size});
        at += size;
        if (w == 1 && h == 1) break;
    }
    return out;
}

void make_memory(TextureData& data) {
    data.packed.resize(data.levels.back().offset + data.levels.back().size);
    const Header header{data.width(), data.height(), static_cast<std::uint32_t>(data.kind), data.blocks ? 1u : 0u};
    std::memcpy(data.packed.data(), &header, sizeof header);
}

std::uint8_t* bytes_of(TextureData& data, const TextureLevel& level) {
    return reinterpret_cast<std::uint8_t*>(data.packed.data() + level.offset);
}

struct Light { // of sRGB bytes, in steps finer than those of the bytes everywhere, and back
    static constexpr unsigned kAll = 65'535;
    std::array<std::uint16_t, 256> of{};
    std::array<std::uint8_t, kAll + 1> byte{};

    Light() {
        for (std::size_t i = 0; i < of.size(); ++i)
            of[i] = static_cast<std::uint16_t>(linear_from_srgb(static_cast<float>(i) / 255.f) * kAll + 0.5f);
        for (std::size_t i = 0; i < byte.size(); ++i) {
            const float light = static_cast<float>(i) / kAll;
            byte[i] = static_cast<std::uint8_t>(srgb_from_linear(light) * 255.f + 0.5f);
        }
    }
};
const Light& light() {
    static const Light kLight;
    return kLight;
}

// How much a texel counts of which alpha says how much there is. Where there is nothing at all, all count alike.
std::uint64_t weight_of(std::uint8_t alpha) { return std::uint64_t{256} * alpha + 1; }
constexpr float kFullWeight = 256 * 255 + 1;

// Two rows of twice the width, where that is what they are.
void halve_even(const std::uint8_t* above, const std::uint8_t* below, std::uint32_t width, TextureKind kind,
                std::uint8_t* to) {
    const auto& [of, byte] = light();
    for (std::size_t x = 0; x < width; ++x, to += 4) {
        const std::array<const std::uint8_t*, 4> from{above + x * 8, above + x * 8 + 4, below + x * 8,
                                                      below + x * 8 + 4};
        const auto sum = [&](auto&& value) {
            return value(from[0]) + value(from[1]) + value(from[2]) + value(from[3]);
        };
        const auto mean = [&](std::size_t c) {
            return static_cast<std::uint8_t>((sum([c](const std::uint8_t* p) { return unsigned{p[c]}; }) + 2) / 4);
        };
        to[3] = mean(3);
        const bool one_alpha = from[0][3] == from[1][3] && from[0][3] == from[2][3] && from[0][3] == from[3][3];
        for (std::size_t c = 0; c < 3; ++c) {
            if (!is_color(kind)) {
                to[c] = mean(c);
            } else if (kind == TextureKind::Color || one_alpha) {
                to[c] = byte[(sum([&](const std::uint8_t* p) { return unsigned{of[p[c]]}; }) + 2) / 4];
            } else {
                const std::uint64_t all = sum([](const std::uint8_t* p) { return weight_of(p[3]); });
                to[c] = byte[(sum([&](const std::uint8_t* p) { return weight_of(p[3]) * of[p[c]]; }) + all / 2) / all];
            }
        }
    }
}

// Which texels of a row or column come together to one, and how much of each.
struct Taps {
    std::size_t first = 0, count = 1;
    std::array<float, 3> share{1.f, 0.f, 0.f};

    static Taps of(std::uint32_t at, std::uint32_t from, std::uint32_t to) {
        if (from == to) return {at, 1, {1.f, 0.f, 0.f}};
        if (from == 2 * to) return {std::size_t{2} * at, 2, {0.5f, 0.5f, 0.f}};
        const float whole = static_cast<float>(from), left = static_cast<float>(to - at) / whole;
        const float middle = static_cast<float>(to) / whole;
        return {std::size_t{2} * at, 3, {left, middle, 1.f - left - middle}};
    }
};

struct Sum {                      // of texels that come together to one
    std::array<float, 3> color{}; // in light where it is colour
    float alpha = 0.f, weight = 0.f;
};

// One row of a level to half its width, as a share of what it gives.
void halve_row(std::span<const std::uint8_t> from, std::uint32_t width, TextureKind kind, float share,
               std::span<Sum> sums) {
    const auto& of = light().of;
    const auto to = static_cast<std::uint32_t>(sums.size());
    for (std::uint32_t x = 0; x < to; ++x) {
        const Taps taps = Taps::of(x, width, to);
        for (std::size_t i = 0; i < taps.count; ++i) {
            const std::uint8_t* const texel = &from[(taps.first + i) * 4];
            const float part = share * taps.share[i];
            const bool covers = kind == TextureKind::Covering;
            const float weight = covers ? part * static_cast<float>(weight_of(texel[3])) / kFullWeight : part;
            for (std::size_t c = 0; c < 3; ++c)
                sums[x].color[c] += weight * static_cast<float>(is_color(kind) ? of[texel[c]] : texel[c]);
            sums[x].alpha += part * static_cast<float>(texel[3]);
            sums[x].weight += weight;
        }
    }
}

void halve(std::span<const std::uint8_t> from, const TextureLevel& large, const TextureLevel& small, TextureKind kind,
           std::uint8_t* to) {
    const auto& byte = light().byte;
    std::vector<Sum> sums(small.width);
    const std::size_t row_bytes = std::size_t{4} * large.width;
    const bool even = large.width == 2 * small.width && large.height == 2 * small.height;
    for (std::uint32_t y = 0; y < small.height; ++y, to += std::size_t{4} * small.width) {
        if (even) {
            const std::uint8_t* const above = &from[2 * y * row_bytes];
            halve_even(above, above + row_bytes, small.width, kind, to);
            continue;
        }
        std::ranges::fill(sums, Sum{});
        const Taps taps = Taps::of(y, large.height, small.height);
        for (std::size_t i = 0; i < taps.count; ++i) {
            const auto row = from.subspan((taps.first + i) * row_bytes, row_bytes);
            halve_row(row, large.width, kind, taps.share[i], sums);
        }
        for (std::size_t x = 0; x < sums.size(); ++x) {
            const Sum& sum = sums[x];
            for (std::size_t c = 0; c < 3; ++c) {
                const auto mean = static_cast<unsigned>(sum.color[c] / sum.weight + 0.5f);
                to[x * 4 + c] = is_color(kind) ? byte[std::min(mean, Light::kAll)] : static_cast<std::uint8_t>(mean);
            }
            to[x * 4 + 3] = static_cast<std::uint8_t>(sum.alpha + 0.5f);
        }
    }
}

// The 4 × 4 texels from there on; beyond the edge its last ones again.
Bc7Texels texels_at(std::span<const std::uint8_t> rgba, const TextureLevel& level, std::uint32_t x, std::uint32_t y) {
    Bc7Texels out;
    for (std::uint32_t j = 0; j < 4; ++j)
        for (std::uint32_t i = 0; i < 4; ++i) {
            const std::size_t at =
                std::size_t{std::min(y + j, level.height - 1)} * level.width + std::min(x + i, level.width - 1);
            std::memcpy(out[j * 4 + i].data(), &rgba[at * 4], 4);
        }
    return out;
}

std::span<const std::uint8_t> as_rgba(Bytes bytes) {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

// What a whole tile of the level has: one that an edge cuts off is held against as many, or a sliver would say more
// than the same texels elsewhere.
double texels_of_tile(const TextureLevel& level) {
    return std::min(kTile, level.width) * std::min(kTile, level.height);
}

// The blocks of the tile from there on, to where they belong in the level that begins at `to`.
BlockError tile_in_blocks(const TextureData& plain, const TextureLevel& level, std::uint32_t left, std::uint32_t top,
                          std::byte* to) {
    const auto rgba = as_rgba(plain.texels(level));
    const std::size_t in_row = (level.width + 3) / 4;
    BlockError out;
    for (std::uint32_t y = top; y < std::min(top + kTile, level.height); y += 4)
        for (std::uint32_t x = left; x < std::min(left + kTile, level.width); x += 4) {
            const Bc7Texels texels = texels_at(rgba, level, x, y);
            Bc7Texels shown{};
            std::byte* const block = to + (y / 4 * in_row + x / 4) * kBc7Block;
            const std::uint32_t squares = encode_bc7(texels, std::span<std::byte, kBc7Block>(block, kBc7Block), &shown);
            out += block_error(plain.kind, texels, shown, squares);
        }
    return out;
}

} // namespace

Bytes TextureData::texels(const TextureLevel& level) const { return Bytes(packed).subspan(level.offset, level.size); }

TextureData with_mipmaps(std::uint32_t width, std::uint32_t height, std::span<const std::uint8_t> rgba,
                         TextureKind kind, std::uint32_t limit) {
    std::vector<std::uint8_t> owned; // of what is larger than the limit, the smallest so far
    TextureLevel now{width, height, 0, 0};
    while (std::max(now.width, now.height) > limit) {
        const TextureLevel half{std::max(1u, now.width / 2), std::max(1u, now.height / 2), 0, 0};
        std::vector<std::uint8_t> smaller(std::size_t{4} * half.width * half.height);
        halve(rgba, now, half, kind, smaller.data());
        owned = std::move(smaller);
        rgba = owned;
        now = half;
    }
    TextureData out = laid_out(now.width, now.height, kind, /* blocks= */ false);
    make_memory(out);
    std::memcpy(bytes_of(out, out.levels[0]), rgba.data(), rgba.size());
    for (std::size_t i = 1; i < out.levels.size(); ++i)
        halve(as_rgba(out.texels(out.levels[i - 1])), out.levels[i - 1], out.levels[i], kind,
              bytes_of(out, out.levels[i]));
    return out;
}

std::optional<TextureData> in_blocks(const TextureData& plain, const std::function<bool()>& wanted) {
    if (std::min(plain.width(), plain.height()) < kSmallest) return {};
    TextureData out = laid_out(plain.width(), plain.height(), plain.kind, /* blocks= */ true);
    make_memory(out);
    BlockError all, small;
    for (std::size_t i = 0; i < out.levels.size(); ++i) {
        const TextureLevel& level = plain.levels[i];
        std::byte* const to = out.packed.data() + out.levels[i].offset;
        for (std::uint32_t y = 0; y < level.height; y += kTile)
            for (std::uint32_t x = 0; x < level.width; x += kTile) {
                BlockError off = tile_in_blocks(plain, level, x, y, to);
                if (!wanted()) return {};
                all += off;
                if (std::max(level.width, level.height) < kTile) {
                    small += off;
                    continue;
                }
                off.texels = std::max(off.texels, texels_of_tile(level));
                if (shows(off, plain.kind, BlockPart::Tile)) return {};
            }
    }
    if (shows(all, plain.kind, BlockPart::All) || shows(small, plain.kind, BlockPart::Small)) return {};
    return out;
}

std::optional<TextureData> unpack_texture(std::vector<std::byte> packed) {
    ByteReader reader(packed);
    const auto header = reader.read<Header>();
    if (!reader.ok() || header.kind > 3 || header.blocks > 1) return {};
    if (header.width - 1 >= scene::kMaxImageSide || header.height - 1 >= scene::kMaxImageSide) return {};
    TextureData out = laid_out(header.width, header.height, static_cast<TextureKind>(header.kind), header.blocks == 1);
    if (packed.size() != out.levels.back().offset + out.levels.back().size) return {};
    out.packed = std::move(packed);
    return out;
}

} // namespace pw::renderer
