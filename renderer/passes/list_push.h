#pragma once
// SPDX-License-Identifier: Apache-2.0
// Push constants that name lists by device address.

#include "shaders/pass_layouts.h"

#include <vulkan/vulkan.h>

namespace pw::renderer {

inline shaders::ListPush list_push(VkDeviceAddress items, VkDeviceAddress more = 0) {
    return {static_cast<std::uint32_t>(items), static_cast<std::uint32_t>(items >> 32),
            static_cast<std::uint32_t>(more), static_cast<std::uint32_t>(more >> 32)};
}

} // namespace pw::renderer
