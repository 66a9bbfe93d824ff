#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: names for Vulkan objects, which validation, captures and crash dumps show. Nothing happens where the
// device was made without VK_EXT_debug_utils.

#include "xr/host.h"

namespace pw::xr {

void name_object(const Gpu& gpu, VkObjectType type, std::uint64_t handle, const char* name);
template <class T> void name_object(const Gpu& gpu, VkObjectType type, T handle, const char* name) {
    name_object(gpu, type, reinterpret_cast<std::uint64_t>(handle), name);
}

} // namespace pw::xr
