#pragma once
// SPDX-License-Identifier: Apache-2.0
// A model's image on its way to the GPU: decoded, with mipmaps and in blocks on a background job, or read from the
// cache on disk, where it is kept by the content of its file: after it is done, for nobody waits for that.

#include "base/jobs.h"
#include "base/result.h"
#include "renderer/internal/texture_data.h"
#include "scene/model.h"

#include <cstdint>
#include <memory>
#include <string>

namespace pw::renderer {

struct TextureWish {
    std::shared_ptr<const scene::Model> model;
    std::uint32_t image = 0;
    TextureKind kind = TextureKind::Color;
    bool blocks = false;      // where they do not show
    std::uint32_t limit = 0;  // texels each way that the GPU takes
    std::string cache_folder; // empty: it is not kept
};

class LateTexture {
  public:
    LateTexture() = default;
    LateTexture(Jobs& jobs, TextureWish wish);
    // What has not begun is not begun any more, and what runs ends at its next step; what is done is still kept.
    ~LateTexture();
    LateTexture(LateTexture&&) noexcept;
    LateTexture& operator=(LateTexture&&) noexcept;

    bool done() const;
    // Once it is done.
    const Result<TextureData>& data() const;

  private:
    struct Shared;
    void drop();
    std::shared_ptr<Shared> shared_; // with the job, which may outlive us
};

} // namespace pw::renderer
