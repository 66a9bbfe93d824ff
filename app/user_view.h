#pragma once
// SPDX-License-Identifier: Apache-2.0
// What this user chose to see, as records with their history, and what the frame needs of it ready to draw: the
// section, the measures, the saved viewpoints. A change is on the scene at once. Frame thread.

#include "app/kept_file.h"
#include "app/kept_viewpoints.h"
#include "app/tools_in_hand.h"
#include "app/view_on_scene.h"
#include "renderer/draw_list.h"
#include "scene/pick.h"
#include "work/view_records.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::app {

struct Measure {
    std::string id;
    DVec3 from{0.0}, to{0.0};
    std::string words; // as it stands in the world
};

class UserView {
  public:
    // They outlive it. `viewpoints_file`: where saved ones are kept; empty: nowhere.
    UserView(scene::Scene& scene, const Live& live, LayerChoice& layers, Jobs& jobs,
             std::shared_ptr<JobProblems> problems, std::string viewpoints_file);

    const work::ViewRecords& records() const { return records_; }
    const work::ViewHistory& history() const { return history_; }
    // One step of the history, called `title`; see work::ViewHistory::change.
    void change(std::string title, const std::vector<work::ViewRecord>& wanted, bool slides = false);
    Result<std::string> undo();
    Result<std::string> redo();
    void see_through(bool on, std::uint32_t registering) { on_scene_.see_through(on, registering); } // ViewOnScene's
    // Reads the saved viewpoints; once, before the first change. What is wrong with the file goes to `problems`.
    void read(Reports& problems);
    void step() { on_scene_.apply(records_, scene_, live_, layers_); } // models that have arrived are seen so too

    const std::optional<scene::CutPlane>& section() const { return section_; }
    std::span<const Measure> measures() const { return measures_; }
    std::span<const plant::Viewpoint> viewpoints() const { return viewpoints_; } // saved ones

    double exploded(const std::string& key) const; // the share; 0: it is not
    bool anything_exploded() const { return !records_.of_kind("explode").empty(); }
    const std::string& variant(const std::string& placed) const { return records_.value("variant/" + placed); }

    // The next free "<kind>/<number>" as its number.
    std::string free_id(std::string_view kind) const;

    ToolInHand tool;

  private:
    void refresh();

    scene::Scene& scene_;
    const Live& live_;
    LayerChoice& layers_;
    Jobs& jobs_;
    work::ViewRecords records_;
    work::ViewHistory history_;
    ViewOnScene on_scene_;
    std::optional<KeptFile> keeper_;
    std::string viewpoints_file_;
    std::optional<scene::CutPlane> section_;
    std::vector<Measure> measures_;
    std::vector<plant::Viewpoint> viewpoints_;
};

std::string to_record(const scene::CutPlane& section);
std::string measure_record(const DVec3& from, const DVec3& to);

} // namespace pw::app
