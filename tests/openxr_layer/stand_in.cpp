// SPDX-License-Identifier: Apache-2.0
// An OpenXR runtime for tests: Monado's, with less or more than it has. A layer cannot do this: what a runtime offers
// is asked before there are layers; and below OpenXR's validation layer, what a client asks of it is validated.
//     $PW_XR_HIDE    names of extensions that are not offered (and what tests/openxr_layer/faults.cpp reads)
//     $PW_XR_OFFER   extensions that Monado lacks, done here: XR_MSFT_controller_model, XR_FB_render_model,
//                    XR_EXT_hand_tracking_data_source; "gaze": eyes that look to the right; "torn": models that are
//                    cut off
//     $PW_XR_MODEL   a file: what those models are
//     $PW_XR_SOURCE  "controller": what made the joints, else the bare hand
//     $PW_XR_PROFILE the interaction profile that it says is in the hands; a change of it is an event
//     $PW_XR_HEARD_FILE gets a line for each binding suggested, pulse, model loaded, change of the number of active
//                    sets of actions, and time that eyes are asked for

#include <dlfcn.h>
#include <openxr/openxr.h>
#include <openxr/openxr_loader_negotiation.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

PFN_xrGetInstanceProcAddr below = nullptr;
XrInstance instance = XR_NULL_HANDLE;
XrSession session = XR_NULL_HANDLE;
std::map<XrAction, std::string> actions;
XrSpace gaze_space = XR_NULL_HANDLE;
std::uint32_t active_sets = 0;

constexpr const char* kOffers[]{XR_MSFT_CONTROLLER_MODEL_EXTENSION_NAME, XR_FB_RENDER_MODEL_EXTENSION_NAME,
                                XR_EXT_HAND_TRACKING_DATA_SOURCE_EXTENSION_NAME};
constexpr XrControllerModelKeyMSFT kModelKey = 7;
constexpr XrRenderModelKeyFB kRenderKey = 9;
constexpr const char* kModelPaths[]{"/model_fb/controller/left", "/model_fb/controller/right"};

bool listed(const char* variable, const char* word) {
    const char* list = std::getenv(variable);
    return list != nullptr && (' ' + std::string(list) + ' ').contains(' ' + std::string(word) + ' ');
}

void heard(const std::string& line) {
    if (const char* path = std::getenv("PW_XR_HEARD_FILE")) std::ofstream(path, std::ios::app) << line << '\n';
}

template <class Function> Function next(const char* name, XrInstance of = instance) {
    PFN_xrVoidFunction found = nullptr;
    return XR_SUCCEEDED(below(of, name, &found)) ? reinterpret_cast<Function>(found) : nullptr;
}

std::string text_of(XrPath path) {
    char text[XR_MAX_PATH_LENGTH]{};
    std::uint32_t size = 0;
    next<PFN_xrPathToString>("xrPathToString")(instance, path, sizeof(text), &size, text);
    return text;
}

XrPath path_of(const char* text) {
    XrPath path = XR_NULL_PATH;
    next<PFN_xrStringToPath>("xrStringToPath")(instance, text, &path);
    return path;
}

// $PW_XR_MODEL, or the smallest glTF binary there is, with the name of who gave it in `asset.generator`.
std::string model(const std::string& giver) {
    if (const char* file = std::getenv("PW_XR_MODEL")) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::string json = R"({"asset":{"version":"2.0","generator":")" + giver + R"("}})";
    json.resize((json.size() + 3) / 4 * 4, ' ');
    const auto size = static_cast<std::uint32_t>(json.size());
    const std::uint32_t head[5]{0x46546c67, 2, size + 20, size, 0x4e4f534a}; // "glTF", 2, all, "JSON"
    if (listed("PW_XR_OFFER", "torn")) json.pop_back();
    return std::string(reinterpret_cast<const char*>(head), sizeof(head)) + json;
}

// OpenXR's way of giving an array: asked twice, first for its size.
XrResult give(const std::string& bytes, std::uint32_t capacity, std::uint32_t* count, std::uint8_t* out) {
    *count = static_cast<std::uint32_t>(bytes.size());
    if (capacity == 0) return XR_SUCCESS;
    if (capacity < bytes.size()) return XR_ERROR_SIZE_INSUFFICIENT;
    std::ranges::copy(bytes, out);
    return XR_SUCCESS;
}

