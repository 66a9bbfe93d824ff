// SPDX-License-Identifier: Apache-2.0
// Animations, as clips of channels.

#include "base/format.h"
#include "base/text.h"
#include "scene/gltf_internal.h"
#include "scene/material_value.h"

#include <glm/ext/quaternion_geometric.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace pw::scene::gltf {
namespace {

struct FileSampler {
    std::uint32_t input = kNone, output = kNone;
    Interpolation interpolation = Interpolation::Linear;
};

FileSampler read_sampler(const Object& in) {
    FileSampler out;
    out.input = in.need_index("input", in.reader.accessors.size(), "accessors");
    out.output = in.need_index("output", in.reader.accessors.size(), "accessors");
    const std::string_view kind = in.text("interpolation");
    if (kind == "STEP") out.interpolation = Interpolation::Step;
    if (kind == "CUBICSPLINE") out.interpolation = Interpolation::CubicSpline;
    if (!kind.empty() && kind != "LINEAR" && out.interpolation == Interpolation::Linear)
        in.reader.report(in.at.member("interpolation"), "is not known; taken as LINEAR");
    return out;
}

// Floats of one value of the channel; 0 with an error.
std::uint32_t width_of(Reader& r, const Where& at, const Channel& c) {
    if (c.path == ChannelPath::Visible) return 1;
    if (c.path == ChannelPath::Rotation) return 4;
    if (c.path != ChannelPath::Weights) return 3;
    const std::uint32_t mesh = r.model.nodes[c.node].mesh;
    const std::uint32_t targets = mesh == kNone ? 0 : r.model.morph_count(mesh);
    if (targets == 0) r.report(at, "left out: its node has no morph targets");
    return targets;
}

void read_keys(const Object& in, const FileSampler& sampler, Channel& c, std::uint32_t width) {
    Reader& r = in.reader;
    const Accessor &times = r.accessors[sampler.input], &values = r.accessors[sampler.output];
    if (times.components() != 1)
        return r.fail(in.at, Errc::Malformed,
                      formatted("takes its times from accessors[{}], which is no SCALAR", sampler.input));
    const std::uint64_t per_key = std::uint64_t{width} * (c.interpolation == Interpolation::CubicSpline ? 3 : 1);
    if (per_key * times.count != std::uint64_t{values.count} * values.components())
        return r.fail(in.at, Errc::Malformed,
                      formatted("has {} × {} values in accessors[{}], {} keys of {} in accessors[{}]", values.count,
                                values.components(), sampler.output, times.count, per_key, sampler.input));
    if (!r.charge(in.at, times.count * (per_key + 1), sizeof(float))) return;
    c.times_s = r.floats(in.at, sampler.input);
    c.values = r.floats(in.at, sampler.output);
    if (!r.ok()) return;
    if (c.times_s.front() < 0.f || std::ranges::adjacent_find(c.times_s, std::greater_equal<>()) != c.times_s.end())
        return r.fail(in.at, Errc::Malformed,
                      formatted("has times in accessors[{}] that do not rise from 0", sampler.input));
    if (c.path != ChannelPath::Rotation || c.interpolation == Interpolation::CubicSpline) return;
    for (std::size_t i = 0; i < c.values.size(); i += 4) { // slerp needs unit quaternions; small integers give none
        const Quat q(c.values[i + 3], c.values[i], c.values[i + 1], c.values[i + 2]);
        const float length = glm::length(q);
        const Quat unit = length > 1e-6f && std::isfinite(length) ? q / length : kNoRotation;
        c.values[i] = unit.x, c.values[i + 1] = unit.y, c.values[i + 2] = unit.z, c.values[i + 3] = unit.w;
    }
}

std::optional<ChannelPath> node_path(std::string_view path) {
    if (path == "translation") return ChannelPath::Translation;
    if (path == "rotation") return ChannelPath::Rotation;
    if (path == "scale") return ChannelPath::Scale;
    if (path == "weights") return ChannelPath::Weights;
    if (path == "extensions/KHR_node_visibility/visible") return ChannelPath::Visible;
    return std::nullopt;
}

// What a channel moves, of which object of its table in the file, and how many floats that is (0: as width_of() says).
struct Target {
    ChannelPath path = ChannelPath::Translation;
    std::uint32_t object = kNone;
    ValueName value;
};

// "/nodes/3/rotation" → the table, 3, the rest; nothing when it is not made like that.
struct Pointer {
    std::string_view table, value;
    std::uint32_t object = 0;
};

std::optional<Pointer> parse_pointer(std::string_view text) {
    constexpr std::array<std::string_view, 3> kTables{"/nodes/", "/materials/",
                                                      "/extensions/KHR_lights_punctual/lights/"};
    const auto table = std::ranges::find_if(kTables, [&](std::string_view t) { return text.starts_with(t); });
    if (table == kTables.end()) return std::nullopt;
    Pointer out{.table = *table, .value = {}};
    const char* const end = text.data() + text.size();
    const auto [slash, error] = std::from_chars(text.data() + table->size(), end, out.object);
    if (error != std::errc{} || slash == end || *slash != '/') return std::nullopt;
    out.value = std::string_view(slash + 1, end);
    return out;
}

// KHR_animation_pointer: a value of the glTF 2.0 Asset Object Model that is shown here.
std::optional<Target> find_target(const Reader& r, std::string_view text) {
    const std::optional<Pointer> pointer = parse_pointer(text);
    if (!pointer) return std::nullopt;
    if (pointer->table == "/nodes/") {
        const auto path = node_path(pointer->value);
        if (!path || pointer->object >= r.node_order.size()) return std::nullopt;
        return Target{*path, pointer->object, {}};
    }
    const bool of_material = pointer->table == "/materials/";
    const auto value = of_material ? find_material_value(pointer->value) : find_light_value(pointer->value);
    if (!value || pointer->object >= (of_material ? r.model.materials.size() : r.model.lights.size()))
        return std::nullopt;
    if (of_material && part_of(value->value) != MaterialPart::Plain && !r.model.materials[pointer->object].layers)
        return std::nullopt; // not defined in the file
    return Target{of_material ? ChannelPath::Material : ChannelPath::Light, pointer->object, *value};
}

std::optional<Target> read_target(const Object& in) {
    Reader& r = in.reader;
    const std::string_view path = in.text("path");
    if (path == "pointer") {
        const Object extension = in.extension("KHR_animation_pointer");
        const std::string_view pointer = extension.text("pointer");
        const auto target = find_target(r, pointer);
        if (r.ok() && !target)
            r.report(extension.at, formatted("\"{}\" is left out: it does not change here", shortened(pointer, 120)));
        return target;
    }
    const std::uint32_t node = in.index("node", r.node_order.size(), "nodes");
    const auto known = node_path(path);
    if (r.ok() && (!known || known == ChannelPath::Visible))
        r.report(in.at.member("path"), formatted("\"{}\" is left out", shortened(path, 40)));
    else if (r.ok())
        return Target{*known, node, {}};
    return std::nullopt;
}

void read_channel(const Object& in, const std::vector<FileSampler>& samplers, Clip& clip) {
    Reader& r = in.reader;
    const std::uint32_t sampler = in.need_index("sampler", samplers.size(), "samplers");
    const Object target = in.object("target");
    const std::optional<Target> moved = read_target(target);
    if (!r.ok() || !moved) return;
    Channel c;
    c.interpolation = samplers[sampler].interpolation;
    c.path = moved->path;
    if (moved->value.width != 0) {
        c.object = moved->object;
        c.value = moved->value.value;
    } else {
        if (moved->object == kNone || r.node_order[moved->object] == kNone)
            return r.report(target.at, "left out: its node is not in the scene that is shown");
        c.node = r.node_order[moved->object];
    }
    if (c.path == ChannelPath::Visible) c.interpolation = Interpolation::Step; // there is nothing between
    const std::uint32_t width = moved->value.width != 0 ? moved->value.width : width_of(r, target.at, c);
    if (width == 0) return;
    read_keys(in, samplers[sampler], c, width);
    if (!r.ok()) return;
    clip.duration_s = std::max(clip.duration_s, c.times_s.back());
    clip.channels.push_back(std::move(c));
}

} // namespace

void Reader::read_animations(const Object& root) {
    if (!charge(root.at, root.json["animations"].size(), sizeof(Clip))) return;
    root.each("animations", [&](const Object& in) {
        Clip& clip = model.clips.emplace_back();
        clip.name = in.text("name");
        std::vector<FileSampler> samplers;
        in.each("samplers", [&](const Object& sampler) { samplers.push_back(read_sampler(sampler)); });
        if (!ok() || !charge(in.at, in.json["channels"].size(), sizeof(Channel))) return;
        in.each("channels", [&](const Object& channel) { read_channel(channel, samplers, clip); });
    });
}

} // namespace pw::scene::gltf
