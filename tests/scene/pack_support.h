#pragma once
// SPDX-License-Identifier: Apache-2.0
// A file before and after packing.

#include "base/file.h"
#include "scene/pack.h"
#include "tests/scene/gltf_build.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace pw::test {

struct Both {
    std::shared_ptr<const scene::Model> before, after;
    scene::Packed packed;
    Reports reports; // of the packing
};

inline Result<std::vector<std::byte>> fetch_none(std::string_view uri) {
    return fail(Errc::NotFound, std::string(uri));
}

inline std::shared_ptr<const scene::Model> load(Bytes glb, const char* name = "packed.glb") {
    Reports reports;
    const auto model = scene::parse_gltf(glb, name, fetch_none, reports);
    REQUIRE_MESSAGE(model.has_value(), model.error().what);
    return *model;
}

inline Both pack(const std::string& path, const scene::PackOptions& options = {}) {
    Both out;
    const auto jobs = make_jobs(2);
    Reports reports;
    const auto before = scene::load_gltf(path, reports);
    REQUIRE_MESSAGE(before.has_value(), before.error().what);
    auto packed = scene::pack_gltf_file(path, options, *jobs, out.reports);
    REQUIRE_MESSAGE(packed.has_value(), packed.error().what);
    out.packed = std::move(*packed);
    out.before = *before;
    out.after = load(out.packed.glb, file_name_of(path).c_str());
    return out;
}

inline Both pack_members(const std::string& members, const Binary& binary, const scene::PackOptions& options = {}) {
    Both out;
    const std::vector<std::byte> glb = make_glb(gltf_json(members, binary.bytes.size()), binary.bytes);
    const auto jobs = make_jobs_inline();
    auto packed = scene::pack_gltf(glb, "t.glb", fetch_none, options, *jobs, out.reports);
    REQUIRE_MESSAGE(packed.has_value(), packed.error().what);
    out.packed = std::move(*packed);
    out.before = load(glb, "t.glb");
    out.after = load(out.packed.glb, "t.glb");
    return out;
}

inline std::string json_of(Bytes glb) {
    std::uint32_t size = 0;
    std::memcpy(&size, glb.data() + 12, sizeof size);
    return std::string(as_text(glb.subspan(20, size)));
}

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// A grid of n × n quads with heights, as positions, normals and (sharing nothing) corners of its own: 6 n² of them.
struct Grid {
    Binary binary;
    std::size_t count;
    explicit Grid(std::uint32_t n) : count(std::size_t{n} * n * 6) {
        const auto at = [&](std::uint32_t x, std::uint32_t z) {
            const float u = static_cast<float>(x) / static_cast<float>(n),
                        v = static_cast<float>(z) / static_cast<float>(n);
            binary.add<float>({u, 0.2f * std::sin(u * 5.f) * std::cos(v * 4.f), v});
        };
        for (std::uint32_t z = 0; z < n; ++z)
            for (std::uint32_t x = 0; x < n; ++x) {
                at(x, z), at(x, z + 1), at(x + 1, z), at(x + 1, z), at(x, z + 1), at(x + 1, z + 1);
            }
        for (std::size_t i = 0; i < count; ++i) binary.add<float>({0.f, 1.f, 0.f});
    }
    std::string views() const {
        const std::string half = std::to_string(count * 12), n = std::to_string(count);
        return R"("bufferViews":[{"buffer":0,"byteLength":)" + half + R"(},{"buffer":0,"byteOffset":)" + half +
               R"(,"byteLength":)" + half + R"(}],"accessors":[{"bufferView":0,"componentType":5126,"type":"VEC3",)" +
               R"("min":[0,-1,0],"max":[1,1,1],"count":)" + n +
               R"(},{"bufferView":1,"componentType":5126,"type":"VEC3","count":)" + n + "}]";
    }
};

inline constexpr const char* kPart = R"({"attributes":{"POSITION":0,"NORMAL":1}})";

inline std::string one_node(const std::string& more = {}) {
    return R"("scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0,"name":"grid")" + more + "}]";
}

} // namespace pw::test
