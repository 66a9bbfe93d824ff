#pragma once
// SPDX-License-Identifier: Apache-2.0
// The light around: nine coefficients for diffuse light, a prefiltered cube for reflections, the split-sum table, and
// the map itself for the background. All but the last are kept on disk. There always is one: the studio, until another
// is set.

#include "renderer/internal/memory.h"
#include "renderer/internal/pipeline.h"
#include "renderer/internal/texture_table.h"
#include "scene/image.h"
#include "shaders/shared.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pw::renderer {

// A prefiltered environment as it lies on disk.
struct PrefilteredEnvironment {
    std::array<Vec4, 9> irradiance{};
    std::uint32_t side = 0, mips = 0;
    std::vector<std::byte> texels; // RGBA16F: mip by mip, in each face by face
};

std::vector<std::byte> to_bytes(const PrefilteredEnvironment& environment);
Result<PrefilteredEnvironment> parse_prefiltered(Bytes bytes);

class Environment {
  public:
    Environment() = default;
    // Loads or makes the table and the studio.
    Environment(Gpu& gpu, const Layouts& layouts, TextureTable& textures, std::string cache_folder);

    // Waits for the GPU; not in the frame loop. Malformed, or Exhausted when the map is larger than the GPU's
    // textures or its memory; then the one before stays.
    Result<void> set(const scene::HdrPixels& map);

    void fill(shaders::FrameUniforms& uniforms, float intensity) const; // irradiance and environment.xyw
    void write(VkDescriptorSet frame_set) const;   // kBindSpecular, kBindDfg; when no frame in flight uses the set
    std::uint32_t bakes() const { return bakes_; } // what was computed, and not found on disk
    std::uint32_t sky_texture() const { return sky_slot_; } // in textures[]

  private:
    void load_table();
    Result<void> upload_sky(const scene::HdrPixels& map);
    void upload_cube(const PrefilteredEnvironment& environment);

    Gpu* gpu_ = nullptr;
    const Layouts* layouts_ = nullptr;
    TextureTable* textures_ = nullptr;
    std::string cache_folder_;
    Sampler cube_sampler_, table_sampler_, sky_sampler_;
    Image table_, cube_, sky_;
    std::uint32_t sky_slot_ = 0, bakes_ = 0;
    std::array<Vec4, 9> irradiance_{};
};

} // namespace pw::renderer
