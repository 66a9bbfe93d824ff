// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_passthrough.h"

namespace pw::xr {

Result<std::unique_ptr<Passthrough>> Passthrough::make(const PassthroughCalls& calls, XrSession session) {
    std::unique_ptr<Passthrough> made(new Passthrough(calls));
    // Flags of 0 are not allowed: both are created running.
    const XrPassthroughCreateInfoFB feature{.type = XR_TYPE_PASSTHROUGH_CREATE_INFO_FB,
                                            .flags = XR_PASSTHROUGH_IS_RUNNING_AT_CREATION_BIT_FB};
    XrResult result = calls.create(session, &feature, &made->feature_);
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreatePassthroughFB", result));

    XrPassthroughLayerCreateInfoFB layer{.type = XR_TYPE_PASSTHROUGH_LAYER_CREATE_INFO_FB};
    layer.passthrough = made->feature_;
    layer.flags = XR_PASSTHROUGH_IS_RUNNING_AT_CREATION_BIT_FB;
    layer.purpose = XR_PASSTHROUGH_LAYER_PURPOSE_RECONSTRUCTION_FB;
    result = calls.create_layer(session, &layer, &made->layer_);
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreatePassthroughLayerFB", result));
    return made;
}

Passthrough::~Passthrough() {
    if (layer_ != XR_NULL_HANDLE) calls_.destroy_layer(layer_);
    if (feature_ != XR_NULL_HANDLE) calls_.destroy(feature_);
}

Result<void> Passthrough::resume() {
    XrResult result = calls_.start(feature_);
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrPassthroughStartFB", result));
    result = calls_.resume_layer(layer_);
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrPassthroughLayerResumeFB", result));
    return {};
}

void Passthrough::pause(Health& health) {
    health.worked(calls_.pause_layer(layer_), "xrPassthroughLayerPauseFB");
    health.worked(calls_.pause(feature_), "xrPassthroughPauseFB");
}

XrCompositionLayerPassthroughFB Passthrough::layer() const {
    XrCompositionLayerPassthroughFB layer{.type = XR_TYPE_COMPOSITION_LAYER_PASSTHROUGH_FB};
    layer.flags = XR_COMPOSITION_LAYER_BLEND_TEXTURE_SOURCE_ALPHA_BIT;
    layer.space = XR_NULL_HANDLE; // the extension's text wants that, though a layer's space is otherwise a handle
    layer.layerHandle = layer_;
    return layer;
}

} // namespace pw::xr
