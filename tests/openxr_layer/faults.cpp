// SPDX-License-Identifier: Apache-2.0
// An OpenXR API layer that makes a runtime misbehave when a test says so. No runtime that can be had in a test does
// these things by itself. Commands are read from the file $PW_XR_FAULT_FILE at the next xrPollEvent, which removes it:
//     LOSS_PENDING, STOPPING, IDLE, READY, SYNCHRONIZED, VISIBLE, FOCUSED, EXITING   that session state
//     INSTANCE_LOSS_PENDING                          that event
//     SESSION_LOST, INSTANCE_LOST                    every call of a frame fails so, until a new session or instance
//     ZERO_VIEWS                                     the next xrLocateViews succeeds and gives zeros
//     UNTRACKED, TRACKED                             the head has lost its position, and has it again
//     ABSENT, PRESENT                                that the headset is taken off, or put on (XR_EXT_user_presence)
//     RECENTRE                                       in 300 ms the floor's origin is turned by 180 degrees and 1 m
//                                                    ahead
//     RATE                                           that the display changed from 72 to 90 Hz
//     PASSTHROUGH_REINIT, PASSTHROUGH_GONE           that XR_FB_passthrough must be made anew, or has failed
//     END_FAILS                                      the next xrEndFrame fails
//     ANCHOR_FAILS                                   the next anchor cannot be made, or saved, or found
// $PW_XR_HIDE lists what to hide at all: "1.1" (the version), "LOCAL_FLOOR", "STAGE" (the spaces), "timespec".
// $PW_XR_OFFER "presence": the headset supports XR_EXT_user_presence. $PW_XR_MAX_LAYERS: as many in a frame.
// $PW_XR_VIEW_SIZE "256x192": the recommended size of a view. More in tests/openxr_layer/around.h and anchors.h.
// What a client enables is written to the file $PW_XR_ENABLED_FILE, a name a line.

#include "tests/openxr_layer/anchors.h"
#include "tests/openxr_layer/around.h"

#include <openxr/openxr_loader_negotiation.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct {
    PFN_xrGetInstanceProcAddr get = nullptr;
    PFN_xrPollEvent poll_event = nullptr;
    PFN_xrWaitFrame wait_frame = nullptr;
    PFN_xrCreateSession create_session = nullptr;
    PFN_xrBeginSession begin_session = nullptr;
    PFN_xrEndSession end_session = nullptr;
    PFN_xrEnumerateReferenceSpaces enumerate_spaces = nullptr;
    PFN_xrLocateViews locate_views = nullptr;
    PFN_xrLocateSpace locate_space = nullptr;
    PFN_xrSyncActions sync_actions = nullptr;
    PFN_xrCreateReferenceSpace create_space = nullptr;
    PFN_xrGetSystemProperties get_properties = nullptr;
    PFN_xrEnumerateViewConfigurationViews enumerate_views = nullptr;
} next;

XrSession session = XR_NULL_HANDLE;
XrResult broken = XR_SUCCESS; // what a frame's calls answer instead
bool stopped_by_us = false;   // the runtime below still runs the session
bool zero_views = false;
bool untracked = false;
XrSpace head = XR_NULL_HANDLE;
XrTime last_display = 0;
XrSessionState told = XR_SESSION_STATE_UNKNOWN; // by us, and not by the runtime

constexpr const char* kOurs[]{XR_FB_PASSTHROUGH_EXTENSION_NAME, XR_EXT_USER_PRESENCE_EXTENSION_NAME,
                              XR_FB_SPATIAL_ENTITY_EXTENSION_NAME, XR_FB_SPATIAL_ENTITY_STORAGE_EXTENSION_NAME,
                              XR_FB_SPATIAL_ENTITY_QUERY_EXTENSION_NAME};

bool hidden(const char* what) {
    const char* list = std::getenv("PW_XR_HIDE");
    return list != nullptr && std::strstr(list, what) != nullptr;
}

std::string take_command() {
    const char* path = std::getenv("PW_XR_FAULT_FILE");
    if (path == nullptr) return {};
    std::string command;
    std::ifstream(path) >> command;
    if (!command.empty()) std::remove(path);
    return command;
}

XrResult state_event(XrEventDataBuffer* out, XrSessionState state) {
    auto& event = reinterpret_cast<XrEventDataSessionStateChanged&>(*out);
    event = {.type = XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED, .session = session, .state = state, .time = 1};
    stopped_by_us |= state == XR_SESSION_STATE_STOPPING;
    told = state;
    return XR_SUCCESS;
}

template <class Event> XrResult put(XrEventDataBuffer* out, const Event& event) {
    std::memcpy(static_cast<void*>(out), &event, sizeof(event));
    return XR_SUCCESS;
}

