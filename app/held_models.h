#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is in the hands as the headset's runtime draws it (xr::Host::controller_model): asked for until it is there,
// once for each controller that is taken up, read on a job and given to the renderer. The bytes are foreign: what is
// wrong with them is a problem, and the hand has no such model. Frame thread.

#include "app/problems.h"
#include "base/guarded.h"
#include "base/jobs.h"
#include "renderer/renderer.h"
#include "xr/host.h"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace pw::app {

// A glTF binary with nothing beside it. Malformed, or whatever scene::parse_gltf refuses.
Result<std::shared_ptr<const scene::Model>> read_controller_model(Bytes bytes, const std::string& name,
                                                                  Reports& reports);

class HeldModels {
  public:
    HeldModels(Jobs& jobs, std::shared_ptr<JobProblems> problems); // the jobs outlive it

    void forget_renderer(); // it is another one: models are given to it anew
    void step(xr::Host& host, const xr::Input& input, renderer::Renderer& renderer);
    // Its origin is the grip. Nothing: the runtime has none, or not yet.
    std::optional<renderer::PropId> prop(std::size_t hand) const { return hands_[hand].prop; }

  private:
    struct Reading { // on a job
        Guarded<std::optional<Result<std::shared_ptr<const scene::Model>>>> done;
    };
    struct Hand {
        std::string profile; // of what was asked for
        std::shared_ptr<Reading> reading;
        std::shared_ptr<const scene::Model> model;
        std::optional<renderer::PropId> prop;
        bool asked = false; // there was an answer
    };
    void read(Hand& hand, std::vector<std::byte> bytes);

    Jobs& jobs_;
    std::shared_ptr<JobProblems> problems_;
    std::array<Hand, 2> hands_;
};

} // namespace pw::app
