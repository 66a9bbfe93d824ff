// SPDX-License-Identifier: Apache-2.0
// EXT_mesh_features and EXT_structural_metadata: parts of merged meshes, and what tables say of them.

#include "scene/pick.h"
#include "scene/property_table.h"
#include "tests/scene/gltf_build.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <random>

using namespace pw;
using namespace pw::scene;
using pw::test::Binary;
using pw::test::parse;
using pw::test::parse_error;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A file in the making: each add() gives a buffer view, each accessor() an accessor of a new view.
struct File {
    Binary binary;
    std::string views, accessors;
    std::uint32_t view_count = 0, accessor_count = 0;

    template <class T> std::uint32_t view(const std::vector<T>& values) {
        binary.bytes.resize((binary.at() + 7) / 8 * 8);
        const std::size_t first = binary.at();
        for (const T v : values) binary.add<T>({v});
        views += std::string(view_count == 0 ? "" : ",") + R"({"buffer":0,"byteOffset":)" + std::to_string(first) +
                 R"(,"byteLength":)" + std::to_string(binary.at() - first) + "}";
        return view_count++;
    }
    template <class T>
    std::uint32_t accessor(const std::vector<T>& values, int type, const char* shape, std::size_t n) {
        const std::uint32_t at = view(values);
        accessors += std::string(accessor_count == 0 ? "" : ",") + R"({"bufferView":)" + std::to_string(at) +
                     R"(,"componentType":)" + std::to_string(type) + R"(,"count":)" + std::to_string(n) +
                     R"(,"type":")" + shape + "\"}";
        return accessor_count++;
    }
    std::string members(const std::string& more) const {
        return R"("bufferViews":[)" + views + R"(],"accessors":[)" + accessors + "]," + more;
    }
    std::shared_ptr<const Model> load(const std::string& more, Reports& reports) const {
        const auto model = parse(members(more), binary, reports);
        REQUIRE_MESSAGE(model.has_value(), model.error().what);
        return *model;
    }
};

// `triangles` triangles beside each other along x, each with corners of its own, by accessors 0 to 2: positions,
// indices, features.
template <class Id> File strip_of(std::uint32_t triangles, const std::vector<Id>& features, int type) {
    File f;
    std::vector<float> positions;
    std::vector<std::uint32_t> indices;
    for (std::uint32_t t = 0; t < triangles; ++t) {
        const auto x = static_cast<float>(t);
        for (const float v : {x, 0.f, 0.f, x + 1.f, 0.f, 0.f, x, 1.f, 0.f}) positions.push_back(v);
        for (std::uint32_t k = 0; k < 3; ++k) indices.push_back(t * 3 + k);
    }
    f.accessor(positions, 5126, "VEC3", positions.size() / 3);
    f.accessor(indices, 5125, "SCALAR", indices.size());
    f.accessor(features, type, "SCALAR", features.size());
    return f;
}

std::string primitive(const std::string& set, const std::string& more = "") {
    return R"({"attributes":{"POSITION":0,"_FEATURE_ID_0":2},"indices":1)" + more +
           R"(,"extensions":{"EXT_mesh_features":{"featureIds":[)" + set + "]}}}";
}
std::string scene_of(const std::string& primitives, const std::string& nodes = R"({"name":"hall","mesh":0})") {
    return R"("meshes":[{"primitives":[)" + primitives + R"(]}],"nodes":[)" + nodes + "]";
}

std::string table_of(const std::string& properties, const std::string& columns, int rows,
                     const std::string& more = "") {
    return R"("extensions":{"EXT_structural_metadata":{"schema":{"id":"s","classes":{"part":{"properties":{)" +
           properties + "}}}" + more + R"(},"propertyTables":[{"class":"part","count":)" + std::to_string(rows) +
           R"(,"properties":{)" + columns + "}}]}}";
}

