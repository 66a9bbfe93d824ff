// SPDX-License-Identifier: Apache-2.0
#include "scene/pick.h"

#include "scene/bvh.h"

#include <glm/geometric.hpp>
#include <glm/mat3x3.hpp>
#include <glm/matrix.hpp>

#include <array>
#include <atomic>
#include <cmath>
#include <map>

namespace pw::scene {
namespace {

using GeometryBvh = Bvh<Vec3>;
using WorldBvh = Bvh<DVec3>;

// The hierarchies of one model's geometries, made by jobs.
struct ModelTrees {
    std::shared_ptr<const Model> model;
    std::vector<GeometryBvh> trees;
    std::vector<std::atomic<bool>> done; // trees[i] may be read
    std::atomic<std::size_t> left;       // not done

    explicit ModelTrees(std::shared_ptr<const Model> m)
        : model(std::move(m)), trees(model->geometries.size()), done(trees.size()), left(trees.size()) {}

    void make(std::size_t i) {
        const Geometry& g = model->geometries[i];
        std::vector<GeometryBvh::Box> boxes(g.indices.size() / 3);
        for (std::size_t t = 0; t < boxes.size(); ++t)
            for (std::size_t k = 0; k < 3; ++k) {
                const Vec3 p = g.vertices[g.indices[t * 3 + k]].position;
                boxes[t].add({p, p});
            }
        trees[i].build(boxes);
        done[i].store(true, std::memory_order_release);
        left.fetch_sub(1, std::memory_order_release);
    }
};

// Triangles that one job takes on; many small geometries share one.
constexpr std::size_t kTrianglesPerJob = 20'000;

void start_jobs(Jobs& jobs, const std::shared_ptr<ModelTrees>& trees) {
    const std::vector<Geometry>& geometries = trees->model->geometries;
    std::size_t first = 0, triangles = 0;
    for (std::size_t i = 0; i < geometries.size(); ++i) {
        triangles += geometries[i].indices.size() / 3;
        if (triangles < kTrianglesPerJob && i + 1 < geometries.size()) continue;
        jobs.add(JobClass::Background, [trees, first, end = i + 1] {
            for (std::size_t k = first; k < end; ++k) trees->make(k);
        });
        first = i + 1;
        triangles = 0;
    }
}

struct LocalRay { // in a mesh's own space; distances stay those of the world
    DVec3 origin, direction;
    BoxRay boxes;
};

std::optional<double> meet(const LocalRay& ray, const DVec3& a, const DVec3& b,
                           const DVec3& c) { // Möller, Trumbore 1997
    const DVec3 e1 = b - a, e2 = c - a;
    const DVec3 p = glm::cross(ray.direction, e2);
    const double det = glm::dot(e1, p);
    if (det == 0.0) return std::nullopt;
    const DVec3 s = ray.origin - a;
    const double u = glm::dot(s, p) / det;
    const DVec3 q = glm::cross(s, e1);
    const double v = glm::dot(ray.direction, q) / det;
    const double t = glm::dot(e2, q) / det;
    if (!(u >= 0.0 && v >= 0.0 && u + v <= 1.0 && t >= 0.0)) return std::nullopt;
    return t;
}

std::array<DVec3, 3> corners(const Geometry& g, std::uint32_t triangle) {
    const std::uint32_t* const i = &g.indices[std::size_t{triangle} * 3];
    return {DVec3(g.vertices[i[0]].position), DVec3(g.vertices[i[1]].position), DVec3(g.vertices[i[2]].position)};
}

BoxRay box_ray(const DVec3& origin, const DVec3& direction) { return {origin, DVec3(1.0) / direction}; }

} // namespace

struct Picker::Impl {
    explicit Impl(Jobs& j) : jobs(j) {}

    Jobs& jobs;
    std::map<const Model*, std::shared_ptr<ModelTrees>> models;
    std::vector<ModelTrees*> trees_of; // per placed model

    // The nodes that have a mesh, their boxes in the world and the hierarchy over these. Brought up to date by the
    // first pick after a change, so that a frame in which nobody picks pays nothing.
    std::vector<std::uint32_t> items, item_of_node;
    std::vector<WorldBvh::Box> boxes;
    WorldBvh world;
    bool rebuild = true;
    double built_area = 0.0;
    std::vector<NodeRange> moved;

