// SPDX-License-Identifier: Apache-2.0
#include "simulation/timers.h"

#include <utility>

namespace pw::simulation {

bool Timers::restore(const std::vector<Entry>& entries, std::uint64_t order, SimTime now) {
    if (entries.size() > place_.size()) return false;
    std::vector<std::uint32_t> places(place_.size(), kNowhere);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Entry& e = entries[i];
        if (e.timer >= places.size() || places[e.timer] != kNowhere || e.time < now || e.order >= order) return false;
        if (i > 0 && e.before(entries[(i - 1) / 4])) return false;
        places[e.timer] = static_cast<std::uint32_t>(i);
    }
    heap_.assign(entries.begin(), entries.end());
    place_ = std::move(places);
    order_ = order;
    return true;
}

} // namespace pw::simulation