template <class Struct> Struct* chained(void* next, XrStructureType type) {
    auto* found = static_cast<XrBaseOutStructure*>(next);
    while (found != nullptr && found->type != type) found = found->next;
    return reinterpret_cast<Struct*>(found);
}

XrResult enumerate_extensions(const char* layer, std::uint32_t capacity, std::uint32_t* count,
                              XrExtensionProperties* out) {
    const auto ask =
        next<PFN_xrEnumerateInstanceExtensionProperties>("xrEnumerateInstanceExtensionProperties", XR_NULL_HANDLE);
    std::uint32_t has = 0;
    XrResult result = ask(layer, 0, &has, nullptr);
    std::vector<XrExtensionProperties> list(has, {.type = XR_TYPE_EXTENSION_PROPERTIES});
    if (XR_SUCCEEDED(result)) result = ask(layer, has, &has, list.data());
    if (XR_FAILED(result)) return result;
    std::erase_if(list, [](const XrExtensionProperties& e) { return listed("PW_XR_HIDE", e.extensionName); });
    for (const char* name : kOffers) {
        if (!listed("PW_XR_OFFER", name)) continue;
        list.push_back({.type = XR_TYPE_EXTENSION_PROPERTIES, .extensionVersion = 1});
        std::strcpy(list.back().extensionName, name);
    }
    *count = static_cast<std::uint32_t>(list.size());
    if (capacity == 0) return XR_SUCCESS;
    if (capacity < *count) return XR_ERROR_SIZE_INSUFFICIENT;
    std::ranges::copy(list, out);
    return XR_SUCCESS;
}

XrResult create_instance(const XrInstanceCreateInfo* info, XrInstance* out) {
    std::vector<const char*> names;
    for (std::uint32_t i = 0; i < info->enabledExtensionCount; ++i) {
        const std::string name = info->enabledExtensionNames[i];
        if (listed("PW_XR_HIDE", name.c_str())) return XR_ERROR_EXTENSION_NOT_PRESENT;
        if (std::ranges::none_of(kOffers, [&](const char* ours) { return name == ours; }))
            names.push_back(info->enabledExtensionNames[i]);
    }
    XrInstanceCreateInfo less = *info;
    less.enabledExtensionCount = static_cast<std::uint32_t>(names.size());
    less.enabledExtensionNames = names.data();
    session = XR_NULL_HANDLE;
    gaze_space = XR_NULL_HANDLE;
    const XrResult result = next<PFN_xrCreateInstance>("xrCreateInstance", XR_NULL_HANDLE)(&less, out);
    if (XR_SUCCEEDED(result)) instance = *out;
    return result;
}

XrResult get_system_properties(XrInstance of, XrSystemId system, XrSystemProperties* out) {
    const XrResult result = next<PFN_xrGetSystemProperties>("xrGetSystemProperties")(of, system, out);
    auto* gaze =
        chained<XrSystemEyeGazeInteractionPropertiesEXT>(out->next, XR_TYPE_SYSTEM_EYE_GAZE_INTERACTION_PROPERTIES_EXT);
    if (gaze != nullptr && listed("PW_XR_OFFER", "gaze")) gaze->supportsEyeGazeInteraction = XR_TRUE;
    return result;
}

XrResult create_action(XrActionSet set, const XrActionCreateInfo* info, XrAction* out) {
    const XrResult result = next<PFN_xrCreateAction>("xrCreateAction")(set, info, out);
    if (XR_SUCCEEDED(result)) actions[*out] = info->actionName;
    return result;
}

XrResult suggest(XrInstance of, const XrInteractionProfileSuggestedBinding* bindings) {
    const XrResult result =
        next<PFN_xrSuggestInteractionProfileBindings>("xrSuggestInteractionProfileBindings")(of, bindings);
    for (std::uint32_t i = 0; i < bindings->countSuggestedBindings; ++i)
        heard((XR_SUCCEEDED(result) ? "bound " : "refused ") + text_of(bindings->interactionProfile) + ' ' +
              actions[bindings->suggestedBindings[i].action] + ' ' + text_of(bindings->suggestedBindings[i].binding));
    return result;
}

std::string claimed_profile() {
    const char* profile = std::getenv("PW_XR_PROFILE");
    return profile != nullptr ? profile : "";
}

XrResult current_profile(XrSession of, XrPath user, XrInteractionProfileState* out) {
    const XrResult result = next<PFN_xrGetCurrentInteractionProfile>("xrGetCurrentInteractionProfile")(of, user, out);
    if (const std::string profile = claimed_profile(); !profile.empty())
        out->interactionProfile = path_of(profile.c_str());
    return result;
}