std::size_t triangles_of(const Model& model, std::uint32_t mesh) {
    std::size_t out = 0;
    for (const Primitive& p : model.meshes[mesh].primitives) out += model.geometries[p.geometry].indices.size() / 3;
    return out;
}

std::string spelled(const std::string& definition, File& f, const std::string& column, std::uint32_t row, int rows = 2,
                    const std::string& enums = "") {
    Reports reports;
    const auto model = f.load(table_of(R"("p":)" + definition, R"("p":)" + column, rows, enums), reports);
    REQUIRE(model->property_tables.size() == 1);
    REQUIRE(model->property_tables[0].properties.size() == 1);
    CHECK(reports.empty());
    return spell(model->property_tables[0].properties[0], row);
}

} // namespace

TEST_SUITE("scene/gltf_features") {
    TEST_CASE("a merged mesh becomes a node for each part, and a ray meets the part") {
        File f = strip_of<std::uint8_t>(6, {7, 7, 7, 3, 3, 3, 7, 7, 7, 9, 9, 9, 3, 3, 3, 9, 9, 9}, 5121);
        Reports reports;
        const auto model = f.load(scene_of(primitive(R"({"featureCount":2,"attribute":0,"nullFeatureId":9})"),
                                           R"({"name":"hall","mesh":0,"children":[1]},{"name":"lamp"})"),
                                  reports);
        CHECK(reports.empty());
        REQUIRE(model->nodes.size() == 4);
        CHECK(model->nodes[0].subtree_end == 4);
        CHECK(triangles_of(*model, model->nodes[0].mesh) == 2); // what is of no part stays
        CHECK(model->nodes[1].name == "feature[3]");
        CHECK(model->nodes[2].name == "feature[7]");
        CHECK(model->nodes[3].name == "lamp");
        for (const std::uint32_t n : {1u, 2u, 3u}) {
            CHECK(model->nodes[n].parent == 0);
            CHECK(model->nodes[n].subtree_end == n + 1);
        }
        Scene scene;
        const auto jobs = make_jobs_inline();
        Picker picker(*jobs);
        scene.place(model, {}, "m");
        picker.sync(scene, scene.update());
        const std::array<std::uint32_t, 6> owner{2, 1, 2, 0, 1, 0};
        for (std::uint32_t t = 0; t < 6; ++t) {
            const auto hit = picker.pick(scene, {{t + 0.25, 0.25, 1.0}, {0, 0, -1}});
            REQUIRE(hit.has_value());
            CHECK(hit->node.index == owner.at(t));
        }
        CHECK(scene.find(scene.part(NodeId{1})) == NodeId{1});
        scene.set_style(NodeId{2}, {.flags = kHidden});
        picker.sync(scene, scene.update());
        CHECK_FALSE(picker.pick(scene, {{0.25, 0.25, 1.0}, {0, 0, -1}}));
        CHECK(picker.pick(scene, {{1.25, 0.25, 1.0}, {0, 0, -1}}).has_value());
    }

    TEST_CASE("a part has what all primitives have of it, each of its table") {
        File f = strip_of<float>(2, {0, 0, 0, 1, 1, 1}, 5126);
        const std::uint32_t years = f.view<std::uint16_t>({1999, 2024});
        const std::string set = R"({"featureCount":2,"attribute":0,"propertyTable":0})";
        Reports reports;
        const auto model = f.load(scene_of(primitive(set) + "," + primitive(set, R"(,"material":0)") + "," +
                                           primitive(R"({"featureCount":2,"attribute":0})")) +
                                      R"(,"materials":[{}],)" +
                                      table_of(R"("year":{"type":"SCALAR","componentType":"UINT16"})",
                                               R"("year":{"values":)" + std::to_string(years) + "}", 2),
                                  reports);
        REQUIRE(model->nodes.size() == 5);
        CHECK(model->nodes[0].mesh == kNone);
        CHECK(model->meshes[model->nodes[1].mesh].primitives.size() == 2);
        CHECK(model->meshes[model->nodes[1].mesh].primitives[1].material == 0);
        CHECK(model->nodes[1].property_table == 0);
        CHECK(model->nodes[2].property_row == 1);
        CHECK(spell(model->property_tables[0].properties[0], model->nodes[2].property_row) == "2024");
        CHECK(model->nodes[3].property_table == kNone); // of no table: others than those of the table
        CHECK(model->geometries.size() == 2);           // one for each part, shared
    }

    TEST_CASE("names and ids come from the table") {
        File f = strip_of<std::uint16_t>(4, {0, 0, 0, 1, 1, 1, 2, 2, 2, 8, 8, 8}, 5123);
        const auto strings = [&](const std::string& text) {
            return std::to_string(f.view(std::vector<char>(text.begin(), text.end())));
        };
        const auto offsets = [&](std::vector<std::uint8_t> at) { return std::to_string(f.view(at)); };
        const std::string named = R"("called":{"values":)" + strings("Motor\xff") + R"(,"stringOffsets":)" +
                                  offsets({0, 5, 5, 6}) + R"(,"stringOffsetType":"UINT8"})";
        const std::string ids = R"("ID":{"values":)" + strings("m1p2q3") + R"(,"stringOffsets":)" +
                                offsets({0, 2, 4, 6}) + R"(,"stringOffsetType":"UINT8"})";
        Reports reports;
        const auto model = f.load(
            scene_of(primitive(R"({"featureCount":3,"attribute":0,"propertyTable":0})")) + "," +
                table_of(R"("called":{"type":"STRING","semantic":"NAME"},"ID":{"type":"STRING","semantic":"ID"})",
                         named + "," + ids, 3),
            reports);
        REQUIRE(model->nodes.size() == 5);
        CHECK(model->nodes[1].name == "Motor");
        CHECK(model->nodes[1].uid == "m1");
        CHECK(model->nodes[2].name == "p2");           // its name is empty
        CHECK(model->nodes[3].name == "\xef\xbf\xbd"); // not UTF-8
        CHECK(model->nodes[4].name == "feature[8]");   // past the table
        CHECK(model->nodes[4].property_table == kNone);
        Scene scene;
        scene.place(model, {}, "m");
        CHECK(scene.find({.place = "m", .asset = "t.glb", .uid = "p2", .path = {}}) == NodeId{2});
    }

    TEST_CASE("corners that do not agree: two of three count, and a field of them is left whole") {
        Reports reports;
        File some = strip_of<std::uint8_t>(4, {1, 2, 2, 2, 2, 2, 1, 1, 1, 1, 2, 3}, 5121);
        const auto model = some.load(scene_of(primitive(R"({"featureCount":3,"attribute":0})")), reports);
        REQUIRE(model->nodes.size() == 3);
        CHECK(triangles_of(*model, model->nodes[1].mesh) == 2);
        CHECK(triangles_of(*model, model->nodes[2].mesh) == 2);
        REQUIRE(reports.list().size() == 1);
        CHECK(has(reports.list()[0].what, "has 2 triangles whose corners are of several features"));
        for (const auto& turned : {std::array<std::uint8_t, 3>{2, 3, 1}, {3, 1, 2}}) { // it is the same triangle
            File same = strip_of<std::uint8_t>(4, {1, 2, 2, 2, 2, 2, 1, 1, 1, turned[0], turned[1], turned[2]}, 5121);
            Reports told;
            const auto again = same.load(scene_of(primitive(R"({"featureCount":3,"attribute":0})")), told);
            REQUIRE(again->nodes.size() == 3);
            CHECK(triangles_of(*again, again->nodes[1].mesh) == 2);
        }
        Reports of_field;
        File field = strip_of<std::uint8_t>(2, {1, 2, 3, 4, 5, 6}, 5121);
        CHECK(field.load(scene_of(primitive(R"({"featureCount":6,"attribute":0})")), of_field)->nodes.size() == 1);
        CHECK(has(of_field.list()[0].what, "is left whole"));
        for (const char* other : {R"({"featureCount":6})", R"({"featureCount":6,"texture":{"index":0}})"}) {
            Reports told;
            CHECK(field.load(scene_of(primitive(other)), told)->nodes.size() == 1);
            REQUIRE(told.list().size() == 1);
            CHECK(has(told.list()[0].what, "left whole: only features by an attribute"));
        }
    }

    TEST_CASE("a mesh of one part stays one node, and every node with a mesh of parts has them") {
        File f = strip_of<std::uint8_t>(2, {4, 4, 4, 4, 4, 4}, 5121);
        Reports reports;
        const std::string one = primitive(R"({"featureCount":1,"attribute":0})");
        const auto whole = f.load(scene_of(one, R"({"mesh":0})"), reports);
        REQUIRE(whole->nodes.size() == 1);
        CHECK(whole->nodes[0].name == "feature[4]");
        CHECK(triangles_of(*whole, whole->nodes[0].mesh) == 2);

        File two = strip_of<std::uint8_t>(2, {4, 4, 4, 5, 5, 5}, 5121);
        const std::uint32_t at = two.accessor<float>({0, 0, 0, 0, 0, 5}, 5126, "VEC3", 2);
        const auto model =
            two.load(scene_of(one, R"({"name":"a","mesh":0,"children":[1]},{"name":"b","mesh":0,"extensions":
                {"EXT_mesh_gpu_instancing":{"attributes":{"TRANSLATION":)" +
                                       std::to_string(at) + "}}}}"),
                     reports);
        REQUIRE(model->nodes.size() == 6);
        CHECK(model->nodes[0].subtree_end == 6);
        CHECK(model->nodes[3].name == "b");
        CHECK(model->nodes[3].parent == 0);
        CHECK(model->nodes[3].instances.empty());
        CHECK(model->nodes[5].parent == 3);
        CHECK(model->nodes[5].instances.size() == 2);
        CHECK(model->nodes[5].mesh == model->nodes[2].mesh);
        CHECK(summarize(*model).triangles == 2 + 2 * 2);
    }

    TEST_CASE("skinned parts keep their joints, and a clip still finds its node") {
        File f = strip_of<std::uint8_t>(2, {1, 1, 1, 2, 2, 2}, 5121);
        f.accessor(std::vector<std::uint8_t>(24, 0), 5121, "VEC4", 6);
        std::vector<float> weights;
        for (int i = 0; i < 6; ++i) weights.insert(weights.end(), {1, 0, 0, 0});
        f.accessor(weights, 5126, "VEC4", 6);
        f.accessor<float>({0, 1}, 5126, "SCALAR", 2);
        f.accessor<float>({0, 0, 0, 0, 1, 0}, 5126, "VEC3", 2);
        const std::string skinned = R"({"attributes":{"POSITION":0,"_FEATURE_ID_0":2,"JOINTS_0":3,"WEIGHTS_0":4},
            "indices":1,"extensions":{"EXT_mesh_features":{"featureIds":[{"featureCount":2,"attribute":0}]}}})";
        Reports reports;
        const auto model = f.load(scene_of(skinned, R"({"mesh":0,"skin":0},{"name":"joint"})") +
                                      R"(,"skins":[{"joints":[1]}],"animations":[{"samplers":[{"input":5,"output":6}],
                                      "channels":[{"sampler":0,"target":{"node":1,"path":"translation"}}]}])",
                                  reports);
        REQUIRE(model->nodes.size() == 4);
        CHECK(model->nodes[0].skin == kNone);
        CHECK(model->nodes[1].skin == 0);
        CHECK(model->geometries[model->meshes[model->nodes[2].mesh].primitives[0].geometry].skin.size() == 3);
        CHECK(model->nodes[3].name == "joint");
        CHECK(model->skins[0].joints == std::vector<std::uint32_t>{3});
        CHECK(model->clips[0].channels[0].node == 3);
    }

    TEST_CASE("values of every type are spelled as they are meant") {
        File f;
        f.accessor<float>({0}, 5126, "SCALAR", 1);
        const auto column = [](std::uint32_t values, const std::string& more = "") {
            return R"({"values":)" + std::to_string(values) + more + "}";
        };
        const std::string i8 = column(f.view<std::int8_t>({-128, 5}));
        CHECK(spelled(R"({"type":"SCALAR","componentType":"INT8"})", f, i8, 0) == "-128");
        CHECK(spelled(R"({"type":"SCALAR","componentType":"INT8","normalized":true})", f, i8, 0) == "-1");
        CHECK(spelled(R"({"type":"SCALAR","componentType":"INT8","normalized":true,"offset":10,"scale":2})", f, i8,
                      0) == "8");
        const std::string i64 = column(f.view<std::int64_t>({INT64_MIN, INT64_MAX}));
        CHECK(spelled(R"({"type":"SCALAR","componentType":"INT64"})", f, i64, 0) == "-9223372036854775808");
        CHECK(spelled(R"({"type":"SCALAR","componentType":"INT64","noData":9223372036854775807,"default":3})", f, i64,
                      1) == "3");
        CHECK(spelled(R"({"type":"SCALAR","componentType":"INT64","noData":9223372036854775806})", f, i64, 1) ==
              "9223372036854775807");
        const std::string f32 = column(f.view<float>({0.1f, -9999.f}));
        CHECK(spelled(R"({"type":"SCALAR","componentType":"FLOAT32"})", f, f32, 0) == "0.1");
        CHECK(spelled(R"({"type":"SCALAR","componentType":"FLOAT32","noData":-9999.0})", f, f32, 1).empty());
        CHECK(spelled(R"({"type":"SCALAR","componentType":"FLOAT32","noData":0.1,"default":7.5})", f, f32, 0) == "7.5");
        const std::string own = column(f.view<double>({2.5, 3.5}), R"(,"scale":4)"); // over the class's
        CHECK(spelled(R"({"type":"SCALAR","componentType":"FLOAT64","scale":2})", f, own, 0) == "10");
        const std::string vec = column(f.view<float>({1, 2, 3, 4, 5, 6}));
        CHECK(spelled(R"({"type":"VEC3","componentType":"FLOAT32"})", f, vec, 1) == "[4,5,6]");
        CHECK(spelled(R"({"type":"VEC3","componentType":"FLOAT32","noData":[4,5.0,6]})", f, vec, 1).empty());
        CHECK(spelled(R"({"type":"VEC3","componentType":"FLOAT32","offset":[1,1,1]})", f, vec, 0) == "[2,3,4]");
        CHECK(spelled(R"({"type":"SCALAR","componentType":"FLOAT32","array":true,"count":3})", f, vec, 1) == "[4,5,6]");
        const std::string mat = column(f.view<std::uint8_t>({1, 2, 3, 4, 5, 6, 7, 8}));
        CHECK(spelled(R"({"type":"MAT2","componentType":"UINT8"})", f, mat, 1) == "[[5,6],[7,8]]");
        CHECK(spelled(R"({"type":"VEC2","componentType":"UINT8","array":true,"count":2})", f, mat, 1) ==
              "[[5,6],[7,8]]");
        const std::string bits = column(f.view<std::uint8_t>({0b10}));
        CHECK(spelled(R"({"type":"BOOLEAN"})", f, bits, 0) == "false");
        CHECK(spelled(R"({"type":"BOOLEAN"})", f, bits, 1) == "true");
        CHECK(spelled(R"({"type":"BOOLEAN","array":true,"count":2})", f, bits, 0) == "[false,true]");
        const std::string sort = R"(,"enums":{"sort":{"valueType":"INT16","values":[{"name":"none","value":-1},
            {"name":"pump","value":4}]}})";
        const std::string kind = column(f.view<std::int16_t>({4, -1, 9}));
        CHECK(spelled(R"({"type":"ENUM","enumType":"sort"})", f, kind, 0, 3, sort) == "pump");
        CHECK(spelled(R"({"type":"ENUM","enumType":"sort","noData":"none"})", f, kind, 1, 3, sort).empty());
        CHECK(spelled(R"({"type":"ENUM","enumType":"sort"})", f, kind, 2, 3, sort) == "9");
        CHECK(spelled(R"({"type":"ENUM","enumType":"sort","array":true,"count":3})", f, kind, 0, 1, sort) ==
              R"(["pump","none","9"])");
        const std::string lists = column(f.view<std::uint8_t>({255, 51, 0}),
                                         R"(,"arrayOffsets":)" + std::to_string(f.view<std::uint16_t>({0, 1, 3})) +
                                             R"(,"arrayOffsetType":"UINT16")");
        CHECK(spelled(R"({"type":"SCALAR","componentType":"UINT8","array":true,"normalized":true})", f, lists, 1) ==
              "[0.2,0]");
        const std::string words =
            column(f.view<char>({'a', 'b', '"', 'd'}),
                   R"(,"arrayOffsets":)" + std::to_string(f.view<std::uint32_t>({0, 2, 3})) + R"(,"stringOffsets":)" +
                       std::to_string(f.view<std::uint32_t>({0, 1, 2, 4})));
        CHECK(spelled(R"({"type":"STRING","array":true})", f, words, 0) == R"(["a","b"])");
        CHECK(spelled(R"({"type":"STRING","array":true})", f, words, 1) == R"(["\"d"])");
        CHECK(spelled(R"({"type":"STRING","array":true,"noData":["a","b"],"default":[]})", f, words, 0) == "[]");
    }

    TEST_CASE("a table that leaves out a property with a default has the default, without one nothing") {
        File f;
        f.accessor<float>({0}, 5126, "SCALAR", 1);
        Reports reports;
        const auto model =
            f.load(table_of(R"("a":{"type":"STRING","default":"old"},"b":{"type":"STRING"})", "", 2), reports);
        REQUIRE(model->property_tables[0].properties.size() == 1);
        CHECK(spell(model->property_tables[0].properties[0], 1) == "old");
    }

    TEST_CASE("sizes and offsets that do not fit are refused with their place") {
        const auto error = [](const std::string& definition, File& f, const std::string& column,
                              const std::string& more = "") {
            return parse_error(f.members(table_of(R"("p":)" + definition, R"("p":)" + column, 3, more)), f.binary);
        };
        File f;
        f.accessor<float>({0}, 5126, "SCALAR", 1);
        const std::string two = std::to_string(f.view<std::uint16_t>({1, 2}));
        const std::string fall = std::to_string(f.view<std::uint32_t>({0, 2, 1, 2}));
        const std::string far = std::to_string(f.view<std::uint32_t>({0, 1, 2, 1000}));
        CHECK(has(error(R"({"type":"SCALAR","componentType":"UINT16"})", f, R"({"values":)" + two + "}"),
                  "properties.p.values needs 6 bytes, bufferViews[1] has 4"));
        CHECK(has(error(R"({"type":"STRING"})", f, R"({"values":)" + two + "}"), "stringOffsets is missing"));
        CHECK(has(error(R"({"type":"STRING"})", f, R"({"values":)" + two + R"(,"stringOffsets":)" + fall + "}"),
                  "has offsets that fall"));
        CHECK(has(error(R"({"type":"STRING"})", f, R"({"values":)" + two + R"(,"stringOffsets":)" + far + "}"),
                  "needs 1000 bytes"));
        CHECK(has(error(R"({"type":"STRING"})", f, R"({"values":)" + two + R"(,"stringOffsets":)" + two + "}"),
                  "needs 3 + 1 offsets of 4 bytes"));
        CHECK(has(
            error(R"({"type":"BOOLEAN","array":true,"count":18446744073709551615})", f, R"({"values":)" + two + "}"),
            "beyond all bounds"));
        CHECK(has(error(R"({"type":"ENUM","enumType":"no"})", f, R"({"values":)" + two + "}"), "is no enum"));
        CHECK(has(error(R"({"type":"STRING"})", f, R"({"values":99})"), "passes the end of bufferViews"));
        File strip = strip_of<std::uint8_t>(1, {0, 0}, 5121);
        CHECK(has(parse_error(strip.members(scene_of(primitive(R"({"featureCount":1,"attribute":0})"))), strip.binary),
                  "which is not 3 × SCALAR"));
        CHECK(has(parse_error(strip.members(scene_of(primitive(R"({"featureCount":1,"attribute":7})"))), strip.binary),
                  "_FEATURE_ID_7 is missing"));
        CHECK(
            has(parse_error(strip.members(scene_of(primitive(R"({"featureCount":1,"attribute":0,"propertyTable":0})"))),
                            strip.binary),
                "passes the end of propertyTables (0)"));
    }

    TEST_CASE("foreign files: parts where their vertices say so, and the values that their tables hold") {
        const auto data = pw::test::foreign_data();
        if (!data || !std::filesystem::is_directory(*data / "gltf"))
            return pw::test::skip("no sample models", pw::test::Missing::ForeignData);
        const auto folder = *data / "gltf/gltf-transform-fixtures/extensions";
        const auto load = [&](const char* file) {
            Reports reports;
            const auto model = load_gltf((folder / file).string(), reports);
            REQUIRE_MESSAGE(model.has_value(), model.error().what);
            return *model;
        };
        const auto squares = load("EXT_mesh_features/FeatureIdAttribute.gltf"); // four, each a feature
        REQUIRE(squares->nodes.size() == 5);
        for (std::uint32_t n = 1; n < 5; ++n) {
            const Geometry& g = squares->geometries[squares->meshes[squares->nodes[n].mesh].primitives[0].geometry];
            CHECK(g.indices.size() == 6);
            CHECK(g.vertices.size() == 4);
            CHECK(glm::length(g.bounds.max - g.bounds.min - Vec3(0.45f, 0.45f, 0.f)) < 1e-6f);
        }
        CHECK(load("EXT_mesh_features/FeatureIdTexture.gltf")->nodes.size() == 1);
        const auto shared = load("EXT_structural_metadata/SharedPropertyTable.gltf");
        REQUIRE(shared->nodes.size() == 5);
        CHECK(shared->meshes[shared->nodes[1].mesh].primitives.size() == 2);
        const auto text = [&](const Model& model, std::size_t table, std::size_t property, std::uint32_t row) {
            return spell(model.property_tables.at(table).properties.at(property), row);
        };
        const auto complex = load("EXT_structural_metadata/ComplexTypes.gltf");
        CHECK(text(*complex, 0, 0, 3) == "[0,0.2509804,0.5019608,0.7529412,1]");
        CHECK(text(*complex, 0, 1, 1) == "[true,true,false,false,true,true,false,false,true,true]");
        CHECK(text(*complex, 0, 2, 1) == R"(["One","Two"])");
        CHECK(text(*complex, 0, 3, 1) == R"(["ExampleEnumValueB","ExampleEnumValueC"])");
        const auto classes = load("EXT_structural_metadata/MultipleClasses.gltf");
        CHECK(classes->nodes.size() == 5);
        CHECK(text(*classes, 0, 0, 1) == "2.2");
        CHECK(text(*classes, 0, 1, 1) == "2345678");
        CHECK(text(*classes, 1, 0, 3) == "45678");
        CHECK(text(*classes, 1, 1, 3) == "4.56789");
        const auto building = load("EXT_structural_metadata/FeatureIdTextureAndPropertyTable.gltf");
        CHECK(text(*building, 0, 0, 0) == "Wall");
    }
}
