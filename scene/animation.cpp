// SPDX-License-Identifier: Apache-2.0
#include "scene/animation.h"

#include "base/assert.h"
#include "scene/material_value.h"

#include <glm/ext/quaternion_common.hpp>
#include <glm/ext/quaternion_geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace pw::scene {
namespace {

// Where a time falls among the keys of a channel: between key and key + 1, at `fraction` of `span_s`.
struct Moment {
    std::size_t key = 0, next = 0;
    float fraction = 0.f;
    float span_s = 0.f;
};

Moment find_moment(const std::vector<float>& times, float time_s) {
    const auto after = std::ranges::upper_bound(times, time_s);
    if (after == times.begin()) return {};
    const auto key = static_cast<std::size_t>(after - times.begin()) - 1;
    if (after == times.end()) return {.key = key, .next = key};
    const float span_s = *after - times[key];
    return {.key = key, .next = key + 1, .fraction = (time_s - times[key]) / span_s, .span_s = span_s};
}

// Element `i` of the channel's value of `width` floats at a moment; glTF appendix C.
float sample(const Channel& c, const Moment& m, std::size_t width, std::size_t i) {
    if (c.interpolation == Interpolation::CubicSpline) {
        const auto at = [&](std::size_t key, std::size_t part) { return c.values[(key * 3 + part) * width + i]; };
        if (m.key == m.next) return at(m.key, 1);
        const float t = m.fraction, t2 = t * t, t3 = t2 * t;
        return (2.f * t3 - 3.f * t2 + 1.f) * at(m.key, 1) + m.span_s * (t3 - 2.f * t2 + t) * at(m.key, 2) +
               (3.f * t2 - 2.f * t3) * at(m.next, 1) + m.span_s * (t3 - t2) * at(m.next, 0);
    }
    const float a = c.values[m.key * width + i];
    if (c.interpolation == Interpolation::Step) return a;
    return a + (c.values[m.next * width + i] - a) * m.fraction;
}

Vec3 sample_vec3(const Channel& c, const Moment& m) {
    return {sample(c, m, 3, 0), sample(c, m, 3, 1), sample(c, m, 3, 2)};
}

Quat sample_rotation(const Channel& c, const Moment& m) {
    const auto key = [&](std::size_t k) {
        const float* v = c.values.data() + k * 4;
        return Quat(v[3], v[0], v[1], v[2]);
    };
    if (c.interpolation == Interpolation::Linear) return glm::slerp(key(m.key), key(m.next), m.fraction);
    const Quat q(sample(c, m, 4, 3), sample(c, m, 4, 0), sample(c, m, 4, 1), sample(c, m, 4, 2));
    const float length = glm::length(q);
    return length > 1e-6f ? q / length : kNoRotation;
}

// So that nothing is allocated; weights beyond keep their rest value.
constexpr std::size_t kMaxWeights = 256;

void apply_weights(Scene& scene, NodeId node, const Channel& c, const Moment& m) {
    const std::size_t per_key = c.interpolation == Interpolation::CubicSpline ? 3 : 1;
    const std::size_t width = c.values.size() / (c.times_s.size() * per_key);
    std::array<float, kMaxWeights> weights{};
    const std::size_t count = std::min(width, kMaxWeights);
    for (std::size_t i = 0; i < count; ++i) weights[i] = sample(c, m, width, i);
    scene.set_weights(node, std::span(weights).first(count));
}

void apply_to_node(Scene& scene, NodeId node, const Channel& c, const Moment& m) {
    if (c.path == ChannelPath::Weights) return apply_weights(scene, node, c, m);
    if (c.path == ChannelPath::Visible) return scene.set_visible(node, sample(c, m, 1, 0) != 0.f);
    Transform local = scene.local(node);
    if (c.path == ChannelPath::Translation)
        local.translation = DVec3(sample_vec3(c, m));
    else if (c.path == ChannelPath::Rotation)
        local.rotation = sample_rotation(c, m);
    else
        local.scale = sample_vec3(c, m);
    scene.set_local(node, local);
}

// A value of a material or light, where it differs from what it is.
template <class T, class Change> void apply_value(const T& now, Change change, const Channel& c, const Moment& m) {
    std::array<float, 4> value{};
    const std::span<const float> old = value_of(now, c.value);
    for (std::size_t i = 0; i < old.size(); ++i) value.at(i) = sample(c, m, old.size(), i);
    if (std::equal(old.begin(), old.end(), value.begin())) return;
    T& changed = change();
    std::ranges::copy(std::span(value).first(old.size()), value_of(changed, c.value).begin());
    if constexpr (std::is_same_v<T, Material>) follow(changed, c.value);
}

} // namespace

void apply_clip(Scene& scene, PlacedId placed, const Clip& clip, float time_s) {
    for (const Channel& c : clip.channels) {
        PW_ASSERT(!c.times_s.empty(), "a channel has keys");
        const Moment m = find_moment(c.times_s, time_s);
        if (c.path == ChannelPath::Material)
            apply_value(
                scene.material(placed, c.object),
                [&]() -> Material& { return scene.change_material(placed, c.object); }, c, m);
        else if (c.path == ChannelPath::Light)
            apply_value(
                scene.light(placed, c.object), [&]() -> Light& { return scene.change_light(placed, c.object); }, c, m);
        else
            apply_to_node(scene, scene.node_of(placed, c.node), c, m);
    }
}

} // namespace pw::scene
