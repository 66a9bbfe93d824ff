#pragma once
// SPDX-License-Identifier: Apache-2.0
// What one frame shows besides the scene itself: views, light, labels, lines, patches, panels. Filled by the app each
// frame from memory it reuses; spans are read during Renderer::draw only.

#include "base/ids.h"
#include "base/math.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pw::renderer {

struct View {
    Pose world_from_eye;
    // Tangents of the half angles; left and down are negative for a symmetric view.
    float tan_left = -1.f, tan_right = 1.f, tan_up = 1.f, tan_down = -1.f;
};

// One unit of radiance in a scene, in cd/m²: what a display shows as white at exposure 1. A bright hall, 10,000 lux on
// white walls, has about that much, so that lights in photometric units need no exposure of their own. Environment maps
// and emission are in units; a Sun and the lights of a glTF (lux, candela) are divided by it.
inline constexpr float kCandelaPerUnit = 4000.f;

struct Sun {
    Vec3 to_sun{0.f, 1.f, 0.f};
    Vec3 illuminance{0.f}; // linear RGB, in lux; 0: no sun
    bool shadows = true;
};

// Text standing in the world. UTF-8; what the font lacks is shown as □.
struct Label {
    DVec3 position{0.0}; // middle of the lower edge
    Quat orientation = kNoRotation;
    bool billboard = true;  // upright and towards the eye; in one view, as that stands
    float height_m = 0.05f; // of a line of text
    std::string_view text;
    std::uint32_t color_srgba = 0xffff'ffffu;
    std::uint32_t back_srgba = 0; // A = 0: no plate behind the text
    bool through_walls = false;
    bool gives_way = false; // a billboard that is lifted where a nearer label would hide it
};

struct Line {
    DVec3 a{0.0}, b{0.0};
    std::uint32_t color_srgba = 0xffff'ffffu;
    float width_m = 0.004f; // at least about a pixel is drawn
    bool through_walls = false;
};

// Filled triangles in the world, for fields on a floor, arrows, ribbons and bars. Not lit: at alpha 1 a vertex shows
// its colour as a label would, and what lies behind shines through the rest; between vertices light is mixed, not
// bytes. Both sides show. The scene hides them, they hide nothing, and later triangles lie over earlier ones. They may
// lie flush with a floor: they count as 1/4096 of their distance nearer than they are.
struct PatchVertex {
    DVec3 position{0.0};
    std::uint32_t color_srgba = 0xffff'ffffu;
};
struct Patches {
    std::span<const PatchVertex> vertices;
    std::span<const std::uint32_t> indices; // three a triangle
};

// A desktop user interface as triangles, in pixels of the target; what Dear ImGui produces, without its types.
struct OverlayVertex {
    Vec2 position;
    Vec2 uv;
    std::uint32_t color_srgba;
};
struct OverlayCommand {
    std::uint32_t first_index = 0, index_count = 0, vertex_offset = 0;
    float clip_left = 0, clip_top = 0, clip_right = 0, clip_bottom = 0;
    std::uint32_t texture = 0; // Renderer::add_texture; 0: plain white
};
struct Overlay {
    std::span<const OverlayVertex> vertices;
    std::span<const std::uint16_t> indices;
    std::span<const OverlayCommand> commands;
};

// A hash of what it shows, never 0: a panel whose content is as it was is not drawn again.
std::uint64_t content_of(const Overlay& overlay);

// An overlay that stands in the world as a panel: `overlay` is drawn into a texture of `width` × `height` pixels that
// is shown on a rectangle of `size_m`, centred at `pose`, facing its +Z.
struct Panel {
    Pose pose;
    Vec2 size_m{0.4f, 0.3f};
    std::uint32_t width = 512, height = 384;
    Overlay overlay;
    // A compositor shows it below the picture, which has a hole there: alpha 0, tested against the scene's depth, so
    // that what is nearer stays in front. Its content goes to Target::panels, and nowhere when it is not listed there.
    bool as_hole = false;
};

using PropId = Id<struct PropTag>; // of Renderer::add_prop

// A model that follows a hand or a controller: not part of the scene, not picked.
struct Prop {
    PropId model;
    Affine world_from_prop;
};

// Everything on the side that `normal` points to is cut away; what is cut through shows a flat, hatched face of its
// own.
struct Section {
    DVec3 point{0.0};
    Vec3 normal{0.f, 1.f, 0.f}; // unit length
};

struct DrawList {
    std::span<const View> views; // 1, or 2 for stereo (both in one pass)
    Sun sun;
    float environment_intensity = 1.f;
    bool show_environment = false;              // as the background; else `background`
    Vec4 background{0.02f, 0.02f, 0.025f, 1.f}; // linear, premultiplied by its alpha
    float exposure = 1.f;
    std::span<const Label> labels;
    std::span<const Line> lines;
    Patches patches;
    std::span<const Panel> panels;
    std::span<const Prop> props;
    Overlay overlay; // over the picture; mono targets only
    std::optional<Section> section;
    // Comfort, over everything but panels that are holes: the picture darkens outside of a soft circle (0: nowhere, 1:
    // only the middle 40 % are left), and fades to black as a whole (0 … 1).
    float vignette = 0.f, fade = 0.f;
    // How many metres of the world are one of the user's, where the world is shown as a model: sizes that are meant for
    // the user (labels, lines, near plane) grow with it. Views and panels are given in the world.
    float world_per_user = 1.f;
    // AR: what shows nothing has alpha 0 (premultiplied); shadows that would fall on what is not drawn are left out.
    bool see_through = false;
};

} // namespace pw::renderer
