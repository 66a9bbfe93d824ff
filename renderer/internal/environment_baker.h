#pragma once
// SPDX-License-Identifier: Apache-2.0
// Computes, on the GPU, what environments are drawn with; the results come back to be kept on disk. Each call makes its
// pipelines, submits and waits: seconds on a software GPU, so only what the cache lacks.

#include "renderer/internal/environment.h"

namespace pw::renderer {

struct SourceMap { // uploaded with mips
    VkDescriptorSet texture_set = VK_NULL_HANDLE;
    std::uint32_t texture = 0;
};

// RGBA16F, side × side: scale and bias of the split sum, the albedo of sheen.
std::vector<std::byte> make_split_sum_table(Gpu& gpu, const Layouts& layouts, VkDescriptorSet texture_set,
                                            std::uint32_t side);
PrefilteredEnvironment bake_environment(Gpu& gpu, const Layouts& layouts, const SourceMap& source,
                                        const scene::HdrPixels& map, std::uint32_t side);

} // namespace pw::renderer
