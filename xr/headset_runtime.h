#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: the OpenXR runtime as it answers now: instance, headset, and what they can do.

#include "base/handle.h"
#include "base/result.h"
#include "base/time.h"
#include "xr/host.h"
#include "xr/openxr_api.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pw::xr {

struct PassthroughCalls { // XR_FB_passthrough
    PFN_xrCreatePassthroughFB create = nullptr;
    PFN_xrDestroyPassthroughFB destroy = nullptr;
    PFN_xrPassthroughStartFB start = nullptr;
    PFN_xrPassthroughPauseFB pause = nullptr;
    PFN_xrCreatePassthroughLayerFB create_layer = nullptr;
    PFN_xrDestroyPassthroughLayerFB destroy_layer = nullptr;
    PFN_xrPassthroughLayerResumeFB resume_layer = nullptr;
    PFN_xrPassthroughLayerPauseFB pause_layer = nullptr;
};

struct AnchorCalls { // XR_FB_spatial_entity, with _storage and _query
    PFN_xrCreateSpatialAnchorFB create = nullptr;
    PFN_xrSetSpaceComponentStatusFB set_status = nullptr;
    PFN_xrSaveSpaceFB save = nullptr;
    PFN_xrEraseSpaceFB erase = nullptr;
    PFN_xrQuerySpacesFB query = nullptr;
    PFN_xrRetrieveSpaceQueryResultsFB retrieve = nullptr;
};

struct Runtime {
    Handle<XrInstance, xrDestroyInstance> instance;
    XrSystemId system = XR_NULL_SYSTEM_ID;
    std::string name; // "Monado(XRT) …, Remote HMD"

    std::vector<std::string> extensions; // enabled
    bool enabled(std::string_view extension) const;

    bool depth_layer = false;
    bool local_floor = false;
    bool user_presence = false;
    PFN_xrConvertTimeToTimespecTimeKHR to_timespec = nullptr; // or none
    std::optional<PassthroughCalls> passthrough;              // where the headset has it
    std::optional<AnchorCalls> anchors;                       // likewise

    XrViewConfigurationType view_type = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO;
    std::uint32_t view_count = 2;
    std::uint32_t width = 0, height = 0; // recommended, of one view
    std::uint32_t max_layers = XR_MIN_COMPOSITION_LAYERS_SUPPORTED;
    std::vector<Blend> blends; // what is offered, best for AR first; never empty
};

// Unavailable when no runtime answers or it has no headset. Costs milliseconds where no runtime runs.
Result<Runtime> make_runtime();
// Asks anew for the size of a view, which a runtime's settings may have changed.
Result<void> read_views(Runtime& runtime);

// Without a view of the world; where the headset always has one, the best.
Blend plain_blend(const Runtime& runtime);

// XrTime on our monotonic clock.
Time to_time(const Runtime& runtime, XrTime time, Duration period);

// XR_KHR_vulkan_enable2: the runtime adds what it needs to the app's wishes.
VkResult runtime_create_instance(const Runtime& runtime, const VkInstanceCreateInfo& info, VkInstance* out);
VkResult runtime_choose_gpu(const Runtime& runtime, VkInstance instance, VkPhysicalDevice* out);
VkResult runtime_create_device(const Runtime& runtime, VkPhysicalDevice gpu, const VkDeviceCreateInfo& info,
                               VkDevice* out);

} // namespace pw::xr
