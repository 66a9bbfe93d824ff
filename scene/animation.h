#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plays clips: writes the pose of a clip at a time into the scene (glTF 3.11, appendix C: LINEAR with shortest-path
// slerp, STEP, CUBICSPLINE). Frame thread; allocates nothing.

#include "scene/scene.h"

namespace pw::scene {

// `time_s` is clamped to the clip; a caller that loops passes std::fmod(t, duration_s).
void apply_clip(Scene& scene, PlacedId placed, const Clip& clip, float time_s);

} // namespace pw::scene
