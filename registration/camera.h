#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pictures of a camera with where it was and how it sees. A camera's own axes are those of its lens, as OpenCV has
// them: x right, y down, z forward (OpenXR's views are turned half about x). Pixel (0, 0) has its middle at (0, 0).
// One thread at a time; not the frame thread: next() reads files or waits for a picture.

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "registration/estimate.h"

#include <glm/ext/vector_double2.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::registration {

inline constexpr std::uint32_t kMaxCameraSide = 8192;
inline constexpr std::size_t kMaxCameraFrames = 100'000;

struct GreyImage {
    std::uint32_t width = 0, height = 0;
    std::vector<std::uint8_t> pixels; // row by row from the top, without gaps
};

// A pinhole with Brown's distortion, in OpenCV's order; pixels.
struct Intrinsics {
    std::uint32_t width = 0, height = 0;
    double fx = 0.0, fy = 0.0, cx = 0.0, cy = 0.0;
    double k1 = 0.0, k2 = 0.0, p1 = 0.0, p2 = 0.0, k3 = 0.0;
};
// Malformed: a number out of its range, or a lens that folds the picture.
Result<void> check(const Intrinsics& lens);
// Nothing for what is behind the camera, or beyond where the distortion turns back.
std::optional<glm::dvec2> project(const Intrinsics& lens, const DVec3& in_camera);
// The direction (x/z, y/z) that is seen at a pixel. Nothing where the distortion cannot be undone.
std::optional<glm::dvec2> direction_at(const Intrinsics& lens, const glm::dvec2& pixel);
// How the pixel moves with the point: d project / d in_camera. `in_camera` must be in front of the camera.
Matrix<2, 3> projection_slope(const Intrinsics& lens, const DVec3& in_camera);

struct Frame {
    Time time; // when the picture was taken: the middle of its exposure
    GreyImage image;
    Intrinsics lens;
    Estimate world_from_camera; // at that time
};

class Camera {
  public:
    virtual ~Camera() = default;
    // The next frame; nothing at the end.
    virtual Result<std::optional<Frame>> next() = 0;
};

// A recorded sequence (docs/registration.md): a JSON file that names pictures (.pgm) or a video (.y4m) beside it, with
// the lens and a pose for each.
Result<std::unique_ptr<Camera>> open_sequence(const std::string& path);

// Binary PGM (P5) with at most 8 bits.
Result<GreyImage> parse_pgm(Bytes bytes);

// YUV4MPEG2 with 8 bits, progressive: the brightness of each frame, within `bytes`.
struct Video {
    std::uint32_t width = 0, height = 0;
    std::vector<Bytes> frames; // width × height each
};
Result<Video> parse_y4m(Bytes bytes);

// What a sequence file says; `where` stands in front of errors.
struct Sequence {
    struct Shot {
        Time time;
        std::string image; // empty: the next one of the video
        Estimate world_from_camera;
    };
    Intrinsics lens;
    std::string video; // or empty
    std::vector<Shot> shots;
};
Result<Sequence> parse_sequence(std::string_view json, const std::string& where);

} // namespace pw::registration
