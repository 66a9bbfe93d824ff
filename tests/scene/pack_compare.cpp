// SPDX-License-Identifier: Apache-2.0
#include "tests/scene/pack_compare.h"

#include "scene/pick.h"
#include "scene/scene.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace pw::test {

using namespace scene;

void check_same_document(const Model& a, const Model& b) {
    REQUIRE(a.nodes.size() == b.nodes.size());
    for (std::size_t i = 0; i < a.nodes.size(); ++i) {
        const Node &x = a.nodes[i], &y = b.nodes[i];
        CAPTURE(i);
        CHECK(x.name == y.name);
        CHECK((x.parent == y.parent && x.subtree_end == y.subtree_end));
        CHECK((x.local.translation == y.local.translation && x.local.rotation == y.local.rotation &&
               x.local.scale == y.local.scale));
        CHECK((x.mesh == y.mesh && x.skin == y.skin && x.camera == y.camera && x.light == y.light));
        CHECK((x.visible == y.visible && x.weights == y.weights && x.instances.size() == y.instances.size()));
        CHECK(x.extras == y.extras);
        CHECK(x.uid == y.uid);
        CHECK((x.property_table == y.property_table && x.property_row == y.property_row && x.packet == y.packet));
    }
    REQUIRE(a.meshes.size() == b.meshes.size());
    for (std::size_t i = 0; i < a.meshes.size(); ++i) {
        CHECK(a.meshes[i].name == b.meshes[i].name);
        CHECK(a.meshes[i].weights == b.meshes[i].weights);
        REQUIRE(a.meshes[i].primitives.size() == b.meshes[i].primitives.size());
        for (std::size_t p = 0; p < a.meshes[i].primitives.size(); ++p) {
            const Primitive &x = a.meshes[i].primitives[p], &y = b.meshes[i].primitives[p];
            CHECK((x.material == y.material && x.variants.size() == y.variants.size()));
        }
    }
    REQUIRE(a.materials.size() == b.materials.size());
    for (std::size_t i = 0; i < a.materials.size(); ++i) {
        CHECK(a.materials[i].name == b.materials[i].name);
        CHECK(a.materials[i].base_color == b.materials[i].base_color);
        CHECK(a.materials[i].base_color_texture.texture == b.materials[i].base_color_texture.texture);
        CHECK(a.materials[i].layers.has_value() == b.materials[i].layers.has_value());
    }
    CHECK((a.textures.size() == b.textures.size() && a.images.size() == b.images.size()));
    CHECK((a.cameras.size() == b.cameras.size() && a.lights.size() == b.lights.size()));
    CHECK((a.variants == b.variants && a.packets == b.packets && a.packet == b.packet));
    REQUIRE(a.property_tables.size() == b.property_tables.size());
    for (std::size_t t = 0; t < a.property_tables.size(); ++t)
        for (std::size_t p = 0; p < a.property_tables[t].properties.size(); ++p)
            for (std::uint32_t row = 0; row < a.property_tables[t].rows; ++row)
                CHECK(spell(a.property_tables[t].properties[p], row) == spell(b.property_tables[t].properties[p], row));
    REQUIRE(a.skins.size() == b.skins.size());
    for (std::size_t i = 0; i < a.skins.size(); ++i)
        CHECK((a.skins[i].joints == b.skins[i].joints && a.skins[i].inverse_bind == b.skins[i].inverse_bind));
    REQUIRE(a.clips.size() == b.clips.size());
    for (std::size_t i = 0; i < a.clips.size(); ++i) {
        CHECK(a.clips[i].name == b.clips[i].name);
        REQUIRE(a.clips[i].channels.size() == b.clips[i].channels.size());
        for (std::size_t c = 0; c < a.clips[i].channels.size(); ++c) {
            const Channel &x = a.clips[i].channels[c], &y = b.clips[i].channels[c];
            CHECK((x.node == y.node && x.path == y.path && x.object == y.object && x.value == y.value));
            CHECK((x.times_s == y.times_s && x.values == y.values));
        }
    }
}

