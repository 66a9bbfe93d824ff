// SPDX-License-Identifier: Apache-2.0
// A Vulkan layer in which a device is lost when a test says so, which no driver that can be had in a test does by
// itself. pw_vk_lose("vkQueueSubmit2") makes the next such call answer VK_ERROR_DEVICE_LOST, and from then on, as on a
// lost device, all of the calls below, until a device is made anew. One device at a time.

#include <vulkan/vk_layer.h>
#include <vulkan/vulkan.h>

#include <cstring>
#include <mutex>
#include <string>

namespace {

struct {
    PFN_vkGetInstanceProcAddr instance_proc = nullptr;
    PFN_vkGetDeviceProcAddr device_proc = nullptr;
    PFN_vkQueueSubmit2 submit = nullptr;
    PFN_vkQueueWaitIdle wait_idle = nullptr;
    PFN_vkWaitForFences wait_for_fences = nullptr;
    PFN_vkAcquireNextImageKHR acquire = nullptr;
    PFN_vkQueuePresentKHR present = nullptr;
} next;

std::mutex guard; // Vulkan is called from several threads
std::string armed;
bool lost = false;
VkInstance newest_instance = VK_NULL_HANDLE;

bool is_lost(const char* call) {
    const std::lock_guard lock(guard);
    lost |= armed == call;
    return lost;
}

VkResult submit(VkQueue queue, std::uint32_t count, const VkSubmitInfo2* infos, VkFence fence) {
    return is_lost("vkQueueSubmit2") ? VK_ERROR_DEVICE_LOST : next.submit(queue, count, infos, fence);
}

VkResult wait_idle(VkQueue queue) { // truly, too: what follows destroys what the queue may use
    const VkResult result = next.wait_idle(queue);
    return is_lost("vkQueueWaitIdle") ? VK_ERROR_DEVICE_LOST : result;
}

VkResult wait_for_fences(VkDevice device, std::uint32_t count, const VkFence* fences, VkBool32 all,
                         std::uint64_t timeout) {
    return is_lost("vkWaitForFences") ? VK_ERROR_DEVICE_LOST
                                      : next.wait_for_fences(device, count, fences, all, timeout);
}

VkResult acquire(VkDevice device, VkSwapchainKHR swapchain, std::uint64_t timeout, VkSemaphore semaphore, VkFence fence,
                 std::uint32_t* index) {
    return is_lost("vkAcquireNextImageKHR") ? VK_ERROR_DEVICE_LOST
                                            : next.acquire(device, swapchain, timeout, semaphore, fence, index);
}

VkResult present(VkQueue queue, const VkPresentInfoKHR* info) {
    const VkResult result = next.present(queue, info); // waits for the semaphores all the same
    return is_lost("vkQueuePresentKHR") ? VK_ERROR_DEVICE_LOST : result;
}

// The link of the loader's chain that is ours.
template <class Link> Link* link_of(const void* chain, VkStructureType type) {
    auto* at = static_cast<Link*>(const_cast<void*>(chain));
    while (at != nullptr && !(at->sType == type && at->function == VK_LAYER_LINK_INFO))
        at = static_cast<Link*>(const_cast<void*>(at->pNext));
    return at;
}

VkResult create_instance(const VkInstanceCreateInfo* info, const VkAllocationCallbacks* allocator, VkInstance* out) {
    auto* link = link_of<VkLayerInstanceCreateInfo>(info->pNext, VK_STRUCTURE_TYPE_LOADER_INSTANCE_CREATE_INFO);
    if (link == nullptr) return VK_ERROR_INITIALIZATION_FAILED;
    next.instance_proc = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
    link->u.pLayerInfo = link->u.pLayerInfo->pNext;
    const auto create = reinterpret_cast<PFN_vkCreateInstance>(next.instance_proc(nullptr, "vkCreateInstance"));
    const VkResult result = create(info, allocator, out);
    if (result == VK_SUCCESS) newest_instance = *out;
    return result;
}

VkResult create_device(VkPhysicalDevice gpu, const VkDeviceCreateInfo* info, const VkAllocationCallbacks* allocator,
                       VkDevice* out) {
    auto* link = link_of<VkLayerDeviceCreateInfo>(info->pNext, VK_STRUCTURE_TYPE_LOADER_DEVICE_CREATE_INFO);
    if (link == nullptr) return VK_ERROR_INITIALIZATION_FAILED;
    const auto instance_proc = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
    next.device_proc = link->u.pLayerInfo->pfnNextGetDeviceProcAddr;
    link->u.pLayerInfo = link->u.pLayerInfo->pNext;
    const auto create = reinterpret_cast<PFN_vkCreateDevice>(instance_proc(newest_instance, "vkCreateDevice"));
    const VkResult result = create(gpu, info, allocator, out);
    const std::lock_guard lock(guard);
    armed.clear();
    lost = false;
    return result;
}

PFN_vkVoidFunction any(auto function) { return reinterpret_cast<PFN_vkVoidFunction>(function); }

template <class Function> bool stand_in(VkDevice device, const char* name, const char* asked, Function ours,
                                        Function& theirs, PFN_vkVoidFunction* out) {
    if (std::strcmp(name, asked) != 0) return false;
    theirs = reinterpret_cast<Function>(next.device_proc(device, name));
    *out = theirs != nullptr ? any(ours) : nullptr;
    return true;
}

PFN_vkVoidFunction VKAPI_CALL device_proc(VkDevice device, const char* name) {
    PFN_vkVoidFunction out = nullptr;
    if (std::strcmp(name, "vkGetDeviceProcAddr") == 0) return any(&device_proc);
    if (stand_in(device, "vkQueueSubmit2", name, &submit, next.submit, &out) ||
        stand_in(device, "vkQueueWaitIdle", name, &wait_idle, next.wait_idle, &out) ||
        stand_in(device, "vkWaitForFences", name, &wait_for_fences, next.wait_for_fences, &out) ||
        stand_in(device, "vkAcquireNextImageKHR", name, &acquire, next.acquire, &out) ||
        stand_in(device, "vkQueuePresentKHR", name, &present, next.present, &out))
        return out;
    return next.device_proc(device, name);
}

PFN_vkVoidFunction VKAPI_CALL instance_proc(VkInstance instance, const char* name) {
    if (std::strcmp(name, "vkGetInstanceProcAddr") == 0) return any(&instance_proc);
    if (std::strcmp(name, "vkGetDeviceProcAddr") == 0) return any(&device_proc);
    if (std::strcmp(name, "vkCreateInstance") == 0) return any(&create_instance);
    if (std::strcmp(name, "vkCreateDevice") == 0) return any(&create_device);
    return next.instance_proc != nullptr ? next.instance_proc(instance, name) : nullptr;
}

} // namespace

extern "C" __attribute__((visibility("default"))) VkResult
vkNegotiateLoaderLayerInterfaceVersion(VkNegotiateLayerInterface* version) {
    version->loaderLayerInterfaceVersion = 2;
    version->pfnGetInstanceProcAddr = instance_proc;
    version->pfnGetDeviceProcAddr = device_proc;
    version->pfnGetPhysicalDeviceProcAddr = nullptr;
    return VK_SUCCESS;
}

extern "C" __attribute__((visibility("default"))) void pw_vk_lose(const char* call) {
    const std::lock_guard lock(guard);
    armed = call;
}
