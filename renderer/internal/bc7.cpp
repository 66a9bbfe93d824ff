// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/bc7.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace pw::renderer {
namespace {

constexpr std::size_t kTexels = 16;
using Plane = std::array<float, kTexels>;
using Planes = std::array<Plane, 4>;
using Ints = std::array<std::array<int, 4>, 2>; // a channel each of the two ends of a line
using Indices = std::array<std::uint8_t, kTexels>;

constexpr std::array<int, 4> kWeights2{0, 21, 43, 64};
constexpr std::array<int, 16> kWeights4{0, 4, 9, 13, 17, 21, 26, 30, 34, 38, 43, 47, 51, 55, 60, 64};

// Which index has the weight nearest to so many 64ths.
template <std::size_t N> constexpr std::array<std::uint8_t, 65> nearest_index(const std::array<int, N>& weights) {
    std::array<std::uint8_t, 65> out{};
    std::size_t best = 0;
    for (int w = 0; w <= 64; ++w) {
        const auto off = [&](std::size_t i) { return w < weights[i] ? weights[i] - w : w - weights[i]; };
        while (best + 1 < N && off(best + 1) <= off(best)) ++best;
        out[static_cast<std::size_t>(w)] = static_cast<std::uint8_t>(best);
    }
    return out;
}
constexpr auto kNearest2 = nearest_index(kWeights2);
constexpr auto kNearest4 = nearest_index(kWeights4);

// Mean and covariance (sums, not means, of products) of a block's channels.
struct Spread {
    std::array<float, 4> mean{};
    std::array<std::array<float, 4>, 4> of{};

    explicit Spread(const Planes& texels) {
        for (std::size_t c = 0; c < 4; ++c) {
            for (const float v : texels[c]) mean[c] += v;
            mean[c] /= kTexels;
        }
        for (std::size_t a = 0; a < 4; ++a)
            for (std::size_t b = a; b < 4; ++b) {
                float sum = 0.f;
                for (std::size_t t = 0; t < kTexels; ++t) sum += (texels[a][t] - mean[a]) * (texels[b][t] - mean[b]);
                of[a][b] = of[b][a] = sum;
            }
    }

