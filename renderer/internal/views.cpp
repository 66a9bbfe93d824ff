// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/views.h"

#include "base/assert.h"
#include "base/log.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/matrix.hpp>

#include <algorithm>
#include <cmath>

namespace pw::renderer {

using shaders::FrameUniforms;
using shaders::GpuLight;

Mat4 projection(const View& v, float near_m) {
    const float width = v.tan_right - v.tan_left, height = v.tan_up - v.tan_down;
    PW_ASSERT(width > 0.f && height > 0.f, "a view has a right of its left and an up above its down");
    Mat4 m(0.f);
    m[0][0] = 2.f / width;
    m[2][0] = (v.tan_right + v.tan_left) / width;
    m[1][1] = -2.f / height;
    m[2][1] = -(v.tan_up + v.tan_down) / height;
    m[3][2] = near_m;
    m[2][3] = -1.f;
    return m;
}

DVec3 fill_views(std::span<const View> views, float world_per_user, FrameUniforms& uniforms) {
    PW_ASSERT(views.size() == 1 || views.size() == 2, "one view or two");
    PW_ASSERT(world_per_user > 0.f, "a metre of the user is some of the world's");
    uniforms.user = {world_per_user, 0.f, 0.f, 0.f};
    uniforms.section = {0.f, 0.f, 0.f, -1.f};
    const DVec3 origin = views[0].world_from_eye.position;
    for (std::size_t i = 0; i < views.size(); ++i) {
        const View& view = views[i];
        const Mat3 axes = glm::mat3_cast(view.world_from_eye.orientation);
        const Vec3 eye(view.world_from_eye.position - origin);
        shaders::ViewUniforms& out = uniforms.views[i];
        out.rel_from_eye = Mat4(axes);
        out.rel_from_eye[3] = Vec4(eye, 1.f);
        Mat4 eye_from_rel(glm::transpose(axes));
        eye_from_rel[3] = Vec4(-(glm::transpose(axes) * eye), 1.f);
        out.clip_from_rel = projection(view, kNearPlane_m * world_per_user) * eye_from_rel;
        out.tangents = {view.tan_left, view.tan_right, view.tan_up, view.tan_down};
        const auto plane = [&](const Vec3& inward) {
            const Vec3 normal = axes * glm::normalize(inward);
            return Vec4(normal, -glm::dot(normal, eye));
        };
        out.planes[0] = plane({1.f, 0.f, view.tan_left});
        out.planes[1] = plane({-1.f, 0.f, -view.tan_right});
        out.planes[2] = plane({0.f, -1.f, -view.tan_up});
        out.planes[3] = plane({0.f, 1.f, view.tan_down});
    }
    const Vec3 high(origin);
    uniforms.origin_high = Vec4(high, 0.f);
    uniforms.origin_low = Vec4(Vec3(origin - DVec3(high)), 0.f);
    uniforms.origin_wrapped = Vec4(Vec3(origin - glm::floor(origin)), 0.f);
    uniforms.counts.x = static_cast<std::uint32_t>(views.size());
    return origin;
}

bool in_views(const FrameUniforms& uniforms, const DVec3& origin, const DAabb& box) {
    if (box.empty()) return false;
    const Vec3 center((box.min + box.max) * 0.5 - origin);
    const Vec3 extent((box.max - box.min) * 0.5);
    for (std::uint32_t v = 0; v < uniforms.counts.x; ++v) {
        const bool inside = std::ranges::all_of(uniforms.views[v].planes, [&](const Vec4& p) {
            return glm::dot(Vec3(p), center) + glm::dot(glm::abs(Vec3(p)), extent) + p.w >= 0.f;
        });
        if (inside) return true;
    }
    return false;
}

void LightTable::build(const scene::Scene& scene) {
    entries.clear();
    const std::span<const scene::Placed> placed = scene.placed();
    for (std::uint32_t p = 0; p < placed.size(); ++p) {
        const scene::Model& model = *placed[p].model;
        for (std::uint32_t n = 0; n < model.nodes.size() && !model.lights.empty(); ++n) {
            if (model.nodes[n].light == scene::kNone) continue;
            const scene::PlacedId id{p};
            entries.push_back({scene.node_of(id, n).index, id, model.nodes[n].light});
        }
    }
    if (entries.size() > shaders::kMaxLights) {
        log_warn("The scene has " + std::to_string(entries.size()) + " lights; the first " +
                 std::to_string(shaders::kMaxLights) + " shine");
    }
}

Sun LightTable::fill(const scene::Scene& scene, const DrawList& list, const DVec3& origin,
                     FrameUniforms& uniforms) const {
    Sun sun = list.sun;
    std::uint32_t count = 0;
    for (const Entry& entry : entries) {
        if ((scene.effective_style(scene::NodeId{entry.node}).flags & scene::kHiddenFlags) != 0) continue;
        const Affine& world = scene.world(scene::NodeId{entry.node});
        const scene::Light& light = scene.light(entry.placed, entry.light);
        const Vec3 direction = glm::normalize(world.linear * Vec3(0.f, 0.f, -1.f));
        if (light.kind == scene::LightKind::Directional && sun.illuminance == Vec3(0.f)) {
            sun.to_sun = -direction;
            sun.illuminance = light.color * light.intensity;
            continue;
        }
        if (count == shaders::kMaxLights) break;
        GpuLight& out = uniforms.lights[count++];
        out.position_range = Vec4(Vec3(world.translation - origin), light.range_m);
        out.color_kind = Vec4(light.color * (light.intensity / kCandelaPerUnit), static_cast<float>(light.kind));
        const float inner = std::cos(light.inner_cone_rad), outer = std::cos(light.outer_cone_rad);
        const float scale = 1.f / std::max(0.001f, inner - outer);
        out.direction_scale = Vec4(direction, scale);
        out.spot = Vec4(-outer * scale, 0.f, 0.f, 0.f);
    }
    uniforms.counts.y = count;
    const bool shines = sun.illuminance != Vec3(0.f);
    uniforms.to_sun = Vec4(shines ? glm::normalize(sun.to_sun) : Vec3(0.f, 1.f, 0.f), 0.f);
    uniforms.sun_color = Vec4(sun.illuminance / kCandelaPerUnit, shines ? 1.f : 0.f);
    return sun;
}

} // namespace pw::renderer
