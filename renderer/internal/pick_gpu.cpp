// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/pick_gpu.h"

#include <algorithm>

namespace pw::renderer {
namespace {

struct Required {
    const char* name;
    VkBool32* (*of)(FeatureChain&);
};

#define PW_FEATURE(part, field) {#field, [](FeatureChain& f) -> VkBool32* { return &f.part.field; }}
constexpr Required kRequired[] = {
    PW_FEATURE(core.features, multiDrawIndirect),
    PW_FEATURE(core.features, drawIndirectFirstInstance),
    PW_FEATURE(core.features, shaderSampledImageArrayDynamicIndexing),
    PW_FEATURE(v11, multiview),
    PW_FEATURE(v11, shaderDrawParameters),
    PW_FEATURE(v12, drawIndirectCount),
    PW_FEATURE(v12, bufferDeviceAddress),
    PW_FEATURE(v12, descriptorIndexing),
    PW_FEATURE(v12, runtimeDescriptorArray),
    PW_FEATURE(v12, descriptorBindingPartiallyBound),
    PW_FEATURE(v12, descriptorBindingSampledImageUpdateAfterBind),
    PW_FEATURE(v12, descriptorBindingUpdateUnusedWhilePending),
    PW_FEATURE(v13, dynamicRendering),
    PW_FEATURE(v13, synchronization2),
    PW_FEATURE(v13, maintenance4),
};
constexpr Required kOptional[] = {
    PW_FEATURE(core.features, samplerAnisotropy),    PW_FEATURE(core.features, shaderClipDistance),
    PW_FEATURE(core.features, textureCompressionBC), PW_FEATURE(core.features, dualSrcBlend),
    PW_FEATURE(core.features, sampleRateShading),    PW_FEATURE(core.features, fragmentStoresAndAtomics),
    PW_FEATURE(core.features, geometryShader), // gl_PrimitiveID
};
#undef PW_FEATURE

int rank(VkPhysicalDeviceType type) {
    switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
        return 4;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
        return 3;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
        return 2;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
        return 1;
    default:
        return 0;
    }
}

} // namespace

void FeatureChain::link() {
    core.pNext = &v11;
    v11.pNext = &v12;
    v12.pNext = &v13;
    v13.pNext = nullptr;
}

DeviceFeatures::DeviceFeatures(const FeatureChain& wanted, std::span<const std::string> offered_extensions)
    : chain(wanted) {
    chain.link();
    constexpr const char* kDrawCount = VK_KHR_DRAW_INDIRECT_COUNT_EXTENSION_NAME;
    if (std::ranges::find(offered_extensions, kDrawCount) == offered_extensions.end()) return;
    extensions.push_back(kDrawCount);
    const auto& v12 = wanted.v12;
    indexing.runtimeDescriptorArray = v12.runtimeDescriptorArray;
    indexing.descriptorBindingPartiallyBound = v12.descriptorBindingPartiallyBound;
    indexing.descriptorBindingSampledImageUpdateAfterBind = v12.descriptorBindingSampledImageUpdateAfterBind;
    indexing.descriptorBindingUpdateUnusedWhilePending = v12.descriptorBindingUpdateUnusedWhilePending;
    address.bufferDeviceAddress = v12.bufferDeviceAddress;
    chain.v11.pNext = &indexing;
    indexing.pNext = &address;
    address.pNext = &chain.v13;
}

std::string missing_features(FeatureChain has) {
    std::string missing;
    for (const Required& feature : kRequired) {
        if (*feature.of(has) == VK_TRUE) continue;
        missing += missing.empty() ? "no " : ", no ";
        missing += feature.name;
    }
    return missing;
}

FeatureChain wanted_features(const FeatureChain& has) {
    FeatureChain wanted;
    FeatureChain offered = has;
    for (const Required& feature : kRequired) *feature.of(wanted) = VK_TRUE;
    for (const Required& feature : kOptional) *feature.of(wanted) = *feature.of(offered);
    return wanted;
}

std::string why_not(const GpuFacts& gpu, std::span<const std::string> extensions) {
    if (gpu.api_version < VK_API_VERSION_1_3) {
        return "Vulkan " + std::to_string(VK_API_VERSION_MAJOR(gpu.api_version)) + "." +
               std::to_string(VK_API_VERSION_MINOR(gpu.api_version)) + " and 1.3 is needed";
    }
    if (const std::string missing = missing_features(gpu.features); !missing.empty()) return missing;
    for (const std::string& extension : extensions) {
        if (std::ranges::find(gpu.extensions, extension) == gpu.extensions.end()) return "no " + extension;
    }
    if (gpu.queue_family == ~0u) return "no queue that draws, computes and presents";
    return {};
}

Result<std::size_t> pick_gpu(std::span<const GpuFacts> gpus, std::span<const std::string> extensions,
                             const std::string& preferred) {
    std::string reasons;
    std::size_t best = gpus.size();
    int best_rank = -1;
    for (std::size_t i = 0; i < gpus.size(); ++i) {
        if (const std::string reason = why_not(gpus[i], extensions); !reason.empty()) {
            reasons += (reasons.empty() ? "" : "; ") + gpus[i].name + ": " + reason;
            continue;
        }
        const bool named = !preferred.empty() && gpus[i].name.contains(preferred);
        const int value = rank(gpus[i].type) + (named ? 10 : 0);
        if (value > best_rank) {
            best = i;
            best_rank = value;
        }
    }
    if (best != gpus.size()) return best;
    if (gpus.empty()) reasons = "the Vulkan loader found no driver";
    return fail(Errc::Unavailable, "no usable GPU: " + reasons);
}

} // namespace pw::renderer
