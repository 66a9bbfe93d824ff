// SPDX-License-Identifier: Apache-2.0
// How a large plant opens and is drawn (tests/support/big_plant.h), as CSV of what and value:
//     bench_plant [--parts N] [--file PLANT.glb] [--size WxH] [--detail PX] [--no-occlusion] [--again] [--shot OUT.png]
// --file opens that file, and makes it where there is none; one that `plantwalk pack` made of it as well. --again keeps
// the levels of detail that an earlier run left in the cache; else they are made.

#include "base/file.h"
#include "base/heap.h"
#include "base/time.h"
#include "scene/gltf.h"
#include "scene/pick.h"
#include "tests/renderer/offscreen.h"
#include "tests/support/big_plant.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace pw;

namespace {

struct Options {
    std::uint32_t parts = 100'000, width = 1280, height = 720;
    float detail_px = 1.f;
    bool again = false, all = false; // all: hidden parts are drawn
    std::string shot, file;
};

Options parse(int argc, char** argv) {
    Options out;
    for (int i = 1; i < argc; ++i) {
        const std::string arg = argv[i];
        if (arg == "--again" || arg == "--no-occlusion") {
            (arg == "--again" ? out.again : out.all) = true;
            continue;
        }
        const char* value = i + 1 < argc ? argv[++i] : "";
        if (arg == "--parts") out.parts = static_cast<std::uint32_t>(std::atoi(value));
        if (arg == "--detail") out.detail_px = static_cast<float>(std::atof(value));
        if (arg == "--shot") out.shot = value;
        if (arg == "--file") out.file = value;
        if (arg == "--size") std::sscanf(value, "%ux%u", &out.width, &out.height);
    }
    return out;
}

void row(const std::string& what, double value) {
    std::printf("%s,%.2f\n", what.c_str(), value);
    std::fflush(stdout);
}

struct View {
    renderer::View eye;
    renderer::DrawList list;
    View(const DAabb& box, float aspect) {
        const double side = std::max(box.max.x - box.min.x, box.max.z - box.min.z);
        const DVec3 from(0.1 * side, 0.12 * side, 0.5 * side);
        eye.world_from_eye = {from, look_rotation(Vec3(-from))};
        const float up = std::tan(0.5236f);
        eye.tan_up = up;
        eye.tan_down = -up;
        eye.tan_right = up * aspect;
        eye.tan_left = -up * aspect;
        list.views = {&eye, 1};
        list.sun.to_sun = {0.4f, 0.8f, 0.3f};
        list.sun.illuminance = Vec3(12'000.f);
    }
    void stand(const DAabb& box) { // at eye height in the middle
        const DVec3 middle = (box.min + box.max) * 0.5;
        eye.world_from_eye = {DVec3(middle.x, box.min.y + 1.7, middle.z), look_rotation(Vec3(0.3f, 0.f, -1.f))};
    }
};

// Steady frames from one place.
template <class F> void show_frames(const std::string& from, const renderer::Renderer& r, F&& frame) {
    static constexpr std::array<const char*, renderer::kGpuStages> kStages{"culling", "shadow", "opaque", "blended",
                                                                           "copies"};
    std::vector<double> wall, cpu;
    for (int i = 0; i < 5; ++i) frame(/* read_back= */ false); // what showed before is forgotten
    for (int i = 0; i < 20; ++i) {
        const Time begin = system_clock().now();
        const Duration cpu_begin = thread_cpu_time();
        frame(/* read_back= */ false);
        cpu.push_back((thread_cpu_time() - cpu_begin).ms());
        wall.push_back((system_clock().now() - begin).ms());
    }
    std::ranges::sort(wall);
    std::ranges::sort(cpu);
    const renderer::RenderStats& stats = r.stats();
    row(from + "parts drawn of " + std::to_string(stats.parts), stats.drawn_parts);
    row(from + "triangles drawn of " + std::to_string(stats.triangles), static_cast<double>(stats.drawn_triangles));
    row(from + "frame ms", wall[wall.size() / 2]);
    row(from + "frame thread cpu ms", cpu[cpu.size() / 2]);
    for (std::size_t s = 0; s < kStages.size(); ++s) row(from + kStages[s] + " ms", stats.gpu_stage_ms[s]);
}

} // namespace

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    const Clock& clock = system_clock();
    const std::string folder = make_temp_folder("pw-plant-").value_or("");
    const std::string file = options.file.empty() ? join_path(folder, "plant.glb") : options.file;
    if (auto written = file_exists(file) ? Result<void>{} : test::write_big_plant(file, options.parts); !written) {
        std::fprintf(stderr, "%s\n", written.error().what.c_str());
        return EXIT_FAILURE;
    }
    const auto jobs = make_jobs();
    Time begin = clock.now();
    const auto ms = [&] { return (clock.now() - begin).ms(); };
    std::printf("what,value\n");

    Reports reports;
    const auto model = scene::load_gltf(file, reports);
    if (!model) {
        std::fprintf(stderr, "%s\n", model.error().what.c_str());
        return EXIT_FAILURE;
    }
    row("read ms", ms());
    scene::Scene scene;
    scene.place(*model, {}, "plant");
    scene::Picker picker(*jobs);
    scene::Changes changes = scene.update();
    picker.sync(scene, changes);
    DAabb box = scene.world_bounds(scene::NodeId{0});
    row("placed ms", ms());

    test::OffscreenOptions wanted;
    wanted.width = options.width;
    wanted.height = options.height;
    wanted.tier = std::nullopt;
    wanted.detail_px = options.detail_px;
    wanted.occlusion = !options.all;
    wanted.cache_folder = options.again ? join_path(user_cache_folder(), "bench") : folder;
    auto offscreen = test::Offscreen::make(wanted, *jobs);
    if (!offscreen) {
        std::fprintf(stderr, "%s\n", offscreen.error().what.c_str());
        return EXIT_FAILURE;
    }
    if ((*offscreen)->device->software()) keep_freed_memory(); // as the program does
    renderer::Renderer& r = *(*offscreen)->renderer;
    View view(box, static_cast<float>(options.width) / static_cast<float>(options.height));
    const auto frame = [&](bool read_back) {
        r.begin_frame();
        r.sync(scene, changes);
        r.draw(view.list, (*offscreen)->target(read_back));
        changes = scene.update();
    };
    changes.structure = true;
    bool first = true, whole = true;
    int frames = 0;
    while (!r.settled() || whole) {
        frame(/* read_back= */ true);
        (void)r.take_picture(/* wait= */ true);
        ++frames;
        if (first) row("first frame ms", ms());
        first = false;
        if (whole && r.stats().pending_uploads == 0) {
            row("all parts shown ms", ms());
            whole = false;
        }
    }
    row("levels of detail ready ms", ms());
    row("frames until then", frames);
    while (!picker.ready()) picker.sync(scene, {});
    row("picking ready ms", ms());

    show_frames("from above: ", r, frame);
    view.stand(box);
    show_frames("standing in it: ", r, frame);
    row("GPU memory MiB", static_cast<double>(r.stats().gpu_bytes) / 1048576.0);
    row("peak RSS MiB", peak_rss_mib());
    if (!options.shot.empty()) {
        frame(/* read_back= */ true);
        const auto picture = r.take_picture(/* wait= */ true);
        const auto png = picture ? scene::encode_png(*picture) : fail(Errc::Unavailable, "no picture");
        if (png) (void)write_file(options.shot, *png);
    }
    remove_folder(folder);
    return EXIT_SUCCESS;
}
