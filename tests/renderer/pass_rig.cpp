// SPDX-License-Identifier: Apache-2.0
#include "tests/renderer/pass_rig.h"

#include "renderer/internal/views.h"
#include "tests/support/skip.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace pw::test {

using namespace renderer;

namespace {

constexpr VkFormat kDepthFormat = VK_FORMAT_D32_SFLOAT;

} // namespace

std::unique_ptr<PassRig> PassRig::make(const RigOptions& options) {
    auto device = Device::make({.validation = true, .gpu = {}, .cache_file = {}});
    if (!device) {
        skip(device.error().what);
        return nullptr;
    }
    std::unique_ptr<PassRig> rig(new PassRig);
    rig->options_ = options;
    rig->device_ = std::move(*device);
    rig->gpu_ = &gpu_of(*rig->device_);
    rig->layouts_ = make_layouts(*rig->gpu_);
    rig->textures_ = TextureTable(*rig->gpu_, rig->layouts_);
    rig->environment_ = std::make_unique<Environment>(*rig->gpu_, rig->layouts_, rig->textures_, options.cache_folder);
    rig->slots_ = make_frame_slots(*rig->gpu_);
    rig->sampler_ = make_sampler(*rig->gpu_, {.mipmaps = false}, "rig");
    rig->make_targets();
    rig->make_frame_sets();
    return rig;
}

PassRig::~PassRig() {
    if (device_) vkDeviceWaitIdle(gpu_->device);
}

void PassRig::make_targets() {
    formats_.color = options_.format;
    formats_.depth = kDepthFormat;
    formats_.samples = options_.samples;
    formats_.view_mask = options_.views == 2 ? 3u : 0u;
    formats_.encode_srgb = options_.format == VK_FORMAT_R8G8B8A8_UNORM;
    ImageInfo info;
    info.format = options_.format;
    info.width = options_.width;
    info.height = options_.height;
    info.layers = options_.views;
    info.view_type = VK_IMAGE_VIEW_TYPE_2D_ARRAY;
    info.usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
    resolved_ = make_image(*gpu_, info, "rig picture");
    info.samples = options_.samples;
    if (options_.samples != VK_SAMPLE_COUNT_1_BIT) color_ = make_image(*gpu_, info, "rig samples");
    info.format = kDepthFormat;
    info.aspect = VK_IMAGE_ASPECT_DEPTH_BIT;
    info.usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT;
    depth_ = make_image(*gpu_, info, "rig depth");
    picture_ = make_buffer(*gpu_, std::size_t{options_.width} * options_.height * options_.views * 4, 0,
                           Memory::Readback, "rig picture");
}

void PassRig::make_frame_sets() {
    constexpr std::array kSizes{VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, 2},
                                VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 32},
                                VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 8}};
    const VkDescriptorPoolCreateInfo create{
        VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, nullptr, 0, kFramesInFlight, kSizes.size(), kSizes.data()};
    VkDescriptorPool pool = VK_NULL_HANDLE;
    check(vkCreateDescriptorPool(gpu_->device, &create, nullptr, &pool), "vkCreateDescriptorPool");
    pool_ = DescriptorPool(gpu_->device, pool);
    const VkDescriptorSetLayout layout = layouts_.frame.get();
    const VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, nullptr, pool, 1,
                                               &layout};
    for (FrameSlot& slot : slots_) {
        check(vkAllocateDescriptorSets(gpu_->device, &allocate, &slot.frame_set), "vkAllocateDescriptorSets");
        const VkDescriptorBufferInfo buffer{slot.uniforms.get(), 0, sizeof(shaders::FrameUniforms)};
        VkWriteDescriptorSet write{VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
        write.dstSet = slot.frame_set;
        write.dstBinding = shaders::kBindFrame;
        write.descriptorCount = 1;
        write.descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
        write.pBufferInfo = &buffer;
        vkUpdateDescriptorSets(gpu_->device, 1, &write, 0, nullptr);
    }
}

std::uint32_t PassRig::add_texture(const scene::Pixels& pixels) {
    ImageInfo info;
    info.width = pixels.width;
    info.height = pixels.height;
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    textures_of_tests_.push_back(make_image(*gpu_, info, "rig texture"));
    const Image& image = textures_of_tests_.back();
    UploadRing ring(*gpu_);
    run_now(*gpu_, [&](VkCommandBuffer cmd) {
        image_barrier(
            cmd, {.image = image.get(), .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, .after = access::kTransferWrite});
        copy_to_image(cmd, ring, std::as_bytes(std::span(pixels.rgba)), image, 0, 0);
        make_mipmaps(cmd, image);
    });
    return textures_.add(image.view(), sampler_.get());
}

