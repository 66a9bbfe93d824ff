// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/labels.h"

#include "base/log.h"
#include "pw_shaders.h"
#include "renderer/passes/address.h"
#include "shaders/pass_layouts.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace pw::renderer {
namespace {

// In em.
constexpr float kPadX = 0.42f, kPadY = 0.16f, kRadius = 0.36f;

Image upload_atlas(Gpu& gpu, const Font& font) {
    ImageInfo info;
    info.format = VK_FORMAT_R8_UNORM;
    info.width = font.width;
    info.height = font.height;
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    Image atlas = make_image(gpu, info, "label font");
    UploadRing ring(gpu);
    run_now(gpu, [&](VkCommandBuffer cmd) {
        image_barrier(
            cmd, {.image = atlas.get(), .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, .after = access::kTransferWrite});
        copy_to_image(cmd, ring, std::as_bytes(std::span(font.atlas)), atlas, 0, 0);
        make_mipmaps(cmd, atlas);
    });
    return atlas;
}

// The middle between the eyes: both see the same label.
struct Eye {
    DVec3 position{0.0};
    Vec3 right{1.f, 0.f, 0.f}, up{0.f, 1.f, 0.f}, forward{0.f, 0.f, -1.f};
    float pixels_per_tangent = 1.f;
    float world_per_user = 1.f;
    bool flat = false; // one view: labels lie in its plane
};

Eye eye_of(const FrameContext& context) {
    Eye eye;
    const std::span<const View> views = context.list->views;
    for (const View& view : views) eye.position += view.world_from_eye.position / static_cast<double>(views.size());
    const Quat& turn = views[0].world_from_eye.orientation;
    eye.right = turn * Vec3(1.f, 0.f, 0.f);
    eye.up = turn * Vec3(0.f, 1.f, 0.f);
    eye.forward = turn * Vec3(0.f, 0.f, -1.f);
    eye.flat = views.size() == 1;
    eye.world_per_user = context.list->world_per_user;
    eye.pixels_per_tangent = context.uniforms->extent.y / (views[0].tan_up - views[0].tan_down);
    return eye;
}

struct Axes {
    Vec3 right, up;
};

Axes axes_of(const Label& label, const Eye& eye) {
    if (!label.billboard) { return {label.orientation * Vec3(1.f, 0.f, 0.f), label.orientation * Vec3(0.f, 1.f, 0.f)}; }
    if (eye.flat) return {eye.right, eye.up};
    const Vec3 to_eye(eye.position - label.position);
    const Vec3 side = glm::cross(Vec3(0.f, 1.f, 0.f), to_eye);
    const float length = glm::length(side);
    // Seen from straight above, any way round faces the eye: take the eye's own.
    const Vec3 right = length > 1e-4f * glm::length(to_eye) ? side / length : eye.right;
    const Vec3 up = glm::cross(to_eye, right);
    const float up_length = glm::length(up);
    return {right, up_length > 0.f ? up / up_length : Vec3(0.f, 1.f, 0.f)};
}

// Writes one label's quads; each byte of text makes at most one.
class Writer {
  public:
    Writer(const Font& font, std::byte* to) : font_(font), to_(to) {}

    // Lines are centred above each other; the lower edge of all, with the plate's margin, is at y = 0.
    void write(const Label& label, std::uint32_t index) {
        const bool plate = (label.back_srgba >> 24) != 0;
        const float line = font_.ascent + font_.descent;
        const auto lines = static_cast<float>(1 + std::ranges::count(label.text, '\n'));
        const float margin = plate ? kPadY : 0.f;
        if (plate) {
            const Vec2 size = plate_size(label);
            put({-size.x / 2.f, 0.f, size.x / 2.f, size.y, 0, 0, index, 0});
        }
        float base = margin + (lines - 1.f) * line + font_.descent;
        for_each_line(label.text, [&](std::string_view text) {
            const Vec2 pen(-layout(text, nullptr) / 2.f, base);
            layout(text, [&](const Glyph& glyph, float x) {
                put({pen.x + x + glyph.left, pen.y + glyph.bottom, pen.x + x + glyph.right, pen.y + glyph.top,
                     pack(glyph.x0, glyph.y0), pack(glyph.x1, glyph.y1), index, 0});
            });
            base -= line;
        });
    }
    Vec2 plate_size(const Label& label) const { // in em, of a label with a plate
        float width = 0.f;
        for_each_line(label.text, [&](std::string_view text) { width = std::max(width, layout(text, nullptr)); });
        const auto lines = static_cast<float>(1 + std::ranges::count(label.text, '\n'));
        return {width + 2.f * kPadX, lines * (font_.ascent + font_.descent) + 2.f * kPadY};
    }
    std::uint32_t count() const { return count_; }

