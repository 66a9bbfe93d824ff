// SPDX-License-Identifier: Apache-2.0
// Packing: the document stays what it was, numbers stay where they were to within what is promised, and others can read
// it.
#include "scene/pack.h"

#include "base/file.h"
#include "base/process.h"
#include "scene/image.h"
#include "scene/pick.h"
#include "scene/scene.h"
#include "scene/simplify.h"
#include "tests/scene/pack_support.h"
#include "tests/support/big_plant.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <random>

using namespace pw;
using namespace pw::scene;
using namespace pw::test;
namespace fs = std::filesystem;

namespace {

// Everything but geometry and pictures.
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

// The corners of all triangles, with normals and tangents unless these may have been made by the reader, each triangle
// from its least corner on, in order; what a corner is as bytes.
std::vector<std::string> triangles_of(const Geometry& g, bool made_ones = true) {
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

void check_exact(const Both& both, bool made_ones = true) {
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

bool near(const DAabb& a, const DAabb& b, double most) {
    if (a.empty() || b.empty()) return a.empty() == b.empty();
    for (int i = 0; i < 3; ++i)
        if (!(std::abs(a.min[i] - b.min[i]) <= most) || !(std::abs(a.max[i] - b.max[i]) <= most)) return false;
    return true;
}

void check_near(const Both& both, double most) {
    const ModelSummary a = summarize(*both.before), b = summarize(*both.after);
    CHECK(a.triangles == b.triangles);
    CHECK(near(a.bounds, b.bounds, most));
    CHECK(both.packed.summary.position_error_m <= most);
}

// How many of `count` rays through the model meet the same node, as near as that.
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

std::string folder() {
    static const std::string made = [] {
        const auto temp = make_temp_folder("pw-pack-");
        REQUIRE(temp);
        return *temp;
    }();
    return made;
}

// Runs node with a script of this tree, on files; what it says. Nothing without the module.
std::optional<std::string> node(const char* script, const char* module, const std::vector<std::string>& files) {
    const char* modules = std::getenv("NODE_PATH");
    if (modules == nullptr || !fs::exists(fs::path(modules) / module)) {
        test::skip(std::string("npm ") + module + " is not in $NODE_PATH");
        return std::nullopt;
    }
    const std::string said = folder() + "/said";
    remove_file(said);
    std::vector<std::string> words{"node", (test::source_dir() / script).string()};
    words.insert(words.end(), files.begin(), files.end());
    auto process = Process::start(words, {.output_file = said});
    REQUIRE(process);
    CHECK(process->wait() == 0);
    const auto text = read_text(said);
    REQUIRE(text);
    return *text;
}

std::string write(const std::string& name, Bytes glb) {
    const std::string path = folder() + "/" + name;
    REQUIRE(write_file(path, glb));
    return path;
}

std::vector<std::string> own_models() {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(test::source_dir() / "assets/models"))
        if (entry.path().extension() == ".glb") out.push_back(entry.path().string());
    std::ranges::sort(out);
    return out;
}

// A grid of n × n quads with heights, as positions, normals and (sharing nothing) corners of its own: 6 n² of them.
struct Grid {
    Binary binary;
    std::size_t count;
    explicit Grid(std::uint32_t n) : count(std::size_t{n} * n * 6) {
        const auto at = [&](std::uint32_t x, std::uint32_t z) {
            const float u = static_cast<float>(x) / static_cast<float>(n),
                        v = static_cast<float>(z) / static_cast<float>(n);
            binary.add<float>({u, 0.2f * std::sin(u * 5.f) * std::cos(v * 4.f), v});
        };
        for (std::uint32_t z = 0; z < n; ++z)
            for (std::uint32_t x = 0; x < n; ++x) {
                at(x, z), at(x, z + 1), at(x + 1, z), at(x + 1, z), at(x, z + 1), at(x + 1, z + 1);
            }
        for (std::size_t i = 0; i < count; ++i) binary.add<float>({0.f, 1.f, 0.f});
    }
    std::string views() const {
        const std::string half = std::to_string(count * 12), n = std::to_string(count);
        return R"("bufferViews":[{"buffer":0,"byteLength":)" + half + R"(},{"buffer":0,"byteOffset":)" + half +
               R"(,"byteLength":)" + half + R"(}],"accessors":[{"bufferView":0,"componentType":5126,"type":"VEC3",)" +
               R"("min":[0,-1,0],"max":[1,1,1],"count":)" + n +
               R"(},{"bufferView":1,"componentType":5126,"type":"VEC3","count":)" + n + "}]";
    }
};

constexpr const char* kPart = R"({"attributes":{"POSITION":0,"NORMAL":1}})";

std::string one_node(const std::string& more = {}) {
    return R"("scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0,"name":"grid")" + more + "}]";
}

} // namespace

