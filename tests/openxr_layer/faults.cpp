// SPDX-License-Identifier: Apache-2.0
// An OpenXR API layer that makes a runtime misbehave when a test says so. No runtime that can be had in a test does
// these things by itself. Commands are read from the file $PW_XR_FAULT_FILE at the next xrPollEvent, which removes it:
//     LOSS_PENDING, STOPPING, IDLE, READY, EXITING   that session state
//     INSTANCE_LOSS_PENDING                          that event
//     SESSION_LOST, INSTANCE_LOST                    every call of a frame fails so, until a new session or instance
//     ZERO_VIEWS                                     the next xrLocateViews succeeds and gives zeros
// $PW_XR_HIDE lists what to hide at all: "1.1" (the version), "LOCAL_FLOOR", "STAGE" (the spaces), "timespec".
// What a client enables is written to the file $PW_XR_ENABLED_FILE, a name a line.

#include <openxr/openxr.h>
#include <openxr/openxr_loader_negotiation.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

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
} next;

XrSession session = XR_NULL_HANDLE;
XrResult broken = XR_SUCCESS; // what a frame's calls answer instead
bool stopped_by_us = false;   // the runtime below still runs the session
bool zero_views = false;

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
    return XR_SUCCESS;
}

XrResult poll_event(XrInstance instance, XrEventDataBuffer* out) {
    const std::string command = take_command();
    if (command == "LOSS_PENDING") return state_event(out, XR_SESSION_STATE_LOSS_PENDING);
    if (command == "STOPPING") return state_event(out, XR_SESSION_STATE_STOPPING);
    if (command == "IDLE") return state_event(out, XR_SESSION_STATE_IDLE);
    if (command == "READY") return state_event(out, XR_SESSION_STATE_READY);
    if (command == "EXITING") return state_event(out, XR_SESSION_STATE_EXITING);
    if (command == "SESSION_LOST") broken = XR_ERROR_SESSION_LOST;
    if (command == "INSTANCE_LOST") broken = XR_ERROR_INSTANCE_LOST;
    if (command == "ZERO_VIEWS") zero_views = true;
    if (command == "INSTANCE_LOSS_PENDING") {
        reinterpret_cast<XrEventDataInstanceLossPending&>(*out) = {.type = XR_TYPE_EVENT_DATA_INSTANCE_LOSS_PENDING,
                                                                   .lossTime = 1};
        return XR_SUCCESS;
    }
    return broken == XR_ERROR_INSTANCE_LOST ? broken : next.poll_event(instance, out);
}

XrResult wait_frame(XrSession of, const XrFrameWaitInfo* info, XrFrameState* out) {
    return broken != XR_SUCCESS ? broken : next.wait_frame(of, info, out);
}

XrResult locate_views(XrSession of, const XrViewLocateInfo* info, XrViewState* state, std::uint32_t capacity,
                      std::uint32_t* count, XrView* views) {
    const XrResult result = next.locate_views(of, info, state, capacity, count, views);
    if (capacity == 0 || !zero_views) return result;
    zero_views = false;
    for (std::uint32_t i = 0; i < capacity; ++i) views[i] = {.type = XR_TYPE_VIEW};
    return result;
}

XrResult create_session(XrInstance instance, const XrSessionCreateInfo* info, XrSession* out) {
    const XrResult result = next.create_session(instance, info, out);
    if (XR_SUCCEEDED(result)) session = *out;
    broken = XR_SUCCESS;
    stopped_by_us = false;
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
        stand_in("xrLocateViews", name, &locate_views, next.locate_views, instance, out) ||
        stand_in("xrCreateSession", name, &create_session, next.create_session, instance, out) ||
        stand_in("xrBeginSession", name, &begin_session, next.begin_session, instance, out) ||
        stand_in("xrEndSession", name, &end_session, next.end_session, instance, out) ||
        stand_in("xrEnumerateReferenceSpaces", name, &enumerate_spaces, next.enumerate_spaces, instance, out))
        return XR_SUCCESS;
    if (hidden("timespec") && std::strcmp(name, "xrConvertTimeToTimespecTimeKHR") == 0)
        return XR_ERROR_FUNCTION_UNSUPPORTED;
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
    return layer->nextInfo->nextCreateApiLayerInstance(info, &below, out);
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
