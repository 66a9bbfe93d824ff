#pragma once
// SPDX-License-Identifier: Apache-2.0
// Places in the real world that a headset's runtime knows again, also in later visits and when its origin is another
// one. Frame thread; nothing here waits: what was asked for comes with a later frame.

#include "base/math.h"
#include "base/result.h"

#include <optional>
#include <string>

namespace pw::xr {

class Anchors {
  public:
    virtual ~Anchors() = default;

    // Asks the runtime to find this place again from now on. One at a time, until take_made() has told of it.
    virtual void make(const Pose& origin_from_anchor) = 0;
    // The new anchor's uuid, 8-4-4-4-12 hexadecimal digits, once it is kept; Unavailable in words when it cannot be.
    virtual std::optional<Result<std::string>> take_made() = 0;
    virtual bool making() const = 0;

    // Wants it found, from now until the session ends; asked for again and again while it is not, for its user may have
    // to walk there first. Not a uuid: never found.
    virtual void look_for(const std::string& uuid) = 0;
    // Where it is in this frame; nothing while it is not found or not seen.
    virtual std::optional<Pose> origin_from_anchor(const std::string& uuid) const = 0;
    // The runtime forgets it; one that is not found stays where it is kept.
    virtual void erase(const std::string& uuid) = 0;
};

} // namespace pw::xr
