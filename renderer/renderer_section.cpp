// SPDX-License-Identifier: Apache-2.0
// What a section needs of all the parts. Nothing of it is made before the first one is asked for, and nothing is cut
// before all of it is there, some frames later; solids are found meanwhile, and are closed once they are.
#include "base/log.h"
#include "renderer/internal/renderer_impl.h"

#include <glm/geometric.hpp>

#include <algorithm>

namespace pw::renderer {
namespace {

bool same(const std::optional<Section>& a, const std::optional<Section>& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return a->point == b->point && a->normal == b->normal;
}

} // namespace

// What is not looked at yet, and what is known now, of models old and new.
void RendererImpl::follow_section() {
    if (!section_wanted_) return;
    for (const auto& resident : residents_) {
        if (!resident->solids) resident->solids.emplace(jobs_, resident->model);
        if (resident->solids_known || resident->solids->get() == nullptr) continue;
        resident->solids_known = true;
        sort_again_ = true;
    }
}

void RendererImpl::cut_along(const std::optional<Section>& section) {
    if (section && !section_wanted_) {
        section_wanted_ = true;
        if (gpu_.clip_distances) {
            meshes_.want_cuts(gpu_, layouts_, jobs_);
            shadow_.want_cuts(gpu_, layouts_, jobs_);
            section_.want(jobs_);
        } else {
            problems_.add("section", "this GPU has no clip distances: nothing is cut");
        }
    }
    const bool ready = section && section_.ready() && meshes_.can_cut() && shadow_.can_cut();
    const std::optional<Section> cut = ready ? section : std::nullopt;
    if (!same(cut, cut_)) shadow_.valid = false;
    cut_ = cut;
    if (!cut) return;
    const auto above = static_cast<float>(glm::dot(DVec3(cut->normal), origin_ - cut->point));
    uniforms_.section = Vec4(cut->normal, above);
}

void RendererImpl::record_caps(const FrameContext& context) const {
    if (scene_bounds_.empty()) return;
    // Parts may have left the bounds, which are those of the scene as it was placed: machines at work do not go far.
    section_.record(context, (scene_bounds_.min + scene_bounds_.max) * 0.5,
                    2.0 * glm::length(scene_bounds_.max - scene_bounds_.min));
}

std::uint32_t RendererImpl::pending_section() const {
    if (!section_wanted_) return 0;
    const auto unknown = std::ranges::count(residents_, false, [](const auto& r) { return r->solids_known; });
    return static_cast<std::uint32_t>(unknown) + (section_.pending() || shadow_.cut_pending() ? 1u : 0u);
}

} // namespace pw::renderer
