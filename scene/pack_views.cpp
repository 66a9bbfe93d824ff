// SPDX-License-Identifier: Apache-2.0
// Views of a packed file. Values of one kind share a view, because there may be a great many of them and each view is
// 250 bytes of JSON; a large list of indices has one of its own, because that compresses better. Values that were there
// already are not stored again.

#include "scene/pack_internal.h"

#include <meshoptimizer.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace pw::scene::pack {
namespace {

constexpr std::size_t kLargestView = 16u << 20; // bytes, decoded: a reader decodes a view as a whole
constexpr std::uint32_t kOwnView = 6'000;       // indices
constexpr std::uint32_t kVertexTarget = 34962, kIndexTarget = 34963;

std::vector<std::uint32_t> wide(const ViewOut& view, Bytes bytes) {
    std::vector<std::uint32_t> out(view.count);
    for (std::size_t i = 0; i < out.size(); ++i) std::memcpy(&out[i], bytes.data() + i * view.stride, view.stride);
    return out;
}

// EXT_meshopt_compression, "Compression modes and filters".
std::vector<std::byte> encoded(const ViewOut& view, Bytes bytes) {
    std::vector<std::byte> out;
    std::size_t size = 0;
    const auto room = [&](std::size_t bound) {
        out.resize(bound);
        return reinterpret_cast<unsigned char*>(out.data());
    };
    if (view.coding == Coding::Attributes) {
        unsigned char* const to = room(meshopt_encodeVertexBufferBound(view.count, view.stride));
        size = meshopt_encodeVertexBuffer(to, out.size(), bytes.data(), view.count, view.stride);
    } else {
        const std::vector<std::uint32_t> indices = wide(view, bytes);
        const std::size_t vertices = std::size_t{*std::ranges::max_element(indices)} + 1;
        if (view.coding == Coding::Triangles) {
            unsigned char* const to = room(meshopt_encodeIndexBufferBound(view.count, vertices));
            size = meshopt_encodeIndexBuffer(to, out.size(), indices.data(), indices.size());
        } else {
            unsigned char* const to = room(meshopt_encodeIndexSequenceBound(view.count, vertices));
            size = meshopt_encodeIndexSequence(to, out.size(), indices.data(), indices.size());
        }
    }
    out.resize(size);
    return out;
}

std::uint64_t kind_of(const Values& v) {
    return v.stride | std::uint64_t{v.vertices} << 16 | static_cast<std::uint64_t>(v.coding) << 24 |
           static_cast<std::uint64_t>(v.filter) << 32;
}

} // namespace

Place Views::add(const Values& v) {
    const std::uint64_t kind = kind_of(v);
    const Key content{hash64(v.bytes, kind), hash64(v.bytes, ~kind)};
    if (const auto known = known_.find(content); known != known_.end()) return known->second;
    Open own;
    const bool alone = (v.coding == Coding::Triangles || v.coding == Coding::Indices) && v.count >= kOwnView;
    Open& open = alone ? own : open_[kind];
    if (!open.bytes.empty() && open.bytes.size() + v.bytes.size() > kLargestView) close(open);
    if (open.bytes.empty()) {
        open.view = static_cast<std::uint32_t>(list_.size());
        const bool indices = v.coding == Coding::Triangles || v.coding == Coding::Indices;
        list_.push_back({.stride = v.stride,
                         .target = v.vertices ? kVertexTarget
                                   : indices  ? kIndexTarget
                                              : 0,
                         .says_stride = v.vertices,
                         .coding = v.coding,
                         .filter = v.filter,
                         .kept = {}});
    }
    const Place place{open.view, open.bytes.size()};
    open.bytes.insert(open.bytes.end(), v.bytes.begin(), v.bytes.end());
    while (v.coding == Coding::Raw && open.bytes.size() % 4 != 0) open.bytes.push_back(std::byte{0});
    if (alone) close(open);
    known_.emplace(content, place);
    return place;
}

std::uint32_t Views::add_raw(Bytes bytes, Json kept) {
    buffer_.resize((buffer_.size() + 7) / 8 * 8);
    list_.push_back({.offset = buffer_.size(), .length = bytes.size(), .kept = kept});
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    return static_cast<std::uint32_t>(list_.size() - 1);
}

void Views::close(Open& open) {
    ViewOut& view = list_[open.view];
    view.decoded = open.bytes.size();
    view.count = open.bytes.size() / view.stride;
    std::vector<std::byte> packed;
    if (view.coding != Coding::Raw) packed = encoded(view, open.bytes);
    if (view.filter == Filter::None && (packed.empty() || packed.size() >= open.bytes.size())) {
        view.coding = Coding::Raw;
        packed = std::move(open.bytes);
    }
    buffer_.resize((buffer_.size() + 7) / 8 * 8);
    view.offset = buffer_.size();
    view.length = packed.size();
    buffer_.insert(buffer_.end(), packed.begin(), packed.end());
    if (view.coding != Coding::Raw) {
        view.fallback_offset = fallback_;
        fallback_ += (view.decoded + 7) / 8 * 8;
    }
    open.bytes = {};
}

void Views::finish() {
    for (auto& [kind, open] : open_)
        if (!open.bytes.empty()) close(open);
}

void Views::write(JsonWriter& w) const {
    constexpr std::array<const char*, 4> kModes{"", "ATTRIBUTES", "TRIANGLES", "INDICES"};
    constexpr std::array<const char*, 3> kFilters{"NONE", "OCTAHEDRAL", "EXPONENTIAL"};
    w.begin_array();
    for (const ViewOut& view : list_) {
        const bool raw = view.coding == Coding::Raw;
        w.begin_object().member("buffer", raw ? 0u : 1u);
        if (const std::uint64_t offset = raw ? view.offset : view.fallback_offset; offset != 0)
            w.member("byteOffset", offset);
        w.member("byteLength", raw ? view.length : view.decoded);
        if (view.says_stride) w.member("byteStride", view.stride);
        if (view.target != 0) w.member("target", view.target);
        if (!raw) {
            w.key("extensions").begin_object().key("EXT_meshopt_compression").begin_object().member("buffer", 0u);
            if (view.offset != 0) w.member("byteOffset", view.offset);
            w.member("byteLength", view.length).member("byteStride", view.stride).member("count", view.count);
            w.member("mode", kModes[static_cast<std::size_t>(view.coding)]);
            if (view.filter != Filter::None) w.member("filter", kFilters[static_cast<std::size_t>(view.filter)]);
            w.end_object().end_object();
        }
        copy_members(w, view.kept, {"buffer", "byteOffset", "byteLength", "extensions"});
        if (has_else(view.kept["extensions"], {"EXT_meshopt_compression"})) {
            w.key("extensions").begin_object();
            copy_members(w, view.kept["extensions"], {"EXT_meshopt_compression"});
            w.end_object();
        }
        w.end_object();
    }
    w.end_array();
}

} // namespace pw::scene::pack
