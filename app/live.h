#pragma once
// SPDX-License-Identifier: Apache-2.0
// The living part of the scene: takes what the twin says and moves, shows, colours and labels the nodes that the plant
// file binds to it. Frame thread only; a steady frame allocates nothing.

#include "app/live_clips.h"
#include "app/live_items.h"
#include "app/memory.h"
#include "app/problems.h"
#include "base/reports.h"
#include "plant/plant.h"
#include "renderer/draw_list.h"
#include "scene/scene.h"
#include "twin/binding.h"
#include "twin/twin.h"
#include "work/management.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pw::app {

struct LiveOptions {
    std::string broker;      // empty: none
    std::string recording;   // the file that this visit is recorded in; empty: one of its own, for the visit only
    Jobs* jobs = nullptr;    // for the recording; null: none is made
    std::string alarms_file; // what people did to the alarms, for the next visit; empty: it is forgotten
    std::shared_ptr<JobProblems> problems; // of that file
};

class Live {
  public:
    // `plant` must outlive it. Without a broker nothing is stale and everything rests.
    static Result<std::unique_ptr<Live>> start(const plant::Plant& plant, const LiveOptions& options = {});

    // Looks up what the bindings point at; call again after models were placed. Once `all_placed`, a target that is not
    // there is reported.
    void resolve(const scene::Scene& scene, bool all_placed, Reports& problems);
    // Applies the newest words of the machines for a frame that is seen at `display`, and says what went wrong with
    // them. True when they have said something since the last call.
    bool step(scene::Scene& scene, Time display, Problems& problems);

    bool has_broker() const { return twin_ != nullptr; }
    const twin::TwinSnapshot& snapshot() const;
    twin::Twin* twin() { return twin_.get(); }
    work::Management* management() { return management_.get(); } // null without a broker
    const work::Management* management() const { return management_.get(); }
    // How the plant does, or did at the moment that is shown; empty without a broker.
    const work::ManagementSnapshot& figures() const { return away() ? past_figures() : present_figures(); }
    const work::KpiDetail* kpis_of(std::uint32_t equipment) const; // likewise; null: not known, or nobody asked for it

    // The past (docs/recording.md): everything above then is of that moment, and nothing can be asked of machines.
    Memory* memory() const { return memory_.get(); } // null: nothing is recorded
    bool away() const { return memory_ && memory_->away(); }
    void go_to(UtcTime at); // from then on nothing of another time is shown; soon that moment is
    void come_back();
    const plant::Plant& plant() const { return plant_; }

    // State of a plant tag; null when it is not watched.
    const twin::TagState* find(std::uint32_t equipment, const plant::Tag& tag) const;
    // How long ago a tag was heard, at the moment that is shown, by our clock; nothing: never.
    std::optional<Duration> age(const twin::TagState& state) const;
    // How well an equipment is heard: as the tag is that says its state; without one, as the best of its tags; Good
    // without tags. A sensor of it that is broken or silent is said where its value stands.
    twin::Quality quality(std::uint32_t equipment) const;
    // The roots of all models that are placed for an equipment: its own, its items, and the slots for items on a path.
    std::span<const scene::NodeId> roots(std::uint32_t equipment) const { return roots_of_[equipment]; }
    // The tags of the plant that have not said anything yet, as "<equipment>.<tag>"; none without a broker.
    std::vector<std::string> silent_tags() const;
    // The equipment a placed model belongs to, or 0xffffffff; of what was there at the last resolve().
    std::uint32_t equipment_of(scene::PlacedId placed) const {
        return placed.index < equipment_of_.size() ? equipment_of_[placed.index] : scene::kNone;
    }

    // Texts that stand at nodes, by Text bindings.
    struct NodeText {
        scene::NodeId node;
        std::string text;
        twin::Quality quality = twin::Quality::Stale;
    };
    std::span<const NodeText> texts() const { return texts_; }

    std::uint32_t watched_index(std::uint32_t equipment, const plant::Tag& tag) const; // `tag` is the plant's own

  private:
    struct Target { // one node with everything that is bound to it
        scene::NodeId node;
        Transform rest;
        std::vector<std::uint32_t> bindings; // into states_
        std::uint32_t text = 0xffff'ffffu;   // into texts_
        bool dirty = false;
    };
    struct BindingState {
        std::uint32_t target = 0xffff'ffffu;
        double number = 0.0;
        std::uint32_t color_srgba = 0;
        bool has_value = false;
    };
    Live(const plant::Plant& plant, twin::Bindings bindings)
        : plant_(plant), bindings_(std::move(bindings)), items_(plant_, bindings_), clips_(plant_, bindings_) {}
    void hear_events(Problems& problems);
    void apply(scene::Scene& scene, Target& target);
    void mark_stale(scene::Scene& scene);
    const work::ManagementSnapshot& present_figures() const;
    const work::ManagementSnapshot& past_figures() const;
    const plant::Binding& declared(std::uint32_t binding) const;

    const plant::Plant& plant_;
    twin::Bindings bindings_;
    LiveItems items_;
    LiveClips clips_;
    std::unique_ptr<Memory> memory_;               // the twin tells these two every word
    std::unique_ptr<work::Management> management_; // and this one the memory what comes of it
    std::unique_ptr<twin::Twin> twin_;
    twin::TwinSnapshot silence_; // what is known without a broker: nothing
    std::vector<BindingState> states_;
    std::vector<Target> targets_;
    std::vector<NodeText> texts_;
    std::vector<twin::Quality> shown_quality_;         // by equipment, as last marked
    std::vector<std::vector<std::uint32_t>> tags_of_;  // by equipment and tag: watched indices
    std::vector<std::uint32_t> state_of_;              // by equipment: of its state tag, or 0xffffffff
    std::vector<std::uint32_t> equipment_of_;          // by placed model
    std::vector<std::vector<scene::NodeId>> roots_of_; // by equipment: roots of its placed models, slots last
    std::vector<std::size_t> machine_roots_;           // by equipment: how many of these are no slots
    bool all_placed_ = false;
    std::string not_recorded_; // why, until it is told
    bool jumped_ = false;      // to another time, since the last step
    Time past_taken_;          // when snapshot() was, while away()
};

} // namespace pw::app
