// SPDX-License-Identifier: Apache-2.0
// What is done to vertices and triangles that belong together.

#include "scene/pack_internal.h"
#include "scene/simplify.h"

#include <glm/geometric.hpp>
#include <meshoptimizer.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numeric>

namespace pw::scene::pack {
namespace {

constexpr int kDirectionBits = 12;               // of an octahedron's side: 0.03°
constexpr double kMorphDirectionError = 0x1p-13; // of what is added to unit vectors
constexpr double kTexcoordError = 0x1p-16;       // a sixteenth of a pixel of 4096
constexpr double kLeastOfSide = 0x1p-14;         // of a side, which positions may move at most
constexpr std::size_t kMeshoptStreams = 16, kMeshoptSize = 256;

// Vertices side by side, in pieces that meshoptimizer takes; nothing when they are larger than it takes.
std::vector<std::vector<std::byte>> pieces_of(const Work& w, std::vector<std::size_t>& sizes) {
    std::size_t total = 0;
    for (const Values& v : w.streams) total += v.stride;
    if (total == 0 || total > kMeshoptStreams * kMeshoptSize) return {};
    std::vector<std::vector<std::byte>> out;
    for (const Values& v : w.streams) {
        if (sizes.empty() || sizes.back() + v.stride > kMeshoptSize) {
            sizes.push_back(0);
            out.emplace_back();
        }
        sizes.back() += v.stride;
    }
    if (sizes.size() > kMeshoptStreams) return {};
    const std::size_t count = w.group->count;
    std::size_t piece = 0, at = 0;
    for (std::size_t i = 0; i < out.size(); ++i) out[i].resize(count * sizes[i]);
    for (const Values& v : w.streams) {
        if (at + v.stride > sizes[piece]) {
            ++piece;
            at = 0;
        }
        for (std::size_t i = 0; i < count; ++i)
            std::memcpy(out[piece].data() + i * sizes[piece] + at, v.bytes.data() + i * v.stride, v.stride);
        at += v.stride;
    }
    return out;
}

void move_vertices(Work& w, const std::vector<std::uint32_t>& target, std::size_t count) {
    for (Values& v : w.streams) {
        std::vector<std::byte> moved(count * v.stride);
        for (std::size_t i = 0; i < v.count; ++i)
            if (target[i] != kNone)
                std::memcpy(moved.data() + std::size_t{target[i]} * v.stride, v.bytes.data() + i * v.stride, v.stride);
        v.bytes = std::move(moved);
        v.count = static_cast<std::uint32_t>(count);
    }
    for (std::vector<std::uint32_t>& list : w.lists)
        for (std::uint32_t& index : list) index = target[index];
}

std::vector<std::uint32_t> all_indices(const Work& w) {
    std::vector<std::uint32_t> out;
    for (const auto& list : w.lists) out.insert(out.end(), list.begin(), list.end());
    return out;
}

void weld(Work& w) {
    std::vector<std::size_t> sizes;
    const std::vector<std::vector<std::byte>> pieces = pieces_of(w, sizes);
    if (pieces.empty()) return;
    std::vector<meshopt_Stream> streams;
    for (std::size_t i = 0; i < pieces.size(); ++i) streams.push_back({pieces[i].data(), sizes[i], sizes[i]});
    const std::vector<std::uint32_t> indices = all_indices(w);
    std::vector<std::uint32_t> target(w.group->count);
    const std::size_t count = meshopt_generateVertexRemapMulti(target.data(), indices.data(), indices.size(),
                                                               target.size(), streams.data(), streams.size());
    move_vertices(w, target, count);
}

// Of the vertex that most of the list's triangles share.
std::uint32_t most_triangles(const std::vector<std::uint32_t>& list, std::size_t vertices) {
    std::vector<std::uint32_t> of(vertices);
    std::uint32_t most = 0;
    for (const std::uint32_t v : list) most = std::max(most, ++of[v]);
    return most;
}

void order_list(std::vector<std::uint32_t>& list, std::size_t vertices) {
    // With each triangle it looks at all others of its vertices, the square of a hub's; the other way does not.
    constexpr std::uint32_t kHub = 256, kCache = 16;
    if (most_triangles(list, vertices) > kHub)
        meshopt_optimizeVertexCacheFifo(list.data(), list.data(), list.size(), vertices, kCache);
    else
        meshopt_optimizeVertexCache(list.data(), list.data(), list.size(), vertices);
}

void order(Work& w, Going& going) {
    const std::size_t count = w.streams.front().count;
    for (std::size_t i = 0; i < w.lists.size() && going.still(); ++i)
        if (!w.group->lists[i].keep_order) order_list(w.lists[i], count);
    const std::vector<std::uint32_t> indices = all_indices(w);
    std::vector<std::uint32_t> target(count);
    const std::size_t left = meshopt_optimizeVertexFetchRemap(target.data(), indices.data(), indices.size(), count);
    move_vertices(w, target, left);
}

template <class T> void numbers_of(const Values& v, Bytes decoded, std::vector<float>& out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        T number;
        std::memcpy(&number, decoded.data() + i / v.components * v.stride + i % v.components * sizeof(T), sizeof(T));
        out[i] = static_cast<float>(number);
    }
}

// Components as they are, integers not divided down.
std::vector<float> numbers_of(const Values& v, Bytes decoded) {
    std::vector<float> out(std::size_t{v.count} * v.components);
    switch (v.component) {
    case Component::I8:
        numbers_of<std::int8_t>(v, decoded, out);
        break;
    case Component::U8:
        numbers_of<std::uint8_t>(v, decoded, out);
        break;
    case Component::I16:
        numbers_of<std::int16_t>(v, decoded, out);
        break;
    case Component::U16:
        numbers_of<std::uint16_t>(v, decoded, out);
        break;
    case Component::U32:
        numbers_of<std::uint32_t>(v, decoded, out);
        break;
    default:
        numbers_of<float>(v, decoded, out);
    }
    return out;
}

// What they mean (section 3.6.2.2).
void divide_down(const Values& v, std::vector<float>& numbers) {
    constexpr std::array<float, 6> kLargest{127.f, 255.f, 32767.f, 65535.f, 1.f, 1.f};
    if (!v.normalized) return;
    for (float& n : numbers) n = std::max(n / kLargest[static_cast<std::size_t>(v.component)], -1.f);
}

std::size_t encoded_size(Bytes bytes, std::size_t count, std::size_t stride) {
    std::vector<unsigned char> out(meshopt_encodeVertexBufferBound(count, stride));
    return meshopt_encodeVertexBuffer(out.data(), out.size(), bytes.data(), count, stride);
}

// Whole multiples of a power of two, as the filter EXPONENTIAL has them (EXT_meshopt_compression, appendix B), none of
// them wrong by more than `error`, and all in one step, so that what met before meets. Says by how much they are wrong;
// `values` are as they read then. Nothing is changed where that does not make them smaller: they were rounded before.
double round_to(Values& v, std::vector<float>& values, double error) {
    if (!(error > 0.0)) return 0.0;
    const int exponent = static_cast<int>(std::floor(std::log2(error))) + 1;
    const double step = std::ldexp(1.0, exponent);
    constexpr double kMostSteps = 0x1p23 - 1.0;
    if (exponent < -126 || exponent > 126) return 0.0;
    std::vector<std::byte> packed(v.bytes.size());
    std::vector<float> decoded(values.size());
    double worst = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double steps = std::round(double{values[i]} / step);
        if (std::abs(steps) > kMostSteps) return 0.0; // a float has no more
        decoded[i] = static_cast<float>(steps * step);
        worst = std::max(worst, std::abs(double{values[i]} - double{decoded[i]}));
        const std::uint32_t mantissa = static_cast<std::uint32_t>(static_cast<std::int32_t>(steps)) & 0xff'ffffu;
        const std::uint32_t word = mantissa | (static_cast<std::uint32_t>(exponent) & 0xffu) << 24;
        std::memcpy(packed.data() + i * sizeof word, &word, sizeof word);
    }
    if (encoded_size(packed, v.count, v.stride) >= encoded_size(v.bytes, v.count, v.stride)) return 0.0;
    v.bytes = std::move(packed);
    v.filter = Filter::Exponential;
    values = std::move(decoded);
    return worst;
}

