// SPDX-License-Identifier: Apache-2.0
#include "app/graphics.h"

#include "base/file.h"
#include "base/heap.h"
#include "base/log.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <charconv>
#include <functional>

namespace pw::app {

namespace {

renderer::DeviceHooks hooks_of(xr::Host& host) {
    const auto needs = host.vulkan_needs();
    renderer::DeviceHooks hooks;
    hooks.instance_extensions = needs.instance_extensions;
    hooks.device_extensions = needs.device_extensions;
    hooks.create_instance = [&host](const VkInstanceCreateInfo& info, VkInstance* out) {
        return host.create_instance(info, out);
    };
    hooks.choose_gpu = [&host](VkInstance instance, VkPhysicalDevice* out) { return host.choose_gpu(instance, out); };
    hooks.create_device = [&host](VkPhysicalDevice gpu, const VkDeviceCreateInfo& info, VkDevice* out) {
        return host.create_device(gpu, info, out);
    };
    hooks.can_present = [&host](VkInstance instance, VkPhysicalDevice gpu, std::uint32_t family) {
        return host.can_present(instance, gpu, family);
    };
    return hooks;
}

std::optional<renderer::Tier> tier_of(const Settings& settings) {
    if (settings.tier == "software") return renderer::Tier::Software;
    if (settings.tier == "low") return renderer::Tier::Low;
    if (settings.tier == "high") return renderer::Tier::High;
    return std::nullopt;
}

std::uint32_t samples_of(const Settings& settings) {
    std::uint32_t samples = 0; // "auto"
    std::from_chars(settings.samples.data(), settings.samples.data() + settings.samples.size(), samples);
    return samples;
}

std::optional<bool> compresses(const Settings& settings) {
    if (settings.textures == "auto") return std::nullopt;
    return settings.textures == "compressed";
}

renderer::Target target_of(const xr::FrameImage& image, VkFormat format, bool read_back) {
    renderer::Target target;
    target.color = image.color;
    target.format = format;
    target.width = image.width;
    target.height = image.height;
    target.layers = image.layers;
    target.layout_before = image.layout_before;
    target.layout_after = image.layout_after;
    target.depth = image.depth;
    target.depth_layout_before = image.depth_layout_before;
    target.depth_layout_after = image.depth_layout_after;
    target.wait = image.wait;
    target.signal = image.signal;
    if (image.mirror) {
        target.mirror = renderer::Target::Mirror{.image = image.mirror->image,
                                                 .width = image.mirror->width,
                                                 .height = image.mirror->height,
                                                 .layout_after = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR,
                                                 .wait = image.mirror->wait,
                                                 .signal = image.mirror->signal};
    }
    target.read_back = read_back;
    target.copies_show_panels = true;
    return target;
}

} // namespace

Result<std::unique_ptr<Graphics>> Graphics::make(xr::Host& host, Jobs& jobs, const Settings& settings,
                                                 const scene::HdrPixels* environment) {
    std::unique_ptr<Graphics> out(new Graphics(host));
    const std::string cache = user_cache_folder();
    if (auto made = make_folders(cache); !made) log_warn("no cache: " + made.error().what);
    auto device = renderer::Device::make(
        {.validation = settings.validation, .gpu = settings.gpu, .cache_file = join_path(cache, "pipelines.bin")},
        hooks_of(host));
    if (!device) return std::unexpected(device.error());
    out->device_ = std::move(*device);
    if (out->device_->software()) keep_freed_memory();
    const auto& raw = out->device_->raw();
    if (auto attached = host.attach({raw.instance, raw.gpu, raw.device, raw.queue, raw.queue_family}); !attached) {
        return std::unexpected(attached.error());
    }
    // On a CPU only pictures that are kept have it.
    const bool ambient_occlusion =
        settings.ambient_occlusion && (!out->device_->software() || host.kind() == xr::HostKind::Offscreen);
    auto renderer = renderer::Renderer::make(*out->device_, jobs,
                                             {.tier = tier_of(settings),
                                              .samples = samples_of(settings),
                                              .color_format = host.color_format(),
                                              .detail_px = static_cast<float>(settings.detail_px),
                                              .ambient_occlusion = ambient_occlusion,
                                              .view_count = host.view_count(),
                                              .compress_textures = compresses(settings),
                                              .cache_folder = cache,
                                              .font_file = find_font("Inter-Medium.otf")});
    if (!renderer) return std::unexpected(renderer.error());
    out->renderer_ = std::move(*renderer);
    if (environment != nullptr) {
        if (auto set = out->renderer_->set_environment(*environment); !set) log_warn(set.error().what);
    }
    return out;
}

Graphics::~Graphics() {
    renderer_.reset();
    host_.detach();
    const bool software = device_ && device_->software();
    device_.reset();
    if (software) give_back_freed_memory();
}

// Panels that the compositor shows: what they say goes into images of their own when it changed; the picture has a hole
// where they stand. One that has said nothing yet is part of the picture.
void Graphics::place_quads(renderer::DrawList& list, const interaction::Stance& stance,
                           std::span<const std::size_t> quads) {
    panel_images_.clear();
    quads_.clear();
    panels_.assign(list.panels.begin(), list.panels.end());
    list.panels = panels_;
    const std::size_t slots = host_.quad_slots();
    contents_.resize(slots);
    for (std::size_t i = 0; i < std::min(panels_.size(), quads.size()); ++i) {
        if (quads[i] >= slots) continue;
        renderer::Panel& panel = panels_[i];
        QuadContent& content = contents_[quads[i]];
        const std::uint64_t hash = renderer::content_of(panel.overlay);
        if (content.hash != hash || content.width != panel.width || content.height != panel.height) {
            if (const auto image = host_.acquire_quad(quads[i], panel.width, panel.height)) {
                panel_images_.push_back({i, image->color, host_.quad_format(), image->width, image->height,
                                         image->layout_before, image->layout_after});
                content = {hash, panel.width, panel.height};
            }
        }
        if (content.hash == 0) continue;
        panel.as_hole = true;
        quads_.push_back({quads[i], to_origin(stance, panel.pose), panel.size_m / static_cast<float>(stance.scale)});
    }
    if (quads_.empty()) return host_.show_quads({});
    const DVec3 eye = list.views[0].world_from_eye.position;
    const auto distance = [&](const xr::QuadPlace& quad) {
        return glm::distance(to_world(stance, quad.origin_from_quad.position), eye);
    };
    std::ranges::sort(quads_, std::greater(), distance);
    host_.show_quads(quads_);
}

Graphics::Drawn Graphics::draw(renderer::DrawList& list, const interaction::Stance& stance, float zoom, Keep keep,
                               std::span<const std::size_t> quads) {
    const auto image = host_.acquire();
    if (!image) {
        host_.end_frame(/* drawn= */ false, renderer::kNearPlane_m);
        return Drawn::NoImage;
    }
    const auto eyes = host_.locate();
    const std::size_t count = std::min(eyes.size(), views_.size());
    for (std::size_t i = 0; i < count; ++i) {
        views_[i] = {to_world(stance, eyes[i].origin_from_eye), eyes[i].tan_left * zoom, eyes[i].tan_right * zoom,
                     eyes[i].tan_up * zoom, eyes[i].tan_down * zoom};
    }
    list.views = std::span(views_).first(count);
    list.world_per_user = static_cast<float>(stance.scale);
    place_quads(list, stance, quads);
    renderer::Target target = target_of(*image, host_.color_format(), keep != Keep::Nothing);
    target.panels = panel_images_;
    const bool plain = host_.kind() == xr::HostKind::Offscreen && list.overlay.commands.empty();
    // 16 samples of a pixel: all by size on a software rasteriser, where those of a device cost the film as much.
    if (keep == Keep::Still && plain) target.supersample = device_->software() ? 4 : 2;
    const auto result = renderer_->draw(list, target);
    host_.end_frame(result == renderer::DrawResult::Done, renderer::kNearPlane_m);
    return result == renderer::DrawResult::Done ? Drawn::Yes : Drawn::DeviceLost;
}

} // namespace pw::app
