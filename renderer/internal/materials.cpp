// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/materials.h"

#include "base/format.h"
#include "base/log.h"
#include "renderer/internal/disk_cache.h"
#include "scene/image.h"
#include "scene/material_value.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

namespace pw::renderer {
namespace {

constexpr std::uint32_t kPlainUses = 5, kAllUses = kPlainUses + shaders::kLayerUses;
constexpr std::uint64_t kMostWaiting = 512u << 20; // bytes of textures that are decoded, or being so, and not copied
constexpr std::size_t kShareOfAll = 8;             // of so many materials one has changed: all are sent, as one copy
constexpr std::size_t kLeastOfBudget = 256u << 10; // bytes that a small texture counts for: an image takes time to make

// By use, of the material and then of its layers.
const scene::TextureUse& texture_of(const scene::Material& m, std::uint32_t use) {
    static const scene::Layers kNoLayers;
    const scene::Layers& l = m.layers ? *m.layers : kNoLayers;
    const std::array<const scene::TextureUse*, kAllUses> all{&m.base_color_texture,
                                                             &m.metallic_roughness_texture,
                                                             &m.normal_texture,
                                                             &m.occlusion_texture,
                                                             &m.emissive_texture,
                                                             &l.specular_texture,
                                                             &l.specular_color_texture,
                                                             &l.clearcoat_texture,
                                                             &l.clearcoat_roughness_texture,
                                                             &l.clearcoat_normal_texture,
                                                             &l.sheen_color_texture,
                                                             &l.sheen_roughness_texture,
                                                             &l.iridescence_texture,
                                                             &l.film_texture,
                                                             &l.anisotropy_texture,
                                                             &l.transmission_texture,
                                                             &l.thickness_texture};
    return *all.at(use);
}

TextureKind kind_of(std::uint32_t use, scene::AlphaMode alpha) {
    const bool covers = use == shaders::kBaseColor && alpha != scene::AlphaMode::Opaque;
    const bool color = use == shaders::kBaseColor || use == shaders::kEmissive ||
                       use == kPlainUses + shaders::kSpecularColor || use == kPlainUses + shaders::kSheenColor;
    const bool normal = use == shaders::kNormal || use == kPlainUses + shaders::kCoatNormal;
    return covers   ? TextureKind::Covering
           : color  ? TextureKind::Color
           : normal ? TextureKind::Normal
                    : TextureKind::Data;
}

// Where a material has no texture.
std::uint32_t plain_texture(std::uint32_t use) {
    const bool normal = use == shaders::kNormal || use == kPlainUses + shaders::kCoatNormal;
    // An anisotropy without a texture goes along the tangent.
    return normal                                  ? shaders::kFlatNormalTexture
           : use == kPlainUses + shaders::kBrushed ? shaders::kTangentTexture
                                                   : shaders::kWhiteTexture;
}

std::uint32_t& slot_of(shaders::GpuMaterial& m, std::uint32_t use) {
    return use == shaders::kEmissive ? m.more.x : m.textures[static_cast<int>(use)];
}

// KHR_texture_transform: uv' = translation · rotation · scale · uv.
Vec4 uv_linear(const scene::TextureUse& use) {
    const float c = std::cos(use.rotation_rad), s = std::sin(use.rotation_rad);
    return {c * use.scale.x, s * use.scale.y, -s * use.scale.x, c * use.scale.y};
}

bool same_uv(const scene::TextureUse& a, const scene::TextureUse& b) {
    return a.texcoord == b.texcoord && a.offset == b.offset && a.scale == b.scale && a.rotation_rad == b.rotation_rad;
}

shaders::GpuMaterial gpu_material(const scene::Material& m, std::uint32_t layers) {
    shaders::GpuMaterial out{};
    out.base_color = m.base_color;
    out.emissive = Vec4(m.emissive, m.alpha_cutoff);
    out.factors = {m.metallic, m.roughness, m.normal_scale, m.occlusion_strength};
    out.more.z = layers;
    for (std::uint32_t use = 0; use < kPlainUses; ++use) {
        const scene::TextureUse& t = texture_of(m, use);
        slot_of(out, use) = plain_texture(use);
        out.uv_linear[use] = uv_linear(t);
        out.uv_offset[use] = {t.offset, 0.f, 0.f};
        if (t.texcoord == 1) out.more.y |= 1u << use;
    }
    return out;
}

shaders::GpuLayers gpu_layers(const scene::Material& m) {
    const scene::Layers& l = *m.layers;
    shaders::GpuLayers out{};
    out.specular = Vec4(l.specular_color, l.specular);
    // 0 reflects all, as an endless index would.
    out.coat = {l.clearcoat, l.clearcoat_roughness, l.clearcoat_normal_scale, l.ior == 0.f ? 1e6f : l.ior};
    out.sheen = Vec4(l.sheen_color, l.sheen_roughness);
    out.film = {l.iridescence, l.iridescence_ior, l.film_min_nm, l.film_max_nm};
    out.brushed = {l.anisotropy, std::cos(l.anisotropy_rotation_rad), std::sin(l.anisotropy_rotation_rad), 0.f};
    out.through = {l.transmission, l.thickness_m, l.attenuation_m > 0.f ? 1.f / l.attenuation_m : 0.f, l.dispersion};
    out.attenuation = Vec4(l.attenuation_color, 0.f);
    for (std::uint32_t use = 0; use < shaders::kLayerUses; ++use) {
        const scene::TextureUse& t = texture_of(m, kPlainUses + use);
        out.textures[use / 4][static_cast<int>(use % 4)] = plain_texture(kPlainUses + use);
        out.uv_linear[use] = uv_linear(t);
        out.uv_offset[use] = {t.offset, 0.f, 0.f};
        if (t.texcoord == 1) out.more.x |= 1u << use;
    }
    return out;
}

// Those that add something.
std::uint8_t layers_of(const scene::Material& m) {
    if (!m.layers || m.unlit) return 0;
    const scene::Layers& l = *m.layers;
    const bool specular = l.ior != 1.5f || l.specular != 1.f || l.specular_color != Vec3(1.f) ||
                          l.specular_texture.texture != scene::kNone ||
                          l.specular_color_texture.texture != scene::kNone;
    std::uint32_t out = 0;
    const auto add = [&](bool there, std::uint32_t layer) { out |= there ? layer : 0u; };
    add(specular, shaders::kLayerSpecular);
    add(l.clearcoat > 0.f, shaders::kLayerCoat);
    add(l.sheen_color != Vec3(0.f), shaders::kLayerSheen);
    add(l.iridescence > 0.f, shaders::kLayerFilm);
    add(l.anisotropy > 0.f, shaders::kLayerBrushed);
    add(l.transmission > 0.f, shaders::kLayerThrough);
    return static_cast<std::uint8_t>(out);
}

Shading shading_of(const scene::Material& m) {
    Shading out;
    out.unlit = m.unlit;
    out.double_sided = m.double_sided;
    out.alpha = m.alpha_mode;
    out.layers = layers_of(m);
    if ((out.layers & shaders::kLayerThrough) != 0) {
        const bool volume = m.layers->thickness_m > 0.f;
        out.bends = volume || m.roughness > 0.f;
        // KHR_materials_volume: doubleSided has no effect on volume boundaries.
        if (volume) out.double_sided = false;
    }
    const scene::TextureUse* first = nullptr;
    for (std::uint32_t use = 0; use < (m.unlit ? 1u : out.layers == 0 ? kPlainUses : kAllUses); ++use) {
        const scene::TextureUse& t = texture_of(m, use);
        if (t.texture == scene::kNone) continue;
        if (use < kPlainUses) out.textures |= static_cast<std::uint8_t>(1u << use);
        if (first == nullptr) first = &t;
        // Those of layers have coordinates of their own.
        if (use >= kPlainUses || !same_uv(*first, t)) out.uv = Uv::Each;
    }
    if (first != nullptr && out.uv != Uv::Each && !same_uv(*first, {})) out.uv = Uv::Moved;
    return out;
}

std::uint8_t layer_of(scene::MaterialPart part) {
    constexpr std::array<std::uint32_t, 7> bits{0,
                                                shaders::kLayerSpecular,
                                                shaders::kLayerCoat,
                                                shaders::kLayerSheen,
                                                shaders::kLayerFilm,
                                                shaders::kLayerBrushed,
                                                shaders::kLayerThrough};
    return static_cast<std::uint8_t>(bits.at(static_cast<std::size_t>(part)));
}

// What clips will change: a layer is there although it adds nothing yet, and a texture that moves has its own way.
void expect_changes(const scene::Model& model, std::span<Shading> of_materials) {
    for (const scene::Clip& clip : model.clips)
        for (const scene::Channel& c : clip.channels) {
            if (c.path != scene::ChannelPath::Material) continue;
            Shading& shading = of_materials[c.object];
            if (!shading.unlit) shading.layers |= layer_of(scene::part_of(c.value));
            if (scene::moves_texture(c.value) || shading.layers != 0) shading.uv = Uv::Each;
        }
}

VkSamplerAddressMode address_mode(scene::Wrap wrap) {
    switch (wrap) {
    case scene::Wrap::MirroredRepeat:
        return VK_SAMPLER_ADDRESS_MODE_MIRRORED_REPEAT;
    case scene::Wrap::ClampToEdge:
        return VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
    default:
        return VK_SAMPLER_ADDRESS_MODE_REPEAT;
    }
}

float scale_of(const Transform& transform) { return glm::length(transform.scale) / 1.7320508f; }

float largest_scale(std::span<const Transform> instances) {
    if (instances.empty()) return 1.f; // drawn once
    float out = 0.f;
    for (const Transform& instance : instances) out = std::max(out, scale_of(instance));
    return out;
}

// Of each material: the diagonal of the largest part that wears it, in any variant, in the model's metres.
std::vector<float> sizes_of_worn(const scene::Model& model) {
    std::vector<float> out(model.materials.size()), scale(model.nodes.size(), 1.f);
    const auto wears = [&](std::uint32_t material, float size) {
        if (material != scene::kNone) out[material] = std::max(out[material], size);
    };
    for (std::size_t i = 0; i < model.nodes.size(); ++i) {
        const scene::Node& node = model.nodes[i];
        scale[i] = (node.parent == scene::kNone ? 1.f : scale[node.parent]) * scale_of(node.local);
        if (node.mesh == scene::kNone) continue;
        const float shown = scale[i] * largest_scale(node.instances);
        for (const scene::Primitive& primitive : model.meshes[node.mesh].primitives) {
            const Aabb& bounds = model.geometries[primitive.geometry].bounds;
            if (bounds.empty()) continue; // nothing of it is drawn, and its size would be endless
            const float size = shown * glm::length(bounds.max - bounds.min);
            wears(primitive.material, size);
            for (const scene::VariantMaterial& variant : primitive.variants) wears(variant.material, size);
        }
    }
    return out;
}

// The records of these indices, which ascend: a copy for each run of neighbours.
void send_runs(VkCommandBuffer cmd, UploadRing& ring, const auto& records, std::span<const std::uint32_t> indices,
               VkBuffer to) {
    while (!indices.empty()) {
        const std::size_t first = indices.front();
        std::size_t count = 1;
        while (count < indices.size() && indices[count] == first + count) ++count;
        const auto run = std::span(records).subspan(first, count);
        copy_to_buffer(cmd, ring, std::as_bytes(run), to, first * sizeof(records[0]));
        indices = indices.subspan(count);
    }
}

// Plain, with its mipmaps; 0 where nobody can tell, for decoding will fail.
std::uint64_t decoded_bytes(const TextureWish& wish) {
    const auto size = scene::image_size(wish.model->images[wish.image].encoded);
    if (!size) return 0;
    const std::uint64_t side = wish.limit;
    return std::min<std::uint64_t>(size->width, side) * std::min<std::uint64_t>(size->height, side) * 16 / 3;
}

} // namespace

bool changes_materials(const scene::Model& model) {
    return std::ranges::any_of(model.clips, [](const scene::Clip& clip) {
        return std::ranges::any_of(clip.channels,
                                   [](const scene::Channel& c) { return c.path == scene::ChannelPath::Material; });
    });
}

Materials::Materials(Gpu& gpu, Jobs& jobs, bool blocks, std::string cache_folder)
    : gpu_(&gpu), jobs_(&jobs), blocks_(blocks), cache_folder_(std::move(cache_folder)),
      buffer_(gpu, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, "materials"),
      layers_buffer_(gpu, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, "layers of materials") {
    materials_.push_back(gpu_material({}, 0));
    layers_.emplace_back();
    shadings_.push_back(shading_of({}));
}

Materials::~Materials() = default;

std::uint32_t Materials::add(const std::shared_ptr<const scene::Model>& model) {
    const auto first = static_cast<std::uint32_t>(materials_.size());
    std::map<ImageKey, std::size_t> started;
    const std::vector<float> sizes = sizes_of_worn(*model);
    for (const scene::Material& m : model->materials) shadings_.push_back(shading_of(m));
    expect_changes(*model, std::span(shadings_).subspan(first));
    for (const scene::Material& m : model->materials) {
        const auto index = static_cast<std::uint32_t>(materials_.size());
        const bool layered = shadings_[index].layers != 0;
        materials_.push_back(gpu_material(m, layered ? static_cast<std::uint32_t>(layers_.size()) : 0));
        if (layered) layers_.push_back(gpu_layers(m));
        for (std::uint32_t use = 0; use < (m.unlit ? 1u : layered ? kAllUses : kPlainUses); ++use) {
            const scene::TextureUse& texture = texture_of(m, use);
            if (texture.texture != scene::kNone) add_use(model, started, index, use, texture, sizes[index - first]);
        }
    }
    sort_waiting();
    dirty_ = true;
    return first;
}

std::uint32_t Materials::copy(std::uint32_t first, std::uint32_t count) {
    const auto start = static_cast<std::uint32_t>(materials_.size());
    for (std::uint32_t i = first; i < first + count; ++i) {
        shadings_.push_back(Shading(shadings_[i]));
        shaders::GpuMaterial m = materials_[i];
        if (m.more.z != 0) {
            layers_.push_back(shaders::GpuLayers(layers_[m.more.z]));
            m.more.z = static_cast<std::uint32_t>(layers_.size() - 1);
        }
        materials_.push_back(m);
    }
    for (Loading& loading : loading_) {
        const std::size_t known = loading.uses.size();
        for (std::size_t i = 0; i < known; ++i) {
            Use use = loading.uses[i];
            if (use.material < first || use.material >= first + count) continue;
            use.material += start - first;
            loading.uses.push_back(use);
        }
    }
    dirty_ = true;
    return start;
}

void Materials::change(std::uint32_t material, const scene::Material& now) {
    shaders::GpuMaterial& own = materials_[material];
    shaders::GpuMaterial fresh = gpu_material(now, own.more.z);
    for (std::uint32_t use = 0; use < kPlainUses; ++use) slot_of(fresh, use) = slot_of(own, use);
    own = fresh;
    if (own.more.z != 0) {
        shaders::GpuLayers& layers = layers_[own.more.z];
        shaders::GpuLayers values = gpu_layers(now);
        std::ranges::copy(layers.textures, std::begin(values.textures));
        layers = values;
    }
    changed_.push_back(material);
}

void Materials::add_use(const std::shared_ptr<const scene::Model>& model, std::map<ImageKey, std::size_t>& started,
                        std::uint32_t material, std::uint32_t use, const scene::TextureUse& from, float size) {
    const scene::Texture& texture = model->textures[from.texture];
    if (texture.image == scene::kNone) return;
    const TextureKind kind = kind_of(use, shadings_[material].alpha);
    const auto [at, fresh] = started.try_emplace({texture.image, kind}, loading_.size());
    if (fresh) {
        const std::uint32_t limit = gpu_->properties.limits.maxImageDimension2D;
        loading_.push_back({.wish = {model, texture.image, kind, blocks_, limit, cache_folder_}});
        ++textures_;
    }
    Loading& loading = loading_[at->second];
    loading.size = std::max(loading.size, size);
    loading.uses.push_back({material, use, texture.sampler});
}

// What has not begun goes by size, behind what has.
void Materials::sort_waiting() {
    const auto waiting =
        std::ranges::stable_partition(loading_, [](const Loading& l) { return l.texture.has_value(); });
    std::ranges::stable_sort(waiting, std::greater{}, &Loading::size);
}

void Materials::begin_next() {
    std::uint64_t sum = 0;
    for (Loading& loading : loading_) {
        if (loading.texture && loading.texture->done() && loading.texture->data()) {
            sum += loading.texture->data()->packed.size();
            continue;
        }
        if (!loading.texture) {
            if (sum >= kMostWaiting) return;
            loading.bytes = decoded_bytes(loading.wish);
            loading.texture.emplace(*jobs_, loading.wish);
        }
        sum += loading.bytes;
    }
}

// What is wrong with a texture that is there, or will not be.
void Materials::tell_problem(const Loading& loading, const Result<bool>& there, Reports& problems) const {
    std::string what;
    if (!there) {
        what = there.error().what;
    } else if (*there && loading.upload.first_level() != 0) {
        const TextureLevel& level = loading.texture->data()->levels[loading.upload.first_level()];
        what = formatted("the GPU has no memory for all of its pixels; it is drawn with {} × {} of them", level.width,
                         level.height);
    }
    if (what.empty()) return;
    problems.add(formatted("{}: images[{}]", loading.wish.model->name, loading.wish.image), what);
    log_warn(problems.list().back().where + ": " + what);
}

void Materials::sync(VkCommandBuffer cmd, UploadRing& ring, TextureTable& table, std::size_t budget,
                     Reports& problems) {
    const bool loads = !loading_.empty();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < loading_.size(); ++i) {
        Loading& loading = loading_[i];
        if (budget > 0 && loading.texture && loading.texture->done()) {
            const std::size_t before = budget;
            const auto there = advance(cmd, ring, loading, budget);
            tell_problem(loading, there, problems);
            if (there && *there) put_in_place(table, loading);
            if (!there || *there) {
                budget = std::min(budget, before - std::min(before, kLeastOfBudget));
                continue;
            }
            budget = 0; // one after the other: the first that is whole can be seen
        }
        if (kept != i) loading_[kept] = std::move(loading);
        ++kept;
    }
    loading_.erase(loading_.begin() + static_cast<std::ptrdiff_t>(kept), loading_.end());
    begin_next();
    if (loads && loading_.empty() && !cache_folder_.empty())
        jobs_->add(JobClass::Background, [folder = cache_folder_] { trim_cached(folder); });
    send(cmd, ring);
}

