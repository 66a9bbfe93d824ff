#pragma once
// SPDX-License-Identifier: Apache-2.0
// Levels of detail of a model's geometries, made on jobs. Those of large models are kept on disk by what they were made
// from.

#include "base/bytes.h"
#include "base/jobs.h"
#include "scene/model.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::renderer {

using Levels = std::vector<std::vector<scene::Level>>; // per geometry

class LateLevels {
  public:
    LateLevels(Jobs& jobs, std::shared_ptr<const scene::Model> model, std::string cache_folder);
    // Nothing before all of them are there.
    std::shared_ptr<const Levels> get() const;

  private:
    struct Shared;
    static void make(const std::shared_ptr<Shared>& shared, Jobs& jobs);
    std::shared_ptr<Shared> shared_; // with the jobs, which may outlive us
};

// As they are kept. Unpacking checks them against the model's geometries; nothing when they do not fit.
std::vector<std::byte> pack_levels(const Levels& levels);
std::optional<Levels> unpack_levels(Bytes packed, const scene::Model& model);

} // namespace pw::renderer
