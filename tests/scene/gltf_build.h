#pragma once
// SPDX-License-Identifier: Apache-2.0
// Small glTF files for tests: a .glb out of JSON and numbers.

#include "scene/gltf.h"

#include <cstring>
#include <string>
#include <vector>

namespace pw::test {

// The binary chunk, filled value by value; at() is where the next one goes.
struct Binary {
    std::vector<std::byte> bytes;

    std::size_t at() const { return bytes.size(); }
    template <class T> void add(std::initializer_list<T> values) {
        for (const T v : values) {
            bytes.resize(bytes.size() + sizeof(T));
            std::memcpy(bytes.data() + bytes.size() - sizeof(T), &v, sizeof(T));
        }
    }
};

inline std::vector<std::byte> make_glb(std::string json, std::vector<std::byte> binary = {}) {
    json.resize((json.size() + 3) / 4 * 4, ' ');
    binary.resize((binary.size() + 3) / 4 * 4);
    Binary out;
    const auto size = [](std::size_t n) { return static_cast<std::uint32_t>(n); };
    const std::size_t total = 20 + json.size() + (binary.empty() ? 0 : 8 + binary.size());
    out.add<std::uint32_t>({0x46546c67, 2, size(total), size(json.size()), 0x4e4f534a});
    const Bytes text = as_bytes(json);
    out.bytes.insert(out.bytes.end(), text.begin(), text.end());
    if (binary.empty()) return out.bytes;
    out.add<std::uint32_t>({size(binary.size()), 0x004e4942});
    out.bytes.insert(out.bytes.end(), binary.begin(), binary.end());
    return out.bytes;
}

// asset, and the one buffer that is the binary chunk, then `members`.
inline std::string gltf_json(const std::string& members, std::size_t buffer_size = 0) {
    std::string out = R"({"asset":{"version":"2.0"})";
    if (buffer_size > 0) out += R"(,"buffers":[{"byteLength":)" + std::to_string(buffer_size) + "}]";
    return out + (members.empty() ? "" : ",") + members + "}";
}

inline Result<std::shared_ptr<const scene::Model>> parse(const std::string& members, const Binary& binary,
                                                         Reports& reports, const scene::GltfLimits& limits = {}) {
    const scene::FetchUri none = [](std::string_view uri) -> Result<std::vector<std::byte>> {
        return fail(Errc::NotFound, std::string(uri));
    };
    return scene::parse_gltf(make_glb(gltf_json(members, binary.bytes.size()), binary.bytes), "t.glb", none, reports,
                             limits);
}

inline std::string parse_error(const std::string& members, const Binary& binary = {},
                               const scene::GltfLimits& limits = {}) {
    Reports reports;
    const auto model = parse(members, binary, reports, limits);
    return model ? "it loaded" : model.error().what;
}

} // namespace pw::test
