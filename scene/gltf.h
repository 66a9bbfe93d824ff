#pragma once
// SPDX-License-Identifier: Apache-2.0
// glTF 2.0 in (.gltf, .glb). The files are foreign: every size, index and offset is checked before use, what is
// malformed is refused with file and place ("robot.glb: accessors[3].byteOffset …"), an unknown *required* extension by
// its name; an unknown optional one is reported and left out. URIs that leave the model's folder are refused. Pure
// functions, any thread; images stay encoded (scene/image.h), and those whose pixels pass the limit are left out.

#include "base/bytes.h"
#include "base/reports.h"
#include "base/result.h"
#include "scene/model.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace pw::scene {

struct GltfLimits {
    // Of all that is kept or decoded (buffers, geometry, clips, tables), and as much again of the pixels that the
    // images become. Nor may a file ask for more than kFreeBytes (kFreePixelBytes) and kBytesPerByte times what it
    // brings.
    std::uint64_t max_bytes = 2ull << 30;
    std::uint32_t max_nodes = 10'000'000;
    std::uint32_t max_depth = 1'000;
    std::uint64_t max_json_bytes = 1ull << 30;
    const std::atomic<bool>* stop = nullptr; // becomes true: nobody wants it any more, and reading ends as Unavailable
    static constexpr std::uint64_t kFreeBytes = 256ull << 20, kFreePixelBytes = 1ull << 30, kBytesPerByte = 100;
};

// Brings the bytes behind a relative URI of the file ("textures/a.png", already percent-decoded and known to stay
// inside the folder).
using FetchUri = std::function<Result<std::vector<std::byte>>(std::string_view uri)>;

Result<std::shared_ptr<const Model>> load_gltf(const std::string& path, Reports& reports,
                                               const GltfLimits& limits = {});
Result<std::shared_ptr<const Model>> parse_gltf(Bytes file, const std::string& name, const FetchUri& fetch,
                                                Reports& reports, const GltfLimits& limits = {});

// A model in numbers, for `plantwalk inspect`.
struct ModelSummary {
    std::uint64_t nodes = 0, meshes = 0, primitives = 0, triangles = 0; // triangles as drawn, instances counted
    std::uint64_t materials = 0, textures = 0, images = 0, clips = 0, skins = 0, cameras = 0, lights = 0;
    DAabb bounds; // world, at rest
};
ModelSummary summarize(const Model& model);

} // namespace pw::scene
