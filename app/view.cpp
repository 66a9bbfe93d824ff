// SPDX-License-Identifier: Apache-2.0
// plantwalk view and run: a client for one model or plant.
#include "app/alarm_keeper.h"
#include "app/client.h"
#include "app/commands.h"
#include "app/kept_panels.h"
#include "app/parts.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "base/process.h"
#include "scene/animation.h"

#include <glm/common.hpp>
#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <print>

namespace pw::app {

namespace {

constexpr Duration kSettlePatience = from_ms(120'000);
constexpr Duration kProgressEvery = from_ms(5'000);
constexpr std::uint32_t kStatsFrames = 30;

bool is_plant(const std::string& file) { return extension_of(file) == ".json"; }

xr::HostKind host_kind(const std::string& name) {
    if (const auto named = find_host(name)) return *named;
    std::string why;
    const auto kind = xr::best_host(why);
    log_info(why);
    return kind;
}

// Every node whose name ends in _dyn turns about +Y, one turn in four seconds of 60 frames each.
class Dynamic {
  public:
    void step(scene::Scene& scene) {
        for (; seen_ < scene.node_count(); ++seen_) { // a plant's models arrive one by one
            if (scene.name({seen_}).ends_with("_dyn")) nodes_.push_back({{seen_}, scene.local({seen_})});
        }
        const Quat turn = glm::angleAxis(static_cast<float>(frame_++) * 6.2831853f / 240.f, Vec3(0.f, 1.f, 0.f));
        for (const auto& [node, rest] : nodes_) {
            Transform t = rest;
            t.rotation = rest.rotation * turn;
            scene.set_local(node, t);
        }
    }
    void restart() { frame_ = 0; } // so that a picture does not depend on how long loading took

  private:
    std::vector<std::pair<scene::NodeId, Transform>> nodes_;
    std::uint32_t seen_ = 0;
    std::uint64_t frame_ = 0;
};

const scene::Clip* clip_of(const scene::Model& model, const std::string& name) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc{} && end == name.data() + name.size())
        return number < model.clips.size() ? &model.clips[number] : nullptr;
    const auto found = std::ranges::find(model.clips, name, &scene::Clip::name);
    return found == model.clips.end() ? nullptr : &*found;
}

struct Playing {
    scene::PlacedId placed;
    const scene::Clip* clip = nullptr;
};

// The first model that has such an animation.
Playing find_clip(const scene::Scene& scene, const std::string& name) {
    for (std::uint32_t p = 0; p < scene.placed().size(); ++p) {
        if (const auto* clip = clip_of(*scene.placed()[p].model, name)) return {{p}, clip};
    }
    return {};
}

void play(Client& client, const Playing& playing, const ViewOptions& options, Duration since_start) {
    const double length_s = std::max(0.001, static_cast<double>(playing.clip->duration_s));
    const double t = options.time_s >= 0.0 ? options.time_s : std::fmod(since_start.seconds(), length_s);
    scene::apply_clip(client.scene(), playing.placed, *playing.clip, static_cast<float>(t));
}

// A plant is seen from where a visitor stands, unless the options say otherwise; a model is framed.
void look(Client& client, const ViewOptions& options) {
    if (options.camera && options.target) return; // it was said at the start, and who looks on may have moved since
    if (!options.camera && !options.target && is_plant(options.file)) return;
    const double aspect = static_cast<double>(options.width) / options.height;
    CameraSetting camera = framing(whole_plant(client.scene()), options.fov_y_deg, aspect);
    if (options.camera) camera.eye_m = *options.camera;
    if (options.target) camera.target_m = *options.target;
    client.begin_at(camera);
}

Result<void> write_shot(Client& client, const std::string& file) {
    std::shared_ptr<const scene::Pixels> picture;
    client.ask_picture([&picture](auto taken) { picture = std::move(taken); }, Keep::Still);
    const auto drawn = client.drawn_frames();
    while (client.drawn_frames() == drawn && client.frame()) {}
    client.finish_pictures();
    if (!picture) return fail(Errc::Unavailable, "no picture was drawn");
    const auto png = scene::encode_png(*picture);
    return png ? write_file(file, *png) : std::unexpected(png.error());
}

struct Loaded {
    double first_frame_ms = 0.0; // with every model in its place, perhaps without some of its images
    double settled_ms = 0.0;     // with everything
};

Result<void> write_stats(const Client& client, const Loaded& loaded, const std::string& file) {
    JsonWriter w;
    const auto member = [&w](const char* name, const Percentiles& p) {
        w.key(name).begin_object().member("median", p.median).member("p99", p.p99).end_object();
    };
    w.begin_object().member("first_frame_ms", loaded.first_frame_ms).member("settled_ms", loaded.settled_ms);
    member("frame_ms", client.stats().frame_ms());
    member("cpu_ms", client.stats().cpu_ms());
    member("process_cpu_ms", client.stats().process_cpu_ms());
    const auto& r = client.render_stats();
    w.member("frames", client.stats().frames())
        .member("draws", r.draws)
        .member("triangles", r.triangles)
        .member("drawn", r.drawn)
        .member("drawn_triangles", r.drawn_triangles)
        .member("nodes", r.nodes);
    w.member("peak_rss_mib", peak_rss_mib()).member("gpu", client.gpu_name()).end_object();
    return write_text(file, w.text() + "\n");
}

ClientOptions client_options(const ViewOptions& options) {
    ClientOptions out;
    out.settings = read_settings(settings_file(), out.settings_problems);
    out.fov_y_deg = options.fov_y_deg;
    out.host.kind = options.host.empty()
                        ? (options.shot.empty() && options.stats.empty() ? host_kind("auto") : xr::HostKind::Offscreen)
                        : host_kind(options.host);
    out.sound = sound_output(options.sound, out.host.kind);
    out.host.width = options.width;
    out.host.height = options.height;
    out.host.title = "Plantwalk · " + file_name_of(options.file);
    (is_plant(options.file) ? out.plant_file : out.model_file) = options.file;
    out.environment_file = options.environment;
    out.background = options.background;
    const bool interactive = out.host.kind != xr::HostKind::Offscreen;
    if (interactive) {
        out.control_socket = control_socket_or_none();
        out.panels_file = panels_file();
    }
    out.panels = interactive;
    return out;
}

// Says that it still works, for what takes long; nothing for what does not.
class Progress {
  public:
    void step(const Client& client) {
        const Duration running = system_clock().now() - begin_;
        if (running < due_) return;
        due_ = running + kProgressEvery;
        const auto& r = client.render_stats();
        const std::string what = !client.complete()        ? "loading the models"
                                 : r.pending_textures == 0 ? "bringing it to the GPU"
                                                           : formatted("{} of {} textures are there",
                                                                       r.textures - r.pending_textures, r.textures);
        log_info(formatted("{:.0f} s: {}", running.seconds(), what));
    }

