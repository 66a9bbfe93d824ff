// SPDX-License-Identifier: Apache-2.0
#include "scene/pick.h"

#include "scene/bvh.h"

#include <glm/geometric.hpp>
#include <glm/mat3x3.hpp>
#include <glm/matrix.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <map>
#include <utility>

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

// A hierarchy over the world, made by a job.
struct WorldBuild {
    std::vector<WorldBvh::Box> boxes;
    WorldBvh tree;
    std::atomic<bool> done{false}; // the last thing that is written
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

    // The nodes that have a mesh, ascending, so that a placement only adds to them; their boxes in the world; and the
    // hierarchy over these. What moved is brought up to date by the next pick: a frame in which nobody picks pays
    // nothing. A placement, or parts that moved so far that the order is no longer a good one, have a job make a new
    // hierarchy from a copy of the boxes; until it is there the old one serves.
    std::vector<std::uint32_t> items, item_of_node;
    std::vector<WorldBvh::Box> boxes;
    WorldBvh world;
    double built_area = 0.0;
    std::shared_ptr<WorldBuild> build;
    bool build_again = false; // when that one is done: it has begun without the newest items
    std::vector<NodeRange> moved;
    std::vector<std::uint32_t> moved_items;

    void add_items(const Scene& scene);
    void start_build();
    void take_build();
    void update_box(const Scene& scene, std::uint32_t item);
    void bring_up_to_date(const Scene& scene);
    void pick_node(const Scene& scene, std::uint32_t node, const Ray& ray, const std::optional<CutPlane>& cut,
                   double& limit, std::optional<Hit>& best) const;
};

// Of the models placed since the last time.
void Picker::Impl::add_items(const Scene& scene) {
    for (const Placed& placed : scene.placed().subspan(trees_of.size())) {
        std::shared_ptr<ModelTrees>& trees = models[placed.model.get()];
        if (!trees) {
            trees = std::make_shared<ModelTrees>(placed.model);
            start_jobs(jobs, trees);
        }
        trees_of.push_back(trees.get());
    }
    const auto first = static_cast<std::uint32_t>(item_of_node.size());
    item_of_node.resize(scene.node_count(), kNone);
    for (std::uint32_t i = first; i < scene.node_count(); ++i) {
        if (scene.mesh(NodeId{i}) == kNone) continue;
        item_of_node[i] = static_cast<std::uint32_t>(items.size());
        items.push_back(i);
        boxes.emplace_back();
        update_box(scene, item_of_node[i]);
    }
}

void Picker::Impl::start_build() {
    if (build) {
        build_again = true;
        return;
    }
    build = std::make_shared<WorldBuild>();
    build->boxes = boxes;
    jobs.add(JobClass::Background, [made = build] {
        made->tree.build(made->boxes);
        made->tree.link();
        made->done.store(true, std::memory_order_release);
    });
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

void Picker::Impl::take_build() {
    while (build && build->done.load(std::memory_order_acquire)) {
        world = std::move(build->tree);
        world.refit(boxes); // they have moved on meanwhile
        built_area = world.area();
        build.reset();
        if (std::exchange(build_again, false)) start_build();
    }
}

void Picker::Impl::bring_up_to_date(const Scene& scene) {
    moved_items.clear();
    for (const NodeRange r : moved)
        for (std::uint32_t i = r.first; i < r.last; ++i)
            if (item_of_node[i] != kNone) moved_items.push_back(item_of_node[i]);
    moved.clear();
    for (const std::uint32_t item : moved_items) update_box(scene, item);
    world.refit(boxes, moved_items);
    take_build();
    if (!build && world.area() > 2.0 * built_area) start_build();
}

void Picker::Impl::pick_node(const Scene& scene, std::uint32_t node, const Ray& ray, const std::optional<CutPlane>& cut,
                             double& limit, std::optional<Hit>& best) const {
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
            const DVec3 point = ray.origin + DVec3(ray.direction) * *t;
            if (cut && glm::dot(point - cut->point, DVec3(cut->normal)) > 0.0) return;
            nearest = *t;
            const DVec3 normal = glm::transpose(inverse) * glm::cross(b - a, c - a);
            const double facing = glm::dot(normal, DVec3(ray.direction)) > 0.0 ? -1.0 : 1.0;
            best = Hit{.node = NodeId{node},
                       .primitive = p,
                       .triangle = triangle,
                       .point = point,
                       .normal = Vec3(glm::normalize(normal) * facing),
                       .distance_m = *t};
        });
    }
}

Picker::Picker(Jobs& jobs) : impl_(std::make_unique<Impl>(jobs)) {}
Picker::~Picker() = default;

void Picker::sync(const Scene& scene, const Changes& changes) {
    const auto known = static_cast<std::uint32_t>(impl_->item_of_node.size());
    if (changes.structure) {
        impl_->add_items(scene);
        impl_->start_build();
    }
    if (impl_->build_again) impl_->take_build(); // nobody may pick for long, and ready() waits for the newest
    // Without a pick for long, what has moved adds up: then all of it counts as moved.
    if (impl_->moved.size() + changes.moved.size() > scene.node_count()) {
        impl_->moved.assign(1, {0, scene.node_count()});
        return;
    }
    for (const NodeRange r : changes.moved) // new items are where they are
        if (r.first < known) impl_->moved.push_back({r.first, std::min(r.last, known)});
}

std::optional<Hit> Picker::pick(const Scene& scene, const Ray& ray, double max_distance_m,
                                const std::optional<CutPlane>& cut) const {
    impl_->bring_up_to_date(scene);
    std::optional<Hit> best;
    double limit = max_distance_m;
    impl_->world.search(box_ray(ray.origin, DVec3(ray.direction)), limit, [&](std::uint32_t item, double& nearest) {
        impl_->pick_node(scene, impl_->items[item], ray, cut, nearest, best);
    });
    return best;
}

bool Picker::ready() const {
    if (impl_->build && (impl_->build_again || !impl_->build->done.load(std::memory_order_acquire))) return false;
    for (const auto& [model, trees] : impl_->models)
        if (trees->left.load(std::memory_order_acquire) != 0) return false;
    return true;
}

} // namespace pw::scene
