// SPDX-License-Identifier: Apache-2.0
// The client's part in AR: the real plant behind the picture.
#include "app/client.h"
#include "base/strings.h"

#include <utility>

namespace pw::app {

Result<void> Client::show_around(xr::Blend blend) {
    if (auto set = host_->set_blend(blend); !set) return set;
    blend_ = blend;
    return {};
}

// A headset may stop showing the real plant by itself.
void Client::follow_blend() {
    const xr::Blend now = host_->blend();
    if (std::exchange(blend_, now) != now && now == xr::Blend::Opaque)
        refusal_ = {text(Text::ViewAroundGone), system_clock().now() + kRefusalShown};
    world_.real = sees_around();
    view_->see_through(world_.real);
}

} // namespace pw::app
