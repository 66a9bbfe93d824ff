#pragma once
// SPDX-License-Identifier: Apache-2.0
// Small models made in code, for tests that draw or pick: boxes, quads, materials, nodes.

#include "scene/scene.h"

#include <glm/geometric.hpp>

#include <memory>
#include <string>
#include <utility>

namespace pw::test {

inline scene::Geometry box_geometry(const Vec3& half = Vec3(0.5f)) {
    scene::Geometry g;
    for (int axis = 0; axis < 3; ++axis) {
        for (const float side : {-1.f, 1.f}) {
            Vec3 n(0.f), u(0.f), v(0.f);
            n[axis] = side;
            u[(axis + 1) % 3] = side;
            v[(axis + 2) % 3] = 1.f;
            const auto first = static_cast<std::uint32_t>(g.vertices.size());
            for (const Vec2 corner : {Vec2(-1, -1), Vec2(1, -1), Vec2(1, 1), Vec2(-1, 1)}) {
                scene::Vertex vertex;
                vertex.position = (n + u * corner.x + v * corner.y) * half;
                vertex.normal = scene::pack_normal(n);
                vertex.tangent = scene::pack_tangent(Vec4(u, 1.f));
                vertex.uv0 = vertex.uv1 = (corner * Vec2(1.f, -1.f) + 1.f) * 0.5f;
                g.vertices.push_back(vertex);
            }
            for (const std::uint32_t i : {0u, 1u, 2u, 0u, 2u, 3u}) g.indices.push_back(first + i);
        }
    }
    g.bounds = {-half, half};
    g.has_tangents = true;
    return g;
}

// In the xy plane, facing +z.
inline scene::Geometry quad_geometry(const Vec2& half = Vec2(0.5f)) {
    scene::Geometry g;
    for (const Vec2 corner : {Vec2(-1, -1), Vec2(1, -1), Vec2(1, 1), Vec2(-1, 1)}) {
        scene::Vertex vertex;
        vertex.position = Vec3(corner * half, 0.f);
        vertex.normal = scene::pack_normal({0.f, 0.f, 1.f});
        vertex.tangent = scene::pack_tangent({1.f, 0.f, 0.f, 1.f});
        vertex.uv0 = vertex.uv1 = (corner * Vec2(1.f, -1.f) + 1.f) * 0.5f;
        g.vertices.push_back(vertex);
    }
    g.indices = {0, 1, 2, 0, 2, 3};
    g.bounds = {Vec3(-half, 0.f), Vec3(half, 0.f)};
    g.has_tangents = true;
    return g;
}

// A UV sphere around the origin.
inline scene::Geometry sphere_geometry(float radius_m, std::uint32_t rings = 24, std::uint32_t sectors = 48) {
    scene::Geometry g;
    for (std::uint32_t r = 0; r <= rings; ++r) {
        for (std::uint32_t s = 0; s <= sectors; ++s) {
            const Vec2 uv(static_cast<float>(s) / static_cast<float>(sectors),
                          static_cast<float>(r) / static_cast<float>(rings));
            const float theta = uv.y * 3.14159265f, phi = uv.x * 6.2831853f;
            const Vec3 n(std::sin(theta) * std::cos(phi), std::cos(theta), -std::sin(theta) * std::sin(phi));
            scene::Vertex vertex;
            vertex.position = n * radius_m;
            vertex.normal = scene::pack_normal(n);
            vertex.tangent = scene::pack_tangent({-std::sin(phi), 0.f, -std::cos(phi), 1.f});
            vertex.uv0 = uv;
            g.vertices.push_back(vertex);
        }
    }
    for (std::uint32_t r = 0; r < rings; ++r) {
        for (std::uint32_t s = 0; s < sectors; ++s) {
            const std::uint32_t a = r * (sectors + 1) + s, b = a + sectors + 1;
            for (const std::uint32_t i : {a, b, a + 1, a + 1, b, b + 1}) g.indices.push_back(i);
        }
    }
    g.bounds = {Vec3(-radius_m), Vec3(radius_m)};
    g.has_tangents = true;
    return g;
}

inline scene::Material plain(const Vec4& color, float metallic = 0.f, float roughness = 0.5f) {
    scene::Material m;
    m.base_color = color;
    m.metallic = metallic;
    m.roughness = roughness;
    return m;
}

inline scene::Material unlit(const Vec4& color) {
    scene::Material m;
    m.base_color = color;
    m.unlit = true;
    return m;
}

// Builds a model piece by piece; take() hands it over. Nodes are roots unless a parent is given, and must be added
// depth first.
class ModelBuilder {
  public:
    explicit ModelBuilder(std::string name = "test.glb") { model_.name = std::move(name); }
    std::uint32_t geometry(scene::Geometry g) { return add(model_.geometries, std::move(g)); }
    std::uint32_t material(scene::Material m) { return add(model_.materials, std::move(m)); }
    std::uint32_t mesh(std::uint32_t geometry, std::uint32_t material) {
        scene::Mesh m;
        m.primitives.push_back({geometry, material});
        return add(model_.meshes, std::move(m));
    }
    std::uint32_t node(const std::string& name, const Transform& local = {}, std::uint32_t mesh = scene::kNone,
                       std::uint32_t parent = scene::kNone) {
        scene::Node n;
        n.name = name;
        n.parent = parent;
        n.local = local;
        n.mesh = mesh;
        const auto index = static_cast<std::uint32_t>(model_.nodes.size());
        n.subtree_end = index + 1;
        for (std::uint32_t up = parent; up != scene::kNone; up = model_.nodes[up].parent) {
            model_.nodes[up].subtree_end = index + 1;
        }
        return add(model_.nodes, std::move(n));
    }
    // A node with a mesh of its own.
    std::uint32_t object(const std::string& name, scene::Geometry g, scene::Material m, const Transform& local = {}) {
        const std::uint32_t of = geometry(std::move(g));
        return node(name, local, mesh(of, material(std::move(m))));
    }
    scene::Model& model() { return model_; }
    std::shared_ptr<const scene::Model> take() { return std::make_shared<const scene::Model>(std::move(model_)); }

  private:
    template <class T> static std::uint32_t add(std::vector<T>& list, T value) {
        list.push_back(std::move(value));
        return static_cast<std::uint32_t>(list.size() - 1);
    }
    scene::Model model_;
};

inline Transform at(double x, double y, double z) { return {.translation = {x, y, z}}; }

} // namespace pw::test
