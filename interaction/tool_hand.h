#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which hand is the tool: the one that the user prefers, until the other's trigger is pulled, and so on; beside an open
// hand menu, the other one. Who has one hand has it as the tool, always.

#include "xr/input.h"

#include <cstddef>
#include <optional>

namespace pw::interaction {

class ToolHand {
  public:
    // 0 left, 1 right. `menu_hand`: on which a hand menu is open. `preferred`: a change of it counts as a use.
    std::size_t step(const xr::Input& input, std::optional<std::size_t> menu_hand, std::size_t preferred);
    void use(std::size_t hand) { last_used_ = hand; }
    std::size_t last_used() const { return last_used_; }

  private:
    std::optional<std::size_t> preferred_;
    std::size_t last_used_ = 1;
};

} // namespace pw::interaction