XrResult recentre_event(XrEventDataBuffer* out) {
    XrEventDataReferenceSpaceChangePending event{.type = XR_TYPE_EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING};
    event.session = session;
    event.referenceSpaceType = XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR;
    event.changeTime = last_display + 300'000'000;
    event.poseValid = XR_TRUE;
    event.poseInPreviousSpace = {{0.f, 1.f, 0.f, 0.f}, {0.f, 0.f, -1.f}};
    return put(out, event);
}

// False: no event.
bool make_event(const std::string& command, XrEventDataBuffer* out) {
    const struct {
        const char* name;
        XrSessionState state;
    } states[]{{"LOSS_PENDING", XR_SESSION_STATE_LOSS_PENDING},
               {"STOPPING", XR_SESSION_STATE_STOPPING},
               {"IDLE", XR_SESSION_STATE_IDLE},
               {"READY", XR_SESSION_STATE_READY},
               {"SYNCHRONIZED", XR_SESSION_STATE_SYNCHRONIZED},
               {"VISIBLE", XR_SESSION_STATE_VISIBLE},
               {"FOCUSED", XR_SESSION_STATE_FOCUSED},
               {"EXITING", XR_SESSION_STATE_EXITING}};
    for (const auto& known : states)
        if (command == known.name) return state_event(out, known.state) == XR_SUCCESS;
    if (command == "INSTANCE_LOSS_PENDING")
        return put(out, XrEventDataInstanceLossPending{.type = XR_TYPE_EVENT_DATA_INSTANCE_LOSS_PENDING,
                                                       .lossTime = 1}) == XR_SUCCESS;
    if (command == "RECENTRE") return recentre_event(out) == XR_SUCCESS;
    if (command == "ABSENT" || command == "PRESENT")
        return put(out, XrEventDataUserPresenceChangedEXT{.type = XR_TYPE_EVENT_DATA_USER_PRESENCE_CHANGED_EXT,
                                                          .session = session,
                                                          .isUserPresent = command == "PRESENT"}) == XR_SUCCESS;
    if (command == "RATE")
        return put(out,
                   XrEventDataDisplayRefreshRateChangedFB{.type = XR_TYPE_EVENT_DATA_DISPLAY_REFRESH_RATE_CHANGED_FB,
                                                          .fromDisplayRefreshRate = 72.f,
                                                          .toDisplayRefreshRate = 90.f}) == XR_SUCCESS;
    if (command == "PASSTHROUGH_REINIT" || command == "PASSTHROUGH_GONE")
        return put(out, XrEventDataPassthroughStateChangedFB{
                            .type = XR_TYPE_EVENT_DATA_PASSTHROUGH_STATE_CHANGED_FB,
                            .flags = command == "PASSTHROUGH_REINIT"
                                         ? XR_PASSTHROUGH_STATE_CHANGED_REINIT_REQUIRED_BIT_FB
                                         : XR_PASSTHROUGH_STATE_CHANGED_NON_RECOVERABLE_ERROR_BIT_FB}) == XR_SUCCESS;
    return false;
}

XrResult poll_event(XrInstance instance, XrEventDataBuffer* out) {
    const std::string command = take_command();
    if (make_event(command, out)) return XR_SUCCESS;
    if (command == "SESSION_LOST") broken = XR_ERROR_SESSION_LOST;
    if (command == "INSTANCE_LOST") broken = XR_ERROR_INSTANCE_LOST;
    if (command == "ZERO_VIEWS") zero_views = true;
    if (command == "UNTRACKED" || command == "TRACKED") untracked = command == "UNTRACKED";
    if (command == "END_FAILS") fail_next_end_frame();
    if (command == "ANCHOR_FAILS") fail_next_anchor();
    if (broken == XR_SUCCESS && take_anchor_event(out)) return XR_SUCCESS;
    return broken == XR_ERROR_INSTANCE_LOST ? broken : next.poll_event(instance, out);
}

XrResult wait_frame(XrSession of, const XrFrameWaitInfo* info, XrFrameState* out) {
    if (broken != XR_SUCCESS) return broken;
    const XrResult result = next.wait_frame(of, info, out);
    last_display = out->predictedDisplayTime;
    if (told == XR_SESSION_STATE_SYNCHRONIZED) out->shouldRender = XR_FALSE;
    return result;
}

XrResult sync_actions(XrSession of, const XrActionsSyncInfo* info) {
    const bool unfocused = told == XR_SESSION_STATE_SYNCHRONIZED || told == XR_SESSION_STATE_VISIBLE;
    return unfocused ? XR_SESSION_NOT_FOCUSED : next.sync_actions(of, info);
}

XrResult create_space(XrSession of, const XrReferenceSpaceCreateInfo* info, XrSpace* out) {
    const XrResult result = next.create_space(of, info, out);
    if (XR_SUCCEEDED(result) && info->referenceSpaceType == XR_REFERENCE_SPACE_TYPE_VIEW) head = *out;
    return result;
}

