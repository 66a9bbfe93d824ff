#pragma once
// SPDX-License-Identifier: Apache-2.0
// Draws single passes into a picture: a device with validation, the shared layouts, one frame slot and a target. Tests
// of passes use it where the whole renderer would hide what they look at.

#include "renderer/internal/environment.h"
#include "renderer/internal/frame.h"

#include <array>
#include <functional>
#include <memory>
#include <string>

namespace pw::test {

struct RigOptions {
    std::uint32_t views = 1;
    std::uint32_t width = 320, height = 240;
    VkFormat format = VK_FORMAT_R8G8B8A8_SRGB;
    VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
    std::string cache_folder;
};

class PassRig {
  public:
    // Null, and the test is skipped, where there is no Vulkan.
    static std::unique_ptr<PassRig> make(const RigOptions& options);
    ~PassRig();

    using Step = std::function<void(renderer::FrameContext&)>;
    // One frame, finished: the views' pictures below each other, as sRGB bytes. `list.background` clears it.
    scene::Pixels draw(const renderer::DrawList& list, const Step& prepare, const Step& record);

    std::uint32_t add_texture(const scene::Pixels& pixels); // as Renderer::add_texture

    renderer::Gpu& gpu() { return *gpu_; }
    const renderer::Layouts& layouts() const { return layouts_; }
    renderer::TextureTable& textures() { return textures_; }
    renderer::Environment& environment() { return *environment_; }
    const renderer::TargetFormats& formats() const { return formats_; }
    std::uint32_t validation_messages() const { return device_->validation_messages(); }

  private:
    PassRig() = default;
    void make_targets();
    void make_frame_sets();
    renderer::FrameContext begin(const renderer::DrawList& list);
    void begin_picture(const renderer::FrameContext& context);
    void finish(const renderer::FrameContext& context);

    RigOptions options_;
    std::unique_ptr<renderer::Device> device_;
    renderer::Gpu* gpu_ = nullptr;
    renderer::Layouts layouts_;
    renderer::TextureTable textures_;
    std::unique_ptr<renderer::Environment> environment_;
    renderer::TargetFormats formats_;
    renderer::DescriptorPool pool_;
    std::array<renderer::FrameSlot, renderer::kFramesInFlight> slots_;
    std::vector<renderer::Image> textures_of_tests_;
    renderer::Sampler sampler_;
    renderer::Image color_, resolved_, depth_;
    renderer::Buffer picture_;
    shaders::FrameUniforms uniforms_{};
};

// A view at `eye` towards `target`, `fov` radians high.
renderer::View look(const DVec3& eye, const DVec3& target, float fov, float aspect);

} // namespace pw::test
