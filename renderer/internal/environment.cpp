// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/environment.h"

#include "renderer/internal/disk_cache.h"
#include "renderer/internal/environment_baker.h"
#include "renderer/internal/radiance.h"
#include "renderer/internal/upload.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace pw::renderer {
namespace {

constexpr VkFormat kFormat = VK_FORMAT_R16G16B16A16_SFLOAT;
constexpr std::uint32_t kTexelSize = 8;
constexpr std::uint32_t kTableSide = 128;
// Grow when what is computed changes: they are part of the cache's keys.
constexpr std::uint64_t kCubeVersion = 2, kTableVersion = 2;

std::size_t cube_size(std::uint32_t side, std::uint32_t mips) {
    std::size_t size = 0;
    for (std::uint32_t mip = 0; mip < mips; ++mip) {
        const std::size_t s = side >> mip;
        size += s * s * 6 * kTexelSize;
    }
    return size;
}

Image make_filled_table(Gpu& gpu, Bytes texels) {
    ImageInfo info;
    info.format = kFormat;
    info.width = info.height = kTableSide;
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    Image image = make_image(gpu, info, "split-sum table");
    UploadRing ring(gpu);
    run_now(gpu, [&](VkCommandBuffer cmd) {
        image_barrier(
            cmd, {.image = image.get(), .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, .after = access::kTransferWrite});
        copy_to_image(cmd, ring, texels, image, 0, 0);
        make_mipmaps(cmd, image);
    });
    return image;
}

} // namespace

std::vector<std::byte> to_bytes(const PrefilteredEnvironment& environment) {
    const std::array head{environment.side, environment.mips};
    std::vector<std::byte> out(sizeof head + sizeof environment.irradiance + environment.texels.size());
    std::memcpy(out.data(), head.data(), sizeof head);
    std::memcpy(out.data() + sizeof head, environment.irradiance.data(), sizeof environment.irradiance);
    std::ranges::copy(environment.texels, out.end() - static_cast<std::ptrdiff_t>(environment.texels.size()));
    return out;
}

Result<PrefilteredEnvironment> parse_prefiltered(Bytes bytes) {
    ByteReader reader(bytes);
    PrefilteredEnvironment out;
    out.side = reader.read<std::uint32_t>();
    out.mips = reader.read<std::uint32_t>();
    out.irradiance = reader.read<std::array<Vec4, 9>>();
    if (!reader.ok() || !std::has_single_bit(out.side) || out.side > 1024 || out.mips == 0 ||
        (out.side >> (out.mips - 1)) == 0 || reader.left() != cube_size(out.side, out.mips)) {
        return fail(Errc::Malformed, "not a prefiltered environment");
    }
    const Bytes texels = reader.take(reader.left());
    out.texels.assign(texels.begin(), texels.end());
    return out;
}

Environment::Environment(Gpu& gpu, const Layouts& layouts, TextureTable& textures, std::string cache_folder)
    : gpu_(&gpu), layouts_(&layouts), textures_(&textures), cache_folder_(std::move(cache_folder)) {
    cube_sampler_ = make_sampler(gpu, {}, "environment cube");
    table_sampler_ = make_sampler(gpu, {.mipmaps = false}, "split-sum table");
    sky_sampler_ = make_sampler(gpu, {.wrap_u = VK_SAMPLER_ADDRESS_MODE_REPEAT}, "environment map");
    load_table();
    const Result<void> studio = set(studio_environment());
    PW_ASSERT(studio.has_value(), "the studio is an environment");
}

void Environment::load_table() {
    std::vector<std::byte> texels = load_cached(cache_folder_, "dfg", kTableVersion).value_or(std::vector<std::byte>{});
    if (texels.size() != std::size_t{kTableSide} * kTableSide * kTexelSize) {
        ++bakes_;
        texels = make_split_sum_table(*gpu_, *layouts_, textures_->set(), kTableSide);
        if (!gpu_->lost) store_cached(cache_folder_, "dfg", kTableVersion, texels);
    }
    table_ = make_filled_table(*gpu_, texels);
}

