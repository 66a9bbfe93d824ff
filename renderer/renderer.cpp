// SPDX-License-Identifier: Apache-2.0
// The frame: begin_frame → sync (renderer_scene.cpp) → draw.
#include "renderer/renderer.h"

#include "base/log.h"
#include "renderer/internal/disk_cache.h"
#include "renderer/internal/renderer_impl.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

namespace pw::renderer {
namespace {

Tier tier_for(const Gpu& gpu) {
    if (gpu.software) return Tier::Software;
    return gpu.properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU ? Tier::High : Tier::Low;
}

// A CPU would unpack a block for each texel that it reads.
bool compresses(const Gpu& gpu, const RendererOptions& options) {
    return gpu.block_textures && options.compress_textures.value_or(!gpu.software);
}

// The most that the device offers of what is wanted.
VkSampleCountFlagBits samples_for(std::uint32_t wanted, const VkPhysicalDeviceLimits& limits) {
    const VkSampleCountFlags offered = limits.framebufferColorSampleCounts & limits.framebufferDepthSampleCounts;
    VkSampleCountFlags samples = std::bit_floor(std::clamp(wanted, 1u, 8u));
    while ((offered & samples) == 0 && samples > 1) samples >>= 1;
    return static_cast<VkSampleCountFlagBits>(samples);
}

bool is_eight_bit(VkFormat format) {
    return is_srgb(format) || format == VK_FORMAT_R8G8B8A8_UNORM || format == VK_FORMAT_B8G8R8A8_UNORM;
}

bool copies_differ(const DrawList& list, const Target& target) {
    return target.copies_show_panels && (target.mirror || target.read_back) &&
           std::ranges::any_of(list.panels, &Panel::as_hole);
}

// Triangles of a scene from which on it pays to find out what is hidden.
constexpr std::uint64_t kOccludeFrom = 400'000;

// Of a pixel: vertices are snapped, and before that reckoned in floats.
float vertex_slack(const Gpu& gpu) {
    return std::exp2(-static_cast<float>(gpu.properties.limits.subPixelPrecisionBits)) + 1.f / 128.f;
}

// A rasteriser on a CPU draws what fades twice.
constexpr float kFadeOver = 0.25f;

void fill_detail(shaders::FrameUniforms& uniforms, const DrawList& list, float height_px, Tier tier, float detail_px) {
    float pixels = 0.f; // in a tangent of 1
    for (const View& view : list.views) pixels = std::max(pixels, height_px / (view.tan_up - view.tan_down));
    uniforms.detail = {detail_px > 0.f ? pixels / detail_px : 0.f, tier == Tier::Software ? 0.f : kFadeOver,
                       kNearPlane_m * list.world_per_user, 0.f};
}

} // namespace

Result<std::unique_ptr<Renderer>> Renderer::make(Device& device, Jobs& jobs, const RendererOptions& options) {
    PW_ASSERT(options.view_count == 1 || options.view_count == 2, "one view or two");
    if (!is_eight_bit(options.color_format)) {
        return fail(Errc::Unsupported,
                    "the target's format " + std::to_string(options.color_format) + " is not RGBA or BGRA with 8 bits");
    }
    Gpu& gpu = gpu_of(device);
    const Tier tier = options.tier.value_or(tier_for(gpu));
    TargetFormats formats;
    formats.color = options.color_format;
    formats.depth = VK_FORMAT_D32_SFLOAT;
    const std::uint32_t of_tier = tier == Tier::Software ? 1 : 4;
    formats.samples = samples_for(options.samples != 0 ? options.samples : of_tier, gpu.properties.limits);
    formats.view_mask = options.view_count == 2 ? 3 : 0;
    formats.encode_srgb = !is_srgb(options.color_format);
    return std::make_unique<RendererImpl>(gpu, jobs, options, tier, formats);
}

RendererImpl::RendererImpl(Gpu& gpu, Jobs& jobs, const RendererOptions& options, Tier tier,
                           const TargetFormats& formats)
    : gpu_(gpu), jobs_(jobs), tier_(tier), formats_(formats), view_count_(options.view_count),
      detail_px_(options.detail_px), occlusion_wanted_(options.occlusion), cache_folder_(options.cache_folder),
      layouts_(make_layouts(gpu)), textures_(gpu, layouts_), slots_(make_frame_slots(gpu)), pool_(gpu),
      materials_(gpu, jobs, compresses(gpu, options), options.cache_folder), nodes_(gpu, layouts_),
      buffers_(DrawBuffers::make(gpu)), environment_(gpu, layouts_, textures_, options.cache_folder),
      openness_(gpu, tier, options.ambient_occlusion),
      overlay_sampler_(make_sampler(gpu, {.mipmaps = false}, "overlay")), cull_(CullPass::make(gpu, layouts_)),
      deform_(DeformPass::make(gpu, layouts_)), shadow_(ShadowPass::make(gpu, layouts_, tier)),
      meshes_(MeshPass::make(gpu, layouts_, formats, tier)), sky_(SkyPass::make(gpu, layouts_, formats)),
      lines_(LinePass::make(gpu, layouts_, formats)), panels_(PanelPass::make(gpu, layouts_, formats, textures_)),
      patches_(PatchPass::make(gpu, layouts_, formats)),
      labels_(LabelPass::make(gpu, layouts_, formats, textures_, options.font_file, options.cache_folder)),
      comfort_(ComfortPass::make(gpu, layouts_, formats)), section_(gpu, layouts_, formats, textures_),
      bend_(gpu, layouts_, formats, textures_), lists_(gpu, layouts_, formats), occlusion_(gpu, layouts_, formats),
      picture_(gpu, formats, textures_), timestamps_(gpu) {
    if (view_count_ == 1) overlay_ = OverlayPass::make(gpu, layouts_, formats, "overlay");
    make_frame_sets();
    finished_ = gpu.serial - 1;
    if (!cache_folder_.empty()) jobs.add(JobClass::Background, [folder = cache_folder_] { trim_cached(folder); });
}

RendererImpl::~RendererImpl() {
    vkDeviceWaitIdle(gpu_.device); // on a lost device nothing runs any more either
}

Result<void> RendererImpl::set_environment(const scene::HdrPixels& map) { return environment_.set(map); }

std::uint32_t RendererImpl::add_texture(const scene::Pixels& pixels) {
    ImageInfo info;
    info.width = pixels.width;
    info.height = pixels.height;
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    OverlayTexture texture{make_image(gpu_, info, "overlay texture"), 0};
    UploadRing ring(gpu_);
    run_now(gpu_, [&](VkCommandBuffer cmd) {
        image_barrier(cmd, {.image = texture.image.get(),
                            .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                            .after = access::kTransferWrite});
        copy_to_image(cmd, ring, std::as_bytes(std::span(pixels.rgba)), texture.image, 0, 0);
        make_mipmaps(cmd, texture.image);
    });
    texture.slot = textures_.add(texture.image.view(), overlay_sampler_.get());
    overlay_textures_.push_back(std::move(texture));
    return overlay_textures_.back().slot;
}

PropId RendererImpl::add_prop(std::shared_ptr<const scene::Model> model) {
    new_props_.push_back(std::move(model));
    return {static_cast<std::uint32_t>(props_.models.size() + new_props_.size() - 1)};
}

// What the GPU tells of the frame that the slot carried.
void RendererImpl::read_stats(const FrameSlot& slot) {
    if (const auto times = timestamps_.read(slot)) {
        stats_.gpu_stage_ms = *times;
        stats_.gpu_ms = std::reduce(times->begin(), times->end());
    }
    const Drawn drawn = cull_.drawn(slot);
    stats_.drawn = drawn.draws;
    stats_.drawn_parts = drawn.parts;
    stats_.drawn_triangles = drawn.triangles;
    stats_.gpu_bytes = taken_bytes(gpu_);
}

void RendererImpl::begin_frame() {
    if (gpu_.lost) return;
    if (recording_) submit(nullptr); // a frame that was not drawn; what it uploaded counts
    slot_index_ = (slot_index_ + 1) % kFramesInFlight;
    FrameSlot& slot = slots_[slot_index_];
    if (slot.submitted) wait_for(slot.serial);
    if (gpu_.lost) return;
    if (slot.serial != 0) read_stats(slot);
    gpu_.retired.collect(gpu_.device, gpu_.vma, finished_);
    slot.upload.reset();
    check(vkResetCommandPool(gpu_.device, slot.pool.get(), 0), "vkResetCommandPool");
    VkCommandBufferBeginInfo begin{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
    check(vkBeginCommandBuffer(slot.cmd, &begin), "vkBeginCommandBuffer");
    recording_ = true;
    timestamps_.begin(slot);
    // What the frame before reads and writes is done with before this one changes it.
    constexpr Access kBefore{access::kSceneRead.stage | VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                             access::kSceneRead.access | VK_ACCESS_2_SHADER_WRITE_BIT | VK_ACCESS_2_TRANSFER_WRITE_BIT};
    constexpr Access kAfter{VK_PIPELINE_STAGE_2_TRANSFER_BIT | VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
                            VK_ACCESS_2_TRANSFER_WRITE_BIT | VK_ACCESS_2_SHADER_WRITE_BIT};
    memory_barrier(slot.cmd, kBefore, kAfter);
}

void RendererImpl::wait_for(std::uint64_t serial) {
    for (FrameSlot& slot : slots_) {
        if (!slot.submitted || slot.serial > serial) continue;
        const VkFence fence = slot.fence.get();
        const VkResult result = vkWaitForFences(gpu_.device, 1, &fence, VK_TRUE, ~0ull);
        if (result == VK_ERROR_DEVICE_LOST) {
            gpu_.lost = true;
            return;
        }
        check(result, "vkWaitForFences");
        check(vkResetFences(gpu_.device, 1, &fence), "vkResetFences");
        slot.submitted = false;
        finished_ = std::max(finished_, slot.serial);
    }
}

FrameContext RendererImpl::context_of(const DrawList& list, const Target& target) {
    FrameContext context;
    context.gpu = &gpu_;
    context.slot = &slots_[slot_index_];
    context.cmd = context.slot->cmd;
    context.list = &list;
    context.uniforms = &uniforms_;
    context.layout = layouts_.pipeline.get();
    context.texture_set = textures_.set();
    context.origin = origin_;
    context.formats = formats_;
    context.extent = {target.width * target.supersample, target.height * target.supersample};
    context.view_count = view_count_;
    context.cut = cut_.has_value();
    return context;
}

void RendererImpl::fill_uniforms(const DrawList& list, const Target& target) {
    origin_ = fill_views(list.views, list.world_per_user, uniforms_);
    const auto width = static_cast<float>(target.width), height = static_cast<float>(target.height);
    uniforms_.extent = {width, height, 1.f / width, 1.f / height};
    if (formats_.samples == VK_SAMPLE_COUNT_1_BIT)
        uniforms_.raster = Vec4(Vec2(width, height) * static_cast<float>(target.supersample), vertex_slack(gpu_), 0.f);
    uniforms_.background = list.background;
    fill_detail(uniforms_, list, static_cast<float>(target.height * target.supersample), tier_, detail_px_);
    environment_.fill(uniforms_, list.environment_intensity);
    // A rasteriser on a CPU pays half a frame for it: there it is for pictures that are kept.
    openness_.fill(uniforms_, origin_, tier_ != Tier::Software || target.supersample > 1);
    uniforms_.environment.z = list.exposure;
    cut_along(list.section);
    Sun sun = list.sun;
    if (scene_ != nullptr) { sun = lights_.fill(*scene_, list, origin_, uniforms_); }
    draw_shadow_ = shadow_.aim(sun, list, scene_bounds_, uniforms_, origin_);
    std::memcpy(slots_[slot_index_].uniforms.data(), &uniforms_, sizeof uniforms_);
}

// Those of which there is something to draw, which are compiled, and for which there is memory.
void RendererImpl::choose_passes(const FrameContext& context, const Target& target) {
    bends_ = meshes_.bends && std::ranges::any_of(singles_, &SingleDraw::bends);
    listed_ = meshes_.lists && meshes_.can_list(context, singles_);
    occludes_ = occlusion_wanted_ && table_.triangles >= kOccludeFrom && picture_.depth_is_readable(target);
    if (bends_) bend_.want(jobs_);
    if (listed_) lists_.want(jobs_);
    if (occludes_) occlusion_.want(jobs_);
    bends_ = bends_ && bend_.ready();
    listed_ = listed_ && lists_.ready();
    occludes_ = occludes_ && occlusion_.ready();
    if (bends_ || listed_ || occludes_) picture_.fit(target, /* pausing= */ true); // without that there is no picture
    bends_ = bends_ && has_memory(bend_.fit(context));
    listed_ = listed_ && has_memory(lists_.fit(context));
    occludes_ = occludes_ && occlusion_.fit(context); // else all is drawn
}

// Everything that is not drawing into the picture itself.
void RendererImpl::prepare(FrameContext& context, const DrawList& list, const Target& target) {
    collect_singles(list);
    props_.place(context, buffers_, nodes_, singles_);
    choose_passes(context, target);
    constexpr Access kWrites{VK_PIPELINE_STAGE_2_TRANSFER_BIT | VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
                             VK_ACCESS_2_TRANSFER_WRITE_BIT | VK_ACCESS_2_SHADER_WRITE_BIT};
    memory_barrier(context.cmd, kWrites, access::kSceneRead);
    write_frame_set(*context.slot);
    bind_sets(context, VK_PIPELINE_BIND_POINT_COMPUTE);
    bind_sets(context, VK_PIPELINE_BIND_POINT_GRAPHICS);
    if (scene_ != nullptr) deform_.prepare(context, *scene_, pool_);
    const auto kind = [](bool wanted, std::uint32_t bit) { return wanted ? 1u << bit : 0u; };
    const std::uint32_t kinds = kind(true, shaders::kKindMain) | kind(meshes_.fades(table_), shaders::kKindFade) |
                                kind(nodes_.ghosts() != 0, shaders::kKindGhost) |
                                kind(draw_shadow_, shaders::kKindShadow) | kind(context.cut, shaders::kKindSection);
    cull_.prepare_singles(context, table_, buffers_, static_cast<std::uint32_t>(props_.instances.size()));
    cull_.prepare(context, table_, buffers_, kinds, occludes_);
    if (!occludes_) cull_.count(context, table_, buffers_);
    timestamps_.end(*context.slot, GpuStage::Cull);
    if (draw_shadow_) shadow_.prepare(context, table_, buffers_, pool_);
    if (context.cut) section_.prepare(context, table_, buffers_, pool_);
    panels_.prepare(context, target.panels, copies_differ(list, target));
    timestamps_.end(*context.slot, GpuStage::Shadow);
}

bool RendererImpl::has_memory(bool enough) {
    if (!enough && !std::exchange(told_glass_, true)) {
        const char* what = "the GPU has no memory to draw what is see-through as its tier does";
        problems_.add("glass", what);
        log_warn(what);
    }
    return enough;
}

// What passes need of the picture so far.
void RendererImpl::between(const FrameContext& context, const Target& target, bool bend, bool list, bool last) {
    if (!bend && !list) return;
    const Picture::Part part = picture_.pause(context, target);
    if (bend) bend_.prepare(context, part, meshes_, table_, buffers_, pool_, singles_);
    if (list) lists_.prepare(context, part, meshes_, table_, buffers_, pool_, singles_);
    picture_.resume(context, target, last);
    if (bend) bend_.record(context);
}

// Holes hide what is in the lists, and would be bent without what shows in them.
void RendererImpl::record_see_through(FrameContext& context, const Target& target) {
    const bool holes = listed_ && std::ranges::any_of(context.list->panels, &Panel::as_hole);
    between(context, target, bends_, listed_ && !holes, /* last= */ !holes);
    panels_.record_holes(context);
    between(context, target, /* bend= */ false, holes, /* last= */ true);
    if (listed_) lists_.record(context);
    meshes_.record_singles(context, table_, buffers_, pool_, singles_, /* see_through= */ true,
                           listed_ ? lists_.overflowed() : OnlyIf{});
}

// The picture, from far to near in what hides what.
void RendererImpl::record(FrameContext& context, const Target& target) {
    set_viewport(context.cmd, context.extent);
    set_faces(context.cmd, /* double_sided= */ true, /* mirrored= */ false);
    meshes_.record_opaque(context, table_, buffers_, pool_);
    if (occludes_) {
        const Picture::Part part = picture_.pause(context, target);
        occlusion_.prepare(context, part, table_, buffers_, cull_);
        cull_.count(context, table_, buffers_);
        picture_.resume(context, target, /* last= */ !bends_ && !listed_);
        meshes_.record_late(context, table_, buffers_, pool_);
    }
    meshes_.record_singles(context, table_, buffers_, pool_, singles_, /* see_through= */ false);
    if (context.cut) record_caps(context);
    sky_.record(context, environment_);
    timestamps_.end(*context.slot, GpuStage::Opaque);
    record_see_through(context, target);
    if (nodes_.ghosts() != 0) meshes_.record_ghosts(context, table_, buffers_, pool_);
    panels_.record(context);
    patches_.record(context);
    lines_.record(context);
    labels_.record(context);
    comfort_.record(context);
    if (view_count_ == 1) overlay_.record(context, context.list->overlay, context.extent);
}

DrawResult RendererImpl::draw(const DrawList& list, const Target& wanted) {
    if (gpu_.lost) return DrawResult::DeviceLost;
    Target target = wanted;
    const std::uint32_t largest = gpu_.properties.limits.maxImageDimension2D;
    while (target.supersample > 1 && std::max(target.width, target.height) * target.supersample > largest)
        target.supersample /= 2;
    PW_ASSERT(recording_, "draw comes after begin_frame");
    PW_ASSERT(list.views.size() == view_count_ && target.layers == view_count_, "as many views and layers as agreed");
    PW_ASSERT(target.format == formats_.color, "the target's format is the one the renderer was made for");
    PW_ASSERT(target.supersample == 1 || target.supersample == 2 || target.supersample == 4, "1, 2 or 4");
    PW_ASSERT(target.supersample == 1 || (target.depth == VK_NULL_HANDLE && list.overlay.commands.empty()),
              "supersampling is for plain pictures");
    fill_uniforms(list, target);
    FrameContext context = context_of(list, target);
    prepare(context, list, target);
    picture_.begin(context, target, list.see_through ? Vec4(0.f) : list.background, bends_ || listed_ || occludes_);
    record(context, target);
    timestamps_.end(*context.slot, GpuStage::Rest);
    picture_.finish(context, target);
    if (copies_differ(list, target)) {
        picture_.begin_copy(context, target);
        panels_.record_under(context);
        picture_.end_copy(context);
    }
    picture_.end(context, target);
    return submit(&target) ? DrawResult::Done : DrawResult::DeviceLost;
}

bool RendererImpl::submit(const Target* target) {
    FrameSlot& slot = slots_[slot_index_];
    recording_ = false;
    timestamps_.end(slot, GpuStage::Finish);
    check(vkEndCommandBuffer(slot.cmd), "vkEndCommandBuffer");
    std::array<VkSemaphoreSubmitInfo, 2> waits{}, signals{};
    std::uint32_t wait_count = 0, signal_count = 0;
    const auto add = [](std::array<VkSemaphoreSubmitInfo, 2>& list, std::uint32_t& count, VkSemaphore semaphore,
                        VkPipelineStageFlags2 stage) {
        if (semaphore == VK_NULL_HANDLE) return;
        list[count] = {VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO};
        list[count].semaphore = semaphore;
        list[count++].stageMask = stage;
    };
    if (target != nullptr) {
        add(waits, wait_count, target->wait, VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT);
        add(signals, signal_count, target->signal, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT);
        if (target->mirror) {
            add(waits, wait_count, target->mirror->wait, VK_PIPELINE_STAGE_2_TRANSFER_BIT);
            add(signals, signal_count, target->mirror->signal, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT);
        }
    }
    VkCommandBufferSubmitInfo cmd{VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO};
    cmd.commandBuffer = slot.cmd;
    VkSubmitInfo2 info{VK_STRUCTURE_TYPE_SUBMIT_INFO_2};
    info.waitSemaphoreInfoCount = wait_count;
    info.pWaitSemaphoreInfos = waits.data();
    info.commandBufferInfoCount = 1;
    info.pCommandBufferInfos = &cmd;
    info.signalSemaphoreInfoCount = signal_count;
    info.pSignalSemaphoreInfos = signals.data();
    const VkResult result = vkQueueSubmit2(gpu_.queue, 1, &info, slot.fence.get());
    if (result == VK_ERROR_DEVICE_LOST) {
        gpu_.lost = true;
        return false;
    }
    check(result, "vkQueueSubmit2");
    slot.submitted = true;
    slot.serial = gpu_.serial++;
    return true;
}

std::optional<scene::Pixels> RendererImpl::take_picture(bool wait) {
    return picture_.take(wait, finished_, [this](std::uint64_t serial) { wait_for(serial); });
}

} // namespace pw::renderer
