// SPDX-License-Identifier: Apache-2.0
// plantwalk: reads the command line and hands over to a subcommand.
#include "app/commands.h"
#include "app/publisher/publisher.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"

#include <CLI/CLI.hpp>

#include <cmath>
#include <cstdio>
#include <exception>
#include <sstream>
#include <tuple>

namespace {

using namespace pw;
using namespace pw::app;

// "1.5,0,-2" into numbers; empty when it is something else.
std::vector<double> numbers(const std::string& text) {
    std::vector<double> out;
    std::istringstream in(text);
    for (std::string piece; std::getline(in, piece, ',');) {
        char* end = nullptr;
        out.push_back(std::strtod(piece.c_str(), &end));
        if (piece.empty() || *end != '\0' || !std::isfinite(out.back())) return {};
    }
    return out;
}

// A check for CLI11: the text must be `count` numbers.
auto is_numbers(std::size_t count) {
    return [count](const std::string& text) {
        if (numbers(text).size() == count) return std::string();
        return std::to_string(count) + " numbers with commas between them are needed, not " + text;
    };
}

// CLI::Range and CLI::NonNegativeNumber let "nan" through: no comparison with it holds.
std::string is_finite(const std::string& text) {
    return numbers(text).size() == 1 ? "" : "a number is needed, not " + text;
}

std::optional<std::pair<std::uint32_t, std::uint32_t>> size_of(const std::string& text) {
    unsigned width = 0, height = 0;
    char more = 0;
    if (std::sscanf(text.c_str(), "%ux%u%c", &width, &height, &more) != 2) return std::nullopt;
    if (width == 0 || height == 0 || width > 16384 || height > 16384) return std::nullopt;
    return std::pair(width, height);
}

CLI::Option* add_host(CLI::App& app, std::string& host) {
    std::vector<std::string> known{"auto"};
    for (const auto& [name, kind] : kHostNames) known.emplace_back(name);
    return app.add_option("--host", host, "Where to show it")->check(CLI::IsMember(known));
}

void add_sound(CLI::App& app, std::string& sound) {
    app.add_option(
           "--sound", sound,
           "auto: the system's loudspeakers; null: on no device; off. Without it auto where somebody looks, off "
           "where nobody does")
        ->check(CLI::IsMember({"auto", "null", "off"}));
}

void add_demo(CLI::App& app, int& code) {
    auto& demo = *app.add_subcommand("demo", "A plant that lives: starts a broker, a simulated plant and the client");
    auto options = std::make_shared<DemoOptions>();
    add_host(demo, options->host);
    add_sound(demo, options->sound);
    demo.add_option("--seconds", options->seconds, "End after so many seconds")
        ->check(CLI::NonNegativeNumber)
        ->check(is_finite);
    demo.add_option("--out", options->out,
                    "Folder for pictures, film and summary.json [out/demo, out/demo-window or out/demo-headset]");
    demo.add_option("--plant", options->plant, "hall: a bottling hall; cell: a palletising cell; or a plant file")
        ->capture_default_str();
    demo.add_option("--seed", options->seed, "Seed of the simulated plant")->capture_default_str();
    demo.callback([options, &code] {
        catch_stop_signals();
        code = run_demo(*options);
    });
}

void add_run(CLI::App& app, int& code) {
    auto& run = *app.add_subcommand("run", "Walk through a plant");
    auto options = std::make_shared<WalkOptions>();
    run.add_option("plant", options->plant, "Plant file")->required();
    add_host(run, options->host);
    add_sound(run, options->sound);
    run.add_option("--broker", options->broker,
                   "mqtt://HOST:PORT, unix:///PATH or opc.tcp://HOST:PORT of the plant's brokers and "
                   "servers, separated by commas; empty: not live");
    run.add_option("--seconds", options->seconds, "End after so many seconds")
        ->check(CLI::NonNegativeNumber)
        ->check(is_finite);
    run.add_option("--record", options->record, "Keep the recording of this visit in a file (.mcap)");
    run.add_option("--rights", options->rights,
                   "What may be done beyond looking: all, none, or names with commas between them (operate)");
    run.callback([options, &code] {
        catch_stop_signals();
        code = run_walk(*options);
    });
}

void add_view(CLI::App& app, int& code) {
    struct Raw {
        ViewOptions options;
        std::string size, camera, target, background, animate;
    };
    auto& view = *app.add_subcommand("view", "Open a glTF model or a plant and look at it");
    auto raw = std::make_shared<Raw>();
    view.add_option("file", raw->options.file, ".gltf, .glb or plant.json")->required();
    add_host(view, raw->options.host);
    add_sound(view, raw->options.sound);
    view.add_option("--size", raw->size, "WxH in pixels, e.g. 1280x720")->check([](const std::string& text) {
        return size_of(text) ? std::string() : "WxH is needed, not " + text;
    });
    view.add_option("--camera", raw->camera, "x,y,z of the eye in metres")->check(is_numbers(3));
    view.add_option("--target", raw->target, "x,y,z it looks at")->check(is_numbers(3));
    view.add_option("--fov", raw->options.fov_y_deg, "Vertical field of view in degrees")
        ->check(CLI::Range(1.0, 170.0))
        ->check(is_finite)
        ->capture_default_str();
    view.add_option("--environment", raw->options.environment, "Radiance .hdr that lights it");
    view.add_option("--background", raw->background, "r,g,b,a, linear; 0,0,0,0 gives a picture with real alpha")
        ->check(is_numbers(4));
    view.add_option("--animate", raw->animate, "dyn: turn every node whose name ends in _dyn, every frame")
        ->check(CLI::IsMember({"dyn"}));
    view.add_option("--clip", raw->options.clip, "Play this animation (name or number)");
    view.add_option("--time", raw->options.time_s, "Hold the animation at this second")->check(is_finite);
    view.add_option("--frames", raw->options.frames, "Measure so many frames, then end");
    view.add_option("--shot", raw->options.shot, "Write the last frame as a PNG")->check([](const std::string& file) {
        return file.ends_with(".png") ? std::string() : "the picture is a PNG: " + file + " does not end in .png";
    });
    view.add_option("--stats", raw->options.stats, "Write frame times and counts as JSON");
    view.callback([raw, &code] {
        auto& options = raw->options;
        const auto vector = [](const std::string& text) {
            const auto n = numbers(text);
            return DVec3(n[0], n[1], n[2]);
        };
        if (!raw->camera.empty()) options.camera = vector(raw->camera);
        if (!raw->target.empty()) options.target = vector(raw->target);
        if (!raw->background.empty()) {
            const auto n = numbers(raw->background);
            options.background = Vec4(n[0], n[1], n[2], n[3]);
        }
        if (!raw->size.empty()) std::tie(options.width, options.height) = *size_of(raw->size);
        options.animate_dynamic = raw->animate == "dyn";
        catch_stop_signals();
        code = run_view(options);
    });
}

void add_simulate(CLI::App& plant, int& code) {
    auto options = std::make_shared<SimulateOptions>();
    auto file = std::make_shared<std::string>();
    auto& simulate = *plant.add_subcommand("simulate", "Run a plant file as fast as possible and say how it does");
    simulate.add_option("file", *file)->required();
    simulate.add_option("--hours", options->hours, "Plant time that counts")
        ->check(CLI::Range(0.001, 80000.0))
        ->check(is_finite)
        ->capture_default_str();
    simulate.add_option("--warmup", options->warmup, "Hours before, which do not count")
        ->check(CLI::Range(0.0, 7000.0))
        ->check(is_finite)
        ->capture_default_str();
    simulate.add_option("--replications", options->replications, "Runs with other luck; intervals come from them")
        ->check(CLI::Range(1, 10000))
        ->capture_default_str();
    simulate.add_option("--seed", options->seed)->capture_default_str();
    simulate.add_flag("--json", options->json, "As JSON");
    simulate.callback([options, file, &code] { code = run_plant_simulate(*file, *options); });
}

void add_pack(CLI::App& app, int& code) {
    struct Raw {
        PackCommand command;
        double precision_mm = scene::PackOptions{}.position_error_m * 1e3;
        bool no_levels = false, keep_textures = false;
    };
    auto raw = std::make_shared<Raw>();
    scene::PackOptions& options = raw->command.options;
    auto& pack =
        *app.add_subcommand("pack", "Make a glTF file smaller and quicker to open; its parts stay what they are");
    pack.add_option("in", raw->command.in, ".gltf or .glb")->required();
    pack.add_option("out", raw->command.out, ".glb; may be the same file")
        ->required()
        ->check([](const std::string& file) {
            return file.ends_with(".glb") ? std::string()
                                          : "the packed file is a GLB: " + file + " does not end in .glb";
        });
    pack.add_option("--precision", raw->precision_mm,
                    "How far positions may move, in millimetres; 0: no number changes")
        ->check(CLI::Range(0.0, 1000.0))
        ->check(is_finite)
        ->capture_default_str();
    pack.add_flag("--no-levels", raw->no_levels, "Add no levels of detail");
    pack.add_flag("--keep-textures", raw->keep_textures, "Leave pictures as they are, for who reads no WebP");
    pack.add_option("--quality", options.quality, "Of pictures that are colours, as WebP has it")
        ->check(CLI::Range(0.f, 100.f))
        ->check(is_finite)
        ->capture_default_str();
    pack.add_option("--max-texture", options.max_texture, "Halve pictures with more pixels to a side; 0: none")
        ->check(CLI::Range(0u, 16384u))
        ->capture_default_str();
    pack.add_flag("--json", raw->command.json, "Say what was done as JSON");
    pack.callback([raw, &code] {
        scene::PackOptions& chosen = raw->command.options;
        chosen.position_error_m = raw->precision_mm * 1e-3;
        chosen.levels = !raw->no_levels;
        chosen.textures = !raw->keep_textures;
        catch_stop_signals();
        code = run_pack(raw->command);
    });
}

void add_tools(CLI::App& app, int& code) {
    struct Raw {
        std::string file, topics, broker = "mqtt://127.0.0.1:1883";
        bool json = false, markdown = false, nodes = false;
        double seconds = 0.0, speed = 1.0, lead = 0.0;
        std::uint64_t seed = 1;
        std::vector<std::string> words;
    };
    auto raw = std::make_shared<Raw>();
    auto& inspect = *app.add_subcommand("inspect", "Say what is in a glTF file; exit 2 when it cannot be drawn");
    inspect.add_option("file", raw->file)->required();
    inspect.add_flag("--json", raw->json, "As JSON");
    inspect.add_flag("--nodes", raw->nodes, "Also the tree of its nodes, whose names a plant file binds to");
    inspect.callback([raw, &code] { code = run_inspect(raw->file, raw->json, raw->nodes); });

    auto& plant =
        *app.add_subcommand("plant", "Check a plant file, or make a simulated plant of it")->require_subcommand(1);
    auto& check = *plant.add_subcommand("check", "All errors, each with its JSON pointer; exit 2 when there are any");
    check.add_option("file", raw->file)->required();
    check.callback([raw, &code] { code = run_plant_check(raw->file); });
    auto& run = *plant.add_subcommand(
        "run", "Simulate a plant file and publish its machines as Sparkplug edge nodes, which take commands");
    run.add_option("file", raw->file, "Plant file; tags with a \"simulated\" key are published")->required();
    run.add_option("--broker", raw->broker, "mqtt://HOST:PORT or unix:///PATH")->capture_default_str();
    run.add_option("--seconds", raw->seconds, "End after so many seconds")
        ->check(CLI::NonNegativeNumber)
        ->check(is_finite);
    run.add_option("--speed", raw->speed,
                   "Times real time; for another number than 1 whoever listens measures rates, KPIs and alarm "
                   "times by another clock than the plant's")
        ->check(CLI::Range(0.01, kFastest))
        ->check(is_finite)
        ->capture_default_str();
    run.add_option("--seed", raw->seed, "The same seed gives the same luck")->capture_default_str();
    run.add_option("--lead", raw->lead, "Seconds of plant time that have passed at the first word: a line that is full")
        ->check(CLI::Range(0.0, 86400.0))
        ->check(is_finite)
        ->capture_default_str();
    run.callback([raw, &code] {
        catch_stop_signals();
        code = run_plant_run(raw->file, raw->broker, {raw->seconds, raw->speed, raw->lead, raw->seed});
    });

    add_simulate(plant, code);

    auto& twin = *app.add_subcommand("twin", "What the machines say")->require_subcommand(1);
    auto& watch = *twin.add_subcommand("watch", "Print every change of value or quality");
    watch.add_option("--broker", raw->broker)->capture_default_str();
    watch.add_option("--topics", raw->topics,
                     "Instead of Sparkplug: MQTT topics with JSON or values, such as 'acme/#'");
    watch.add_flag("--json", raw->json, "One JSON object a line");
    watch.add_option("--seconds", raw->seconds, "End after so many seconds")
        ->check(CLI::NonNegativeNumber)
        ->check(is_finite);
    watch.add_option("--plant", raw->file, "Instead a table of the machines of this plant file, with KPIs and alarms");
    watch.callback([raw, &code] {
        catch_stop_signals();
        code = raw->file.empty() ? run_twin_watch(raw->broker, raw->topics, raw->json, raw->seconds)
                                 : run_plant_watch(raw->file, raw->broker, raw->json, raw->seconds);
    });

    auto& methods = *twin.add_subcommand("methods", "List the methods of an OPC UA server");
    methods.add_option("--broker", raw->broker, "opc.tcp://HOST[:PORT]")->required();
    methods.callback([raw, &code] { code = run_twin_methods(raw->broker); });

    auto& verify = *app.add_subcommand(
        "verify", "Is a recording whole and as it was written? Exit 1 when it is damaged or was not closed, 2 when it "
                  "cannot be read");
    verify.add_option("file", raw->file, "A recording (.mcap)")->required();
    verify.add_flag("--json", raw->json, "As JSON");
    verify.callback([raw, &code] { code = run_verify(raw->file, raw->json); });

    auto& actions = *app.add_subcommand("actions", "Everything a user can do");
    actions.add_flag("--json", raw->json, "As JSON");
    actions.add_flag("--markdown", raw->markdown, "As the tables of docs/actions.md");
    actions.callback([raw, &code] {
        code = run_actions(raw->json ? ActionsForm::Json : raw->markdown ? ActionsForm::Markdown : ActionsForm::Lines);
    });

    auto& act = *app.add_subcommand(
        "do", "Carry out an action in the running program: plantwalk do view.select part=palletiser");
    act.add_option("words", raw->words, "ACTION [name=value …]")->required();
    act.callback([raw, &code] { code = run_do(raw->words); });
}

} // namespace

