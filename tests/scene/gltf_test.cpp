// SPDX-License-Identifier: Apache-2.0
#include "scene/gltf.h"

#include "base/file.h"
#include "tests/scene/gltf_build.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

using namespace pw;
using namespace pw::scene;
using pw::test::Binary;
using pw::test::parse;
using pw::test::parse_error;

namespace {

// Four corners of a square in the xy plane and its two triangles: accessors 0 (positions) and 1 (indices).
Binary square() {
    Binary b;
    b.add<float>({0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0});
    b.add<std::uint16_t>({0, 1, 2, 0, 2, 3});
    return b;
}

const std::string kSquareViews = R"({"buffer":0,"byteLength":48},{"buffer":0,"byteOffset":48,"byteLength":12})";
const std::string kSquareAccessors = R"({"bufferView":0,"componentType":5126,"count":4,"type":"VEC3"},
    {"bufferView":1,"componentType":5123,"count":6,"type":"SCALAR"})";

std::string square_scene(const std::string& primitive = R"({"attributes":{"POSITION":0},"indices":1})",
                         const std::string& more_accessors = "", const std::string& more_views = "") {
    return R"("bufferViews":[)" + kSquareViews + more_views + R"(],"accessors":[)" + kSquareAccessors + more_accessors +
           R"(],"meshes":[{"primitives":[)" + primitive + R"(]}],"nodes":[{"mesh":0}],"scenes":[{"nodes":[0]}])";
}

