#pragma once
// SPDX-License-Identifier: Apache-2.0
// The records of MCAP as bytes (https://mcap.dev/spec), and our private ones (docs/recording.md). Internal to record/.
// Parsers are pure, give views into what they were given, and ignore what stands behind the fields they know.

#include "record/types.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

namespace pw::record {

enum class Op : std::uint8_t {
    Header = 0x01,
    Footer = 0x02,
    Schema = 0x03,
    Channel = 0x04,
    Message = 0x05,
    Chunk = 0x06,
    MessageIndex = 0x07,
    ChunkIndex = 0x08,
    Attachment = 0x09,
    AttachmentIndex = 0x0a,
    Statistics = 0x0b,
    Metadata = 0x0c,
    MetadataIndex = 0x0d,
    SummaryOffset = 0x0e,
    DataEnd = 0x0f,
    ChainStart = 0x80,
    ChainLink = 0x81,
    ChainEnd = 0x82, // 0x83 is kept for signed checkpoints
};

inline constexpr std::array<unsigned char, 8> kMagic{0x89, 'M', 'C', 'A', 'P', 0x30, '\r', '\n'};
inline constexpr std::array<char, 4> kChainTag{'P', 'W', 'C', '1'}; // what our private records begin with
inline constexpr std::size_t kHeadSize = 9;                         // opcode and length of a record
inline constexpr std::size_t kFooterSize = kHeadSize + 20;
inline constexpr std::size_t kMessageHead = 22; // of a Message, before its data

// Puts records behind what `out` has already.
class RecordOut {
  public:
    explicit RecordOut(std::vector<std::byte>& out) : out_(out) {}

    RecordOut& begin(Op op) {
        put(op);
        put(std::uint64_t{0});
        begin_ = out_.size();
        return *this;
    }
    void end() { fill(begin_ - 8, std::uint64_t{out_.size() - begin_}); }

    template <class T> RecordOut& put(T value) {
        static_assert(std::is_trivially_copyable_v<T> && std::endian::native == std::endian::little);
        const auto* p = reinterpret_cast<const std::byte*>(&value);
        out_.insert(out_.end(), p, p + sizeof value);
        return *this;
    }
    RecordOut& bytes(Bytes piece) {
        out_.insert(out_.end(), piece.begin(), piece.end());
        return *this;
    }
    RecordOut& text(std::string_view t) { return put(static_cast<std::uint32_t>(t.size())).bytes(as_bytes(t)); }
    // A map or array: its length in bytes is put in by end_list.
    std::size_t begin_list() {
        put(std::uint32_t{0});
        return out_.size();
    }
    void end_list(std::size_t begin) { fill(begin - 4, static_cast<std::uint32_t>(out_.size() - begin)); }

  private:
    template <class T> void fill(std::size_t at, T value) { std::memcpy(out_.data() + at, &value, sizeof value); }
    std::vector<std::byte>& out_;
    std::size_t begin_ = 0;
};

void put_schema(RecordOut& out, std::uint16_t id, const Schema& schema);
void put_channel(RecordOut& out, std::uint16_t id, const Channel& channel);
void put_magic(std::vector<std::byte>& out);
bool is_magic(Bytes bytes);

// One record after the other. After the last, or one that goes past the end, next() gives nothing; whole() then tells
// which.
struct RecordView {
    Op op{};
    Bytes content;
};
class RecordsIn {
  public:
    explicit RecordsIn(Bytes bytes) : rest_(bytes) {}
    std::optional<RecordView> next();
    bool whole() const { return rest_.empty(); }

  private:
    Bytes rest_;
};

std::uint16_t raw_id(ChannelId id);
std::uint16_t raw_id(SchemaId id);
UtcTime to_utc(std::uint64_t ns); // kEndOfTime at most

struct ParsedSchema {
    std::uint16_t id = 0;
    Schema schema;
};
struct ParsedChannel {
    std::uint16_t id = 0;
    Channel channel;
};
struct ChunkHead {
    UtcTime start, end;
    std::uint64_t unpacked = 0;
    std::uint32_t crc = 0;
    std::string_view compression;
    std::uint64_t packed = 0;
    std::size_t size = 0; // of all this, before the packed records
};
struct ChunkIndex {
    UtcTime start, end;
    std::uint64_t offset = 0, length = 0;
    Bytes channels; // pairs of 2 and 8 bytes
    std::uint64_t indexes_length = 0;
    std::string_view compression;
    std::uint64_t packed = 0, unpacked = 0;
};
struct Footer {
    std::uint64_t summary = 0, summary_offsets = 0;
    std::uint32_t crc = 0;
};
struct Statistics {
    std::uint64_t messages = 0;
    std::uint16_t schemas = 0;
    std::uint32_t channels = 0, attachments = 0, metadata = 0, chunks = 0;
    UtcTime first, last;
    Bytes by_channel; // pairs of 2 and 8 bytes: how many messages
};
inline constexpr std::size_t kMaxChunkHead = 64; // with the name of a compression

std::optional<ParsedSchema> parse_schema(Bytes content);
std::optional<ParsedChannel> parse_channel(Bytes content);
std::optional<Message> parse_message(Bytes content);
std::optional<ChunkHead> parse_chunk_head(Bytes content); // or the beginning of it
std::optional<ChunkIndex> parse_chunk_index(Bytes content);
std::optional<Footer> parse_footer(Bytes content);
std::optional<Statistics> parse_statistics(Bytes content);

} // namespace pw::record
