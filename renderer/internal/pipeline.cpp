// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/pipeline.h"

#include "shaders/shared.h"

#include <array>
#include <string>
#include <vector>

namespace pw::renderer {
namespace {

constexpr std::size_t kMaxConstants = 16;

VkShaderModule make_module(const Gpu& gpu, Spirv spirv) {
    const VkShaderModuleCreateInfo create{VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, nullptr, 0, spirv.size_bytes(),
                                          spirv.data()};
    VkShaderModule module = VK_NULL_HANDLE;
    check(vkCreateShaderModule(gpu.device, &create, nullptr, &module), "vkCreateShaderModule");
    return module;
}

// Constants 0, 1, 2 … of four bytes each.
struct Specialization {
    std::array<VkSpecializationMapEntry, kMaxConstants> entries{};
    VkSpecializationInfo info{};
    explicit Specialization(std::span<const std::uint32_t> constants) {
        PW_ASSERT(constants.size() <= kMaxConstants, "more specialisation constants than there is room for");
        for (std::uint32_t i = 0; i < constants.size(); ++i) entries[i] = {i, i * 4, 4};
        info = {static_cast<std::uint32_t>(constants.size()), entries.data(), constants.size_bytes(), constants.data()};
    }
};

VkPipelineShaderStageCreateInfo stage_info(VkShaderStageFlagBits stage, VkShaderModule module,
                                           const Specialization& special) {
    return {VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO, nullptr, 0, stage, module, "main", &special.info};
}

VkPipelineDepthStencilStateCreateInfo depth_state(const GraphicsInfo& info) {
    VkPipelineDepthStencilStateCreateInfo state{VK_STRUCTURE_TYPE_PIPELINE_DEPTH_STENCIL_STATE_CREATE_INFO};
    state.depthTestEnable = info.depth_test;
    state.depthWriteEnable = info.depth_write;
    state.depthCompareOp = info.depth_compare;
    return state;
}

VkPipelineColorBlendAttachmentState blend_state(Blend blend) {
    VkPipelineColorBlendAttachmentState state{};
    state.blendEnable = blend != Blend::None;
    const bool taken = blend == Blend::Dim || blend == Blend::Fade;
    state.srcColorBlendFactor = state.srcAlphaBlendFactor = taken ? VK_BLEND_FACTOR_ZERO : VK_BLEND_FACTOR_ONE;
    state.dstColorBlendFactor = state.dstAlphaBlendFactor =
        blend == Blend::Add ? VK_BLEND_FACTOR_ONE : VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
    if (blend == Blend::Through) {
        state.dstColorBlendFactor = VK_BLEND_FACTOR_SRC1_COLOR;
        state.dstAlphaBlendFactor = VK_BLEND_FACTOR_SRC1_ALPHA;
    }
    if (blend == Blend::Dim) state.dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE;
    if (blend == Blend::Under) {
        state.srcColorBlendFactor = state.srcAlphaBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_DST_ALPHA;
        state.dstColorBlendFactor = state.dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE;
    }
    state.colorWriteMask =
        VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT | VK_COLOR_COMPONENT_A_BIT;
    return state;
}

VkPipelineRasterizationStateCreateInfo raster_state(const GraphicsInfo& info) {
    VkPipelineRasterizationStateCreateInfo state{VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO};
    state.depthBiasEnable = info.depth_bias;
    state.polygonMode = VK_POLYGON_MODE_FILL;
    state.lineWidth = 1.f;
    return state;
}

} // namespace

Pipeline make_graphics(const Gpu& gpu, VkPipelineLayout layout, const GraphicsInfo& info) {
    auto made = try_make_graphics(gpu, layout, info);
    if (!made) check(VK_ERROR_OUT_OF_DEVICE_MEMORY, info.name);
    return std::move(*made);
}

Result<Pipeline> try_make_graphics(const Gpu& gpu, VkPipelineLayout layout, const GraphicsInfo& info) {
    const Specialization special(info.constants);
    const VkShaderModule vertex = make_module(gpu, info.vertex);
    const VkShaderModule fragment = info.fragment.empty() ? VK_NULL_HANDLE : make_module(gpu, info.fragment);
    const std::array stages{stage_info(VK_SHADER_STAGE_VERTEX_BIT, vertex, special),
                            stage_info(VK_SHADER_STAGE_FRAGMENT_BIT, fragment, special)};

    VkPipelineRenderingCreateInfo rendering{VK_STRUCTURE_TYPE_PIPELINE_RENDERING_CREATE_INFO};
    rendering.viewMask = info.formats.view_mask;
    rendering.colorAttachmentCount = info.formats.color == VK_FORMAT_UNDEFINED ? 0 : 1;
    rendering.pColorAttachmentFormats = &info.formats.color;
    rendering.depthAttachmentFormat = info.formats.depth;

    VkPipelineVertexInputStateCreateInfo input{VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO};
    input.vertexBindingDescriptionCount = static_cast<std::uint32_t>(info.bindings.size());
    input.pVertexBindingDescriptions = info.bindings.data();
    input.vertexAttributeDescriptionCount = static_cast<std::uint32_t>(info.attributes.size());
    input.pVertexAttributeDescriptions = info.attributes.data();
    const VkPipelineInputAssemblyStateCreateInfo assembly{VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO,
                                                          nullptr, 0, info.topology, VK_FALSE};
    VkPipelineViewportStateCreateInfo viewport{VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO};
    viewport.viewportCount = viewport.scissorCount = 1;
    const VkPipelineRasterizationStateCreateInfo raster = raster_state(info);
    VkPipelineMultisampleStateCreateInfo samples{VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO};
    samples.rasterizationSamples = info.formats.samples;
    const VkPipelineDepthStencilStateCreateInfo depth = depth_state(info);
    const VkPipelineColorBlendAttachmentState attachment = blend_state(info.blend);
    VkPipelineColorBlendStateCreateInfo blend{VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO};
    blend.attachmentCount = rendering.colorAttachmentCount;
    blend.pAttachments = &attachment;
    std::array dynamic{VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR, VK_DYNAMIC_STATE_CULL_MODE,
                       VK_DYNAMIC_STATE_FRONT_FACE, VK_DYNAMIC_STATE_DEPTH_BIAS};
    const VkPipelineDynamicStateCreateInfo dynamic_info{VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO, nullptr,
                                                        0, info.depth_bias ? 5u : 4u, dynamic.data()};

    VkGraphicsPipelineCreateInfo create{VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO, &rendering};
    create.stageCount = fragment == VK_NULL_HANDLE ? 1 : 2;
    create.pStages = stages.data();
    create.pVertexInputState = &input;
    create.pInputAssemblyState = &assembly;
    create.pViewportState = &viewport;
    create.pRasterizationState = &raster;
    create.pMultisampleState = &samples;
    create.pDepthStencilState = &depth;
    create.pColorBlendState = &blend;
    create.pDynamicState = &dynamic_info;
    create.layout = layout;
    VkPipeline raw = VK_NULL_HANDLE;
    const VkResult result = vkCreateGraphicsPipelines(gpu.device, gpu.pipeline_cache, 1, &create, nullptr, &raw);
    vkDestroyShaderModule(gpu.device, vertex, nullptr);
    if (fragment != VK_NULL_HANDLE) vkDestroyShaderModule(gpu.device, fragment, nullptr);
    if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY) {
        return fail(Errc::Exhausted, std::string(info.name) + ": no memory for a pipeline");
    }
    check(result, "vkCreateGraphicsPipelines");
    name_object(gpu, VK_OBJECT_TYPE_PIPELINE, raw, info.name);
    return Pipeline(gpu.device, raw);
}