  private:
    Time begin_ = system_clock().now();
    Duration due_ = kProgressEvery;
};

// While things are loaded: where nobody looks, frames are few, and the cores are for the jobs.
bool frame_beside_jobs(Client& client) {
    constexpr Duration kLongest = from_ms(100);
    const Time begin = system_clock().now();
    const bool going = client.frame();
    const Duration frame = system_clock().now() - begin;
    if (going && client.host().kind() == xr::HostKind::Offscreen) sleep_for(std::min(Duration{frame.ns * 3}, kLongest));
    return going;
}

// Until everything is loaded and on the GPU; false when the program is to end.
bool settle(Client& client, Progress& progress) {
    const Time begin = system_clock().now();
    while (!client.settled()) {
        progress.step(client);
        if (!frame_beside_jobs(client)) return false;
        if (system_clock().now() - begin > kSettlePatience) {
            log_warn("some images are still not there; going on without them");
            return true;
        }
    }
    return true;
}

// Who closes it has what was wanted, unless something was asked for that is not there now.
int closed_early(const ViewOptions& options) {
    const std::string& asked = options.shot.empty() ? options.stats : options.shot;
    return asked.empty() ? 0 : failed({Errc::Unavailable, "closed before it was written: " + asked});
}

} // namespace

int run_view(const ViewOptions& options) {
    const Time begin = system_clock().now();
    auto made = Client::make(client_options(options));
    if (!made) return failed(made.error(), made.error().code == Errc::Unavailable ? 1 : 2);
    Client& client = **made;
    Dynamic dynamic;
    Playing playing;
    client.on_step = [&](Duration since_start) {
        if (options.animate_dynamic) dynamic.step(client.scene());
        if (playing.clip != nullptr) play(client, playing, options, since_start);
    };
    if (options.camera && options.target) client.begin_at({*options.camera, *options.target, options.fov_y_deg});
    bool going = true;
    Progress progress;
    while (going && !client.complete()) { // a plant's models arrive one by one
        progress.step(client);
        going = frame_beside_jobs(client);
    }
    if (const auto& why = client.refused()) return failed(*why, why->code == Errc::Unavailable ? 1 : 2);
    if (!going) return closed_early(options);
    look(client, options);
    if (!options.clip.empty()) {
        playing = find_clip(client.scene(), options.clip);
        if (playing.clip == nullptr)
            return failed({Errc::NotFound, formatted("there is no animation \"{}\" in {}", options.clip, options.file)},
                          2);
    }
    const auto drawn = client.drawn_frames();
    while (going && client.drawn_frames() == drawn) going = client.frame();
    Loaded loaded{.first_frame_ms = (system_clock().now() - begin).ms()};
    const bool until_closed = options.frames == 0 && client.host().kind() != xr::HostKind::Offscreen;
    if (going && !until_closed) going = settle(client, progress);
    if (!going) return closed_early(options);
    loaded.settled_ms = (system_clock().now() - begin).ms();
    client.reset_stats();
    dynamic.restart();
    if (client.host().kind() == xr::HostKind::Offscreen && options.shot.empty() && options.stats.empty())
        log_info("no display to show it on; --shot FILE.png makes a picture");
    const std::uint32_t frames = options.frames == 0 && !options.stats.empty() ? kStatsFrames : options.frames;
    for (std::uint32_t i = 0; going && (until_closed || i < frames); ++i) going = client.frame();
    if (!going && !until_closed) return closed_early(options);
    const auto measured = options.stats.empty() ? Result<void>{} : write_stats(client, loaded, options.stats);
    if (!measured) return failed(measured.error());
    if (options.shot.empty()) return 0;
    if (auto shot = write_shot(client, options.shot); !shot) return failed(shot.error());
    log_info("picture: " + options.shot);
    return 0;
}

int run_walk(const WalkOptions& options) {
    ClientOptions out;
    out.settings = read_settings(settings_file(), out.settings_problems);
    if (!options.rights.empty()) out.settings.rights = options.rights;
    out.plant_file = options.plant;
    out.broker = options.broker.empty() ? out.settings.broker : options.broker;
    out.recording = options.record;
    out.alarms_file = alarms_file(options.plant);
    out.registrations_folder = registrations_folder(options.plant);
    out.panels_file = panels_file();
    if (!options.record.empty() && out.broker.empty())
        return failed({Errc::Malformed, "there is nothing to record: --record is for a visit with --broker"});
    out.host.kind = host_kind(options.host);
    out.sound = sound_output(options.sound, out.host.kind);
    out.control_socket = control_socket_or_none();
    auto made = Client::make(out);
    if (!made) return failed(made.error(), made.error().code == Errc::Unavailable ? 1 : 2);
    if (out.host.kind == xr::HostKind::Offscreen && (*made)->answers())
        log_info("nobody sees it here: script/plantwalk do view.photo makes a picture, in " + user_pictures_folder());
    const Time begin = system_clock().now();
    while ((*made)->frame() && (options.seconds <= 0.0 || (system_clock().now() - begin).seconds() < options.seconds)) {
    }
    return 0;
}

} // namespace pw::app
