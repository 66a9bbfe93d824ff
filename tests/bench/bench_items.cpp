// SPDX-License-Identifier: Apache-2.0
// What items on machines cost the frame thread, as CSV: medians of CPU time in microseconds, for frames in which all
// items stand and for frames in which all move; `word_us` is the median of frames with a word of every machine.
//     bench_items [--shot OUT.png]   (then no numbers, but a picture)
// 25 conveyors with 40 bottles each; 60 frames a second, words twice a second. `pick_us` is one pick after the frame.

#include "app/live_items.h"
#include "app/stage.h"
#include "base/file.h"
#include "base/format.h"
#include "base/time.h"
#include "scene/image.h"
#include "scene/pick.h"
#include "tests/renderer/offscreen.h"
#include "twin/binding.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace pw;

namespace {

constexpr int kConveyors = 25, kBottles = 40, kFrames = 600, kFramesAWord = 30;

std::string plant_text() {
    std::string equipment;
    for (int i = 0; i < kConveyors; ++i)
        equipment += formatted(
            R"({}{{"id": "c{}", "level": "unit", "model": "conveyor", "placement": {{"position_m": [{}, 0, {}]}},
                 "tags": [{{"id": "items", "source": "g/n/c{}/items"}}],
                 "bindings": [{{"tag": "items", "property": "items", "models": {{"bottle": "bottle"}}, "smooth_s": 0.5}}]}})",
            i == 0 ? "" : ",", i, 2.2 * (i % 5 - 2), -1.2 * (i / 5), i);
    return R"({"format": "plantwalk-plant", "version": 1, "name": "Bottles",
        "models": {"conveyor": "bottle_conveyor.glb", "bottle": "bottle_filled.glb"}, "equipment": [)" +
           equipment + "]}";
}

// Every bottle a little further, around and around; its serial stays while it is on the belt.
std::string word(int turn, bool moving) {
    std::string rows;
    for (int i = 0; i < kBottles; ++i) {
        const int at = i * 100 + (moving ? turn * 17 % 100 : 0);
        rows += formatted("{}[{},\"bottle\",{:.4f}]", i == 0 ? "" : ",", i, at / (kBottles * 100.0));
    }
    return R"({"columns":["serial","type","place"],"rows":[)" + rows + "]}";
}

struct Costs {
    std::vector<double> bindings, scene, renderer, pick, frame, word;
    static double median(std::vector<double> v) {
        if (v.empty()) return 0.0;
        std::ranges::nth_element(v, v.begin() + std::ssize(v) / 2);
        return v[v.size() / 2];
    }
    void print(const char* name) const {
        std::printf("%s,%d,%.1f,%.1f,%.1f,%.1f,%.1f,%.1f\n", name, kConveyors * kBottles, median(frame),
                    median(bindings), median(scene), median(renderer), median(pick), median(word));
    }
};

struct Hall {
    plant::Plant plant;
    std::unique_ptr<Jobs> jobs = make_jobs();
    scene::Scene scene;
    scene::Picker picker{*jobs};
    std::optional<twin::Bindings> bindings;
    std::optional<app::LiveItems> items;
    app::Problems problems;
    twin::TwinSnapshot snapshot;
    std::unique_ptr<test::Offscreen> offscreen;
    renderer::DrawList list;
    renderer::View view;
    Time now{from_ms(1000).ns};

    Result<void> open(const test::OffscreenOptions& options);
    void say(int turn, bool moving);
    void frame(Costs* costs, bool has_word);
    Costs run(bool moving);
};

Result<void> Hall::open(const test::OffscreenOptions& options) {
    Reports reports;
    auto parsed = plant::parse_plant(plant_text(), PW_MODELS "/plant.json", reports);
    if (!parsed) return std::unexpected(parsed.error());
    plant = std::move(*parsed);
    bindings = twin::Bindings::make(plant);
    snapshot.tags.resize(bindings->watched().size());
    app::Stage stage(*jobs);
    stage.open(plant, scene);
    while (!stage.complete()) {
        jobs->wait_idle();
        stage.step(scene);
    }
    items.emplace(plant, *bindings);
    items->resolve(scene, reports);
    for (const Report& r : reports.list()) return fail(Errc::Malformed, r.where + ": " + r.what);
    auto made = test::Offscreen::make(options, *jobs);
    if (!made) return std::unexpected(made.error());
    offscreen = std::move(*made);
    view.world_from_eye = {DVec3(0, 2, 3), look_rotation({0.f, 0.f, 1.f})}; // away: the GPU is not what is measured
    view.tan_up = 0.45f;
    view.tan_down = -0.45f;
    view.tan_right = 0.8f;
    view.tan_left = -0.8f;
    list.views = {&view, 1};
    say(0, /* moving= */ false);
    frame(nullptr, true);
    while (!offscreen->renderer->settled()) frame(nullptr, false);
    return {};
}

