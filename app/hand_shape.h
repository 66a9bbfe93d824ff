#pragma once
// SPDX-License-Identifier: Apache-2.0
// A user's own bare hand, as its tracked joints say: each bone a rounded rod, together a glove. Generic on purpose:
// what a hand of one's own looks like is an avatar's business. Frame thread.

#include "interaction/stance.h"
#include "renderer/draw_list.h"
#include "scene/model.h"
#include "xr/input.h"

#include <memory>
#include <vector>

namespace pw::app {

// One bone: a rod of length 1 along −Z from the origin and radius 1/4, round at both ends, for Renderer::add_prop.
std::shared_ptr<const scene::Model> make_bone();

// Appends the bones of a hand that has joints; nothing for one that has none.
void place_hand(const xr::HandState& hand, const interaction::Stance& stance, renderer::PropId bone,
                std::vector<renderer::Prop>& props);

} // namespace pw::app
