#pragma once
// SPDX-License-Identifier: Apache-2.0
// A registration that is kept: where an asset is, how well that is known, what it was made of; and who decides whether
// it is good enough for a step. Content is attached to the asset and keeps its coordinates there: registering anew
// changes world_from_asset alone. One thread at a time.

#include "base/result.h"
#include "base/time.h"
#include "registration/marker.h"
#include "registration/points.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pw {
class JsonWriter;
}

namespace pw::registration {

enum class Method : std::uint8_t { Points, Markers, Anchor };

// Which machine, and which shape of it, so that nothing made for another is used.
struct Asset {
    std::string id;             // an equipment's id in the plant file
    std::uint64_t geometry = 0; // hash64 of what its points were picked on
    friend bool operator==(const Asset&, const Asset&) = default;
};

struct Registration {
    Asset asset;
    Method method = Method::Points;
    UtcTime time;
    std::string anchor;               // the uuid of the anchor that the place is relative to; empty: it is in the world
    Estimate estimate;                // world (or anchor) from asset
    std::vector<double> residuals_m;  // of points, in the order they were touched; outliers too
    double rms_m = 0.0, rms_px = 0.0; // of points, of markers' corners
    std::vector<std::string> made_of; // "4 of 5 points", "3 markers in 12 pictures": for people
    std::vector<Doubt> doubts;
    std::vector<std::string> old_anchors; // uuids of others that the runtime may still keep for it: to be erased
};

// `chosen`: for an ambiguous solution what the user said: 0 the place that was found, i its alternatives[i − 1].
// Refused: it is ambiguous and nobody chose, or it turns freely. Malformed: there is no such alternative.
Result<Registration> make_registration(const Asset& asset, UtcTime time, const PointSolution& solution,
                                       std::optional<std::size_t> chosen = {});
Registration make_registration(const Asset& asset, UtcTime time, const MarkerSolution& solution);

// The error at a point of the asset if in 95 of 100 cases it is at most `needed_m`; else Refused, with both.
Result<PointError> allows(const Registration& registration, const DVec3& point_m, double needed_m);

// JSON, version 1 (docs/registration.md): read back it is the same to the bit, the time to the millisecond.
std::string to_json(const Registration& registration);
void write_covariance(JsonWriter& out, const Estimate& estimate); // its members "pivot_m" and "covariance"
Result<Registration> parse_registration(std::string_view json, const std::string& where);

// An anchor as the runtime has it now, with what it says, or we assume, about its exactness.
struct SpatialAnchor {
    std::string uuid; // 8-4-4-4-12 hexadecimal digits
    Estimate world_from_anchor;
};
// To be kept over the end of the program; and back, when the runtime has found the anchor again. Each way adds the
// anchor's own error. Refused: it is relative to another anchor, or already what is asked for.
Result<Registration> relative_to(const SpatialAnchor& anchor, const Registration& in_world);
Result<Registration> in_world(const SpatialAnchor& anchor, const Registration& relative);

enum class State : std::uint8_t {
    None,     // nobody knows where the machine is
    Good,     // it is known, as well as the registration says
    Doubtful, // it was known: the headset has lost where it is itself
};

// The registration of one asset over time.
class Registrar {
  public:
    explicit Registrar(Asset asset) : asset_(std::move(asset)) {}

    // The one before is replaced. Refused: of another asset, of another shape of it, relative to an anchor.
    Result<void> accept(Registration registration);
    // The headset's own tracking, each frame. When it returns, the last registration is good again, to the bit.
    void tracking(bool tracked) { tracked_ = tracked; }
    // The runtime moved its world's origin: now_from_before.
    void world_moved(const Rigid& now_from_before);

    State state() const;
    const Registration* last() const { return last_ ? &*last_ : nullptr; } // also while it is doubtful
    std::uint64_t revision() const { return revision_; }                   // rises with each that is accepted
    // As above; Refused while it is not good.
    Result<PointError> allows(const DVec3& point_m, double needed_m) const;

  private:
    Asset asset_;
    std::optional<Registration> last_;
    bool tracked_ = true;
    std::uint64_t revision_ = 0;
};

} // namespace pw::registration
