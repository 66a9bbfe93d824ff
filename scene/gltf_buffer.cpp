// SPDX-License-Identifier: Apache-2.0
// Buffers, buffer views and URIs.

#include "base/format.h"
#include "base/text.h"
#include "scene/gltf_internal.h"

#include <algorithm>

namespace pw::scene::gltf {
namespace {

// What follows "data:" (RFC 2397).
std::optional<std::vector<std::byte>> data_of(std::string_view uri) {
    const std::size_t comma = uri.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    const std::string_view data = uri.substr(comma + 1);
    if (uri.substr(0, comma).ends_with(";base64")) {
        Result<std::vector<std::byte>> bytes = from_base64(data);
        return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
    }
    const std::optional<std::string> text = percent_decoded(data);
    if (!text) return std::nullopt;
    const Bytes bytes = as_bytes(*text);
    return std::vector<std::byte>(bytes.begin(), bytes.end());
}

bool has_scheme(std::string_view uri) { // RFC 3986, 3.1
    const std::size_t colon = uri.find(':');
    return colon != std::string_view::npos && std::ranges::all_of(uri.substr(0, colon), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
                      c == '.' || c == '-';
           });
}

// Both kinds of slash count: what is read here may be opened elsewhere.
bool leaves_folder(std::string_view path) {
    if (path.empty() || path.front() == '/' || path.front() == '\\' || path.find('\0') != std::string_view::npos)
        return true;
    if (path.size() > 1 && path[1] == ':') return true; // a drive
    while (!path.empty()) {
        const std::size_t slash = path.find_first_of("/\\");
        if (path.substr(0, slash) == "..") return true;
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    return false;
}

} // namespace

// Fails on what is never right; whether a file that is only missing is an error, the caller knows.
std::vector<std::byte> Reader::read_uri(const Where& at, std::string_view uri, bool& found) {
    found = false;
    if (uri.starts_with("data:")) {
        if (!charge(at, uri.size(), 1)) return {};
        std::optional<std::vector<std::byte>> bytes = data_of(uri.substr(5));
        if (!bytes) fail(at, Errc::Malformed, "is a broken data URI");
        found = bytes.has_value();
        return std::move(bytes).value_or(std::vector<std::byte>{});
    }
    const std::optional<std::string> path = percent_decoded(uri);
    if (!path) {
        fail(at, Errc::Malformed, formatted("has a broken percent sign: {}", shortened(uri, 80)));
        return {};
    }
    if (has_scheme(uri) || leaves_folder(*path)) {
        fail(at, Errc::Refused, formatted("leaves the model's folder: {}", shortened(uri, 80)));
        return {};
    }
    Result<std::vector<std::byte>> bytes = fetch(*path);
    if (!bytes) {
        if (bytes.error().code == Errc::Refused) fail(at, Errc::Refused, "is " + bytes.error().what);
        return {};
    }
    brings(bytes->size());
    if (!charge(at, bytes->size(), 1)) return {};
    found = true;
    return std::move(*bytes);
}

void Reader::read_buffers(const Object& root, Bytes binary_chunk) {
    if (!charge(root.at, root.json["buffers"].size(), sizeof(Buffer))) return;
    root.each("buffers", [&](const Object& in) {
        Buffer& buffer = buffers.emplace_back();
        const std::uint64_t length = in.need_integer("byteLength");
        if (!ok()) return;
        if (length == 0) return fail(in.at.member("byteLength"), Errc::Malformed, "is 0");
        const Object meshopt = in.extension("EXT_meshopt_compression");
        if (in.has("uri")) {
            bool found = false;
            buffer.owned = read_uri(in.at.member("uri"), in.text("uri"), found);
            if (ok() && !found)
                fail(in.at.member("uri"), Errc::NotFound, "cannot be read: " + shortened(in.text("uri"), 80));
            buffer.bytes = buffer.owned;
        } else if (meshopt.truth("fallback", false) || in.at.index != 0 || binary_chunk.data() == nullptr) {
            return; // a placeholder, with nothing to read in it
        } else {
            buffer.bytes = binary_chunk;
        }
        if (!ok()) return;
        if (buffer.bytes.size() < length)
            return fail(in.at.member("byteLength"), Errc::Malformed,
                        formatted("{} passes the end of the data ({} bytes)", length, buffer.bytes.size()));
        buffer.bytes = buffer.bytes.first(length);
    });
}

void Reader::read_views(const Object& root) {
    if (!charge(root.at, root.json["bufferViews"].size(), sizeof(View))) return;
    const auto check_inside = [&](const Object& in, std::uint32_t buffer, std::uint64_t offset, std::uint64_t length) {
        const std::uint64_t size = buffers[buffer].bytes.size();
        if (offset > size || length > size - offset)
            fail(in.at, Errc::Malformed,
                 formatted("byteOffset {} + byteLength {} passes the end of buffers[{}] ({} bytes)", offset, length,
                           buffer, size));
    };
    root.each("bufferViews", [&](const Object& in) {
        View& view = views.emplace_back();
        view.buffer = in.need_index("buffer", buffers.size(), "buffers");
        view.offset = in.integer("byteOffset", 0);
        view.length = in.need_integer("byteLength");
        view.stride = in.integer("byteStride", 0);
        if (!ok()) return;
        if (view.length == 0) return fail(in.at.member("byteLength"), Errc::Malformed, "is 0");
        if (in.has("byteStride") && (view.stride < 4 || view.stride > 252 || view.stride % 4 != 0))
            return fail(in.at.member("byteStride"), Errc::Malformed,
                        formatted("{} is not a multiple of 4 in [4, 252]", view.stride));

        const Object meshopt = in.extension("EXT_meshopt_compression");
        if (meshopt.json.exists()) {
            Meshopt m;
            m.buffer = meshopt.need_index("buffer", buffers.size(), "buffers");
            m.offset = meshopt.integer("byteOffset", 0);
            m.length = meshopt.need_integer("byteLength");
            m.stride = meshopt.need_integer("byteStride");
            m.count = meshopt.need_integer("count");
            m.mode = meshopt.text("mode");
            m.filter = meshopt.has("filter") ? meshopt.text("filter") : "NONE";
            if (ok()) check_inside(meshopt, m.buffer, m.offset, m.length);
            view.compressed = m;
            return;
        }
        if (!buffers[view.buffer].bytes.empty()) check_inside(in, view.buffer, view.offset, view.length);
    });
}

Bytes Reader::view_bytes(const Where& at, std::uint32_t index) {
    View& view = views[index];
    if (view.compressed) {
        if (view.decoded.empty() && !decode_meshopt(at, view)) return {};
        return view.decoded;
    }
    const Bytes buffer = buffers[view.buffer].bytes;
    if (buffer.empty()) {
        fail(at, Errc::Malformed, formatted("needs buffers[{}], which has no data", view.buffer));
        return {};
    }
    return buffer.subspan(view.offset, view.length);
}

} // namespace pw::scene::gltf
