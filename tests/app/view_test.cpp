// SPDX-License-Identifier: Apache-2.0
// `plantwalk view` and `inspect` as a user runs them.
#include "base/file.h"
#include "base/format.h"
#include "scene/image.h"
#include "tests/app/bars.h"
#include "tests/app/program.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/twin/net.h"
#include "tests/xr/x_server.h"
#include "xr/monado_service.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <format>

using namespace pw;
using namespace pw::test;

namespace {

struct Model {
    TempFolder folder;
    std::string file = folder / "bars.gltf";
    explicit Model(const char* left = "left_dyn") { REQUIRE(write_text(file, two_bars(left))); }

    // The picture that `view` writes with these options more.
    scene::Pixels shot(std::vector<std::string> options) const {
        const std::string png = folder / "shot.png";
        options.insert(options.begin(), {"view", file, "--host", "offscreen", "--size", "160x80", "--shot", png});
        const Finished done = plantwalk(options);
        REQUIRE_MESSAGE(done.code == 0, done.said);
        return picture_of(png);
    }
};

const std::vector<std::string> kFront{"--camera", "0,0,5", "--target", "0,0,0", "--fov", "40"};

std::vector<std::string> front(std::vector<std::string> more) {
    more.insert(more.end(), kFront.begin(), kFront.end());
    return more;
}

// How many pixels of columns [first, last) are not the background.
// Pixels that are covered by half and more.
long drawn(const scene::Pixels& p, std::uint32_t first, std::uint32_t last) {
    long count = 0;
    for (std::uint32_t y = 0; y < p.height; ++y)
        for (std::uint32_t x = first; x < last; ++x) count += p.rgba[(std::size_t{y} * p.width + x) * 4 + 3] > 127;
    return count;
}

bool has_vulkan(const Finished& done) {
    if (!done.said.contains("no Vulkan")) return true;
    return skip("no Vulkan device"), false;
}

} // namespace

