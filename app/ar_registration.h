#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where the real machines are, in this visit: points that somebody touches on them, or markers that a camera saw,
// become registrations (registration/), worked out on jobs and kept in files. It moves no content: it says where the
// user's space lies in the plant, so that the model of the machine that was registered last lies on the real one.
// "World" of registration/ is the user's space here (xr/host.h). Frame thread.

#include "app/kept_registrations.h"
#include "base/guarded.h"
#include "base/jobs.h"
#include "interaction/stance.h"
#include "plant/plant.h"
#include "registration/registration.h"
#include "scene/scene.h"
#include "xr/anchors.h"
#include "xr/input.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::app {

// Standard deviations of a touch along each axis: a tip of a controller that is tracked, and of a finger.
inline constexpr double kControllerTouch_m = 0.003, kFingerTouch_m = 0.008;
// A machine on its feet stands as upright as its model, each way within half a degree.
inline constexpr double kUpright_rad = 0.0087;
// Standard deviations along, and about, each axis with which an anchor is taken to be known: no runtime tells them.
inline constexpr double kAnchor_m = 0.01, kAnchor_rad = 0.0044;

// A point that was touched.
struct Touch {
    DVec3 plant_m{0.0};  // on the model
    DVec3 origin_m{0.0}; // on the real machine, in the user's space
    double sd_m = kControllerTouch_m;
    bool unique = false; // it cannot be mistaken for another of its kind
};

// What is being registered.
struct RegistrationFlow {
    std::uint32_t equipment = plant::kNoEquipment;
    std::vector<Touch> touches;
    // Of all touches: it follows them as it is worked out. Nothing: too few yet, or why not in words.
    std::optional<registration::PointSolution> solution;
    std::string refused;
    bool working = false;   // on a job
    bool finishing = false; // it is accepted as soon as it is worked out
    bool choosing = false;  // it was to be accepted, and is ambiguous: choose() says which it is
};

class ArRegistration {
  public:
    // `plant` and `jobs` outlive it. `folder`: where registrations are kept; empty: nowhere.
    ArRegistration(const plant::Plant& plant, Jobs& jobs, std::shared_ptr<JobProblems> problems, std::string folder);
    ~ArRegistration();

    // NotFound: it has no model, or that is not there yet.
    Result<void> start(const scene::Scene& scene, std::uint32_t equipment);
    Result<void> touch(const Touch& touch);
    Result<void> undo_touch();
    // Refused while there are too few points, and for what the points were refused for.
    Result<void> finish(const scene::Scene& scene);
    Result<void> choose(const scene::Scene& scene, std::size_t which); // 0: as found, i: the i-th alternative
    Result<void> cancel();
    // From a recorded camera (registration::open_sequence) and the markers that the plant file declares. What comes of
    // it is said later: reading() until then.
    Result<void> read_markers(const scene::Scene& scene, std::uint32_t equipment, const std::string& file);
    Result<void> forget(std::uint32_t equipment);

    // Follows the input and takes what jobs have worked out. `worn`: a headset's, which may lose its tracking.
    // `anchors`: by which machines that are registered come back in later visits and spaces; null: the headset has
    // none.
    void step(const scene::Scene& scene, const xr::Input& input, bool worn, xr::Anchors* anchors = nullptr);
    // The runtime's space is another one: nobody knows where the machines are in it.
    void space_lost();

    // Where the user's space lies in the plant; nothing where no machine is registered.
    std::optional<interaction::Stance> stance(const scene::Scene& scene) const;
    std::uint32_t reading() const { return reading_; } // whose markers are looked for; kNoEquipment: none's
    std::uint32_t active() const { return active_; }   // whose registration it follows; kNoEquipment: none
    registration::State state(std::uint32_t equipment) const;
    const registration::Registration* last(std::uint32_t equipment) const; // null: not registered
    const registration::Registration* kept(std::uint32_t equipment) const; // of an earlier visit; null: none
    bool
    comes_back(std::uint32_t equipment) const; // by an anchor that its file names, in a later visit or another space
    // At a point of the plant, or without one at the machine's middle.
    registration::PointError error(const scene::Scene& scene, std::uint32_t equipment,
                                   const std::optional<DVec3>& plant_m = {}) const; // it is registered
    // The error there, when in 95 of 100 cases it is at most `needed_m`; else Refused, with both numbers.
    Result<registration::PointError> allows(const scene::Scene& scene, std::uint32_t equipment,
                                            const std::optional<DVec3>& plant_m, double needed_m) const;
    const RegistrationFlow* flow() const { return flow_ ? &*flow_ : nullptr; }
    std::uint64_t revision() const { return revision_; } // another one when what is said of a machine changed
    std::optional<std::string> take_words();             // to be said: what came of a job, or was lost
    const std::string& said() const { return said_; }    // the last of them

