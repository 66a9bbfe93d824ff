#pragma once
// SPDX-License-Identifier: Apache-2.0
// Reads a recording: ours or any other MCAP file, finished, still growing, or damaged. It opens through the summary
// where there is a sound one, else by going through the file, and reads as far as the damage; damage() then says where
// that is. Only the chunks that are asked for are read and unpacked; memory is bounded by ReaderOptions, whatever the
// file says. One thread at a time; not for the frame thread.

#include "base/result.h"
#include "record/source.h"
#include "record/types.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::record {

struct ReaderOptions {
    ReadLimits limits;
    std::size_t cached_bytes = 16u << 20; // of unpacked chunks that are kept for the next question
};

// False ends the reading. The data is valid during the call, which must not ask the reader anything.
using OnMessage = std::move_only_function<bool(const Message&)>;

class Reader {
  public:
    // NotFound; Malformed: not an MCAP file; Unsupported: packed with lz4.
    static Result<Reader> open(const std::string& path, const ReaderOptions& options = {});
    static Result<Reader> open(std::unique_ptr<Source> source, const ReaderOptions& options = {});
    Reader(Reader&&) noexcept;
    ~Reader();

    // Takes in what was written since; true when there is more than before.
    Result<bool> refresh();
    bool finished() const; // its writer has closed it

    bool empty() const; // no messages
    UtcTime first() const;
    UtcTime last() const;
    const std::map<std::uint16_t, Channel>& channels() const;
    const std::map<std::uint16_t, Schema>& schemas() const;
    std::vector<ChannelId> find(std::string_view topic) const; // foreign files may have several of one topic
    std::span<const ChunkInfo> chunks() const;
    const std::optional<Damage>& damage() const; // found so far

    // The messages of these channels (none named: of all) with from <= log_time <= to, in the order of log_time; where
    // chunks overlap in time, as ours do not, chunk by chunk. Malformed: what was damaged came in between; the messages
    // before it were handed over, and from now on the recording ends there.
    Result<void> read(std::span<const ChannelId> channels, UtcTime from, UtcTime to, OnMessage on_message);
    // The newest of these channels with log_time <= t.
    Result<std::optional<StoredMessage>> last_before(std::span<const ChannelId> channels, UtcTime t);

  private:
    struct Impl;
    explicit Reader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::record
