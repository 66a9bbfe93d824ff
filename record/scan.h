#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a recording has and where, without its messages: found by going through the records from the front, as far as
// they are whole, or read from the summary. Internal to record/. All lengths are checked against the file and against
// ReadLimits before anything is taken for them.

#include "base/result.h"
#include "record/codec.h"
#include "record/source.h"
#include "record/types.h"
#include "record/wire.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pw::record {

struct Contents {
    std::map<std::uint16_t, Schema> schemas;
    std::map<std::uint16_t, Channel> channels;
    std::vector<ChunkInfo> chunks; // in the order of the file
    std::size_t definition_bytes = 0, channel_entries = 0;
    std::string add_schema(Bytes content, const ReadLimits& limits);  // what is wrong with it, or empty
    std::string add_channel(Bytes content, const ReadLimits& limits); // also
};

// To MCAP a checksum of 0 is none. Ours always have one, so in them a 0 is no excuse.
enum class Sums : std::uint8_t { MayLack, Required };

// A chunk's records, unpacked and checked against its sum. Malformed: damaged; Unsupported: packed otherwise.
using Unpacked = std::shared_ptr<const std::vector<std::byte>>;
Result<Unpacked> read_chunk(Source& source, const ChunkInfo& chunk, const ReadLimits& limits,
                            Sums sums = Sums::MayLack);

struct Place { // of a record, its head included
    std::uint64_t offset = 0, length = 0;
    friend bool operator==(Place, Place) = default;
};

// Goes through the records from the front. Can be continued when the file has grown.
class Scan {
  public:
    Scan(Source& source, const ReadLimits& limits) : source_(source), window_(source), limits_(limits) {}

    // Malformed: not MCAP at all; Unsupported: lz4 and the like. Else what goes wrong is found in damage(), and an
    // unfinished end is no damage.
    Result<void> go_on();

    const Contents& contents() const { return contents_; }
    bool chained() const { return chained_; }
    bool ended() const { return ended_; }            // has reached the end of the data
    std::uint64_t end_at() const { return end_at_; } // where the record stands that ends it
    bool all_summed() const { return all_summed_; }  // every message is in a chunk that has a checksum
    std::span<const Place> attachments() const { return attachments_; }
    std::span<const Place> metadata() const { return metadata_; }
    std::uint64_t position() const { return at_; }           // behind the last record that it took
    std::uint64_t begin_end() const { return begin_end_; }   // behind the begin of the chain
    std::uint64_t link_end() const { return link_end_; }     // behind its last link
    std::uint64_t before_end() const { return before_end_; } // behind the link before that
    std::uint64_t file_size() const { return size_; }
    const std::optional<Damage>& damage() const { return damage_; }
    const std::array<std::byte, 16>& file_id() const { return file_id_; }

  private:
    struct Record {
        Op op{};
        std::uint64_t at = 0, content = 0, length = 0, end = 0;
    };
    Result<void> begin();
    Result<std::optional<Record>> next();
    Result<bool> take(const Record& record); // false: damage
    Result<bool> take_chunk(const Record& record);
    Result<bool> take_index(const Record& record);
    Result<bool> take_definition(const Record& record);
    Result<bool> take_message(const Record& record);
    Result<bool> take_chain(const Record& record);
    bool take_place(std::vector<Place>& places, const Record& record);
    Result<bool> look_into(const ChunkInfo& chunk);
    void commit();
    bool wrong(std::uint64_t end, std::string what);

    Source& source_;
    Window window_;
    ReadLimits limits_;
    Contents contents_;
    std::optional<ChunkInfo> open_; // the chunk whose indexes follow
    std::vector<Place> attachments_, metadata_;
    std::uint64_t at_ = 0, size_ = 0, begin_end_ = 0, link_end_ = 0, before_end_ = 0, end_at_ = 0;
    bool begun_ = false, chained_ = false, chain_ended_ = false, ended_ = false, all_summed_ = true;
    std::array<std::byte, 16> file_id_{};
    std::optional<Damage> damage_;
};

struct Summary {
    Contents contents;
    std::optional<Statistics> statistics;
    std::uint64_t begin = 0;
};
// Nothing when there is none, or one that is not sound.
Result<std::optional<Summary>> read_summary(Source& source, const ReadLimits& limits);
Result<std::optional<Footer>> read_footer(Source& source, std::uint64_t size); // nothing: the end of it is no end
// CRC-32 of what stands between; nothing when the file has become shorter.
Result<std::optional<std::uint32_t>> sum_of(Source& source, std::uint64_t begin, std::uint64_t end);

} // namespace pw::record
