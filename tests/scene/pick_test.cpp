// SPDX-License-Identifier: Apache-2.0
#include "scene/pick.h"

#include "base/jobs.h"
#include "scene/gltf.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>

#include <array>
#include <functional>
#include <random>
#include <utility>

using namespace pw;
using namespace pw::scene;

namespace {

Geometry random_soup(std::mt19937& random, std::uint32_t triangles) {
    std::uniform_real_distribution<float> d(-1.f, 1.f);
    Geometry g;
    for (std::uint32_t t = 0; t < triangles; ++t) {
        const Vec3 at(d(random), d(random), d(random));
        for (int k = 0; k < 3; ++k) {
            Vertex v;
            v.position = at + 0.9f * Vec3(d(random), d(random), d(random));
            g.vertices.push_back(v);
            g.indices.push_back(t * 3 + static_cast<std::uint32_t>(k));
            grow(g.bounds, v.position);
        }
    }
    return g;
}

// `count` nodes in a chain of three, each with one of four meshes of two primitives.
std::shared_ptr<Model> random_model(std::mt19937& random, std::uint32_t count) {
    auto model = std::make_shared<Model>();
    for (std::uint32_t i = 0; i < 8; ++i) model->geometries.push_back(random_soup(random, i * 6));
    for (std::uint32_t i = 0; i < 4; ++i) model->meshes.push_back({"", {{i, kNone}, {7 - i, kNone}}, {}});
    for (std::uint32_t i = 0; i < count; ++i) {
        Node& n = model->nodes.emplace_back();
        n.parent = i % 3 == 0 ? kNone : i - 1;
        n.subtree_end = std::min(i / 3 * 3 + 3, count);
        n.mesh = i % 4;
    }
    return model;
}

Transform random_transform(std::mt19937& random, double spread) {
    std::uniform_real_distribution<float> d(-1.f, 1.f);
    const auto scale = [&] { return (d(random) < 0.f ? -1.f : 1.f) * (0.6f + 0.5f * d(random)); };
    return {DVec3(d(random), d(random), d(random)) * spread,
            glm::normalize(Quat(d(random), d(random), d(random), d(random))), Vec3(scale(), scale(), scale())};
}

struct WorldTriangle {
    DVec3 corner[3], normal;
    Hit name;
};

std::vector<WorldTriangle> world_triangles(const Scene& scene) {
    std::vector<WorldTriangle> out;
    for (std::uint32_t i = 0; i < scene.node_count(); ++i) {
        if (scene.mesh(NodeId{i}) == kNone) continue;
        if ((scene.effective_style(NodeId{i}).flags & (kHidden | kBoundHidden)) != 0) continue;
        const Model& model = *scene.placed()[scene.placed_of(NodeId{i}).index].model;
        const Mesh& mesh = model.meshes[scene.mesh(NodeId{i})];
        for (std::uint32_t p = 0; p < mesh.primitives.size(); ++p) {
            const Geometry& g = model.geometries[mesh.primitives[p].geometry];
            for (std::uint32_t t = 0; t < g.indices.size() / 3; ++t) {
                WorldTriangle& triangle = out.emplace_back();
                for (std::uint32_t k = 0; k < 3; ++k)
                    triangle.corner[k] =
                        transform_point(scene.world(NodeId{i}), DVec3(g.vertices[g.indices[t * 3 + k]].position));
                triangle.normal =
                    glm::cross(triangle.corner[1] - triangle.corner[0], triangle.corner[2] - triangle.corner[0]);
                triangle.name.node = NodeId{i};
                triangle.name.primitive = p;
                triangle.name.triangle = t;
            }
        }
    }
    return out;
}

// By another method than the picker: the plane, then three edges.
std::optional<Hit> brute_force(const std::vector<WorldTriangle>& triangles, const Ray& ray,
                               const std::optional<CutPlane>& cut) {
    std::optional<Hit> best;
    const DVec3 d(ray.direction);
    for (const WorldTriangle& t : triangles) {
        const double along = glm::dot(t.normal, d);
        const double distance = glm::dot(t.normal, t.corner[0] - ray.origin) / along;
        if (!(distance >= 0.0) || (best && distance >= best->distance_m)) continue;
        const DVec3 at = ray.origin + d * distance;
        bool inside = true;
        for (int k = 0; k < 3 && inside; ++k)
            inside = glm::dot(glm::cross(t.corner[(k + 1) % 3] - t.corner[k], at - t.corner[k]), t.normal) >= 0.0;
        if (!inside || (cut && glm::dot(DVec3(cut->normal), at) > glm::dot(DVec3(cut->normal), cut->point))) continue;
        best = t.name;
        best->point = at;
        best->normal = Vec3(glm::normalize(along > 0.0 ? -t.normal : t.normal));
        best->distance_m = distance;
    }
    return best;
}

struct Agreement {
    int rays = 0, hits = 0, wrong = 0;
};

void compare(const Scene& scene, const Picker& picker, std::mt19937& random, int rays, Agreement& out,
             const std::optional<CutPlane>& cut = {}) {
    const auto uniform = [&](double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(random);
    };
    DAabb box;
    for (std::uint32_t i = 0; i < scene.node_count(); i = scene.subtree_end(NodeId{i}))
        grow(box, scene.world_bounds(NodeId{i}));
    const DVec3 size = box.max - box.min;
    const std::vector<WorldTriangle> triangles = world_triangles(scene);
    for (int i = 0; i < rays; ++i) {
        const auto inside = [&](double margin) {
            return DVec3(uniform(box.min.x - size.x * margin, box.max.x + size.x * margin),
                         uniform(box.min.y - size.y * margin, box.max.y + size.y * margin),
                         uniform(box.min.z - size.z * margin, box.max.z + size.z * margin));
        };
        Ray ray{inside(1.0), {}};
        ray.direction = glm::normalize(Vec3(inside(0.0) - ray.origin));
        if (i % 2 == 1) { // at something, else mostly at nothing
            const WorldTriangle& t = triangles[random() % triangles.size()];
            const DVec3 at = t.corner[0] * 0.5 + t.corner[1] * 0.3 + t.corner[2] * 0.2;
            ray.direction = glm::normalize(Vec3(at - ray.origin));
        }
        if (i % 50 == 0) ray.direction = Vec3(0, i % 100 == 0 ? 1 : -1, 0); // along an axis
        const auto expected = brute_force(triangles, ray, cut);
        const auto got = picker.pick(scene, ray, 1e6, cut);
        ++out.rays;
        out.hits += expected ? 1 : 0;
        bool same = expected.has_value() == got.has_value();
        if (same && expected) {
            const double tolerance = 1e-5 * (1.0 + expected->distance_m);
            same = std::abs(expected->distance_m - got->distance_m) < tolerance &&
                   glm::length(expected->point - got->point) < tolerance && expected->node == got->node &&
                   expected->primitive == got->primitive && expected->triangle == got->triangle &&
                   glm::dot(expected->normal, got->normal) > 0.999f;
        }
        out.wrong += same ? 0 : 1;
    }
}

// Jobs that wait until the test lets them run.
class HeldJobs final : public Jobs {
  public:
    void add(JobClass, Job job) override { waiting_.push_back(std::move(job)); }
    void for_each(std::size_t count, std::size_t, const std::function<void(std::size_t, std::size_t)>& body) override {
        body(0, count);
    }
    void wait_idle() override {
        for (Job& job : std::exchange(waiting_, {})) job();
    }
    std::int64_t cpu_time_ns() const override { return 0; }

