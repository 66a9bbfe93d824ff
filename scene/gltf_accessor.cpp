// SPDX-License-Identifier: Apache-2.0
// Accessors: their description, and the values behind them (glTF 2.0, section 3.6.2).

#include "base/format.h"
#include "scene/gltf_internal.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <tuple>

namespace pw::scene::gltf {
namespace {

Component component_of(std::uint64_t code) {
    switch (code) {
    case 5120:
        return Component::I8;
    case 5121:
        return Component::U8;
    case 5122:
        return Component::I16;
    case 5123:
        return Component::U16;
    case 5125:
        return Component::U32;
    case 5126:
        return Component::F32;
    default:
        return Component::Unknown;
    }
}

void set_type(Accessor& a, std::string_view type) {
    if (type == "SCALAR") a.columns = 1;
    if (type == "VEC2") a.columns = 2;
    if (type == "VEC3") a.columns = 3;
    if (type == "VEC4") a.columns = 4;
    if (type == "MAT2") a.columns = a.rows = 2;
    if (type == "MAT3") a.columns = a.rows = 3;
    if (type == "MAT4") a.columns = a.rows = 4;
}

// From one column of a matrix to the next: they are aligned to 4 bytes.
std::uint32_t column_stride(const Accessor& a) {
    const std::uint32_t size = component_size(a.component);
    return a.rows == 1 ? size : (size * a.rows + 3) / 4 * 4;
}

std::uint32_t packed_stride(const Accessor& a) { return column_stride(a) * a.columns; }

template <class T> float normalized_value(T v) { // section 3.6.2.2
    if constexpr (std::is_same_v<T, float>) return v;
    const float f = static_cast<float>(v) / static_cast<float>(std::numeric_limits<T>::max());
    return std::max(f, -1.f);
}

// Elements [0, count) of a packed or strided run into out[target(i)].
template <class T, class Out, class Target> void copy_elements(const std::byte* from, std::size_t stride,
                                                               std::uint32_t count, const Accessor& a, Out* out,
                                                               Target target) {
    const std::uint32_t column = column_stride(a);
    const bool normalized = a.normalized;
    for (std::uint32_t i = 0; i < count; ++i) {
        Out* to = out + std::size_t{target(i)} * a.components();
        for (std::uint32_t c = 0; c < a.columns; ++c) {
            const std::byte* element = from + i * stride + std::size_t{c} * column;
            for (std::uint32_t r = 0; r < a.rows; ++r) {
                T v;
                std::memcpy(&v, element + r * sizeof(T), sizeof(T));
                if constexpr (std::is_same_v<Out, float>)
                    *to++ = normalized ? normalized_value(v) : static_cast<float>(v);
                else
                    *to++ = static_cast<Out>(v);
            }
        }
    }
}

template <class Out, class Target> void copy_any(const std::byte* from, std::size_t stride, std::uint32_t count,
                                                 const Accessor& a, Out* out, Target target) {
    switch (a.component) {
    case Component::I8:
        return copy_elements<std::int8_t>(from, stride, count, a, out, target);
    case Component::U8:
        return copy_elements<std::uint8_t>(from, stride, count, a, out, target);
    case Component::I16:
        return copy_elements<std::int16_t>(from, stride, count, a, out, target);
    case Component::U16:
        return copy_elements<std::uint16_t>(from, stride, count, a, out, target);
    case Component::U32:
        return copy_elements<std::uint32_t>(from, stride, count, a, out, target);
    case Component::F32:
        return copy_elements<float>(from, stride, count, a, out, target);
    case Component::Unknown:
        return;
    }
}

// Whether `count` elements from `offset` lie inside the view; says where they do not.
bool check_run(Reader& r, const Where& at, std::uint32_t view, std::uint64_t offset, std::uint64_t stride,
               std::uint64_t size, std::uint64_t count) {
    const std::uint64_t length = r.views[view].length;
    // count < 2^32 and stride <= 252 or a size of ours: no overflow
    if (offset <= length && stride * (count - 1) + size <= length - offset) return true;
    r.fail(at, Errc::Malformed,
           formatted("{} + {} × {} passes the end of bufferViews[{}] ({} bytes)", offset, stride, count, view, length));
    return false;
}

void read_sparse(Reader& r, const Object& in, const Accessor& a, Sparse& sparse) {
    const std::uint64_t count = in.need_integer("count");
    const Object indices = in.object("indices"), values = in.object("values");
    sparse.index_view = indices.need_index("bufferView", r.views.size(), "bufferViews");
    sparse.value_view = values.need_index("bufferView", r.views.size(), "bufferViews");
    sparse.index_offset = indices.integer("byteOffset", 0);
    sparse.value_offset = values.integer("byteOffset", 0);
    sparse.index_type = component_of(indices.need_integer("componentType"));
    if (!r.ok()) return;
    if (count < 1 || count > a.count)
        return r.fail(in.at.member("count"), Errc::Malformed, formatted("{} is not in [1, {}]", count, a.count));
    if (sparse.index_type != Component::U8 && sparse.index_type != Component::U16 &&
        sparse.index_type != Component::U32)
        return r.fail(indices.at.member("componentType"), Errc::Malformed, "is not an unsigned integer type");
    sparse.count = static_cast<std::uint32_t>(count);
    const std::uint32_t index_size = component_size(sparse.index_type);
    check_run(r, indices.at.member("byteOffset"), sparse.index_view, sparse.index_offset, index_size, index_size,
              count);
    check_run(r, values.at.member("byteOffset"), sparse.value_view, sparse.value_offset, packed_stride(a),
              element_size(a), count);
}

std::vector<std::uint32_t> sparse_indices(Reader& r, const Where& at, const Accessor& a) {
    const Sparse& s = *a.sparse;
    const Bytes bytes = r.view_bytes(at, s.index_view);
    std::vector<std::uint32_t> out;
    if (!r.ok()) return out;
    out.resize(s.count);
    Accessor as;
    as.component = s.index_type;
    as.columns = 1;
    copy_any(bytes.data() + s.index_offset, component_size(s.index_type), s.count, as, out.data(),
             [](std::uint32_t i) { return i; });
    for (std::uint32_t i = 0; i < s.count; ++i)
        if (out[i] >= a.count || (i > 0 && out[i] <= out[i - 1])) {
            r.fail(at, Errc::Malformed,
                   formatted("has sparse indices that do not rise or pass its count ({})", a.count));
            return {};
        }
    return out;
}

template <class Out> std::vector<Out> decode(Reader& r, const Where& at, std::uint32_t index) {
    const Accessor& a = r.accessors[index];
    std::vector<Out> out;
    if (a.columns == 0 || a.component == Component::Unknown) {
        r.fail(at, Errc::Unsupported, formatted("uses accessors[{}], whose type is not one of glTF 2.0", index));
        return out;
    }
    const std::size_t total = std::size_t{a.count} * a.components();
    if (!r.fits(at, total, sizeof(Out))) return out;
    const Where here{nullptr, "accessors", index};
    const std::uint32_t packed = packed_stride(a);
    Bytes bytes;
    if (a.view != kNone) {
        bytes = r.view_bytes(here, a.view);
        if (!r.ok()) return out;
    }
    out.resize(total);
    if (a.view != kNone) {
        const std::uint64_t stride = r.views[a.view].stride != 0 ? r.views[a.view].stride : packed;
        if (std::is_same_v<Out, float> && a.component == Component::F32 && stride == packed)
            std::memcpy(out.data(), bytes.data() + a.offset, total * sizeof(Out));
        else
            copy_any(bytes.data() + a.offset, stride, a.count, a, out.data(), [](std::uint32_t i) { return i; });
    }
    if (a.sparse) {
        const std::vector<std::uint32_t> where = sparse_indices(r, here, a);
        const Bytes values = r.view_bytes(here, a.sparse->value_view);
        if (!r.ok()) return {};
        copy_any(values.data() + a.sparse->value_offset, packed, a.sparse->count, a, out.data(),
                 [&](std::uint32_t i) { return where[i]; });
    }
    return out;
}

} // namespace

std::uint32_t component_size(Component component) {
    switch (component) {
    case Component::I8:
    case Component::U8:
        return 1;
    case Component::I16:
    case Component::U16:
        return 2;
    default:
        return 4;
    }
}

std::uint32_t element_size(const Accessor& a) {
    return column_stride(a) * (std::uint32_t{a.columns} - 1) + component_size(a.component) * a.rows;
}

namespace {

// Many exporters write an accessor again for each mesh that shares its vertices, and so does who packs equal parts.
using Elements = std::tuple<std::uint32_t, std::uint64_t, std::uint32_t, Component, std::uint8_t, std::uint8_t, bool>;
using Equals = std::map<Elements, std::uint32_t>; // the first accessor of such elements
constexpr std::size_t kEqualsBytes = sizeof(Equals::value_type) + 4 * sizeof(void*);

Elements elements_of(const Accessor& a) {
    return {a.view, a.offset, a.count, a.component, a.columns, a.rows, a.normalized};
}

} // namespace

void Reader::read_accessors(const Object& root) {
    if (!charge(root.at, root.json["accessors"].size(), sizeof(Accessor) + kEqualsBytes)) return;
    Equals equals;
    root.each("accessors", [&](const Object& in) {
        Accessor& a = accessors.emplace_back();
        a.first_equal = static_cast<std::uint32_t>(in.at.index);
        a.view = in.index("bufferView", views.size(), "bufferViews");
        a.offset = in.integer("byteOffset", 0);
        a.component = component_of(in.need_integer("componentType"));
        a.normalized = in.truth("normalized", false);
        const std::uint64_t count = in.need_integer("count");
        if (!in.has("type")) fail(in.at.member("type"), Errc::Malformed, "is missing");
        set_type(a, in.text("type"));
        if (!ok()) return;
        if (count < 1 || count >= kNone)
            return fail(in.at.member("count"), Errc::Malformed, formatted("{} is not in [1, 2^32 − 2]", count));
        a.count = static_cast<std::uint32_t>(count);
        if (a.columns == 0 || a.component == Component::Unknown) return; // fails when it is used
        if (a.view == kNone && a.offset != 0)
            return fail(in.at.member("byteOffset"), Errc::Malformed, "needs a bufferView");
        const std::uint32_t size = element_size(a);
        if (a.view != kNone) {
            const std::uint64_t stride = views[a.view].stride;
            if (stride != 0 && stride < size)
                return fail(in.at, Errc::Malformed,
                            formatted("has elements of {} bytes in bufferViews[{}], whose "
                                      "byteStride is {}",
                                      size, a.view, stride));
            if (!check_run(*this, in.at.member("byteOffset"), a.view, a.offset, stride != 0 ? stride : packed_stride(a),
                           size, count))
                return;
        }
        if (in.has("sparse")) return read_sparse(*this, in.object("sparse"), a, a.sparse.emplace());
        if (a.view != kNone) a.first_equal = equals.try_emplace(elements_of(a), a.first_equal).first->second;
    });
}

std::vector<float> Reader::floats(const Where& at, std::uint32_t accessor) {
    return finite(accessor, decode<float>(*this, at, accessor));
}

std::vector<float> Reader::finite(std::uint32_t accessor, std::vector<float> values) {
    std::size_t odd = 0;
    for (float& v : values) {
        if (std::isfinite(v)) continue;
        v = 0.f;
        ++odd;
    }
    if (odd != 0)
        report({nullptr, "accessors", accessor}, formatted("{} values are infinite or no numbers; taken as 0", odd));
    return values;
}

std::vector<std::uint32_t> Reader::integers(const Where& at, std::uint32_t accessor) {
    const Component c = accessors[accessor].component;
    if (c != Component::U8 && c != Component::U16 && c != Component::U32) {
        fail(at, Errc::Malformed, formatted("uses accessors[{}], which holds no unsigned integers", accessor));
        return {};
    }
    return decode<std::uint32_t>(*this, at, accessor);
}

std::vector<std::byte> Reader::elements(const Where& at, std::uint32_t index) {
    const Accessor& a = accessors[index];
    if (a.columns == 0 || a.component == Component::Unknown) {
        fail(at, Errc::Unsupported, formatted("uses accessors[{}], whose type is not one of glTF 2.0", index));
        return {};
    }
    const std::size_t size = element_size(a), packed = packed_stride(a);
    const Where here{nullptr, "accessors", index};
    if (!fits(at, a.count, size)) return {};
    std::vector<std::byte> out(a.count * size);
    const auto copy = [&](Bytes from, std::size_t stride, std::uint32_t count, auto target) {
        for (std::size_t i = 0; i < count; ++i)
            std::memcpy(out.data() + target(i) * size, from.data() + i * stride, size);
    };
    if (a.view != kNone) {
        const Bytes bytes = view_bytes(here, a.view);
        if (!ok()) return {};
        const std::size_t stride = views[a.view].stride != 0 ? views[a.view].stride : packed;
        copy(bytes.subspan(a.offset), stride, a.count, [](std::size_t i) { return i; });
    }
    if (a.sparse) {
        const std::vector<std::uint32_t> where = sparse_indices(*this, here, a);
        const Bytes values = view_bytes(here, a.sparse->value_view);
        if (!ok()) return {};
        copy(values.subspan(a.sparse->value_offset), packed, a.sparse->count, [&](std::size_t i) { return where[i]; });
    }
    return out;
}

} // namespace pw::scene::gltf
