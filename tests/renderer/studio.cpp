// SPDX-License-Identifier: Apache-2.0
#include "tests/renderer/studio.h"

#include "base/assert.h"
#include "base/file.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

namespace pw::test {

using namespace renderer;

namespace {

void must(VkResult result) { PW_ASSERT(result == VK_SUCCESS, "Vulkan in a test"); }

std::uint32_t memory_type(VkPhysicalDevice gpu, std::uint32_t bits) {
    VkPhysicalDeviceMemoryProperties properties;
    vkGetPhysicalDeviceMemoryProperties(gpu, &properties);
    for (std::uint32_t i = 0; i < properties.memoryTypeCount; ++i) {
        const bool local = (properties.memoryTypes[i].propertyFlags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) != 0;
        if ((bits >> i & 1) != 0 && local) return i;
    }
    return 0;
}

} // namespace

std::unique_ptr<Studio> Studio::make(const StudioOptions& options) {
    auto studio = std::unique_ptr<Studio>(new Studio(options));
    if (auto built = studio->build(); !built) {
        skip(built.error().what);
        return nullptr;
    }
    return studio;
}

Studio::~Studio() { tear_down(); }

void Studio::rebuild() {
    tear_down();
    REQUIRE(build());
}

void Studio::tear_down() {
    renderer_.reset();
    if (!device_) return;
    const VkDevice device = device_->raw().device;
    vkDestroyImage(device, color_, nullptr);
    vkFreeMemory(device, color_memory_, nullptr);
    vkDestroyImage(device, depth_, nullptr);
    vkFreeMemory(device, depth_memory_, nullptr);
    depth_ = VK_NULL_HANDLE;
    depth_memory_ = VK_NULL_HANDLE;
    device_.reset();
}

Result<void> Studio::build() {
    DeviceOptions device_options;
    device_options.validation = true;
    device_options.cache_file = (build_dir() / "test_cache" / "pipelines.bin").string();
    auto device = Device::make(device_options);
    if (!device) return std::unexpected(device.error());
    device_ = std::move(*device);
    make_image(options_.format,
               VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
               color_, color_memory_);
    if (options_.depth) {
        make_image(VK_FORMAT_D32_SFLOAT, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT, depth_, depth_memory_);
    }
    RendererOptions renderer_options;
    renderer_options.tier = options_.tier;
    renderer_options.color_format = options_.format;
    renderer_options.view_count = options_.views;
    renderer_options.cache_folder = (build_dir() / "test_cache").string();
    auto renderer = Renderer::make(*device_, *jobs_, renderer_options);
    if (!renderer) return std::unexpected(renderer.error());
    renderer_ = std::move(*renderer);
    return {};
}

void Studio::make_image(VkFormat format, VkImageUsageFlags usage, VkImage& image, VkDeviceMemory& memory) {
    const VkDevice device = device_->raw().device;
    VkImageCreateInfo create{};
    create.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
    create.imageType = VK_IMAGE_TYPE_2D;
    create.format = format;
    create.extent = {options_.width, options_.height, 1};
    create.mipLevels = 1;
    create.arrayLayers = options_.views;
    create.samples = VK_SAMPLE_COUNT_1_BIT;
    create.usage = usage;
    must(vkCreateImage(device, &create, nullptr, &image));
    VkMemoryRequirements needs;
    vkGetImageMemoryRequirements(device, image, &needs);
    VkMemoryAllocateInfo allocate{};
    allocate.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    allocate.allocationSize = needs.size;
    allocate.memoryTypeIndex = memory_type(device_->raw().gpu, needs.memoryTypeBits);
    must(vkAllocateMemory(device, &allocate, nullptr, &memory));
    must(vkBindImageMemory(device, image, memory, 0));
}

Target Studio::target(bool read_back) const {
    Target target;
    target.color = color_;
    target.format = options_.format;
    target.width = options_.width;
    target.height = options_.height;
    target.layers = options_.views;
    target.depth = depth_;
    target.read_back = read_back;
    return target;
}

DrawResult Studio::frame(scene::Scene& scene, const DrawList& list, bool read_back) {
    renderer_->begin_frame();
    renderer_->sync(scene, scene.update());
    return renderer_->draw(list, target(read_back));
}

scene::Pixels Studio::picture(scene::Scene& scene, const DrawList& list, bool settle) {
    do {
        REQUIRE(frame(scene, list) == DrawResult::Done);
    } while (settle && !renderer_->settled());
    REQUIRE(frame(scene, list, /* read_back= */ true) == DrawResult::Done);
    auto picture = renderer_->take_picture(/* wait= */ true);
    REQUIRE(picture.has_value());
    return std::move(*picture);
}

View look(const DVec3& eye, const DVec3& target, float aspect, float fov_y_rad) {
    View view;
    view.world_from_eye = {eye, look_rotation(Vec3(target - eye))};
    view.tan_up = std::tan(fov_y_rad * 0.5f);
    view.tan_down = -view.tan_up;
    view.tan_right = view.tan_up * aspect;
    view.tan_left = -view.tan_right;
    return view;
}

Rgba pixel(const scene::Pixels& p, std::uint32_t x, std::uint32_t y) {
    const std::size_t at = (std::size_t{y} * p.width + x) * 4;
    return {p.rgba[at], p.rgba[at + 1], p.rgba[at + 2], p.rgba[at + 3]};
}

int largest_difference(const scene::Pixels& a, const scene::Pixels& b) {
    PW_ASSERT(a.rgba.size() == b.rgba.size(), "pictures of one size");
    int largest = 0;
    for (std::size_t i = 0; i < a.rgba.size(); ++i) largest = std::max(largest, std::abs(a.rgba[i] - b.rgba[i]));
    return largest;
}

void save_png(const scene::Pixels& picture, const std::string& path) {
    const auto png = scene::encode_png(picture);
    REQUIRE(png);
    REQUIRE(make_folders(folder_of(path)));
    REQUIRE(write_file(path, *png));
}

bool matches_golden(const scene::Pixels& picture, const std::string& name, std::size_t far_pixels) {
    const std::string golden_path = (source_dir() / "tests/golden" / (name + ".png")).string();
    if (const char* update = std::getenv("UPDATE_GOLDEN"); update != nullptr && *update == '1') {
        save_png(picture, golden_path);
        return true;
    }
    std::size_t differing = picture.rgba.size();
    if (const auto file = read_file(golden_path)) {
        const auto golden = scene::decode_image(*file);
        if (golden && golden->width == picture.width && golden->height == picture.height) {
            differing = 0;
            for (std::size_t i = 0; i < picture.rgba.size(); i += 4) {
                bool is_far = false;
                for (std::size_t c = 0; c < 4; ++c) is_far |= std::abs(picture.rgba[i + c] - golden->rgba[i + c]) > 8;
                differing += is_far ? 1 : 0;
            }
        }
    }
    if (differing <= far_pixels) return true;
    save_png(picture, (build_dir() / "golden" / (name + ".actual.png")).string());
    MESSAGE(name, ": ", differing, " pixels differ");
    return false;
}

} // namespace pw::test
