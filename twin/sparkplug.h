#pragma once
// SPDX-License-Identifier: Apache-2.0
// The Sparkplug B 3.0.0 payload (section 6.4, protobuf), in and out. Decoding gives views into the message and never
// throws outward; limits bound what a hostile payload can cost. Pure functions, any thread.

#include "base/bytes.h"
#include "base/result.h"
#include "base/text.h"
#include "twin/types.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::twin {

// Table 6.4.16 "Data Types".
enum class DataType : std::uint32_t {
    Unknown = 0,
    Int8 = 1,
    Int16 = 2,
    Int32 = 3,
    Int64 = 4,
    UInt8 = 5,
    UInt16 = 6,
    UInt32 = 7,
    UInt64 = 8,
    Float = 9,
    Double = 10,
    Boolean = 11,
    String = 12,
    DateTime = 13,
    Text = 14,
    Uuid = 15,
    DataSet = 16,
    Bytes = 17,
    File = 18,
    Template = 19,
    PropertySet = 20,
    PropertySetList = 21,
    Int8Array = 22,
    Int16Array = 23,
    Int32Array = 24,
    Int64Array = 25,
    UInt8Array = 26,
    UInt16Array = 27,
    UInt32Array = 28,
    UInt64Array = 29,
    FloatArray = 30,
    DoubleArray = 31,
    BooleanArray = 32,
    StringArray = 33,
    DateTimeArray = 34,
};

struct Metric {
    std::string_view name; // empty when only the alias travels
    std::optional<std::uint64_t> alias;
    std::uint64_t timestamp_ms = 0;    // 0: none
    DataType type = DataType::Unknown; // Unknown in DATA: the birth's type counts
    bool historical = false, transient = false, null = false;
    // Raw value as it travelled; interpret with value_of(metric, type of the birth).
    enum class Field : std::uint8_t {
        None,
        Int,
        Long,
        Float,
        Double,
        Boolean,
        String,
        Bytes,
        DataSet,
        Template,
        Extension
    } field = Field::None;
    std::uint64_t integer = 0;             // Int, Long, Boolean; for Float and Double the bits of a double
    std::string_view text;                 // String, Bytes: the bytes; DataSet, Template: the encoded message
    std::string_view properties, metadata; // the encoded messages: see sparkplug_value.h
};

struct Payload {
    std::uint64_t timestamp_ms = 0;
    std::optional<std::uint64_t> seq;
    std::vector<Metric> metrics;
    std::string inflated; // what was in a compressed payload; then the views point there
};

struct DecodeLimits {
    std::size_t max_bytes = 16u << 20; // also when decompressed
    std::size_t max_metrics = 200'000; // of a payload; with the members of its templates
    std::size_t max_name = 1024;       // bytes of a metric's name
    std::size_t max_string = 1u << 20; // bytes of a value as it travels
    std::size_t max_json = 4u << 20;   // bytes of a value as JSON
    std::size_t max_parameters = 100;  // of a template
    std::size_t max_depth = 8;         // of templates in templates, and of property sets in property sets
};

// Reuses `out`'s capacity. The views point into `message`, or into out.inflated: a payload with the uuid
// SPBV1.0_COMPRESSED is decompressed. Malformed: not a payload; Exhausted: beyond a limit. Names are bytes as sent: see
// to_utf8.
Result<void> decode_payload(Bytes message, Payload& out, const DecodeLimits& limits = {});

// A Metric of field Template, taken apart; the views point into its text.
struct Template {
    struct Parameter {
        std::string_view name;
        Metric value; // of its type; Field::None: none is given
    };
    std::optional<bool> is_definition;
    std::optional<std::string_view> ref;
    std::string_view version;
    std::vector<Metric> members;
    std::vector<Parameter> parameters;
};
Result<void> decode_template(std::string_view message, Template& out, const DecodeLimits& limits = {});

// What our simulated plant and commands send.
struct OutMetric {
    std::string name; // left out of the payload when empty
    std::optional<std::uint64_t> alias;
    DataType type = DataType::Double;
    Value value;            // of a DataSet: the text that encode_data_set gives
    bool with_type = false; // births carry it
    // Births say what the value is in, and between what it lies: properties engUnit, engLow, engHigh.
    std::string unit;
    std::optional<double> low, high;
};
std::string encode_payload(std::span<const OutMetric> metrics, std::optional<std::uint64_t> seq, UtcTime time);
struct OutColumn {
    std::string_view name;
    DataType type = DataType::Double; // of one value
};
// `cells`: one row after the other.
std::string encode_data_set(std::span<const OutColumn> columns, std::span<const Value> cells);
// Malformed: the value is not one that a metric of this type can have; Unsupported: the type is no single value.
Result<void> check_value(DataType type, const Value& value);

// "spBv1.0/group/NDATA/node/device" split; Malformed otherwise.
enum class MessageType : std::uint8_t { Nbirth, Ndeath, Dbirth, Ddeath, Ndata, Ddata, Ncmd, Dcmd, State };
struct Topic {
    MessageType type = MessageType::Nbirth;
    std::string_view group, node, device; // State: `node` is the host id
};
Result<Topic> parse_topic(std::string_view topic);

} // namespace pw::twin
