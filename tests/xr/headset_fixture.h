#pragma once
// SPDX-License-Identifier: Apache-2.0
// A Monado of the test's own, a person's stand-in in it, and a client of the headset host, with OpenXR's core
// validation on. Use:
//     HeadsetTest test;
//     if (!test.ready()) return;

#include "tests/xr/clear_client.h"
#include "xr/monado_remote.h"
#include "xr/monado_service.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::test {

struct HeadsetTestOptions {
    xr::MonadoOptions monado;
    bool mirror = false;
    bool fault_layer = false;          // tests/openxr_layer/faults.cpp between the client and Monado
    bool stand_in = false;             // tests/openxr_layer/stand_in.cpp between OpenXR's loader and Monado,
    std::string hide = {}, offer = {}; // and what it hides and offers, by name
};

class HeadsetTest {
  public:
    explicit HeadsetTest(const HeadsetTestOptions& options = {});
    ~HeadsetTest();
    HeadsetTest(const HeadsetTest&) = delete;
    HeadsetTest& operator=(const HeadsetTest&) = delete;

    bool ready(); // false: the test was skipped
    ClearClient& client() { return *client_; }
    xr::MonadoService& monado() { return *monado_; }
    xr::RemoteState remote; // change, then send_remote()
    void send_remote();

    bool reach(const std::string& state); // runs until the session is in it: "FOCUSED"
    const std::vector<std::string>& states() const { return states_; }
    std::string last_state() const { return states_.empty() ? "" : states_.back(); }
    void inject(const std::string& fault);  // through the fault layer
    std::string enabled_extensions() const; // of OpenXR, a name a line; with the fault layer
    std::string heard() const;              // by the stand-in
    // With the fault layer: the frames submitted, a line each, as tests/openxr_layer/around.h has it.
    std::vector<std::string> submitted() const;
    bool submits(const std::string& frame); // runs until that is submitted
    // Ends the client and tells what the validation of OpenXR and Vulkan had to say: nothing, when all is well.
    std::string finish();

  private:
    HeadsetTestOptions options_;
    std::string folder_;
    std::optional<xr::MonadoService> monado_;
    std::optional<xr::MonadoRemote> remote_;
    std::unique_ptr<ClearClient> client_;
    std::vector<std::string> states_;
};

} // namespace pw::test