void Materials::send(VkCommandBuffer cmd, UploadRing& ring) {
    std::ranges::sort(changed_); // one that several textures have come for is sent once
    changed_.erase(std::ranges::unique(changed_).begin(), changed_.end());
    dirty_ |= changed_.size() > materials_.size() / kShareOfAll;
    if (!dirty_) {
        send_runs(cmd, ring, materials_, changed_, buffer_.get());
        for (std::uint32_t& i : changed_) i = materials_[i].more.z; // their layers, which lie in the same order
        std::erase(changed_, 0u);
        send_runs(cmd, ring, layers_, changed_, layers_buffer_.get());
    }
    changed_.clear();
    if (!dirty_) return;
    dirty_ = false;
    buffer_.reserve(cmd, materials_.size() * sizeof(shaders::GpuMaterial), 0);
    copy_to_buffer(cmd, ring, std::as_bytes(std::span(materials_)), buffer_.get(), 0);
    layers_buffer_.reserve(cmd, layers_.size() * sizeof(shaders::GpuLayers), 0);
    copy_to_buffer(cmd, ring, std::as_bytes(std::span(layers_)), layers_buffer_.get(), 0);
}

std::uint32_t& Materials::slot(std::uint32_t material, std::uint32_t use) {
    if (use < kPlainUses) return slot_of(materials_[material], use);
    const std::uint32_t of = use - kPlainUses;
    return layers_[materials_[material].more.z].textures[of / 4][static_cast<int>(of % 4)];
}

