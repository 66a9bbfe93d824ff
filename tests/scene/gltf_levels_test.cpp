// SPDX-License-Identifier: Apache-2.0
// MSFT_lod: which levels are taken from a file, and that their nodes are nothing that one sees.
#include "scene/simplify.h"
#include "tests/scene/gltf_build.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace pw;
using namespace pw::scene;
using pw::test::Binary;
using pw::test::parse;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// Accessors: 0 four corners of a square, 1 their normals, 2 both triangles, 3 the first one, 4 an index too high,
// 5 other corners.
Binary square_binary() {
    Binary out;
    out.add<float>({0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0});
    for (int i = 0; i < 4; ++i) out.add<float>({0, 0, 1});
    out.add<std::uint16_t>({0, 1, 2, 0, 2, 3, 0, 1, 9, 0});
    return out;
}

constexpr const char* kAccessors =
    R"("bufferViews":[{"buffer":0,"byteLength":48},{"buffer":0,"byteOffset":48,"byteLength":48},)"
    R"({"buffer":0,"byteOffset":96,"byteLength":20}],"accessors":[)"
    R"({"bufferView":0,"componentType":5126,"type":"VEC3","count":4,"min":[0,0,0],"max":[1,1,0]},)"
    R"({"bufferView":1,"componentType":5126,"type":"VEC3","count":4},)"
    R"({"bufferView":2,"componentType":5123,"type":"SCALAR","count":6},)"
    R"({"bufferView":2,"componentType":5123,"type":"SCALAR","count":3},)"
    R"({"bufferView":2,"byteOffset":12,"componentType":5123,"type":"SCALAR","count":3},)"
    R"({"bufferView":0,"componentType":5126,"type":"VEC3","count":4,"min":[0,0,0],"max":[1,1,0]}])";

std::string mesh(int positions, int indices, const std::string& more = {}) {
    return R"({"primitives":[{"attributes":{"POSITION":)" + std::to_string(positions) + R"(,"NORMAL":1},"indices":)" +
           std::to_string(indices) + more + "}]}";
}

constexpr const char* kError = R"(,"extras":{"plantwalk_error_m":0.25})";

struct File {
    std::string level = mesh(0, 3, kError), more;
    std::string node = R"({"name":"part","mesh":0,"extensions":{"MSFT_lod":{"ids":[1]}},)"
                       R"("extras":{"partId":"P","MSFT_screencoverage":[0.5,0]}})";
    std::string scenes = R"("scene":0,"scenes":[{"nodes":[0]}])";

    std::string members() const {
        return std::string(R"("extensionsUsed":["MSFT_lod"],)") + kAccessors + R"(,"meshes":[)" + mesh(0, 2) + "," +
               level + R"(],"nodes":[)" + node + R"(,{"name":"coarse","mesh":1}],)" + scenes + more;
    }
    std::shared_ptr<const Model> load(std::string& told) const {
        Reports reports;
        const auto model = parse(members(), square_binary(), reports);
        REQUIRE_MESSAGE(model.has_value(), model.error().what);
        for (const Report& r : reports.list()) told += r.where + ": " + r.what + "\n";
        return *model;
    }
};

} // namespace

