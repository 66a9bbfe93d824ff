// SPDX-License-Identifier: Apache-2.0
#include "registration/registration.h"

#include "base/format.h"

#include <glm/gtc/quaternion.hpp>

#include <utility>

namespace pw::registration {

Result<Registration> make_registration(const Asset& asset, UtcTime time, const PointSolution& solution,
                                       std::optional<std::size_t> chosen) {
    if (solution.turns_freely)
        return fail(Errc::Refused,
                    "nothing tells how the machine is turned about its axis: touch a point that cannot be "
                    "mistaken");
    if (solution.ambiguous() && !chosen)
        return fail(Errc::Refused, formatted("other places fit as well as this one ({}), and none was chosen",
                                             solution.alternatives.size()));
    if (chosen.value_or(0) > solution.alternatives.size())
        return fail(Errc::Malformed, formatted("other places there are: {}", solution.alternatives.size()));
    Registration out{.asset = asset, .method = Method::Points, .time = time};
    out.estimate = solution.estimate;
    if (chosen.value_or(0) > 0) {
        // The points' errors are the same, but turned with the asset.
        const Rigid& other = solution.alternatives[*chosen - 1];
        const Rigid turn{{}, other.rotation * glm::conjugate(solution.estimate.place.rotation)};
        out.estimate = known(turn) * solution.estimate;
        out.estimate.place = other;
    }
    out.residuals_m = solution.residuals_m;
    out.rms_m = solution.rms_m;
    const std::size_t count = solution.residuals_m.size();
    out.made_of.push_back(formatted("{} of {} points", count - solution.outliers.size(), count));
    out.doubts = solution.doubts;
    return out;
}

Registration make_registration(const Asset& asset, UtcTime time, const MarkerSolution& solution) {
    Registration out{.asset = asset, .method = Method::Markers, .time = time};
    out.estimate = solution.estimate;
    out.rms_px = solution.rms_px;
    out.made_of.push_back(formatted("markers seen {} times in {} pictures", solution.markers, solution.views));
    out.doubts = solution.doubts;
    return out;
}

Result<PointError> allows(const Registration& registration, const DVec3& point_m, double needed_m) {
    const PointError error = error_at(registration.estimate, point_m);
    if (error.bound95_m <= needed_m) return error;
    return fail(Errc::Refused, formatted("{} is known to {:.1f} mm there, and {:.1f} mm are needed",
                                         registration.asset.id, 1e3 * error.bound95_m, 1e3 * needed_m));
}

Result<Registration> relative_to(const SpatialAnchor& anchor, const Registration& in_world) {
    if (!in_world.anchor.empty()) return fail(Errc::Refused, "the registration is relative to an anchor already");
    Registration out = in_world;
    out.method = Method::Anchor;
    out.anchor = anchor.uuid;
    out.estimate = inverse(anchor.world_from_anchor) * in_world.estimate;
    return out;
}

Result<Registration> in_world(const SpatialAnchor& anchor, const Registration& relative) {
    if (relative.anchor != anchor.uuid)
        return fail(Errc::Refused, relative.anchor.empty() ? "the registration is in the world already"
                                                           : "the registration is relative to another anchor");
    Registration out = relative;
    out.anchor.clear();
    out.estimate = anchor.world_from_anchor * relative.estimate;
    return out;
}

Result<void> Registrar::accept(Registration registration) {
    if (registration.asset.id != asset_.id)
        return fail(Errc::Refused, "this is a registration of " + registration.asset.id + ", not of " + asset_.id);
    if (registration.asset.geometry != asset_.geometry)
        return fail(Errc::Refused, "this is a registration of another shape of " + asset_.id + ": register it anew");
    if (!registration.anchor.empty())
        return fail(Errc::Refused, "this registration is relative to an anchor that has not been found yet");
    last_ = std::move(registration);
    ++revision_;
    return {};
}

void Registrar::world_moved(const Rigid& now_from_before) {
    if (last_) last_->estimate = known(now_from_before) * last_->estimate;
}

State Registrar::state() const {
    if (!last_) return State::None;
    return tracked_ ? State::Good : State::Doubtful;
}

Result<PointError> Registrar::allows(const DVec3& point_m, double needed_m) const {
    switch (state()) {
    case State::None:
        return fail(Errc::Refused, asset_.id + " is not registered: nobody knows where it is");
    case State::Doubtful:
        return fail(Errc::Refused, "the headset has lost its tracking: " + asset_.id + " may not be where it is shown");
    case State::Good:
        return registration::allows(*last_, point_m, needed_m);
    }
    std::unreachable();
}

} // namespace pw::registration
