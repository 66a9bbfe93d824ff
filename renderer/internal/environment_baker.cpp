// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/environment_baker.h"

#include "pw_shaders.h"
#include "renderer/internal/radiance.h"
#include "renderer/internal/upload.h"
#include "renderer/passes/address.h"
#include "shaders/pass_layouts.h"

#include <array>
#include <bit>
#include <cstring>
#include <vector>

namespace pw::renderer {
namespace {

constexpr VkFormat kFormat = VK_FORMAT_R16G16B16A16_SFLOAT;
constexpr std::uint32_t kTexelSize = 8;
constexpr std::uint32_t kSourceSide = 256; // of the cube that samples are taken from
constexpr std::uint32_t kSmallestMip = 8;  // of the result: fewer texels would show as facets
constexpr std::uint32_t kTableSamples = 512;
constexpr Access kComputeResult{VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT, VK_ACCESS_2_SHADER_WRITE_BIT};

shaders::EnvironmentPush push_for(VkDeviceAddress target, std::uint32_t side) {
    shaders::EnvironmentPush push{};
    push.target_low = low_word(target);
    push.target_high = high_word(target);
    push.side = side;
    return push;
}

void dispatch(VkCommandBuffer cmd, VkPipelineLayout layout, const shaders::EnvironmentPush& constants,
              std::uint32_t layers) {
    push(cmd, layout, constants);
    const std::uint32_t groups = (constants.side + 7) / 8;
    vkCmdDispatch(cmd, groups, groups, layers);
}

std::vector<std::byte> take(const Buffer& buffer, std::size_t size) {
    buffer.invalidate();
    return {buffer.data(), buffer.data() + size};
}

// A frame set of which only the cube to sample is written.
struct SourceSet {
    DescriptorPool pool;
    VkDescriptorSet set = VK_NULL_HANDLE;
};

SourceSet make_source_set(const Gpu& gpu, const Layouts& layouts, const Image& cube, const Sampler& sampler) {
    constexpr std::array kSizes{VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, 1},
                                VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 16},
                                VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 4}};
    const VkDescriptorPoolCreateInfo create{
        VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, nullptr, 0, 1, kSizes.size(), kSizes.data()};
    SourceSet out;
    VkDescriptorPool pool = VK_NULL_HANDLE;
    check(vkCreateDescriptorPool(gpu.device, &create, nullptr, &pool), "vkCreateDescriptorPool");
    out.pool = DescriptorPool(gpu.device, pool);
    name_object(gpu, VK_OBJECT_TYPE_DESCRIPTOR_POOL, pool, "environment source");
    const VkDescriptorSetLayout layout = layouts.frame.get();
    const VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, nullptr, pool, 1,
                                               &layout};
    check(vkAllocateDescriptorSets(gpu.device, &allocate, &out.set), "vkAllocateDescriptorSets");
    name_object(gpu, VK_OBJECT_TYPE_DESCRIPTOR_SET, out.set, "environment source");
    const VkDescriptorImageInfo image{sampler.get(), cube.view(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
    VkWriteDescriptorSet write{VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
    write.dstSet = out.set;
    write.dstBinding = shaders::kBindSpecular;
    write.descriptorCount = 1;
    write.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
    write.pImageInfo = &image;
    vkUpdateDescriptorSets(gpu.device, 1, &write, 0, nullptr);
    return out;
}

Image make_source_cube(Gpu& gpu) {
    ImageInfo info;
    info.format = kFormat;
    info.width = info.height = kSourceSide;
    info.layers = 6;
    info.mips = std::bit_width(kSourceSide);
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
    info.view_type = VK_IMAGE_VIEW_TYPE_CUBE;
    return make_image(gpu, info, "environment source");
}

void fill_cube(VkCommandBuffer cmd, const Buffer& faces, const Image& cube) {
    memory_barrier(cmd, kComputeResult, access::kTransferRead);
    image_barrier(cmd,
                  {.image = cube.get(), .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, .after = access::kTransferWrite});
    VkBufferImageCopy region{};
    region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 6};
    region.imageExtent = {cube.info().width, cube.info().height, 1};
    vkCmdCopyBufferToImage(cmd, faces.get(), cube.get(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &region);
    make_mipmaps(cmd, cube);
}

} // namespace

std::vector<std::byte> make_split_sum_table(Gpu& gpu, const Layouts& layouts, VkDescriptorSet texture_set,
                                            std::uint32_t side) {
    const Pipeline pipeline =
        make_compute(gpu, layouts.pipeline.get(), pw::shaders::environment_dfg_comp, "split-sum table");
    const std::size_t size = std::size_t{side} * side * kTexelSize;
    const Buffer out = make_buffer(gpu, size, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, Memory::Readback, "split-sum table");
    run_now(gpu, [&](VkCommandBuffer cmd) {
        const VkPipelineLayout layout = layouts.pipeline.get();
        vkCmdBindDescriptorSets(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, layout, shaders::kTextureSet, 1, &texture_set, 0,
                                nullptr);
        vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.get());
        shaders::EnvironmentPush constants = push_for(out.address(), side);
        constants.samples = kTableSamples;
        dispatch(cmd, layout, constants, 1);
        memory_barrier(cmd, kComputeResult, access::kHostRead);
    });
    return take(out, size);
}