std::vector<std::byte> octahedral(const Values& v, std::span<const float> four, int bits) {
    std::vector<std::byte> out(std::size_t{v.count} * 8);
    meshopt_encodeFilterOct(out.data(), v.count, 8, bits, four.data());
    return out;
}

std::vector<float> in_fours(const Values& v, std::span<const float> values) {
    std::vector<float> out(std::size_t{v.count} * 4);
    for (std::size_t i = 0; i < v.count; ++i) std::copy_n(&values[i * v.components], v.components, &out[i * 4]);
    return out;
}

// As the Khronos validator counts it (ACCESSOR_VECTOR3_NON_UNIT).
bool are_unit(const Values& v, std::span<const float> values) {
    constexpr double kTolerance = 0.00674;
    for (std::size_t i = 0; i < v.count; ++i) {
        const float* const n = &values[i * v.components];
        const double length = std::hypot(double{n[0]}, double{n[1]}, double{n[2]});
        if (!(std::abs(length - 1.0) <= kTolerance)) return false;
    }
    return true;
}

// Directions as 16 bits a component (KHR_mesh_quantization). Others stay exact: the filter knows unit length only, and
// one of length 0 would get a direction.
void to_octahedral(Values& v, std::vector<float>& values) {
    if (!are_unit(v, values)) return;
    v.bytes = octahedral(v, in_fours(v, values), kDirectionBits);
    v.stride = 8;
    v.filter = Filter::Octahedral;
    v.component = Component::I16;
    v.normalized = true;
    std::vector<std::byte> decoded = v.bytes;
    meshopt_decodeFilterOct(decoded.data(), v.count, v.stride);
    values = numbers_of(v, decoded);
}

