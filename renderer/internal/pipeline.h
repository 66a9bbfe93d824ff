#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pipelines. All passes share one layout: set 0 the frame set, set 1 the textures, 128 bytes of push constants that
// every stage sees (shaders/shared.h). Data of a single pass travels by device address in its push constants. Viewport,
// scissor, cull mode and front face are dynamic. Any thread may make pipelines.

#include "renderer/internal/vk.h"

#include <cstdint>
#include <span>

namespace pw::renderer {

// What is drawn into; every graphics pipeline is made for one.
struct TargetFormats {
    VkFormat color = VK_FORMAT_UNDEFINED;
    VkFormat depth = VK_FORMAT_UNDEFINED;
    VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
    std::uint32_t view_mask = 0;
    bool encode_srgb = false; // `color` is not an _SRGB format: the shader writes encoded values
};

enum class Blend : std::uint8_t {
    None,
    Premultiplied,
    Under,   // premultiplied, below what is there: only where that lets it through
    Through, // a second output says how much of each colour behind comes through
    Add,
    Dim,  // alpha takes that share of the light away, and leaves the picture's alpha
    Fade, // the same, of the picture's alpha as well
};

using Spirv = std::span<const std::uint32_t>;

struct GraphicsInfo {
    const char* name = "";
    Spirv vertex, fragment; // no fragment: depth only
    TargetFormats formats;
    std::span<const VkVertexInputBindingDescription> bindings;
    std::span<const VkVertexInputAttributeDescription> attributes;
    VkPrimitiveTopology topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
    Blend blend = Blend::None;
    bool depth_test = true; // reversed: nearer is greater
    bool depth_write = true;
    VkCompareOp depth_compare = VK_COMPARE_OP_GREATER_OR_EQUAL;
    bool depth_bias = false;                  // then set dynamically
    std::span<const std::uint32_t> constants; // specialisation constants 0, 1, 2 … of all stages
};

Result<Pipeline> try_make_graphics(const Gpu& gpu, VkPipelineLayout layout, const GraphicsInfo& info);
Pipeline make_graphics(const Gpu& gpu, VkPipelineLayout layout, const GraphicsInfo& info);
Pipeline make_compute(const Gpu& gpu, VkPipelineLayout layout, Spirv spirv, const char* name,
                      std::span<const std::uint32_t> constants = {});

// The two set layouts and the one pipeline layout.
struct Layouts {
    SetLayout frame, textures;
    PipelineLayout pipeline;
};
Layouts make_layouts(const Gpu& gpu);

template <class T> void push(VkCommandBuffer cmd, VkPipelineLayout layout, const T& constants) {
    static_assert(sizeof(T) <= 128 && sizeof(T) % 4 == 0);
    vkCmdPushConstants(cmd, layout, VK_SHADER_STAGE_ALL, 0, sizeof(T), &constants);
}

} // namespace pw::renderer
