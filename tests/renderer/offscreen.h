#pragma once
// SPDX-License-Identifier: Apache-2.0
// A device, a renderer and an image to draw into. Tests use it through Studio; benchmarks as it is.

#include "base/jobs.h"
#include "renderer/renderer.h"

#include <cstdint>
#include <memory>
#include <string>

namespace pw::test {

struct OffscreenOptions {
    std::uint32_t width = 320, height = 240, views = 1;
    std::optional<renderer::Tier> tier = renderer::Tier::Software;
    std::uint32_t samples = 0; // by the tier
    bool occlusion = true, ambient_occlusion = false;
    float detail_px = 0.f; // as of RendererOptions: each part with all of its triangles
    std::uint32_t supersample = 1;
    VkFormat format = VK_FORMAT_R8G8B8A8_SRGB;
    bool depth = false; // a depth target as well
    bool validation = false;
    std::uint64_t memory_limit = 0;        // bytes of the GPU's; 0: all
    std::optional<bool> compress_textures; // as of RendererOptions
    bool block_textures = true;            // false: a device that does not read them
    std::string cache_folder;
    std::string font_file;
};

struct Offscreen {
    OffscreenOptions options;
    std::unique_ptr<renderer::Device> device;
    std::unique_ptr<renderer::Renderer> renderer;
    VkImage color = VK_NULL_HANDLE, depth = VK_NULL_HANDLE;
    VkDeviceMemory color_memory = VK_NULL_HANDLE, depth_memory = VK_NULL_HANDLE;

    static Result<std::unique_ptr<Offscreen>> make(const OffscreenOptions& options, Jobs& jobs);
    ~Offscreen();
    renderer::Target target(bool read_back) const;
};

} // namespace pw::test
