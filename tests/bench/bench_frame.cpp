// SPDX-License-Identifier: Apache-2.0
// What a frame costs, as CSV: CPU of the frame thread per frame and per node, wall time per frame, first picture.
//     bench_frame [--frames N] [--size WxH] [--still] [--tier software|low|high] [--samples N] [--no-sun]
//                 [--detail PX] [--ambient-occlusion] [--shot OUT.png] [--say-first]
//                 [--environment FILE.hdr] [--camera x,y,z --target x,y,z --fov DEG] [FILE.glb …]
// Nodes whose names end in "_dyn" turn each frame. Without a file: the halls of make_scene.py.
// --no-sun leaves the file's own sun, without shadows; --say-first says on stderr when the first picture is there.

#include "base/file.h"
#include "base/heap.h"
#include "base/time.h"
#include "scene/gltf.h"
#include "scene/image.h"
#include "tests/bench/halls.h"
#include "tests/renderer/offscreen.h"

#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace pw;

namespace {

struct Options {
    int frames = 100; // fewer when they take longer than 10 s, but not fewer than 20
    std::vector<std::pair<std::uint32_t, std::uint32_t>> sizes{{64, 64}, {1280, 720}};
    bool still = false, sun = true;
    bool say_first = false, ambient_occlusion = false;
    std::optional<renderer::Tier> tier;
    std::uint32_t samples = 0;
    float detail_px = 0.f; // levels of detail; 0: all triangles are drawn
    std::string shot, environment;
    std::optional<DVec3> camera, look_at;
    double fov_deg = 60;
    std::vector<std::string> files;
};

DVec3 parse_point(const char* text) {
    DVec3 p(0.0);
    std::sscanf(text, "%lf,%lf,%lf", &p.x, &p.y, &p.z);
    return p;
}

Options parse(int argc, char** argv) {
    Options out;
    for (int i = 1; i < argc; ++i) {
        const std::string arg = argv[i];
        const char* value = i + 1 < argc ? argv[i + 1] : "";
        if (arg == "--still")
            out.still = true;
        else if (arg == "--no-sun")
            out.sun = false;
        else if (arg == "--say-first")
            out.say_first = true;
        else if (arg == "--ambient-occlusion")
            out.ambient_occlusion = true;
        else if (!arg.starts_with("--"))
            out.files.push_back(arg);
        else
            ++i;
        if (arg == "--frames") out.frames = std::atoi(value);
        if (arg == "--samples") out.samples = static_cast<std::uint32_t>(std::atoi(value));
        if (arg == "--fov") out.fov_deg = std::atof(value);
        if (arg == "--detail") out.detail_px = static_cast<float>(std::atof(value));
        if (arg == "--shot") out.shot = value;
        if (arg == "--environment") out.environment = value;
        if (arg == "--camera") out.camera = parse_point(value);
        if (arg == "--target") out.look_at = parse_point(value);
        if (arg == "--tier") {
            out.tier = std::string(value) == "high"  ? renderer::Tier::High
                       : std::string(value) == "low" ? renderer::Tier::Low
                                                     : renderer::Tier::Software;
        }
        if (arg == "--size") {
            std::pair<std::uint32_t, std::uint32_t> size{64, 64};
            std::sscanf(value, "%ux%u", &size.first, &size.second);
            out.sizes = {size};
        }
    }
    return out;
}

struct Numbers {
    double cpu_ms = 0, cpu_p99_ms = 0, wall_ms = 0, wall_p99_ms = 0;
    double process_cpu_ms = 0; // mean, the driver's threads included
};

double at_fraction(std::vector<double>& values, double fraction) {
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1))];
}

struct Stage {
    scene::Scene scene;
    std::vector<scene::NodeId> turning;
    renderer::DrawList list;
    renderer::View view;

    void turn(int frame) {
        const auto angle = static_cast<float>(frame) * 0.02f;
        for (const scene::NodeId node : turning) {
            Transform local = scene.local(node);
            local.rotation = glm::angleAxis(angle, Vec3(0.f, 1.f, 0.f));
            scene.set_local(node, local);
        }
    }
};

void point_camera(Stage& stage, const Options& options, float aspect) {
    DAabb box;
    for (const scene::Placed& placed : stage.scene.placed()) {
        for (std::uint32_t n = placed.first_node; n < placed.first_node + placed.node_count;
             n = stage.scene.subtree_end(scene::NodeId{n})) {
            grow(box, stage.scene.world_bounds(scene::NodeId{n}));
        }
    }
    const double side = std::max(box.max.x - box.min.x, box.max.z - box.min.z);
    const DVec3 eye = options.camera.value_or(DVec3(0.0, 0.6 * side, side));
    const DVec3 target = options.look_at.value_or(DVec3(0.0));
    stage.view.world_from_eye = {eye, look_rotation(Vec3(target - eye))};
    const auto up = static_cast<float>(std::tan(options.fov_deg * 3.14159265358979 / 360.0));
    stage.view.tan_up = up;
    stage.view.tan_down = -up;
    stage.view.tan_right = up * aspect;
    stage.view.tan_left = -up * aspect;
    stage.list.views = {&stage.view, 1};
}

