// SPDX-License-Identifier: Apache-2.0
// A plant of 100,000 parts, each with a geometry of its own: all of it is read, found and picked.
#include "tests/support/big_plant.h"

#include "base/file.h"
#include "scene/gltf.h"
#include "scene/pick.h"

#include <doctest/doctest.h>
#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>

using namespace pw;
using namespace pw::scene;

namespace {

struct Part {
    NodeId node;
    DAabb box;
    const Geometry* geometry = nullptr;
};

bool meets(const DAabb& box, const Ray& ray, double farthest) {
    double near = 0.0, far = farthest;
    for (int axis = 0; axis < 3; ++axis) {
        const double inverse = 1.0 / static_cast<double>(ray.direction[axis]);
        const double a = (box.min[axis] - ray.origin[axis]) * inverse, b = (box.max[axis] - ray.origin[axis]) * inverse;
        near = std::max(near, std::min(a, b));
        far = std::min(far, std::max(a, b));
    }
    return near <= far;
}

// Every triangle of every part whose box the ray meets.
std::optional<Hit> brute_force(const Scene& scene, const std::vector<Part>& parts, const Ray& ray) {
    std::optional<Hit> best;
    const DVec3 d(ray.direction);
    for (const Part& part : parts) {
        if (!meets(part.box, ray, best ? best->distance_m : 1e6)) continue;
        for (std::size_t t = 0; t < part.geometry->indices.size(); t += 3) {
            DVec3 c[3];
            for (std::size_t k = 0; k < 3; ++k)
                c[k] = transform_point(scene.world(part.node),
                                       DVec3(part.geometry->vertices[part.geometry->indices[t + k]].position));
            const DVec3 normal = glm::cross(c[1] - c[0], c[2] - c[0]);
            const double distance = glm::dot(normal, c[0] - ray.origin) / glm::dot(normal, d);
            if (!(distance >= 0.0) || (best && distance >= best->distance_m)) continue;
            const DVec3 at = ray.origin + d * distance;
            bool inside = true;
            for (int k = 0; k < 3 && inside; ++k)
                inside = glm::dot(glm::cross(c[(k + 1) % 3] - c[k], at - c[k]), normal) >= 0.0;
            if (!inside) continue;
            best = Hit{.node = part.node, .point = at, .distance_m = distance};
        }
    }
    return best;
}

} // namespace

TEST_SUITE("scene/big_plant [slow]") {
    TEST_CASE("of 100,000 parts each is there, and 10,000 rays meet what they meet by brute force") {
        const std::string folder = make_temp_folder("pw-plant-").value();
        const std::string file = join_path(folder, "plant.glb");
        REQUIRE(test::write_big_plant(file, 100'000));
        Reports reports;
        const auto model = load_gltf(file, reports);
        remove_folder(folder);
        REQUIRE(model);
        CHECK(reports.list().empty());
        const ModelSummary summary = summarize(**model);
        CHECK(summary.meshes == 100'000);
        CHECK(summary.triangles >= 20'000'000);

        Scene scene;
        const PlacedId placed = scene.place(*model, {}, "plant");
        Changes changes = scene.update();
        const auto jobs = make_jobs();
        Picker picker(*jobs);
        picker.sync(scene, changes);
        std::vector<Part> parts;
        for (std::uint32_t n = 0; n < scene.node_count(); ++n) {
            if (scene.mesh(NodeId{n}) == kNone) continue;
            const Primitive& primitive = (*model)->meshes[scene.mesh(NodeId{n})].primitives[0];
            parts.push_back({NodeId{n}, scene.world_bounds(NodeId{n}), &(*model)->geometries[primitive.geometry]});
        }
        REQUIRE(parts.size() == 100'000);
        CHECK(scene.name(scene.find_path(placed, "Line31/Machine17/Part4")) == "Part4");
        while (!picker.ready()) {
            picker.sync(scene, {});
            std::this_thread::yield();
        }

        std::mt19937 random(3);
        const auto within = [&](double low, double high) {
            return low + (high - low) * static_cast<double>(random()) / 4294967296.0;
        };
        int hits = 0, wrong = 0;
        for (int i = 0; i < 10'000; ++i) {
            Ray ray{{within(-130, 130), within(0.2, 20), within(-130, 130)}, {}};
            const Part& aim = parts[random() % parts.size()];
            const DVec3 middle = (aim.box.min + aim.box.max) * 0.5;
            ray.direction = glm::normalize(Vec3(middle - ray.origin));
            const auto expected = brute_force(scene, parts, ray), got = picker.pick(scene, ray);
            hits += expected ? 1 : 0;
            // Two parts may lie in each other's surface.
            const bool same =
                expected.has_value() == got.has_value() &&
                (!got || got->node == expected->node || std::abs(got->distance_m - expected->distance_m) < 1e-4);
            wrong += same ? 0 : 1;
        }
        CHECK(hits > 8'000);
        CHECK(wrong == 0);
    }
}