TEST_SUITE("scene/gltf_levels") {
    TEST_CASE("a level over the same vertices that says how wrong it is, is taken; its node and mesh are none") {
        std::string told;
        const auto model = File{}.load(told);
        CHECK(told.empty());
        REQUIRE(model->nodes.size() == 1);
        CHECK(model->nodes[0].extras == R"({"partId":"P"})");
        CHECK(model->nodes[0].uid == "P");
        CHECK(model->meshes.size() == 1);
        REQUIRE(model->geometries.size() == 1);
        REQUIRE(model->geometries[0].levels);
        REQUIRE(model->geometries[0].levels->size() == 1);
        CHECK(model->geometries[0].levels->front().indices == std::vector<std::uint32_t>{0, 1, 2});
        CHECK(model->geometries[0].levels->front().error_m == 0.25f);
        CHECK(summarize(*model).triangles == 2);
    }

    TEST_CASE("levels of others are left out and told, and the finest is what there is") {
        for (const auto& [level, what] :
             {std::pair(mesh(5, 3, kError), "with vertices of their own"),
              std::pair(mesh(0, 3), "that do not say how wrong they are"),
              std::pair(mesh(0, 3, R"(,"extras":{"plantwalk_error_m":-1})"), "that do not say"),
              std::pair(mesh(0, 3, R"(,"extras":{"plantwalk_error_m":"x"})"), "that do not say")}) {
            CAPTURE(level);
            std::string told;
            const auto model = File{.level = level}.load(told);
            CHECK(has(told, std::string("t.glb: meshes[0].primitives[0]: has levels of detail ") + what));
            CHECK_FALSE(model->geometries[0].levels);
            CHECK(model->nodes.size() == 1);
            CHECK(model->meshes.size() == 1);
            CHECK(summarize(*model).triangles == 2);
        }
    }

    TEST_CASE("a level's node is not drawn besides, wherever a file puts it") {
        for (const std::string& scenes :
             {std::string(R"("scene":0,"scenes":[{"nodes":[0,1]}])"), std::string(R"("asset2":0)")}) {
            std::string told;
            CHECK(File{.scenes = scenes}.load(told)->nodes.size() == 1);
        }
        std::string told;
        const auto below =
            File{.node = R"({"name":"part","mesh":0,"children":[1],"extensions":{"MSFT_lod":{"ids":[1]}}})"};
        CHECK(below.load(told)->nodes.size() == 1);
    }

    TEST_CASE("a mesh that is a level here and a part there is drawn there") {
        File file;
        file.node += R"(,{"name":"other","mesh":1})"; // node 1: "coarse" becomes node 2
        file.node.replace(file.node.find("[1]"), 3, "[2]");
        file.scenes = R"("scene":0,"scenes":[{"nodes":[0,1]}])";
        std::string told;
        const auto model = file.load(told);
        REQUIRE(model->nodes.size() == 2);
        CHECK(summarize(*model).triangles == 3);
    }

    TEST_CASE("what says that it can have no levels needs none made, in a file without MSFT_lod too") {
        File file;
        file.level = mesh(0, 2);
        std::string told;
        CHECK_FALSE(file.load(told)->geometries[0].levels); // the same triangles are no level
        const auto complete = [&](std::uint32_t version) {
            const std::string members =
                std::string(kAccessors) + R"(,"meshes":[)" +
                mesh(0, 2, R"(,"extras":{"plantwalk_levels":)" + std::to_string(version) + "}") +
                R"(],"nodes":[{"mesh":0}],"scenes":[{"nodes":[0]}])";
            Reports reports;
            const auto model = parse(members, square_binary(), reports);
            REQUIRE_MESSAGE(model.has_value(), model.error().what);
            return (*model)->geometries[0].levels.has_value();
        };
        CHECK(complete(kSimplifiedVersion));
        CHECK_FALSE(complete(kSimplifiedVersion + 1));
    }

    TEST_CASE("what leads nowhere is refused with its place") {
        const auto refused = [](const File& file) { return test::parse_error(file.members(), square_binary()); };
        const auto ids = [&](const std::string& list) {
            return refused({.node = R"({"mesh":0,"extensions":{"MSFT_lod":{"ids":)" + list + "}}}"});
        };
        CHECK(has(ids("[2]"), "t.glb: nodes[0].MSFT_lod.ids[0] is not another one of the 2 nodes"));
        CHECK(has(ids("[0]"), "nodes[0].MSFT_lod.ids[0] is not another one"));
        CHECK(has(ids(R"(["a"])"), "ids[0] is not another one"));
        CHECK(has(ids("7"), "nodes[0].MSFT_lod.ids is no array"));
        CHECK(has(refused({.level = mesh(0, 4, kError)}), "MSFT_lod.indices has indices past its 4 vertices"));
        CHECK(has(test::parse_error(std::string(R"("extensionsUsed":["MSFT_lod"],)") + kAccessors + R"(,"meshes":[)" +
                                        mesh(77, 2) + "," + mesh(0, 3, kError) + R"(],"nodes":[)" + File{}.node +
                                        R"(,{"mesh":1}],)" + File{}.scenes,
                                    square_binary()),
                  "meshes[0].primitives[0].attributes.POSITION 77 passes the end of accessors (6)"));
        CHECK(has(refused({.level = mesh(0, 77, kError)}), "MSFT_lod.indices 77 passes the end of accessors (6)"));
    }

    TEST_CASE("two nodes that call each other a level are both none, and nothing else happens") {
        File file;
        file.node =
            R"({"mesh":0,"extensions":{"MSFT_lod":{"ids":[2]}}},{"mesh":0,"extensions":{"MSFT_lod":{"ids":[0]}}})";
        std::string told;
        CHECK(file.load(told)->nodes.empty());
    }

    TEST_CASE("of a chain as many distinct meshes count as there may be levels") {
        File file;
        file.node.replace(file.node.find("[1]"), 3, "[1,1,1,1,1,1,1,1]");
        std::string told;
        CHECK(file.load(told)->geometries[0].levels->size() == 1);
        CHECK(told.empty());
        file = {};
        file.node.replace(file.node.find("[1]"), 3, "[1,2,3,4]");
        for (int i = 0; i < 3; ++i) {
            file.node += R"(,{"mesh":)" + std::to_string(i + 2) + "}";
            file.level += "," + mesh(0, 3, kError);
        }
        CHECK(file.load(told)->geometries[0].levels->size() == 1);
        CHECK(has(told, "t.glb: nodes[0]: has more than 3 levels of detail; the others are left out"));
    }

    // Walked primitive by primitive for each id of each primitive, this takes hours.
    TEST_CASE("many primitives with many ids are read at once") {
        std::string ids = "1", primitives, accessors = kAccessors;
        for (int i = 1; i < 4000; ++i) ids += ",1";
        accessors.pop_back();
        Binary binary = square_binary(); // and triangles of each one's own
        for (int i = 0; i < 4000; ++i) {
            accessors += R"(,{"bufferView":3,"byteOffset":)" + std::to_string(12 * i) +
                         R"(,"componentType":5123,"type":"SCALAR","count":6})";
            binary.add<std::uint16_t>({0, 1, 2, 0, 2, 3});
            primitives += std::string(i == 0 ? "" : ",") + R"({"attributes":{"POSITION":0,"NORMAL":1},"indices":)" +
                          std::to_string(6 + i) + "}";
        }
        accessors.insert(accessors.find("],\"accessors"), R"(,{"buffer":0,"byteOffset":116,"byteLength":48000})");
        const std::string meshes = R"({"primitives":[)" + primitives + "]}";
        const std::string members = R"("extensionsUsed":["MSFT_lod"],)" + accessors + R"(],"meshes":[)" + meshes + "," +
                                    meshes + R"(],"nodes":[{"mesh":0,"extensions":{"MSFT_lod":{"ids":[)" + ids +
                                    R"(]}}},{"mesh":1}],"scenes":[{"nodes":[0]}])";
        Reports reports;
        const auto model = parse(members, binary, reports);
        REQUIRE_MESSAGE(model.has_value(), model.error().what);
        CHECK((*model)->geometries.size() == 4000);
    }
}
