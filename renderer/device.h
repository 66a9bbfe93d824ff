#pragma once
// SPDX-License-Identifier: Apache-2.0
// The Vulkan device: instance, GPU, one queue, memory, pipeline cache. Made with hooks, because an OpenXR runtime wants
// to create instance and device itself. Owned by the app; everything of the renderer dies before it. Frame thread only,
// but for pipeline creation on jobs.

#include "base/result.h"

#include <vulkan/vulkan.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace pw::renderer {

struct DeviceHooks { // empty functions: plain Vulkan
    std::vector<std::string> instance_extensions, device_extensions;
    std::function<VkResult(const VkInstanceCreateInfo&, VkInstance*)> create_instance;
    std::function<VkResult(VkInstance, VkPhysicalDevice*)> choose_gpu; // leaves it null: any will do
    std::function<VkResult(VkPhysicalDevice, const VkDeviceCreateInfo&, VkDevice*)> create_device;
    std::function<bool(VkInstance, VkPhysicalDevice, std::uint32_t family)> can_present;
};

struct DeviceOptions {
    bool validation = false; // VK_LAYER_KHRONOS_validation with synchronisation checks; messages are counted and logged
    std::string gpu;         // part of a name to prefer; empty: discrete, integrated, virtual, software in that order
    std::string cache_file;  // pipeline cache on disk; empty: none
    std::uint64_t memory_limit = 0; // bytes of each heap; 0: what there is. For tests
};

// What xr hosts need to know.
struct RawDevice {
    VkInstance instance = VK_NULL_HANDLE;
    VkPhysicalDevice gpu = VK_NULL_HANDLE;
    VkDevice device = VK_NULL_HANDLE;
    VkQueue queue = VK_NULL_HANDLE;
    std::uint32_t queue_family = 0;
};

class Device {
  public:
    // Unavailable with one reason per rejected GPU ("llvmpipe: no multiview").
    static Result<std::unique_ptr<Device>> make(const DeviceOptions& options, const DeviceHooks& hooks = {});
    virtual ~Device() = default; // waits idle, writes the pipeline cache
    virtual const RawDevice& raw() const = 0;
    virtual const std::string& gpu_name() const = 0;
    virtual bool software() const = 0;                     // a CPU rasteriser: choose the tier made for it
    virtual std::uint32_t validation_messages() const = 0; // warnings and errors so far
    // Makes the next submit report a lost device, as a driver would. For tests.
    virtual void force_loss() = 0;
};

} // namespace pw::renderer