Result<bool> Materials::advance(VkCommandBuffer cmd, UploadRing& ring, Loading& loading, std::size_t& budget) const {
    const Result<TextureData>& data = loading.texture->data();
    if (!data) return std::unexpected(data.error());
    const TextureWish& wish = loading.wish;
    return loading.upload.step(*gpu_, cmd, ring, *data, wish.model->images[wish.image].name.c_str(), budget);
}

void Materials::put_in_place(TextureTable& table, Loading& loading) {
    Image image = loading.upload.take();
    std::map<VkSampler, std::uint32_t> slots;
    for (const Use& use : loading.uses) {
        const VkSampler with = sampler(use.sampler);
        const auto [slot, fresh] = slots.try_emplace(with, 0);
        if (fresh) slot->second = table.add(image.view(), with);
        this->slot(use.material, use.use) = slot->second;
        changed_.push_back(use.material);
    }
    images_.push_back(std::move(image));
}

VkSampler Materials::sampler(const scene::Sampler& s) {
    const std::uint32_t key = static_cast<std::uint32_t>(s.mag) | static_cast<std::uint32_t>(s.min) << 1 |
                              static_cast<std::uint32_t>(s.mip) << 2 | (s.mipmaps ? 8u : 0u) |
                              static_cast<std::uint32_t>(s.wrap_s) << 4 | static_cast<std::uint32_t>(s.wrap_t) << 6;
    Sampler& known = samplers_[key];
    if (!known) {
        const auto filter = [](scene::Filter f) {
            return f == scene::Filter::Nearest ? VK_FILTER_NEAREST : VK_FILTER_LINEAR;
        };
        SamplerInfo info;
        info.mag = filter(s.mag);
        info.min = filter(s.min);
        info.mip = s.mip == scene::Filter::Nearest ? VK_SAMPLER_MIPMAP_MODE_NEAREST : VK_SAMPLER_MIPMAP_MODE_LINEAR;
        info.mipmaps = s.mipmaps;
        info.wrap_u = address_mode(s.wrap_s);
        info.wrap_v = address_mode(s.wrap_t);
        info.anisotropy = gpu_->software || s.min == scene::Filter::Nearest ? 1.f : 8.f;
        known = make_sampler(*gpu_, info, "material");
    }
    return known.get();
}

} // namespace pw::renderer