    void collect_items(const Scene& scene);
    void update_box(const Scene& scene, std::uint32_t item);
    void bring_up_to_date(const Scene& scene);
    void pick_node(const Scene& scene, std::uint32_t node, const Ray& ray, double& limit,
                   std::optional<Hit>& best) const;
};

void Picker::Impl::collect_items(const Scene& scene) {
    trees_of.clear();
    for (const Placed& placed : scene.placed()) {
        std::shared_ptr<ModelTrees>& trees = models[placed.model.get()];
        if (!trees) {
            trees = std::make_shared<ModelTrees>(placed.model);
            start_jobs(jobs, trees);
        }
        trees_of.push_back(trees.get());
    }
    items.clear();
    item_of_node.assign(scene.node_count(), kNone);
    for (std::uint32_t i = 0; i < scene.node_count(); ++i) {
        if (scene.mesh(NodeId{i}) == kNone) continue;
        item_of_node[i] = static_cast<std::uint32_t>(items.size());
        items.push_back(i);
    }
    boxes.resize(items.size());
}

void Picker::Impl::update_box(const Scene& scene, std::uint32_t item) {
    const NodeId node{items[item]};
    const Model& model = *scene.placed()[scene.placed_of(node).index].model;
    WorldBvh::Box& box = boxes[item] = {};
    for (const Primitive& p : model.meshes[scene.mesh(node)].primitives) {
        const Aabb& bounds = model.geometries[p.geometry].bounds;
        if (bounds.empty()) continue;
        const DAabb b = transform_box(scene.world(node), bounds);
        box.add({b.min, b.max});
    }
}

void Picker::Impl::bring_up_to_date(const Scene& scene) {
    if (rebuild) {
        for (std::uint32_t i = 0; i < items.size(); ++i) update_box(scene, i);
        world.build(boxes);
        built_area = world.refit(boxes);
    } else if (!moved.empty()) {
        for (const NodeRange r : moved)
            for (std::uint32_t i = r.first; i < r.last; ++i)
                if (item_of_node[i] != kNone) update_box(scene, item_of_node[i]);
        if (world.refit(boxes) > 2.0 * built_area) { // moved so far that the order is no longer a good one
            world.build(boxes);
            built_area = world.refit(boxes);
        }
    }
    rebuild = false;
    moved.clear();
}

void Picker::Impl::pick_node(const Scene& scene, std::uint32_t node, const Ray& ray, double& limit,
                             std::optional<Hit>& best) const {
    if ((scene.effective_style(NodeId{node}).flags & kHiddenFlags) != 0) return;
    const Affine& place = scene.world(NodeId{node});
    const glm::dmat3 linear(place.linear);
    const double det = glm::determinant(linear);
    if (!(std::abs(det) > 0.0) || !std::isfinite(det)) return; // flattened: there is no inside to meet
    const glm::dmat3 inverse = glm::inverse(linear);
    LocalRay local;
    local.origin = inverse * (ray.origin - place.translation);
    local.direction = inverse * DVec3(ray.direction);
    local.boxes = box_ray(local.origin, local.direction);

    const ModelTrees& trees = *trees_of[scene.placed_of(NodeId{node}).index];
    const std::vector<Primitive>& primitives = trees.model->meshes[scene.mesh(NodeId{node})].primitives;
    for (std::uint32_t p = 0; p < primitives.size(); ++p) {
        const std::uint32_t geometry = primitives[p].geometry;
        if (!trees.done[geometry].load(std::memory_order_acquire)) continue;
        const Geometry& g = trees.model->geometries[geometry];
        trees.trees[geometry].search(local.boxes, limit, [&](std::uint32_t triangle, double& nearest) {
            const auto [a, b, c] = corners(g, triangle);
            const std::optional<double> t = meet(local, a, b, c);
            if (!t || *t >= nearest) return;
            nearest = *t;
            const DVec3 normal = glm::transpose(inverse) * glm::cross(b - a, c - a);
            const double facing = glm::dot(normal, DVec3(ray.direction)) > 0.0 ? -1.0 : 1.0;
            best = Hit{.node = NodeId{node},
                       .primitive = p,
                       .triangle = triangle,
                       .point = ray.origin + DVec3(ray.direction) * *t,
                       .normal = Vec3(glm::normalize(normal) * facing),
                       .distance_m = *t};
        });
    }
}

Picker::Picker(Jobs& jobs) : impl_(std::make_unique<Impl>(jobs)) {}
Picker::~Picker() = default;

void Picker::sync(const Scene& scene, const Changes& changes) {
    if (changes.structure) {
        impl_->collect_items(scene);
        impl_->rebuild = true;
        impl_->moved.clear();
        return;
    }
    if (impl_->rebuild) return;
    // Without a pick for long, what has moved adds up: then all of it counts as moved.
    if (impl_->moved.size() + changes.moved.size() > scene.node_count())
        impl_->moved.assign(1, {0, scene.node_count()});
    else
        impl_->moved.insert(impl_->moved.end(), changes.moved.begin(), changes.moved.end());
}

std::optional<Hit> Picker::pick(const Scene& scene, const Ray& ray, double max_distance_m) const {
    impl_->bring_up_to_date(scene);
    std::optional<Hit> best;
    double limit = max_distance_m;
    impl_->world.search(box_ray(ray.origin, DVec3(ray.direction)), limit, [&](std::uint32_t item, double& nearest) {
        impl_->pick_node(scene, impl_->items[item], ray, nearest, best);
    });
    return best;
}

bool Picker::ready() const {
    for (const auto& [model, trees] : impl_->models)
        if (trees->left.load(std::memory_order_acquire) != 0) return false;
    return true;
}

} // namespace pw::scene
