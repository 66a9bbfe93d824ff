#pragma once
// SPDX-License-Identifier: Apache-2.0
// One alarm's state machine, ANSI/ISA-18.2-2016 figure 3, without time, tags or people. Internal to twin/alarms.
// The nine states follow from six facts, so that what goes on under a shelf is not lost: the condition, the latch, the
// acknowledgement, and the three ways to hide an alarm.

#include "twin/alarms.h"

namespace pw::twin {

struct AlarmCore {
    bool latching = false; // declared
    bool condition = false, latched = false, acknowledged = true;
    bool shelved = false, suppressed = false, out_of_service = false;

    bool hidden() const { return shelved || suppressed || out_of_service; }

    AlarmState state() const {
        if (out_of_service) return AlarmState::OutOfService;
        if (shelved) return AlarmState::Shelved;
        if (suppressed) return AlarmState::Suppressed;
        if (condition) return acknowledged ? AlarmState::Acknowledged : AlarmState::Unacknowledged;
        if (latched) return acknowledged ? AlarmState::LatchedAcknowledged : AlarmState::LatchedUnacknowledged;
        return acknowledged ? AlarmState::Normal : AlarmState::ReturnedUnacknowledged;
    }

    // False when the input does not apply in this state; nothing has changed then.
    bool apply(AlarmWhy input);

  private:
    bool uncover();
};

} // namespace pw::twin
