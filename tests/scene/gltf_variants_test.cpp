// SPDX-License-Identifier: Apache-2.0
// KHR_materials_variants: what is read of it, and what is refused.

#include "base/file.h"
#include "base/process.h"
#include "tests/scene/gltf_build.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

using namespace pw;
using namespace pw::scene;
using pw::test::Binary;

namespace {

Binary triangle() {
    Binary b;
    b.add<float>({0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1});
    return b;
}

// A shoe in leather, for the beach in red, for the street in green; `mappings` of its one primitive.
std::string shoe(const std::string& mappings, const std::string& variants = R"([{"name":"beach"},{"name":"street"}])") {
    return R"("extensionsUsed":["KHR_materials_variants"],"extensions":{"KHR_materials_variants":{"variants":)" +
           variants +
           R"(}},"bufferViews":[{"buffer":0,"byteLength":36},{"buffer":0,"byteOffset":36,"byteLength":36},
        {"buffer":0,"byteOffset":72,"byteLength":24}],"accessors":[{"bufferView":0,"componentType":5126,"count":3,
        "type":"VEC3","min":[0,0,0],"max":[1,1,0]},{"bufferView":1,"componentType":5126,"count":3,"type":"VEC3"},
        {"bufferView":2,"componentType":5126,"count":3,"type":"VEC2"}],"images":[{"uri":"data:image/png;base64,)"
           "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNoaPgPAAODAgAApfuJAAAAAElFTkSuQmCC"
           R"("}],"textures":[{"source":0}],"materials":[{"name":"leather"},{"name":"red"},
        {"name":"green","normalTexture":{"index":0}}],"meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":1,
        "TEXCOORD_0":2},"material":0,"extensions":{"KHR_materials_variants":{"mappings":)" +
           mappings + R"(}}}]}],"nodes":[{"mesh":0,"name":"Shoe"}],"scenes":[{"nodes":[0]}],"scene":0)";
}

const std::string kBoth = R"([{"material":2,"variants":[1]},{"material":1,"variants":[0]}])";

Binary shoe_binary() {
    Binary b = triangle();
    b.add<float>({0, 0, 1, 0, 0, 1});
    return b;
}

std::string refused(const std::string& mappings, const std::string& variants = R"([{"name":"a"},{"name":"b"}])") {
    return test::parse_error(shoe(mappings, variants), shoe_binary());
}

} // namespace

TEST_SUITE("scene/gltf_variants") {
    TEST_CASE("a primitive wears what its mappings say, and its own material in all other variants") {
        Reports reports;
        const auto model = test::parse(shoe(kBoth), shoe_binary(), reports);
        REQUIRE_MESSAGE(model.has_value(), model.error().what);
        CHECK((*model)->variants == std::vector<std::string>{"beach", "street"});
        const Primitive& primitive = (*model)->meshes[0].primitives[0];
        CHECK(primitive.material_of(0) == 1);
        CHECK(primitive.material_of(1) == 2);
        CHECK(primitive.material_of(2) == 0);
        CHECK(primitive.material_of(kNone) == 0);
        CHECK(reports.empty());
    }

    TEST_CASE("a normal map that only a variant wears gets its tangents") {
        Reports reports;
        CHECK((*test::parse(shoe(kBoth), shoe_binary(), reports))->geometries[0].has_tangents);
        CHECK_FALSE((*test::parse(shoe(R"([{"material":1,"variants":[0]}])"), shoe_binary(), reports))
                        ->geometries[0]
                        .has_tangents);
    }

    TEST_CASE("a broken mapping is refused with its place") {
        const std::string place = "meshes[0].primitives[0].KHR_materials_variants.mappings";
        const auto check = [&](const std::string& mappings, const std::string& what) {
            const std::string error = refused(mappings);
            CAPTURE(error);
            CHECK(error.find(place + what) != std::string::npos);
        };
        check(R"([{"material":0,"variants":[2]}])", "[0].variants[0] is not one of the 2 variants of the file");
        check(R"([{"material":0,"variants":[0,-1]}])", "[0].variants[1] is not one of");
        check(R"([{"material":0,"variants":["a"]}])", "[0].variants[0] is not one of");
        check(R"([{"material":0,"variants":[]}])", "[0].variants is missing or empty");
        check(R"([{"material":0}])", "[0].variants is missing or empty");
        check(R"([{"variants":[0]}])", "[0].material is missing");
        check(R"([{"material":3,"variants":[0]}])", "[0].material 3 passes the end of materials (3)");
        check(R"({})", " is not an array");
        check(R"([7])", "[0] is not an object");
        CHECK(refused("[]", R"([{"name":7}])").find("KHR_materials_variants.variants[0].name") != std::string::npos);
        CHECK(refused(R"([{"material":0,"variants":[0]}])", "[]").find("of the 0 variants") != std::string::npos);
    }

    TEST_CASE("a variant that is named twice keeps its first mapping, and is told") {
        Reports reports;
        const auto model = test::parse(shoe(R"([{"material":2,"variants":[0,1]},{"material":1,"variants":[1]}])"),
                                       shoe_binary(), reports);
        REQUIRE(model.has_value());
        CHECK((*model)->meshes[0].primitives[0].material_of(1) == 2);
        CHECK(reports.list().size() == 1);
    }

    TEST_CASE("the file that these tests read is valid to the Khronos validator") {
        const char* modules = std::getenv("NODE_PATH");
        if (modules == nullptr || !std::filesystem::exists(std::filesystem::path(modules) / "gltf-validator"))
            return test::skip("npm gltf-validator is not in $NODE_PATH");
        const Result<std::string> folder = make_temp_folder("pw-variants-");
        REQUIRE(folder);
        const Binary binary = shoe_binary();
        const std::string path = *folder + "/shoe.glb";
        REQUIRE(write_file(path, test::make_glb(test::gltf_json(shoe(kBoth), binary.bytes.size()), binary.bytes)));
        auto validator = Process::start({"node", (test::source_dir() / "assets/models/validate.cjs").string(), path},
                                        {.output_file = *folder + "/said"});
        REQUIRE(validator);
        CHECK(validator->wait() == 0);
        const auto said = read_text(*folder + "/said");
        REQUIRE(said);
        CHECK_MESSAGE(said->find("shoe.glb: 0 errors") != std::string::npos, *said);
        remove_folder(*folder);
    }
}