TEST_SUITE("app/view [gpu]") {
    TEST_CASE("run without a display says how to get a picture") {
        const TempFolder folder;
        REQUIRE(write_text(folder / "bars.gltf", two_bars("bar")));
        REQUIRE(write_text(folder / "plant.json", bars_plant()));
        Program program(folder, {"run", folder / "plant.json", "--host", "offscreen"});
        CHECK(program.says("script/plantwalk do view.photo makes a picture, in /"));
        CHECK(program.ask({"view.photo"})["ok"] == true);
        CHECK(program.ask({"app.quit"})["ok"] == true);
        CHECK(program.process().wait() == 0);
    }

    TEST_CASE("a background of 0,0,0,0 is transparent, and what stands before it is not") {
        const Model model;
        const auto picture = model.shot(front({"--background", "0,0,0,0"}));
        REQUIRE(picture.width == 160);
        REQUIRE(picture.height == 80);
        const auto pixel = [&](std::size_t x, std::size_t y) {
            const auto* p = &picture.rgba[(y * 160 + x) * 4];
            return std::array<int, 4>{p[0], p[1], p[2], p[3]};
        };
        CHECK(pixel(2, 2) == std::array<int, 4>{0, 0, 0, 0});
        CHECK(pixel(80, 40) == std::array<int, 4>{0, 0, 0, 0}); // between the bars
        CHECK(pixel(58, 40)[3] == 255);
        CHECK(pixel(58, 40)[0] > 200);
        CHECK(pixel(102, 40)[1] > 200);
    }

    TEST_CASE("--animate dyn turns what is named so, a little every frame, and nothing else") {
        const Model model;
        long narrower = 1'000'000, still = 0;
        for (const char* frames : {"1", "20", "40"}) {
            const auto picture = model.shot(front({"--background", "0,0,0,0", "--animate", "dyn", "--frames", frames}));
            CHECK(drawn(picture, 0, 80) < narrower);
            narrower = drawn(picture, 0, 80);
            if (still != 0) CHECK(drawn(picture, 80, 160) == still);
            still = drawn(picture, 80, 160);
        }
        CHECK(still > 100);
        const Model named_otherwise("dyn_left");
        const auto options = front({"--background", "0,0,0,0", "--animate", "dyn", "--frames", "40"});
        CHECK(drawn(named_otherwise.shot(options), 0, 80) == still);
    }

    TEST_CASE("camera, target and field of view are obeyed") {
        const Model model;
        const auto near = model.shot(front({"--background", "0,0,0,0"}));
        const auto wide =
            model.shot({"--background", "0,0,0,0", "--camera", "0,0,5", "--target", "0,0,0", "--fov", "80"});
        CHECK(drawn(wide, 0, 160) < drawn(near, 0, 160) / 3);
        const auto aside =
            model.shot({"--background", "0,0,0,0", "--camera", "0,0,5", "--target", "5,0,5", "--fov", "40"});
        CHECK(drawn(aside, 0, 160) == 0);
    }

    TEST_CASE("a plant is framed and searched for animations when its models are there") {
        const Model model;
        const std::string plant = model.folder / "plant.json", png = model.folder / "shot.png";
        REQUIRE(write_text(plant, bars_plant()));
        std::vector<std::string> words{"view", plant,   "--host", "offscreen", "--size", "160x80",       "--shot",
                                       png,    "--fov", "60",     "--camera",  "0,3,25", "--background", "0,0,0,0"};
        const Finished seen = plantwalk(words);
        if (!has_vulkan(seen)) return;
        REQUIRE_MESSAGE(seen.code == 0, seen.said);
        const scene::Pixels picture = picture_of(png);
        CHECK(drawn(picture, 0, 80) > 0);
        CHECK(drawn(picture, 80, 160) > 0);
        CHECK(drawn(picture, 0, 40) == 0); // its middle is looked at
        CHECK(drawn(picture, 120, 160) == 0);
        words.insert(words.end(), {"--clip", "dance"});
        const Finished none = plantwalk(words);
        CHECK(none.code == 2);
        CHECK_MESSAGE(none.said.contains("dance"), none.said);
    }

    TEST_CASE("the statistics have every number that is promised") {
        const Model model;
        const std::string file = model.folder / "stats.json";
        for (const auto& options : {std::vector<std::string>{"--frames", "7"}, std::vector<std::string>{}}) {
            std::vector<std::string> words{"view",   model.file, "--host",  "offscreen",
                                           "--size", "64x64",    "--stats", file};
            words.insert(words.end(), options.begin(), options.end());
            const Finished done = plantwalk(words);
            if (!has_vulkan(done)) return;
            REQUIRE_MESSAGE(done.code == 0, done.said);
            const auto stats = nlohmann::json::parse(*read_text(file));
            for (const char* name : {"frame_ms", "cpu_ms", "process_cpu_ms"}) {
                CAPTURE(name);
                CHECK(stats[name]["median"] > 0.0);
                CHECK(stats[name]["p99"] >= stats[name]["median"]);
            }
            CHECK(stats["frames"] == (options.empty() ? 30 : 7));
            CHECK(stats["first_frame_ms"] > 0.0);
            CHECK(stats["settled_ms"] >= stats["first_frame_ms"]);
            CHECK(stats["draws"] > 0);
            CHECK(stats["triangles"] == 4);
            CHECK(stats["nodes"] == 2);
            CHECK(stats["peak_rss_mib"] > 10.0);
        }
    }

    TEST_CASE("a model is framed whatever its size, to a hundredth of a millimetre") {
        const Model model;
        if (!has_vulkan(plantwalk({"view", model.file, "--host", "offscreen"}))) return;
        const scene::Pixels large = model.shot({});
        CHECK(drawn(large, 0, 160) > 1000);
        for (const char* size : {"1e-2", "1e-4", "1e-5", "1e5"}) {
            CAPTURE(size);
            std::string text = two_bars("left");
            for (const std::string sign : {"-", ""}) {
                const std::string old = R"("translation": [)" + sign + "1, 0, 0]", s = size;
                text.replace(text.find(old), old.size(),
                             R"("translation": [)" + sign + s + R"(, 0, 0], "scale": [)" + s + ", " + s + ", " + s +
                                 "]");
            }
            REQUIRE(write_text(model.file, text));
            const scene::Pixels other = model.shot({});
            CHECK(std::abs(drawn(other, 0, 80) - drawn(large, 0, 80)) < 30);
            CHECK(std::abs(drawn(other, 80, 160) - drawn(large, 80, 160)) < 30);
            const std::string eye = std::string("0,0,") + formatted("{}", 4.0 * std::strtod(size, nullptr));
            CHECK(drawn(model.shot({"--camera", eye, "--target", "0,0,0"}), 0, 160) > 1000);
        }
    }

    TEST_CASE("closed while it loads, it ends as the user wished, unless something was asked for that is not there") {
        const Model model;
        if (!has_vulkan(plantwalk({"view", model.file, "--host", "offscreen"}))) return;
        REQUIRE(write_text(model.file, many_bars(20'000)));
        for (const bool asked : {false, true}) {
            for (const char* moment : {"GPU:", "drawing on"}) {
                CAPTURE(asked);
                CAPTURE(moment);
                const TempFolder folder;
                const std::string png = folder / "shot.png";
                std::vector<std::string> words{"view", model.file, "--host", "offscreen"};
                if (asked) words.insert(words.end(), {"--shot", png});
                Program program(folder, words);
                REQUIRE(program.says(moment));
                ::kill(static_cast<pid_t>(program.process().pid()), SIGTERM);
                const int code = program.process().wait();
                CHECK_MESSAGE(code == (asked && !file_exists(png) ? 1 : 0), program.said());
                CHECK(program.said().contains("closed before it was written: " + png) == (code == 1));
            }
        }
    }
}

TEST_SUITE("app/words") {
    TEST_CASE("a wrong value is refused with the option's name and 2") {
        const std::vector<std::vector<std::string>> wrong{
            {"--size", "0x5"},  {"--size", "axb"},         {"--camera", "1,2"},  {"--target", "a,b,c"},
            {"--fov", "180"},   {"--background", "1,2,3"}, {"--animate", "all"}, {"--frames", "-3"},
            {"--host", "moon"}, {"--shot", "x.jpg"},       {"--time", "noon"},   {"--fov", "nan"},
            {"--time", "inf"}};
        for (const auto& option : wrong) {
            const Finished done = plantwalk({"view", "x.glb", option[0], option[1]});
            CHECK_MESSAGE(done.code == 2, option[0], ": ", done.said);
            CHECK_MESSAGE(done.said.contains(option[0]), done.said);
        }
        CHECK(plantwalk({"twin", "watch", "--seconds", "-1"}).code == 2);
        CHECK(plantwalk({"plant", "run", "x.json", "--speed", "101"}).said.contains("--speed"));
        CHECK(plantwalk({"plant", "run", "x.json", "--speed", "nan"}).said.contains("--speed"));
        CHECK(plantwalk({"plant", "simulate", "x.json", "--hours", "nan"}).said.contains("--hours"));
        CHECK(plantwalk({"twin", "watch", "--seconds", "nan"}).code == 2);
        const Finished misspelt = plantwalk({"plant", "chekc", "x.json"});
        CHECK(misspelt.code == 2);
        CHECK_MESSAGE(misspelt.said.contains("chekc"), misspelt.said);
        const Finished broker = plantwalk({"twin", "watch", "--broker", "nonsense"});
        CHECK(broker.code == 2);
        CHECK(broker.said.contains("nonsense"));
    }

    TEST_CASE("a simulation says what leaves by type, and no interval of one run") {
        const std::string factory = (source_dir() / "tests/data/simulation/factory.json").string();
        const auto json = [&](const char* replications) {
            const Finished done =
                plantwalk({"plant", "simulate", factory, "--hours", "1", "--replications", replications, "--json"});
            CHECK_MESSAGE(done.code == 0, done.said);
            return nlohmann::json::parse(done.said);
        };
        const auto one = json("1"), two = json("2");
        REQUIRE(one["items"].size() == 1);
        const auto part = one["items"].begin().key();
        CHECK(one["items"][part]["throughput_per_h"]["mean"] > 0.0);
        CHECK(one["items"][part]["throughput_per_h"]["half_width"].is_null());
        CHECK(two["items"][part]["throughput_per_h"]["half_width"].is_number());
        CHECK(one.contains("figures") == false);
        const Finished table = plantwalk({"plant", "simulate", factory, "--hours", "1", "--replications", "1"});
        CHECK_MESSAGE(table.said.contains("± –"), table.said);
        CHECK_MESSAGE(!table.said.contains("95 %"), table.said);
    }

    TEST_CASE("a simulation that cannot go on names its file, and one that is stopped ends at once") {
        const TempFolder folder;
        const std::string itself = folder / "itself.json";
        REQUIRE(write_text(itself, R"({"format": "plantwalk-plant", "version": 1, "name": "T",
"simulation": {"items": {"a": {}}}, "equipment": [
{"id": "s", "level": "unit", "simulation": {"kind": "source", "makes": "a", "every_s": 1, "to": "x"}},
{"id": "x", "level": "unit", "simulation": {"kind": "buffer", "capacity": 2, "to": "x"}}]})"));
        const Finished stuck = plantwalk({"plant", "simulate", itself, "--hours", "1", "--replications", "1"});
        CHECK(stuck.code == 1);
        CHECK_MESSAGE(stuck.said.contains(itself + ": time stands still"), stuck.said);
        const std::string factory = (source_dir() / "tests/data/simulation/factory.json").string();
        Program endless(folder, {"plant", "simulate", factory, "--hours", "80000", "--replications", "1000"});
        pause_for(from_ms(500)); // it is past its start by now
        REQUIRE(endless.process().running());
        ::kill(static_cast<pid_t>(endless.process().pid()), SIGTERM);
        CHECK(eventually([&] { return !endless.process().running(); }, from_ms(5000)));
    }

    TEST_CASE("a limit on the size of files is an error in words, and kills nobody") {
        const TempFolder folder;
        auto limited = Process::start({"/bin/sh", "-c", "ulimit -f 1; exec \"$0\" actions --json > \"$1\"",
                                       (build_dir() / "bin/plantwalk").string(), folder / "actions.json"},
                                      {.output_file = folder / "said"});
        REQUIRE(limited);
        CHECK(limited->wait() == 1);
        CHECK(read_text(folder / "said")->contains("the output could not be written"));
    }

    TEST_CASE("inspect says what is in a file with 0, and what is wrong with it with 2") {
        const Model model;
        const Finished good = plantwalk({"inspect", model.file, "--json"});
        CHECK(good.code == 0);
        const auto json = nlohmann::json::parse(good.said);
        CHECK(json["nodes"] == 2);
        CHECK(json["triangles"] == 4);
        CHECK(json["extensions"] == nlohmann::json({"KHR_materials_unlit"}));
        std::string text = two_bars("left");
        REQUIRE(write_text(model.file, text.replace(text.find("\"byteOffset\": 48"), 16, "\"byteOffset\": 58")));
        const Finished bad = plantwalk({"inspect", model.file});
        CHECK(bad.code == 2);
        CHECK_MESSAGE(bad.said.contains("bars.gltf"), bad.said);
        CHECK_MESSAGE(bad.said.contains("bufferViews[1]"), bad.said);
        CHECK(plantwalk({"inspect", model.folder / "none.glb"}).code == 2);
        const Model whole;
        CHECK(plantwalk({"inspect", whole.file, "--nodes"}).said.contains("  still  (mesh)"));
    }

    TEST_CASE("inspect shows the metadata of a file and of its nodes, and what a file hides") {
        const Model model;
        std::string text = two_bars("left");
        const auto put = [&](const char* before, const char* what) { text.insert(text.find(before), what); };
        put(R"("scene": 0)", R"("extensions": {"KHR_xmp_json_ld": {"packets": [
            {"@context": {"dc": "http://purl.org/dc/elements/1.1/"}, "dc:creator": {"@list": ["Ann", "Ben"]},
             "dc:title": {"@type": "rdf:Alt", "rdf:_1": {"@language": "it-it", "@value": "Barre"},
                          "rdf:_2": {"@language": "en-us", "@value": "Bars"}}},
            {"dc:format": "steel\u001b[2J", "dc:size": 2}]}}, )");
        put(R"("version": "2.0")", R"("extensions": {"KHR_xmp_json_ld": {"packet": 0}}, )");
        put(R"("name": "still")",
            R"("extensions": {"KHR_xmp_json_ld": {"packet": 1}, "KHR_node_visibility": {"visible": false}}, )");
        put(R"("KHR_materials_unlit"],)", R"("KHR_xmp_json_ld", "KHR_node_visibility", )");
        REQUIRE(write_text(model.file, text));
        const Finished good = plantwalk({"inspect", model.file, "--nodes"});
        CHECK(good.code == 0);
        CHECK_MESSAGE(good.said.contains("  dc:creator: Ann, Ben\n  dc:title: Bars\n"), good.said);
        CHECK_MESSAGE(
            good.said.contains("  still  (mesh)  (hidden)\n      dc:format: steel\\x1b[2J\n      dc:size: 2\n"),
            good.said);
        const auto json = nlohmann::json::parse(plantwalk({"inspect", model.file, "--json"}).said);
        CHECK(json["metadata"]["dc:creator"]["@list"][1] == "Ben");
        CHECK(json["warnings"].empty());
        REQUIRE(write_text(model.file, text.replace(text.find("\"packet\": 1"), 11, "\"packet\": 2")));
        CHECK(plantwalk({"inspect", model.file}).said.contains("nodes[1].KHR_xmp_json_ld.packet"));
    }

    TEST_CASE("a recording that nothing would come into is refused") {
        const TempFolder folder;
        REQUIRE(write_text(folder / "bars.gltf", two_bars("bar")));
        REQUIRE(write_text(folder / "plant.json", bars_plant()));
        const Finished run = plantwalk(
            {"run", folder / "plant.json", "--host", "offscreen", "--seconds", "1", "--record", folder / "visit.mcap"});
        CHECK(run.code == 2);
        CHECK_MESSAGE(run.said.contains("there is nothing to record"), run.said);
        CHECK_FALSE(file_exists(folder / "visit.mcap"));
    }

    TEST_CASE("plant check looks into the models for the nodes that a plant file names") {
        const TempFolder folder;
        REQUIRE(write_text(folder / "bars.gltf", two_bars("bar")));
        const auto check = [&](const char* node, const char* label) {
            std::string plant = bars_plant();
            const std::string title = R"("title": "Left",)";
            plant.replace(plant.find(title), title.size(),
                          title + R"("label_at": ")" + label + R"(", "bindings": [{"tag": "speed", "node": ")" + node +
                              R"(", "property": "rotation"}],)");
            REQUIRE(write_text(folder / "plant.json", plant));
            return plantwalk({"plant", "check", folder / "plant.json"});
        };
        const Finished good = check("still", "bar");
        CHECK_MESSAGE(good.code == 0, good.said);
        CHECK_MESSAGE(!good.said.contains("/start"), good.said);
        const Finished bad = check("Lampe", "Nase");
        CHECK(bad.code == 2);
        CHECK_MESSAGE(bad.said.contains("/equipment/0/bindings/0/node: left: there is no node \"Lampe\""), bad.said);
        CHECK_MESSAGE(bad.said.contains("/equipment/0/label_at: left: there is no node \"Nase\""), bad.said);
        REQUIRE(write_text(folder / "bars.gltf", "no model"));
        const Finished unread = plantwalk({"plant", "check", folder / "plant.json"});
        CHECK(unread.code == 2);
        CHECK_MESSAGE(unread.said.contains("/equipment/0/model: left: its model \"bars\" cannot be read"), unread.said);
    }

    TEST_CASE("the first plant that docs/plant-file.md shows is whole, nodes and simulation too") {
        const auto page = read_text(source_dir() / "docs/plant-file.md");
        REQUIRE(page);
        const std::string fence = "```json\n";
        const std::size_t begin = page->find(fence, page->find("## A first plant")) + fence.size();
        const TempFolder folder; // stands for Plantwalk's own
        std::filesystem::create_directory_symlink(source_dir() / "assets", folder / "assets");
        REQUIRE(write_text(folder / "first.json", page->substr(begin, page->find("```", begin) - begin)));
        const Finished checked = plantwalk({"plant", "check", folder / "first.json"});
        CHECK(checked.code == 0);
        CHECK_MESSAGE(!checked.said.contains("warning"), checked.said);
        CHECK_MESSAGE(checked.said.contains("3 equipment, 2 models"), checked.said);
    }

    TEST_CASE("the list of actions says what each one takes") {
        const std::string said = plantwalk({"actions"}).said;
        const std::string indent(25, ' ');
        CHECK_MESSAGE(said.contains("\n" + indent + "from=X,Y,Z to=X,Y,Z\n"), said);
        CHECK_MESSAGE(said.contains("\n" + indent + "viewpoint=TEXT\n"), said);
        CHECK_MESSAGE(said.contains("\n" + indent + "[file=FILE]\n"), said);
        CHECK_MESSAGE(said.contains("figure=none|"), said);
    }

    TEST_CASE("plant check says where a visit begins when the plant file does not") {
        const TempFolder folder;
        REQUIRE(write_text(folder / "bars.gltf", two_bars("bar")));
        REQUIRE(write_text(folder / "plant.json", without_start(bars_plant())));
        const Finished checked = plantwalk({"plant", "check", folder / "plant.json"});
        CHECK(checked.code == 0);
        CHECK_MESSAGE(checked.said.contains("warning: /start: there is no position"), checked.said);
    }

    TEST_CASE("an answer that the disk has no room for is no success") {
        const auto run = [](const std::string& rest) {
            auto shell = Process::start({"sh", "-c", (build_dir() / "bin/plantwalk").string() + rest});
            REQUIRE(shell);
            return shell->wait();
        };
        CHECK(run(" actions --json > /dev/full") == 1);
        CHECK(run(" inspect /none > /dev/full") == 2);
        CHECK(run(" actions >&-") == 0);
    }

    TEST_CASE("a reader who has seen enough is no failure") {
        const std::string program = (build_dir() / "bin/plantwalk").string();
        auto shell = Process::start({"bash", "-c", "exec 3> >(true); wait $!; " + program + " actions --json >&3"});
        REQUIRE(shell);
        CHECK(shell->wait() == 0);
    }

    TEST_CASE("a machine without a Vulkan driver is told so") {
        const Model model;
        const Finished done =
            plantwalk({"view", model.file, "--host", "offscreen", "--frames", "1"}, {{"VK_DRIVER_FILES", "/none"}});
        CHECK(done.code == 1);
        CHECK_MESSAGE(done.said.contains("no Vulkan driver"), done.said);
    }

    TEST_CASE("what view cannot open or write ends it, with the file's name") {
        const Model model;
        const std::string nowhere = model.folder / "no/such/folder/x.png";
        for (const auto& [option, code] : {std::pair("--environment", 2), {"--shot", 1}, {"--stats", 1}}) {
            const Finished done =
                plantwalk({"view", model.file, "--host", "offscreen", "--size", "32x32", option, nowhere});
            if (!has_vulkan(done)) return;
            CHECK_MESSAGE(done.code == code, option, ": ", done.said);
            CHECK_MESSAGE(done.said.contains(nowhere), done.said);
        }
    }
}