XrResult locate_space(XrSpace space, XrSpace base, XrTime time, XrSpaceLocation* out) {
    if (is_blind_anchor(space)) return XR_ERROR_SPACE_COMPONENT_NOT_ENABLED_FB;
    const XrResult result = next.locate_space(space, base, time, out);
    if (!untracked || space != head) return result;
    out->locationFlags &= ~(XR_SPACE_LOCATION_POSITION_VALID_BIT | XR_SPACE_LOCATION_POSITION_TRACKED_BIT);
    out->pose.position = {};
    return result;
}

// What only we know is kept from those below.
XrResult get_properties(XrInstance instance, XrSystemId system, XrSystemProperties* out) {
    XrBaseOutStructure ends{.type = XR_TYPE_UNKNOWN, .next = static_cast<XrBaseOutStructure*>(out->next)};
    std::vector<XrBaseOutStructure*> kept;
    for (XrBaseOutStructure* before = &ends; before->next != nullptr;) {
        XrBaseOutStructure* const at = before->next;
        if (at->type == XR_TYPE_SYSTEM_PASSTHROUGH_PROPERTIES_FB) {
            reinterpret_cast<XrSystemPassthroughPropertiesFB*>(at)->supportsPassthrough = offered("passthrough");
        } else if (at->type == XR_TYPE_SYSTEM_USER_PRESENCE_PROPERTIES_EXT) {
            reinterpret_cast<XrSystemUserPresencePropertiesEXT*>(at)->supportsUserPresence = offered("presence");
        } else if (at->type == XR_TYPE_SYSTEM_SPATIAL_ENTITY_PROPERTIES_FB) {
            reinterpret_cast<XrSystemSpatialEntityPropertiesFB*>(at)->supportsSpatialEntity = offered("anchors");
        } else {
            before = at;
            continue;
        }
        kept.push_back(at);
        before->next = at->next;
    }
    out->next = ends.next;
    const XrResult result = next.get_properties(instance, system, out);
    for (XrBaseOutStructure* at : kept) {
        at->next = static_cast<XrBaseOutStructure*>(out->next);
        out->next = at;
    }
    if (const char* layers = std::getenv("PW_XR_MAX_LAYERS"); layers != nullptr && *layers != '\0')
        out->graphicsProperties.maxLayerCount = static_cast<std::uint32_t>(std::atoi(layers));
    return result;
}

XrResult enumerate_views(XrInstance instance, XrSystemId system, XrViewConfigurationType type, std::uint32_t capacity,
                         std::uint32_t* count, XrViewConfigurationView* out) {
    const XrResult result = next.enumerate_views(instance, system, type, capacity, count, out);
    unsigned width = 0, height = 0;
    const char* size = std::getenv("PW_XR_VIEW_SIZE");
    if (size == nullptr || std::sscanf(size, "%ux%u", &width, &height) != 2) return result;
    for (std::uint32_t i = 0; XR_SUCCEEDED(result) && i < std::min(capacity, *count); ++i) {
        out[i].recommendedImageRectWidth = width;
        out[i].recommendedImageRectHeight = height;
    }
    return result;
}

XrResult locate_views(XrSession of, const XrViewLocateInfo* info, XrViewState* state, std::uint32_t capacity,
                      std::uint32_t* count, XrView* views) {
    const XrResult result = next.locate_views(of, info, state, capacity, count, views);
    if (capacity > 0 && untracked) {
        state->viewStateFlags &= ~(XR_VIEW_STATE_POSITION_VALID_BIT | XR_VIEW_STATE_POSITION_TRACKED_BIT);
        for (std::uint32_t i = 0; i < capacity; ++i) views[i].pose.position = {};
    }
    if (capacity == 0 || !zero_views) return result;
    zero_views = false;
    for (std::uint32_t i = 0; i < capacity; ++i) views[i] = {.type = XR_TYPE_VIEW};
    return result;
}

XrResult create_session(XrInstance instance, const XrSessionCreateInfo* info, XrSession* out) {
    const XrResult result = next.create_session(instance, info, out);
    if (XR_SUCCEEDED(result)) session = *out;
    broken = XR_SUCCESS;
    stopped_by_us = untracked = false;
    told = XR_SESSION_STATE_UNKNOWN;
    return result;
}

XrResult begin_session(XrSession of, const XrSessionBeginInfo* info) {
    return stopped_by_us ? (stopped_by_us = false, XR_SUCCESS) : next.begin_session(of, info);
}

XrResult end_session(XrSession of) { return stopped_by_us ? XR_SUCCESS : next.end_session(of); }

