// SPDX-License-Identifier: Apache-2.0
// Which GPU is taken, among invented ones.
#include "renderer/internal/pick_gpu.h"

#include "renderer/internal/pipeline_cache.h"

#include <doctest/doctest.h>

#include <array>
#include <cstring>

using namespace pw;
using namespace pw::renderer;

namespace {

GpuFacts good_gpu(const char* name, VkPhysicalDeviceType type) {
    GpuFacts gpu;
    gpu.name = name;
    gpu.type = type;
    gpu.api_version = VK_API_VERSION_1_3;
    gpu.queue_family = 0;
    gpu.features = wanted_features({});
    return gpu;
}

} // namespace

TEST_SUITE("renderer/gpus [unit]") {
    TEST_CASE("discrete comes before integrated before software, and a name before all") {
        const std::array gpus{good_gpu("soft", VK_PHYSICAL_DEVICE_TYPE_CPU),
                              good_gpu("inside", VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU),
                              good_gpu("card", VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU)};
        CHECK(*pick_gpu(gpus, {}, "") == 2);
        CHECK(*pick_gpu(std::span(gpus).first(2), {}, "") == 1);
        CHECK(*pick_gpu(gpus, {}, "soft") == 0);
        CHECK(*pick_gpu(gpus, {}, "another") == 2);
    }

    TEST_CASE("each rejected GPU is named with its reason") {
        std::array gpus{good_gpu("old", VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU),
                        good_gpu("flat", VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU),
                        good_gpu("fixed", VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU),
                        good_gpu("headless", VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU),
                        good_gpu("bare", VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU)};
        gpus[0].api_version = VK_API_VERSION_1_1;
        gpus[1].features.v11.multiview = VK_FALSE;
        gpus[2].features.core.features.shaderSampledImageArrayDynamicIndexing = VK_FALSE;
        gpus[3].queue_family = ~0u;
        const std::array<std::string, 1> extensions{"VK_KHR_swapchain"};
        gpus[3].extensions = {"VK_KHR_swapchain"};
        const auto picked = pick_gpu(gpus, extensions, "");
        REQUIRE_FALSE(picked);
        CHECK(picked.error().code == Errc::Unavailable);
        CHECK(picked.error().what.contains("old: Vulkan 1.1 and 1.3 is needed"));
        CHECK(picked.error().what.contains("flat: no multiview"));
        CHECK(picked.error().what.contains("fixed: no shaderSampledImageArrayDynamicIndexing"));
        CHECK(picked.error().what.contains("headless: no queue that draws, computes and presents"));
        CHECK(picked.error().what.contains("bare: no VK_KHR_swapchain"));
        CHECK(pick_gpu({}, {}, "").error().what.contains("found no driver"));
    }

    TEST_CASE("a pipeline cache is taken whole and from the same driver, or not at all") {
        VkPhysicalDeviceProperties gpu{};
        gpu.vendorID = 7;
        const std::array<std::byte, 5> data{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5}};
        std::vector<std::byte> file = wrap_pipeline_cache(data, gpu);
        const Bytes back = unwrap_pipeline_cache(file, gpu);
        REQUIRE(back.size() == data.size());
        CHECK(std::memcmp(back.data(), data.data(), data.size()) == 0);
        for (std::size_t cut = 0; cut < file.size(); ++cut) {
            CHECK(unwrap_pipeline_cache(Bytes(file).first(cut), gpu).empty());
        }
        for (std::size_t i = 0; i < file.size(); ++i) {
            file[i] ^= std::byte{0x40};
            CHECK(unwrap_pipeline_cache(file, gpu).empty());
            file[i] ^= std::byte{0x40};
        }
        gpu.driverVersion = 1;
        CHECK(unwrap_pipeline_cache(file, gpu).empty());
    }
}
