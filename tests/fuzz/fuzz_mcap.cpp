// SPDX-License-Identifier: Apache-2.0
// Any bytes as a recording: opened, read forwards and backwards, verified. Checksums are not mended: a 0 in their place
// means that there is none, and the corpus has such files. Small limits keep bombs affordable.
#include "base/assert.h"
#include "record/reader.h"
#include "record/verify.h"

#include <cstdint>
#include <cstring>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pw;
    using namespace pw::record;
    std::vector<std::byte> bytes(size);
    if (size > 0) std::memcpy(bytes.data(), data, size);
    ReaderOptions options;
    options.limits.chunk_bytes = 1u << 20;
    options.limits.definition_bytes = 1u << 20;
    options.limits.chunks = 1000;
    options.limits.channel_entries = 10'000;

    const auto source = memory_source(bytes);
    const auto verdict = verify(*source, options.limits);
    auto reader = Reader::open(memory_source(std::move(bytes)), options);
    if (!reader) return 0;
    std::uint64_t messages = 0;
    const bool whole = reader
                           ->read({}, {}, {INT64_MAX},
                                  [&](const Message&) {
                                      ++messages;
                                      return true;
                                  })
                           .has_value();
    if (verdict && verdict->intact() && verdict->chained) {
        PW_ASSERT(whole && messages == verdict->messages, "what is intact can be read");
    }
    std::uint64_t again = 0;
    const bool still = reader
                           ->read({}, {}, {INT64_MAX},
                                  [&](const Message&) {
                                      ++again;
                                      return true;
                                  })
                           .has_value();
    PW_ASSERT(!whole || (still && again == messages), "a recording reads the same twice");
    for (const auto& [id, channel] : reader->channels()) {
        const ChannelId wanted{id};
        (void)reader->last_before(std::span(&wanted, 1), reader->last());
    }
    (void)reader->refresh();
    return 0;
}