XrResult enumerate_spaces(XrSession of, std::uint32_t capacity, std::uint32_t* count, XrReferenceSpaceType* out) {
    const XrResult result = next.enumerate_spaces(of, capacity, count, out);
    if (XR_FAILED(result) || capacity == 0) return result;
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < *count; ++i)
        if (!(out[i] == XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR && hidden("LOCAL_FLOOR")) &&
            !(out[i] == XR_REFERENCE_SPACE_TYPE_STAGE && hidden("STAGE")))
            out[kept++] = out[i];
    *count = kept;
    return result;
}

template <class Function> bool stand_in(const char* name, const char* asked, Function ours, Function& theirs,
                                        XrInstance instance, PFN_xrVoidFunction* out) {
    if (std::strcmp(name, asked) != 0) return false;
    PFN_xrVoidFunction found = nullptr;
    if (XR_FAILED(next.get(instance, name, &found))) return false;
    theirs = reinterpret_cast<Function>(found);
    *out = reinterpret_cast<PFN_xrVoidFunction>(ours);
    return true;
}

XrResult get_proc(XrInstance instance, const char* name, PFN_xrVoidFunction* out) {
    if (stand_in("xrPollEvent", name, &poll_event, next.poll_event, instance, out) ||
        stand_in("xrWaitFrame", name, &wait_frame, next.wait_frame, instance, out) ||
        stand_in("xrSyncActions", name, &sync_actions, next.sync_actions, instance, out) ||
        stand_in("xrLocateSpace", name, &locate_space, next.locate_space, instance, out) ||
        stand_in("xrCreateReferenceSpace", name, &create_space, next.create_space, instance, out) ||
        stand_in("xrGetSystemProperties", name, &get_properties, next.get_properties, instance, out) ||
        stand_in("xrEnumerateViewConfigurationViews", name, &enumerate_views, next.enumerate_views, instance, out) ||
        stand_in("xrLocateViews", name, &locate_views, next.locate_views, instance, out) ||
        stand_in("xrCreateSession", name, &create_session, next.create_session, instance, out) ||
        stand_in("xrBeginSession", name, &begin_session, next.begin_session, instance, out) ||
        stand_in("xrEndSession", name, &end_session, next.end_session, instance, out) ||
        stand_in("xrEnumerateReferenceSpaces", name, &enumerate_spaces, next.enumerate_spaces, instance, out))
        return XR_SUCCESS;
    if (hidden("timespec") && std::strcmp(name, "xrConvertTimeToTimespecTimeKHR") == 0)
        return XR_ERROR_FUNCTION_UNSUPPORTED;
    if (const PFN_xrVoidFunction found = find_anchors(name, instance, next.get)) {
        *out = found;
        return XR_SUCCESS;
    }
    if (const PFN_xrVoidFunction found = find_around(name, instance, next.get)) {
        *out = found;
        return XR_SUCCESS;
    }
    return next.get(instance, name, out);
}

XrResult create_instance(const XrInstanceCreateInfo* info, const XrApiLayerCreateInfo* layer, XrInstance* out) {
    if (hidden("1.1") && info->applicationInfo.apiVersion >= XR_API_VERSION_1_1)
        return XR_ERROR_API_VERSION_UNSUPPORTED;
    broken = XR_SUCCESS;
    if (const char* path = std::getenv("PW_XR_ENABLED_FILE")) {
        std::ofstream file(path);
        for (std::uint32_t i = 0; i < info->enabledExtensionCount; ++i) file << info->enabledExtensionNames[i] << '\n';
    }
    XrApiLayerCreateInfo below = *layer;
    below.nextInfo = layer->nextInfo->next;
    next.get = layer->nextInfo->nextGetInstanceProcAddr;
    std::vector<const char*> names; // without those that only we have
    for (std::uint32_t i = 0; i < info->enabledExtensionCount; ++i)
        if (std::ranges::none_of(kOurs, [&](std::string_view our) { return our == info->enabledExtensionNames[i]; }))
            names.push_back(info->enabledExtensionNames[i]);
    XrInstanceCreateInfo less = *info;
    less.enabledExtensionCount = static_cast<std::uint32_t>(names.size());
    less.enabledExtensionNames = names.data();
    return layer->nextInfo->nextCreateApiLayerInstance(&less, &below, out);
}

} // namespace

extern "C" __attribute__((visibility("default"))) XrResult
xrNegotiateLoaderApiLayerInterface(const XrNegotiateLoaderInfo*, const char*, XrNegotiateApiLayerRequest* request) {
    request->layerInterfaceVersion = XR_CURRENT_LOADER_API_LAYER_VERSION;
    request->layerApiVersion = XR_CURRENT_API_VERSION;
    request->getInstanceProcAddr = get_proc;
    request->createApiLayerInstance = create_instance;
    return XR_SUCCESS;
}