namespace {

// The corners of all triangles, with normals and tangents unless these may have been made by the reader, each triangle
// from its least corner on, in order; what a corner is as bytes.
std::vector<std::string> triangles_of(const Geometry& g, bool made_ones) {
    std::vector<std::string> out;
    const auto corner = [&](std::uint32_t i) {
        Vertex v = g.vertices[i];
        if (!made_ones) v.normal = v.tangent = 0;
        std::string bytes(reinterpret_cast<const char*>(&v), sizeof(Vertex));
        if (!g.skin.empty()) bytes.append(reinterpret_cast<const char*>(&g.skin[i]), sizeof(SkinVertex));
        for (const MorphTarget& m : g.morphs)
            for (const std::vector<Vec3>* deltas : {&m.positions, &m.normals, &m.tangents})
                if (!deltas->empty()) bytes.append(reinterpret_cast<const char*>(&(*deltas)[i]), sizeof(Vec3));
        return bytes;
    };
    for (std::size_t t = 0; t + 2 < g.indices.size(); t += 3) {
        std::array<std::string, 3> c{corner(g.indices[t]), corner(g.indices[t + 1]), corner(g.indices[t + 2])};
        std::ranges::rotate(c, std::ranges::min_element(c));
        out.push_back(c[0] + c[1] + c[2]);
    }
    std::ranges::sort(out);
    return out;
}

} // namespace

void check_exact(const Both& both, bool made_ones) {
    REQUIRE(both.before->meshes.size() == both.after->meshes.size());
    CHECK(both.after->geometries.size() <= both.before->geometries.size()); // equal ones become one
    for (std::size_t m = 0; m < both.before->meshes.size(); ++m) {
        const auto &before = both.before->meshes[m].primitives, &after = both.after->meshes[m].primitives;
        REQUIRE(before.size() == after.size());
        for (std::size_t p = 0; p < before.size(); ++p) {
            CAPTURE(m);
            CAPTURE(p);
            CHECK(triangles_of(both.before->geometries[before[p].geometry], made_ones) ==
                  triangles_of(both.after->geometries[after[p].geometry], made_ones));
        }
    }
}

namespace {

bool near(const DAabb& a, const DAabb& b, double most) {
    if (a.empty() || b.empty()) return a.empty() == b.empty();
    for (int i = 0; i < 3; ++i)
        if (!(std::abs(a.min[i] - b.min[i]) <= most) || !(std::abs(a.max[i] - b.max[i]) <= most)) return false;
    return true;
}

} // namespace

void check_near(const Both& both, double most) {
    const ModelSummary a = summarize(*both.before), b = summarize(*both.after);
    CHECK(a.triangles == b.triangles);
    CHECK(near(a.bounds, b.bounds, most));
    CHECK(both.packed.summary.position_error_m <= most);
}

void check_picks(const Both& both, std::uint32_t count, double most) {
    const auto jobs = make_jobs_inline();
    std::array<Scene, 2> scenes;
    std::array<Picker, 2> pickers{Picker(*jobs), Picker(*jobs)};
    scenes[0].place(both.before, {}, "m");
    scenes[1].place(both.after, {}, "m");
    for (std::size_t i = 0; i < 2; ++i) pickers[i].sync(scenes[i], scenes[i].update());
    const DAabb box = summarize(*both.before).bounds;
    std::mt19937 random(5);
    std::uniform_real_distribution<double> d(0.0, 1.0);
    const auto inside = [&] { return box.min + (box.max - box.min) * DVec3(d(random), d(random), d(random)); };
    std::uint32_t met = 0, same = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const DVec3 to = inside(), from = to + (inside() - to) * 3.0;
        const Ray ray{from, Vec3(glm::normalize(to - from))};
        const auto a = pickers[0].pick(scenes[0], ray), b = pickers[1].pick(scenes[1], ray);
        met += a ? 1u : 0u;
        same += a.has_value() == b.has_value() &&
                        (!a || (a->node == b->node && std::abs(a->distance_m - b->distance_m) <= most))
                    ? 1u
                    : 0u;
    }
    CHECK(met > count / 20);
    CHECK(same >= count - count / 200); // at edges, and where a ray grazes
}

} // namespace pw::test
