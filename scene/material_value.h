#pragma once
// SPDX-License-Identifier: Apache-2.0
// The values of a material and of a light that may change while they are shown, by the names that the glTF 2.0 Asset
// Object Model gives them (KHR_animation_pointer). Pure functions.

#include "scene/model.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pw::scene {

// Which layer of a material a value belongs to; Plain: metallic-roughness.
enum class MaterialPart : std::uint8_t { Plain, Specular, Coat, Sheen, Film, Brushed, Through };

struct ValueName {
    std::uint16_t value = 0; // Channel::value
    std::uint8_t width = 0;  // floats
};

// "pbrMetallicRoughness/baseColorFactor", "normalTexture/extensions/KHR_texture_transform/offset", …; nothing when it
// is not one that changes.
std::optional<ValueName> find_material_value(std::string_view pointer);
std::optional<ValueName> find_light_value(std::string_view pointer); // "color", "spot/innerConeAngle", …

MaterialPart part_of(std::uint16_t material_value);
bool moves_texture(std::uint16_t material_value);

inline constexpr std::uint16_t kMaterialValues = 77; // they are numbered from 0
// Where a value of find_…() stands in it. A material's layers have to be there for values of layers.
std::span<float> value_of(Material& material, std::uint16_t value);
std::span<const float> value_of(const Material& material, std::uint16_t value);
std::span<float> value_of(Light& light, std::uint16_t value);
std::span<const float> value_of(const Light& light, std::uint16_t value);
void follow(Material& material, std::uint16_t changed); // after a change: what is made of it and others

} // namespace pw::scene
