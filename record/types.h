#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a recording consists of, in the words of its format, MCAP (https://mcap.dev/spec): messages with two times, each
// on a channel, which has a topic and says how its messages are encoded.

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace pw::record {

using ChannelId = Id<struct ChannelTag>; // its number in the file, 0 … 65535
using SchemaId = Id<struct SchemaTag>;   // 1 … 65535; not valid: none

struct Schema {
    std::string name, encoding, data; // "jsonschema" and such a schema
    friend bool operator==(const Schema&, const Schema&) = default;
};

struct Channel {
    std::string topic, encoding; // "json"
    SchemaId schema;
    std::vector<std::pair<std::string, std::string>> metadata;
    friend bool operator==(const Channel&, const Channel&) = default;
};

struct Message {
    ChannelId channel;
    std::uint32_t sequence = 0;
    UtcTime log_time;     // when it was heard; as all times of a file: kEndOfTime stands for that or later
    UtcTime publish_time; // when its source says that it was so
    Bytes data;           // valid as long as whoever handed it over says
};

struct StoredMessage { // owns its data
    ChannelId channel;
    std::uint32_t sequence = 0;
    UtcTime log_time, publish_time;
    std::vector<std::byte> data;
};

inline constexpr std::size_t kMaxMessage = 16u << 20; // bytes, of one that we write

// What is refused before anything is taken for it.
struct ReadLimits {
    std::uint64_t chunk_bytes = 256u << 20;   // unpacked, and packed
    std::size_t definition_bytes = 64u << 20; // of all channels and schemas together
    std::size_t chunks = 4'000'000;           // a billion messages, in ours
    std::size_t channel_entries = 16'000'000; // which chunk has which channel; beyond, a chunk may have any
};

// What is wrong, and where.
struct Damage {
    std::uint64_t begin = 0, end = 0;   // bytes of the file
    std::optional<std::uint64_t> chunk; // counted from 0; nothing: before the first or behind the last
    UtcTime from, to;                   // its messages are between these; unknown where nothing tells
    std::string what;
};

struct ChunkInfo {
    UtcTime start, end;                           // of its messages
    std::uint64_t offset = 0, length = 0;         // its record
    std::uint64_t group_begin = 0, group_end = 0; // with what is chained with it, the link included; 0: not known
    std::uint64_t indexes_length = 0;             // of its message indexes, which stand right behind it
    std::uint64_t messages = 0;                   // 0: not known
    bool bare = false;                            // not a chunk: records that stand in the file by themselves
    bool any_channel = true;                      // `channels` does not say which it has
    std::vector<std::uint16_t> channels;          // ascending
    bool may_have(std::span<const std::uint16_t> wanted) const; // ascending; empty: all
};

} // namespace pw::record
