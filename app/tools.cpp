// SPDX-License-Identifier: Apache-2.0
// The subcommands that need no GPU: inspect, plant, twin, actions, do.
#include "app/client_actions.h"
#include "app/commands.h"
#include "app/live.h"
#include "app/part_facts.h"
#include "app/problems.h"
#include "app/publisher/publisher.h"
#include "app/remote_control.h"
#include "app/sounds.h"
#include "app/stage.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "plant/plant.h"
#include "scene/gltf.h"
#include "simulation/simulation.h"
#include "twin/json_topics.h"
#include "twin/opcua.h"
#include "twin/twin.h"
#include "twin/watch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <print>
#include <span>

namespace pw::app {

namespace {

constexpr Duration kProgressEvery = from_ms(10'000);

// Until `seconds` are over (0: for ever) or the user stops it.
void wait_for_end(double seconds, const std::function<void()>& meanwhile = [] {}) {
    const Time begin = system_clock().now();
    while (!stop_requested() && (seconds <= 0.0 || (system_clock().now() - begin).seconds() < seconds)) {
        meanwhile();
        pause_for(from_ms(50));
    }
}

void say_now(const std::string& what) {
    std::println("{}", what);
    std::fflush(stdout);
}

// "0:01:30 of plant time, 12 of 12 nodes online, 2714 messages"
std::string progress(const PublishedPlant& plant) {
    const std::int64_t s = plant.plant_time().ns / 1'000'000'000;
    return formatted("{}:{:02}:{:02} of plant time, {} of {} nodes online, {} messages", s / 3600, s / 60 % 60, s % 60,
                     plant.nodes_online(), plant.nodes(), plant.messages());
}

std::string summary_json(const scene::Model& model, const scene::ModelSummary& s, const Reports& reports) {
    JsonWriter w;
    w.begin_object().member("name", model.name).member("generator", model.generator);
    for (const auto& [name, count] : {std::pair("nodes", s.nodes),
                                      {"meshes", s.meshes},
                                      {"primitives", s.primitives},
                                      {"triangles", s.triangles},
                                      {"materials", s.materials},
                                      {"textures", s.textures},
                                      {"images", s.images},
                                      {"animations", s.clips},
                                      {"skins", s.skins},
                                      {"cameras", s.cameras},
                                      {"lights", s.lights}}) {
        w.member(name, count);
    }
    w.key("bounds_m").begin_array();
    if (!s.bounds.empty()) {
        for (const auto& p : {s.bounds.min, s.bounds.max}) w.begin_array().value(p.x).value(p.y).value(p.z).end_array();
    }
    w.end_array().key("extensions").begin_array();
    for (const auto& e : model.extensions_used) w.value(e);
    w.end_array().key("property_tables").begin_array();
    for (const auto& table : model.property_tables) {
        w.begin_object().member("name", table.name).member("rows", table.rows).key("properties").begin_array();
        for (const auto& property : table.properties) w.value(property.name);
        w.end_array().end_object();
    }
    w.end_array().key("metadata");
    if (model.packet == scene::kNone)
        w.null();
    else
        w.raw(model.packets[model.packet]);
    w.key("warnings").begin_array();
    for (const auto& r : reports.list()) w.begin_object().member("where", r.where).member("what", r.what).end_object();
    w.end_array().end_object();
    return w.take();
}

void print_lines(const PartFacts::Lines& lines, std::size_t indent) {
    for (const auto& [name, value] : lines)
        std::println("  {:>{}}{}: {}", "", indent, printable(name), printable(value));
}

void print_nodes(const scene::Model& model) {
    std::vector<std::size_t> depth(model.nodes.size());
    for (std::size_t n = 0; n < model.nodes.size(); ++n) {
        const auto& node = model.nodes[n];
        depth[n] = node.parent == scene::kNone ? 0 : depth[node.parent] + 1;
        const auto indent = 2 * std::min<std::size_t>(depth[n], 40);
        std::println("  {:>{}}{}{}{}", "", indent, printable(node.name), node.mesh == scene::kNone ? "" : "  (mesh)",
                     node.visible ? "" : "  (hidden)");
        print_lines(properties_of(model, node), indent + 4);
        if (node.packet != scene::kNone) print_lines(packet_lines(model.packets[node.packet]), indent + 4);
    }
    for (const auto& clip : model.clips) std::println("  animation {}", printable(clip.name));
}

// Whether the models have the nodes that the plant file names.
void check_nodes(const plant::Plant& plant, Reports& problems) {
    const auto jobs = make_jobs();
    scene::Scene scene;
    Stage stage(*jobs);
    for (stage.open(plant, scene); !stage.complete(); pause_for(from_ms(2))) stage.step(scene);
    stage.step(scene);
    const auto live = Live::start(plant);
    if (!live) return problems.add("", live.error().what);
    (*live)->resolve(scene, /* all_placed= */ true, problems);
    const auto placed_or_told = [&](const std::string& where, const std::string& name, const std::string& model) {
        if (!model.empty() && !scene.find_placed(name))
            problems.add(where + "/model", formatted("{}: its model \"{}\" cannot be read", name, model));
    };
    for (std::size_t i = 0; i < plant.scenery.size(); ++i)
        placed_or_told(formatted("/scenery/{}", i), plant.scenery[i].name, plant.scenery[i].model);
    for (const auto& e : plant.equipment) {
        placed_or_told(e.pointer, e.id, e.model);
        const auto placed = scene.find_placed(e.id);
        const auto check = [&](const std::string& where, const std::string& path) {
            if (placed && !path.empty() && !scene.find_path(placed, path))
                problems.add(where, formatted("{}: there is no node \"{}\"", e.id, path));
        };
        check(e.pointer + "/label_at", e.label_at);
        for (std::size_t i = 0; i < e.items.size(); ++i) {
            const std::string where = formatted("{}/items/{}", e.pointer, i);
            placed_or_told(where, e.id + "/" + e.items[i].name, e.items[i].model);
            check(where + "/attach", e.items[i].attach);
        }
    }
    for (const auto& r : stage.problems().list()) log_warn(formatted("{}: {}", r.where, r.what));
}

// "part=PART [share=NUMBER]": what may be left out in brackets.
std::string usage(const work::Action& action) {
    constexpr std::array<const char*, 7> kValues{"true|false", "NUMBER", "TEXT", "FILE", "", "PART", "X,Y,Z"};
    std::string out;
    for (const work::ArgSpec& spec : action.args) {
        std::string value = kValues.at(static_cast<std::size_t>(spec.kind));
        for (const std::string& choice : spec.choices) value += (value.empty() ? "" : "|") + choice;
        const std::string argument = spec.name + "=" + value;
        out += (out.empty() ? "" : " ") + (spec.required ? argument : "[" + argument + "]");
    }
    return out;
}

class WatchPrinter final : public twin::Listener {
  public:
    explicit WatchPrinter(bool json) : json_(json) {}
    void word(const twin::Heard& h, twin::Instant /*now*/) override {
        const bool has_unit = h.facts != nullptr && !h.facts->unit.empty();
        std::string line = json_ ? twin::watch_line(h)
                                 : printable(formatted("{}  {} = {}{}{}  {}", to_iso8601(h.source_time), h.name,
                                                       twin::to_text(h.value), has_unit ? " " : "",
                                                       has_unit ? h.facts->unit : "", twin::quality_name(h.quality)));
        // A text with a line end in it would look like another tag's line.
        for (std::size_t end = line.find('\n'); end != line.npos; end = line.find('\n', end))
            line.replace(end, 1, "\\n");
        // Whoever read it may have gone: `twin watch | head -1`.
        if (std::fputs((line + "\n").c_str(), stdout) == EOF || std::fflush(stdout) != 0) request_stop();
    }

    void event(const twin::TwinEvent& event, twin::Instant /*now*/) override {
        if (event.kind == twin::TwinEventKind::Malformed) log_warn(printable(event.who + ": " + event.what));
    }

  private:
    const bool json_;
};

} // namespace

std::string_view host_name(xr::HostKind kind) {
    return std::ranges::find(kHostNames, kind, &std::pair<std::string_view, xr::HostKind>::second)->first;
}

SoundOutput sound_output(std::string_view name, xr::HostKind kind) {
    return find_sound_output(name).value_or(kind == xr::HostKind::Offscreen ? SoundOutput::Off : SoundOutput::System);
}

std::optional<xr::HostKind> find_host(std::string_view name) {
    const auto* const found = std::ranges::find(kHostNames, name, &std::pair<std::string_view, xr::HostKind>::first);
    return found == kHostNames.end() ? std::nullopt : std::optional(found->second);
}

int failed(const Error& error, std::optional<int> code) {
    std::println(stderr, "plantwalk: {}", printable(error.what));
    return code.value_or(error.code == Errc::Malformed || error.code == Errc::Unsupported ? 2 : 1);
}

int run_inspect(const std::string& file, bool json, bool nodes) {
    Reports reports;
    const auto model = scene::load_gltf(file, reports);
    if (!model) return failed(model.error(), 2);
    const auto s = scene::summarize(**model);
    if (json) {
        std::println("{}", summary_json(**model, s, reports));
        return 0;
    }
    std::println("{}", file);
    std::println("  nodes {}, meshes {}, primitives {}, triangles {}", s.nodes, s.meshes, s.primitives, s.triangles);
    std::println("  materials {}, textures {}, images {}", s.materials, s.textures, s.images);
    std::println("  animations {}, skins {}, cameras {}, lights {}", s.clips, s.skins, s.cameras, s.lights);
    if (!s.bounds.empty()) {
        const DVec3 size = s.bounds.max - s.bounds.min;
        std::println("  size {:.3f} × {:.3f} × {:.3f} m", size.x, size.y, size.z);
    }
    for (const auto& e : (*model)->extensions_used) std::println("  extension {}", printable(e));
    for (const auto& table : (*model)->property_tables)
        std::println("  property table {}: {} rows of {} properties", printable(table.name), table.rows,
                     table.properties.size());
    if ((*model)->packet != scene::kNone) print_lines(packet_lines((*model)->packets[(*model)->packet]), 0);
    for (const auto& r : reports.list()) std::println("  warning: {}: {}", printable(r.where), printable(r.what));
    if (nodes) print_nodes(**model);
    return 0;
}

int run_plant_check(const std::string& file) {
    Reports problems;
    const auto plant = plant::read_plant(file, problems);
    for (const auto& p : problems.list())
        std::println(stderr, "{}: {}: {}", file, p.where.empty() ? "/" : printable(p.where), printable(p.what));
    if (!plant) {
        if (problems.empty()) failed(plant.error());
        return 2;
    }
    if (std::ranges::any_of(plant->equipment,
                            [](const plant::Equipment& e) { return e.behaviour.kind != plant::BehaviourKind::None; })) {
        const std::size_t known = problems.list().size();
        (void)simulation::compile(*plant, problems);
        for (const auto& p : std::span(problems.list()).subspan(known))
            std::println(stderr, "{}: {}: {}", file, printable(p.where), printable(p.what));
    }
    if (problems.empty()) {
        check_nodes(*plant, problems);
        for (const auto& p : problems.list())
            std::println(stderr, "{}: {}: {}", file, printable(p.where), printable(p.what));
    }
    Reports warnings;
    twin::JsonTopics::warn_of_silence(*plant, warnings);
    if (problems.empty()) simulation::warn_of_ideal(*plant, warnings);
    if (std::isnan(plant->start_m.x))
        warnings.add("/start",
                     "there is no position: a visit begins where everything is seen, before the plant and not in it");
    for (const auto& w : warnings.list())
        std::println(stderr, "{}: warning: {}: {}", file, printable(w.where), printable(w.what));
    if (!problems.empty()) return 2;
    std::println("{}: {} equipment, {} models, {} viewpoints: no errors", file, plant->equipment.size(),
                 plant->models.size(), plant->viewpoints.size());
    return 0;
}

int run_plant_run(const std::string& file, const std::string& broker, const PlantRunOptions& options) {
    Reports problems;
    const auto plant = plant::read_plant(file, problems);
    log_reports(problems);
    if (!plant) return failed(plant.error(), 2);
    auto published = start_publishing(*plant, broker,
                                      {.seed = options.seed,
                                       .speed = options.speed,
                                       .lead = from_seconds(options.lead_s),
                                       .memory = join_path(user_state_folder(), "edge-nodes")});
    if (!published) return failed(published.error());
    say_now(
        formatted("publishing {} to {}, {} × real time, seed {}", plant->name, broker, options.speed, options.seed));
    std::uint32_t online = 0;
    Time said = system_clock().now();
    wait_for_end(options.seconds, [&] {
        const std::uint32_t now_online = (*published)->nodes_online();
        const Time now = system_clock().now();
        if (now_online == online && now - said < kProgressEvery) return;
        online = now_online;
        said = now;
        say_now(progress(**published));
    });
    const std::string end = progress(**published);
    const bool all = (*published)->nodes_online() == (*published)->nodes();
    published->reset();
    say_now(all ? end + "; every node has said its death" : end);
    return 0;
}

int run_twin_watch(const std::string& broker, const std::string& topics, bool json, double seconds) {
    twin::TwinOptions options;
    options.broker = broker;
    options.host_id = formatted("plantwalk-watch-{}", system_clock().utc_now().ns % 1'000'000);
    options.ephemeral = true;
    options.opcua_all = true;
    options.show_topics = topics;
    WatchPrinter printer(json);
    options.listeners = {&printer};
    const auto watching = twin::Twin::start(options);
    if (!watching) return failed(watching.error());
    std::string problem; // said when it changes: an empty screen looks like a quiet plant
    wait_for_end(seconds, [&] {
        if (!(*watching)->take() || (*watching)->snapshot().problem == problem) return;
        problem = (*watching)->snapshot().problem;
        if (!problem.empty()) log_warn(problem);
    });
    return 0;
}

int run_twin_methods(const std::string& server) {
    twin::TwinOptions options;
    options.broker = server;
    const auto methods = twin::list_opcua_methods(options);
    if (!methods) return failed(methods.error());
    for (const auto& method : *methods) std::println("{}", printable(method));
    return 0;
}

int run_actions(ActionsForm form) {
    work::ActionRegistry registry;
    add_client_actions(registry, nullptr);
    if (form != ActionsForm::Lines) {
        std::print("{}", form == ActionsForm::Json ? registry.to_json() + "\n" : registry.to_markdown());
        return 0;
    }
    for (const auto& action : registry.list()) {
        std::println("{:24} {}", action.id, action.help);
        if (const std::string arguments = usage(action); !arguments.empty()) std::println("{:24} {}", "", arguments);
    }
    return 0;
}

int run_do(const std::vector<std::string>& words) {
    work::ActionRegistry registry;
    add_client_actions(registry, nullptr);
    const auto arguments = registry.arguments_from_words(words[0], std::span(words).subspan(1));
    if (!arguments) return failed(arguments.error(), 2);
    JsonWriter w;
    w.begin_object().member("action", words[0]).key("arguments").raw(*arguments).end_object();
    const auto answer =
        control_socket().and_then([&](const std::string& socket) { return local_request(socket, w.text()); });
    if (!answer) return failed(answer.error());
    std::println("{}", *answer);
    return answer->starts_with(R"({"ok":true)") ? 0 : 1;
}

} // namespace pw::app
