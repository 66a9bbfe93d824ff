#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: the world around as a layer of the runtime's own (XR_FB_passthrough). Its cameras run until pause().

#include "xr/headset_runtime.h"

#include <memory>

namespace pw::xr {

class Passthrough {
  public:
    // Runs. May cost tens of milliseconds: the runtime opens its cameras. The session must outlive it.
    static Result<std::unique_ptr<Passthrough>> make(const PassthroughCalls& calls, XrSession session);
    ~Passthrough();
    Passthrough(const Passthrough&) = delete;
    Passthrough& operator=(const Passthrough&) = delete;

    Result<void> resume();
    void pause(Health& health);
    XrCompositionLayerPassthroughFB layer() const;

  private:
    explicit Passthrough(const PassthroughCalls& calls) : calls_(calls) {}

    PassthroughCalls calls_;
    XrPassthroughFB feature_ = XR_NULL_HANDLE;
    XrPassthroughLayerFB layer_ = XR_NULL_HANDLE;
};

} // namespace pw::xr
