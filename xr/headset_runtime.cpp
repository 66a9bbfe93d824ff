// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_runtime.h"

#include "base/log.h"
#include "xr/headset_input.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

namespace pw::xr {
namespace {

Result<std::vector<XrExtensionProperties>> offered_extensions() {
    std::uint32_t count = 0;
    XrResult result = xrEnumerateInstanceExtensionProperties(nullptr, 0, &count, nullptr);
    std::vector<XrExtensionProperties> list(count, {.type = XR_TYPE_EXTENSION_PROPERTIES});
    if (XR_SUCCEEDED(result)) result = xrEnumerateInstanceExtensionProperties(nullptr, count, &count, list.data());
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrEnumerateInstanceExtensionProperties", result));
    list.resize(count);
    return list;
}

struct FindCalls {
    XrInstance instance;
    bool all = true; // those that were looked for are there

    template <class Function> void operator()(Function& out, const char* name) {
        out = xr_function<Function>(instance, name);
        all &= out != nullptr;
    }
};

std::optional<PassthroughCalls> passthrough_calls(XrInstance instance) {
    FindCalls find{instance};
    PassthroughCalls calls;
    find(calls.create, "xrCreatePassthroughFB");
    find(calls.destroy, "xrDestroyPassthroughFB");
    find(calls.start, "xrPassthroughStartFB");
    find(calls.pause, "xrPassthroughPauseFB");
    find(calls.create_layer, "xrCreatePassthroughLayerFB");
    find(calls.destroy_layer, "xrDestroyPassthroughLayerFB");
    find(calls.resume_layer, "xrPassthroughLayerResumeFB");
    find(calls.pause_layer, "xrPassthroughLayerPauseFB");
    return find.all ? std::optional(calls) : std::nullopt;
}

std::optional<AnchorCalls> anchor_calls(XrInstance instance) {
    FindCalls find{instance};
    AnchorCalls calls;
    find(calls.create, "xrCreateSpatialAnchorFB");
    find(calls.set_status, "xrSetSpaceComponentStatusFB");
    find(calls.save, "xrSaveSpaceFB");
    find(calls.erase, "xrEraseSpaceFB");
    find(calls.query, "xrQuerySpacesFB");
    find(calls.retrieve, "xrRetrieveSpaceQueryResultsFB");
    return find.all ? std::optional(calls) : std::nullopt;
}

Result<void> create_instance(Runtime& runtime) {
    const auto offered = offered_extensions();
    if (!offered) return std::unexpected(offered.error());

    std::vector<const char*> enabled;
    const auto enable = [&](const char* name) {
        const bool has = std::ranges::any_of(
            *offered, [&](const XrExtensionProperties& e) { return std::strcmp(e.extensionName, name) == 0; });
        if (has && !std::ranges::contains(enabled, std::string_view(name))) enabled.push_back(name);
        if (!has) log_debug(std::string("the OpenXR runtime has no ") + name);
        return has;
    };
    if (!enable(XR_KHR_VULKAN_ENABLE2_EXTENSION_NAME))
        return fail(Errc::Unavailable, "the OpenXR runtime has no " XR_KHR_VULKAN_ENABLE2_EXTENSION_NAME);
    runtime.depth_layer = enable(XR_KHR_COMPOSITION_LAYER_DEPTH_EXTENSION_NAME);
    runtime.local_floor = enable(XR_EXT_LOCAL_FLOOR_EXTENSION_NAME); // core in 1.1, where some leave the name out
    const bool timespec = enable(XR_KHR_CONVERT_TIMESPEC_TIME_EXTENSION_NAME);
    const bool passthrough = enable(XR_FB_PASSTHROUGH_EXTENSION_NAME);
    bool anchors = true;
    for (const char* name : {XR_FB_SPATIAL_ENTITY_EXTENSION_NAME, XR_FB_SPATIAL_ENTITY_STORAGE_EXTENSION_NAME,
                             XR_FB_SPATIAL_ENTITY_QUERY_EXTENSION_NAME})
        anchors &= enable(name);
    runtime.user_presence = enable(XR_EXT_USER_PRESENCE_EXTENSION_NAME);
    enable(XR_FB_DISPLAY_REFRESH_RATE_EXTENSION_NAME); // for its event
    for (const char* extension : input_extensions()) enable(extension);
    runtime.extensions.assign(enabled.begin(), enabled.end());

    XrInstanceCreateInfo info{.type = XR_TYPE_INSTANCE_CREATE_INFO};
    std::strcpy(info.applicationInfo.applicationName, "Plantwalk");
    std::strcpy(info.applicationInfo.engineName, "Plantwalk");
    info.applicationInfo.apiVersion = XR_API_VERSION_1_1;
    info.enabledExtensionCount = static_cast<std::uint32_t>(enabled.size());
    info.enabledExtensionNames = enabled.data();
    XrResult result = xrCreateInstance(&info, runtime.instance.put());
    if (result == XR_ERROR_API_VERSION_UNSUPPORTED) {
        info.applicationInfo.apiVersion = XR_API_VERSION_1_0;
        result = xrCreateInstance(&info, runtime.instance.put());
    } else {
        runtime.local_floor = true;
    }
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreateInstance", result));
    if (timespec)
        runtime.to_timespec =
            xr_function<PFN_xrConvertTimeToTimespecTimeKHR>(runtime.instance.get(), "xrConvertTimeToTimespecTimeKHR");
    if (passthrough) runtime.passthrough = passthrough_calls(runtime.instance.get());
    if (anchors) runtime.anchors = anchor_calls(runtime.instance.get());
    return {};
}

Result<void> find_headset(Runtime& runtime) {
    XrInstanceProperties about{.type = XR_TYPE_INSTANCE_PROPERTIES};
    xrGetInstanceProperties(runtime.instance.get(), &about);
    runtime.name = about.runtimeName;

    const XrSystemGetInfo wanted{.type = XR_TYPE_SYSTEM_GET_INFO, .formFactor = XR_FORM_FACTOR_HEAD_MOUNTED_DISPLAY};
    const XrResult result = xrGetSystem(runtime.instance.get(), &wanted, &runtime.system);
    if (result == XR_ERROR_FORM_FACTOR_UNAVAILABLE)
        return fail(Errc::Unavailable, runtime.name + " runs without a headset");
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrGetSystem", result));

    // What an extension's name promises, this headset may lack. An unknown structure must not be asked for.
    XrSystemPassthroughPropertiesFB passthrough{.type = XR_TYPE_SYSTEM_PASSTHROUGH_PROPERTIES_FB};
    XrSystemUserPresencePropertiesEXT presence{.type = XR_TYPE_SYSTEM_USER_PRESENCE_PROPERTIES_EXT};
    XrSystemSpatialEntityPropertiesFB anchors{.type = XR_TYPE_SYSTEM_SPATIAL_ENTITY_PROPERTIES_FB};
    XrSystemProperties properties{.type = XR_TYPE_SYSTEM_PROPERTIES};
    const auto ask = [&](auto& structure) {
        structure.next = properties.next;
        properties.next = &structure;
    };
    if (runtime.passthrough) ask(passthrough);
    if (runtime.user_presence) ask(presence);
    if (runtime.anchors) ask(anchors);
    if (XR_SUCCEEDED(xrGetSystemProperties(runtime.instance.get(), runtime.system, &properties))) {
        runtime.name += std::string(", ") + properties.systemName;
        runtime.max_layers = properties.graphicsProperties.maxLayerCount;
    }
    if (passthrough.supportsPassthrough != XR_TRUE) runtime.passthrough.reset();
    if (anchors.supportsSpatialEntity != XR_TRUE) runtime.anchors.reset();
    runtime.user_presence = presence.supportsUserPresence == XR_TRUE;
    return {};
}

// What is offered, best for AR first. XR_FB_passthrough lies below a picture that is opaque to the runtime.
Result<void> list_blends(Runtime& runtime) {
    XrEnvironmentBlendMode modes[8]{};
    std::uint32_t count = 0;
    const XrResult result =
        xrEnumerateEnvironmentBlendModes(runtime.instance.get(), runtime.system, runtime.view_type, 8, &count, modes);
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrEnumerateEnvironmentBlendModes", result));
    const auto offer = [&](XrEnvironmentBlendMode mode, Blend blend) {
        if (std::ranges::contains(std::span(modes, count), mode)) runtime.blends.push_back(blend);
    };
    offer(XR_ENVIRONMENT_BLEND_MODE_ALPHA_BLEND, Blend::Alpha);
    if (runtime.passthrough) offer(XR_ENVIRONMENT_BLEND_MODE_OPAQUE, Blend::Passthrough);
    offer(XR_ENVIRONMENT_BLEND_MODE_ADDITIVE, Blend::Additive);
    offer(XR_ENVIRONMENT_BLEND_MODE_OPAQUE, Blend::Opaque);
    if (runtime.blends.empty()) return fail(Errc::Unavailable, runtime.name + " has no blend mode that we know");
    return {};
}

// The enable2 calls have two results; what the caller can act on is the Vulkan one.
VkResult both(const char* call, XrResult result, VkResult vulkan) {
    if (XR_SUCCEEDED(result)) return vulkan;
    log_warn(xr_error(call, result).what);
    return vulkan == VK_SUCCESS ? VK_ERROR_INITIALIZATION_FAILED : vulkan;
}

} // namespace

bool Runtime::enabled(std::string_view extension) const { return std::ranges::contains(extensions, extension); }

Result<Runtime> make_runtime() {
    Runtime runtime;
    return create_instance(runtime)
        .and_then([&] { return find_headset(runtime); })
        .and_then([&] { return read_views(runtime); })
        .and_then([&] { return list_blends(runtime); })
        .transform([&] { return std::move(runtime); });
}

// Both eyes, else one. The first of the two that the runtime has.
Result<void> read_views(Runtime& runtime) {
    for (const XrViewConfigurationType type :
         {XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO, XR_VIEW_CONFIGURATION_TYPE_PRIMARY_MONO}) {
        XrViewConfigurationView views[2]{{.type = XR_TYPE_VIEW_CONFIGURATION_VIEW},
                                         {.type = XR_TYPE_VIEW_CONFIGURATION_VIEW}};
        std::uint32_t count = 0;
        const XrResult result =
            xrEnumerateViewConfigurationViews(runtime.instance.get(), runtime.system, type, 2, &count, views);
        if (XR_FAILED(result) || count == 0) continue;
        runtime.view_type = type;
        runtime.view_count = count;
        runtime.width = runtime.height = 0;
        // One image array serves both eyes: as large as the larger.
        for (const XrViewConfigurationView& view : std::span(views, count)) {
            runtime.width = std::max(runtime.width, view.recommendedImageRectWidth);
            runtime.height = std::max(runtime.height, view.recommendedImageRectHeight);
        }
        for (const XrViewConfigurationView& view : std::span(views, count)) {
            runtime.width = std::min(runtime.width, view.maxImageRectWidth);
            runtime.height = std::min(runtime.height, view.maxImageRectHeight);
        }
        return {};
    }
    return fail(Errc::Unavailable, runtime.name + " has neither a stereo nor a mono view");
}

Blend plain_blend(const Runtime& runtime) {
    return std::ranges::contains(runtime.blends, Blend::Opaque) ? Blend::Opaque : runtime.blends.front();
}

Time to_time(const Runtime& runtime, XrTime time, Duration period) {
    timespec at{};
    if (runtime.to_timespec != nullptr && XR_SUCCEEDED(runtime.to_timespec(runtime.instance.get(), time, &at)))
        return {std::int64_t{at.tv_sec} * 1'000'000'000 + at.tv_nsec};
    return system_clock().now() + period; // the runtime keeps its clock to itself: the next frame, about
}

VkResult runtime_create_instance(const Runtime& runtime, const VkInstanceCreateInfo& info, VkInstance* out) {
    const auto requirements = xr_function<PFN_xrGetVulkanGraphicsRequirements2KHR>(
        runtime.instance.get(), "xrGetVulkanGraphicsRequirements2KHR");
    const auto create = xr_function<PFN_xrCreateVulkanInstanceKHR>(runtime.instance.get(), "xrCreateVulkanInstanceKHR");
    if (requirements == nullptr || create == nullptr) return VK_ERROR_EXTENSION_NOT_PRESENT;

    // The runtime insists on being asked before a session may be made; we need Vulkan 1.3 whatever it answers.
    XrGraphicsRequirementsVulkan2KHR needed{.type = XR_TYPE_GRAPHICS_REQUIREMENTS_VULKAN2_KHR};
    XrResult result = requirements(runtime.instance.get(), runtime.system, &needed);
    if (XR_FAILED(result)) return both("xrGetVulkanGraphicsRequirements2KHR", result, VK_SUCCESS);

    XrVulkanInstanceCreateInfoKHR wish{.type = XR_TYPE_VULKAN_INSTANCE_CREATE_INFO_KHR};
    wish.systemId = runtime.system;
    wish.pfnGetInstanceProcAddr = vkGetInstanceProcAddr;
    wish.vulkanCreateInfo = &info;
    VkResult vulkan = VK_SUCCESS;
    result = create(runtime.instance.get(), &wish, out, &vulkan);
    return both("xrCreateVulkanInstanceKHR", result, vulkan);
}

VkResult runtime_choose_gpu(const Runtime& runtime, VkInstance instance, VkPhysicalDevice* out) {
    const auto choose =
        xr_function<PFN_xrGetVulkanGraphicsDevice2KHR>(runtime.instance.get(), "xrGetVulkanGraphicsDevice2KHR");
    if (choose == nullptr) return VK_ERROR_EXTENSION_NOT_PRESENT;
    const XrVulkanGraphicsDeviceGetInfoKHR info{
        .type = XR_TYPE_VULKAN_GRAPHICS_DEVICE_GET_INFO_KHR, .systemId = runtime.system, .vulkanInstance = instance};
    return both("xrGetVulkanGraphicsDevice2KHR", choose(runtime.instance.get(), &info, out), VK_SUCCESS);
}

VkResult runtime_create_device(const Runtime& runtime, VkPhysicalDevice gpu, const VkDeviceCreateInfo& info,
                               VkDevice* out) {
    const auto create = xr_function<PFN_xrCreateVulkanDeviceKHR>(runtime.instance.get(), "xrCreateVulkanDeviceKHR");
    if (create == nullptr) return VK_ERROR_EXTENSION_NOT_PRESENT;
    XrVulkanDeviceCreateInfoKHR wish{.type = XR_TYPE_VULKAN_DEVICE_CREATE_INFO_KHR};
    wish.systemId = runtime.system;
    wish.pfnGetInstanceProcAddr = vkGetInstanceProcAddr;
    wish.vulkanPhysicalDevice = gpu;
    wish.vulkanCreateInfo = &info;
    VkResult vulkan = VK_SUCCESS;
    const XrResult result = create(runtime.instance.get(), &wish, out, &vulkan);
    return both("xrCreateVulkanDeviceKHR", result, vulkan);
}

} // namespace pw::xr
