// SPDX-License-Identifier: Apache-2.0
#include "twin/alarm_core.h"

#include <utility>

namespace pw::twin {

bool AlarmCore::apply(AlarmWhy input) {
    switch (input) {
    case AlarmWhy::Occurred:
        if (std::exchange(condition, true)) return false;
        acknowledged = false;
        // A shelf hides that it occurred; suppression and service say that it means nothing.
        if (latching && !suppressed && !out_of_service) latched = true;
        return true;
    case AlarmWhy::Returned:
        return std::exchange(condition, false);
    case AlarmWhy::Acknowledged:
        return !hidden() && !std::exchange(acknowledged, true);
    case AlarmWhy::Reset:
        return !hidden() && !condition && std::exchange(latched, false);
    case AlarmWhy::Shelved: // on a shelf already: another time
        if (out_of_service) return false;
        shelved = true;
        return true;
    case AlarmWhy::Unshelved:
    case AlarmWhy::ShelfExpired:
        return std::exchange(shelved, false) && uncover();
    case AlarmWhy::SuppressionBegan:
        return !std::exchange(suppressed, true);
    case AlarmWhy::SuppressionEnded:
        return std::exchange(suppressed, false) && uncover();
    case AlarmWhy::TakenOutOfService:
        shelved = false;
        return !std::exchange(out_of_service, true);
    case AlarmWhy::PutBackInService:
        return std::exchange(out_of_service, false) && uncover();
    }
    return false;
}

// What comes out of hiding is new to the operator when there is something: B, or E; else A.
bool AlarmCore::uncover() {
    if (!hidden()) {
        acknowledged = !condition && !latched;
        latched = latched || (latching && condition);
    }
    return true;
}

} // namespace pw::twin
