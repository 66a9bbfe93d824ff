// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/materials.h"

#include "base/log.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>

namespace pw::renderer {
namespace {

constexpr std::size_t kBytesPerFrame = 16u << 20;

const scene::TextureUse& texture_of(const scene::Material& m, std::uint32_t use) {
    switch (use) {
    case shaders::kBaseColor:
        return m.base_color_texture;
    case shaders::kMetallicRoughness:
        return m.metallic_roughness_texture;
    case shaders::kNormal:
        return m.normal_texture;
    case shaders::kOcclusion:
        return m.occlusion_texture;
    default:
        return m.emissive_texture;
    }
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

shaders::GpuMaterial gpu_material(const scene::Material& m) {
    shaders::GpuMaterial out{};
    out.base_color = m.base_color;
    out.emissive = Vec4(m.emissive, m.alpha_cutoff);
    out.factors = {m.metallic, m.roughness, m.normal_scale, m.occlusion_strength};
    for (std::uint32_t use = 0; use < 5; ++use) {
        const scene::TextureUse& t = texture_of(m, use);
        slot_of(out, use) = use == shaders::kNormal ? shaders::kFlatNormalTexture : shaders::kWhiteTexture;
        out.uv_linear[use] = uv_linear(t);
        out.uv_offset[use] = {t.offset, 0.f, 0.f};
        if (t.texcoord == 1) out.more.y |= 1u << use;
    }
    return out;
}

Shading shading_of(const scene::Material& m) {
    Shading out;
    out.unlit = m.unlit;
    out.double_sided = m.double_sided;
    out.alpha = m.alpha_mode;
    const scene::TextureUse* first = nullptr;
    for (std::uint32_t use = 0; use < (m.unlit ? 1u : 5u); ++use) {
        const scene::TextureUse& t = texture_of(m, use);
        if (t.texture == scene::kNone) continue;
        out.textures |= static_cast<std::uint8_t>(1u << use);
        if (first == nullptr) first = &t;
        out.one_uv = out.one_uv && same_uv(*first, t);
    }
    return out;
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

} // namespace

scene::Pixels shrunk(scene::Pixels pixels, std::uint32_t limit) {
    while (pixels.width > limit || pixels.height > limit) {
        scene::Pixels half{std::max(1u, pixels.width / 2), std::max(1u, pixels.height / 2), {}};
        half.rgba.resize(std::size_t{4} * half.width * half.height);
        const std::size_t right = pixels.width > 1 ? 4 : 0,
                          below = pixels.height > 1 ? std::size_t{4} * pixels.width : 0;
        for (std::uint32_t y = 0; y < half.height; ++y) {
            for (std::uint32_t x = 0; x < half.width; ++x) {
                const std::size_t from =
                    (std::size_t{2} * y * (below != 0 ? pixels.width : 0) + (right != 0 ? 2 * x : 0)) * 4;
                for (std::size_t c = from; c < from + 4; ++c) {
                    const int sum = pixels.rgba[c] + pixels.rgba[c + right] + pixels.rgba[c + below] +
                                    pixels.rgba[c + right + below];
                    half.rgba[(std::size_t{y} * half.width + x) * 4 + c - from] =
                        static_cast<std::uint8_t>((sum + 2) / 4);
                }
            }
        }
        pixels = std::move(half);
    }
    return pixels;
}

// Shared with the job, which may outlive the renderer: `done` is the last thing it writes.
struct Materials::Decoding {
    std::shared_ptr<const scene::Model> model;
    std::uint32_t image = 0, limit = 0;
    std::uint32_t width = 0, height = 0;
    std::span<const std::uint8_t> rgba; // of one of these two; empty: there is an error
    std::optional<scene::DecodedImage> whole;
    scene::Pixels small; // where the GPU takes none so large
    std::string error;
    std::atomic<bool> done{false};

    void run() {
        auto decoded = scene::decode_image(model->images[image].encoded);
        if (!decoded)
            error = decoded.error().what;
        else if (std::max(decoded->width, decoded->height) <= limit)
            keep(whole.emplace(std::move(*decoded)));
        else
            keep(small = shrunk({decoded->width, decoded->height, {decoded->rgba().begin(), decoded->rgba().end()}},
                                limit));
        done.store(true, std::memory_order_release);
    }

  private:
    void keep(const scene::DecodedImage& from) {
        width = from.width;
        height = from.height;
        rgba = from.rgba();
    }
    void keep(const scene::Pixels& from) {
        width = from.width;
        height = from.height;
        rgba = from.rgba;
    }
};

Materials::Materials(Gpu& gpu, Jobs& jobs)
    : gpu_(&gpu), jobs_(&jobs), buffer_(gpu, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, "materials") {
    materials_.push_back(gpu_material({}));
    shadings_.push_back(shading_of({}));
}

Materials::~Materials() = default;

std::uint32_t Materials::add(const std::shared_ptr<const scene::Model>& model) {
    const auto first = static_cast<std::uint32_t>(materials_.size());
    std::map<ImageKey, std::size_t> started;
    for (const scene::Material& m : model->materials) {
        const auto index = static_cast<std::uint32_t>(materials_.size());
        materials_.push_back(gpu_material(m));
        shadings_.push_back(shading_of(m));
        for (std::uint32_t use = 0; use < 5; ++use) {
            if ((shadings_.back().textures >> use & 1) != 0) add_use(model, started, index, use, texture_of(m, use));
        }
    }
    dirty_ = true;
    return first;
}

void Materials::add_use(const std::shared_ptr<const scene::Model>& model, std::map<ImageKey, std::size_t>& started,
                        std::uint32_t material, std::uint32_t use, const scene::TextureUse& from) {
    const scene::Texture& texture = model->textures[from.texture];
    if (texture.image == scene::kNone) return;
    const bool srgb = use == shaders::kBaseColor || use == shaders::kEmissive;
    const auto [at, fresh] = started.try_emplace({texture.image, srgb}, loading_.size());
    if (fresh) {
        Loading loading;
        loading.srgb = srgb;
        loading.decoding = std::make_shared<Decoding>();
        loading.decoding->model = model;
        loading.decoding->image = texture.image;
        loading.decoding->limit = gpu_->properties.limits.maxImageDimension2D;
        jobs_->add(JobClass::Background, [decoding = loading.decoding] { decoding->run(); });
        loading_.push_back(std::move(loading));
    }
    loading_[at->second].uses.push_back({material, use, texture.sampler});
}

void Materials::sync(VkCommandBuffer cmd, UploadRing& ring, TextureTable& table, Reports& problems) {
    std::size_t bytes = 0;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < loading_.size(); ++i) {
        Loading& loading = loading_[i];
        if (bytes < kBytesPerFrame && loading.decoding->done.load(std::memory_order_acquire)) {
            bytes += loading.decoding->rgba.size();
            if (auto finished = finish(cmd, ring, table, loading); !finished) {
                const Decoding& of = *loading.decoding;
                problems.add(of.model->name + ": images[" + std::to_string(of.image) + "]", finished.error().what);
                log_warn(problems.list().back().where + ": " + finished.error().what);
            }
        } else {
            if (kept != i) loading_[kept] = std::move(loading);
            ++kept;
        }
    }
    loading_.resize(kept);
    if (!dirty_) return;
    dirty_ = false;
    buffer_.reserve(cmd, materials_.size() * sizeof(shaders::GpuMaterial), 0);
    copy_to_buffer(cmd, ring, std::as_bytes(std::span(materials_)), buffer_.get(), 0);
}

Result<void> Materials::finish(VkCommandBuffer cmd, UploadRing& ring, TextureTable& table, const Loading& loading) {
    const scene::Model& model = *loading.decoding->model;
    const Decoding& pixels = *loading.decoding;
    if (pixels.rgba.empty()) return fail(Errc::Malformed, pixels.error);
    ImageInfo info;
    info.format = loading.srgb ? VK_FORMAT_R8G8B8A8_SRGB : VK_FORMAT_R8G8B8A8_UNORM;
    info.width = pixels.width;
    info.height = pixels.height;
    info.mips = static_cast<std::uint32_t>(std::bit_width(std::max(pixels.width, pixels.height)));
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
    const auto staged = ring.try_take(pixels.rgba.size());
    auto made = try_make_image(*gpu_, info, model.images[loading.decoding->image].name.c_str());
    if (!made) return std::unexpected(made.error());
    if (!staged) return fail(Errc::Exhausted, "no memory to hand it to the GPU");
    std::memcpy(staged->data, pixels.rgba.data(), pixels.rgba.size());
    Image image = std::move(*made);
    image_barrier(cmd,
                  {.image = image.get(), .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, .after = access::kTransferWrite});
    copy_to_image(cmd, *staged, image, 0, 0);
    make_mipmaps(cmd, image);

    std::map<VkSampler, std::uint32_t> slots;
    for (const Use& use : loading.uses) {
        const VkSampler with = sampler(use.sampler);
        const auto [slot, fresh] = slots.try_emplace(with, 0);
        if (fresh) slot->second = table.add(image.view(), with);
        slot_of(materials_[use.material], use.use) = slot->second;
    }
    dirty_ = true;
    images_.push_back(std::move(image));
    return {};
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