TEST_SUITE("scene/pack") {
    TEST_CASE("our own models stay what they were, and the Khronos validator finds no error in them") {
        std::vector<std::string> files;
        for (const std::string& path : own_models()) {
            CAPTURE(path);
            const Both both = pack(path);
            check_same_document(*both.before, *both.after);
            check_near(both, 51e-6);
            CHECK(both.packed.glb.size() < fs::file_size(path) * 112 / 100);
            for (const Geometry& g : both.after->geometries)
                CHECK(g.levels.has_value() == (g.skin.empty() && g.morphs.empty()));
            files.push_back(write(file_name_of(path), both.packed.glb));
        }
        const auto said = node("assets/models/validate.cjs", "gltf-validator", files);
        if (!said) return;
        for (const std::string& file : files) CHECK_MESSAGE(has(*said, file_name_of(file) + ": 0 errors"), *said);
    }

    TEST_CASE("rays meet the same parts") {
        for (const char* name : {"palletizer.glb", "filler.glb"})
            check_picks(pack((test::source_dir() / "assets/models" / name).string()), 2'000, 2e-3);
    }

    TEST_CASE("with a precision of 0 every corner of every triangle is what it was, bit for bit") {
        for (const char* name : {"palletizer.glb", "tank.glb", "cabinet.glb", "bottle_filled.glb"})
            check_exact(pack((test::source_dir() / "assets/models" / name).string(), {.position_error_m = 0.0}));
    }

    TEST_CASE("the same file gives the same bytes, on one thread and on three") {
        const std::string path = (test::source_dir() / "assets/models/hall.glb").string();
        std::vector<std::byte> bytes;
        for (const unsigned threads : {0u, 1u, 3u}) {
            const auto jobs = threads == 0 ? make_jobs_inline() : make_jobs(threads);
            Reports reports;
            const auto packed = pack_gltf_file(path, {}, *jobs, reports);
            REQUIRE(packed);
            if (bytes.empty()) bytes = packed->glb;
            CHECK(packed->glb == bytes);
        }
    }

    TEST_CASE("what was packed can be packed again, and nothing moves twice") {
        const Both once = pack((test::source_dir() / "assets/models/palletizer.glb").string());
        const std::string path = write("once.glb", once.packed.glb);
        const Both twice = pack(path);
        check_same_document(*once.after, *twice.after);
        CHECK(twice.packed.summary.position_error_m == 0.0);
        check_exact(twice);
        CHECK(twice.packed.glb.size() < once.packed.glb.size() * 102 / 100);
        for (std::size_t i = 0; i < once.after->geometries.size(); ++i)
            CHECK(once.after->geometries[i].levels->size() == twice.after->geometries[i].levels->size());
    }

    TEST_CASE("levels are as many as would be made, over the same vertices, and no nodes that one sees") {
        const Both both = pack((test::source_dir() / "assets/models/palletizer.glb").string());
        CHECK(both.packed.summary.level_triangles > 0);
        std::size_t levels = 0, made = 0;
        for (const Geometry& g : both.after->geometries) {
            REQUIRE(g.levels);
            std::size_t before = g.indices.size();
            float error_m = 0.f;
            for (const Level& level : *g.levels) {
                CHECK(static_cast<double>(level.indices.size()) <= 0.6 * static_cast<double>(before));
                CHECK(level.error_m >= error_m);
                CHECK(std::ranges::all_of(level.indices, [&](std::uint32_t i) { return i < g.vertices.size(); }));
                before = level.indices.size();
                error_m = level.error_m;
            }
            made += simplified(g).size();
            levels += g.levels->size();
        }
        CHECK(levels > 3);
        CHECK(std::max(levels, made) - std::min(levels, made) <= 2); // the order of corners differs
        const Both without = pack((test::source_dir() / "assets/models/palletizer.glb").string(), {.levels = false});
        CHECK_FALSE(has(json_of(without.packed.glb), "MSFT_lod"));
        for (const Geometry& g : without.after->geometries) CHECK_FALSE(g.levels.has_value());
    }

    TEST_CASE("where tangents are made on opening, levels have those of their side of a seam") {
        Grid grid(24); // its texture is mirrored in the middle, where vertices are shared
        const std::size_t points = grid.binary.at(), normals = grid.count * 12;
        for (std::size_t i = 0; i < grid.count; ++i) {
            float xz[3];
            std::memcpy(xz, grid.binary.bytes.data() + i * 12, sizeof xz);
            grid.binary.add<float>({std::abs(2.f * xz[0] - 1.f), xz[2]});
        }
        const std::size_t pixels = grid.binary.at();
        const auto png = encode_png({1, 1, {128, 128, 255, 255}});
        REQUIRE(png);
        grid.binary.bytes.insert(grid.binary.bytes.end(), png->begin(), png->end());
        const std::string n = std::to_string(grid.count);
        const auto view = [](std::size_t from, std::size_t size) {
            return R"({"buffer":0,"byteOffset":)" + std::to_string(from) + R"(,"byteLength":)" + std::to_string(size) +
                   "}";
        };
        const Both both = pack_members(
            R"("bufferViews":[)" + view(0, normals) + "," + view(normals, normals) + "," +
                view(points, pixels - points) + "," + view(pixels, png->size()) +
                R"(],"accessors":[{"bufferView":0,"componentType":5126,"type":"VEC3",)" +
                R"("min":[0,-1,0],"max":[1,1,1],"count":)" + n +
                R"(},{"bufferView":1,"componentType":5126,"type":"VEC3","count":)" + n +
                R"(},{"bufferView":2,"componentType":5126,"type":"VEC2","count":)" + n +
                R"(}],"images":[{"bufferView":3,"mimeType":"image/png"}],"textures":[{"source":0}],)" +
                R"("materials":[{"normalTexture":{"index":0}}],"meshes":[{"primitives":[{"material":0,"attributes":)" +
                R"({"POSITION":0,"NORMAL":1,"TEXCOORD_0":2}}]}],)" + one_node(),
            grid.binary);
        REQUIRE(both.after->geometries[0].has_tangents);
        REQUIRE(both.after->geometries[0].levels);
        CHECK(both.after->geometries[0].vertices.size() > both.packed.summary.vertices); // a seam
        std::size_t corners = 0, fit = 0;
        for (const Geometry& g : both.after->geometries) {
            for (const Level& level : *g.levels)
                for (std::size_t t = 0; t + 2 < level.indices.size(); t += 3) {
                    const auto uv = [&](std::size_t k) { return g.vertices[level.indices[t + k]].uv0; };
                    const Vec2 a = uv(1) - uv(0), b = uv(2) - uv(0);
                    const float area = a.x * b.y - a.y * b.x;
                    for (std::size_t k = 0; k < 3 && std::abs(area) > 1e-7f; ++k, ++corners)
                        fit += (unpack_tangent(g.vertices[level.indices[t + k]].tangent).w < 0.f) == (area > 0.f) ? 1u
                                                                                                                  : 0u;
                }
        }
        CHECK(corners > 300);
        CHECK(fit * 100 > corners * 97); // some triangles of a level lie on both sides
    }

    TEST_CASE("names and extras of views are told where they are lost") {
        const Grid grid(4);
        std::string views = grid.views();
        views.replace(views.find("{\"buffer\":0,"), 12, "{\"buffer\":0,\"name\":\"points\",");
        const Both both =
            pack_members(views + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(), grid.binary);
        REQUIRE(both.reports.list().size() == 1);
        CHECK(has(both.reports.list()[0].what, "1 names or extras of views and buffers are left out"));
    }

    TEST_CASE("foreign files stay what they were") {
        const auto data = pw::test::foreign_data();
        if (!data || !fs::is_directory(*data / "gltf"))
            return pw::test::skip("no sample models", pw::test::Missing::ForeignData);
        std::vector<std::string> files;
        for (const char* below : {"bevy-models", "gltf-transform-fixtures"})
            for (const auto& entry : fs::recursive_directory_iterator(*data / "gltf" / below)) {
                const std::string extension = extension_of(entry.path().string());
                if (extension != ".gltf" && extension != ".glb") continue;
                Reports reports;
                if (!load_gltf(entry.path().string(), reports)) continue;
                CAPTURE(entry.path().string());
                const Both both = pack(entry.path().string());
                check_same_document(*both.before, *both.after);
                check_near(both, 51e-6);
                check_exact(pack(entry.path().string(), {.position_error_m = 0.0, .levels = false, .textures = false}),
                            false);
                // KTX2 in an image of its own is no glTF 2.0 to the validator, here or before
                if (has(json_of(both.packed.glb), "image/ktx2")) continue;
                files.push_back(write(std::to_string(files.size()) + ".glb", both.packed.glb));
            }
        CHECK(files.size() > 20);
        const auto said = node("assets/models/validate.cjs", "gltf-validator", files);
        if (!said) return;
        for (const std::string& file : files)
            CHECK_MESSAGE(has(*said, file_name_of(file) + ": 0 errors"), file << *said);
    }

    TEST_CASE("another reader finds the same counts in it") {
        std::vector<std::string> files;
        std::string expected;
        for (const char* name : {"palletizer.glb", "hall.glb", "filler.glb"}) {
            const Both both = pack((test::source_dir() / "assets/models" / name).string());
            files.push_back(write(name, both.packed.glb));
            std::size_t triangles = 0; // of the meshes
            for (const Mesh& mesh : both.after->meshes)
                for (const Primitive& p : mesh.primitives)
                    triangles += both.after->geometries[p.geometry].indices.size() / 3;
            const ModelSummary s = summarize(*both.after);
            expected += std::string(name) + " " + std::to_string(s.nodes) + " " + std::to_string(triangles) + " " +
                        std::to_string(s.materials) + " " + std::to_string(s.images) + "\n";
        }
        const auto said = node("tests/scene/gltf_transform.mjs", "@gltf-transform/core", files);
        if (said) CHECK(*said == expected);
    }

    TEST_CASE("a generated plant: every part, smaller, valid") {
        const std::string path = folder() + "/plant.glb";
        REQUIRE(test::write_big_plant(path, 300));
        const Both both = pack(path);
        check_same_document(*both.before, *both.after);
        check_near(both, 51e-6);
        check_picks(both, 500, 2e-3);
        CHECK(both.packed.glb.size() * 2 < fs::file_size(path));
        const auto said =
            node("assets/models/validate.cjs", "gltf-validator", {write("packed_plant.glb", both.packed.glb)});
        if (said) CHECK_MESSAGE(has(*said, "0 errors"), *said);
    }

    TEST_CASE("equal vertices become one, and triangles without indices get some") {
        const Grid grid(12);
        const Both both =
            pack_members(grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(), grid.binary);
        CHECK(both.packed.summary.vertices_before == 864);
        CHECK(both.packed.summary.vertices == 169);
        CHECK(both.after->geometries[0].vertices.size() == 169);
        check_near(both, 51e-6);
        check_exact(pack_members(grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(),
                                 grid.binary, {.position_error_m = 0.0}));
    }

    TEST_CASE("positions move by no more than what is asked for, in the world") {
        const Grid grid(12);
        const std::string members = grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}],";
        const auto moved = [&](const std::string& node, double most) {
            const Both both = pack_members(members + one_node(node), grid.binary, {.position_error_m = most});
            double worst = 0.0;
            for (const Vertex& v : both.after->geometries[0].vertices) {
                double nearest = 1e9;
                for (const Vertex& u : both.before->geometries[0].vertices)
                    nearest = std::min(nearest, double{glm::length(u.position - v.position)});
                worst = std::max(worst, nearest);
            }
            CHECK(both.packed.summary.position_error_m <= most);
            return worst;
        };
        const double tenth_mm = moved("", 1e-4);
        CHECK((tenth_mm > 1e-5 && tenth_mm < 1.8e-4)); // of three components each
        CHECK(moved(R"(,"scale":[1,20,1])", 1e-4) < 1.8e-4 / 20);
        CHECK(moved("", 1.0) < 1.8 / 16384); // never more than that part of its size
    }

    TEST_CASE("what refers to vertices by their places keeps them in their order, and what is not known is kept") {
        const Grid grid(4);
        const std::string part =
            R"({"attributes":{"POSITION":0,"NORMAL":1},"extensions":{"ACME_places":{"vertex":7}}})";
        const std::string members =
            R"("extensionsUsed":["ACME_places"],"extensions":{"ACME_places":{"bufferView":1}},)" + grid.views() +
            R"(,"meshes":[{"primitives":[)" + part + "]}]," + one_node();
        const Both both = pack_members(members, grid.binary, {.position_error_m = 0.0});
        REQUIRE(both.after->geometries[0].vertices.size() == grid.count);
        for (std::size_t i = 0; i < grid.count; ++i)
            CHECK(both.after->geometries[0].vertices[i].position == both.before->geometries[0].vertices[i].position);
        CHECK(has(json_of(both.packed.glb), R"("ACME_places":{"bufferView":1})"));
        std::string told;
        for (const Report& r : both.reports.list()) told += r.where + ": " + r.what + "\n";
        CHECK(has(told, "t.glb: extensionsUsed: ACME_places is not known here: all 2 views it may refer to are kept"));
        CHECK(has(told, "meshes[0].primitives[0]: keeps the order of its vertices"));
    }

    TEST_CASE("levels stand where nothing is lost by them: not at nodes with children or that move") {
        const Grid grid(16);
        const std::string members = grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}],";
        const auto named = [&](const std::string& nodes) {
            const Both both =
                pack_members(members + R"("scene":0,"scenes":[{"nodes":[0]}],"nodes":)" + nodes, grid.binary);
            check_same_document(*both.before, *both.after);
            REQUIRE(both.after->geometries[0].levels);
            CHECK(both.after->geometries[0].levels->size() > 0);
            const std::string json = json_of(both.packed.glb);
            const std::size_t from = json.find("\"nodes\":[{");
            return json.substr(from, json.size() - from);
        };
        const std::string leaf = named(R"([{"mesh":0,"name":"leaf","translation":[1,2,3],"extras":{"partId":"P-7"}}])");
        CHECK(has(leaf, R"("name":"leaf","translation":[1,2,3],"extensions":{"MSFT_lod":{"ids":[1)"));
        CHECK(has(leaf, R"("extras":{"partId":"P-7","MSFT_screencoverage":[)"));
        CHECK(has(leaf, R"({"mesh":1,"translation":[1,2,3]})"));
        CHECK(has(named(R"([{"mesh":0,"name":"up","children":[1]},{"name":"below"}])"),
                  R"({"mesh":0,"extensions":{"MSFT_lod")"));
    }

    TEST_CASE("only what was offered levels and has none says so: the others are simplified when they are opened") {
        const Grid grid(16), square(1);
        const std::string scene = R"("scene":0,"scenes":[{"nodes":[0]}],)";
        const auto packed = [&](const Grid& g, const std::string& nodes, const std::string& more = {},
                                const std::string& used = {}) {
            return pack_members(
                used + g.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}" + more + R"(],)" + nodes, g.binary);
        };
        const Both plain = packed(square, scene + R"("nodes":[{"mesh":0}])"); // two triangles
        REQUIRE(plain.after->geometries[0].levels);
        CHECK(plain.after->geometries[0].levels->empty());
        CHECK_FALSE(has(json_of(plain.packed.glb), "MSFT_lod"));
        const Both sceneless = packed(grid, R"("nodes":[{"mesh":0}])");
        CHECK_FALSE(sceneless.after->geometries[0].levels);
        const Both foreign =
            packed(grid, scene + R"("nodes":[{"mesh":0,"extensions":{"MSFT_lod":{"ids":[1]}}},{"mesh":1}])",
                   std::string(R"(,{"primitives":[)") + kPart + "]}", R"("extensionsUsed":["MSFT_lod"],)");
        CHECK_FALSE(foreign.after->geometries[0].levels);
        std::string fixed = kPart;
        fixed.insert(fixed.size() - 1, R"(,"extensions":{"ACME_x":{}})");
        const Both strange =
            pack_members(R"("extensionsUsed":["ACME_x"],)" + grid.views() + R"(,"meshes":[{"primitives":[)" + fixed +
                             "]}]," + scene + R"("nodes":[{"mesh":0}])",
                         grid.binary);
        CHECK_FALSE(strange.after->geometries[0].levels);
    }

    TEST_CASE("normals that are not of length 1 stay, bit for bit") {
        for (const float length : {0.f, 0.5f}) {
            Grid grid(4);
            std::memcpy(grid.binary.bytes.data() + grid.count * 12 + 4, &length, sizeof length); // y of the first one
            const Both both =
                pack_members(grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(), grid.binary);
            CHECK_FALSE(has(json_of(both.packed.glb), "KHR_mesh_quantization"));
            CHECK_FALSE(has(json_of(both.packed.glb), "OCTAHEDRAL"));
        }
    }

    TEST_CASE("what cannot be read is not packed, and says why") {
        const auto jobs = make_jobs_inline();
        Reports reports;
        const auto missing = pack_gltf_file(folder() + "/nowhere.glb", {}, *jobs, reports);
        REQUIRE_FALSE(missing);
        CHECK(missing.error().code == Errc::NotFound);
        const auto glb = test::make_glb(
            R"({"asset":{"version":"2.0"},"extensionsUsed":["ACME_x"],"extensionsRequired":["ACME_x"]})");
        const auto strange = pack_gltf(glb, "s.glb", fetch_none, {}, *jobs, reports);
        REQUIRE_FALSE(strange);
        CHECK(has(strange.error().what, "s.glb: extensionsRequired[0] ACME_x"));
        const Grid grid(4);
        const auto whole =
            test::make_glb(test::gltf_json(grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(),
                                           grid.binary.bytes.size()),
                           grid.binary.bytes);
        const auto stopped = pack_gltf(whole, "g.glb", fetch_none, {}, *jobs, reports, [](double) { return false; });
        REQUIRE_FALSE(stopped);
        CHECK(has(stopped.error().what, "stopped"));
    }

    // Counted one by one, thousands of bolts passed the reader's limit for so small a file.
    TEST_CASE("equal parts are one, so that what is packed of them can be opened") {
        const Grid grid(24);
        std::string views, accessors, meshes;
        Binary binary;
        for (std::size_t i = 0; i < 600; ++i) {
            const std::string comma = i == 0 ? "" : ",", half = std::to_string(grid.count * 12),
                              n = std::to_string(grid.count);
            for (std::size_t k = 0; k < 2; ++k) {
                views += (k == 0 ? comma : ",") + R"({"buffer":0,"byteOffset":)" +
                         std::to_string(binary.at() + k * grid.count * 12) + R"(,"byteLength":)" + half + "}";
                accessors += (k == 0 ? comma : ",") + R"({"bufferView":)" + std::to_string(2 * i + k) +
                             R"(,"componentType":5126,"type":"VEC3","min":[0,-1,0],"max":[1,1,1],"count":)" + n + "}";
            }
            meshes += comma + R"({"primitives":[{"attributes":{"POSITION":)" + std::to_string(2 * i) + R"(,"NORMAL":)" +
                      std::to_string(2 * i + 1) + "}}]}";
            binary.bytes.insert(binary.bytes.end(), grid.binary.bytes.begin(), grid.binary.bytes.end());
        }
        const Both both = pack_members(R"("bufferViews":[)" + views + R"(],"accessors":[)" + accessors +
                                           R"(],"meshes":[)" + meshes + "]," + one_node(),
                                       binary);
        CHECK(both.before->geometries.size() == 600);
        CHECK(both.after->geometries.size() == 1);
        CHECK(both.after->meshes.size() == 600);
        CHECK(both.packed.glb.size() * 100 < binary.bytes.size());
    }

    TEST_CASE("what was packed and could not be opened again is not given out") {
        const Grid grid(24);
        const auto glb = pack_members(grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(),
                                      grid.binary, {.levels = false})
                             .packed.glb;
        Reports reports;
        std::uint64_t too_few = 0, enough = 1u << 30; // bytes: it fits just so, and levels come with packing
        while (enough - too_few > 1) {
            const std::uint64_t half = (too_few + enough) / 2;
            (parse_gltf(glb, "t.glb", fetch_none, reports, {.max_bytes = half}) ? enough : too_few) = half;
        }
        const auto jobs = make_jobs_inline();
        const auto packed = pack_gltf(glb, "t.glb", fetch_none, {}, *jobs, reports, {}, {.max_bytes = enough});
        REQUIRE_FALSE(packed);
        CHECK_MESSAGE(has(packed.error().what, "what was packed cannot be opened: t.glb: meshes"), packed.error().what);
    }

    TEST_CASE("a picture beside a file that has no buffers gets one") {
        const auto png = encode_png({1, 1, {1, 2, 3, 255}});
        REQUIRE(png);
        const FetchUri fetch = [&](std::string_view uri) -> Result<std::vector<std::byte>> {
            if (uri == "a b.png") return *png;
            return fail(Errc::NotFound, std::string(uri));
        };
        const std::string json = test::gltf_json(R"("images":[{"uri":"a%20b.png"},{"uri":"gone.png"}])");
        const auto jobs = make_jobs_inline();
        Reports reports;
        const auto packed = pack_gltf(as_bytes(json), "t.gltf", fetch, {}, *jobs, reports);
        REQUIRE_MESSAGE(packed.has_value(), packed.error().what);
        CHECK(load(packed->glb)->images[0].encoded == *png);
        CHECK(packed->summary.before.file == json.size() + png->size());
        CHECK(has(json_of(packed->glb), R"({"uri":"gone.png"})"));
        REQUIRE(reports.list().size() == 1);
        CHECK(has(reports.list()[0].what, "there is no file \"gone.png\""));
    }

    TEST_CASE("an empty document stays one") {
        const Both both = pack_members("", {});
        CHECK(both.after->nodes.empty());
    }
}
