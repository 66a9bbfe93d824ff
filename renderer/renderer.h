#pragma once
// SPDX-License-Identifier: Apache-2.0
// Draws a scene and a DrawList into one or two views. It can always be made again from the scene: nothing lives here
// alone. Frame thread only. A frame is
//     begin_frame() → sync(scene, changes) → draw(list, target)
// begin_frame waits for the fence of its frame slot (2 in flight) and for nothing else. A steady frame allocates
// nothing.

#include "base/jobs.h"
#include "base/reports.h"
#include "base/result.h"
#include "renderer/device.h"
#include "renderer/draw_list.h"
#include "scene/image.h"
#include "scene/scene.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace pw::renderer {

enum class Tier : std::uint8_t { Software, Low, High }; // shadow size, samples, filtering; declared in docs/renderer.md

struct RendererOptions {
    std::optional<Tier> tier;  // empty: by the device
    std::uint32_t samples = 0; // of a pixel: 1, 2, 4, 8, or the most below that the device offers; 0: by the tier
    VkFormat color_format = VK_FORMAT_R8G8B8A8_SRGB;
    // By how many pixels of the picture a part may be drawn wrong to be drawn faster; 0: each with all of its
    // triangles.
    float detail_px = 1.f;
    bool occlusion = true;         // what other parts hide is not drawn
    bool ambient_occlusion = true; // light around is darker in corners and below things
    std::uint32_t view_count = 1;  // 2: multiview
    // Textures are compressed where that does not show. Empty: where the device reads them so, and is no CPU.
    std::optional<bool> compress_textures;
    std::string cache_folder; // environments, levels of detail and textures made ready, by content; empty: none
    std::string font_file;    // for labels
};

// Where a frame goes. The image is in `layout_before` when handed over and in `layout_after` when the submit is done.
struct Target {
    VkImage color = VK_NULL_HANDLE; // array layers = view_count; with TRANSFER_SRC usage
    VkFormat format = VK_FORMAT_R8G8B8A8_SRGB;
    std::uint32_t width = 0, height = 0, first_layer = 0, layers = 1;
    VkImageLayout layout_before = VK_IMAGE_LAYOUT_UNDEFINED;
    VkImageLayout layout_after = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    VkImage depth = VK_NULL_HANDLE; // D32F to hand to a compositor (reversed: 1 near, 0 infinitely far); or none
    VkImageLayout depth_layout_before = VK_IMAGE_LAYOUT_UNDEFINED;
    VkImageLayout depth_layout_after = VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL;
    VkSemaphore wait = VK_NULL_HANDLE, signal = VK_NULL_HANDLE; // binary; or none
    struct Mirror {                                             // layer 0 is blitted here as well, keeping its shape
        VkImage image = VK_NULL_HANDLE;
        std::uint32_t width = 0, height = 0;
        VkImageLayout layout_after = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR;
        VkSemaphore wait = VK_NULL_HANDLE, signal = VK_NULL_HANDLE;
    };
    std::optional<Mirror> mirror;
    // Where the content of panels goes that a compositor shows (Panel::as_hole): one entry for each whose content is to
    // be drawn in this frame. Formats as that of `format`'s kind: sRGB or not, 8 bits.
    struct PanelImage {
        std::size_t panel = 0; // in DrawList::panels
        VkImage image = VK_NULL_HANDLE;
        VkFormat format = VK_FORMAT_R8G8B8A8_SRGB;
        std::uint32_t width = 0, height = 0;
        VkImageLayout layout_before = VK_IMAGE_LAYOUT_UNDEFINED;
        VkImageLayout layout_after = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    };
    std::span<const PanelImage> panels;
    bool read_back = false; // copy the picture for take_picture()
    // The mirror and what is read back show the panels that the picture has holes for (as_hole), as a compositor does.
    bool copies_show_panels = false;
    // For pictures that are kept: so many times as many pixels each way are drawn and filtered down, 1, 2 or 4 (fewer
    // where the device has no images so large). More than 1 wants a color image with TRANSFER_DST usage, no depth and
    // no overlay.
    std::uint32_t supersample = 1;
};

inline constexpr float kNearPlane_m = 0.05f;

// What the GPU does in a frame, one after the other.
enum class GpuStage : std::uint8_t {
    Cull,   // copies of what changed, skinning, culling
    Shadow, // shadow map, section counts, panels' own pictures
    Opaque, // opaque and masked meshes, section caps, sky
    Rest,   // all that is blended over them
    Finish, // filtering down, mirror, read-back
};
inline constexpr std::size_t kGpuStages = 5;
using GpuTimes = std::array<double, kGpuStages>; // ms

struct RenderStats {
    std::uint32_t draws = 0;     // groups of instances, and what is blended
    std::uint64_t triangles = 0; // of all that is not hidden, without levels of detail
    std::uint32_t nodes = 0;     // nodes with a mesh
    std::uint32_t parts = 0;     // primitives of nodes, but for blended ones
    // What culling left of the newest frame that the GPU has finished, but for what is blended: draws (one for each
    // level of detail of a group), parts and triangles (what fades counts in both of its levels).
    std::uint32_t drawn = 0, drawn_parts = 0;
    std::uint64_t drawn_triangles = 0;
    double gpu_ms = 0.0;                              // likewise, by timestamps; 0 where the device has none
    GpuTimes gpu_stage_ms{};                          // its parts
    std::uint64_t gpu_bytes = 0;                      // of the device's memory that we have taken
    std::uint32_t pending_uploads = 0;                // geometries and images still being decoded or copied
    std::uint32_t textures = 0, pending_textures = 0; // of the scene, and of these those that are not there yet
};

enum class DrawResult : std::uint8_t { Done, DeviceLost };

class Renderer {
  public:
    static Result<std::unique_ptr<Renderer>> make(Device& device, Jobs& jobs, const RendererOptions& options);
    virtual ~Renderer() = default; // waits for the frames in flight

    // Prefilters (or reads from the cache) and uses it from the next frame. O(seconds) without the cache: not in the
    // frame loop.
    virtual Result<void> set_environment(const scene::HdrPixels& map) = 0;
    virtual std::uint32_t add_texture(const scene::Pixels& pixels) = 0; // for overlays; not 0
    virtual PropId add_prop(std::shared_ptr<const scene::Model> model) = 0;

    virtual void begin_frame() = 0;
    // Uploads what changed, and of what is new as much as a frame has time for.
    virtual void sync(const scene::Scene& scene, const scene::Changes& changes) = 0;
    virtual DrawResult draw(const DrawList& list, const Target& target) = 0;

    // The oldest picture asked for with Target::read_back whose frame is finished, layers below each other; waits for
    // it when `wait`. sRGB bytes as they would be shown.
    virtual std::optional<scene::Pixels> take_picture(bool wait) = 0;
    // True when all geometry and images of the scene are on the GPU and its pipelines are compiled: pictures for
    // comparison wait for this.
    virtual bool settled() const = 0;
    virtual const RenderStats& stats() const = 0;
    // What is not drawn as it should be: images that cannot be decoded, models that the GPU has no memory for.
    virtual const Reports& problems() const = 0;
};

} // namespace pw::renderer