  private:
    struct Machine {
        registration::Registrar registrar;
        DVec3 middle_m{0.0};                                // in the asset
        std::optional<registration::Registration> anchored; // the same, relative to an anchor that is kept
        bool wants_anchor = true;                           // that nobody has asked for yet
    };
    struct Kept { // of an earlier visit, or another space
        registration::Registration registration;
        bool refused = false; // its anchor was found, and it is of no use
    };
    struct OldAnchor {
        std::string uuid;
        std::uint32_t equipment = plant::kNoEquipment; // whose file names it until it is written anew
    };
    struct Shared;
    struct Answer;

    std::uint64_t ask();
    void unsay();
    Result<void> known_enough(std::uint32_t equipment, const registration::Estimate& estimate,
                              const DVec3& middle_m) const;
    void touches_changed();
    void solve(const scene::Scene& scene);
    void hear(const scene::Scene& scene, Answer answer);
    void accept(const scene::Scene& scene, std::uint32_t equipment, Result<registration::Registration> made);
    Result<void> accept_points(const scene::Scene& scene, std::optional<std::size_t> chosen);
    void follow_space(const xr::Input& input);
    void follow_anchors(const scene::Scene& scene, xr::Anchors& anchors);
    void anchor_next(xr::Anchors& anchors);
    void anchor_made(xr::Anchors& anchors);
    void bring_back(const scene::Scene& scene, const xr::Anchors& anchors, std::uint32_t equipment);
    std::optional<std::uint64_t> shape(const scene::Scene& scene, std::uint32_t equipment);
    void drop_anchor(std::uint32_t equipment);
    void erase_old(xr::Anchors& anchors);
    void keep(std::uint32_t equipment, registration::Registration registration);
    void follow_newest();
    DVec3 in_asset(const scene::Scene& scene, std::uint32_t equipment, const std::optional<DVec3>& plant_m) const;

    const plant::Plant& plant_;
    Jobs& jobs_;
    KeptRegistrations keeper_;
    std::map<std::uint32_t, Machine> machines_; // that are registered, by equipment
    std::map<std::uint32_t, Kept> kept_;
    std::optional<RegistrationFlow> flow_;
    std::shared_ptr<Shared> shared_;     // with the jobs
    registration::Asset asset_;          // of the flow's solution
    registration::Rigid now_from_asked_; // how the user's space has moved since the newest question
    std::uint32_t active_ = plant::kNoEquipment, reading_ = plant::kNoEquipment;
    // Anchors: whose is being made and, as soon as it is kept, its uuid; which nobody wants any more.
    std::uint32_t anchoring_ = plant::kNoEquipment;
    std::string made_anchor_;
    std::vector<OldAnchor> old_anchors_;
    using Shapes = std::map<std::uint32_t, std::optional<std::uint64_t>>; // hashes of models; nothing: a job is at it
    std::shared_ptr<Guarded<Shapes>> shapes_ = std::make_shared<Guarded<Shapes>>();
    bool tracked_ = true, unsolved_ = false; // the flow's touches have changed
    std::uint64_t revision_ = 0, asked_ = 0;
    std::string words_, said_;
};

// The machine's own frame in the plant, in metres whatever the scale of its model is.
registration::Rigid plant_from_asset(const scene::Scene& scene, scene::PlacedId placed);
// Of its box, in its own frame.
DVec3 middle_of(const scene::Scene& scene, scene::PlacedId placed);

} // namespace pw::app
