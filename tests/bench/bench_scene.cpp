// SPDX-License-Identifier: Apache-2.0
// What loading, updating and picking cost, as CSV: bench_scene [FILE.glb …]. Without a file, halls of 2,000, 20,000 and
// 100,000 nodes are made. CPU time of this thread, medians; the readers take turns, so that a busy machine is unfair to
// none of them.

#include "base/file.h"
#include "base/jobs.h"
#include "base/time.h"
#include "scene/gltf.h"
#include "scene/pick.h"
#include "tests/bench/halls.h"
#include "tests/bench/tinygltf.h"

#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::scene;

namespace {

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

double cpu_ms(const std::function<void()>& work) {
    const Duration before = thread_cpu_time();
    work();
    return (thread_cpu_time() - before).ms();
}

void row(const std::string& file, const char* what, std::uint64_t nodes, double value, const char* unit) {
    std::printf("%s,%s,%llu,%.4g,%s\n", file.c_str(), what, static_cast<unsigned long long>(nodes), value, unit);
    std::fflush(stdout);
}

std::shared_ptr<const Model> measure_load(const std::string& path) {
    const std::string file = file_name_of(path);
    std::shared_ptr<const Model> model;
    std::vector<double> ours, rapidjson, nlohmann;
    for (int round = 0; round < 7; ++round) {
        ours.push_back(cpu_ms([&] {
            Reports reports;
            model = load_gltf(path, reports).value_or(nullptr);
        }));
        if (!model) return nullptr;
        rapidjson.push_back(cpu_ms([&] { (void)nodes_by_tinygltf_rapidjson(path); }));
        nlohmann.push_back(cpu_ms([&] { (void)nodes_by_tinygltf_nlohmann(path); }));
    }
    row(file, "load", model->nodes.size(), median(ours), "ms");
    row(file, "load by tinygltf with RapidJSON", model->nodes.size(), median(rapidjson), "ms");
    row(file, "load by tinygltf with nlohmann", model->nodes.size(), median(nlohmann), "ms");
    return model;
}

std::vector<NodeId> moving_nodes(const Scene& scene) {
    std::vector<NodeId> out;
    for (std::uint32_t i = 0; i < scene.node_count(); ++i)
        if (scene.name(NodeId{i}).ends_with("_dyn")) out.push_back(NodeId{i});
    return out;
}

void turn(Scene& scene, const std::vector<NodeId>& nodes, int frame) {
    const Quat step = glm::angleAxis(0.01f * static_cast<float>(frame + 1), Vec3(0, 1, 0));
    for (const NodeId node : nodes) {
        Transform local = scene.local(node);
        local.rotation = step;
        scene.set_local(node, local);
    }
}

void measure_scene(const std::string& file, const std::shared_ptr<const Model>& model) {
    Scene scene;
    const auto jobs = make_jobs(1);
    Picker picker(*jobs);
    row(file, "place", model->nodes.size(), cpu_ms([&] { scene.place(model, {}, "hall"); }), "ms");
    row(file, "first update", scene.node_count(), cpu_ms([&] { scene.update(); }), "ms");

    const std::vector<NodeId> moving = moving_nodes(scene);
    std::vector<double> frames;
    for (int frame = 0; frame < 200; ++frame)
        frames.push_back(cpu_ms([&] {
            turn(scene, moving, frame);
            scene.update();
        }));
    row(file, "set_local and update", scene.node_count(), median(frames) * 1e6 / scene.node_count(), "ns/node");
    if (!moving.empty())
        row(file, "set_local and update", moving.size(), median(frames) * 1e6 / static_cast<double>(moving.size()),
            "ns/moved node");

    Changes all = scene.update();
    all.structure = true;
    double following = cpu_ms([&] {
        picker.sync(scene, all);
        (void)picker.pick(scene, {});
    });
    jobs->wait_idle();
    following += cpu_ms([&] { (void)picker.pick(scene, {}); }); // takes what the jobs have made
    row(file, "follow a placement, frame thread", scene.node_count(), following, "ms");
    row(file, "follow a placement, jobs", scene.node_count(), static_cast<double>(jobs->cpu_time_ns()) * 1e-6, "ms");
    std::mt19937 random(1);
    const DAabb box = summarize(*model).bounds;
    const auto pick = [&] {
        std::uniform_real_distribution<double> x(box.min.x, box.max.x), z(box.min.z, box.max.z);
        const DVec3 from(x(random), 1.7, z(random)), to(x(random), 0.5, z(random));
        return picker.pick(scene, {from, glm::normalize(Vec3(to - from))}).has_value();
    };
    int hits = 0;
    row(file, "pick", scene.node_count(), cpu_ms([&] {
                                              for (int i = 0; i < 10'000; ++i) hits += pick() ? 1 : 0;
                                          }) / 10.0,
        "µs");
    row(file, "rays that met something", scene.node_count(), hits / 100.0, "%");
    const auto moved_pick = [&](const std::vector<NodeId>& nodes) {
        std::vector<double> out;
        for (int frame = 0; frame < 50; ++frame) {
            turn(scene, nodes, 1000 + frame);
            const Changes changes = scene.update();
            out.push_back(cpu_ms([&] {
                picker.sync(scene, changes);
                (void)pick();
            }));
            jobs->wait_idle();
        }
        return median(out);
    };
    row(file, "pick after 10 % moved", scene.node_count(), moved_pick(moving), "ms");
    if (!moving.empty()) row(file, "pick after one node moved", scene.node_count(), moved_pick({moving.front()}), "ms");
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string> files(argv + 1, argv + argc);
    std::optional<bench::Halls> halls;
    if (files.empty()) files = halls.emplace(/* unique= */ false).files();
    std::puts("file,what,nodes,value,unit");
    int failed = files.empty() ? 1 : 0;
    for (const std::string& path : files) {
        const std::shared_ptr<const Model> model = measure_load(path);
        if (model)
            measure_scene(file_name_of(path), model);
        else
            ++failed;
    }
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
