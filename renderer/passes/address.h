#pragma once
// SPDX-License-Identifier: Apache-2.0
// Device addresses in push constants, which have no 64-bit numbers.

#include <vulkan/vulkan.h>

#include <cstdint>

namespace pw::renderer {

inline std::uint32_t low_word(VkDeviceAddress address) { return static_cast<std::uint32_t>(address); }
inline std::uint32_t high_word(VkDeviceAddress address) { return static_cast<std::uint32_t>(address >> 32); }

} // namespace pw::renderer
