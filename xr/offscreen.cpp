// SPDX-License-Identifier: Apache-2.0
// Frames into memory: for machines without a display, for pictures and for tests.

#include "xr/debug_name.h"
#include "xr/hosts.h"

#include <algorithm>
#include <array>

namespace pw::xr {
namespace {

constexpr VkFormat kFormat = VK_FORMAT_R8G8B8A8_SRGB;

class Offscreen final : public Host {
  public:
    explicit Offscreen(const HostOptions& options) : options_(options) { set_eye(kStandingEye); }
    ~Offscreen() override { detach(); }
    HostKind kind() const override { return HostKind::Offscreen; }
    std::string description() const override { return "offscreen"; }

    Result<void> attach(const Gpu& gpu) override;
    void detach() override;
    VkFormat color_format() const override { return kFormat; }
    std::uint32_t view_count() const override { return 1; }
    Result<void> recover() override { return {}; }

    HostState poll() override { return ended_ ? HostState::Finished : HostState::Running; }
    std::optional<FrameTime> wait_frame() override;
    const Input& input() override { return input_; }
    std::span<const EyeView> locate() override { return {&eye_, 1}; }
    std::optional<FrameImage> acquire() override;
    void end_frame(bool drawn, float) override { current_ ^= drawn ? 1u : 0u; }
    void request_exit() override { ended_ = true; }
    std::vector<Blend> blends() const override { return {Blend::Alpha, Blend::Opaque}; } // its pictures keep alpha
    Blend blend() const override { return blend_; }
    Result<void> set_blend(Blend blend) override;
    void set_eye(const Pose& origin_from_eye) override;

  private:
    struct Image {
        VkImage image = VK_NULL_HANDLE;
        VkDeviceMemory memory = VK_NULL_HANDLE;
    };
    Result<void> make(Image& image);

    HostOptions options_;
    Gpu gpu_;
    std::array<Image, 2> images_; // one is drawn on while the other is read
    std::uint32_t current_ = 0;
    std::int64_t frames_ = 0;
    EyeView eye_;
    Input input_;
    Blend blend_ = Blend::Opaque;
    bool ended_ = false;
};

Result<void> Offscreen::attach(const Gpu& gpu) {
    gpu_ = gpu;
    for (Image& image : images_)
        if (auto made = make(image); !made) return made;
    return {};
}

Result<void> Offscreen::make(Image& image) {
    VkImageCreateInfo info{.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO};
    info.imageType = VK_IMAGE_TYPE_2D;
    info.format = kFormat;
    info.extent = {options_.width, options_.height, 1};
    info.mipLevels = info.arrayLayers = 1;
    info.samples = VK_SAMPLE_COUNT_1_BIT;
    info.usage =
        VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    if (vkCreateImage(gpu_.device, &info, nullptr, &image.image) != VK_SUCCESS)
        return fail(Errc::Exhausted, "no image to draw on");

    VkMemoryRequirements needs{};
    vkGetImageMemoryRequirements(gpu_.device, image.image, &needs);
    VkPhysicalDeviceMemoryProperties offered{};
    vkGetPhysicalDeviceMemoryProperties(gpu_.gpu, &offered);
    std::uint32_t type = 0; // the first that fits: the driver lists its best first
    while (type < offered.memoryTypeCount &&
           ((needs.memoryTypeBits >> type & 1u) == 0 ||
            (offered.memoryTypes[type].propertyFlags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) == 0))
        ++type;
    const VkMemoryAllocateInfo memory{
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, .allocationSize = needs.size, .memoryTypeIndex = type};
    if (type == offered.memoryTypeCount ||
        vkAllocateMemory(gpu_.device, &memory, nullptr, &image.memory) != VK_SUCCESS ||
        vkBindImageMemory(gpu_.device, image.image, image.memory, 0) != VK_SUCCESS)
        return fail(Errc::Exhausted, "no memory for the images");
    name_object(gpu_, VK_OBJECT_TYPE_IMAGE, image.image, "offscreen");
    name_object(gpu_, VK_OBJECT_TYPE_DEVICE_MEMORY, image.memory, "offscreen");
    return {};
}

void Offscreen::detach() {
    for (Image& image : images_) {
        if (image.image != VK_NULL_HANDLE) vkDestroyImage(gpu_.device, image.image, nullptr);
        if (image.memory != VK_NULL_HANDLE) vkFreeMemory(gpu_.device, image.memory, nullptr);
        image = {};
    }
}

std::optional<FrameTime> Offscreen::wait_frame() {
    if (ended_) return {};
    ++frames_;
    if (options_.frame_period.ns > 0)
        return FrameTime{.display = {frames_ * options_.frame_period.ns}, .period = options_.frame_period};
    return FrameTime{.display = system_clock().now(), .period = from_seconds(1.0 / 60.0)};
}

std::optional<FrameImage> Offscreen::acquire() {
    FrameImage image{.color = images_[current_].image, .width = options_.width, .height = options_.height};
    if (image.color == VK_NULL_HANDLE) return {};
    image.layout_after = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL;
    return image;
}

Result<void> Offscreen::set_blend(Blend blend) {
    if (!std::ranges::contains(blends(), blend)) return Host::set_blend(blend);
    blend_ = blend;
    return {};
}

void Offscreen::set_eye(const Pose& origin_from_eye) {
    eye_ = eye_view(origin_from_eye, options_.fov_y_deg, options_.width, options_.height);
    input_.origin_from_head = origin_from_eye;
    input_.head_active = true;
    input_.desktop.width = options_.width;
    input_.desktop.height = options_.height;
}

} // namespace

std::unique_ptr<Host> make_offscreen(const HostOptions& options) { return std::make_unique<Offscreen>(options); }

} // namespace pw::xr
