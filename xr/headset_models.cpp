// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_models.h"

#include "base/log.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace pw::xr {
namespace {

constexpr std::uint32_t kLargest = 64u << 20; // bytes; a controller's model has a few MiB
constexpr Duration kAgain = from_ms(1000);
constexpr const char* kUsers[2]{"/user/hand/left", "/user/hand/right"};
constexpr const char* kRenderModels[2]{"/model_fb/controller/left", "/model_fb/controller/right"};

// Empty: the runtime has none now, and may have one later.
using Bytes = Result<std::vector<std::byte>>;

// What a runtime gives in two calls: `ask(capacity, count, out)`.
template <class Ask> Bytes take(const char* call, Ask ask) {
    std::uint32_t count = 0;
    XrResult result = ask(0u, &count, nullptr);
    if (XR_SUCCEEDED(result) && count > kLargest)
        return fail(Errc::Exhausted,
                    std::string(call) + ": a controller's model of " + std::to_string(count) + " bytes is not taken");
    std::vector<std::byte> bytes(count);
    if (XR_SUCCEEDED(result) && count > 0) result = ask(count, &count, reinterpret_cast<std::uint8_t*>(bytes.data()));
    if (XR_FAILED(result)) return std::unexpected(xr_error(call, result));
    bytes.resize(std::min<std::size_t>(count, bytes.size()));
    if (!bytes.empty() && !is_gltf_binary(bytes))
        return fail(Errc::Malformed,
                    std::string(call) + ": what the runtime gives as a controller's model is no glTF binary");
    return bytes;
}

} // namespace

bool is_gltf_binary(std::span<const std::byte> bytes) {
    std::uint32_t head[3]; // "glTF", version, length in bytes; little-endian, as we are
    if (bytes.size() < sizeof(head)) return false;
    std::memcpy(head, bytes.data(), sizeof(head));
    return head[0] == 0x46546c67 && head[1] == 2 && head[2] == bytes.size();
}

struct ControllerModels::Loader {
    XrInstance instance;
    XrSession session;
    PFN_xrGetControllerModelKeyMSFT msft_key = nullptr;
    PFN_xrLoadControllerModelMSFT msft_load = nullptr;
    PFN_xrEnumerateRenderModelPathsFB fb_paths = nullptr;
    PFN_xrGetRenderModelPropertiesFB fb_properties = nullptr;
    PFN_xrLoadRenderModelFB fb_load = nullptr;

    bool any() const { return msft_load != nullptr || fb_load != nullptr; }
    XrPath path(const char* text) const {
        XrPath path = XR_NULL_PATH;
        xrStringToPath(instance, text, &path);
        return path;
    }

    Bytes msft(std::size_t hand) const {
        XrControllerModelKeyStateMSFT state{.type = XR_TYPE_CONTROLLER_MODEL_KEY_STATE_MSFT};
        if (XR_FAILED(msft_key(session, path(kUsers[hand]), &state)) ||
            state.modelKey == XR_NULL_CONTROLLER_MODEL_KEY_MSFT)
            return {};
        return take("xrLoadControllerModelMSFT", [&](std::uint32_t capacity, std::uint32_t* count, std::uint8_t* out) {
            return msft_load(session, state.modelKey, capacity, count, out);
        });
    }

    Bytes fb(std::size_t hand) const {
        std::uint32_t count = 0; // a runtime may look for them only when asked for the list
        if (XR_FAILED(fb_paths(session, 0, &count, nullptr))) return {};
        std::vector<XrRenderModelPathInfoFB> paths(count, {.type = XR_TYPE_RENDER_MODEL_PATH_INFO_FB});
        if (XR_FAILED(fb_paths(session, count, &count, paths.data()))) return {};

        XrRenderModelCapabilitiesRequestFB can{.type = XR_TYPE_RENDER_MODEL_CAPABILITIES_REQUEST_FB,
                                               .flags = XR_RENDER_MODEL_SUPPORTS_GLTF_2_0_SUBSET_2_BIT_FB};
        XrRenderModelPropertiesFB properties{.type = XR_TYPE_RENDER_MODEL_PROPERTIES_FB, .next = &can};
        const XrResult result = fb_properties(session, path(kRenderModels[hand]), &properties);
        if (result != XR_SUCCESS || properties.modelKey == XR_NULL_RENDER_MODEL_KEY_FB) return {}; // not connected
        const XrRenderModelLoadInfoFB info{.type = XR_TYPE_RENDER_MODEL_LOAD_INFO_FB, .modelKey = properties.modelKey};
        return take("xrLoadRenderModelFB", [&](std::uint32_t capacity, std::uint32_t* size, std::uint8_t* out) {
            XrRenderModelBufferFB buffer{
                .type = XR_TYPE_RENDER_MODEL_BUFFER_FB, .bufferCapacityInput = capacity, .buffer = out};
            const XrResult loaded = fb_load(session, &info, &buffer);
            *size = buffer.bufferCountOutput;
            return loaded;
        });
    }

    Bytes load(std::size_t hand) const {
        Bytes bytes = msft_load != nullptr ? msft(hand) : Bytes();
        return bytes && bytes->empty() && fb_load != nullptr ? fb(hand) : bytes;
    }
};

void ControllerModels::attach(const Runtime& runtime, XrSession session) {
    const XrInstance instance = runtime.instance.get();
    auto loader = std::make_shared<Loader>(instance, session);
    if (runtime.enabled(XR_MSFT_CONTROLLER_MODEL_EXTENSION_NAME)) {
        loader->msft_key = xr_function<PFN_xrGetControllerModelKeyMSFT>(instance, "xrGetControllerModelKeyMSFT");
        loader->msft_load = xr_function<PFN_xrLoadControllerModelMSFT>(instance, "xrLoadControllerModelMSFT");
    }
    if (runtime.enabled(XR_FB_RENDER_MODEL_EXTENSION_NAME)) {
        loader->fb_paths = xr_function<PFN_xrEnumerateRenderModelPathsFB>(instance, "xrEnumerateRenderModelPathsFB");
        loader->fb_properties = xr_function<PFN_xrGetRenderModelPropertiesFB>(instance, "xrGetRenderModelPropertiesFB");
        loader->fb_load = xr_function<PFN_xrLoadRenderModelFB>(instance, "xrLoadRenderModelFB");
    }
    if (!loader->any()) return;
    loader_ = std::move(loader);
    for (auto& slot : slots_) slot = std::make_unique<Slot>();
    jobs_ = make_jobs(1);
}

void ControllerModels::detach() {
    jobs_.reset();
    loader_.reset();
}

void ControllerModels::forget(std::size_t hand) {
    if (!loader_) return;
    Slot& slot = *slots_[hand];
    slot.bytes.clear();
    slot.asked = false;
}

std::vector<std::byte> ControllerModels::get(std::size_t hand) {
    if (!loader_) return {};
    Slot& slot = *slots_[hand];
    if (slot.loading) return {};
    if (slot.asked && slot.bytes.empty() && slot.loaded) slot.bytes = std::move(*slot.loaded);
    const Time now = system_clock().now();
    const bool again = !slot.asked || (slot.loaded && slot.bytes.empty() && now - slot.tried > kAgain);
    if (!again) return slot.bytes;
    slot.asked = true;
    slot.tried = now;
    slot.loading = true;
    jobs_->add(JobClass::Background, [loader = loader_, &slot, hand] {
        slot.loaded = loader->load(hand);
        if (!slot.loaded) log_warn(slot.loaded.error().what);
        slot.loading = false;
    });
    return {};
}

} // namespace pw::xr
