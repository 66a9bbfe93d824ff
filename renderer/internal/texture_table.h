#pragma once
// SPDX-License-Identifier: Apache-2.0
// Set 1: all textures in one array, indexed by slots. Slots 0, 1, 2 are white, flat normal, black.

#include "renderer/internal/memory.h"
#include "renderer/internal/pipeline.h"

#include <cstdint>
#include <vector>

namespace pw::renderer {

class TextureTable {
  public:
    TextureTable() = default;
    TextureTable(Gpu& gpu, const Layouts& layouts);
    // When the table is full: white, and a warning once. `layout`: in which the view is read.
    std::uint32_t add(VkImageView view, VkSampler sampler,
                      VkImageLayout layout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL);
    void remove(std::uint32_t slot); // reused when the frames in flight are done
    VkDescriptorSet set() const { return set_; }

  private:
    struct Freed {
        std::uint64_t serial;
        std::uint32_t slot;
    };
    Gpu* gpu_ = nullptr;
    DescriptorPool pool_;
    VkDescriptorSet set_ = VK_NULL_HANDLE;
    std::vector<Image> builtin_;
    Sampler sampler_;
    std::uint32_t used_ = 0;
    bool told_full_ = false;
    std::vector<Freed> freed_; // oldest first
};

} // namespace pw::renderer
