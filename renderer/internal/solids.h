#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which surfaces are closed, so that counting them along a line tells inside from outside. O(triangles): on a job.

#include "base/jobs.h"
#include "scene/model.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace pw::renderer {

// GpuInstance::flags of each mesh's primitives: kSolid, kSolidTogether or 0. A surface is closed when its triangles run
// along each edge as often one way as the other; corners are one within 1/65536 of the mesh's largest half size.
using Solids = std::vector<std::vector<std::uint32_t>>;
Solids find_solids(const scene::Model& model);

// The same, made by a job.
class LateSolids {
  public:
    LateSolids(Jobs& jobs, std::shared_ptr<const scene::Model> model);
    const Solids* get() const { return shared_->done.load(std::memory_order_acquire) ? &shared_->solids : nullptr; }

  private:
    struct Shared { // with the job, which may outlive us
        std::atomic<bool> done{false};
        Solids solids;
    };
    std::shared_ptr<Shared> shared_;
};

} // namespace pw::renderer
