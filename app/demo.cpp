// SPDX-License-Identifier: Apache-2.0
// plantwalk demo: a private broker, a simulated plant, perhaps a simulated headset, and the client; says what it does.
#include "app/client.h"
#include "app/commands.h"
#include "app/headset_walk.h"
#include "app/parts.h"
#include "app/publisher/publisher.h"
#include "app/tour.h"
#include "base/file.h"
#include "base/format.h"
#include "base/guarded.h"
#include "base/json.h"
#include "base/log.h"
#include "base/process.h"
#include "twin/private_broker.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <print>

namespace pw::app {

namespace {

void say(const std::string& what) {
    std::println("demo: {}", what);
    std::fflush(stdout);
}

constexpr Duration kLead = from_ms(1'800'000); // the bottling hall is full of bottles by then

// "cell" and "hall" are the project's own.
std::string plant_file_of(const std::string& name) {
    const bool own = name == "cell" || name == "hall";
    return own ? join_path(assets_folder(), "plants/" + name + "/plant.json") : name;
}

int failed_at(const std::string& step, const Error& error) { return failed(fail_at(step, error).error()); }

// Warnings and errors of the whole run, for the summary.
class Warnings {
  public:
    Warnings() { add_log_sink(hear, this); }
    ~Warnings() { remove_log_sink(hear, this); }
    std::vector<std::string> list() { return *heard_.lock(); }