XrResult poll_event(XrInstance of, XrEventDataBuffer* out) {
    static std::string told;
    const std::string profile = claimed_profile();
    if (session == XR_NULL_HANDLE || profile == told) return next<PFN_xrPollEvent>("xrPollEvent")(of, out);
    told = profile;
    reinterpret_cast<XrEventDataInteractionProfileChanged&>(*out) = {
        .type = XR_TYPE_EVENT_DATA_INTERACTION_PROFILE_CHANGED, .session = session};
    return XR_SUCCESS;
}

XrResult attach_sets(XrSession of, const XrSessionActionSetsAttachInfo* info) {
    session = of;
    return next<PFN_xrAttachSessionActionSets>("xrAttachSessionActionSets")(of, info);
}

XrResult sync_actions(XrSession of, const XrActionsSyncInfo* info) {
    if (std::exchange(active_sets, info->countActiveActionSets) != info->countActiveActionSets)
        heard("sets " + std::to_string(active_sets));
    return next<PFN_xrSyncActions>("xrSyncActions")(of, info);
}

XrResult create_action_space(XrSession of, const XrActionSpaceCreateInfo* info, XrSpace* out) {
    const XrResult result = next<PFN_xrCreateActionSpace>("xrCreateActionSpace")(of, info, out);
    if (actions[info->action] == "gaze") gaze_space = *out;
    return result;
}

XrResult locate_space(XrSpace space, XrSpace base, XrTime time, XrSpaceLocation* out) {
    const XrResult result = next<PFN_xrLocateSpace>("xrLocateSpace")(space, base, time, out);
    if (space == gaze_space) heard("eyes " + std::to_string(active_sets));
    // As OpenXR has it: an action of a set that is not active has no place.
    if (space != gaze_space || active_sets < 2 || !listed("PW_XR_OFFER", "gaze")) return result;
    out->locationFlags = XR_SPACE_LOCATION_ORIENTATION_VALID_BIT | XR_SPACE_LOCATION_POSITION_VALID_BIT |
                         XR_SPACE_LOCATION_ORIENTATION_TRACKED_BIT | XR_SPACE_LOCATION_POSITION_TRACKED_BIT;
    const float half = std::sqrt(0.5f);
    out->pose = {{0.f, -half, 0.f, half}, {0.f, 1.7f, 0.f}}; // to the right
    return XR_SUCCESS;
}

XrResult apply_haptic(XrSession of, const XrHapticActionInfo* info, const XrHapticBaseHeader* what) {
    const auto& pulse = reinterpret_cast<const XrHapticVibration&>(*what);
    heard("pulse " + text_of(info->subactionPath) + ' ' + std::to_string(pulse.amplitude) + ' ' +
          std::to_string(pulse.duration));
    return next<PFN_xrApplyHapticFeedback>("xrApplyHapticFeedback")(of, info, what);
}

XrResult create_hand_tracker(XrSession of, const XrHandTrackerCreateInfoEXT* info, XrHandTrackerEXT* out) {
    XrHandTrackerCreateInfoEXT plain = *info;
    plain.next = nullptr;
    return next<PFN_xrCreateHandTrackerEXT>("xrCreateHandTrackerEXT")(of, &plain, out);
}

XrResult locate_joints(XrHandTrackerEXT tracker, const XrHandJointsLocateInfoEXT* info, XrHandJointLocationsEXT* out) {
    auto* source = chained<XrHandTrackingDataSourceStateEXT>(out->next, XR_TYPE_HAND_TRACKING_DATA_SOURCE_STATE_EXT);
    void* chain = std::exchange(out->next, nullptr);
    const XrResult result = next<PFN_xrLocateHandJointsEXT>("xrLocateHandJointsEXT")(tracker, info, out);
    out->next = chain;
    if (source != nullptr) {
        source->isActive = out->isActive;
        source->dataSource = listed("PW_XR_SOURCE", "controller") ? XR_HAND_TRACKING_DATA_SOURCE_CONTROLLER_EXT
                                                                  : XR_HAND_TRACKING_DATA_SOURCE_UNOBSTRUCTED_EXT;
    }
    return result;
}

XrResult model_key(XrSession, XrPath user, XrControllerModelKeyStateMSFT* out) {
    out->modelKey = kModelKey + (text_of(user).ends_with("right") ? 1 : 0);
    return XR_SUCCESS;
}

