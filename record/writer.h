#pragma once
// SPDX-License-Identifier: Apache-2.0
// Writes a recording: an MCAP file whose chunks are chained by hashes (docs/recording.md). One thread at a time, never
// the frame's: it packs, hashes and writes. What a chunk holds is in the file once end_chunk returned, and outlives the
// process; file().sync() makes it outlive the power. After a failure the file ends with its last whole chunk and stays
// readable. Memory: one chunk, and about 100 bytes for each that was written.

#include "base/data_file.h"
#include "base/result.h"
#include "record/types.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace pw::record {

struct WriterOptions {
    std::size_t chunk_bytes = 1u << 20; // a chunk that is larger, before packing, is ended
    int zstd_level = 1;
    Existing existing = Existing::Refuse;
    std::string library = "plantwalk"; // told in the file's header
};

class Writer {
  public:
    static Result<Writer> create(const std::string& path, const WriterOptions& options = {});
    static Result<Writer> create(AppendFile file, const WriterOptions& options = {}); // which is empty
    Writer(Writer&&) noexcept;
    Writer& operator=(Writer&&) noexcept;
    ~Writer(); // what was not closed is not closed: a reader says so

    // Numbered 1, 2, 3 … and 0, 1, 2 …; Exhausted when all 65535 (65536) are in use.
    Result<SchemaId> add_schema(const Schema& schema);
    Result<ChannelId> add_channel(const Channel& channel);
    Result<void> add_all_of(const Writer& other); // its schemas and channels, with the same numbers; first of all

    // Exhausted: larger than kMaxMessage. May end the chunk; fails then as end_chunk does.
    Result<void> write(ChannelId channel, UtcTime log_time, UtcTime publish_time, Bytes data);
    Result<void> end_chunk(); // nothing happens when no message waits
    Result<void> close();     // ends the chunk and adds the summary; nothing else may follow

    std::uint64_t size() const;  // of the file, with what waits before it is packed
    std::size_t waiting() const; // bytes of messages that are in no chunk yet
    const AppendFile& file() const;

  private:
    struct Impl;
    explicit Writer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::record
