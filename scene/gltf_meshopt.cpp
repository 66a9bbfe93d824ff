// SPDX-License-Identifier: Apache-2.0
// EXT_meshopt_compression: buffer views that libmeshoptimizer decodes. Its decoders are safe on any bytes, but assert
// on sizes that the extension does not allow, so these are checked first.

#include "base/format.h"
#include "scene/gltf_internal.h"

#include <meshoptimizer.h>

namespace pw::scene::gltf {
namespace {

// A block of 256 vertices takes at least 2 bits per 4 bytes of one vertex: what claims more than that is a lie.
constexpr std::uint64_t kMaxRatio = 1024;

const char* size_problem(const Meshopt& m) {
    if (m.mode == "ATTRIBUTES") return m.stride == 0 || m.stride > 256 || m.stride % 4 != 0 ? "byteStride" : nullptr;
    if (m.mode != "TRIANGLES" && m.mode != "INDICES") return "mode";
    if (m.stride != 2 && m.stride != 4) return "byteStride";
    return m.mode == "TRIANGLES" && m.count % 3 != 0 ? "count" : nullptr;
}

const char* filter_problem(const Meshopt& m) {
    if (m.filter == "NONE") return nullptr;
    if (m.mode != "ATTRIBUTES") return "filter";
    if (m.filter == "OCTAHEDRAL") return m.stride != 4 && m.stride != 8 ? "byteStride" : nullptr;
    if (m.filter == "QUATERNION") return m.stride != 8 ? "byteStride" : nullptr;
    return m.filter != "EXPONENTIAL" ? "filter" : nullptr;
}

int decode(const Meshopt& m, Bytes from, std::byte* to) {
    const auto* const source = reinterpret_cast<const unsigned char*>(from.data());
    if (m.mode == "TRIANGLES") return meshopt_decodeIndexBuffer(to, m.count, m.stride, source, from.size());
    if (m.mode == "INDICES") return meshopt_decodeIndexSequence(to, m.count, m.stride, source, from.size());
    const int result = meshopt_decodeVertexBuffer(to, m.count, m.stride, source, from.size());
    if (result != 0) return result;
    if (m.filter == "OCTAHEDRAL") meshopt_decodeFilterOct(to, m.count, m.stride);
    if (m.filter == "QUATERNION") meshopt_decodeFilterQuat(to, m.count, m.stride);
    if (m.filter == "EXPONENTIAL") meshopt_decodeFilterExp(to, m.count, m.stride);
    return 0;
}

} // namespace

bool Reader::decode_meshopt(const Where& user, View& view) {
    const Meshopt& m = *view.compressed;
    const Where array{nullptr, "bufferViews", static_cast<std::size_t>(&view - views.data())};
    const Where extensions = array.member("extensions");
    const Where at = extensions.member("EXT_meshopt_compression");
    const char* problem = size_problem(m);
    if (problem == nullptr) problem = filter_problem(m);
    if (problem != nullptr) {
        fail(at.member(problem), Errc::Malformed,
             formatted("does not fit mode \"{}\", filter \"{}\"", m.mode, m.filter));
        return false;
    }
    const std::optional<std::size_t> size = checked_mul(m.count, m.stride);
    if (!size || *size != view.length) {
        fail(at.member("count"), Errc::Malformed,
             formatted("{} × {} is not the view's byteLength {}", m.count, m.stride, view.length));
        return false;
    }
    const Bytes from = buffers[m.buffer].bytes.subspan(m.offset, m.length);
    if (*size > from.size() * kMaxRatio) {
        fail(at, Errc::Malformed, formatted("cannot hold {} bytes in {}", *size, from.size()));
        return false;
    }
    if (!charge(user, *size, 1)) return false;
    view.decoded.resize(*size);
    if (const int result = decode(m, from, view.decoded.data()); result != 0) {
        fail(at, Errc::Malformed, formatted("does not decode (meshoptimizer {})", result));
        return false;
    }
    return true;
}

} // namespace pw::scene::gltf
