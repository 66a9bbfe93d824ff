// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/memory.h"

#include <vk_mem_alloc.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace pw::renderer {

void RetireQueue::collect(VkDevice device, VmaAllocator_T* vma, std::uint64_t finished) {
    std::size_t kept = 0;
    for (const Retired& r : waiting_) {
        if (r.serial > finished) {
            waiting_[kept++] = r;
            continue;
        }
        if (r.view != VK_NULL_HANDLE) vkDestroyImageView(device, r.view, nullptr);
        if (r.image != VK_NULL_HANDLE) vmaDestroyImage(vma, r.image, r.allocation);
        if (r.buffer != VK_NULL_HANDLE) vmaDestroyBuffer(vma, r.buffer, r.allocation);
    }
    waiting_.resize(kept);
}

Buffer::Buffer(Buffer&& other) noexcept { *this = std::move(other); }

Buffer& Buffer::operator=(Buffer&& other) noexcept {
    if (this == &other) return *this;
    reset();
    gpu_ = other.gpu_;
    buffer_ = std::exchange(other.buffer_, VK_NULL_HANDLE);
    allocation_ = std::exchange(other.allocation_, nullptr);
    size_ = std::exchange(other.size_, 0);
    mapped_ = std::exchange(other.mapped_, nullptr);
    address_ = std::exchange(other.address_, 0);
    return *this;
}

void Buffer::reset() {
    if (buffer_ == VK_NULL_HANDLE) return;
    Retired retired;
    retired.serial = gpu_->serial;
    retired.buffer = std::exchange(buffer_, VK_NULL_HANDLE);
    retired.allocation = std::exchange(allocation_, nullptr);
    gpu_->retired.add(retired);
    size_ = 0;
    mapped_ = nullptr;
    address_ = 0;
}

void Buffer::invalidate() const {
    check(vmaInvalidateAllocation(gpu_->vma, allocation_, 0, VK_WHOLE_SIZE), "vmaInvalidateAllocation");
}

namespace {

bool out_of_memory(VkResult result) {
    return result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY ||
           result == VK_ERROR_TOO_MANY_OBJECTS;
}

std::unexpected<Error> no_memory(std::uint64_t size) {
    return fail(Errc::Exhausted, "the GPU has no memory for " + std::to_string((size >> 20) + 1) + " MiB more");
}

} // namespace

Buffer make_buffer(Gpu& gpu, VkDeviceSize size, VkBufferUsageFlags usage, Memory memory, const char* name) {
    auto made = try_make_buffer(gpu, size, usage, memory, name);
    if (!made) check(VK_ERROR_OUT_OF_DEVICE_MEMORY, name);
    return std::move(*made);
}

Result<Buffer> try_make_buffer(Gpu& gpu, VkDeviceSize size, VkBufferUsageFlags usage, Memory memory, const char* name) {
    VkBufferCreateInfo create{VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO};
    create.size = std::max<VkDeviceSize>(size, 16);
    create.usage = usage | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT |
                   VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT;
    VmaAllocationCreateInfo allocate{};
    allocate.usage = VMA_MEMORY_USAGE_AUTO;
    if (memory == Memory::Upload) {
        allocate.flags = VMA_ALLOCATION_CREATE_HOST_ACCESS_SEQUENTIAL_WRITE_BIT | VMA_ALLOCATION_CREATE_MAPPED_BIT;
        // Written without flushes, so that a slice costs nothing to hand over.
        allocate.requiredFlags = VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    } else if (memory == Memory::Readback) {
        allocate.flags = VMA_ALLOCATION_CREATE_HOST_ACCESS_RANDOM_BIT | VMA_ALLOCATION_CREATE_MAPPED_BIT;
    }
    Buffer out;
    out.gpu_ = &gpu;
    VmaAllocationInfo info{};
    const VkResult result = vmaCreateBuffer(gpu.vma, &create, &allocate, &out.buffer_, &out.allocation_, &info);
    if (out_of_memory(result)) return no_memory(create.size);
    check(result, "vmaCreateBuffer");
    out.size_ = create.size;
    if (memory != Memory::Device) out.mapped_ = static_cast<std::byte*>(info.pMappedData);
    const VkBufferDeviceAddressInfo address{VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO, nullptr, out.buffer_};
    out.address_ = vkGetBufferDeviceAddress(gpu.device, &address);
    name_object(gpu, VK_OBJECT_TYPE_BUFFER, out.buffer_, name);
    return out;
}

Image::Image(Image&& other) noexcept { *this = std::move(other); }

Image& Image::operator=(Image&& other) noexcept {
    if (this == &other) return *this;
    reset();
    gpu_ = other.gpu_;
    image_ = std::exchange(other.image_, VK_NULL_HANDLE);
    view_ = std::exchange(other.view_, VK_NULL_HANDLE);
    allocation_ = std::exchange(other.allocation_, nullptr);
    info_ = other.info_;
    return *this;
}

