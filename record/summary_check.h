#pragma once
// SPDX-License-Identifier: Apache-2.0
// Is what the end of a recording says of its data true? Internal to record/.

#include "base/result.h"
#include "record/scan.h"
#include "record/source.h"
#include "record/types.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace pw::record {

struct Counts { // of all messages that were read
    std::uint64_t messages = 0;
    UtcTime first, last; // where there are any
    std::vector<std::uint64_t> by_channel = std::vector<std::uint64_t>(0x10000);
    void add(const Message& message);
};

// Holds every record of the summary, and the footer, against what the scan found; nothing: all of it is so. Of what we
// write all has to be there. Others may leave parts out.
Result<std::optional<Damage>> check_summary(Source& source, const Scan& scan, const Counts& counts,
                                            const ReadLimits& limits);

} // namespace pw::record