TEST_SUITE("app/desktop [gpu]") {
    TEST_CASE("the window follows its size down to nothing and back, rests while minimised, and closes") {
        auto display = XServer::start();
        if (!display) return skip(display.error().what);
        const Model model;
        const std::string title = "Plantwalk · bars.gltf";
        Program program(model.folder, {"view", model.file, "--host", "window", "--size", "400x300"},
                        {{"DISPLAY", (*display)->display()}});
        const auto frames = [&] { return program.status().value("frames", std::uint64_t{0}); };
        const auto goes_on = [&] {
            const auto now = frames();
            return eventually([&] { return frames() > now + 2; });
        };
        REQUIRE(program.eventually_status([](const auto& s) { return s["frames"] > 3; }));
        for (const auto& [width, height] : {std::pair(1, 1), {640, 200}, {320, 240}}) {
            CAPTURE(width);
            REQUIRE((*display)->resize(title, width, height));
            REQUIRE(goes_on());
        }
        const std::string file = model.folder / "photo.png";
        REQUIRE(program.ask({"view.photo", "file=" + file})["ok"] == true);
        REQUIRE(eventually([&] { return file_exists(file); }));
        const scene::Pixels picture = picture_of(file);
        CHECK(picture.width == 320);
        CHECK(picture.height == 240);
        REQUIRE((*display)->minimise(title));
        std::uint64_t rested = 0;
        CHECK(eventually([&] { // two looks with the same count
            const auto now = frames();
            return std::exchange(rested, now) == now;
        }));
        REQUIRE((*display)->restore(title));
        CHECK(goes_on());
        REQUIRE((*display)->close(title));
        CHECK(program.process().wait() == 0);
    }
}