  private:
    static std::uint32_t pack(std::uint16_t x, std::uint16_t y) { return std::uint32_t{y} << 16 | x; }
    template <class F> static void for_each_line(std::string_view text, const F& use) {
        while (true) {
            const std::size_t end = text.find('\n');
            use(text.substr(0, end));
            if (end == std::string_view::npos) return;
            text.remove_prefix(end + 1);
        }
    }
    // The width of a line; each glyph with a picture goes to `use` with its pen.
    template <class F> float layout(std::string_view text, const F& use) const {
        float pen = 0.f;
        std::uint32_t before = ~0u;
        while (!text.empty()) {
            const std::uint32_t code = next_codepoint(text);
            if (code < 0x20) continue;
            const std::uint32_t index = font_.index_of(code);
            if (before != ~0u) pen += font_.kerning(before, index);
            const Glyph& glyph = font_.glyphs[index];
            if constexpr (!std::is_null_pointer_v<F>) {
                if (glyph.x1 > glyph.x0) use(glyph, pen);
            }
            pen += glyph.advance;
            before = index;
        }
        return pen;
    }
    void put(const shaders::GpuGlyph& glyph) {
        std::memcpy(to_ + std::size_t{count_} * sizeof glyph, &glyph, sizeof glyph);
        ++count_;
    }
    const Font& font_;
    std::byte* to_;
    std::uint32_t count_ = 0;
};

float em_of(const Label& label, const Eye& eye, float line_em) {
    const float height_m = label.height_m * eye.world_per_user; // in the world, as all that follows
    const float distance = static_cast<float>(glm::length(label.position - eye.position));
    const float pixels = height_m * eye.pixels_per_tangent / std::max(distance, 1e-3f * eye.world_per_user);
    const float growth = label.billboard ? std::clamp(kLegible_px / std::max(pixels, 1e-6f), 1.f, kMaxGrowth) : 1.f;
    return height_m / line_em * growth;
}

shaders::GpuLabel gpu_label(const Label& label, const Eye& eye, const DVec3& origin, float em_m) {
    const Axes axes = axes_of(label, eye);
    const Vec3 at(label.position - origin), right = axes.right * em_m, up = axes.up * em_m;
    return {at.x, at.y, at.z,   label.color_srgba, right.x, right.y, right.z, label.back_srgba, up.x,
            up.y, up.z, kRadius};
}

// Where a label lies on the picture, in tangents; nothing behind the eye.
LabelBox box_of(const Label& label, const Eye& eye, const Vec2& size_m) {
    const Vec3 at(label.position - eye.position);
    const float depth = glm::dot(at, eye.forward);
    if (depth <= 0.f) return {.x = -1e9f};
    const float seen = label.billboard ? 1.f : std::abs(glm::dot(label.orientation * Vec3(1.f, 0.f, 0.f), eye.right));
    return {.x = glm::dot(at, eye.right) / depth,
            .y = glm::dot(at, eye.up) / depth,
            .half_width = 0.5f * size_m.x * seen / depth,
            .height = size_m.y / depth,
            .gives_way = label.gives_way && label.billboard};
}

} // namespace

