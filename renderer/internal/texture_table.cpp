// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/texture_table.h"

#include "base/log.h"
#include "renderer/internal/upload.h"
#include "shaders/shared.h"

#include <array>
#include <utility>

namespace pw::renderer {

TextureTable::TextureTable(Gpu& gpu, const Layouts& layouts) : gpu_(&gpu) {
    const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, shaders::kMaxTextures};
    const VkDescriptorPoolCreateInfo create{VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                            nullptr,
                                            VK_DESCRIPTOR_POOL_CREATE_UPDATE_AFTER_BIND_BIT,
                                            1,
                                            1,
                                            &size};
    VkDescriptorPool raw_pool = VK_NULL_HANDLE;
    check(vkCreateDescriptorPool(gpu.device, &create, nullptr, &raw_pool), "vkCreateDescriptorPool");
    pool_ = DescriptorPool(gpu.device, raw_pool);
    name_object(gpu, VK_OBJECT_TYPE_DESCRIPTOR_POOL, raw_pool, "textures");
    const VkDescriptorSetLayout layout = layouts.textures.get();
    const VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, nullptr, raw_pool, 1,
                                               &layout};
    check(vkAllocateDescriptorSets(gpu.device, &allocate, &set_), "vkAllocateDescriptorSets");
    name_object(gpu, VK_OBJECT_TYPE_DESCRIPTOR_SET, set_, "textures");

    sampler_ = make_sampler(gpu, {}, "built-in textures");
    static constexpr std::array<std::array<std::uint8_t, 4>, 4> kTexels{
        {{255, 255, 255, 255}, {128, 128, 255, 255}, {0, 0, 0, 255}, {255, 128, 255, 255}}};
    UploadRing ring(gpu);
    for (std::size_t i = 0; i < kTexels.size(); ++i) {
        ImageInfo info;
        info.format = VK_FORMAT_R8G8B8A8_UNORM;
        info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
        builtin_.push_back(make_image(gpu, info, "built-in texture"));
    }
    run_now(gpu, [&](VkCommandBuffer cmd) {
        for (std::size_t i = 0; i < kTexels.size(); ++i) {
            image_barrier(cmd, {.image = builtin_[i].get(),
                                .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                                .after = access::kTransferWrite});
            copy_to_image(cmd, ring, std::as_bytes(std::span(kTexels[i])), builtin_[i], 0, 0);
            make_mipmaps(cmd, builtin_[i]);
        }
    });
    for (const Image& image : builtin_) add(image.view(), sampler_.get());
}

std::uint32_t TextureTable::add(VkImageView view, VkSampler sampler, VkImageLayout layout) {
    std::uint32_t slot = used_;
    // A slot freed while a frame is recorded may still be read by the frames before it.
    if (!freed_.empty() && freed_.front().serial + 2 < gpu_->serial) {
        slot = freed_.front().slot;
        freed_.erase(freed_.begin());
    } else if (used_ < shaders::kMaxTextures) {
        ++used_;
    } else {
        if (!std::exchange(told_full_, true)) {
            log_warn("More textures than the renderer has slots for: some are drawn white");
        }
        return shaders::kWhiteTexture;
    }
    const VkDescriptorImageInfo image{sampler, view, layout};
    VkWriteDescriptorSet write{VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
    write.dstSet = set_;
    write.dstArrayElement = slot;
    write.descriptorCount = 1;
    write.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
    write.pImageInfo = &image;
    vkUpdateDescriptorSets(gpu_->device, 1, &write, 0, nullptr);
    return slot;
}

void TextureTable::remove(std::uint32_t slot) {
    if (slot > shaders::kTangentTexture) freed_.push_back({gpu_->serial, slot});
}

} // namespace pw::renderer