Numbers measure(Stage& stage, test::Offscreen& offscreen, const Options& options) {
    std::vector<double> cpu, wall;
    const Clock& clock = system_clock();
    const renderer::Target target = offscreen.target(/* read_back= */ false);
    Duration process_begin;
    Time measure_begin;
    for (int frame = -10; frame < options.frames; ++frame) {
        const Time begin = clock.now();
        if (frame == 0) {
            process_begin = process_cpu_time();
            measure_begin = begin;
        }
        if (frame > 20 && (begin - measure_begin).seconds() > 10.0) break;
        const Duration cpu_begin = thread_cpu_time();
        if (!options.still) stage.turn(frame);
        const scene::Changes changes = stage.scene.update();
        offscreen.renderer->begin_frame();
        offscreen.renderer->sync(stage.scene, changes);
        offscreen.renderer->draw(stage.list, target);
        if (frame < 0) continue;
        cpu.push_back((thread_cpu_time() - cpu_begin).ms());
        wall.push_back((clock.now() - begin).ms());
    }
    const double process_ms =
        (process_cpu_time() - process_begin).ms() / static_cast<double>(std::max<std::size_t>(1, cpu.size()));
    return {at_fraction(cpu, 0.5), at_fraction(cpu, 0.99), at_fraction(wall, 0.5), at_fraction(wall, 0.99), process_ms};
}

bool run(const std::string& name, const std::shared_ptr<const scene::Model>& model, const Options& options) {
    for (const auto& [width, height] : options.sizes) {
        const Time begin = system_clock().now();
        const auto jobs = make_jobs();
        test::OffscreenOptions offscreen_options;
        offscreen_options.width = width;
        offscreen_options.height = height;
        offscreen_options.tier = options.tier;
        offscreen_options.samples = options.samples;
        offscreen_options.detail_px = options.detail_px;
        offscreen_options.ambient_occlusion = options.ambient_occlusion;
        offscreen_options.cache_folder = join_path(user_cache_folder(), "bench");
        auto offscreen = test::Offscreen::make(offscreen_options, *jobs);
        if (!offscreen) {
            std::fprintf(stderr, "%s\n", offscreen.error().what.c_str());
            return false;
        }
        if (!options.environment.empty()) {
            const auto file = read_file(options.environment);
            const auto map = file ? scene::decode_hdr(*file) : std::unexpected(file.error());
            if (map) (void)(*offscreen)->renderer->set_environment(*map);
        }
        if ((*offscreen)->device->software()) keep_freed_memory(); // as the program does
        Stage stage;
        const scene::PlacedId placed = stage.scene.place(model, {}, name);
        stage.scene.update();
        for (std::uint32_t n = 0; n < stage.scene.placed()[placed.index].node_count; ++n) {
            if (stage.scene.name(scene::NodeId{n}).ends_with("_dyn")) stage.turning.push_back(scene::NodeId{n});
        }
        point_camera(stage, options, static_cast<float>(width) / static_cast<float>(height));
        stage.list.sun.shadows = options.sun;
        if (options.sun) {
            stage.list.sun.to_sun = {0.4f, 0.8f, 0.3f};
            stage.list.sun.illuminance = Vec3(12'000.f);
        }
        renderer::Renderer& r = *(*offscreen)->renderer;
        r.begin_frame();
        r.sync(stage.scene, {.structure = true});
        r.draw(stage.list, (*offscreen)->target(/* read_back= */ true));
        (void)r.take_picture(/* wait= */ true);
        const double first_ms = (system_clock().now() - begin).ms();
        if (options.say_first) std::fputs("first picture\n", stderr);
        while (!r.settled()) {
            r.begin_frame();
            r.sync(stage.scene, {});
            r.draw(stage.list, (*offscreen)->target(/* read_back= */ false));
        }
        const Numbers n = measure(stage, **offscreen, options);
        const double nodes = r.stats().nodes;
        std::printf("%s,%.0f,%ux%u,%.3f,%.3f,%.1f,%.2f,%.2f,%.2f,%.0f,%u,%llu\n", name.c_str(), nodes, width, height,
                    n.cpu_ms, n.cpu_p99_ms, n.cpu_ms * 1e6 / std::max(1.0, nodes), n.wall_ms, n.wall_p99_ms,
                    n.process_cpu_ms, first_ms, r.stats().draws, static_cast<unsigned long long>(r.stats().triangles));
        std::fflush(stdout);
        if (options.shot.empty()) continue;
        r.begin_frame();
        r.sync(stage.scene, stage.scene.update());
        r.draw(stage.list, (*offscreen)->target(/* read_back= */ true));
        const auto picture = r.take_picture(/* wait= */ true);
        const auto png = picture ? scene::encode_png(*picture) : fail(Errc::Unavailable, "no picture");
        if (!png || !write_file(options.shot, *png)) return false;
    }
    return true;
}

} // namespace

int main(int argc, char** argv) {
    Options options = parse(argc, argv);
    std::printf(
        "scene,nodes,size,cpu_ms,cpu_p99_ms,cpu_ns_per_node,wall_ms,wall_p99_ms,process_cpu_ms,first_picture_ms,draws,"
        "triangles\n");
    bool good = true;
    std::optional<bench::Halls> halls;
    if (options.files.empty()) options.files = halls.emplace(/* unique= */ true).files();
    good &= !options.files.empty();
    for (const std::string& file : options.files) {
        Reports reports;
        const auto model = scene::load_gltf(file, reports);
        if (!model) {
            std::fprintf(stderr, "%s\n", model.error().what.c_str());
            return EXIT_FAILURE;
        }
        good &= run(file_name_of(file), *model, options);
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