    // Of Count of the channels, along what they differ most: the first eigenvector of the covariance; nothing where
    // they do not differ. `lacks`: what is left beside it.
    template <std::size_t Count>
    std::array<float, Count> main_axis(const std::array<std::size_t, Count>& channels, float& lacks) const {
        std::size_t most = 0;
        float all = 0.f;
        for (std::size_t c = 0; c < Count; ++c) {
            all += of[channels[c]][channels[c]];
            if (of[channels[c]][channels[c]] > of[channels[most]][channels[most]]) most = c;
        }
        std::array<float, Count> axis{};
        for (std::size_t c = 0; c < Count; ++c) axis[c] = of[channels[most]][channels[c]];
        for (int step = 0; step < 4; ++step) {
            std::array<float, Count> next{};
            float length2 = 0.f;
            for (std::size_t a = 0; a < Count; ++a) {
                for (std::size_t b = 0; b < Count; ++b) next[a] += of[channels[a]][channels[b]] * axis[b];
                length2 += next[a] * next[a];
            }
            if (length2 < 1e-6f) return {};
            for (std::size_t c = 0; c < Count; ++c) axis[c] = next[c] / std::sqrt(length2);
        }
        float along = 0.f;
        for (std::size_t a = 0; a < Count; ++a)
            for (std::size_t b = 0; b < Count; ++b) along += axis[a] * of[channels[a]][channels[b]] * axis[b];
        lacks = all - along;
        return axis;
    }
};

// From channel First on, Count of them.
template <std::size_t First, std::size_t Count> struct Line {
    std::array<std::array<float, Count>, 2> end{};

    // Through the mean along an axis of length 1 (or 0), as far as the texels reach.
    static Line through(const Planes& texels, const std::array<float, Count>& mean,
                        const std::array<float, Count>& axis) {
        Plane along{};
        for (std::size_t c = 0; c < Count; ++c)
            for (std::size_t t = 0; t < kTexels; ++t) along[t] += (texels[First + c][t] - mean[c]) * axis[c];
        const auto [low, high] = std::ranges::minmax(along);
        Line out;
        for (std::size_t c = 0; c < Count; ++c) {
            out.end[0][c] = mean[c] + axis[c] * low;
            out.end[1][c] = mean[c] + axis[c] * high;
        }
        return out;
    }

    // The ends for which these indices fit best, by least squares; unchanged where all are alike.
    template <std::size_t N> void fit(const Planes& texels, const Indices& indices, const std::array<int, N>& weights) {
        float aa = 0.f, ab = 0.f, bb = 0.f;
        std::array<float, Count> ax{}, bx{};
        for (std::size_t t = 0; t < kTexels; ++t) {
            const float b = static_cast<float>(weights[indices[t]]) / 64.f, a = 1.f - b;
            aa += a * a;
            ab += a * b;
            bb += b * b;
            for (std::size_t c = 0; c < Count; ++c) {
                ax[c] += a * texels[First + c][t];
                bx[c] += b * texels[First + c][t];
            }
        }
        const float determinant = aa * bb - ab * ab;
        if (determinant < 1e-3f) return;
        for (std::size_t c = 0; c < Count; ++c) {
            end[0][c] = (ax[c] * bb - bx[c] * ab) / determinant;
            end[1][c] = (bx[c] * aa - ax[c] * ab) / determinant;
        }
    }
};

int interpolated(int a, int b, int weight) { return ((64 - weight) * a + weight * b + 32) >> 6; }

// Where on the line between the ends each texel is.
template <std::size_t First, std::size_t Count>
Indices indices_of(const Planes& texels, const Ints& ends, const std::array<std::uint8_t, 65>& nearest) {
    Indices out{};
    float length2 = 0.f;
    std::array<float, Count> way{};
    for (std::size_t c = 0; c < Count; ++c) {
        way[c] = static_cast<float>(ends[1][First + c] - ends[0][First + c]);
        length2 += way[c] * way[c];
    }
    if (length2 == 0.f) return out;
    Plane along{};
    for (std::size_t c = 0; c < Count; ++c) {
        const float scale = 64.f * way[c] / length2, from = static_cast<float>(ends[0][First + c]);
        for (std::size_t t = 0; t < kTexels; ++t) along[t] += (texels[First + c][t] - from) * scale;
    }
    for (std::size_t t = 0; t < kTexels; ++t)
        out[t] = nearest[static_cast<std::size_t>(std::clamp(along[t] + 0.5f, 0.f, 64.f))];
    return out;
}

template <std::size_t First, std::size_t Count, std::size_t N> std::uint32_t
error_of(const Planes& texels, const Ints& ends, const Indices& indices, const std::array<int, N>& weights) {
    std::uint32_t sum = 0;
    for (std::size_t c = First; c < First + Count; ++c) {
        std::array<int, N> steps{};
        for (std::size_t i = 0; i < N; ++i) steps[i] = interpolated(ends[0][c], ends[1][c], weights[i]);
        for (std::size_t t = 0; t < kTexels; ++t) {
            const int off = steps[indices[t]] - static_cast<int>(texels[c][t]);
            sum += static_cast<std::uint32_t>(off * off);
        }
    }
    return sum;
}

int rounded(float v, int most) { return std::clamp(static_cast<int>(v + 0.5f), 0, most); }

// Seven bits a channel and one that all four share.
std::array<int, 4> mode6_end(const std::array<float, 4>& wanted, bool opaque) {
    std::array<int, 4> best{};
    float least = 1e30f;
    for (int low_bit = opaque ? 1 : 0; low_bit < 2; ++low_bit) {
        std::array<int, 4> end{};
        float error = 0.f;
        for (std::size_t c = 0; c < 4; ++c) {
            end[c] = rounded((wanted[c] - static_cast<float>(low_bit)) * 0.5f, 127) * 2 + low_bit;
            const float off = static_cast<float>(end[c]) - wanted[c];
            error += off * off;
        }
        if (error < least) {
            least = error;
            best = end;
        }
    }
    return best;
}

struct Mode6 {
    Ints ends{};
    Indices indices{};
    std::uint32_t error = ~0u;

    static Mode6 of(const Planes& texels, const Spread& spread, bool opaque) {
        Mode6 best;
        float lacks = 0.f;
        auto line = Line<0, 4>::through(texels, spread.mean, spread.main_axis<4>({0, 1, 2, 3}, lacks));
        for (int turn = 0; turn < 3; ++turn) {
            Mode6 now;
            for (std::size_t e = 0; e < 2; ++e) now.ends[e] = mode6_end(line.end[e], opaque);
            now.indices = indices_of<0, 4>(texels, now.ends, kNearest4);
            now.error = error_of<0, 4>(texels, now.ends, now.indices, kWeights4);
            if (now.error >= best.error) break;
            best = now;
            if (best.error == 0) break;
            line.fit(texels, best.indices, kWeights4);
        }
        return best;
    }
};

// A channel (alpha, or what has taken its place: `rotation`) has a line of its own.
struct Mode5 {
    std::uint32_t rotation = 0;
    Ints ends{};
    Indices color{}, alpha{};
    std::uint32_t error = ~0u;

