#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: what is in the hands, as the runtime draws it (XR_MSFT_controller_model, else XR_FB_render_model).
// Loading may take the runtime long, so a job does it.

#include "base/jobs.h"
#include "base/time.h"
#include "xr/headset_runtime.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace pw::xr {

bool is_gltf_binary(std::span<const std::byte> bytes); // by its head and its length

class ControllerModels {
  public:
    void attach(const Runtime& runtime, XrSession session);
    void detach(); // waits for what is being loaded
    // Another controller is in the hand, or another mind of the runtime: the model is loaded anew when asked for.
    void forget(std::size_t hand);
    // Nothing while it is being loaded, and where there is none. A runtime that has none yet is asked again each
    // second; one that gave something wrong, not before forget().
    std::vector<std::byte> get(std::size_t hand);

  private:
    struct Slot {
        std::atomic<bool> loading = false; // a job writes `loaded`
        Result<std::vector<std::byte>> loaded;
        std::vector<std::byte> bytes;
        bool asked = false;
        Time tried;
    };
    struct Loader;
    std::shared_ptr<const Loader> loader_;       // null: the runtime has no models
    std::array<std::unique_ptr<Slot>, 2> slots_; // stay in place for the job
    std::unique_ptr<Jobs> jobs_;                 // last: its end comes first
};

} // namespace pw::xr