  private:
    std::vector<Job> waiting_;
};

// One triangle in the xy plane around the origin.
std::shared_ptr<Model> triangle_model() {
    auto model = std::make_shared<Model>();
    Geometry g;
    for (const Vec3 p : {Vec3(-1, -1, 0), Vec3(1, -1, 0), Vec3(0, 1, 0)}) {
        Vertex v;
        v.position = p;
        g.vertices.push_back(v);
        grow(g.bounds, p);
    }
    g.indices = {0, 1, 2};
    model->geometries.push_back(g);
    model->meshes.push_back({"", {{0, kNone}}, {}});
    model->nodes.emplace_back().subtree_end = 1;
    model->nodes[0].mesh = 0;
    return model;
}

} // namespace

TEST_SUITE("scene/pick") {
    TEST_CASE("picking agrees with brute force on 10,000 random rays, also after nodes have moved") {
        std::mt19937 random(7);
        Scene scene;
        const auto jobs = make_jobs_inline();
        Picker picker(*jobs);
        const auto shared = random_model(random, 12);
        scene.place(shared, to_affine(random_transform(random, 3.0)), "a");
        scene.place(shared, to_affine(random_transform(random, 3.0)), "b");
        scene.place(random_model(random, 20), to_affine(random_transform(random, 3.0)), "c");
        for (std::uint32_t i = 0; i < scene.node_count(); ++i)
            scene.set_local(NodeId{i}, random_transform(random, 2.0));
        Agreement agreement;
        for (int round = 0; round < 10; ++round) {
            for (int i = 0; i < 15; ++i) {
                const auto node = NodeId{std::uniform_int_distribution<std::uint32_t>(0, 43)(random)};
                scene.set_local(node, random_transform(random, round == 9 ? 30.0 : 2.0));
                constexpr std::array<std::uint8_t, 3> styles{kHidden, kBoundHidden, kGhost};
                if (i == 0) scene.set_style(node, {.flags = styles[static_cast<std::size_t>(round % 3)]});
            }
            picker.sync(scene, scene.update());
            if (round % 3 == 2) continue; // moved twice between two picks
            compare(scene, picker, random, 1429, agreement);
        }
        MESSAGE(agreement.rays, " rays, ", agreement.hits, " met something, ", agreement.wrong, " differ");
        CHECK(agreement.rays >= 10'000);
        CHECK(agreement.hits > agreement.rays / 3);
        CHECK(agreement.wrong == 0);
    }

    TEST_CASE("what a plane cuts away is passed over, and the next one behind it is met") {
        std::mt19937 random(17);
        Scene scene;
        const auto jobs = make_jobs_inline();
        Picker picker(*jobs);
        scene.place(random_model(random, 12), to_affine(random_transform(random, 3.0)), "m");
        for (std::uint32_t i = 0; i < scene.node_count(); ++i)
            scene.set_local(NodeId{i}, random_transform(random, 2.0));
        picker.sync(scene, scene.update());
        const DAabb box = scene.world_bounds(NodeId{0});
        Agreement cut, whole;
        for (int i = 0; i < 20; ++i) {
            const Transform any = random_transform(random, 1.0);
            const CutPlane plane{(box.min + box.max) * 0.5 + any.translation, any.rotation * Vec3(0.f, 1.f, 0.f)};
            std::mt19937 rays(static_cast<unsigned>(i)), same_rays(static_cast<unsigned>(i));
            compare(scene, picker, rays, 100, cut, plane);
            compare(scene, picker, same_rays, 100, whole);
        }
        CHECK(cut.wrong == 0);
        CHECK(cut.hits > 300);
        CHECK(cut.hits < whole.hits - 100); // some rays meet nothing any more
    }

    TEST_CASE("a part that is shifted is met where it shows") {
        Scene scene;
        const auto jobs = make_jobs_inline();
        Picker picker(*jobs);
        scene.place(triangle_model(), {}, "m");
        scene.set_offset(NodeId{0}, {5.f, 0.f, 0.f});
        picker.sync(scene, scene.update());
        CHECK_FALSE(picker.pick(scene, {{0.0, 0.0, 3.0}, {0.f, 0.f, -1.f}}));
        CHECK(picker.pick(scene, {{5.0, 0.0, 3.0}, {0.f, 0.f, -1.f}}));
        scene.set_offset(NodeId{0}, Vec3(0.f));
        picker.sync(scene, scene.update());
        CHECK(picker.pick(scene, {{0.0, 0.0, 3.0}, {0.f, 0.f, -1.f}}));
    }

    TEST_CASE("picking agrees with brute force on a real model") {
        const auto data = pw::test::foreign_data();
        if (!data) return pw::test::skip("no sample models", pw::test::Missing::ForeignData);
        Reports reports;
        const auto model = load_gltf((*data / "gltf/bevy-models/animated/MorphStressTest.gltf").string(), reports);
        REQUIRE(model);
        Scene scene;
        const auto jobs = make_jobs(2);
        Picker picker(*jobs);
        scene.place(*model, {}, "m");
        picker.sync(scene, scene.update());
        jobs->wait_idle();
        REQUIRE(picker.ready());
        std::mt19937 random(8);
        Agreement agreement;
        compare(scene, picker, random, 300, agreement);
        CHECK(agreement.hits > 50);
        CHECK(agreement.wrong <= 2); // rays through an edge that two triangles share may name either
    }

    TEST_CASE("far from the origin a part is met where it is") {
        std::mt19937 random(9);
        Scene scene;
        const auto jobs = make_jobs_inline();
        Picker picker(*jobs);
        const DVec3 far(2'000'000.0, 50.0, -3'000'000.0);
        scene.place(random_model(random, 4), {far, Mat3(1.f)}, "m");
        picker.sync(scene, scene.update());
        Agreement agreement;
        compare(scene, picker, random, 500, agreement);
        CHECK(agreement.hits > 20);
        CHECK(agreement.wrong == 0);
    }

    TEST_CASE("while a placement is prepared what stood before is met where it is, and the new part after") {
        Scene scene;
        HeldJobs jobs;
        Picker picker(jobs);
        const auto model = triangle_model();
        const auto at = [](double z) { return Affine{DVec3(0, 0, z), Mat3(1.f)}; };
        const auto distance = [&] {
            picker.sync(scene, scene.update());
            const auto hit = picker.pick(scene, {{0, 0, 10}, {0, 0, -1}});
            return hit ? hit->distance_m : -1.0;
        };
        const PlacedId first = scene.place(model, {}, "first");
        CHECK(distance() == -1.0);
        CHECK_FALSE(picker.ready());
        jobs.wait_idle();
        CHECK(picker.ready());
        CHECK(distance() == doctest::Approx(10.0));
        scene.place(model, at(5.0), "second");
        CHECK(distance() == doctest::Approx(10.0));
        scene.place(model, at(7.0), "third"); // while the hierarchy with the second is made
        scene.set_placement(first, at(6.0));
        CHECK(distance() == doctest::Approx(4.0));
        jobs.wait_idle(); // has the second; one with the third is asked for
        CHECK_FALSE(picker.ready());
        CHECK(distance() == doctest::Approx(4.0)); // the first as it is now, not as it was when the job began
        jobs.wait_idle();
        CHECK(picker.ready());
        CHECK(distance() == doctest::Approx(3.0));
    }

    TEST_CASE("what is placed while a hierarchy is made becomes ready though nobody picks") {
        Scene scene;
        HeldJobs jobs;
        Picker picker(jobs);
        const auto model = triangle_model();
        for (const char* name : {"first", "second"}) {
            scene.place(model, {}, name);
            picker.sync(scene, scene.update());
        }
        for (int frame = 0; frame < 3 && !picker.ready(); ++frame) {
            jobs.wait_idle();
            picker.sync(scene, scene.update());
        }
        CHECK(picker.ready());
    }

    TEST_CASE("a ray is met neither beyond its reach, nor behind it, nor by a flattened or hidden part") {
        Scene scene;
        const auto jobs = make_jobs_inline();
        Picker picker(*jobs);
        scene.place(triangle_model(), {}, "m");
        picker.sync(scene, scene.update());
        const Ray ray{{0, 0, 5}, {0, 0, -1}};
        CHECK(picker.pick(scene, ray)->distance_m == doctest::Approx(5.0));
        CHECK(picker.pick(scene, ray)->normal == Vec3(0, 0, 1));
        CHECK(picker.pick(scene, {{0, 0, -5}, {0, 0, 1}})->normal == Vec3(0, 0, -1)); // from behind
        CHECK_FALSE(picker.pick(scene, ray, 4.9));
        CHECK_FALSE(picker.pick(scene, {{0, 0, 5}, {0, 0, 1}}));
        Transform flat;
        flat.scale = {1, 0, 1};
        scene.set_local(NodeId{0}, flat);
        picker.sync(scene, scene.update());
        CHECK_FALSE(picker.pick(scene, ray));
        scene.set_local(NodeId{0}, {});
        for (const std::uint8_t hidden : {kHidden, kBoundHidden}) {
            scene.set_style(NodeId{0}, {.flags = hidden});
            picker.sync(scene, scene.update());
            CHECK_FALSE(picker.pick(scene, ray));
        }
        scene.set_style(NodeId{0}, {.flags = kGhost});
        scene.set_visible(NodeId{0}, false);
        picker.sync(scene, scene.update());
        CHECK_FALSE(picker.pick(scene, ray));
        scene.set_visible(NodeId{0}, true);
        picker.sync(scene, scene.update());
        CHECK(picker.pick(scene, ray).has_value());
    }
}