void Hall::say(int turn, bool moving) {
    const std::string text = word(turn, moving);
    for (twin::TagState& tag : snapshot.tags) {
        tag.value = twin::make_json(text);
        tag.quality = twin::Quality::Good;
        tag.received = now;
        ++tag.change;
    }
}

void Hall::frame(Costs* costs, bool has_word) {
    std::vector<Duration> times{thread_cpu_time()};
    for (const twin::BoundValue& value : bindings->evaluate(snapshot, now)) items->apply(scene, value, problems);
    items->catch_up(scene);
    times.push_back(thread_cpu_time());
    const scene::Changes changes = scene.update();
    picker.sync(scene, changes);
    times.push_back(thread_cpu_time());
    offscreen->renderer->begin_frame();
    offscreen->renderer->sync(scene, changes);
    offscreen->renderer->draw(list, offscreen->target(/* read_back= */ false));
    times.push_back(thread_cpu_time());
    (void)picker.pick(scene, {{0, 5, 0.05}, {0, -1, 0}});
    times.push_back(thread_cpu_time());
    now = now + Duration{1'000'000'000 / 60};
    if (costs == nullptr) return;
    const auto us = [&](std::size_t i) { return (times[i + 1] - times[i]).ms() * 1000.0; };
    if (has_word) {
        costs->word.push_back(us(0) + us(1) + us(2));
        return;
    }
    costs->bindings.push_back(us(0));
    costs->scene.push_back(us(1));
    costs->renderer.push_back(us(2));
    costs->pick.push_back(us(3));
    costs->frame.push_back(us(0) + us(1) + us(2));
}

Costs Hall::run(bool moving) {
    Costs costs;
    for (int i = 0; i < kFrames; ++i) {
        const bool has_word = i % kFramesAWord == 0;
        if (has_word) say(i / kFramesAWord, moving);
        frame(&costs, has_word);
    }
    return costs;
}

bool write_shot(Hall& hall, const char* file) {
    hall.view.world_from_eye = {DVec3(1.9, 1.9, 1.8), look_rotation(Vec3(-1.9f, -0.9f, -2.8f))};
    hall.list.sun.to_sun = {0.4f, 0.8f, 0.3f};
    hall.list.sun.illuminance = Vec3(12'000.f);
    renderer::Renderer& r = *hall.offscreen->renderer;
    r.begin_frame();
    r.sync(hall.scene, hall.scene.update());
    r.draw(hall.list, hall.offscreen->target(/* read_back= */ true));
    const auto picture = r.take_picture(/* wait= */ true);
    const auto png = picture ? scene::encode_png(*picture) : fail(Errc::Unavailable, "no picture");
    return png && write_file(file, *png);
}

} // namespace

int main(int argc, char** argv) {
    const bool shot = argc == 3 && std::string_view(argv[1]) == "--shot";
    test::OffscreenOptions options;
    options.width = shot ? 960 : 64;
    options.height = shot ? 540 : 64;
    options.cache_folder = join_path(user_cache_folder(), "bench");
    Hall hall;
    if (const auto opened = hall.open(options); !opened) {
        std::fprintf(stderr, "%s\n", opened.error().what.c_str());
        return EXIT_FAILURE;
    }
    if (shot) return write_shot(hall, argv[2]) ? EXIT_SUCCESS : EXIT_FAILURE;
    hall.run(/* moving= */ true); // warms caches up
    std::printf("items,count,frame_us,bindings_us,scene_us,renderer_us,pick_us,word_us\n");
    hall.run(/* moving= */ false).print("stand");
    hall.run(/* moving= */ true).print("move");
    return EXIT_SUCCESS;
}