// Directions that came out of that filter, from here or from elsewhere, go into it again: no bit of them changes.
void back_to_octahedral(Values& v) {
    if (v.component != Component::I16 || !v.normalized || v.stride != 8 || v.count == 0) return;
    std::vector<float> values = numbers_of(v, v.bytes);
    divide_down(v, values);
    const std::vector<float> four = in_fours(v, values);
    const auto same = [&](int bits, std::uint32_t count) {
        Values some = v;
        some.count = count;
        std::vector<std::byte> encoded = octahedral(some, four, bits), decoded = encoded;
        meshopt_decodeFilterOct(decoded.data(), count, 8);
        if (numbers_of(some, decoded) != numbers_of(some, v.bytes)) return std::vector<std::byte>{};
        return encoded;
    };
    for (int bits = 4; bits <= 16; ++bits) {
        if (same(bits, std::min(v.count, 64u)).empty()) continue;
        std::vector<std::byte> encoded = same(bits, v.count);
        if (encoded.empty()) continue;
        v.bytes = std::move(encoded);
        v.filter = Filter::Octahedral;
        return;
    }
}

struct BoxSize {
    float side = 0.f, diagonal = 0.f; // the largest side
};

BoxSize size_of(std::span<const float> positions) {
    Aabb box;
    for (std::size_t i = 0; i + 2 < positions.size(); i += 3)
        grow(box, Vec3(positions[i], positions[i + 1], positions[i + 2]));
    if (box.empty()) return {};
    const Vec3 size = box.max - box.min;
    return {std::max({size.x, size.y, size.z}), glm::length(size)};
}

bool is_floats(const Values& v, std::size_t components) {
    return v.component == Component::F32 && v.components == components && v.stride == components * sizeof(float);
}

// What the vertices are to whoever reads the packed file.
struct Decoded {
    std::vector<float> positions, normals;
};