XrResult load_model(XrSession, XrControllerModelKeyMSFT key, std::uint32_t capacity, std::uint32_t* count,
                    std::uint8_t* out) {
    if (capacity > 0) heard("model MSFT " + std::to_string(key - kModelKey));
    return give(model("MSFT " + std::to_string(key - kModelKey)), capacity, count, out);
}

XrResult enumerate_models(XrSession, std::uint32_t capacity, std::uint32_t* count, XrRenderModelPathInfoFB* out) {
    *count = 2;
    for (std::uint32_t i = 0; i < std::min(capacity, 2u); ++i) out[i].path = path_of(kModelPaths[i]);
    return XR_SUCCESS;
}

XrResult model_properties(XrSession, XrPath path, XrRenderModelPropertiesFB* out) {
    const auto* can =
        chained<XrRenderModelCapabilitiesRequestFB>(out->next, XR_TYPE_RENDER_MODEL_CAPABILITIES_REQUEST_FB);
    if (can == nullptr || (can->flags & XR_RENDER_MODEL_SUPPORTS_GLTF_2_0_SUBSET_2_BIT_FB) == 0)
        return XR_RENDER_MODEL_UNAVAILABLE_FB;
    out->modelKey = kRenderKey + (path == path_of(kModelPaths[1]) ? 1 : 0);
    out->flags = XR_RENDER_MODEL_SUPPORTS_GLTF_2_0_SUBSET_2_BIT_FB;
    return XR_SUCCESS;
}

XrResult load_render_model(XrSession, const XrRenderModelLoadInfoFB* info, XrRenderModelBufferFB* out) {
    if (out->bufferCapacityInput > 0) heard("model FB " + std::to_string(info->modelKey - kRenderKey));
    return give(model("FB " + std::to_string(info->modelKey - kRenderKey)), out->bufferCapacityInput,
                &out->bufferCountOutput, out->buffer);
}

template <class Function> PFN_xrVoidFunction any(Function function) {
    return reinterpret_cast<PFN_xrVoidFunction>(function);
}

XrResult get_proc(XrInstance of, const char* name, PFN_xrVoidFunction* out) {
    static const std::map<std::string, PFN_xrVoidFunction> ours{
        {"xrEnumerateInstanceExtensionProperties", any(&enumerate_extensions)},
        {"xrCreateInstance", any(&create_instance)},
        {"xrGetSystemProperties", any(&get_system_properties)},
        {"xrCreateAction", any(&create_action)},
        {"xrSuggestInteractionProfileBindings", any(&suggest)},
        {"xrGetCurrentInteractionProfile", any(&current_profile)},
        {"xrPollEvent", any(&poll_event)},
        {"xrAttachSessionActionSets", any(&attach_sets)},
        {"xrSyncActions", any(&sync_actions)},
        {"xrCreateActionSpace", any(&create_action_space)},
        {"xrLocateSpace", any(&locate_space)},
        {"xrApplyHapticFeedback", any(&apply_haptic)},
        {"xrCreateHandTrackerEXT", any(&create_hand_tracker)},
        {"xrLocateHandJointsEXT", any(&locate_joints)},
        {"xrGetControllerModelKeyMSFT", any(&model_key)},
        {"xrLoadControllerModelMSFT", any(&load_model)},
        {"xrEnumerateRenderModelPathsFB", any(&enumerate_models)},
        {"xrGetRenderModelPropertiesFB", any(&model_properties)},
        {"xrLoadRenderModelFB", any(&load_render_model)},
    };
    if (const auto found = ours.find(name); found != ours.end()) {
        *out = found->second;
        return XR_SUCCESS;
    }
    return below(of, name, out);
}

} // namespace

extern "C" __attribute__((visibility("default"))) XrResult
xrNegotiateLoaderRuntimeInterface(const XrNegotiateLoaderInfo* info, XrNegotiateRuntimeRequest* request) {
    void* library = dlopen("libopenxr_monado.so", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return XR_ERROR_FILE_ACCESS_ERROR;
    const auto negotiate =
        reinterpret_cast<PFN_xrNegotiateLoaderRuntimeInterface>(dlsym(library, "xrNegotiateLoaderRuntimeInterface"));
    if (negotiate == nullptr) return XR_ERROR_FILE_CONTENTS_INVALID;
    const XrResult result = negotiate(info, request);
    below = request->getInstanceProcAddr;
    request->getInstanceProcAddr = get_proc;
    return result;
}
