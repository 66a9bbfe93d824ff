#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a user prefers, in one file (settings.json in the user's configuration folder). Table-driven: a setting is a row
// in settings.cpp. A damaged or unknown entry is reported and left at its default; the file is written whole or not.

#include "app/problems.h"
#include "base/jobs.h"
#include "base/reports.h"
#include "base/result.h"
#include "base/strings.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pw::app {

struct Settings {
    std::string broker;            // as --broker; empty: none
    std::string user = "operator"; // whose name stands beside what they do with alarms
    std::string rights = "all";    // of this user: "all", "none", or names with commas between them ("operate")
    std::string gpu;               // part of a GPU's name to prefer
    std::string tier = "auto";     // auto, software, low, high
    std::string samples = "auto";  // of a pixel: auto (by the tier; 4 for pictures that are kept), 1, 2, 4, 8
    bool ambient_occlusion = true; // not in a window of a rasteriser on a CPU
    std::string textures = "auto"; // compressed where that does not show: auto (on GPUs), compressed, plain
    double detail_px = 1.0;        // by how many pixels a part may be drawn wrong to be drawn faster; 0: none
    bool validation = false;       // Vulkan validation; slow
    bool vsync = true;
    bool labels = true; // names above machines
    bool mirror = true; // headset: the left eye in a window
    double fov_y_deg = 60.0;
    double mouse_degrees_per_pixel = 0.12;
    double walk_speed_m_s = 1.6;
    double ui_scale = 1.0;
    double volume = 0.8; // of all sounds; 0: none
    double volume_alarms = 1.0, volume_machines = 0.6;
    std::string captions = "auto"; // sounds in words: auto (what tells something, while it cannot be heard), all, off

    // In a headset.
    std::string hand = "right";    // that begins with the tools: right, left; the other one's stick walks
    std::string move = "teleport"; // by the stick of the menu's hand: teleport, walk
    std::string turn = "snap";     // by the stick of the tool's hand: snap, smooth
    std::string snap_deg = "30";   // 30, 45, 90
    double turn_speed_deg_s = 60.0;
    double vignette = 1.0; // how much the edges darken while the world moves; 0: never
    bool seated = false;   // the floor is where a standing person's would be
    double height_m = 0.0; // added to the user's own
    bool dwell = false;    // looking at something for a second selects it
    bool gaze = false;     // by the eyes, where the headset tells, instead of the head
    double haptics = 1.0;  // 0: none
    bool pace = true;      // draw less finely rather than late
    bool tutorial_done = false;
};

// What a settings page says of one.
enum class SettingGroup : std::uint8_t { Program, Desktop, Headset };
enum class SettingKind : std::uint8_t { Flag, Number, Choice, Words };
struct SettingAbout {
    const char* name;
    Text title;
    SettingGroup group = SettingGroup::Program;
    SettingKind kind = SettingKind::Words;
    double low = 0.0, high = 0.0;
    std::vector<std::string> choices;
    bool at_start = false;
};
std::span<const SettingAbout> about_settings(); // of each, in the order of the page
using SettingValue = std::variant<bool, double, std::string_view>;
SettingValue value_of(const Settings& settings, std::size_t setting); // by its place there; of `settings`
const char* flag_value(bool on);                                      // as set_setting takes it

std::string settings_file();
Settings read_settings(const std::string& file, Reports& problems); // a missing file is no problem
// Writes these names and values, as set_setting takes them, into the file: what else it says stays, be it known here or
// not. Malformed: the file is not one of ours, and stays as it is.
Result<void> write_settings(const std::string& file, std::span<const std::pair<std::string, std::string>> changes);

// By name, as text; for the action settings.set. Malformed says which values are allowed.
Result<void> set_setting(Settings& settings, std::string_view name, std::string_view value);
bool is_for_next_start(std::string_view name); // it takes effect only when the program starts
std::vector<std::pair<std::string, std::string>> list_settings(const Settings& settings);

// Writes changes of settings into the user's file: what the user asked for and nothing else, so what only this visit
// wanted (a field of view, samples) stays out of it. Frame thread.
class SettingsKeeper {
  public:
    // What cannot be written is told to `problems`.
    SettingsKeeper(std::string file, std::shared_ptr<JobProblems> problems);
    ~SettingsKeeper(); // writes what no job has written yet
    SettingsKeeper(const SettingsKeeper&) = delete;
    SettingsKeeper& operator=(const SettingsKeeper&) = delete;
    void keep(Jobs& jobs, std::string name, std::string value); // a name and a value that set_setting has taken

  private:
    struct Shared;
    std::shared_ptr<Shared> shared_; // with the jobs
};

} // namespace pw::app
