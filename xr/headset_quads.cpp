// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_quads.h"

#include "base/assert.h"
#include "base/log.h"
#include "xr/debug_name.h"

#include <string>
#include <utility>

namespace pw::xr {
namespace {

constexpr int kFramesUntilUnused = 8; // as a window's images: at most 3 frames are in flight (host.h)

bool has_size(const RuntimeImages& images, std::uint32_t width, std::uint32_t height) {
    return images.swapchain && images.width == width && images.height == height;
}

} // namespace

QuadLayers::QuadLayers(XrSession session, const Gpu& gpu, VkFormat format, std::size_t slots)
    : session_(session), gpu_(gpu), format_(format), slots_(slots) {
    shown_.reserve(slots);
    layers_.reserve(slots);
}

std::optional<FrameImage> QuadLayers::acquire(std::size_t index, std::uint32_t width, std::uint32_t height,
                                              Health& health) {
    PW_ASSERT(index < slots_.size() && width > 0 && height > 0, "a slot that there is, and a picture to draw in it");
    Slot& slot = slots_[index];
    if (has_size(slot.current, width, height)) retire(slot.next); // it changed its mind
    RuntimeImages& images = slot.next.swapchain ? slot.next : slot.current;
    if (!has_size(images, width, height)) {
        slot.wanted_width = width;
        slot.wanted_height = height;
        return {};
    }
    if (!xr::acquire(images, Duration{}, health)) return {};
    slot.acquired = true;
    FrameImage image{.color = images.images[images.current], .width = width, .height = height};
    image.layout_before = image.layout_after = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    return image;
}

void QuadLayers::make_wanted() {
    std::erase_if(retired_, [](Retired& retired) { return --retired.frames_left <= 0; });
    for (Slot& slot : slots_) {
        const std::uint32_t width = std::exchange(slot.wanted_width, 0), height = std::exchange(slot.wanted_height, 0);
        if (width == 0 || (width == slot.refused_width && height == slot.refused_height)) continue;
        retire(slot.next);
        auto made = make_runtime_images(session_, format_, XR_SWAPCHAIN_USAGE_COLOR_ATTACHMENT_BIT, width, height, 1);
        if (!made) {
            log_warn("no images for a panel of " + std::to_string(width) + "x" + std::to_string(height) + ": " +
                     made.error().what);
            slot.refused_width = width;
            slot.refused_height = height;
            return;
        }
        slot.next = std::move(*made);
        for (const VkImage image : slot.next.images) name_object(gpu_, VK_OBJECT_TYPE_IMAGE, image, "panel");
        return;
    }
}

void QuadLayers::retire(RuntimeImages& images) {
    if (images.swapchain) retired_.push_back({std::exchange(images, {}), kFramesUntilUnused});
}

void QuadLayers::release(bool drawn, Health& health) {
    for (Slot& slot : slots_) {
        if (!std::exchange(slot.acquired, false) || !drawn) continue;
        if (slot.next.swapchain) {
            retire(slot.current);
            slot.current = std::exchange(slot.next, {});
        }
        xr::release(slot.current, health);
        slot.has_content = true;
    }
}

void QuadLayers::show(std::span<const QuadPlace> places) {
    PW_ASSERT(places.size() <= slots_.size(), "no more panels than slots");
    shown_.assign(places.begin(), places.end());
}

std::span<const XrCompositionLayerQuad> QuadLayers::layers(XrSpace origin) {
    layers_.clear();
    for (const QuadPlace& place : shown_) {
        PW_ASSERT(place.slot < slots_.size(), "a slot that there is");
        const Slot& slot = slots_[place.slot];
        if (!slot.has_content) continue;
        XrCompositionLayerQuad layer{.type = XR_TYPE_COMPOSITION_LAYER_QUAD};
        layer.layerFlags = XR_COMPOSITION_LAYER_BLEND_TEXTURE_SOURCE_ALPHA_BIT;
        layer.space = origin;
        layer.eyeVisibility = XR_EYE_VISIBILITY_BOTH;
        layer.subImage.swapchain = slot.current.swapchain.get();
        layer.subImage.imageRect.extent = {static_cast<std::int32_t>(slot.current.width),
                                           static_cast<std::int32_t>(slot.current.height)};
        layer.pose = to_xr(place.origin_from_quad);
        layer.size = {place.size_m.x, place.size_m.y};
        layers_.push_back(layer);
    }
    return layers_;
}

} // namespace pw::xr
