#pragma once
// SPDX-License-Identifier: Apache-2.0
// Brings a plant or a single model into the scene: models are read on background jobs and placed when they are there,
// so the frame loop runs from the start. Frame thread only, but for its jobs.

#include "base/jobs.h"
#include "base/reports.h"
#include "plant/plant.h"
#include "scene/gltf.h"
#include "scene/image.h"
#include "scene/scene.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::app {

class Stage {
  public:
    explicit Stage(Jobs& jobs) : jobs_(jobs) {}
    ~Stage(); // what it loads is not loaded any further

    // Starts to load; problems appear in problems() as they are found.
    void open(const plant::Plant& plant, scene::Scene& scene);
    // Starts to load one file.
    void open_model(const std::string& file);
    const std::optional<Error>& refused() const { return refused_; } // why that one cannot be shown

    // Places what has been loaded since the last call; true when something was placed, or nothing more will be.
    bool step(scene::Scene& scene);
    bool complete() const; // nothing is being loaded any more
    std::size_t loaded() const { return loaded_; }
    std::size_t total() const { return total_; }
    const Reports& problems() const { return problems_; }

    // World place of an equipment, whether it has a model or not.
    static Affine world_from_equipment(const plant::Plant& plant, std::uint32_t equipment);

  private:
    struct Wish { // a model to be placed under a name
        std::string name, model;
        Affine world_from_model;
        std::string attach_to{}, attach_path{}; // placed name and node path, or empty
        bool hidden = false;                    // a slot: until a binding shows it
    };
    struct Loading;

    void load(const std::vector<plant::ModelFile>& files);
    void wish_slots(const plant::Equipment& equipment, const Affine& world_from_equipment);
    void place(const Wish& wish, const std::shared_ptr<const scene::Model>& model, scene::Scene& scene);

    Jobs& jobs_;
    std::vector<Wish> wishes_; // an attached one comes after what it is attached to
    std::shared_ptr<Loading> loading_;
    std::size_t next_ = 0, loaded_ = 0, total_ = 0;
    Reports problems_;
    bool only_one_ = false; // a file, without which there is nothing to see
    std::optional<Error> refused_;
};

// The environment map of a plant or file.
Result<std::unique_ptr<scene::HdrPixels>> load_environment(const std::string& file);

} // namespace pw::app
