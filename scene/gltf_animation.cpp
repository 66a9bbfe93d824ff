// SPDX-License-Identifier: Apache-2.0
// Animations, as clips of channels.

#include "base/format.h"
#include "base/text.h"
#include "scene/gltf_internal.h"

#include <glm/ext/quaternion_geometric.hpp>

#include <algorithm>
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

void read_channel(const Object& in, const std::vector<FileSampler>& samplers, Clip& clip) {
    Reader& r = in.reader;
    const std::uint32_t sampler = in.need_index("sampler", samplers.size(), "samplers");
    const Object target = in.object("target");
    const std::uint32_t node = target.index("node", r.node_order.size(), "nodes");
    const std::string_view path = target.text("path");
    if (!r.ok()) return;
    Channel c;
    c.interpolation = samplers[sampler].interpolation;
    if (path == "rotation") c.path = ChannelPath::Rotation;
    if (path == "scale") c.path = ChannelPath::Scale;
    if (path == "weights") c.path = ChannelPath::Weights;
    if (c.path == ChannelPath::Translation && path != "translation")
        return r.report(target.at.member("path"), formatted("\"{}\" is left out", shortened(path, 40)));
    if (node == kNone || r.node_order[node] == kNone)
        return r.report(target.at, "left out: its node is not in the scene that is shown");
    c.node = r.node_order[node];
    const std::uint32_t width = width_of(r, target.at, c);
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
