#pragma once
// SPDX-License-Identifier: Apache-2.0
// AR: the real plant seen behind the picture. What the blend modes are called, and what light that is added asks of
// labels. Pure.

#include "renderer/draw_list.h"
#include "xr/host.h"

#include <optional>
#include <span>
#include <string_view>

namespace pw::app {

std::string_view blend_name(xr::Blend blend); // "opaque", "alpha", "additive", "passthrough"
std::optional<xr::Blend> find_blend(std::string_view name);

// Where light is added, dark is clear: a plate that is darker than its words changes colours with them.
void lighten_backs(std::span<renderer::Label> labels);

} // namespace pw::app
