#pragma once
// SPDX-License-Identifier: Apache-2.0
// The pipeline cache on disk: our own header (magic, version, size, hash, driver's identity) around the driver's bytes,
// because a driver may crash on a cache that was cut short. What does not fit is ignored.

#include "base/bytes.h"

#include <vulkan/vulkan.h>

#include <cstddef>
#include <string>
#include <vector>

namespace pw::renderer {

// The driver's bytes in `file`, or nothing when it is damaged or was made by another driver.
Bytes unwrap_pipeline_cache(Bytes file, const VkPhysicalDeviceProperties& gpu);
std::vector<std::byte> wrap_pipeline_cache(Bytes data, const VkPhysicalDeviceProperties& gpu);

VkPipelineCache load_pipeline_cache(VkDevice device, const VkPhysicalDeviceProperties& gpu, const std::string& path);
void save_pipeline_cache(VkDevice device, VkPipelineCache cache, const VkPhysicalDeviceProperties& gpu,
                         const std::string& path);

} // namespace pw::renderer
