#pragma once
// SPDX-License-Identifier: Apache-2.0
// Buffers and images with their memory, by domain instead of flags. Move-only; a destroyed one retires (retire.h).

#include "renderer/internal/vk.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace pw::renderer {

enum class Memory : std::uint8_t {
    Device,   // the GPU's; not mapped
    Upload,   // written by the CPU in order, read by the GPU once; mapped
    Readback, // written by the GPU, read by the CPU; mapped, cached
};

class Buffer {
  public:
    Buffer() = default;
    Buffer(Buffer&& other) noexcept;
    Buffer& operator=(Buffer&& other) noexcept;
    ~Buffer() { reset(); }
    void reset();

    VkBuffer get() const { return buffer_; }
    VkDeviceSize size() const { return size_; }
    std::byte* data() const { return mapped_; } // null in Memory::Device
    VkDeviceAddress address() const { return address_; }
    explicit operator bool() const { return buffer_ != VK_NULL_HANDLE; }
    void invalidate() const; // before reading Readback memory

  private:
    friend Result<Buffer> try_make_buffer(Gpu& gpu, VkDeviceSize size, VkBufferUsageFlags usage, Memory memory,
                                          const char* name);
    Gpu* gpu_ = nullptr;
    VkBuffer buffer_ = VK_NULL_HANDLE;
    VmaAllocation_T* allocation_ = nullptr;
    VkDeviceSize size_ = 0;
    std::byte* mapped_ = nullptr;
    VkDeviceAddress address_ = 0;
};

// Every buffer can also be copied from and to, and addressed from shaders. What files make large is made with try_,
// which is Exhausted when the GPU has no memory; without the rest there is no picture, and make_ stops the program.
Result<Buffer> try_make_buffer(Gpu& gpu, VkDeviceSize size, VkBufferUsageFlags usage, Memory memory, const char* name);
Buffer make_buffer(Gpu& gpu, VkDeviceSize size, VkBufferUsageFlags usage, Memory memory, const char* name);

struct ImageInfo {
    VkFormat format = VK_FORMAT_R8G8B8A8_SRGB;
    std::uint32_t width = 1, height = 1, depth = 1, layers = 1, mips = 1; // depth: of a VIEW_TYPE_3D
    VkImageUsageFlags usage = VK_IMAGE_USAGE_SAMPLED_BIT;
    VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
    VkImageViewType view_type = VK_IMAGE_VIEW_TYPE_2D; // of view(): all mips and layers
    VkImageAspectFlags aspect = VK_IMAGE_ASPECT_COLOR_BIT;
};

class Image {
  public:
    Image() = default;
    Image(Image&& other) noexcept;
    Image& operator=(Image&& other) noexcept;
    ~Image() { reset(); }
    void reset();

    VkImage get() const { return image_; }
    VkImageView view() const { return view_; }
    const ImageInfo& info() const { return info_; }
    explicit operator bool() const { return image_ != VK_NULL_HANDLE; }

  private:
    friend Result<Image> try_make_image(Gpu& gpu, const ImageInfo& info, const char* name);
    Gpu* gpu_ = nullptr;
    VkImage image_ = VK_NULL_HANDLE;
    VkImageView view_ = VK_NULL_HANDLE;
    VmaAllocation_T* allocation_ = nullptr;
    ImageInfo info_;
};

Result<Image> try_make_image(Gpu& gpu, const ImageInfo& info, const char* name);
Image make_image(Gpu& gpu, const ImageInfo& info, const char* name);
// A view of some mips and layers, e.g. one face of one mip to draw into.
ImageView make_view(const Gpu& gpu, const Image& image, VkImageViewType type, std::uint32_t first_mip,
                    std::uint32_t mips, std::uint32_t first_layer, std::uint32_t layers, const char* name);

// Made and ended by Device. `limit`: bytes of each heap, 0: what there is.
VmaAllocator_T* make_allocator(const RawDevice& raw, std::uint64_t limit);
void destroy_allocator(VmaAllocator_T* vma);
std::uint64_t taken_bytes(const Gpu& gpu); // of the device's memory, by our buffers and images

} // namespace pw::renderer