TEST_SUITE("app/mirror [xr]") {
    TEST_CASE("with a display the headset's left eye is seen on it, and closing that window ends nothing") {
        auto display = XServer::start();
        if (!display) return skip(display.error().what);
        auto monado = xr::MonadoService::start();
        if (!monado && monado.error().code == Errc::NotFound) return skip(monado.error().what);
        REQUIRE(monado);
        const Model model;
        const std::string title = "Plantwalk · bars.gltf";
        Environment environment = monado->client_environment();
        environment.emplace_back("DISPLAY", (*display)->display());
        Program program(model.folder, {"view", model.file, "--host", "headset", "--background", "0,0,1,1"},
                        environment);
        REQUIRE(program.says("session state FOCUSED"));
        const auto is_blue = [&] { // above the model; left and right of the eye there is nothing
            const auto p = (*display)->pixel(title, 640, 30);
            return p && (*p)[2] > 200 && (*p)[0] < 60;
        };
        CHECK(eventually(is_blue));
        REQUIRE((*display)->close(title));
        CHECK(eventually([&] { return !(*display)->pixel(title, 640, 30) || !is_blue(); }));
        CHECK(program.eventually_status(
            [n = program.status()["frames"].get<std::uint64_t>()](const auto& s) { return s["frames"] > n + 5; }));
        program.process().stop(from_ms(20'000));
        CHECK(program.process().exit_code() == 0);
    }
}