  private:
    static void hear(LogLevel level, std::string_view message, void* self) {
        if (level <= LogLevel::Warn) static_cast<Warnings*>(self)->heard_.lock()->emplace_back(message);
    }
    Guarded<std::vector<std::string>> heard_;
};

struct TempFolder {
    std::string path = make_temp_folder("plantwalk-").value_or(".");
    TempFolder() = default;
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder() {
        if (path != ".") remove_folder(path);
    }
};

struct Choice {
    xr::HostKind kind = xr::HostKind::Offscreen;
    bool simulate_headset = false;
};

Choice choose_host(const DemoOptions& options) {
    std::string why;
    const auto best = xr::best_host(why);
    say(why);
    const auto kind = find_host(options.host).value_or(best);
    return {kind, kind == xr::HostKind::Headset && best != kind};
}

std::size_t machine_count(const plant::Plant& plant) {
    return static_cast<std::size_t>(std::ranges::count_if(plant.equipment, &is_machine));
}

Result<void> write_summary(Client& client, const std::string& folder, const std::vector<std::string>& warnings,
                           const std::vector<std::string>& pictures) {
    const auto& snapshot = client.live().snapshot();
    JsonWriter w;
    const auto member = [&w](const char* name, const Percentiles& p) {
        w.key(name).begin_object().member("median", p.median).member("p99", p.p99).end_object();
    };
    w.begin_object().member("host", host_name(client.host().kind())).member("runtime", client.host().description());
    w.member("gpu", client.gpu_name())
        .member("frames", client.drawn_frames())
        .member("machines", machine_count(client.plant()));
    w.member("tags", snapshot.tags.size()).member("messages", snapshot.messages).member("metrics", snapshot.metrics);
    member("frame_ms", client.stats().frame_ms());
    member("span_ms", client.stats().span_ms());
    member("cpu_ms", client.stats().cpu_ms());
    member("process_cpu_ms", client.stats().process_cpu_ms());
    w.key("pictures").begin_array();
    for (const auto& picture : pictures) w.value(file_name_of(picture));
    w.end_array().key("warnings").begin_array();
    for (const auto& warning : warnings) w.value(warning);
    w.end_array().end_object();
    return write_text(join_path(folder, "summary.json"), w.text() + "\n");
}

// What the demo before left in the folder: a plant with fewer viewpoints would leave the rest of its pictures. Of
// pictures only those that its summary names.
void remove_last_demo(const std::string& folder) {
    const auto summary = read_text(join_path(folder, "summary.json"));
    const auto names = list_folder(folder);
    for (const std::string& name : summary&& names ? *names : std::vector<std::string>()) {
        if (name.ends_with(".png") && summary->contains(json_quote(name))) remove_file(join_path(folder, name));
    }
    for (const char* name : {"demo.mcap", "tour.mp4", "summary.json"}) remove_file(join_path(folder, name));
}

// By edge node: a hall has too many machines for a list.
void say_what_was_live(const plant::Plant& plant) {
    struct Node {
        std::size_t machines = 0, people = 0, tags = 0;
    };
    std::map<std::string, Node> nodes;
    for (const auto& e : plant.equipment) {
        if (e.tags.empty()) continue;
        const std::string& source = e.tags.front().source;
        Node& node = nodes[source.substr(0, source.find('/', source.find('/') + 1))];
        ++(is_machine(e) ? node.machines : node.people);
        node.tags += e.tags.size();
    }
    std::println("\nWhat was live:");
    for (const auto& [name, node] : nodes) {
        std::string of;
        if (node.machines != 0) of = formatted("{} machine{}", node.machines, node.machines == 1 ? "" : "s");
        if (node.people != 0)
            of += formatted("{}{} {}", of.empty() ? "" : " and ", node.people, node.people == 1 ? "person" : "people");
        std::println("  {:28} {:3} tags of {}", name, node.tags, of);
    }
}

// `broker`: where it is reached from outside of this demo's network; empty: nowhere.
void say_farewell(const plant::Plant& plant, const std::string& folder, const std::string& broker) {
    say_what_was_live(plant);
    std::println("\nWhat to try next:");
    std::println("  look at {}", folder);
    std::println("  script/plantwalk verify {}", join_path(folder, "demo.mcap"));
    std::println("                                      what the machines said, recorded; Foxglove opens it too");
    std::println("  script/demo --host window           walk with W A S D; click a machine");
    std::println("  script/demo --host headset          the same at 1:1; without a headset, a simulated one");
    std::println("  script/demo --plant cell            a robot cell: less to draw for a machine without a GPU");
    std::println("  script/plantwalk do app.status      while a demo runs: ask it");
    if (!broker.empty()) {
        std::println("  script/plantwalk twin watch --broker {}", broker);
        std::println("                                      while a demo runs: what the machines say");
    }
    std::println("  script/plantwalk view MODEL.glb     your own model");
}

// Until the tour or `seconds` (0: never) are over, or the user ends it. Returns the files of the pictures.
std::vector<std::string> show(Client& client, const Choice& choice, const std::string& folder, double seconds) {
    const bool touring = choice.kind == xr::HostKind::Offscreen;
    std::optional<Tour> tour;
    if (touring) tour.emplace(client, TourOptions{.folder = folder}, say);
    client.on_step = [&tour](Duration) {
        if (tour) tour->step();
    };
    say(client.answers()
            ? "in another terminal: script/plantwalk do app.status, script/plantwalk actions"
            : "script/plantwalk do does not reach this Plantwalk; where another one answers, `shows` in its "
              "app.status is its plant file");
    if (!touring)
        say(seconds > 0.0 ? formatted("running for {:.0f} s; --seconds N is longer or shorter", seconds)
                          : std::string("running until you close it"));
    std::vector<std::string> pictures;
    bool loaded = false;
    const Time begin = system_clock().now();
    while (client.frame()) {
        if (!loaded && (loaded = client.settled()))
            client.reset_stats(); // the times of the summary are of what goes on
        const double running = (system_clock().now() - begin).seconds();
        if ((seconds > 0.0 && running >= seconds) || (tour && tour->finished())) client.state().quit = true;
        // What a headset's user sees, once everything is there: both eyes, left above right.
        if (!touring && pictures.empty() && client.settled() && running > 0.5 * seconds) {
            pictures.push_back(join_path(folder, formatted("{}.png", host_name(choice.kind))));
            client.photo_to(pictures.back());
            say("picture: " + pictures.back());
        }
    }
    client.on_step = nullptr;
    return tour ? tour->finish() : pictures;
}

ClientOptions options_for(const Choice& choice, const std::string& plant_file, const std::string& folder) {
    ClientOptions out;
    out.plant_file = plant_file;
    out.recording = join_path(folder, "demo.mcap");
    out.host.kind = choice.kind;
    out.panels = choice.kind != xr::HostKind::Offscreen;
    out.settings = read_settings(settings_file(), out.settings_problems);
    out.control_socket = control_socket_or_none();
    return out;
}

// The visit itself, and its summary.
Result<void> show_and_tell(Client& client, const Choice& choice, const DemoOptions& options, Warnings& warnings) {
    const double seconds = options.seconds > 0.0 ? options.seconds : choice.simulate_headset ? 20.0 : 0.0;
    const auto pictures = show(client, choice, options.out, seconds);
    if (auto written = write_summary(client, options.out, warnings.list(), pictures); !written)
        return fail_at("summary", written.error());
    say("summary: " + join_path(options.out, "summary.json"));
    if (choice.kind == xr::HostKind::Offscreen && pictures.empty() && !stop_requested() && seconds == 0.0)
        return fail_at("tour", {Errc::Unavailable, client.plant().viewpoints.empty()
                                                       ? "the plant file has no viewpoints to take pictures from"
                                                       : "no picture was drawn"});
    return {};
}

} // namespace

int run_demo(DemoOptions options) {
    Warnings warnings;
    const std::string plant_file = plant_file_of(options.plant);
    if (!file_exists(plant_file))
        return failed_at("--plant", {Errc::Malformed, "there is no plant file " + options.plant +
                                                          ", and the project's own are \"cell\" and \"hall\""});
    Reports found; // the client says it, if it comes to that
    const auto plant = plant::read_plant(plant_file, found);
    if (!plant) log_reports(found);
    if (!plant) return failed_at(plant_file, plant.error());
    const Choice choice = choose_host(options);
    if (options.out.empty()) // each host has its own, for a demo begins with an empty one
        options.out =
            choice.kind == xr::HostKind::Offscreen ? "out/demo" : formatted("out/demo-{}", host_name(choice.kind));
    if (auto made = make_folders(options.out); !made) return failed_at("output folder", made.error());
    remove_last_demo(options.out);
    ClientOptions client_options = options_for(choice, plant_file, options.out);
    // Nobody wears a headset that is moved by script.
    client_options.sound = sound_output(options.sound, choice.simulate_headset ? xr::HostKind::Offscreen : choice.kind);
    const auto runtime = user_runtime_folder();
    const std::string broker_socket = runtime ? join_path(*runtime, "broker.sock") : "";
    HeadsetWalk walk; // gives the program another runtime folder, so after the lines above and before all threads
    if (choice.simulate_headset) {
        say("no headset is there: starting Monado with a simulated one and walking it by script");
        // Whoever reaches its port moves the head.
        if (auto own = enter_private_network(); !own) log_warn(own.error().what);
        if (auto started = walk.start(); !started) return failed_at("simulated headset", started.error());
    }

    const TempFolder broker_folder;
    auto broker = twin::start_private_broker(broker_folder.path, broker_socket);
    if (!broker) return failed_at("private broker", broker.error());
    say("a private MQTT broker listens at " + broker->url());
    client_options.broker = broker->url();
    auto published = start_publishing(*plant, broker->url(), {.seed = options.seed, .lead = kLead});
    if (!published) return failed_at("simulated plant", published.error());
    say(formatted("{} is running: {} machines publish as Sparkplug edge nodes", plant->name, machine_count(*plant)));

    say("loading the plant and preparing the GPU; the first time this takes longer");
    auto made = Client::make(client_options);
    if (!made) return failed_at("client", made.error());
    say(formatted("drawing for {} on {}", (*made)->host().description(), (*made)->gpu_name()));
    if (auto shown = show_and_tell(**made, choice, options, warnings); !shown) return failed(shown.error());
    say_farewell(*plant, options.out, broker->local_url());
    return 0;
}

} // namespace pw::app
