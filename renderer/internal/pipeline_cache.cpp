// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/pipeline_cache.h"

#include "base/file.h"
#include "base/log.h"
#include "renderer/internal/vk.h"

#include <cstring>

namespace pw::renderer {
namespace {

constexpr std::uint32_t kMagic = 0x4350'5750; // "PWPC"
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kMaxSize = 256u << 20;

struct Header {
    std::uint32_t magic = kMagic, version = kVersion;
    std::uint64_t size = 0, hash = 0;
    std::uint32_t vendor = 0, device = 0, driver = 0, padding = 0;
    std::uint8_t uuid[VK_UUID_SIZE]{};
};

Header header_for(Bytes data, const VkPhysicalDeviceProperties& gpu) {
    Header header;
    header.size = data.size();
    header.hash = hash64(data);
    header.vendor = gpu.vendorID;
    header.device = gpu.deviceID;
    header.driver = gpu.driverVersion;
    std::memcpy(header.uuid, gpu.pipelineCacheUUID, VK_UUID_SIZE);
    return header;
}

} // namespace

Bytes unwrap_pipeline_cache(Bytes file, const VkPhysicalDeviceProperties& gpu) {
    if (file.size() < sizeof(Header)) return {};
    const Bytes data = file.subspan(sizeof(Header));
    const Header expected = header_for(data, gpu);
    return std::memcmp(&expected, file.data(), sizeof(Header)) == 0 ? data : Bytes{};
}

std::vector<std::byte> wrap_pipeline_cache(Bytes data, const VkPhysicalDeviceProperties& gpu) {
    const Header header = header_for(data, gpu);
    std::vector<std::byte> file(sizeof(Header) + data.size());
    std::memcpy(file.data(), &header, sizeof(Header));
    if (!data.empty()) std::memcpy(file.data() + sizeof(Header), data.data(), data.size());
    return file;
}

VkPipelineCache load_pipeline_cache(VkDevice device, const VkPhysicalDeviceProperties& gpu, const std::string& path) {
    std::vector<std::byte> file;
    if (!path.empty() && file_exists(path)) {
        if (auto read = read_file(path, kMaxSize)) file = std::move(*read);
    }
    const Bytes data = unwrap_pipeline_cache(file, gpu);
    if (!file.empty() && data.empty()) log_debug("The pipeline cache is of another driver or damaged: starting anew");
    const VkPipelineCacheCreateInfo create{VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO, nullptr, 0, data.size(),
                                           data.data()};
    VkPipelineCache cache = VK_NULL_HANDLE;
    check(vkCreatePipelineCache(device, &create, nullptr, &cache), "vkCreatePipelineCache");
    return cache;
}

void save_pipeline_cache(VkDevice device, VkPipelineCache cache, const VkPhysicalDeviceProperties& gpu,
                         const std::string& path) {
    std::size_t size = 0;
    if (vkGetPipelineCacheData(device, cache, &size, nullptr) != VK_SUCCESS || size == 0 || size > kMaxSize) return;
    std::vector<std::byte> data(size);
    if (vkGetPipelineCacheData(device, cache, &size, data.data()) != VK_SUCCESS) return;
    data.resize(size);
    if (auto folder = make_folders(folder_of(path)); !folder) {
        log_warn("The pipeline cache was not saved: " + folder.error().what);
    } else if (auto written = write_file(path, wrap_pipeline_cache(data, gpu)); !written) {
        log_warn("The pipeline cache was not saved: " + written.error().what);
    }
}

} // namespace pw::renderer
