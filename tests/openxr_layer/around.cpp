// SPDX-License-Identifier: Apache-2.0
#include "tests/openxr_layer/around.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

PFN_xrEndFrame next_end_frame = nullptr;
PFN_xrEnumerateEnvironmentBlendModes next_enumerate_blends = nullptr;
bool fail_end_frame = false;

void note(const std::string& line) {
    if (const char* path = std::getenv("PW_XR_SUBMITTED_FILE")) std::ofstream(path, std::ios::app) << line << '\n';
}

XrEnvironmentBlendMode mode_of(const std::string& name) {
    return name == "ADDITIVE"      ? XR_ENVIRONMENT_BLEND_MODE_ADDITIVE
           : name == "ALPHA_BLEND" ? XR_ENVIRONMENT_BLEND_MODE_ALPHA_BLEND
                                   : XR_ENVIRONMENT_BLEND_MODE_OPAQUE;
}

const char* name_of(XrEnvironmentBlendMode mode) {
    return mode == XR_ENVIRONMENT_BLEND_MODE_ADDITIVE      ? "ADDITIVE"
           : mode == XR_ENVIRONMENT_BLEND_MODE_ALPHA_BLEND ? "ALPHA_BLEND"
                                                           : "OPAQUE";
}

std::string describe(const XrCompositionLayerBaseHeader& layer) {
    std::string text = layer.type == XR_TYPE_COMPOSITION_LAYER_PROJECTION       ? "projection"
                       : layer.type == XR_TYPE_COMPOSITION_LAYER_QUAD           ? "quad"
                       : layer.type == XR_TYPE_COMPOSITION_LAYER_PASSTHROUGH_FB ? "passthrough"
                                                                                : "another";
    if (layer.layerFlags & XR_COMPOSITION_LAYER_BLEND_TEXTURE_SOURCE_ALPHA_BIT) text += ":alpha";
    if ((layer.type == XR_TYPE_COMPOSITION_LAYER_PASSTHROUGH_FB) != (layer.space == XR_NULL_HANDLE))
        text += ":misplaced";
    if (layer.layerFlags & XR_COMPOSITION_LAYER_UNPREMULTIPLIED_ALPHA_BIT) text += ":unpremultiplied";
    return text;
}

XrResult enumerate_blends(XrInstance instance, XrSystemId system, XrViewConfigurationType views, std::uint32_t capacity,
                          std::uint32_t* count, XrEnvironmentBlendMode* out) {
    const char* list = std::getenv("PW_XR_BLEND");
    if (list == nullptr || *list == '\0') return next_enumerate_blends(instance, system, views, capacity, count, out);
    std::vector<XrEnvironmentBlendMode> modes;
    std::istringstream words(list);
    for (std::string word; words >> word;) modes.push_back(mode_of(word));
    *count = static_cast<std::uint32_t>(modes.size());
    if (capacity == 0) return XR_SUCCESS;
    if (capacity < *count) return XR_ERROR_SIZE_INSUFFICIENT;
    std::ranges::copy(modes, out);
    return XR_SUCCESS;
}

XrResult end_frame(XrSession session, const XrFrameEndInfo* info) {
    std::string line = name_of(info->environmentBlendMode);
    std::vector<const XrCompositionLayerBaseHeader*> known;
    for (std::uint32_t i = 0; i < info->layerCount; ++i) {
        line += ' ' + describe(*info->layers[i]);
        if (info->layers[i]->type != XR_TYPE_COMPOSITION_LAYER_PASSTHROUGH_FB) known.push_back(info->layers[i]);
    }
    note(line);
    if (fail_end_frame) {
        fail_end_frame = false;
        return XR_ERROR_TIME_INVALID;
    }
    XrFrameEndInfo plain = *info;
    plain.environmentBlendMode = XR_ENVIRONMENT_BLEND_MODE_OPAQUE;
    plain.layerCount = static_cast<std::uint32_t>(known.size());
    plain.layers = known.data();
    return next_end_frame(session, &plain);
}

template <class Handle> Handle handle(std::uint64_t number) { return reinterpret_cast<Handle>(number); }

// The specification of both structures allows no flags of 0.
XrResult create_passthrough(XrSession, const XrPassthroughCreateInfoFB* info, XrPassthroughFB* out) {
    if (info->flags == 0) return XR_ERROR_VALIDATION_FAILURE;
    note("xrCreatePassthroughFB");
    *out = handle<XrPassthroughFB>(0xf1);
    return XR_SUCCESS;
}

XrResult destroy_passthrough(XrPassthroughFB) {
    note("xrDestroyPassthroughFB");
    return XR_SUCCESS;
}

XrResult start_passthrough(XrPassthroughFB) {
    note("xrPassthroughStartFB");
    return XR_SUCCESS;
}

XrResult pause_passthrough(XrPassthroughFB) {
    note("xrPassthroughPauseFB");
    return XR_SUCCESS;
}

XrResult create_layer(XrSession, const XrPassthroughLayerCreateInfoFB* info, XrPassthroughLayerFB* out) {
    if (info->flags == 0 || info->passthrough != handle<XrPassthroughFB>(0xf1)) return XR_ERROR_VALIDATION_FAILURE;
    note("xrCreatePassthroughLayerFB");
    *out = handle<XrPassthroughLayerFB>(0xf2);
    return XR_SUCCESS;
}

XrResult destroy_layer(XrPassthroughLayerFB) {
    note("xrDestroyPassthroughLayerFB");
    return XR_SUCCESS;
}

XrResult resume_layer(XrPassthroughLayerFB) {
    note("xrPassthroughLayerResumeFB");
    return XR_SUCCESS;
}

XrResult pause_layer(XrPassthroughLayerFB) {
    note("xrPassthroughLayerPauseFB");
    return XR_SUCCESS;
}

template <class Function> PFN_xrVoidFunction any(Function function) {
    return reinterpret_cast<PFN_xrVoidFunction>(function);
}

} // namespace

bool offered(const char* word) {
    const char* list = std::getenv("PW_XR_OFFER");
    return list != nullptr && std::strstr(list, word) != nullptr;
}

void fail_next_end_frame() { fail_end_frame = true; }

PFN_xrVoidFunction find_around(const char* name, XrInstance instance, PFN_xrGetInstanceProcAddr next) {
    const struct {
        const char* name;
        PFN_xrVoidFunction function;
    } ours[]{{"xrCreatePassthroughFB", any(&create_passthrough)}, {"xrDestroyPassthroughFB", any(&destroy_passthrough)},
             {"xrPassthroughStartFB", any(&start_passthrough)},   {"xrPassthroughPauseFB", any(&pause_passthrough)},
             {"xrCreatePassthroughLayerFB", any(&create_layer)},  {"xrDestroyPassthroughLayerFB", any(&destroy_layer)},
             {"xrPassthroughLayerResumeFB", any(&resume_layer)},  {"xrPassthroughLayerPauseFB", any(&pause_layer)}};
    for (const auto& entry : ours)
        if (std::strcmp(entry.name, name) == 0) return entry.function;
    PFN_xrVoidFunction found = nullptr;
    if (XR_FAILED(next(instance, name, &found))) return nullptr;
    if (std::strcmp(name, "xrEndFrame") == 0) {
        next_end_frame = reinterpret_cast<PFN_xrEndFrame>(found);
        return any(&end_frame);
    }
    if (std::strcmp(name, "xrEnumerateEnvironmentBlendModes") == 0) {
        next_enumerate_blends = reinterpret_cast<PFN_xrEnumerateEnvironmentBlendModes>(found);
        return any(&enumerate_blends);
    }
    return nullptr;
}