void Image::reset() {
    if (image_ == VK_NULL_HANDLE) return;
    Retired retired;
    retired.serial = gpu_->serial;
    retired.image = std::exchange(image_, VK_NULL_HANDLE);
    retired.view = std::exchange(view_, VK_NULL_HANDLE);
    retired.allocation = std::exchange(allocation_, nullptr);
    gpu_->retired.add(retired);
}

namespace {

VkImageView make_raw_view(const Gpu& gpu, VkImage image, VkFormat format, VkImageViewType type,
                          const VkImageSubresourceRange& range, const char* name) {
    VkImageViewCreateInfo create{VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO};
    create.image = image;
    create.viewType = type;
    create.format = format;
    create.subresourceRange = range;
    VkImageView view = VK_NULL_HANDLE;
    check(vkCreateImageView(gpu.device, &create, nullptr, &view), "vkCreateImageView");
    name_object(gpu, VK_OBJECT_TYPE_IMAGE_VIEW, view, name);
    return view;
}

} // namespace

Image make_image(Gpu& gpu, const ImageInfo& info, const char* name) {
    auto made = try_make_image(gpu, info, name);
    if (!made) check(VK_ERROR_OUT_OF_DEVICE_MEMORY, name);
    return std::move(*made);
}

Result<Image> try_make_image(Gpu& gpu, const ImageInfo& info, const char* name) {
    VkImageCreateInfo create{VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO};
    const bool cube = info.view_type == VK_IMAGE_VIEW_TYPE_CUBE || info.view_type == VK_IMAGE_VIEW_TYPE_CUBE_ARRAY;
    if (cube) create.flags = VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT;
    create.imageType = info.view_type == VK_IMAGE_VIEW_TYPE_3D ? VK_IMAGE_TYPE_3D : VK_IMAGE_TYPE_2D;
    create.format = info.format;
    create.extent = {info.width, info.height, info.depth};
    create.mipLevels = info.mips;
    create.arrayLayers = info.layers;
    create.samples = info.samples;
    create.usage = info.usage;
    VmaAllocationCreateInfo allocate{};
    allocate.usage = VMA_MEMORY_USAGE_AUTO;
    Image out;
    out.gpu_ = &gpu;
    out.info_ = info;
    const VkResult result = vmaCreateImage(gpu.vma, &create, &allocate, &out.image_, &out.allocation_, nullptr);
    if (out_of_memory(result)) return no_memory(std::uint64_t{4} * info.width * info.height * info.depth * info.layers);
    check(result, "vmaCreateImage");
    name_object(gpu, VK_OBJECT_TYPE_IMAGE, out.image_, name);
    out.view_ =
        make_raw_view(gpu, out.image_, info.format, info.view_type, {info.aspect, 0, info.mips, 0, info.layers}, name);
    return out;
}

ImageView make_view(const Gpu& gpu, const Image& image, VkImageViewType type, std::uint32_t first_mip,
                    std::uint32_t mips, std::uint32_t first_layer, std::uint32_t layers, const char* name) {
    const ImageInfo& info = image.info();
    return ImageView(gpu.device, make_raw_view(gpu, image.get(), info.format, type,
                                               {info.aspect, first_mip, mips, first_layer, layers}, name));
}

VmaAllocator_T* make_allocator(const RawDevice& raw, std::uint64_t limit) {
    VmaAllocatorCreateInfo create{};
    create.flags = VMA_ALLOCATOR_CREATE_BUFFER_DEVICE_ADDRESS_BIT | VMA_ALLOCATOR_CREATE_EXTERNALLY_SYNCHRONIZED_BIT;
    create.instance = raw.instance;
    create.physicalDevice = raw.gpu;
    create.device = raw.device;
    create.vulkanApiVersion = VK_API_VERSION_1_3;
    std::array<VkDeviceSize, VK_MAX_MEMORY_HEAPS> limits{};
    limits.fill(limit);
    if (limit != 0) create.pHeapSizeLimit = limits.data();
    VmaAllocator vma = nullptr;
    check(vmaCreateAllocator(&create, &vma), "vmaCreateAllocator");
    return vma;
}

std::uint64_t taken_bytes(const Gpu& gpu) {
    std::array<VmaBudget, VK_MAX_MEMORY_HEAPS> heaps{};
    vmaGetHeapBudgets(gpu.vma, heaps.data());
    std::uint64_t sum = 0;
    for (const VmaBudget& heap : heaps) sum += heap.statistics.blockBytes;
    return sum;
}

void destroy_allocator(VmaAllocator_T* vma) { vmaDestroyAllocator(vma); }

} // namespace pw::renderer
