#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is in a headset user's hands, drawn with what each part of it does now; what is pulled or pressed is lit. One
// drawing serves all controllers and bare hands: they differ in tables only. Between Ui::begin and Ui::end.

#include "app/controls.h"
#include "app/settings.h"
#include "xr/input.h"

#include <array>
#include <cstddef>

namespace pw::app {

// What it does in this hand (0: left); nothing: it does nothing, and has no label.
const char* control_does(ControlPart part, Family family, std::size_t hand, const Settings& settings);

void draw_controls(const std::array<xr::HandState, 2>& hands, const Settings& settings);

} // namespace pw::app
