#pragma once
// SPDX-License-Identifier: Apache-2.0
// Makes a glTF file smaller and quicker to open, and leaves it the document that it was: nodes, names, extras, part
// ids, materials, animations and whatever else it says stay, at the same indices. What changes: vertices that are equal
// become one, triangles and vertices get an order that caches like, numbers are compressed (EXT_meshopt_compression),
// levels of detail are added (MSFT_lod, scene/simplify.h), and pictures become WebP. What cannot be kept is refused or
// reported by name. The same input and options give the same bytes. Pure functions but for the jobs; any thread.
// docs/pack.md says what each choice costs.

#include "base/bytes.h"
#include "base/jobs.h"
#include "base/reports.h"
#include "base/result.h"
#include "scene/gltf.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace pw::scene {

struct PackOptions {
    // How far a position may move, in the world at rest, and never more than 1/16384 of the vertices' largest side.
    // With 0 all numbers stay as they are; else normals and tangents turn by 0.03° at most, and texture coordinates
    // move by 1/65536.
    double position_error_m = 50e-6;
    bool levels = true;
    bool textures = true;          // as WebP: colours lossy, all else lossless; none that gets larger by it
    float quality = 90.f;          // of lossy pictures, 0 to 100
    std::uint32_t max_texture = 0; // pixels: pictures with a longer side are halved until it fits; 0: none is
};

struct PackSummary {
    std::uint64_t parts = 0;           // nodes with a mesh
    std::uint64_t triangles = 0;       // of the meshes, each once
    std::uint64_t level_triangles = 0; // of the levels that were added
    std::uint64_t vertices_before = 0, vertices = 0;
    std::uint64_t images = 0, images_packed = 0;
    double position_error_m = 0.0; // the largest that was made
    struct Size {
        std::uint64_t file = 0, numbers = 0, pictures = 0; // bytes; the file with what it names
    } before, after;
};

struct Packed {
    std::vector<std::byte> glb;
    PackSummary summary;
};

// 0 to 1; false ends the packing. Called from the jobs' threads too, one at a time.
using PackProgress = std::function<bool(double done)>;

Result<Packed> pack_gltf(Bytes file, const std::string& name, const FetchUri& fetch, const PackOptions& options,
                         Jobs& jobs, Reports& reports, const PackProgress& progress = {},
                         const GltfLimits& limits = {});
Result<Packed> pack_gltf_file(const std::string& path, const PackOptions& options, Jobs& jobs, Reports& reports,
                              const PackProgress& progress = {});

} // namespace pw::scene