int main(int argc, char** argv) {
    try {
        int code = 0;
        open_standard_streams();
        hear_errors_not_signals();
        CLI::App app{"Plantwalk: stand inside a factory with its real geometry and its live state", "plantwalk"};
        app.require_subcommand(1);
        app.set_version_flag("--version", std::string("plantwalk ") + PW_VERSION);
        app.add_flag_callback("-v,--verbose", [] { set_log_level(LogLevel::Debug); }, "Say more on stderr");
        add_demo(app, code);
        add_run(app, code);
        add_view(app, code);
        add_pack(app, code);
        add_tools(app, code);
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            // "A subcommand is required" is no answer to a misspelt one.
            if (const auto strange = app.remaining(/* recurse= */ true); error.get_exit_code() != 0 && !strange.empty())
                std::fprintf(stderr, "plantwalk: not known here: %s\n", printable(strange.front()).c_str());
            return app.exit(error) == 0 ? 0 : 2;
        }
        // A full disk: half an answer is none. A reader who has seen enough is fine.
        if ((std::fflush(stdout) != 0 || std::ferror(stdout) != 0) && !reader_has_gone()) {
            std::fputs("plantwalk: the output could not be written\n", stderr);
            return 1;
        }
        return code;
    } catch (const std::exception& error) { // std::println, too, when it cannot write
        if (std::ferror(stdout) != 0 && reader_has_gone()) return 0;
        std::fprintf(stderr, "plantwalk: %s%s\n", std::ferror(stdout) != 0 ? "the output could not be written: " : "",
                     error.what());
        return 1;
    }
}