Pipeline make_compute(const Gpu& gpu, VkPipelineLayout layout, Spirv spirv, const char* name,
                      std::span<const std::uint32_t> constants) {
    const Specialization special(constants);
    const VkShaderModule module = make_module(gpu, spirv);
    VkComputePipelineCreateInfo create{VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO};
    create.stage = stage_info(VK_SHADER_STAGE_COMPUTE_BIT, module, special);
    create.layout = layout;
    VkPipeline raw = VK_NULL_HANDLE;
    check(vkCreateComputePipelines(gpu.device, gpu.pipeline_cache, 1, &create, nullptr, &raw),
          "vkCreateComputePipelines");
    vkDestroyShaderModule(gpu.device, module, nullptr);
    name_object(gpu, VK_OBJECT_TYPE_PIPELINE, raw, name);
    return {gpu.device, raw};
}

namespace {

SetLayout make_set_layout(const Gpu& gpu, std::span<const VkDescriptorSetLayoutBinding> bindings,
                          VkDescriptorBindingFlags flags, VkDescriptorSetLayoutCreateFlags layout_flags,
                          const char* name) {
    const std::vector<VkDescriptorBindingFlags> each(bindings.size(), flags);
    const VkDescriptorSetLayoutBindingFlagsCreateInfo flags_info{
        VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_BINDING_FLAGS_CREATE_INFO, nullptr,
        static_cast<std::uint32_t>(each.size()), each.data()};
    const VkDescriptorSetLayoutCreateInfo create{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, &flags_info,
                                                 layout_flags, static_cast<std::uint32_t>(bindings.size()),
                                                 bindings.data()};
    VkDescriptorSetLayout raw = VK_NULL_HANDLE;
    check(vkCreateDescriptorSetLayout(gpu.device, &create, nullptr, &raw), "vkCreateDescriptorSetLayout");
    name_object(gpu, VK_OBJECT_TYPE_DESCRIPTOR_SET_LAYOUT, raw, name);
    return {gpu.device, raw};
}

} // namespace