// Says by how much positions were moved.
double round(Values& v, std::vector<float>& values, Role role, double position_error) {
    if (role == Role::Position || role == Role::MorphPosition)
        return is_floats(v, 3) ? round_to(v, values, position_error) : 0.0;
    if (role == Role::Texcoord && is_floats(v, 2)) round_to(v, values, kTexcoordError);
    if (role == Role::MorphDirection && is_floats(v, 3)) round_to(v, values, kMorphDirectionError);
    if (role == Role::Normal && is_floats(v, 3)) to_octahedral(v, values);
    if (role == Role::Tangent && is_floats(v, 4)) to_octahedral(v, values);
    return 0.0;
}

Decoded quantize(Work& w, const PackOptions& options) {
    Decoded out;
    const auto& roles = w.group->roles;
    const double scale = w.group->scale;
    double error = 0.0;
    for (std::size_t i = 0; i < w.streams.size(); ++i) {
        if (roles[i] != Role::Position || !is_floats(w.streams[i], 3)) continue;
        const std::vector<float> positions = numbers_of(w.streams[i], w.streams[i].bytes);
        const double most = double{size_of(positions).side} * kLeastOfSide;
        error = std::min(options.position_error_m / scale, error > 0.0 ? std::min(error, most) : most);
    }
    for (std::size_t i = 0; i < w.streams.size(); ++i) {
        Values& v = w.streams[i];
        const Role role = roles[i];
        std::vector<float> values = numbers_of(v, v.bytes);
        if (options.position_error_m > 0.0) w.error_m = std::max(w.error_m, round(v, values, role, error) * scale);
        if (v.filter == Filter::None && (role == Role::Normal || role == Role::Tangent)) back_to_octahedral(v);
        set_range(v, values);
        v.is_position = role == Role::Position;
        if (role != Role::Position && role != Role::Normal) continue;
        divide_down(v, values);
        if (role == Role::Position && v.components == 3) w.diagonal = std::max(w.diagonal, size_of(values).diagonal);
        (role == Role::Position ? out.positions : out.normals) = std::move(values);
    }
    return out;
}

void make_levels(Work& w, const Decoded& decoded, Going& going) {
    w.levels.resize(w.lists.size());
    const std::size_t count = w.streams.front().count;
    if (!w.group->levels || decoded.positions.size() != count * 3 || decoded.normals.size() != count * 3) return;
    Geometry g;
    g.vertices.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        const float* const p = &decoded.positions[i * 3];
        const float* const n = &decoded.normals[i * 3];
        g.vertices[i].position = Vec3(p[0], p[1], p[2]);
        g.vertices[i].normal = pack_normal(Vec3(n[0], n[1], n[2]));
    }
    for (std::size_t i = 0; i < w.lists.size() && going.still(); ++i) {
        if (!w.group->lists[i].levels) continue;
        g.indices = w.lists[i];
        w.levels[i] = simplified(g);
    }
}

} // namespace

void set_range(Values& v, std::span<const float> decoded) {
    if (decoded.empty()) return;
    v.low.assign(decoded.begin(), decoded.begin() + v.components);
    v.high = v.low;
    for (std::size_t i = 0; i < decoded.size(); ++i) {
        float &low = v.low[i % v.components], &high = v.high[i % v.components];
        low = std::min(low, decoded[i]);
        high = std::max(high, decoded[i]);
    }
}

Values index_values(std::span<const std::uint32_t> indices, Coding coding) {
    Values out;
    const auto highest = std::ranges::max_element(indices);
    const bool narrow = highest == indices.end() || *highest < 0xffff;
    out.count = static_cast<std::uint32_t>(indices.size());
    out.component = narrow ? Component::U16 : Component::U32;
    out.stride = narrow ? 2 : 4;
    out.coding = coding;
    out.bytes.resize(indices.size() * out.stride);
    for (std::size_t i = 0; i < indices.size(); ++i)
        std::memcpy(out.bytes.data() + i * out.stride, &indices[i], out.stride);
    return out;
}

void process(Work& w, const PackOptions& options, Going& going) {
    if (!going.still()) return;
    if (!w.group->fixed) {
        weld(w);
        order(w, going);
    }
    const Decoded decoded = quantize(w, options);
    make_levels(w, decoded, going);
    w.done = true;
}

} // namespace pw::scene::pack
