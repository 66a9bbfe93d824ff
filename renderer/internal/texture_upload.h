#pragma once
// SPDX-License-Identifier: Apache-2.0
// Copies a texture to the GPU in pieces, as many bytes a frame as there is a budget for. Where the GPU has no memory
// for all of it, it comes without its largest mipmaps. Frame thread only.

#include "base/result.h"
#include "renderer/internal/texture_data.h"
#include "renderer/internal/upload.h"

#include <cstddef>

namespace pw::renderer {

class TextureUpload {
  public:
    // Takes from `budget` what it copies. True when all of it is there, to be read by fragment shaders; Exhausted when
    // there is no memory even for a small one.
    Result<bool> step(Gpu& gpu, VkCommandBuffer cmd, UploadRing& ring, const TextureData& data, const char* name,
                      std::size_t& budget);
    // The largest level that found room, of data.levels.
    std::size_t first_level() const { return first_; }
    Image take() { return std::move(image_); }

  private:
    Result<void> make(Gpu& gpu, const TextureData& data, const char* name);

    Image image_;
    std::size_t first_ = 0, level_ = 0; // of data.levels
    std::uint32_t row_ = 0;             // of that level, from which on it is still to be copied
};

} // namespace pw::renderer