Layouts make_layouts(const Gpu& gpu) {
    using namespace shaders;
    Layouts out;
    std::vector<VkDescriptorSetLayoutBinding> frame;
    for (std::uint32_t binding = kBindFrame; binding <= kBindOpenness; ++binding) {
        const VkDescriptorType type = binding == kBindFrame     ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER
                                      : binding < kBindSpecular ? VK_DESCRIPTOR_TYPE_STORAGE_BUFFER
                                                                : VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
        frame.push_back({binding, type, 1, VK_SHADER_STAGE_ALL, nullptr});
    }
    out.frame = make_set_layout(gpu, frame, 0, 0, "frame set");
    const VkDescriptorSetLayoutBinding textures{0, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, kMaxTextures,
                                                VK_SHADER_STAGE_ALL, nullptr};
    out.textures =
        make_set_layout(gpu, {&textures, 1},
                        VK_DESCRIPTOR_BINDING_PARTIALLY_BOUND_BIT | VK_DESCRIPTOR_BINDING_UPDATE_AFTER_BIND_BIT |
                            VK_DESCRIPTOR_BINDING_UPDATE_UNUSED_WHILE_PENDING_BIT,
                        VK_DESCRIPTOR_SET_LAYOUT_CREATE_UPDATE_AFTER_BIND_POOL_BIT, "textures");
    const std::array sets{out.frame.get(), out.textures.get()};
    const VkPushConstantRange range{VK_SHADER_STAGE_ALL, 0, kMaxPushBytes};
    const VkPipelineLayoutCreateInfo create{
        VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO, nullptr, 0, sets.size(), sets.data(), 1, &range};
    VkPipelineLayout raw = VK_NULL_HANDLE;
    check(vkCreatePipelineLayout(gpu.device, &create, nullptr, &raw), "vkCreatePipelineLayout");
    name_object(gpu, VK_OBJECT_TYPE_PIPELINE_LAYOUT, raw, "all passes");
    out.pipeline = PipelineLayout(gpu.device, raw);
    return out;
}

} // namespace pw::renderer
