// SPDX-License-Identifier: Apache-2.0
#include "tests/xr/clear_client.h"

#include "base/assert.h"
#include "base/log.h"
#include "base/process.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pw::test {
namespace {

void check(VkResult result, const char* what) { PW_ASSERT(result == VK_SUCCESS, what); }

VkBool32 on_message(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT,
                    const VkDebugUtilsMessengerCallbackDataEXT* data, void* count) {
    log_error(data->pMessage);
    ++*static_cast<int*>(count);
    return VK_FALSE;
}

std::vector<const char*> pointers(const std::vector<std::string>& names) {
    std::vector<const char*> list;
    for (const std::string& name : names) list.push_back(name.c_str());
    return list;
}

bool has_validation() {
    std::uint32_t count = 0;
    vkEnumerateInstanceLayerProperties(&count, nullptr);
    std::vector<VkLayerProperties> layers(count);
    vkEnumerateInstanceLayerProperties(&count, layers.data());
    return std::ranges::any_of(layers, [](const VkLayerProperties& layer) {
        return std::strcmp(layer.layerName, "VK_LAYER_KHRONOS_validation") == 0;
    });
}

VkImageMemoryBarrier2 transition(VkImage image, VkImageAspectFlags aspect, VkImageLayout from, VkImageLayout to) {
    VkImageMemoryBarrier2 barrier{.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2};
    barrier.srcStageMask = barrier.dstStageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT;
    barrier.srcAccessMask = VK_ACCESS_2_MEMORY_WRITE_BIT;
    barrier.dstAccessMask = VK_ACCESS_2_MEMORY_WRITE_BIT | VK_ACCESS_2_MEMORY_READ_BIT;
    barrier.oldLayout = from;
    barrier.newLayout = to;
    barrier.srcQueueFamilyIndex = barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    barrier.image = image;
    barrier.subresourceRange = {aspect, 0, 1, 0, VK_REMAINING_ARRAY_LAYERS};
    return barrier;
}

void put_barrier(VkCommandBuffer commands, const VkImageMemoryBarrier2& barrier) {
    VkDependencyInfo info{.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
    info.imageMemoryBarrierCount = 1;
    info.pImageMemoryBarriers = &barrier;
    vkCmdPipelineBarrier2(commands, &info);
}

constexpr VkImageAspectFlags kColor = VK_IMAGE_ASPECT_COLOR_BIT, kDepth = VK_IMAGE_ASPECT_DEPTH_BIT;

} // namespace

bool vulkan_here() {
    const VkApplicationInfo app{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .apiVersion = VK_API_VERSION_1_3};
    const VkInstanceCreateInfo info{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, .pApplicationInfo = &app};
    VkInstance instance = VK_NULL_HANDLE;
    if (vkCreateInstance(&info, nullptr, &instance) != VK_SUCCESS) return false;
    std::uint32_t count = 0;
    vkEnumeratePhysicalDevices(instance, &count, nullptr);
    vkDestroyInstance(instance, nullptr);
    return count > 0 && has_validation();
}

ClearClient::ClearClient(std::unique_ptr<xr::Host> host, Validation validation)
    : host_(std::move(host)), validation_(validation) {}

ClearClient::~ClearClient() { stop(); }

Result<void> ClearClient::start() {
    return make_instance().and_then([&] { return make_device(); }).and_then([&] {
        make_frame_objects();
        return host_->attach(gpu_);
    });
}

void ClearClient::stop() {
    if (gpu_.device != VK_NULL_HANDLE) {
        vkDeviceWaitIdle(gpu_.device);
        for (Slot& slot : slots_) finish(slot);
    }
    host_->detach();
    destroy_device();
}

Result<void> ClearClient::make_instance() {
    const std::vector<std::string> names = host_->vulkan_needs().instance_extensions;
    std::vector<const char*> instance_extensions = pointers(names);
    if (validation_ == Validation::On) instance_extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
    const char* layer = "VK_LAYER_KHRONOS_validation";
    const VkValidationFeatureEnableEXT sync = VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT;
    VkDebugUtilsMessengerCreateInfoEXT messages{.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
    messages.messageSeverity =
        VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
    messages.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT;
    messages.pfnUserCallback = on_message;
    messages.pUserData = &validation_messages_;
    VkValidationFeaturesEXT features{.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT, .pNext = &messages};
    features.enabledValidationFeatureCount = 1;
    features.pEnabledValidationFeatures = &sync;
    const VkApplicationInfo app{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .apiVersion = VK_API_VERSION_1_3};
    VkInstanceCreateInfo info{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, .pApplicationInfo = &app};
    if (validation_ == Validation::On) {
        info.pNext = &features;
        info.enabledLayerCount = 1;
        info.ppEnabledLayerNames = &layer;
    }
    info.enabledExtensionCount = static_cast<std::uint32_t>(instance_extensions.size());
    info.ppEnabledExtensionNames = instance_extensions.data();
    if (host_->create_instance(info, &gpu_.instance) != VK_SUCCESS)
        return fail(Errc::Unavailable, "no Vulkan instance");
    if (validation_ == Validation::Off) return {};
    const auto listen = reinterpret_cast<PFN_vkCreateDebugUtilsMessengerEXT>(
        vkGetInstanceProcAddr(gpu_.instance, "vkCreateDebugUtilsMessengerEXT"));
    check(listen(gpu_.instance, &messages, nullptr, &messenger_), "messenger");
    return {};
}

Result<void> ClearClient::make_device() {
    if (host_->choose_gpu(gpu_.instance, &gpu_.gpu) != VK_SUCCESS) return fail(Errc::Unavailable, "no GPU");
    std::uint32_t one = 1;
    if (gpu_.gpu == VK_NULL_HANDLE) vkEnumeratePhysicalDevices(gpu_.instance, &one, &gpu_.gpu);
    if (!host_->can_present(gpu_.instance, gpu_.gpu, 0)) return fail(Errc::Unavailable, "cannot present");

    const float priority = 1.f;
    VkDeviceQueueCreateInfo queue{.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO};
    queue.queueCount = 1;
    queue.pQueuePriorities = &priority;
    VkPhysicalDeviceVulkan13Features v13{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
    v13.dynamicRendering = v13.synchronization2 = VK_TRUE;
    const std::vector<std::string> names = host_->vulkan_needs().device_extensions;
    const std::vector<const char*> device_extensions = pointers(names);
    VkDeviceCreateInfo device{.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, .pNext = &v13};
    device.queueCreateInfoCount = 1;
    device.pQueueCreateInfos = &queue;
    device.enabledExtensionCount = static_cast<std::uint32_t>(device_extensions.size());
    device.ppEnabledExtensionNames = device_extensions.data();
    if (host_->create_device(gpu_.gpu, device, &gpu_.device) != VK_SUCCESS)
        return fail(Errc::Unavailable, "no Vulkan device");
    vkGetDeviceQueue(gpu_.device, 0, 0, &gpu_.queue);
    return {};
}

void ClearClient::make_frame_objects() {
    const VkCommandPoolCreateInfo pool{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                       .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT};
    check(vkCreateCommandPool(gpu_.device, &pool, nullptr, &pool_), "pool");
    for (Slot& slot : slots_) {
        VkCommandBufferAllocateInfo commands{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
        commands.commandPool = pool_;
        commands.commandBufferCount = 1;
        check(vkAllocateCommandBuffers(gpu_.device, &commands, &slot.commands), "commands");
        const VkFenceCreateInfo fence{.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO,
                                      .flags = VK_FENCE_CREATE_SIGNALED_BIT};
        check(vkCreateFence(gpu_.device, &fence, nullptr, &slot.fence), "fence");
    }

    const VkBufferCreateInfo buffer{
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .size = 64, .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    check(vkCreateBuffer(gpu_.device, &buffer, nullptr, &buffer_), "buffer");
    VkPhysicalDeviceMemoryProperties types{};
    vkGetPhysicalDeviceMemoryProperties(gpu_.gpu, &types);
    VkMemoryAllocateInfo memory{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, .allocationSize = 4096};
    while ((types.memoryTypes[memory.memoryTypeIndex].propertyFlags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT) == 0)
        ++memory.memoryTypeIndex;
    check(vkAllocateMemory(gpu_.device, &memory, nullptr, &memory_), "memory");
    check(vkBindBufferMemory(gpu_.device, buffer_, memory_, 0), "bind");
    check(vkMapMemory(gpu_.device, memory_, 0, VK_WHOLE_SIZE, 0, &mapped_), "map");
}

void ClearClient::destroy_device() {
    if (gpu_.device != VK_NULL_HANDLE) {
        for (Slot& slot : slots_) vkDestroyFence(gpu_.device, slot.fence, nullptr);
        vkDestroyCommandPool(gpu_.device, pool_, nullptr);
        vkDestroyBuffer(gpu_.device, buffer_, nullptr);
        vkFreeMemory(gpu_.device, memory_, nullptr);
        vkDestroyDevice(gpu_.device, nullptr);
    }
    if (gpu_.instance != VK_NULL_HANDLE) {
        if (messenger_ != VK_NULL_HANDLE) {
            const auto forget = reinterpret_cast<PFN_vkDestroyDebugUtilsMessengerEXT>(
                vkGetInstanceProcAddr(gpu_.instance, "vkDestroyDebugUtilsMessengerEXT"));
            forget(gpu_.instance, std::exchange(messenger_, {}), nullptr);
        }
        vkDestroyInstance(gpu_.instance, nullptr);
    }
    gpu_ = {};
}

xr::HostState ClearClient::turn() {
    state_ = host_->poll();
    if (state_ == xr::HostState::Lost) {
        stop();
        if (host_->recover() && start())
            ++recoveries_;
        else
            pause_for(from_ms(50));
        return state_;
    }
    if (state_ != xr::HostState::Running) {
        pause_for(from_ms(5));
        return state_;
    }
    const auto time = host_->wait_frame();
    if (!time) return state_;
    time_ = *time;
    input_ = host_->input();
    bool drawn = false;
    if (time->render) {
        const auto eyes = host_->locate();
        eyes_.assign(eyes.begin(), eyes.end());
        const auto image = host_->acquire();
        if (image && !drop_picture) {
            draw(*image, acquire_panels());
            drawn = true;
        }
        if (overrun.ns > 0) pause_for(overrun);
    }
    host_->end_frame(drawn, draw_depth && image_.depth != VK_NULL_HANDLE ? 0.05f : 0.f);
    return state_;
}

bool ClearClient::run_until(const std::function<bool()>& done) {
    for (const Time end = system_clock().now() + from_ms(15'000); system_clock().now() < end;) {
        turn();
        if (done()) return true;
    }
    return false;
}

bool ClearClient::run_frames(int count) {
    const int end = drawn_ + count;
    return run_until([&] { return drawn_ >= end; });
}

void ClearClient::finish(Slot& slot) {
    for (const VkImageView view : slot.views) vkDestroyImageView(gpu_.device, view, nullptr);
    slot.views.clear();
}

std::vector<ClearClient::PanelImage> ClearClient::acquire_panels() {
    std::vector<PanelImage> images;
    std::vector<xr::QuadPlace> places;
    for (TestPanel& panel : panels) {
        places.push_back(panel.place);
        if (!panel.redraw) continue;
        const auto image = host_->acquire_quad(panel.place.slot, panel.width, panel.height);
        if (!image) continue;
        images.push_back({*image, panel.color});
        ++panel.drawn;
    }
    host_->show_quads(places);
    return images;
}

void ClearClient::draw(const xr::FrameImage& image, const std::vector<PanelImage>& panel_images) {
    Slot& slot = slots_[slot_];
    slot_ ^= 1;
    check(vkWaitForFences(gpu_.device, 1, &slot.fence, VK_TRUE, UINT64_MAX), "fence");
    check(vkResetFences(gpu_.device, 1, &slot.fence), "fence");
    finish(slot);
    record(slot, image, panel_images);

    std::vector<VkSemaphoreSubmitInfo> waits, signals;
    const auto add = [](std::vector<VkSemaphoreSubmitInfo>& list, VkSemaphore semaphore) {
        if (semaphore == VK_NULL_HANDLE) return;
        list.push_back({.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO,
                        .semaphore = semaphore,
                        .stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT});
    };
    add(waits, image.wait);
    add(signals, image.signal);
    if (image.mirror) {
        add(waits, image.mirror->wait);
        add(signals, image.mirror->signal);
        ++mirrored_;
    }
    const VkCommandBufferSubmitInfo commands{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO,
                                             .commandBuffer = slot.commands};
    VkSubmitInfo2 submit{.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2};
    submit.waitSemaphoreInfoCount = static_cast<std::uint32_t>(waits.size());
    submit.pWaitSemaphoreInfos = waits.data();
    submit.commandBufferInfoCount = 1;
    submit.pCommandBufferInfos = &commands;
    submit.signalSemaphoreInfoCount = static_cast<std::uint32_t>(signals.size());
    submit.pSignalSemaphoreInfos = signals.data();
    check(vkQueueSubmit2(gpu_.queue, 1, &submit, slot.fence), "submit");
    image_ = image;
    ++drawn_;
}

VkImageView ClearClient::make_view(Slot& slot, VkImage image, VkFormat format, VkImageAspectFlags aspect,
                                   std::uint32_t layer) {
    VkImageViewCreateInfo info{.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO};
    info.image = image;
    info.viewType = VK_IMAGE_VIEW_TYPE_2D;
    info.format = format;
    info.subresourceRange = {aspect, 0, 1, layer, 1};
    VkImageView view = VK_NULL_HANDLE;
    check(vkCreateImageView(gpu_.device, &info, nullptr, &view), "view");
    slot.views.push_back(view);
    return view;
}

void ClearClient::clear_layer(Slot& slot, const xr::FrameImage& image, std::uint32_t layer, const LinearColor& to,
                              const std::vector<Patch>& but) {
    VkRenderingAttachmentInfo color{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    color.imageView = make_view(slot, image.color, host_->color_format(), kColor, layer);
    color.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    color.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
    color.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    std::ranges::copy(to, color.clearValue.color.float32);
    VkRenderingAttachmentInfo depth = color;
    VkRenderingInfo info{.sType = VK_STRUCTURE_TYPE_RENDERING_INFO};
    info.renderArea.extent = {image.width, image.height};
    info.layerCount = 1;
    info.colorAttachmentCount = 1;
    info.pColorAttachments = &color;
    if (image.depth != VK_NULL_HANDLE) {
        depth.imageView = make_view(slot, image.depth, VK_FORMAT_D32_SFLOAT, kDepth, layer);
        depth.imageLayout = VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL;
        depth.clearValue.depthStencil = {0.01f, 0}; // a wall 5 m away, for a near plane at 0.05 m
        info.pDepthAttachment = &depth;
    }
    vkCmdBeginRendering(slot.commands, &info);
    for (const Patch& patch : but) {
        VkClearAttachment clear{.aspectMask = kColor, .colorAttachment = 0, .clearValue = {}};
        std::ranges::copy(patch.color, clear.clearValue.color.float32);
        const auto across = [&](float part) {
            return static_cast<std::int32_t>(part * static_cast<float>(image.width));
        };
        const auto down = [&](float part) {
            return static_cast<std::int32_t>(part * static_cast<float>(image.height));
        };
        VkClearRect rect{.rect = {.offset = {across(patch.left), down(patch.top)}, .extent = {}},
                         .baseArrayLayer = 0,
                         .layerCount = 1};
        rect.rect.extent = {static_cast<std::uint32_t>(across(patch.right) - rect.rect.offset.x),
                            static_cast<std::uint32_t>(down(patch.bottom) - rect.rect.offset.y)};
        vkCmdClearAttachments(slot.commands, 1, &clear, 1, &rect);
    }
    vkCmdEndRendering(slot.commands);
}

void ClearClient::clear_panel(Slot& slot, const PanelImage& panel) {
    const xr::FrameImage& image = panel.image;
    put_barrier(slot.commands,
                transition(image.color, kColor, image.layout_before, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL));
    clear_layer(slot, image, 0, panel.color, {});
    put_barrier(slot.commands,
                transition(image.color, kColor, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, image.layout_after));
}

void ClearClient::copy_to_mirror(VkCommandBuffer commands, const xr::FrameImage& image) {
    const xr::MirrorImage& mirror = *image.mirror;
    put_barrier(commands,
                transition(mirror.image, kColor, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL));
    VkImageBlit blit{.srcSubresource = {kColor, 0, 0, 1}, .dstSubresource = {kColor, 0, 0, 1}};
    blit.srcOffsets[1] = {static_cast<std::int32_t>(image.width), static_cast<std::int32_t>(image.height), 1};
    blit.dstOffsets[1] = {static_cast<std::int32_t>(mirror.width), static_cast<std::int32_t>(mirror.height), 1};
    vkCmdBlitImage(commands, image.color, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, mirror.image,
                   VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &blit, VK_FILTER_LINEAR);
    put_barrier(commands, transition(mirror.image, kColor, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                                     VK_IMAGE_LAYOUT_PRESENT_SRC_KHR));
}

void ClearClient::record(Slot& slot, const xr::FrameImage& image, const std::vector<PanelImage>& panel_images) {
    const VkCommandBufferBeginInfo begin{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                         .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    check(vkBeginCommandBuffer(slot.commands, &begin), "begin");
    put_barrier(slot.commands,
                transition(image.color, kColor, image.layout_before, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL));
    if (image.depth != VK_NULL_HANDLE)
        put_barrier(slot.commands, transition(image.depth, kDepth, image.depth_layout_before,
                                              VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL));
    for (std::uint32_t layer = 0; layer < image.layers; ++layer)
        clear_layer(slot, image, layer, view_colors[layer], patches);
    for (const PanelImage& panel : panel_images) clear_panel(slot, panel);
    put_barrier(slot.commands, transition(image.color, kColor, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                          VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL));
    for (std::uint32_t layer = 0; layer < image.layers; ++layer) {
        const VkBufferImageCopy region{
            .bufferOffset = layer * sizeof(Rgba8),
            .imageSubresource = {kColor, 0, layer, 1},
            .imageOffset = {static_cast<std::int32_t>(image.width / 2), static_cast<std::int32_t>(image.height / 2), 0},
            .imageExtent = {1, 1, 1}};
        vkCmdCopyImageToBuffer(slot.commands, image.color, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, buffer_, 1, &region);
    }
    if (image.mirror) copy_to_mirror(slot.commands, image);
    put_barrier(slot.commands,
                transition(image.color, kColor, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, image.layout_after));
    if (image.depth != VK_NULL_HANDLE)
        put_barrier(slot.commands, transition(image.depth, kDepth, VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL,
                                              image.depth_layout_after));
    VkMemoryBarrier2 to_host{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER_2};
    to_host.srcStageMask = VK_PIPELINE_STAGE_2_COPY_BIT;
    to_host.srcAccessMask = VK_ACCESS_2_TRANSFER_WRITE_BIT;
    to_host.dstStageMask = VK_PIPELINE_STAGE_2_HOST_BIT | VK_PIPELINE_STAGE_2_COPY_BIT;
    to_host.dstAccessMask = VK_ACCESS_2_HOST_READ_BIT | VK_ACCESS_2_TRANSFER_WRITE_BIT;
    VkDependencyInfo info{.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
    info.memoryBarrierCount = 1;
    info.pMemoryBarriers = &to_host;
    vkCmdPipelineBarrier2(slot.commands, &info);
    check(vkEndCommandBuffer(slot.commands), "end");
}

std::vector<Rgba8> ClearClient::pixels() {
    if (gpu_.device == VK_NULL_HANDLE || drawn_ == 0) return {};
    check(vkDeviceWaitIdle(gpu_.device), "idle");
    std::vector<Rgba8> list(image_.layers);
    std::memcpy(list.data(), mapped_, list.size() * sizeof(Rgba8));
    if (host_->color_format() == VK_FORMAT_B8G8R8A8_SRGB)
        for (Rgba8& pixel : list) std::swap(pixel[0], pixel[2]);
    return list;
}

} // namespace pw::test
