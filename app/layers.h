#pragma once
// SPDX-License-Identifier: Apache-2.0
// Management in place (docs/layers.md): what stands over machines besides their names, colours on machines and floor,
// bars, trails and ways. Frame thread. A steady frame allocates nothing; what costs more than a few words is made anew
// only when a new snapshot has come (once a second) or the user has chosen otherwise.

#include "app/live.h"
#include "renderer/draw_list.h"
#include "scene/scene.h"
#include "work/heat.h"
#include "work/line.h"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pw::app {

struct LayerChoice {                                                                     // what the user wants to see
    std::array<bool, plant::kElements> elements{true, true, false, false, false, false}; // people, machines, …
    work::Heat heat = work::Heat::None;
    bool line = false, traffic = false;
    twin::AlarmId way; // to the machine of this alarm; not valid: none
    friend bool operator==(const LayerChoice&, const LayerChoice&) = default;
};

class Layers {
  public:
    // Both outlive it.
    Layers(const plant::Plant& plant, Live& live);

    void resolve(const scene::Scene& scene); // after models were placed
    // `feet`: where the user stands.
    void step(scene::Scene& scene, const LayerChoice& choice, const DVec3& feet, Time now);

    // Whether the name of an equipment is shown to somebody so far away: machines always, what has no state only from
    // near, and what is in a layer that is off not at all, unless it has an alarm or a figure of the heat map.
    bool is_named(std::uint32_t equipment, double distance_m, const LayerChoice& choice) const;
    // What stands below (and, for an alarm, above) the name, each line with its own '\n'.
    void lines_above(std::uint32_t equipment, std::string& words) const;
    void lines_below(std::uint32_t equipment, const LayerChoice& choice, std::string& words) const;
    std::string heat_words(std::uint32_t equipment, const LayerChoice& choice) const; // its figure; "": none
    const work::MachineFigures& figures(std::uint32_t equipment) const;
    const twin::AlarmRow* alarm(std::uint32_t equipment) const; // the most urgent, or null
    std::span<const work::Line> lines() const { return lines_; }

    renderer::Patches patches() const { return {vertices_, indices_}; }
    struct Legend {
        work::Heat heat = work::Heat::None;
        work::HeatScale scale;
        std::size_t machines = 0, uncertain = 0; // that have the figure; of these: it is UNCERTAIN
    };
    const Legend& legend() const { return legend_; }
    struct Way { // of LayerChoice::way
        std::vector<DVec3> points;
        double length_m = 0.0;
    };
    const Way& way() const { return way_; }
    // The machine that somebody there who looks ahead stands in front of, or kNoEquipment.
    std::uint32_t approached(const Pose& world_from_eye, std::uint32_t before) const;
    const DAabb& box(std::uint32_t equipment) const { return boxes_[equipment]; } // empty: it has no model

    const plant::Tag* tag_of(std::uint32_t equipment, plant::TagRole role) const; // null: it has none
    // Texts of a tag with this role; "" when it is not known now.
    std::string role_words(std::uint32_t equipment, plant::TagRole role) const;

  private:
    struct Trail {
        std::uint32_t equipment = 0;
        std::deque<DVec3> places; // newest last, a second apart
    };
    struct Figure {
        double number = 0.0;
        twin::Quality quality = twin::Quality::Good; // the worst of what it comes from
    };
    std::optional<Figure> heat_figure(work::Heat heat, std::uint32_t equipment) const;
    std::string number_words(std::uint32_t equipment, plant::TagRole role) const; // "24000 /h", "30 / 40"; "": none
    const twin::TagState* tag_state(std::uint32_t equipment, const plant::Tag& tag) const;
    std::optional<double> fill(std::uint32_t equipment) const; // 0 … 1
    void color_machines(scene::Scene& scene, const LayerChoice& choice);
    void draw_field(work::Heat heat);
    void draw_line();
    void draw_trails();
    void draw_way(const LayerChoice& choice, const DVec3& feet);
    void measure(const scene::Scene& scene, std::uint32_t equipment);
    void keep_trails(const scene::Scene& scene, Time now);
    void triangle(const DVec3& a, const DVec3& b, const DVec3& c, std::uint32_t color);
    void ribbon(const DVec3& from, const DVec3& to, double width_m, std::uint32_t color);

    const plant::Plant& plant_;
    Live& live_;
    std::vector<work::Line> lines_;
    std::vector<DAabb> boxes_;                                            // by equipment; what moves is measured anew
    std::vector<std::array<std::uint8_t, plant::kTagRoles>> tag_by_role_; // by equipment: index of its tag, or 255
    std::vector<std::uint32_t> washed_;                                   // by equipment: what was set
    std::vector<Trail> trails_;
    Time last_trail_{}, next_measure_{};
    LayerChoice drawn_; // what vertices_ show
    bool dirty_ = true;
    UtcTime figures_time_;
    DVec3 way_from_{0.0};
    Legend legend_;
    Way way_;
    std::vector<renderer::PatchVertex> vertices_;
    std::vector<std::uint32_t> indices_;
    std::vector<std::optional<double>> heats_; // by equipment: the figure shown. These four are reused.
    std::vector<double> heats_known_;
    std::vector<work::HeatSpot> spots_;
    work::HeatField field_;
};

// "CRITICAL", "HIGH", …; the plate behind it and the letters on it, R in the lowest byte.
bool wants_acknowledge(twin::AlarmState state);
const char* priority_words(plant::AlarmPriority priority);
struct PlateColors {
    std::uint32_t back_srgba, text_srgba;
};
PlateColors priority_colors(plant::AlarmPriority priority, bool acknowledged);

} // namespace pw::app
