// SPDX-License-Identifier: Apache-2.0
#include "tests/renderer/offscreen.h"

#include "base/assert.h"
#include "base/file.h"
#include "renderer/internal/vk.h"

namespace pw::test {

using namespace renderer;

namespace {

void must(VkResult result) { PW_ASSERT(result == VK_SUCCESS, "Vulkan in a test"); }

std::uint32_t memory_type(VkPhysicalDevice gpu, std::uint32_t bits) {
    VkPhysicalDeviceMemoryProperties properties;
    vkGetPhysicalDeviceMemoryProperties(gpu, &properties);
    for (std::uint32_t i = 0; i < properties.memoryTypeCount; ++i) {
        const bool local = (properties.memoryTypes[i].propertyFlags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) != 0;
        if ((bits >> i & 1) != 0 && local) return i;
    }
    return 0;
}

void make_image(const Offscreen& o, VkFormat format, VkImageUsageFlags usage, VkImage& image, VkDeviceMemory& memory) {
    const VkDevice device = o.device->raw().device;
    VkImageCreateInfo create{};
    create.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
    create.imageType = VK_IMAGE_TYPE_2D;
    create.format = format;
    create.extent = {o.options.width, o.options.height, 1};
    create.mipLevels = 1;
    create.arrayLayers = o.options.views;
    create.samples = VK_SAMPLE_COUNT_1_BIT;
    create.usage = usage;
    must(vkCreateImage(device, &create, nullptr, &image));
    VkMemoryRequirements needs;
    vkGetImageMemoryRequirements(device, image, &needs);
    VkMemoryAllocateInfo allocate{};
    allocate.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    allocate.allocationSize = needs.size;
    allocate.memoryTypeIndex = memory_type(o.device->raw().gpu, needs.memoryTypeBits);
    must(vkAllocateMemory(device, &allocate, nullptr, &memory));
    must(vkBindImageMemory(device, image, memory, 0));
}

} // namespace

Result<std::unique_ptr<Offscreen>> Offscreen::make(const OffscreenOptions& options, Jobs& jobs) {
    auto out = std::make_unique<Offscreen>();
    out->options = options;
    DeviceOptions device_options;
    device_options.validation = options.validation;
    device_options.memory_limit = options.memory_limit;
    if (!options.cache_folder.empty()) device_options.cache_file = join_path(options.cache_folder, "pipelines.bin");
    auto device = Device::make(device_options);
    if (!device) return std::unexpected(device.error());
    out->device = std::move(*device);
    if (!options.block_textures) gpu_of(*out->device).block_textures = false;
    make_image(*out, options.format,
               VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
               out->color, out->color_memory);
    if (options.depth) {
        make_image(*out, VK_FORMAT_D32_SFLOAT,
                   VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT, out->depth,
                   out->depth_memory);
    }
    RendererOptions renderer_options;
    renderer_options.tier = options.tier;
    renderer_options.samples = options.samples;
    renderer_options.detail_px = options.detail_px;
    renderer_options.occlusion = options.occlusion;
    renderer_options.ambient_occlusion = options.ambient_occlusion;
    renderer_options.color_format = options.format;
    renderer_options.view_count = options.views;
    renderer_options.compress_textures = options.compress_textures;
    renderer_options.cache_folder = options.cache_folder;
    renderer_options.font_file = options.font_file;
    auto renderer = Renderer::make(*out->device, jobs, renderer_options);
    if (!renderer) return std::unexpected(renderer.error());
    out->renderer = std::move(*renderer);
    return out;
}

Offscreen::~Offscreen() {
    renderer.reset();
    if (!device) return;
    const VkDevice raw = device->raw().device;
    vkDestroyImage(raw, color, nullptr);
    vkFreeMemory(raw, color_memory, nullptr);
    vkDestroyImage(raw, depth, nullptr);
    vkFreeMemory(raw, depth_memory, nullptr);
}

Target Offscreen::target(bool read_back) const {
    Target target;
    target.color = color;
    target.format = options.format;
    target.width = options.width;
    target.height = options.height;
    target.layers = options.views;
    target.depth = depth;
    target.read_back = read_back;
    target.supersample = options.supersample;
    return target;
}

} // namespace pw::test
