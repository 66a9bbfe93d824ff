#pragma once
// SPDX-License-Identifier: Apache-2.0
// The subcommands of plantwalk. Each takes its parsed options and returns the exit code: 0 done, 1 it failed, 2 the
// input is wrong (with file, place and reason on stderr).

#include "base/math.h"
#include "base/result.h"
#include "scene/pack.h"
#include "xr/host.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pw::app {

// Says on stderr what failed; returns the exit code, by default 2 for what is malformed or unsupported, else 1.
int failed(const Error& error, std::optional<int> code = {});

// What --host takes besides "auto".
inline constexpr std::array<std::pair<std::string_view, xr::HostKind>, 3> kHostNames{
    {{"headset", xr::HostKind::Headset}, {"window", xr::HostKind::Window}, {"offscreen", xr::HostKind::Offscreen}}};
std::string_view host_name(xr::HostKind kind);
std::optional<xr::HostKind> find_host(std::string_view name); // nothing: "auto"

// What --sound says (DemoOptions::sound), for such a host.
enum class SoundOutput : std::uint8_t;
SoundOutput sound_output(std::string_view name, xr::HostKind kind);

struct DemoOptions {
    std::string host = "auto";  // auto, headset, window, offscreen
    double seconds = 0.0;       // 0: until the tour or the user ends it
    std::string out;            // empty: "out/demo", and with "-window" or "-headset" for these
    std::string plant = "hall"; // or "cell", or a plant file
    std::uint64_t seed = 1;
    std::string sound; // off, null, auto; empty: auto where somebody looks, off where nobody does
};
int run_demo(DemoOptions options);

struct WalkOptions { // plantwalk run
    std::string plant;
    std::string host = "auto";
    std::string broker;
    std::string record; // file
    std::string rights; // as the setting; empty: that one
    std::string sound;  // as DemoOptions::sound
    double seconds = 0.0;
};
int run_walk(const WalkOptions& options);

struct ViewOptions {
    std::string file;
    std::string host;  // empty: window when there is a display and no --shot, else offscreen
    std::string sound; // as DemoOptions::sound
    std::uint32_t width = 1280, height = 720;
    std::optional<DVec3> camera, target;
    double fov_y_deg = 45.0;
    std::string environment;
    std::optional<Vec4> background;
    bool animate_dynamic = false; // --animate dyn
    std::string clip;             // name or number of a clip to play
    double time_s = -1.0;         // >= 0: the clip stands at this time
    std::uint32_t frames = 0;     // 0: until the window is closed; offscreen one settled picture, 30 frames for stats
    std::string shot, stats;
};
int run_view(const ViewOptions& options);

int run_inspect(const std::string& file, bool json, bool nodes);

struct PackCommand {
    std::string in, out;
    scene::PackOptions options;
    bool json = false;
};
int run_pack(const PackCommand& command); // 1 also where the file cannot be written
int run_plant_check(const std::string& file);

struct PlantRunOptions {
    double seconds = 0.0, speed = 1.0, lead_s = 0.0;
    std::uint64_t seed = 1;
};
int run_plant_run(const std::string& file, const std::string& broker, const PlantRunOptions& options);

struct SimulateOptions {
    double hours = 8.0, warmup = 0.0;
    std::uint32_t replications = 10;
    std::uint64_t seed = 1;
    bool json = false;
};
int run_plant_simulate(const std::string& file, const SimulateOptions& options);
int run_verify(const std::string& file, bool json); // 0: intact; 1: damaged or not closed; 2: cannot be read
int run_plant_watch(const std::string& file, const std::string& broker, bool json, double seconds);
int run_twin_watch(const std::string& broker, const std::string& topics, bool json, double seconds);
int run_twin_methods(const std::string& server);
enum class ActionsForm : std::uint8_t { Lines, Json, Markdown };
int run_actions(ActionsForm form);
int run_do(const std::vector<std::string>& words);

} // namespace pw::app
