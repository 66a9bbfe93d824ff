#pragma once
// SPDX-License-Identifier: Apache-2.0
// A stand-in for a person with a headset: Monado with its remote device, moved by script on a thread of its own: looks
// around, points at machines, pulls the trigger.

#include "base/result.h"
#include "xr/monado_remote.h"
#include "xr/monado_service.h"

#include <optional>
#include <thread>

namespace pw::app {

class HeadsetWalk {
  public:
    // Starts the runtime and sets this process's environment so that OpenXR finds it. Before any OpenXR call.
    Result<void> start();

  private:
    std::optional<xr::MonadoService> service_;
    std::optional<xr::MonadoRemote> remote_;
    std::jthread thread_;
};

// The scripted person at time `s`: standing at the origin of the runtime's stage.
xr::RemoteState scripted_person(double s);

} // namespace pw::app