PrefilteredEnvironment bake_environment(Gpu& gpu, const Layouts& layouts, const SourceMap& source,
                                        const scene::HdrPixels& map, std::uint32_t side) {
    const VkPipelineLayout layout = layouts.pipeline.get();
    const Pipeline to_cube = make_compute(gpu, layout, pw::shaders::environment_cube_comp, "environment cube");
    const Pipeline prefilter =
        make_compute(gpu, layout, pw::shaders::environment_prefilter_comp, "environment prefilter");
    const Image cube = make_source_cube(gpu);
    const Sampler sampler = make_sampler(gpu, {}, "environment source");
    const SourceSet source_set = make_source_set(gpu, layouts, cube, sampler);
    const Buffer faces = make_buffer(gpu, std::size_t{kSourceSide} * kSourceSide * 6 * kTexelSize,
                                     VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, Memory::Device, "environment source");

    PrefilteredEnvironment out;
    out.side = side;
    std::vector<std::size_t> starts;
    std::size_t size = 0;
    for (std::uint32_t s = side; s >= kSmallestMip; s /= 2) {
        starts.push_back(size);
        size += std::size_t{s} * s * 6 * kTexelSize;
    }
    out.mips = static_cast<std::uint32_t>(starts.size());
    const Buffer result =
        make_buffer(gpu, size, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, Memory::Readback, "prefiltered environment");

    run_now(gpu, [&](VkCommandBuffer cmd) {
        const std::array sets{source_set.set, source.texture_set};
        vkCmdBindDescriptorSets(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, layout, 0, sets.size(), sets.data(), 0, nullptr);
        vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, to_cube.get());
        shaders::EnvironmentPush constants = push_for(faces.address(), kSourceSide);
        constants.source_texture = source.texture;
        dispatch(cmd, layout, constants, 6);
        fill_cube(cmd, faces, cube);
        // make_mipmaps() has made it visible to fragment shaders only.
        memory_barrier(cmd, access::kFragmentRead, access::kComputeRead);
        vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, prefilter.get());
        for (std::uint32_t mip = 0; mip < out.mips; ++mip) {
            constants = push_for(result.address() + starts[mip], side >> mip);
            constants.roughness = static_cast<float>(mip) / static_cast<float>(out.mips - 1);
            constants.samples = 128u << mip; // wider lobes on fewer texels
            dispatch(cmd, layout, constants, 6);
        }
        memory_barrier(cmd, kComputeResult, access::kHostRead);
    });
    out.irradiance = irradiance_of(map);
    out.texels = take(result, size);
    return out;
}

} // namespace pw::renderer
