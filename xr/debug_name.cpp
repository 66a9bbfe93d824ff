// SPDX-License-Identifier: Apache-2.0
#include "xr/debug_name.h"

namespace pw::xr {

void name_object(const Gpu& gpu, VkObjectType type, std::uint64_t handle, const char* name) {
    const auto set_name = reinterpret_cast<PFN_vkSetDebugUtilsObjectNameEXT>(
        vkGetDeviceProcAddr(gpu.device, "vkSetDebugUtilsObjectNameEXT"));
    if (set_name == nullptr || handle == 0) return;
    VkDebugUtilsObjectNameInfoEXT info{.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT};
    info.objectType = type;
    info.objectHandle = handle;
    info.pObjectName = name;
    set_name(gpu.device, &info);
}

} // namespace pw::xr
