#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where the real machine is, from AprilTags on it that a camera sees. A marker's own axes: x right and y up as one
// looks at it, z out of its face, the origin in its middle. Formulas: docs/registration.md. Not the frame thread: a
// picture of a megapixel takes tens of milliseconds.

#include "registration/camera.h"
#include "registration/points.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace pw::registration {

enum class Family : std::uint8_t { Tag36h11, TagStandard41h12 };
inline constexpr std::array<std::string_view, 2> kFamilyNames{"tag36h11", "tagStandard41h12"};
std::optional<Family> family_of(std::string_view name);

struct Marker {
    Family family = Family::Tag36h11;
    unsigned id = 0;
    // The edge of the square whose corners are found: of tag36h11 the black frame's outside (8 of its 10 cells), of
    // tagStandard41h12 the border between its white and black frames (5 of its 9 cells).
    double size_m = 0.1;
    Rigid asset_from_marker;
};

struct Sighting {
    Family family = Family::Tag36h11;
    unsigned id = 0;
    // Lower left, lower right, upper right, upper left, as one looks at the upright marker. Pixels, as in camera.h.
    std::array<glm::dvec2, 4> corners{};
    unsigned mended_bits = 0;
    double margin = 0.0; // contrast of its bits, in grey levels
};

// Finds markers in pictures; at most one bit of a code is mended. One thread at a time.
class MarkerDetector {
  public:
    MarkerDetector();
    MarkerDetector(MarkerDetector&&) noexcept;
    MarkerDetector& operator=(MarkerDetector&&) noexcept;
    ~MarkerDetector();

    std::vector<Sighting> detect(const GreyImage& image); // by family and id

  private:
    struct Library;
    std::unique_ptr<Library> library_;
};

inline constexpr std::size_t kMaxViews = 64;

// What one picture showed.
struct View {
    Intrinsics lens;
    Estimate world_from_camera;
    std::vector<Sighting> sightings;
};

struct MarkerOptions {
    double corner_sd_px = 0.2; // of a found corner along each axis
    // The asset stands upright within this: decides between poses, and takes no part in the estimate.
    std::optional<double> upright_sd_rad;
    // Where the asset was known to be (world from asset): decides likewise.
    std::optional<Estimate> near;
};

struct MarkerSolution {
    Estimate estimate;   // world from asset
    double rms_px = 0.0; // of the corners, each picture by itself
    double chi2 = 0.0;   // of corners and, between pictures, of places
    int degrees = 0;
    // How much likelier this pose is than the next best, the mirrored one of a flat marker: half the difference of
    // their χ²; infinite where there is no other. Below 4.6 (100 to 1) it is refused.
    double log_odds = 0.0;
    std::size_t markers = 0, views = 0; // that were used
    std::vector<Doubt> doubts;
};

// Every corner of the known markers in a picture gives the asset's pose before that camera, the pictures are fused by
// their information. Errors of world_from_camera are taken to be independent from picture to picture. A marker that a
// picture shows twice, or that is not in `markers`, is left out.
// NotFound: no picture shows a known marker. Refused, in words: two poses that cannot be told apart; pictures or
// markers that contradict each other. Malformed: a number out of its range.
Result<MarkerSolution> register_markers(std::span<const View> views, std::span<const Marker> markers,
                                        const MarkerOptions& options = {});

} // namespace pw::registration
