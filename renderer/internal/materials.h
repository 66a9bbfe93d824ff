#pragma once
// SPDX-License-Identifier: Apache-2.0
// Materials on the GPU and the loading of their textures: images are made ready on background jobs, those on large
// things first and no more of them than memory should hold at once, and copied within a budget of bytes per frame;
// until then, and where the GPU has no memory, a material has white, flat or black in their place. Material 0 is the
// default of glTF 2.0, 3.7.2.1.

#include "base/jobs.h"
#include "base/reports.h"
#include "renderer/internal/frame.h"
#include "renderer/internal/grow_buffer.h"
#include "renderer/internal/late_texture.h"
#include "renderer/internal/texture_table.h"
#include "renderer/internal/texture_upload.h"
#include "scene/model.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::renderer {

// What a material asks of a pipeline (shaders/variant.glsl).
enum class Uv : std::uint8_t { Each, Moved, Plain };
struct Shading {
    std::uint8_t textures = 0; // bit per use
    Uv uv = Uv::Plain;
    bool unlit = false;
    bool double_sided = false;
    scene::AlphaMode alpha = scene::AlphaMode::Opaque;
    std::uint8_t layers = 0; // bit per layer
    bool bends = false;      // what comes through is bent or blurred
    // What is behind shows, so it is drawn far to near.
    bool see_through() const { return alpha == scene::AlphaMode::Blend || (layers & shaders::kLayerThrough) != 0; }
    friend auto operator<=>(const Shading&, const Shading&) = default;
};

bool changes_materials(const scene::Model& model); // by one of its clips

class Materials {
  public:
    Materials() = default;
    // `blocks`: textures are compressed where that does not show.
    Materials(Gpu& gpu, Jobs& jobs, bool blocks, std::string cache_folder);
    ~Materials();
    Materials(Materials&&) = default;
    Materials& operator=(Materials&&) = default;

    // Adds a model's materials and starts loading its textures; the index of its first material.
    std::uint32_t add(const std::shared_ptr<const scene::Model>& model);
    // Once more the `count` materials from `first` on, with the same textures; the index of the first of the new ones.
    std::uint32_t copy(std::uint32_t first, std::uint32_t count);
    // Other values for a material of a model that changes_materials(); its textures stay.
    void change(std::uint32_t material, const scene::Material& now);
    // Takes what is ready, within the budget of bytes, of which each texture counts for some; begins with the next
    // ones, and sends changed materials.
    void sync(VkCommandBuffer cmd, UploadRing& ring, TextureTable& table, std::size_t budget, Reports& problems);
    const Shading& shading(std::uint32_t material) const { return shadings_[material]; }
    std::uint32_t pending() const { return static_cast<std::uint32_t>(loading_.size()); } // textures
    std::uint32_t textures() const { return textures_; }                                  // pending ones as well
    VkBuffer buffer() const { return buffer_.get(); }
    VkBuffer layers_buffer() const { return layers_buffer_.get(); }

  private:
    struct Use {                     // where the texture goes when it is there
        std::uint32_t material, use; // use: of the material, then of its layers
        scene::Sampler sampler;
    };
    struct Loading {
        TextureWish wish;
        std::uint64_t bytes = 0; // about so many when it is decoded
        float size = 0.f;        // of the largest thing that it is on, along its diagonal in the model's metres
        std::optional<LateTexture> texture; // once its turn has come
        TextureUpload upload;
        std::vector<Use> uses;
    };
    using ImageKey = std::pair<std::uint32_t, TextureKind>; // of one model: image, and as what

    void add_use(const std::shared_ptr<const scene::Model>& model, std::map<ImageKey, std::size_t>& started,
                 std::uint32_t material, std::uint32_t use, const scene::TextureUse& from, float size);
    Result<bool> advance(VkCommandBuffer cmd, UploadRing& ring, Loading& loading, std::size_t& budget) const;
    void put_in_place(TextureTable& table, Loading& loading);
    void sort_waiting();
    void begin_next();
    void tell_problem(const Loading& loading, const Result<bool>& there, Reports& problems) const;
    void send(VkCommandBuffer cmd, UploadRing& ring);
    VkSampler sampler(const scene::Sampler& sampler);
    std::uint32_t& slot(std::uint32_t material, std::uint32_t use);

    Gpu* gpu_ = nullptr;
    Jobs* jobs_ = nullptr;
    bool blocks_ = false;
    std::string cache_folder_;
    std::vector<shaders::GpuMaterial> materials_;
    std::vector<shaders::GpuLayers> layers_; // of materials that have some; the first of none
    std::vector<Shading> shadings_;
    GrowBuffer buffer_, layers_buffer_;
    bool dirty_ = true;                  // all of them
    std::vector<std::uint32_t> changed_; // else these
    std::vector<Loading> loading_;
    std::uint32_t textures_ = 0;
    std::vector<Image> images_;
    std::map<std::uint32_t, Sampler> samplers_; // by packed scene::Sampler
};

} // namespace pw::renderer
