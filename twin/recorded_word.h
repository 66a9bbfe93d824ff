#pragma once
// SPDX-License-Identifier: Apache-2.0
// A machine's word as a recording has it (docs/recording.md): a message on the channel of its device,
// {"metric":"speed","value":1.5,"quality":"GOOD","source_time_ns":1795353600125000000}. It reads back equal, value type
// included. Internal to twin/.

#include "base/bytes.h"
#include "base/result.h"
#include "twin/twin.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pw::twin {

inline constexpr const char* kWordSchema = // JSON Schema; Foxglove plots by it
    R"({"type":"object","properties":{"metric":{"type":"string"},"value":{},"quality":{"type":"string"},)"
    R"("source_time_ns":{"type":"integer"},"type":{"type":"string"},"historical":{"type":"boolean"},)"
    R"("heard_ns":{"type":"integer"},"facts":{"type":"object"}},"required":["metric","value","quality"]})";
inline constexpr const char* kPrefixKey = "tag_prefix"; // of a channel's metadata: before the metric, it makes the tag
inline constexpr const char* kSnapshotTopic = "twin/snapshots"; // {"from_ns":…,"tags":1200}
inline constexpr const char* kEventTopic = "twin/events";
inline constexpr const char* kStateTopic = "twin/state"; // {"connection":"Online","nodes_alive":3,"nodes_dead":1}

// "group/node/device/metric" → 18, "group/node//metric" → 12, "opcua:press:/Robot/Axes/J1" → 24: what belongs to the
// device.
std::size_t tag_prefix(std::string_view tag);
std::string device_topic(std::string_view prefix); // "group/node/device/" → "twin/group/node/device"

struct RecordedWord {
    std::string metric;
    Value value;
    Quality quality = Quality::Bad;
    UtcTime source_time;
    bool historical = false;
    UtcTime heard;                         // of a snapshot, which says again what was heard then; else not known
    bool has_facts = false;                // else they are as in the word before
    std::shared_ptr<const TagFacts> facts; // null: the machine says none
};

// Adds the value to `out`; what JSON alone does not tell of it, for a member "type", or nothing.
std::string_view put_value(std::string& out, const Value& value);
// Adds the text to `out`. `metric` is JSON already, with its quotation marks.
void put_word(std::string& out, std::string_view metric, const Value& value, Quality quality, UtcTime source_time,
              bool historical, UtcTime heard);
void put_facts(std::string& out, const TagFacts* facts); // into the word that ends there; null: none any more
std::string state_json(const TwinState& state);

const char* event_kind_name(TwinEventKind kind); // "NodeBirth"

// Keeps what it needs for parsing.
class WordParser {
  public:
    WordParser();
    ~WordParser();
    // Into `out`, whose capacity is used again. Malformed: not such a text.
    Result<void> parse(Bytes json, RecordedWord& out);
    Result<TwinEvent> event(Bytes json); // but for its time
    Result<TwinState> state(Bytes json);
    // One integer of an object, for the messages about snapshots and gaps.
    Result<std::int64_t> integer(Bytes json, std::string_view name);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::twin