    static std::array<int, 4> color_end(const std::array<float, 3>& wanted) {
        std::array<int, 4> end{};
        for (std::size_t c = 0; c < 3; ++c) {
            const int bits = rounded(wanted[c] * 127.f / 255.f, 127);
            end[c] = bits << 1 | bits >> 6;
        }
        return end;
    }

    // The channels that share a line: what has gone to alpha has alpha in its place.
    static std::array<std::size_t, 3> on_line(std::uint32_t rotation) {
        std::array<std::size_t, 3> out{0, 1, 2};
        if (rotation != 0) out[rotation - 1] = 3;
        return out;
    }

    static Mode5 of(Planes texels, const Spread& spread, std::uint32_t rotation) {
        const std::array<std::size_t, 3> channels = on_line(rotation);
        const std::size_t apart = rotation == 0 ? 3 : rotation - 1;
        if (rotation != 0) std::swap(texels[rotation - 1], texels[3]);
        float lacks = 0.f;
        std::array<float, 3> mean{};
        for (std::size_t c = 0; c < 3; ++c) mean[c] = spread.mean[channels[c]];
        Mode5 out;
        out.rotation = rotation;
        std::uint32_t of_color = ~0u, of_alpha = ~0u;
        auto line = Line<0, 3>::through(texels, mean, spread.main_axis<3>(channels, lacks));
        for (int turn = 0; turn < 2; ++turn) {
            const Ints ends{color_end(line.end[0]), color_end(line.end[1])};
            const Indices at = indices_of<0, 3>(texels, ends, kNearest2);
            const std::uint32_t error = error_of<0, 3>(texels, ends, at, kWeights2);
            if (error >= of_color) break;
            of_color = error;
            out.color = at;
            out.ends = ends;
            line.fit(texels, at, kWeights2);
        }
        auto own = Line<3, 1>::through(texels, {spread.mean[apart]}, {1.f});
        for (int turn = 0; turn < 3; ++turn) {
            Ints ends = out.ends;
            for (std::size_t e = 0; e < 2; ++e) ends[e][3] = rounded(own.end[e][0], 255);
            const Indices at = indices_of<3, 1>(texels, ends, kNearest2);
            const std::uint32_t error = error_of<3, 1>(texels, ends, at, kWeights2);
            if (error >= of_alpha) break;
            of_alpha = error;
            out.alpha = at;
            out.ends = ends;
            own.fit(texels, at, kWeights2);
        }
        out.error = of_color + of_alpha;
        return out;
    }
};

// What a GPU reads of it.
Bc7Texels texels_of(const Mode6& block) {
    Bc7Texels out{};
    for (std::size_t t = 0; t < kTexels; ++t)
        for (std::size_t c = 0; c < 4; ++c)
            out[t][c] = static_cast<std::uint8_t>(
                interpolated(block.ends[0][c], block.ends[1][c], kWeights4[block.indices[t]]));
    return out;
}

Bc7Texels texels_of(const Mode5& block) {
    Bc7Texels out{};
    for (std::size_t t = 0; t < kTexels; ++t) {
        for (std::size_t c = 0; c < 4; ++c) {
            const Indices& indices = c < 3 ? block.color : block.alpha;
            out[t][c] =
                static_cast<std::uint8_t>(interpolated(block.ends[0][c], block.ends[1][c], kWeights2[indices[t]]));
        }
        if (block.rotation != 0) std::swap(out[t][block.rotation - 1], out[t][3]);
    }
    return out;
}

class BitWriter {
  public:
    void put(std::uint32_t value, unsigned count) {
        words_[at_ / 64] |= std::uint64_t{value} << at_ % 64;
        if (at_ % 64 + count > 64) words_[1] |= std::uint64_t{value} >> (64 - at_ % 64);
        at_ += count;
    }
    void write(std::span<std::byte, kBc7Block> to) const { std::memcpy(to.data(), words_.data(), kBc7Block); }

