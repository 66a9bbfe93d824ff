// SPDX-License-Identifier: Apache-2.0
#include "app/ar_solve.h"

#include "base/bytes.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace pw::app {

using namespace registration;

namespace {

// Every second of them, from the first on.
void thin_out(std::vector<View>& views) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < views.size(); i += 2) std::swap(views[kept++], views[i]);
    views.resize(kept);
}

} // namespace

std::uint64_t geometry_hash(const scene::Model& model) {
    std::uint64_t hash = 0;
    for (const auto& geometry : model.geometries) {
        for (const auto& vertex : geometry.vertices) hash = hash64(std::as_bytes(std::span(&vertex.position, 1)), hash);
        hash = hash64(std::as_bytes(std::span(geometry.indices)), hash);
    }
    return hash;
}

std::vector<Marker> to_markers(std::span<const plant::Marker> declared) {
    static_assert(kFamilyNames == plant::kMarkerFamilies);
    std::vector<Marker> out;
    for (const plant::Marker& marker : declared)
        out.push_back({.family = static_cast<Family>(marker.family),
                       .id = marker.id,
                       .size_m = marker.size_m,
                       .asset_from_marker = to_rigid(Pose{marker.position_m, marker.rotation})});
    return out;
}

Result<MarkerSolution> solve_markers(const std::string& file, std::span<const Marker> markers,
                                     const MarkerOptions& options, const std::function<bool()>& wanted) {
    const auto camera = open_sequence(file);
    if (!camera) return std::unexpected(camera.error());
    MarkerDetector detector;
    std::vector<View> views;
    std::size_t seen = 0, stride = 1;
    while (wanted()) {
        auto frame = (*camera)->next();
        if (!frame) return std::unexpected(frame.error());
        if (!*frame) return register_markers(views, markers, options);
        View view{(*frame)->lens, (*frame)->world_from_camera, detector.detect((*frame)->image)};
        const auto known = [&](const Sighting& sighting) {
            return std::ranges::any_of(
                markers, [&](const Marker& m) { return m.family == sighting.family && m.id == sighting.id; });
        };
        if (std::ranges::none_of(view.sightings, known) || seen++ % stride != 0) continue;
        views.push_back(std::move(view));
        if (views.size() < kMaxViews) continue;
        thin_out(views);
        stride *= 2;
    }
    return fail(Errc::Refused, "another registration was begun");
}

} // namespace pw::app
