#pragma once
// SPDX-License-Identifier: Apache-2.0
// Is a recording whole and as it was written? Reads all of it once: every chunk is unpacked and held against its
// checksum, against the chain of hashes where there is one (docs/recording.md), and the summary at the end against what
// was found. Whoever can write the whole file anew can also make a new chain: what it shows is damage, and changes by
// those who did not.

#include "base/result.h"
#include "record/source.h"
#include "record/types.h"

#include <cstdint>
#include <optional>
#include <string>

namespace pw::record {

struct Verdict {
    bool chained = false;  // no: written by another program
    bool summed = false;   // the chain or checksums are over every message; no: a change would not be found
    bool finished = false; // its writer has closed it; else what came after may be missing
    std::uint64_t bytes = 0, chunks = 0, messages = 0, channels = 0; // up to the damage
    UtcTime first, last;
    std::string file_id;
    std::optional<Damage> damage; // the first
    bool intact() const { return finished && !damage; }
};

// NotFound; Malformed: not an MCAP file; Unsupported: packed with lz4.
Result<Verdict> verify(Source& source, const ReadLimits& limits = {});

std::string to_json(const Verdict& verdict);
std::string to_text(const Verdict& verdict); // a few lines

} // namespace pw::record
