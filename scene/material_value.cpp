// SPDX-License-Identifier: Apache-2.0
#include "scene/material_value.h"

#include "base/assert.h"

#include <algorithm>
#include <array>
#include <string>

namespace pw::scene {
namespace {

using Part = MaterialPart;

template <class T> struct Row {
    std::string_view pointer;
    std::uint8_t width;
    float* (*at)(T&);
    Part part = Part::Plain;
};

constexpr auto kMaterial = std::to_array<Row<Material>>({
    {"pbrMetallicRoughness/baseColorFactor", 4, [](Material& m) { return &m.base_color.x; }},
    {"pbrMetallicRoughness/metallicFactor", 1, [](Material& m) { return &m.metallic; }},
    {"pbrMetallicRoughness/roughnessFactor", 1, [](Material& m) { return &m.roughness; }},
    {"emissiveFactor", 3, [](Material& m) { return &m.emissive_factor.x; }},
    {"extensions/KHR_materials_emissive_strength/emissiveStrength", 1,
     [](Material& m) { return &m.emissive_strength; }},
    {"normalTexture/scale", 1, [](Material& m) { return &m.normal_scale; }},
    {"occlusionTexture/strength", 1, [](Material& m) { return &m.occlusion_strength; }},
    {"alphaCutoff", 1, [](Material& m) { return &m.alpha_cutoff; }},
    {"extensions/KHR_materials_ior/ior", 1, [](Material& m) { return &m.layers->ior; }, Part::Specular},
    {"extensions/KHR_materials_specular/specularFactor", 1, [](Material& m) { return &m.layers->specular; },
     Part::Specular},
    {"extensions/KHR_materials_specular/specularColorFactor", 3,
     [](Material& m) { return &m.layers->specular_color.x; }, Part::Specular},
    {"extensions/KHR_materials_clearcoat/clearcoatFactor", 1, [](Material& m) { return &m.layers->clearcoat; },
     Part::Coat},
    {"extensions/KHR_materials_clearcoat/clearcoatRoughnessFactor", 1,
     [](Material& m) { return &m.layers->clearcoat_roughness; }, Part::Coat},
    {"extensions/KHR_materials_clearcoat/clearcoatNormalTexture/scale", 1,
     [](Material& m) { return &m.layers->clearcoat_normal_scale; }, Part::Coat},
    {"extensions/KHR_materials_sheen/sheenColorFactor", 3, [](Material& m) { return &m.layers->sheen_color.x; },
     Part::Sheen},
    {"extensions/KHR_materials_sheen/sheenRoughnessFactor", 1, [](Material& m) { return &m.layers->sheen_roughness; },
     Part::Sheen},
    {"extensions/KHR_materials_iridescence/iridescenceFactor", 1, [](Material& m) { return &m.layers->iridescence; },
     Part::Film},
    {"extensions/KHR_materials_iridescence/iridescenceIor", 1, [](Material& m) { return &m.layers->iridescence_ior; },
     Part::Film},
    {"extensions/KHR_materials_iridescence/iridescenceThicknessMinimum", 1,
     [](Material& m) { return &m.layers->film_min_nm; }, Part::Film},
    {"extensions/KHR_materials_iridescence/iridescenceThicknessMaximum", 1,
     [](Material& m) { return &m.layers->film_max_nm; }, Part::Film},
    {"extensions/KHR_materials_anisotropy/anisotropyStrength", 1, [](Material& m) { return &m.layers->anisotropy; },
     Part::Brushed},
    {"extensions/KHR_materials_anisotropy/anisotropyRotation", 1,
     [](Material& m) { return &m.layers->anisotropy_rotation_rad; }, Part::Brushed},
    {"extensions/KHR_materials_transmission/transmissionFactor", 1, [](Material& m) { return &m.layers->transmission; },
     Part::Through},
    {"extensions/KHR_materials_volume/thicknessFactor", 1, [](Material& m) { return &m.layers->thickness_m; },
     Part::Through},
    {"extensions/KHR_materials_volume/attenuationDistance", 1, [](Material& m) { return &m.layers->attenuation_m; },
     Part::Through},
    {"extensions/KHR_materials_volume/attenuationColor", 3, [](Material& m) { return &m.layers->attenuation_color.x; },
     Part::Through},
});

struct TextureRow {
    std::string_view pointer;
    TextureUse& (*at)(Material&);
    Part part = Part::Plain;
};

constexpr auto kTextures = std::to_array<TextureRow>({
    {"pbrMetallicRoughness/baseColorTexture", [](Material& m) -> TextureUse& { return m.base_color_texture; }},
    {"pbrMetallicRoughness/metallicRoughnessTexture",
     [](Material& m) -> TextureUse& { return m.metallic_roughness_texture; }},
    {"normalTexture", [](Material& m) -> TextureUse& { return m.normal_texture; }},
    {"occlusionTexture", [](Material& m) -> TextureUse& { return m.occlusion_texture; }},
    {"emissiveTexture", [](Material& m) -> TextureUse& { return m.emissive_texture; }},
    {"extensions/KHR_materials_specular/specularTexture",
     [](Material& m) -> TextureUse& { return m.layers->specular_texture; }, Part::Specular},
    {"extensions/KHR_materials_specular/specularColorTexture",
     [](Material& m) -> TextureUse& { return m.layers->specular_color_texture; }, Part::Specular},
    {"extensions/KHR_materials_clearcoat/clearcoatTexture",
     [](Material& m) -> TextureUse& { return m.layers->clearcoat_texture; }, Part::Coat},
    {"extensions/KHR_materials_clearcoat/clearcoatRoughnessTexture",
     [](Material& m) -> TextureUse& { return m.layers->clearcoat_roughness_texture; }, Part::Coat},
    {"extensions/KHR_materials_clearcoat/clearcoatNormalTexture",
     [](Material& m) -> TextureUse& { return m.layers->clearcoat_normal_texture; }, Part::Coat},
    {"extensions/KHR_materials_sheen/sheenColorTexture",
     [](Material& m) -> TextureUse& { return m.layers->sheen_color_texture; }, Part::Sheen},
    {"extensions/KHR_materials_sheen/sheenRoughnessTexture",
     [](Material& m) -> TextureUse& { return m.layers->sheen_roughness_texture; }, Part::Sheen},
    {"extensions/KHR_materials_iridescence/iridescenceTexture",
     [](Material& m) -> TextureUse& { return m.layers->iridescence_texture; }, Part::Film},
    {"extensions/KHR_materials_iridescence/iridescenceThicknessTexture",
     [](Material& m) -> TextureUse& { return m.layers->film_texture; }, Part::Film},
    {"extensions/KHR_materials_anisotropy/anisotropyTexture",
     [](Material& m) -> TextureUse& { return m.layers->anisotropy_texture; }, Part::Brushed},
    {"extensions/KHR_materials_transmission/transmissionTexture",
     [](Material& m) -> TextureUse& { return m.layers->transmission_texture; }, Part::Through},
    {"extensions/KHR_materials_volume/thicknessTexture",
     [](Material& m) -> TextureUse& { return m.layers->thickness_texture; }, Part::Through},
});

constexpr auto kTransform = std::to_array<Row<TextureUse>>({
    {"/extensions/KHR_texture_transform/offset", 2, [](TextureUse& t) { return &t.offset.x; }},
    {"/extensions/KHR_texture_transform/rotation", 1, [](TextureUse& t) { return &t.rotation_rad; }},
    {"/extensions/KHR_texture_transform/scale", 2, [](TextureUse& t) { return &t.scale.x; }},
});

static_assert(kMaterialValues == kMaterial.size() + kTextures.size() * kTransform.size());

constexpr auto kLight = std::to_array<Row<Light>>({
    {"color", 3, [](Light& l) { return &l.color.x; }},
    {"intensity", 1, [](Light& l) { return &l.intensity; }},
    {"range", 1, [](Light& l) { return &l.range_m; }},
    {"spot/innerConeAngle", 1, [](Light& l) { return &l.inner_cone_rad; }},
    {"spot/outerConeAngle", 1, [](Light& l) { return &l.outer_cone_rad; }},
});

template <class Rows> std::optional<ValueName> find_in(const Rows& rows, std::string_view pointer, std::size_t first) {
    const auto row = std::ranges::find(rows, pointer, [](const auto& r) { return r.pointer; });
    if (row == rows.end()) return std::nullopt;
    return ValueName{static_cast<std::uint16_t>(first + static_cast<std::size_t>(row - rows.begin())), row->width};
}

} // namespace

// Values are numbered: those of the material itself, then three of each texture.
std::optional<ValueName> find_material_value(std::string_view pointer) {
    for (std::size_t t = 0; t < kTextures.size(); ++t)
        if (pointer.starts_with(kTextures.at(t).pointer))
            if (const auto moved = find_in(kTransform, pointer.substr(kTextures.at(t).pointer.size()),
                                           kMaterial.size() + t * kTransform.size()))
                return moved;
    return find_in(kMaterial, pointer, 0);
}

std::optional<ValueName> find_light_value(std::string_view pointer) { return find_in(kLight, pointer, 0); }

bool moves_texture(std::uint16_t value) { return value >= kMaterial.size(); }

MaterialPart part_of(std::uint16_t value) {
    return moves_texture(value) ? kTextures.at((value - kMaterial.size()) / kTransform.size()).part
                                : kMaterial.at(value).part;
}

std::span<float> value_of(Material& material, std::uint16_t value) {
    PW_ASSERT(part_of(value) == MaterialPart::Plain || material.layers, "a value that the material has");
    if (!moves_texture(value)) return {kMaterial.at(value).at(material), kMaterial.at(value).width};
    const std::size_t n = value - kMaterial.size();
    const auto& row = kTransform.at(n % kTransform.size());
    return {row.at(kTextures.at(n / kTransform.size()).at(material)), row.width};
}

std::span<float> value_of(Light& light, std::uint16_t value) {
    return {kLight.at(value).at(light), kLight.at(value).width};
}

// The tables above are written once, for what is changed; nothing is written through these.
std::span<const float> value_of(const Material& material, std::uint16_t value) {
    return value_of(const_cast<Material&>(material), value);
}

std::span<const float> value_of(const Light& light, std::uint16_t value) {
    return value_of(const_cast<Light&>(light), value);
}

void follow(Material& material, std::uint16_t changed) {
    const float* const value = value_of(material, changed).data();
    if (value == &material.emissive_factor.x || value == &material.emissive_strength)
        material.emissive = material.emissive_factor * material.emissive_strength;
}

} // namespace pw::scene
