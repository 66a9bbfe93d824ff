// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"
#include "registration/marker.h"

#include <apriltag/apriltag.h>
#include <apriltag/tag36h11.h>
#include <apriltag/tagStandard41h12.h>

#include <algorithm>
#include <tuple>

namespace pw::registration {
namespace {

constexpr std::uint32_t kLeastSide = 16; // smaller pictures hold no marker
constexpr int kMendedBits = 1;           // with more, noise becomes a marker more often, and the tables grow to 100 MB

} // namespace

struct MarkerDetector::Library {
    apriltag_family_t* frames = tag36h11_create();
    apriltag_family_t* standard = tagStandard41h12_create();
    apriltag_detector_t* detector = apriltag_detector_create();

    Library() {
        apriltag_detector_add_family_bits(detector, frames, kMendedBits);
        apriltag_detector_add_family_bits(detector, standard, kMendedBits);
        detector->nthreads = 1;
        detector->quad_decimate = 1.f; // the pose is worth more than the milliseconds
    }
    ~Library() {
        apriltag_detector_destroy(detector);
        tag36h11_destroy(frames);
        tagStandard41h12_destroy(standard);
    }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
};

std::optional<Family> family_of(std::string_view name) {
    const auto* found = std::ranges::find(kFamilyNames, name);
    if (found == kFamilyNames.end()) return std::nullopt;
    return static_cast<Family>(found - kFamilyNames.begin());
}

MarkerDetector::MarkerDetector() : library_(std::make_unique<Library>()) {}
MarkerDetector::MarkerDetector(MarkerDetector&&) noexcept = default;
MarkerDetector& MarkerDetector::operator=(MarkerDetector&&) noexcept = default;
MarkerDetector::~MarkerDetector() = default;

std::vector<Sighting> MarkerDetector::detect(const GreyImage& image) {
    PW_ASSERT(image.pixels.size() == std::size_t{image.width} * image.height, "a byte for each pixel");
    std::vector<Sighting> out;
    if (std::min(image.width, image.height) < kLeastSide || std::max(image.width, image.height) > kMaxCameraSide)
        return out;
    // The library reads the picture in place; it does not write with the options above.
    image_u8_t wrapped{static_cast<std::int32_t>(image.width), static_cast<std::int32_t>(image.height),
                       static_cast<std::int32_t>(image.width), const_cast<std::uint8_t*>(image.pixels.data())};
    zarray_t* found = apriltag_detector_detect(library_->detector, &wrapped);
    for (int i = 0; i < zarray_size(found); ++i) {
        const apriltag_detection_t* detection = nullptr;
        zarray_get(found, i, &detection);
        Sighting& s = out.emplace_back();
        s.family = detection->family == library_->frames ? Family::Tag36h11 : Family::TagStandard41h12;
        s.id = static_cast<unsigned>(detection->id);
        s.mended_bits = static_cast<unsigned>(detection->hamming);
        s.margin = static_cast<double>(detection->decision_margin);
        // The library's pixels have their middle at a half.
        for (std::size_t c = 0; c < 4; ++c) s.corners.at(c) = {detection->p[c][0] - 0.5, detection->p[c][1] - 0.5};
    }
    apriltag_detections_destroy(found);
    std::ranges::sort(out, {}, [](const Sighting& s) { return std::tuple(s.family, s.id, s.corners[0].x); });
    return out;
}

} // namespace pw::registration