LabelPass LabelPass::make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, TextureTable& textures,
                          const std::string& font_file, const std::string& cache_folder) {
    LabelPass pass;
    Result<Font> font =
        font_file.empty() ? fail(Errc::NotFound, "no font is given") : load_font(font_file, cache_folder);
    if (!font) {
        pass.no_font = font.error().what;
        return pass;
    }
    pass.font = std::move(*font);
    pass.atlas = upload_atlas(gpu, pass.font);
    pass.font.atlas = {};
    pass.sampler = make_sampler(gpu, {.mipmaps = false}, "label font");
    pass.slot = textures.add(pass.atlas.view(), pass.sampler.get());
    const std::array<std::uint32_t, 1> constants{formats.encode_srgb};
    GraphicsInfo info;
    info.name = "labels";
    info.vertex = pw::shaders::label_vert;
    info.fragment = pw::shaders::label_frag;
    info.formats = formats;
    info.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP;
    info.blend = Blend::Premultiplied;
    info.depth_write = false;
    info.constants = constants;
    pass.hidden_by_walls = make_graphics(gpu, layouts.pipeline.get(), info);
    info.name = "labels through walls";
    info.depth_test = false;
    pass.through_walls = make_graphics(gpu, layouts.pipeline.get(), info);
    return pass;
}

void LabelPass::record(FrameContext& context) {
    const std::span<const Label> labels = context.list->labels;
    if (labels.empty()) return;
    if (!hidden_by_walls) {
        if (!no_font.empty()) log_warn("Labels are left out: " + std::exchange(no_font, {}));
        return;
    }
    const Eye eye = eye_of(context);
    std::size_t most = labels.size();
    places.clear();
    for (std::uint32_t i = 0; i < labels.size(); ++i) {
        most += labels[i].text.size();
        places.push_back({i, static_cast<float>(glm::length(labels[i].position - eye.position))});
    }
    const UploadSlice items = context.slot->upload.take(labels.size() * sizeof(shaders::GpuLabel));
    const UploadSlice glyphs = context.slot->upload.take(most * sizeof(shaders::GpuGlyph));
    Writer writer(font, glyphs.data);
    const float line_em = font.ascent + font.descent;

    std::ranges::sort(places, std::less{}, &Place::distance);
    boxes.clear();
    for (const Place& place : places) {
        const Label& label = labels[place.label];
        boxes.push_back(box_of(label, eye, writer.plate_size(label) * em_of(label, eye, line_em)));
    }
    make_room(boxes);
    for (std::size_t i = 0; i < places.size(); ++i) {
        const Vec3 at(labels[places[i].label].position - eye.position);
        if (boxes[i].gives_way) places[i].lift_m = boxes[i].y * glm::dot(at, eye.forward) - glm::dot(at, eye.up);
    }

    std::ranges::sort(places, [&](const Place& a, const Place& b) {
        const bool a_through = labels[a.label].through_walls, b_through = labels[b.label].through_walls;
        return a_through != b_through ? b_through : a.distance > b.distance;
    });
    std::uint32_t hidden_end = 0;
    for (std::uint32_t i = 0; i < places.size(); ++i) {
        Label label = labels[places[i].label];
        const float em_m = em_of(label, eye, line_em);
        label.position += DVec3(eye.up * places[i].lift_m);
        const shaders::GpuLabel item = gpu_label(label, eye, context.origin, em_m);
        std::memcpy(items.data + i * sizeof item, &item, sizeof item);
        writer.write(label, i);
        if (!label.through_walls) hidden_end = writer.count();
    }
    push(context.cmd, context.layout,
         shaders::LabelPush{low_word(items.address), high_word(items.address), low_word(glyphs.address),
                            high_word(glyphs.address), slot, kFontSpread_texels});
    const auto draw = [&](const Pipeline& pipeline, std::uint32_t first, std::uint32_t end) {
        if (first == end) return;
        vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline.get());
        vkCmdDraw(context.cmd, 4, end - first, 0, first);
    };
    draw(hidden_by_walls, 0, hidden_end);
    draw(through_walls, hidden_end, writer.count());
}

} // namespace pw::renderer
