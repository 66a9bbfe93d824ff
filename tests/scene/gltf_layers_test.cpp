// SPDX-License-Identifier: Apache-2.0
// What the reader takes of KHR_materials_* beyond metallic-roughness.
#include "tests/scene/gltf_build.h"

#include <doctest/doctest.h>

#include <string>

using namespace pw;
using namespace pw::test;
using namespace pw::scene;

namespace {

// A material with these extensions; three textures of a picture of one pixel.
std::string material(const std::string& extensions) {
    return R"("images":[{"uri":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAAElEQVQ="}],
      "textures":[{"source":0},{"source":0},{"source":0}],
      "materials":[{"extensions":{)" +
           extensions + "}}]";
}

std::optional<Layers> read(const std::string& extensions, Reports& reports) {
    const auto model = parse(material(extensions), {}, reports);
    REQUIRE_MESSAGE(model, model.error().what);
    return (*model)->materials[0].layers;
}

} // namespace

TEST_SUITE("scene/gltf_layers [unit]") {
    TEST_CASE("each layer is what the file says, with its textures") {
        Reports reports;
        const auto l = read(R"("KHR_materials_ior":{"ior":1.8},
          "KHR_materials_specular":{"specularFactor":0.25,"specularColorFactor":[2,0.5,0],
            "specularTexture":{"index":0},"specularColorTexture":{"index":1,"texCoord":1}},
          "KHR_materials_clearcoat":{"clearcoatFactor":0.5,"clearcoatRoughnessFactor":0.125,"clearcoatTexture":{"index":1},
            "clearcoatRoughnessTexture":{"index":2},"clearcoatNormalTexture":{"index":0,"scale":0.75}},
          "KHR_materials_sheen":{"sheenColorFactor":[0.1,0.2,0.3],"sheenRoughnessFactor":0.4,"sheenColorTexture":{"index":2},
            "sheenRoughnessTexture":{"index":1}},
          "KHR_materials_iridescence":{"iridescenceFactor":0.9,"iridescenceIor":1.7,"iridescenceThicknessMinimum":50,
            "iridescenceThicknessMaximum":900,"iridescenceTexture":{"index":0},"iridescenceThicknessTexture":{"index":1}},
          "KHR_materials_anisotropy":{"anisotropyStrength":0.6,"anisotropyRotation":1.5,"anisotropyTexture":{"index":2}},
          "KHR_materials_transmission":{"transmissionFactor":0.8,"transmissionTexture":{"index":1}},
          "KHR_materials_volume":{"thicknessFactor":0.01,"thicknessTexture":{"index":0,
            "extensions":{"KHR_texture_transform":{"scale":[2,3]}}},"attenuationDistance":0.02,"attenuationColor":[0.5,1,0.25]},
          "KHR_materials_dispersion":{"dispersion":0.4})",
                            reports);
        REQUIRE(l);
        CHECK(l->ior == 1.8f);
        CHECK(l->specular == 0.25f);
        CHECK(l->specular_color == Vec3(2.f, 0.5f, 0.f)); // beyond 1 it may be
        CHECK(l->specular_texture.texture == 0);
        CHECK(l->specular_color_texture.texture == 1);
        CHECK(l->specular_color_texture.texcoord == 1);
        CHECK(l->clearcoat == 0.5f);
        CHECK(l->clearcoat_roughness == 0.125f);
        CHECK(l->clearcoat_normal_scale == 0.75f);
        CHECK(l->clearcoat_texture.texture == 1);
        CHECK(l->clearcoat_roughness_texture.texture == 2);
        CHECK(l->clearcoat_normal_texture.texture == 0);
        CHECK(l->sheen_color == Vec3(0.1f, 0.2f, 0.3f));
        CHECK(l->sheen_roughness == 0.4f);
        CHECK(l->sheen_color_texture.texture == 2);
        CHECK(l->sheen_roughness_texture.texture == 1);
        CHECK(l->iridescence == 0.9f);
        CHECK(l->iridescence_ior == 1.7f);
        CHECK(l->film_min_nm == 50.f);
        CHECK(l->film_max_nm == 900.f);
        CHECK(l->iridescence_texture.texture == 0);
        CHECK(l->film_texture.texture == 1);
        CHECK(l->anisotropy == 0.6f);
        CHECK(l->anisotropy_rotation_rad == 1.5f);
        CHECK(l->anisotropy_texture.texture == 2);
        CHECK(l->transmission == 0.8f);
        CHECK(l->transmission_texture.texture == 1);
        CHECK(l->thickness_m == 0.01f);
        CHECK(l->thickness_texture.scale == Vec2(2.f, 3.f));
        CHECK(l->attenuation_m == 0.02f);
        CHECK(l->attenuation_color == Vec3(0.5f, 1.f, 0.25f));
        CHECK(l->dispersion == 0.4f);
        CHECK(reports.empty());
    }

    TEST_CASE("an extension without members is a layer that adds nothing, and a plain material has none") {
        Reports reports;
        CHECK_FALSE(read(R"("KHR_materials_emissive_strength":{})", reports));
        CHECK_FALSE(read(R"("KHR_materials_unlit":{},"KHR_materials_clearcoat":{"clearcoatFactor":1})", reports));
        const auto l = read(R"("KHR_materials_specular":{},"KHR_materials_iridescence":{})", reports);
        REQUIRE(l);
        CHECK(l->ior == 1.5f);
        CHECK(l->specular == 1.f);
        CHECK(l->specular_color == Vec3(1.f));
        CHECK(l->film_min_nm == 100.f);
        CHECK(l->film_max_nm == 400.f);
        CHECK(reports.empty());
    }

    TEST_CASE("what lies outside of its range is taken at the range's end and told") {
        Reports reports;
        const auto l = read(R"("KHR_materials_ior":{"ior":0.5},"KHR_materials_clearcoat":{"clearcoatFactor":3},
          "KHR_materials_iridescence":{"iridescenceIor":0.5},"KHR_materials_volume":{"thicknessFactor":-1})",
                            reports);
        REQUIRE(l);
        CHECK(l->ior == 1.f);
        CHECK(l->clearcoat == 1.f);
        CHECK(l->iridescence_ior == 1.f);
        CHECK(l->thickness_m == 0.f);
        REQUIRE(reports.list().size() == 4);
        CHECK(reports.list()[0].where == "t.glb: materials[0].KHR_materials_ior.ior");
        Reports none;
        CHECK(read(R"("KHR_materials_ior":{"ior":0})", none)->ior == 0.f);
        CHECK(none.empty());
    }

    TEST_CASE("a clear coat's normal map and what is brushed get tangents") {
        Binary b;
        b.add<float>({0, 0, 0, 1, 0, 0, 0, 1, 0, /* uv */ 0, 0, 1, 0, 0, 1});
        for (const auto* extension : {R"("KHR_materials_clearcoat":{"clearcoatNormalTexture":{"index":0}})",
                                      R"("KHR_materials_anisotropy":{"anisotropyStrength":0.5})",
                                      R"("KHR_materials_sheen":{"sheenColorFactor":[1,1,1]})"}) {
            CAPTURE(extension);
            Reports reports;
            const auto model = parse(material(extension) +
                                         R"(,"bufferViews":[{"buffer":0,"byteLength":36},
              {"buffer":0,"byteOffset":36,"byteLength":24}],
              "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[1,1,0]},
              {"bufferView":1,"componentType":5126,"count":3,"type":"VEC2"}],
              "meshes":[{"primitives":[{"attributes":{"POSITION":0,"TEXCOORD_0":1},"material":0}]}])",
                                     b, reports);
            REQUIRE_MESSAGE(model, model.error().what);
            CHECK((*model)->geometries[0].has_tangents == !std::string(extension).contains("sheen"));
        }
    }
}