Result<void> Environment::set(const scene::HdrPixels& given) {
    if (given.width == 0 || given.height == 0 || given.rgb.size() != std::size_t{given.width} * given.height * 3) {
        return fail(Errc::Malformed, "an environment map without pixels");
    }
    const std::uint32_t limit = gpu_->properties.limits.maxImageDimension2D;
    if (given.width > limit || given.height > limit) {
        return fail(Errc::Exhausted, "the environment map is larger than the GPU's textures, which have at most " +
                                         std::to_string(limit) + " pixels a side");
    }
    const std::uint32_t side = gpu_->software ? 64 : 128;
    const std::array parts{kCubeVersion, std::uint64_t{given.width}, std::uint64_t{given.height}, std::uint64_t{side}};
    const std::uint64_t key = hash64(std::as_bytes(std::span(given.rgb)), hash64(std::as_bytes(std::span(parts))));

    const scene::HdrPixels map = without_fireflies(given);
    if (auto uploaded = upload_sky(map); !uploaded) return uploaded;
    Result<PrefilteredEnvironment> prefiltered = fail(Errc::NotFound, "not in the cache");
    if (const auto cached = load_cached(cache_folder_, "environment", key)) prefiltered = parse_prefiltered(*cached);
    if (!prefiltered || prefiltered->side != side) {
        ++bakes_;
        prefiltered = bake_environment(*gpu_, *layouts_, {textures_->set(), sky_slot_}, map, side);
        if (!gpu_->lost) store_cached(cache_folder_, "environment", key, to_bytes(*prefiltered));
    }
    upload_cube(*prefiltered);
    irradiance_ = prefiltered->irradiance;
    return {};
}

Result<void> Environment::upload_sky(const scene::HdrPixels& map) {
    ImageInfo info;
    info.format = kFormat;
    info.width = map.width;
    info.height = map.height;
    info.mips = static_cast<std::uint32_t>(std::bit_width(std::max(map.width, map.height)));
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
    const std::vector<std::uint16_t> texels = half_rgba_of(map);
    UploadRing ring(*gpu_);
    const auto staged = ring.try_take(texels.size() * sizeof texels[0]);
    auto made = try_make_image(*gpu_, info, "environment map");
    if (!made) return std::unexpected(made.error());
    if (!staged) return fail(Errc::Exhausted, "no memory to hand the environment map to the GPU");
    std::memcpy(staged->data, texels.data(), staged->size);
    sky_ = std::move(*made);
    run_now(*gpu_, [&](VkCommandBuffer cmd) {
        image_barrier(
            cmd, {.image = sky_.get(), .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, .after = access::kTransferWrite});
        copy_to_image(cmd, *staged, sky_, 0, 0);
        make_mipmaps(cmd, sky_);
    });
    textures_->remove(sky_slot_);
    sky_slot_ = textures_->add(sky_.view(), sky_sampler_.get());
    return {};
}

void Environment::upload_cube(const PrefilteredEnvironment& environment) {
    ImageInfo info;
    info.format = kFormat;
    info.width = info.height = environment.side;
    info.layers = 6;
    info.mips = environment.mips;
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    info.view_type = VK_IMAGE_VIEW_TYPE_CUBE;
    cube_ = make_image(*gpu_, info, "prefiltered environment");
    UploadRing ring(*gpu_);
    run_now(*gpu_, [&](VkCommandBuffer cmd) {
        image_barrier(
            cmd, {.image = cube_.get(), .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, .after = access::kTransferWrite});
        Bytes rest = environment.texels;
        for (std::uint32_t mip = 0; mip < info.mips; ++mip) {
            const std::size_t face = std::size_t{info.width >> mip} * (info.width >> mip) * kTexelSize;
            for (std::uint32_t layer = 0; layer < 6; ++layer) {
                copy_to_image(cmd, ring, rest.first(face), cube_, mip, layer);
                rest = rest.subspan(face);
            }
        }
        image_barrier(cmd, {.image = cube_.get(),
                            .from = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                            .to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                            .before = access::kTransferWrite,
                            .after = access::kFragmentRead});
    });
}

void Environment::fill(shaders::FrameUniforms& uniforms, float intensity) const {
    for (std::size_t i = 0; i < irradiance_.size(); ++i) uniforms.irradiance[i] = irradiance_[i];
    uniforms.environment.x = intensity;
    uniforms.environment.y = static_cast<float>(cube_.info().mips - 1);
    uniforms.environment.w = 1.f;
}

void Environment::write(VkDescriptorSet frame_set) const {
    const std::array images{
        VkDescriptorImageInfo{cube_sampler_.get(), cube_.view(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL},
        VkDescriptorImageInfo{table_sampler_.get(), table_.view(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL}};
    constexpr std::array kBindings{shaders::kBindSpecular, shaders::kBindDfg};
    std::array<VkWriteDescriptorSet, images.size()> writes{};
    for (std::size_t i = 0; i < writes.size(); ++i) {
        writes[i] = {VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
        writes[i].dstSet = frame_set;
        writes[i].dstBinding = kBindings[i];
        writes[i].descriptorCount = 1;
        writes[i].descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
        writes[i].pImageInfo = &images[i];
    }
    vkUpdateDescriptorSets(gpu_->device, writes.size(), writes.data(), 0, nullptr);
}

} // namespace pw::renderer