FrameContext PassRig::begin(const DrawList& list) {
    PW_ASSERT(list.views.size() == options_.views, "the rig is made for another number of views");
    FrameSlot& slot = slots_[gpu_->serial % kFramesInFlight];
    slot.upload.reset();
    FrameContext context;
    context.gpu = gpu_;
    context.cmd = slot.cmd;
    context.slot = &slot;
    context.list = &list;
    context.layout = layouts_.pipeline.get();
    context.texture_set = textures_.set();
    context.origin = fill_views(list.views, list.world_per_user, uniforms_);
    context.formats = formats_;
    context.extent = {options_.width, options_.height};
    context.view_count = options_.views;

    const auto w = static_cast<float>(options_.width), h = static_cast<float>(options_.height);
    uniforms_.extent = {w, h, 1.f / w, 1.f / h};
    uniforms_.background = list.background;
    environment_->fill(uniforms_, list.environment_intensity);
    uniforms_.environment.z = list.exposure;
    context.uniforms = &uniforms_;
    std::memcpy(slot.uniforms.data(), &uniforms_, sizeof uniforms_);
    environment_->write(slot.frame_set);

    VkCommandBufferBeginInfo begin_info{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    begin_info.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
    check(vkResetCommandPool(gpu_->device, slot.pool.get(), 0), "vkResetCommandPool");
    check(vkBeginCommandBuffer(context.cmd, &begin_info), "vkBeginCommandBuffer");
    bind_sets(context, VK_PIPELINE_BIND_POINT_COMPUTE);
    bind_sets(context, VK_PIPELINE_BIND_POINT_GRAPHICS);
    return context;
}

void PassRig::begin_picture(const FrameContext& context) {
    const bool multisampled = options_.samples != VK_SAMPLE_COUNT_1_BIT;
    for (const Image* image : {&resolved_, &color_}) {
        if (!*image) continue;
        image_barrier(context.cmd, {.image = image->get(),
                                    .to = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                    .before = access::kColor,
                                    .after = access::kColor});
    }
    image_barrier(context.cmd, {.image = depth_.get(),
                                .to = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                                .before = access::kDepth,
                                .after = access::kDepth,
                                .aspect = VK_IMAGE_ASPECT_DEPTH_BIT});
    VkRenderingAttachmentInfo color{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    color.imageView = multisampled ? color_.view() : resolved_.view();
    color.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    if (multisampled) {
        color.resolveMode = VK_RESOLVE_MODE_AVERAGE_BIT;
        color.resolveImageView = resolved_.view();
        color.resolveImageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    }
    color.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
    color.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    const Vec4 background = context.list->background;
    color.clearValue.color = {{background.r, background.g, background.b, background.a}};
    VkRenderingAttachmentInfo depth{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    depth.imageView = depth_.view();
    depth.imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL;
    depth.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
    depth.storeOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
    VkRenderingInfo rendering{VK_STRUCTURE_TYPE_RENDERING_INFO};
    rendering.renderArea.extent = context.extent;
    rendering.layerCount = 1;
    rendering.viewMask = formats_.view_mask;
    rendering.colorAttachmentCount = 1;
    rendering.pColorAttachments = &color;
    rendering.pDepthAttachment = &depth;
    vkCmdBeginRendering(context.cmd, &rendering);
    set_viewport(context.cmd, context.extent);
    vkCmdSetCullMode(context.cmd, VK_CULL_MODE_NONE);
    vkCmdSetFrontFace(context.cmd, VK_FRONT_FACE_COUNTER_CLOCKWISE);
}

void PassRig::finish(const FrameContext& context) {
    vkCmdEndRendering(context.cmd);
    image_barrier(context.cmd, {.image = resolved_.get(),
                                .from = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                .to = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                                .before = access::kColor,
                                .after = access::kTransferRead});
    VkBufferImageCopy region{};
    region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, options_.views};
    region.imageExtent = {options_.width, options_.height, 1};
    vkCmdCopyImageToBuffer(context.cmd, resolved_.get(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, picture_.get(), 1,
                           &region);
    memory_barrier(context.cmd, access::kTransferWrite, access::kHostRead);
    check(vkEndCommandBuffer(context.cmd), "vkEndCommandBuffer");
    VkCommandBufferSubmitInfo cmd{VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO};
    cmd.commandBuffer = context.cmd;
    VkSubmitInfo2 submit{VK_STRUCTURE_TYPE_SUBMIT_INFO_2};
    submit.commandBufferInfoCount = 1;
    submit.pCommandBufferInfos = &cmd;
    check(vkQueueSubmit2(gpu_->queue, 1, &submit, VK_NULL_HANDLE), "vkQueueSubmit2");
    check(vkQueueWaitIdle(gpu_->queue), "vkQueueWaitIdle");
    ++gpu_->serial;
    gpu_->retired.collect(gpu_->device, gpu_->vma, gpu_->serial - 1);
}

scene::Pixels PassRig::draw(const DrawList& list, const Step& prepare, const Step& record) {
    FrameContext context = begin(list);
    if (prepare) prepare(context);
    begin_picture(context);
    record(context);
    finish(context);
    picture_.invalidate();
    scene::Pixels out{options_.width, options_.height * options_.views, {}};
    out.rgba.resize(std::size_t{out.width} * out.height * 4);
    std::memcpy(out.rgba.data(), picture_.data(), out.rgba.size());
    return out;
}

View look(const DVec3& eye, const DVec3& target, float fov, float aspect) {
    const float t = std::tan(fov / 2.f);
    return {{eye, look_rotation(Vec3(target - eye))}, -t * aspect, t * aspect, t, -t};
}

} // namespace pw::test