  private:
    std::array<std::uint64_t, 2> words_{};
    unsigned at_ = 0;
};

// The first index is written without its highest bit, which is 0: else the ends change places.
void anchor(Ints& ends, Indices& indices, std::size_t first, std::size_t count, std::uint8_t most) {
    if (indices[0] <= most / 2) return;
    for (std::size_t c = first; c < first + count; ++c) std::swap(ends[0][c], ends[1][c]);
    for (auto& i : indices) i = static_cast<std::uint8_t>(most - i);
}

void put_indices(BitWriter& bits, const Indices& indices, unsigned width) {
    for (std::size_t t = 0; t < kTexels; ++t) bits.put(indices[t], t == 0 ? width - 1 : width);
}

void write(Mode6 block, std::span<std::byte, kBc7Block> to) {
    anchor(block.ends, block.indices, 0, 4, 15);
    BitWriter bits;
    bits.put(1u << 6, 7);
    for (std::size_t c = 0; c < 4; ++c)
        for (const auto& end : block.ends) bits.put(static_cast<std::uint32_t>(end[c]) >> 1, 7);
    for (const auto& end : block.ends) bits.put(static_cast<std::uint32_t>(end[0]) & 1u, 1);
    put_indices(bits, block.indices, 4);
    bits.write(to);
}

void write(Mode5 block, std::span<std::byte, kBc7Block> to) {
    anchor(block.ends, block.color, 0, 3, 3);
    anchor(block.ends, block.alpha, 3, 1, 3);
    BitWriter bits;
    bits.put(1u << 5, 6);
    bits.put(block.rotation, 2);
    for (std::size_t c = 0; c < 3; ++c)
        for (const auto& end : block.ends) bits.put(static_cast<std::uint32_t>(end[c]) >> 1, 7);
    for (const auto& end : block.ends) bits.put(static_cast<std::uint32_t>(end[3]), 8);
    put_indices(bits, block.color, 2);
    put_indices(bits, block.alpha, 2);
    bits.write(to);
}

// Ends of seven bits between which the step of weight 21 is exactly so much, or nearly.
struct ExactEnds {
    std::array<std::array<std::uint8_t, 2>, 256> of{};

    constexpr ExactEnds() {
        std::array<int, 256> spans{};
        spans.fill(1 << 20);
        for (int a = 0; a < 128; ++a)
            for (int b = 0; b < 128; ++b) {
                const int low = a << 1 | a >> 6, high = b << 1 | b >> 6;
                const auto value =
                    static_cast<std::size_t>(((64 - kWeights2[1]) * low + kWeights2[1] * high + 32) >> 6);
                const int span = a < b ? b - a : a - b;
                if (span >= spans[value]) continue;
                spans[value] = span;
                of[value] = {static_cast<std::uint8_t>(low), static_cast<std::uint8_t>(high)};
            }
    }
};
constexpr ExactEnds kExactEnds;

Mode5 of_one_color(const std::array<std::uint8_t, 4>& texel) {
    Mode5 out;
    for (std::size_t c = 0; c < 3; ++c)
        for (std::size_t e = 0; e < 2; ++e) out.ends[e][c] = kExactEnds.of[texel[c]][e];
    out.ends[0][3] = out.ends[1][3] = texel[3];
    out.color.fill(1);
    out.error = 0;
    return out;
}

constexpr std::uint32_t kGoodEnough = 2 * kTexels; // of mode 6: a channel or two are off by one

} // namespace

std::uint32_t encode_bc7(const Bc7Texels& texels, std::span<std::byte, kBc7Block> to, Bc7Texels* shown) {
    Planes planes{};
    bool opaque = true, one_alpha = true, one_color = true;
    for (std::size_t t = 0; t < kTexels; ++t) {
        for (std::size_t c = 0; c < 4; ++c) planes[c][t] = static_cast<float>(texels[t][c]);
        opaque = opaque && texels[t][3] == 255;
        one_alpha = one_alpha && texels[t][3] == texels[0][3];
        one_color = one_color && texels[t] == texels[0];
    }
    if (one_color) {
        if (shown != nullptr) *shown = texels;
        write(of_one_color(texels[0]), to);
        return 0;
    }
    const Spread spread(planes);
    const Mode6 along = Mode6::of(planes, spread, opaque);
    Mode5 apart;
    if (along.error > kGoodEnough) {
        // The channel apart without which the others are most nearly on a line. Without an alpha that changes, mode 5
        // as it is would have the line of mode 6 with fewer steps.
        std::uint32_t best = 0;
        float least = 1e30f;
        for (std::uint32_t rotation = one_alpha ? 1 : 0; rotation < 4; ++rotation) {
            float lacks = 0.f;
            spread.main_axis<3>(Mode5::on_line(rotation), lacks);
            if (lacks >= least) continue;
            least = lacks;
            best = rotation;
        }
        apart = Mode5::of(planes, spread, best);
    }
    if (along.error <= apart.error) {
        if (shown != nullptr) *shown = texels_of(along);
        write(along, to);
        return along.error;
    }
    if (shown != nullptr) *shown = texels_of(apart);
    write(apart, to);
    return apart.error;
}

} // namespace pw::renderer
