// SPDX-License-Identifier: Apache-2.0
// Any bytes as a glTF file to pack: what can be read can be packed or is refused by name, and what was packed reads
// again with the same nodes and triangles.

#include "base/assert.h"
#include "scene/pack.h"

#include <algorithm>
#include <cstdint>

using namespace pw;
using namespace pw::scene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes file(reinterpret_cast<const std::byte*>(data), size);
    const FetchUri fetch = [&](std::string_view) -> Result<std::vector<std::byte>> {
        const Bytes tail = file.subspan(size - std::min<std::size_t>(size, 512));
        return std::vector<std::byte>(tail.begin(), tail.end());
    };
    const GltfLimits limits{.max_bytes = 16 << 20, .max_nodes = 1'000, .max_depth = 100, .max_json_bytes = 1 << 20};
    Reports reports;
    const auto before = parse_gltf(file, "fuzz", fetch, reports, limits);
    const auto jobs = make_jobs_inline();
    const auto packed = pack_gltf(file, "fuzz", fetch, {.max_texture = 256}, *jobs, reports, {}, limits);
    if (!packed) {
        PW_ASSERT(packed.error().what.starts_with("fuzz: "), "an error names its file");
        return 0;
    }
    PW_ASSERT(before.has_value(), "what cannot be read is not packed");
    const auto after = parse_gltf(packed->glb, "packed", fetch, reports);
    PW_ASSERT(after.has_value(), "what was packed can be read");
    PW_ASSERT((*after)->nodes.size() == (*before)->nodes.size(), "the same nodes");
    PW_ASSERT(summarize(**after).triangles == summarize(**before).triangles, "the same triangles");
    for (const Geometry& g : (*after)->geometries)
        for (const Level& level : g.levels.value_or(std::vector<Level>{}))
            for (const std::uint32_t i : level.indices) PW_ASSERT(i < g.vertices.size(), "an index of a vertex");
    return 0;
}
