#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a surface is made of, as glTF 2.0 and its material extensions say it. Plain data. Colours are linear; texture
// coordinates have their origin at the top left.

#include "base/math.h"

#include <cstdint>
#include <optional>
#include <string>

namespace pw::scene {

inline constexpr std::uint32_t kNone = 0xffff'ffffu; // "no such index"

enum class Wrap : std::uint8_t { Repeat, MirroredRepeat, ClampToEdge };
enum class Filter : std::uint8_t { Nearest, Linear };

struct Sampler {
    Filter mag = Filter::Linear, min = Filter::Linear, mip = Filter::Linear;
    bool mipmaps = true;
    Wrap wrap_s = Wrap::Repeat, wrap_t = Wrap::Repeat;
};

struct Texture {
    std::uint32_t image = kNone;
    Sampler sampler;
};

// A use of a texture, with KHR_texture_transform.
struct TextureUse {
    std::uint32_t texture = kNone;
    std::uint8_t texcoord = 0;
    Vec2 offset{0.f};
    Vec2 scale{1.f};
    float rotation_rad = 0.f; // counter-clockwise, about the texture's origin
};

enum class AlphaMode : std::uint8_t { Opaque, Mask, Blend };

// What the KHR_materials_* extensions add to metallic-roughness; each at the value at which it adds nothing. Section
// names are those of the extensions' own texts.
struct Layers {
    // KHR_materials_ior, _specular: the reflection of what is no metal.
    float ior = 1.5f; // 0: reflects all, for files made from specular-glossiness
    float specular = 1.f;
    Vec3 specular_color{1.f};
    TextureUse specular_texture /* A */, specular_color_texture;
    // KHR_materials_clearcoat: a clear layer of IOR 1.5 over all.
    float clearcoat = 0.f, clearcoat_roughness = 0.f, clearcoat_normal_scale = 1.f;
    TextureUse clearcoat_texture /* R */, clearcoat_roughness_texture /* G */, clearcoat_normal_texture;
    // KHR_materials_sheen: fibres that shine at grazing angles, as of cloth.
    Vec3 sheen_color{0.f};
    float sheen_roughness = 0.f;
    TextureUse sheen_color_texture, sheen_roughness_texture /* A */;
    // KHR_materials_iridescence: a thin film.
    float iridescence = 0.f, iridescence_ior = 1.3f;
    float film_min_nm = 100.f, film_max_nm = 400.f; // at 0 and 1 of the texture
    TextureUse iridescence_texture /* R */, film_texture /* G */;
    // KHR_materials_anisotropy: brushed, along a direction in tangent space, counter-clockwise from the tangent.
    float anisotropy = 0.f, anisotropy_rotation_rad = 0.f;
    TextureUse anisotropy_texture; // RG the direction, −1 … 1, B the strength
    // KHR_materials_transmission, _volume, _dispersion: light goes through, and what is thick dyes it.
    float transmission = 0.f;
    TextureUse transmission_texture; // R
    float thickness_m = 0.f;         // in node space; 0: thin-walled
    TextureUse thickness_texture;    // G
    float attenuation_m = 0.f;       // after which attenuation_color is left of white; 0: no attenuation
    Vec3 attenuation_color{1.f};
    float dispersion = 0.f; // KHR_materials_dispersion: 20 / Abbe number
};

struct Material {
    std::string name;
    Vec4 base_color{1.f};
    float metallic = 1.f;
    float roughness = 1.f;
    Vec3 emissive{0.f}; // the product of these two, which only who changes them needs (KHR_animation_pointer)
    Vec3 emissive_factor{0.f};
    float emissive_strength = 1.f; // KHR_materials_emissive_strength
    float normal_scale = 1.f;
    float occlusion_strength = 1.f;
    float alpha_cutoff = 0.5f;
    AlphaMode alpha_mode = AlphaMode::Opaque;
    bool double_sided = false;
    bool unlit = false;
    std::optional<Layers> layers; // none: plain metallic-roughness
    TextureUse base_color_texture, metallic_roughness_texture, normal_texture, occlusion_texture, emissive_texture;
};

} // namespace pw::scene