std::shared_ptr<const Model> load(const std::string& members, const Binary& binary = {}) {
    Reports reports;
    const auto model = parse(members, binary, reports);
    REQUIRE_MESSAGE(model.has_value(), model.error().what);
    return *model;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_SUITE("scene/gltf") {
    TEST_CASE("a file that nobody wants any more is not read to its end") {
        std::atomic<bool> stop{false};
        Reports reports;
        CHECK(parse(square_scene(), square(), reports, {.stop = &stop}));
        stop = true;
        const auto stopped = parse(square_scene(), square(), reports, {.stop = &stop});
        REQUIRE_FALSE(stopped);
        CHECK(stopped.error().code == Errc::Unavailable);
    }

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // which take all of the address space
    TEST_CASE("a file that there is no memory for is refused, and nothing is thrown") {
        const std::string folder = *make_temp_folder("pw-gltf-");
        const std::string path = join_path(folder, "large.glb");
        std::ofstream(path) << "glTF";
        std::filesystem::resize_file(path, 512u << 20); // nothing of it is on disk
        std::uint64_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        rlimit before{};
        REQUIRE(getrlimit(RLIMIT_AS, &before) == 0);
        const rlimit tight{pages * 4096 + (64u << 20), before.rlim_max};
        REQUIRE(setrlimit(RLIMIT_AS, &tight) == 0);
        Reports reports;
        const auto model = load_gltf(path, reports);
        REQUIRE(setrlimit(RLIMIT_AS, &before) == 0);
        remove_folder(folder);
        REQUIRE_FALSE(model);
        CHECK(model.error().code == Errc::Exhausted);
        CHECK(has(model.error().what, "large.glb"));
    }
#endif

    TEST_CASE("a mesh without normals gets flat ones and its own vertices for each triangle") {
        const auto model = load(square_scene(), square());
        REQUIRE(model->geometries.size() == 1);
        const Geometry& g = model->geometries[0];
        REQUIRE(g.vertices.size() == 6);
        CHECK(g.indices == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5});
        for (const Vertex& v : g.vertices) CHECK(unpack_normal(v.normal) == Vec3(0, 0, 1));
        CHECK(g.bounds.max == Vec3(1, 1, 0));
        CHECK(summarize(*model).triangles == 2);
    }

    TEST_CASE("primitives that name the same accessors share their geometry, whatever their material") {
        const auto model =
            load(R"("materials":[{},{}],)" + square_scene(R"({"attributes":{"POSITION":0},"indices":1,"material":0},
            {"attributes":{"POSITION":0},"indices":1,"material":1},{"attributes":{"POSITION":0},"indices":1,"mode":5})"),
                 square());
        CHECK(model->geometries.size() == 2);
        CHECK(model->meshes[0].primitives[0].geometry == model->meshes[0].primitives[1].geometry);
        CHECK(model->meshes[0].primitives[1].material == 1);
        CHECK(model->meshes[0].primitives[2].material == kNone);
    }

    TEST_CASE("strips and fans become triangles with their winding; points and lines are told and left out") {
        Binary b;
        b.add<float>({0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 2, 0}); // a strip upwards
        const std::string scene = R"("bufferViews":[{"buffer":0,"byteLength":60}],
            "accessors":[{"bufferView":0,"componentType":5126,"count":5,"type":"VEC3"}],"meshes":[{"primitives":[
            {"attributes":{"POSITION":0},"mode":5},{"attributes":{"POSITION":0},"mode":6},
            {"attributes":{"POSITION":0},"mode":0},{"attributes":{"POSITION":0},"mode":3}]}])";
        Reports reports;
        const auto model = parse(scene, b, reports);
        REQUIRE(model);
        REQUIRE((*model)->meshes[0].primitives.size() == 2);
        CHECK(reports.list().size() == 2);
        CHECK(reports.list()[0].where == "t.glb: meshes[0].primitives[2]");
        const Geometry& strip = (*model)->geometries[0];
        REQUIRE(strip.indices.size() == 9);
        for (const Vertex& v : strip.vertices) CHECK(unpack_normal(v.normal) == Vec3(0, 0, 1));
        CHECK((*model)->geometries[1].indices.size() == 9);
    }

    TEST_CASE("an accessor past its view is refused with file, place and sizes") {
        CHECK(parse_error(R"("bufferViews":[{"buffer":0,"byteLength":48},{"buffer":0,"byteOffset":48,"byteLength":12}],
            "accessors":[{"bufferView":0,"componentType":5126,"count":4,"type":"VEC3"},
            {"bufferView":0,"componentType":5126,"byteOffset":12,"count":4,"type":"VEC3"}])",
                          square()) ==
              "t.glb: accessors[1].byteOffset 12 + 12 × 4 passes the end of bufferViews[0] (48 bytes)");
        CHECK(parse_error(R"("bufferViews":[{"buffer":0,"byteOffset":4294967295,"byteLength":4294967295}])",
                          square()) == "t.glb: bufferViews[0] byteOffset 4294967295 + byteLength 4294967295 passes the "
                                       "end of buffers[0] (60 bytes)");
        CHECK(parse_error(R"("bufferViews":[{"buffer":0,"byteLength":18446744073709551615}])", square())
                  .starts_with("t.glb: bufferViews[0] "));
    }

    TEST_CASE("an index past the vertices is refused, and so is one past any table") {
        Binary b = square();
        b.bytes[58] = std::byte{4};
        CHECK(parse_error(square_scene(), b) ==
              "t.glb: meshes[0].primitives[0].indices has the index 4, there are 4 vertices");
        CHECK(parse_error(R"("nodes":[{"mesh":3}])") == "t.glb: nodes[0].mesh 3 passes the end of meshes (0)");
        CHECK(parse_error(R"("nodes":[{"mesh":-1}])") == "t.glb: nodes[0].mesh is not an index");
        CHECK(parse_error(R"("nodes":[{"mesh":1.5}])") == "t.glb: nodes[0].mesh is not an index");
    }

    TEST_CASE("an unknown extension is refused by name when required, and told when only used") {
        CHECK(parse_error(R"("extensionsRequired":["KHR_texture_transform","EXT_nonsense"])") ==
              "t.glb: extensionsRequired[1] EXT_nonsense: this file cannot be shown without that extension");
        Reports reports;
        REQUIRE(parse(R"("extensionsUsed":["EXT_nonsense"])", {}, reports));
        REQUIRE(reports.list().size() == 1);
        CHECK(has(reports.list()[0].what, "EXT_nonsense"));
    }

    TEST_CASE("loops, second parents and depth without end are refused") {
        CHECK(has(parse_error(R"("nodes":[{"children":[1]},{"children":[0]}])"),
                  "nodes[0] is among its own descendants"));
        CHECK(has(parse_error(R"("nodes":[{"children":[0]}])"), "nodes[0] is among its own descendants"));
        CHECK(parse_error(R"("nodes":[{"children":[2]},{"children":[2]},{}])") ==
              "t.glb: nodes[1].children[0] 2 is a child of nodes[0] already");
        CHECK(has(parse_error(R"("nodes":[{"children":[1,1]},{}])"), "nodes[0].children[1] 1 is a child"));
        CHECK(has(parse_error(R"("nodes":[{"children":[1]},{}],"scenes":[{"nodes":[1]}])"),
                  "scenes[0].nodes[0] 1 is no root"));
        std::string chain = R"("nodes":[)";
        for (int i = 1; i < 1001; ++i) chain += R"({"children":[)" + std::to_string(i) + "]},";
        CHECK(parse_error(chain + "{}]") == "t.glb: nodes[1000] is more than 1000 levels deep");
    }

    TEST_CASE("nodes come depth first, with their names, extras and uid") {
        const auto model = load(R"("nodes":[{"name":"c"},{"name":"b","children":[0]},
            {"name":"a","children":[3,1],"extras":{"partId":"F-02","n":[1,2]}},{"name":"d","extras":7}],"scenes":[{"nodes":[2]}])");
        REQUIRE(model->nodes.size() == 4);
        std::string order;
        for (const Node& n : model->nodes) order += n.name;
        CHECK(order == "adbc");
        CHECK(model->nodes[0].subtree_end == 4);
        CHECK(model->nodes[1].subtree_end == 2);
        CHECK(model->nodes[2].subtree_end == 4);
        CHECK(model->nodes[3].parent == 2);
        CHECK(model->nodes[0].uid == "F-02");
        CHECK(model->nodes[0].extras == R"({"partId":"F-02","n":[1,2]})");
        CHECK(model->nodes[1].uid.empty());
    }

    TEST_CASE("only the default scene is shown") {
        Reports reports;
        const auto model = parse(
            R"("nodes":[{"name":"a"},{"name":"b"}],"scene":1,"scenes":[{"nodes":[0]},{"nodes":[1]}])", {}, reports);
        REQUIRE(model);
        REQUIRE((*model)->nodes.size() == 1);
        CHECK((*model)->nodes[0].name == "b");
        CHECK(reports.list().size() == 1);
    }

    TEST_CASE("a matrix is taken apart into translation, rotation and scale, mirrored ones too") {
        const auto model = load(R"("nodes":[{"matrix":[0,-2,0,0, -3,0,0,0, 0,0,4,0, 10,20,30,1]}])");
        const Transform& t = model->nodes[0].local;
        CHECK(t.translation == DVec3(10, 20, 30));
        const Affine a = to_affine(t);
        CHECK(glm::length(a.linear[0] - Vec3(0, -2, 0)) < 1e-5f);
        CHECK(glm::length(a.linear[1] - Vec3(-3, 0, 0)) < 1e-5f);
        CHECK(glm::length(a.linear[2] - Vec3(0, 0, 4)) < 1e-5f);
    }

    TEST_CASE("sparse values replace those they name, also where there is no view below them") {
        Binary b = square();               // 60 bytes
        b.add<float>({5, 5, 5, 6, 6, 6});  // 60: values
        b.add<std::uint8_t>({1, 3, 0, 0}); // 84: indices
        const std::string views =
            R"(,{"buffer":0,"byteOffset":60,"byteLength":24},{"buffer":0,"byteOffset":84,"byteLength":4})";
        const auto sparse = [](const std::string& base, const std::string& indices) {
            return R"(,{)" + base +
                   R"("componentType":5126,"count":4,"type":"VEC3","sparse":{"count":2,"indices":{"bufferView":3,"componentType":5121)" +
                   indices + R"(},"values":{"bufferView":2}}})";
        };
        const std::string primitive = R"({"attributes":{"POSITION":2,"NORMAL":0},"indices":1})";
        const auto over = load(square_scene(primitive, sparse(R"("bufferView":0,)", ""), views), b);
        CHECK(over->geometries[0].vertices[1].position == Vec3(5));
        CHECK(over->geometries[0].vertices[2].position == Vec3(1, 1, 0));
        CHECK(over->geometries[0].vertices[3].position == Vec3(6));
        const auto bare = load(square_scene(primitive, sparse("", ""), views), b);
        CHECK(bare->geometries[0].vertices[2].position == Vec3(0));
        CHECK(bare->geometries[0].vertices[3].position == Vec3(6));
        CHECK(has(parse_error(square_scene(primitive, sparse("", R"(,"byteOffset":1)"), views), b),
                  "accessors[2] has sparse indices that do not rise"));
        CHECK(has(parse_error(square_scene(primitive, sparse("", R"(,"byteOffset":3)"), views), b),
                  "accessors[2].sparse.indices.byteOffset 3 + 1 × 2 passes"));
    }

    TEST_CASE("quantized attributes are read as KHR_mesh_quantization says") {
        Binary b;
        b.add<std::int16_t>({0, 0, 0, 0, 100, 0, 0, 0, 0, -100, 0, 0});  // positions, stride 8
        b.add<std::int8_t>({0, 0, 127, 0, 0, 127, 0, 0, -127, 0, 0, 0}); // 24: normals, stride 4
        b.add<std::uint16_t>({0, 0, 65535, 0, 0, 32768});                // 36: texture coordinates
        const auto model = load(
            R"("bufferViews":[{"buffer":0,"byteLength":24,"byteStride":8},{"buffer":0,"byteOffset":24,"byteLength":12,"byteStride":4},
            {"buffer":0,"byteOffset":36,"byteLength":12}],"accessors":[{"bufferView":0,"componentType":5122,"count":3,"type":"VEC3"},
            {"bufferView":1,"componentType":5120,"normalized":true,"count":3,"type":"VEC3"},
            {"bufferView":2,"componentType":5123,"normalized":true,"count":3,"type":"VEC2"}],
            "meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":1,"TEXCOORD_0":2}}]}],
            "extensionsUsed":["KHR_mesh_quantization"],"extensionsRequired":["KHR_mesh_quantization"])",
            b);
        const Geometry& g = model->geometries[0];
        CHECK(g.vertices[1].position == Vec3(100, 0, 0));
        CHECK(g.vertices[2].position == Vec3(0, -100, 0));
        CHECK(unpack_normal(g.vertices[2].normal) == Vec3(-1, 0, 0));
        CHECK(g.vertices[1].uv0 == Vec2(1, 0));
        CHECK(g.vertices[2].uv0.y == doctest::Approx(0.5).epsilon(1e-4));
    }

    TEST_CASE("materials say what the file says, and what it leaves out") {
        Reports reports;
        const auto model = parse(
            R"("materials":[{},{"name":"m","pbrMetallicRoughness":{"baseColorFactor":[0.1,0.2,0.3,0.4],"metallicFactor":0.5,
            "roughnessFactor":7},"emissiveFactor":[1,0.5,0],"alphaMode":"MASK","alphaCutoff":0.25,"doubleSided":true,
            "extensions":{"KHR_materials_unlit":{},"KHR_materials_emissive_strength":{"emissiveStrength":4}}}])",
            {}, reports);
        REQUIRE(model);
        const Material& plain = (*model)->materials[0];
        CHECK(plain.base_color == Vec4(1));
        CHECK(plain.metallic == 1.f);
        CHECK_FALSE(plain.unlit);
        const Material& m = (*model)->materials[1];
        CHECK(m.base_color == Vec4(0.1f, 0.2f, 0.3f, 0.4f));
        CHECK(m.roughness == 1.f);
        CHECK(m.emissive == Vec3(4, 2, 0));
        CHECK(m.alpha_mode == AlphaMode::Mask);
        CHECK(m.alpha_cutoff == 0.25f);
        CHECK((m.double_sided && m.unlit));
        REQUIRE(reports.list().size() == 1);
        CHECK(reports.list()[0].where == "t.glb: materials[1].pbrMetallicRoughness.roughnessFactor");
    }

    TEST_CASE("texture uses carry their transform, and those without a readable image are left out") {
        Reports reports;
        const auto model = parse(
            R"("images":[{"uri":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAAElEQVQ="},{"uri":"data:image/ktx2;base64,q0tUWCAyMLsNChoK"},{"uri":"gone.png"}],
            "samplers":[{"magFilter":9728,"minFilter":9985,"wrapS":33071,"wrapT":33648}],
            "textures":[{"source":0,"sampler":0},{"source":1},{"source":2},{}],
            "materials":[{"pbrMetallicRoughness":{"baseColorTexture":{"index":0,"texCoord":1,"extensions":{"KHR_texture_transform":
              {"offset":[0.5,0.25],"rotation":1.5,"scale":[2,3],"texCoord":0}}},"metallicRoughnessTexture":{"index":1}},
              "normalTexture":{"index":2,"scale":0.5},"emissiveTexture":{"index":3},"occlusionTexture":{"index":0,"strength":0.25,"texCoord":2}}])",
            {}, reports);
        REQUIRE(model);
        const Material& m = (*model)->materials[0];
        CHECK(m.base_color_texture.texture == 0);
        CHECK(m.base_color_texture.texcoord == 0);
        CHECK(m.base_color_texture.offset == Vec2(0.5f, 0.25f));
        CHECK(m.base_color_texture.scale == Vec2(2, 3));
        CHECK(m.base_color_texture.rotation_rad == 1.5f);
        CHECK(m.metallic_roughness_texture.texture == kNone);
        CHECK(m.normal_texture.texture == kNone);
        CHECK(m.normal_scale == 0.5f);
        CHECK(m.emissive_texture.texture == kNone);
        CHECK(m.occlusion_texture.texture == kNone);
        CHECK(m.occlusion_strength == 0.25f);
        const Sampler& s = (*model)->textures[0].sampler;
        CHECK((s.mag == Filter::Nearest && s.min == Filter::Linear && s.mip == Filter::Nearest && s.mipmaps));
        CHECK((s.wrap_s == Wrap::ClampToEdge && s.wrap_t == Wrap::MirroredRepeat));
        CHECK(reports.list().size() == 4);
    }

    TEST_CASE("EXT_texture_webp counts before the source, which serves where the WebP cannot be read") {
        const std::string png =
            R"({"uri":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAAElEQVQ="})";
        const std::string webp = R"({"uri":"data:image/webp;base64,UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="})";
        const std::string broken = R"({"uri":"data:image/webp;base64,UklGRhoAAABXRUJQVlA4IA=="})";
        const auto image_of = [&](const std::string& images, const std::string& texture) {
            const auto model = load(R"("extensionsRequired":["EXT_texture_webp"],"images":[)" + images +
                                    R"(],"textures":[)" + texture + "]");
            return model->textures[0].image;
        };
        const std::string both = R"({"source":0,"extensions":{"EXT_texture_webp":{"source":1}}})";
        CHECK(image_of(png + "," + webp, both) == 1);
        CHECK(image_of(png + "," + broken, both) == 0);
        CHECK(image_of(broken + "," + webp, R"({"extensions":{"EXT_texture_webp":{"source":1}}})") == 1);
        CHECK(image_of(png + "," + webp, R"({"source":0})") == 0);
        CHECK(has(parse_error(R"("images":[],"textures":[{"extensions":{"EXT_texture_webp":{"source":0}}}])"),
                  "EXT_texture_webp.source 0 passes the end of images (0)"));
    }

    TEST_CASE("a normal map on a mesh without tangents makes them from the texture coordinates") {
        Binary b = square();
        b.add<float>({0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1}); // 60: normals
        b.add<float>({0, 1, 1, 1, 1, 0, 0, 0});             // 108: v grows downwards
        const std::string accessors =
            R"(,{"bufferView":2,"componentType":5126,"count":4,"type":"VEC3"},{"bufferView":3,"componentType":5126,"count":4,"type":"VEC2"})";
        const std::string views =
            R"(,{"buffer":0,"byteOffset":60,"byteLength":48},{"buffer":0,"byteOffset":108,"byteLength":32})";
        const std::string primitive =
            R"({"attributes":{"POSITION":0,"NORMAL":2,"TEXCOORD_0":3},"indices":1,"material":0})";
        const std::string material =
            R"("images":[{"uri":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAAElEQVQ="}],"textures":[{"source":0}],"materials":[{"normalTexture":{"index":0}}],)";
        const auto model = load(material + square_scene(primitive, accessors, views), b);
        const Geometry& g = model->geometries[0];
        CHECK(g.has_tangents);
        for (const Vertex& v : g.vertices) {
            const Vec4 t = unpack_tangent(v.tangent);
            CHECK(glm::length(Vec3(t) - Vec3(1, 0, 0)) < 1e-3f);
            CHECK(t.w == 1.f); // up in the image is up the square
        }
        CHECK_FALSE(
            load(R"("materials":[{}],)" + square_scene(primitive, accessors, views), b)->geometries[0].has_tangents);
    }

    TEST_CASE("a skinned node's joints are nodes of the model, and every vertex names one of them") {
        Binary b = square();
        b.add<std::uint8_t>({0, 1, 9, 9, 1, 9, 9, 9, 0, 0, 0, 0, 1, 0, 0, 0});      // 60: joints; 9 has no weight
        b.add<std::uint8_t>({3, 1, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 85, 85, 85, 0}); // 76: weights
        const std::string accessors = R"(,{"bufferView":2,"componentType":5121,"count":4,"type":"VEC4"},
            {"bufferView":3,"componentType":5121,"normalized":true,"count":4,"type":"VEC4"},
            {"bufferView":0,"componentType":5126,"count":4,"type":"VEC3"})";
        const std::string views =
            R"(,{"buffer":0,"byteOffset":60,"byteLength":16},{"buffer":0,"byteOffset":76,"byteLength":16})";
        const auto scene = [&](const std::string& joints) {
            return R"("bufferViews":[)" + kSquareViews + views + R"(],"accessors":[)" + kSquareAccessors + accessors +
                   R"(],"meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":4,"JOINTS_0":2,"WEIGHTS_0":3},"indices":1}]}],
                   "nodes":[{"name":"j1"},{"name":"j0","children":[0]},{"mesh":0,"skin":0}],"scenes":[{"nodes":[2,1]}],"skins":[{"joints":)" +
                   joints + "}]";
        };
        const auto model = load(scene("[1,0]"), b);
        CHECK(model->skins[0].joints == std::vector<std::uint32_t>{1, 2});
        CHECK(model->skins[0].inverse_bind[1] == Mat4(1.f));
        const std::vector<SkinVertex>& skin = model->geometries[0].skin;
        for (const SkinVertex& v : skin) CHECK(v.weights[0] + v.weights[1] + v.weights[2] + v.weights[3] == 65535);
        CHECK(skin[0].weights[0] == doctest::Approx(49151).epsilon(1e-4));
        CHECK(skin[0].joints == std::array<std::uint16_t, 4>{0, 1, 0, 0});
        CHECK(skin[2].weights[0] == 65535);
        CHECK(parse_error(scene("[1]"), b) == "t.glb: nodes[2].skin has 1 joints, its mesh needs 2");
    }

    TEST_CASE("cameras, lights and instances") {
        Binary b;
        b.add<float>({1, 0, 0, 2, 0, 0});
        const auto model = load(
            R"("bufferViews":[{"buffer":0,"byteLength":24}],"accessors":[{"bufferView":0,"componentType":5126,"count":2,"type":"VEC3"}],
            "cameras":[{"type":"perspective","perspective":{"yfov":0.5,"znear":0.1,"aspectRatio":2}},{"type":"orthographic","orthographic":{"xmag":3,"ymag":2,"znear":0.5,"zfar":9}}],
            "extensions":{"KHR_lights_punctual":{"lights":[{"type":"spot","intensity":5,"range":6,"spot":{"innerConeAngle":0.1,"outerConeAngle":0.2}},{"type":"directional"}]}},
            "nodes":[{"camera":1,"extensions":{"KHR_lights_punctual":{"light":0}}},{"extensions":{"EXT_mesh_gpu_instancing":{"attributes":{"TRANSLATION":0}}}}])",
            b);
        CHECK(model->cameras[0].fov_y_rad == 0.5f);
        CHECK(model->cameras[0].aspect == 2.f);
        CHECK(
            (!model->cameras[1].perspective && model->cameras[1].height_m == 4.f && model->cameras[1].aspect == 1.5f));
        CHECK(model->nodes[0].camera == 1);
        CHECK((model->lights[0].kind == LightKind::Spot && model->lights[0].outer_cone_rad == 0.2f &&
               model->lights[0].range_m == 6.f));
        CHECK(model->lights[1].kind == LightKind::Directional);
        CHECK(model->nodes[0].light == 0);
        REQUIRE(model->nodes[1].instances.size() == 2);
        CHECK(model->nodes[1].instances[1].translation == DVec3(2, 0, 0));
    }

    TEST_CASE("KHR_node_visibility hides a node, and says nothing where it is absent or empty") {
        Reports reports;
        const auto model = parse(R"("extensionsUsed":["KHR_node_visibility"],"nodes":[{"children":[1,2,3]},
            {"extensions":{"KHR_node_visibility":{"visible":false}}},{"extensions":{"KHR_node_visibility":{}}},
            {"extensions":{"KHR_node_visibility":{"visible":true}}}])",
                                 {}, reports);
        REQUIRE_MESSAGE(model.has_value(), model.error().what);
        CHECK(reports.empty());
        const auto& nodes = (*model)->nodes;
        CHECK(nodes[0].visible);
        CHECK_FALSE(nodes[1].visible);
        CHECK(nodes[2].visible);
        CHECK(nodes[3].visible);
        CHECK(has(parse_error(R"("nodes":[{"extensions":{"KHR_node_visibility":{"visible":0}}}])"),
                  "visible is neither true nor false"));
    }

    TEST_CASE("KHR_animation_pointer moves what is shown here, and what is not is told and left out") {
        Binary b;
        b.add<float>({0, 1});                   // 0: times
        b.add<float>({0, 0, 0, 0, 1, 1, 1, 1}); // 8
        b.add<std::uint8_t>({1, 0, 0, 0});      // 40: two bools
        const auto channels_of = [&](const std::string& pointer, const char* output, Reports& reports) {
            const auto model = parse(
                R"("extensionsUsed":["KHR_animation_pointer"],"bufferViews":[{"buffer":0,"byteLength":40},{"buffer":0,"byteOffset":40,"byteLength":4}],
                "accessors":[{"bufferView":0,"componentType":5126,"count":2,"type":"SCALAR"},
                    {"bufferView":0,"byteOffset":8,"componentType":5126,"count":2,"type":"SCALAR"},
                    {"bufferView":0,"byteOffset":8,"componentType":5126,"count":2,"type":"VEC2"},
                    {"bufferView":0,"byteOffset":8,"componentType":5126,"count":2,"type":"VEC4"},
                    {"bufferView":1,"componentType":5121,"count":2,"type":"SCALAR"}],
                "extensions":{"KHR_lights_punctual":{"lights":[{"type":"point"}]}},
                "materials":[{},{"extensions":{"KHR_materials_clearcoat":{}}}],"nodes":[{},{}],
                "animations":[{"samplers":[{"input":0,"output":)" +
                    std::string(output) + R"(}],"channels":[{"sampler":0,"target":{"path":"pointer","extensions":
                    {"KHR_animation_pointer":{"pointer":")" +
                    pointer + R"("}}}}]}])",
                b, reports);
            REQUIRE_MESSAGE(model.has_value(), model.error().what);
            return (*model)->clips[0].channels;
        };
        const auto one = [&](const std::string& pointer, const char* output) {
            Reports reports;
            const auto channels = channels_of(pointer, output, reports);
            REQUIRE(channels.size() == 1);
            CHECK(reports.empty());
            return channels[0];
        };
        const Channel color = one("/materials/1/pbrMetallicRoughness/baseColorFactor", "3");
        CHECK(color.path == ChannelPath::Material);
        CHECK(color.object == 1);
        CHECK(color.node == kNone);
        CHECK(one("/materials/1/extensions/KHR_materials_clearcoat/clearcoatFactor", "1").object == 1);
        CHECK(one("/materials/0/normalTexture/extensions/KHR_texture_transform/offset", "2").values.size() == 4);
        CHECK(one("/extensions/KHR_lights_punctual/lights/0/intensity", "1").path == ChannelPath::Light);
        CHECK(one("/nodes/1/rotation", "3").node == 1);
        const Channel seen = one("/nodes/1/extensions/KHR_node_visibility/visible", "4");
        CHECK(seen.path == ChannelPath::Visible);
        CHECK(seen.interpolation == Interpolation::Step);
        CHECK(seen.values == std::vector<float>{1, 0});
        for (const char* unknown :
             {"/materials/2/alphaCutoff", "/materials/0/extensions/KHR_materials_clearcoat/clearcoatFactor",
              "/materials/0/doubleSided", "/materials/x/alphaCutoff", "/materials/0", "/nodes/9/scale", "/nodes/0/name",
              "/cameras/0/perspective/yfov", "/extensions/KHR_lights_punctual/lights/1/color", "", "/"}) {
            CAPTURE(unknown);
            Reports reports;
            CHECK(channels_of(unknown, "1", reports).empty());
            REQUIRE(reports.list().size() == 1);
            CHECK(has(reports.list()[0].what, "is left out: it does not change here"));
        }
    }

    TEST_CASE("an animation whose keys do not fit its values or do not rise is refused") {
        Binary b;
        b.add<float>({0, 1, 1, 2, 0, 0, 0, 1, 1, 1});
        const auto scene = [](int times_at, int values) {
            return R"("bufferViews":[{"buffer":0,"byteLength":40}],"accessors":[{"bufferView":0,"byteOffset":)" +
                   std::to_string(times_at) +
                   R"(,"componentType":5126,"count":2,"type":"SCALAR"},{"bufferView":0,"byteOffset":16,"componentType":5126,"count":)" +
                   std::to_string(values) +
                   R"(,"type":"VEC3"}],"nodes":[{}],"animations":[{"samplers":[{"input":0,"output":1}],
                   "channels":[{"sampler":0,"target":{"node":0,"path":"translation"}},{"sampler":0,"target":{"path":"scale"}}]}])";
        };
        const auto model = load(scene(0, 2), b);
        REQUIRE(model->clips[0].channels.size() == 1);
        CHECK(model->clips[0].duration_s == 1.f);
        CHECK(model->clips[0].channels[0].values == std::vector<float>{0, 0, 0, 1, 1, 1});
        CHECK(parse_error(scene(4, 2), b) ==
              "t.glb: animations[0].channels[0] has times in accessors[0] that do not rise from 0");
        CHECK(has(parse_error(scene(0, 1), b),
                  "animations[0].channels[0] has 1 × 3 values in accessors[1], 2 keys of 3"));
    }

    TEST_CASE("sizes are bounded before memory is taken") {
        GltfLimits small;
        small.max_bytes = 1 << 20;
        // no view, so no bytes behind it: four thousand million zeros
        const std::string zeros =
            R"("accessors":[{"componentType":5126,"count":4294967294,"type":"VEC3"}],"meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}])";
        CHECK(has(parse_error(zeros), "meshes[0].primitives[0] needs 4294967294 × 40 bytes and passes the limit"));
        CHECK(has(parse_error(square_scene(), square(), {.max_bytes = 100}), "passes the limit of 100"));
        CHECK(has(parse_error(R"("nodes":[{},{},{}])", {}, {.max_nodes = 2}), "nodes 3 pass the limit of 2"));
        CHECK(has(parse_error(R"("nodes":[])", {}, {.max_json_bytes = 10}), "bytes of JSON pass the limit of 10"));
        std::string many = R"("materials":[{})";
        for (int i = 0; i < 10'000; ++i) many += ",{}";
        CHECK(has(parse_error(many + "]", {}, small), "passes the limit"));
    }

    TEST_CASE("what is no JSON is refused with the place where it breaks") {
        Reports reports;
        const auto none = [](std::string_view) -> Result<std::vector<std::byte>> { return fail(Errc::NotFound, ""); };
        const auto model =
            parse_gltf(as_bytes(R"({"asset":{"version":"2.0"},"nodes":[1,,2]})"), "t.gltf", none, reports);
        REQUIRE_FALSE(model);
        CHECK_MESSAGE(has(model.error().what, "t.gltf: the JSON breaks at byte 39 of 42"), model.error().what);
    }

    TEST_CASE("a small file may not ask for much more than it brings") {
        // 100 million zeros of three floats without a view: far below the limit for a file, far above what this one is
        CHECK(has(parse_error(R"("accessors":[{"componentType":5126,"count":100000000,"type":"VEC3"}],
            "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}])"),
                  "meshes[0].primitives[0] needs 100000000 × 40 bytes and passes the limit of"));
    }

    TEST_CASE("images count with the pixels they become; those that pass the limit are left out, the rest loads") {
        // 16,384 × 16,384 in 41 bytes: 1 GiB of pixels
        const std::string image =
            R"({"uri":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAQAAAAEAACAYAAAByqspZAAAAAElEQVQ="})";
        Reports reports;
        const auto model = parse(R"("images":[)" + image + "," + image + R"(],"textures":[{"source":0},{"source":1}],
            "materials":[{"normalTexture":{"index":0},"emissiveTexture":{"index":1}}],)" +
                                     square_scene(),
                                 square(), reports);
        REQUIRE_MESSAGE(model.has_value(), model.error().what);
        CHECK((*model)->materials[0].normal_texture.texture == 0);
        CHECK((*model)->materials[0].emissive_texture.texture == kNone);
        REQUIRE(reports.list().size() == 1);
        CHECK(reports.list()[0].where == "t.glb: images[1]");
        CHECK(has(reports.list()[0].what, "left out, 16384 × 16384 pixels of 4 bytes pass the limit of 107"));
        CHECK(summarize(**model).triangles == 2);
    }

    TEST_CASE("a mesh that is used very often is counted as often") {
        std::string primitives = R"({"attributes":{"POSITION":0},"indices":1})";
        for (int i = 0; i < 300; ++i) primitives += R"(,{"attributes":{"POSITION":0},"indices":1})";
        std::string members = square_scene(primitives);
        std::string nodes;
        for (int i = 0; i < 1000; ++i) nodes += R"({"mesh":0},)";
        members.insert(members.find(R"({"mesh":0}])"), nodes);
        CHECK(has(parse_error(members, square(), {.max_bytes = 8 << 20}), "passes the limit of 8388608"));
        CHECK(parse_error(members, square(), {.max_bytes = 32 << 20}) == "it loaded");
    }

    TEST_CASE("morph targets that move nothing cost no time for each vertex") {
        // a million vertices × 300,000 empty targets would be minutes, and end in the timeout of the test
        std::string targets = "{}";
        for (int i = 1; i < 300'000; ++i) targets += ",{}";
        const auto model = load(R"("accessors":[{"componentType":5126,"count":1000000,"type":"VEC3"}],
            "meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":0},"targets":[)" +
                                targets + "]}]}]");
        CHECK(model->geometries[0].morphs.size() == 300'000);
        CHECK(model->geometries[0].bounds.max == Vec3(0));
    }

    TEST_CASE("a geometry has tangents for each set of texture coordinates that a normal map asks for") {
        Binary b = square();
        b.add<float>({0, 0, 1, 0, 1, 1, 0, 1}); // 60: u to the right
        b.add<float>({0, 0, 0, 1, 1, 1, 1, 0}); // 92: u upwards
        b.add<float>({0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1});
        const std::string views =
            R"(,{"buffer":0,"byteOffset":60,"byteLength":32},{"buffer":0,"byteOffset":92,"byteLength":32},
            {"buffer":0,"byteOffset":124,"byteLength":48})";
        const std::string accessors = R"(,{"bufferView":2,"componentType":5126,"count":4,"type":"VEC2"},
            {"bufferView":3,"componentType":5126,"count":4,"type":"VEC2"},{"bufferView":4,"componentType":5126,"count":4,"type":"VEC3"})";
        const auto primitive = [](int material) {
            return R"({"attributes":{"POSITION":0,"NORMAL":4,"TEXCOORD_0":2,"TEXCOORD_1":3},"indices":1,"material":)" +
                   std::to_string(material) + "}";
        };
        const auto model =
            load(R"("images":[{"uri":"data:image/png;base64,)" +
                     std::string("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAAElEQVQ=") +
                     R"("}],"textures":[{"source":0}],
            "materials":[{"normalTexture":{"index":0}},{"normalTexture":{"index":0,"texCoord":1}},{}],)" +
                     square_scene(primitive(0) + "," + primitive(1) + "," + primitive(2), accessors, views),
                 b);
        const std::vector<Primitive>& p = model->meshes[0].primitives;
        CHECK(p[0].geometry != p[1].geometry);
        CHECK(p[0].geometry == p[2].geometry); // needs none, so any will do
        const auto tangent = [&](std::size_t i) {
            return Vec3(unpack_tangent(model->geometries[p[i].geometry].vertices[0].tangent));
        };
        CHECK(glm::length(tangent(0) - Vec3(1, 0, 0)) < 1e-3f);
        CHECK(glm::length(tangent(1) - Vec3(0, 1, 0)) < 1e-3f);
    }

    TEST_CASE("a report cuts foreign text between characters") {
        std::string uri;
        for (int i = 0; i < 50; ++i) uri += "ä";
        Reports reports;
        REQUIRE(parse(R"("images":[{"uri":"x)" + uri + R"(.png"}])", {}, reports));
        REQUIRE(reports.list().size() == 1);
        CHECK(has(reports.list()[0].what, "ää…\""));
    }

    TEST_CASE("two nodes with one partId are told") {
        Reports reports;
        REQUIRE(parse(R"("nodes":[{"extras":{"partId":"a"}},{"extras":{"partId":"b"}},{"extras":{"partId":"a"}}])", {},
                      reports));
        REQUIRE(reports.list().size() == 1);
        CHECK(reports.list()[0].where == "t.glb: nodes[2].extras");
        CHECK(has(reports.list()[0].what, "partId \"a\" is that of nodes[0] too"));
    }

    TEST_CASE("the container is checked before what it contains") {
        Reports reports;
        const auto error = [&](std::vector<std::byte> bytes) {
            const auto model = parse_gltf(bytes, "t.glb", {}, reports);
            return model ? "it loaded" : model.error().what;
        };
        const std::vector<std::byte> good = pw::test::make_glb(pw::test::gltf_json(""));
        CHECK(error(good) == "it loaded");
        for (std::size_t size = 0; size < good.size(); ++size) {
            CAPTURE(size);
            CHECK(error({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)}) != "it loaded");
        }
        auto longer = good;
        longer[8] = std::byte{0xff};
        CHECK(has(error(longer), "passes the end of the file"));
        auto chunk = good;
        chunk[12] = std::byte{0xfc};
        CHECK(has(error(chunk), "chunk 0 of"));
        CHECK(error({std::byte{'x'}, std::byte{'y'}}) == "t.glb: neither GLB nor a JSON object");
    }

    TEST_CASE("a URI that leaves the model's folder is refused, however it is written") {
        const auto error = [](const std::string& uri) {
            Reports reports;
            const FetchUri fetch = [](std::string_view) -> Result<std::vector<std::byte>> {
                return std::vector<std::byte>(4);
            };
            const std::string json =
                R"({"asset":{"version":"2.0"},"buffers":[{"byteLength":4,"uri":")" + uri + R"("}]})";
            const auto model = parse_gltf(as_bytes(json), "t.gltf", fetch, reports);
            return model ? std::string("it loaded") : model.error().what;
        };
        for (const char* uri : {"../a.bin", "a/../../b.bin", "/etc/passwd", "file:///etc/passwd", "http://x/y",
                                "%2e%2e/a.bin", "..%2Fa.bin", "%2Fetc/passwd", "a%00b", "..\\\\a.bin",
                                "\\\\\\\\host\\\\a", "c:/a.bin", "C%3A/a.bin", "a/..", "..", ""}) {
            CAPTURE(uri);
            CHECK(has(error(uri), "buffers[0].uri leaves the model's folder"));
        }
        CHECK(has(error("a%zz"), "broken percent sign"));
        for (const char* uri :
             {"a.bin", "sub/a%20b.bin", "a..b/..c", "%252e%252e", "./a.bin", "data:;base64,AAAAAA==", "data:,abcd"}) {
            CAPTURE(uri);
            CHECK(error(uri) == "it loaded");
        }
    }

    TEST_CASE("a link that leads out of the model's folder is refused, one that stays inside is followed") {
        namespace fs = std::filesystem;
        const Result<std::string> folder = make_temp_folder("pw-gltf-");
        REQUIRE(folder);
        REQUIRE(make_folders(*folder + "/model/data"));
        REQUIRE(write_text(*folder + "/secret.bin", "1234"));
        REQUIRE(write_text(*folder + "/model/data/a.bin", "1234"));
        fs::create_symlink("../secret.bin", *folder + "/model/out.bin");
        fs::create_directory_symlink("..", *folder + "/model/up");
        fs::create_symlink("data/a.bin", *folder + "/model/in.bin");
        const auto error = [&](const std::string& uri) {
            const std::string json =
                R"({"asset":{"version":"2.0"},"buffers":[{"byteLength":4,"uri":")" + uri + R"("}]})";
            REQUIRE(write_text(*folder + "/model/t.gltf", json));
            Reports reports;
            const auto model = load_gltf(*folder + "/model/t.gltf", reports);
            return model ? std::string("it loaded") : model.error().what;
        };
        CHECK(error("in.bin") == "it loaded");
        CHECK(error("data/a.bin") == "it loaded");
        CHECK(has(error("out.bin"), "t.gltf: buffers[0].uri is a link out of the model's folder"));
        CHECK(has(error("up/secret.bin"), "is a link out of the model's folder"));
        CHECK(has(error("gone.bin"), "buffers[0].uri cannot be read: gone.bin"));
        CHECK(has(error("data"), "cannot be read"));
        remove_folder(*folder);
    }
}
