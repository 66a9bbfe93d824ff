#pragma once
// SPDX-License-Identifier: Apache-2.0
// A file before and after packing.

#include "base/file.h"
#include "scene/pack.h"
#include "tests/scene/gltf_build.h"

#include <doctest/doctest.h>

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

} // namespace pw::test
