#pragma once
// SPDX-License-Identifier: Apache-2.0
// A user's own bare hand, as its tracked joints say: each bone a rounded rod, together a glove. Generic on purpose:
// what a hand of one's own looks like is an avatar's business. Frame thread.

#include "interaction/stance.h"
#include "renderer/draw_list.h"
#include "scene/model.h"
#include "xr/hand_gestures.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace pw::app {

// One bone: a rod of length 1 along −Z from the origin and radius 1/4, round at both ends, for Renderer::add_prop.
std::shared_ptr<const scene::Model> make_bone();

// Appends the bones between these joints.
void place_hand(const xr::HandJoints& joints, const interaction::Stance& stance, renderer::PropId bone,
                std::vector<renderer::Prop>& props);

// Of a bare hand whose joints nobody tells: open and relaxed around its grip, and closing as it pinches and grabs.
// `hand`: 0 left. Their places only.
xr::HandJoints plain_joints(const xr::HandState& state, std::size_t hand);

} // namespace pw::app
