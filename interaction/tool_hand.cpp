// SPDX-License-Identifier: Apache-2.0
#include "interaction/tool_hand.h"

#include <utility>

namespace pw::interaction {

std::size_t ToolHand::step(const xr::Input& input, std::optional<std::size_t> menu_hand, std::size_t preferred) {
    if (std::exchange(preferred_, preferred) != preferred) last_used_ = preferred;
    for (std::size_t h = 0; h < input.hands.size(); ++h)
        if (input.hands[h].active && input.hands[h].select.pressed && h != menu_hand) last_used_ = h;
    const std::size_t wanted = menu_hand ? 1 - *menu_hand : last_used_;
    return !input.hands[wanted].active && input.hands[1 - wanted].active ? 1 - wanted : wanted;
}

} // namespace pw::interaction
