// SPDX-License-Identifier: Apache-2.0
#include "twin/sparkplug.h"

#include "base/json.h"

#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <format>
#include <utility>

namespace pw::twin {

namespace {

using protozero::data_view;
using protozero::pbf_reader;
using protozero::pbf_wire_type;

// A field is read only with the wire type it must have: protozero asserts what a hostile sender can break.
constexpr std::uint32_t varint(std::uint32_t tag) { return protozero::tag_and_type(tag, pbf_wire_type::varint); }
constexpr std::uint32_t bytes(std::uint32_t tag) {
    return protozero::tag_and_type(tag, pbf_wire_type::length_delimited);
}
constexpr std::uint32_t fixed32(std::uint32_t tag) { return protozero::tag_and_type(tag, pbf_wire_type::fixed32); }
constexpr std::uint32_t fixed64(std::uint32_t tag) { return protozero::tag_and_type(tag, pbf_wire_type::fixed64); }

// Field numbers of sparkplug_b.proto.
namespace payload_field {
constexpr std::uint32_t kTimestamp = 1, kMetric = 2, kSeq = 3, kUuid = 4;
}
namespace metric_field {
constexpr std::uint32_t kName = 1, kAlias = 2, kTimestamp = 3, kType = 4, kHistorical = 5, kTransient = 6, kNull = 7,
                        kProperties = 9, kInt = 10, kLong = 11, kFloat = 12, kDouble = 13, kBoolean = 14, kString = 15,
                        kBytes = 16, kDataSet = 17, kTemplate = 18, kExtension = 19;
}
namespace property_field {
constexpr std::uint32_t kKey = 1, kValue = 2;             // PropertySet: two parallel lists
constexpr std::uint32_t kInt = 3, kLong = 4, kString = 8; // PropertyValue
} // namespace property_field

std::string_view view_of(data_view v) { return {v.data(), v.size()}; }

struct Properties {
    std::optional<std::int32_t> quality;
    std::string_view unit;
};

std::optional<std::int32_t> read_quality(pbf_reader value) {
    while (value.next()) {
        switch (value.tag_and_type()) {
        case varint(property_field::kInt):
        case varint(property_field::kLong):
            return static_cast<std::int32_t>(value.get_uint64());
        default:
            value.skip();
        }
    }
    return std::nullopt;
}

std::string_view read_unit(pbf_reader value, const DecodeLimits& limits) {
    while (value.next()) {
        if (value.tag_and_type() == bytes(property_field::kString)) {
            const auto unit = view_of(value.get_view());
            return unit.size() <= limits.max_name ? unit : std::string_view();
        }
        value.skip();
    }
    return {};
}

// Keys and values may come in any order: the first pass finds which value is whose.
Properties read_properties(data_view message, const DecodeLimits& limits) {
    constexpr auto kNowhere = static_cast<std::size_t>(-1);
    std::size_t quality_at = kNowhere, unit_at = kNowhere, index = 0;
    for (pbf_reader reader(message); reader.next();) {
        if (reader.tag_and_type() != bytes(property_field::kKey)) {
            reader.skip();
            continue;
        }
        const auto key = view_of(reader.get_view());
        if (key == "Quality") quality_at = index;
        if (key == "engUnit") unit_at = index;
        ++index;
    }
    Properties found;
    if (quality_at == kNowhere && unit_at == kNowhere) return found;
    index = 0;
    for (pbf_reader reader(message); reader.next();) {
        if (reader.tag_and_type() != bytes(property_field::kValue)) {
            reader.skip();
            continue;
        }
        const data_view value = reader.get_view();
        if (index == quality_at) found.quality = read_quality(pbf_reader(value));
        if (index == unit_at) found.unit = read_unit(pbf_reader(value), limits);
        ++index;
    }
    return found;
}

void set_integer(Metric& m, Metric::Field field, std::uint64_t value) {
    m.field = field;
    m.integer = value;
}
void set_real(Metric& m, Metric::Field field, double value) {
    m.field = field;
    m.real = value;
}
void set_text(Metric& m, Metric::Field field, data_view value) {
    m.field = field;
    m.text = view_of(value);
}

void read_metric(pbf_reader reader, Metric& m, const DecodeLimits& limits) {
    namespace f = metric_field;
    using Field = Metric::Field;
    while (reader.next()) {
        switch (reader.tag_and_type()) {
        case bytes(f::kName):
            m.name = view_of(reader.get_view());
            break;
        case varint(f::kAlias):
            m.alias = reader.get_uint64();
            break;
        case varint(f::kTimestamp):
            m.timestamp_ms = reader.get_uint64();
            break;
        case varint(f::kType):
            m.type = static_cast<DataType>(reader.get_uint32());
            break;
        case varint(f::kHistorical):
            m.historical = reader.get_uint64() != 0;
            break;
        case varint(f::kTransient):
            m.transient = reader.get_uint64() != 0;
            break;
        case varint(f::kNull):
            m.null = reader.get_uint64() != 0;
            break;
        case bytes(f::kProperties): {
            const Properties properties = read_properties(reader.get_view(), limits);
            m.quality = properties.quality;
            m.unit = properties.unit;
            break;
        }
        case varint(f::kInt):
            set_integer(m, Field::Int, reader.get_uint32());
            break;
        case varint(f::kLong):
            set_integer(m, Field::Long, reader.get_uint64());
            break;
        case varint(f::kBoolean):
            set_integer(m, Field::Boolean, reader.get_uint64() != 0 ? 1 : 0);
            break;
        case fixed32(f::kFloat):
            set_real(m, Field::Float, static_cast<double>(reader.get_float()));
            break;
        case fixed64(f::kDouble):
            set_real(m, Field::Double, reader.get_double());
            break;
        case bytes(f::kString):
            set_text(m, Field::String, reader.get_view());
            break;
        case bytes(f::kBytes):
            set_text(m, Field::Bytes, reader.get_view());
            break;
        case bytes(f::kDataSet):
            set_text(m, Field::DataSet, reader.get_view());
            break;
        case bytes(f::kTemplate):
            set_text(m, Field::Template, reader.get_view());
            break;
        case bytes(f::kExtension):
            set_text(m, Field::Extension, reader.get_view());
            break;
        default:
            reader.skip();
        }
    }
}

Result<void> check_metric(const Metric& m, std::size_t index, const DecodeLimits& limits) {
    if (m.name.size() > limits.max_name) {
        return fail(Errc::Exhausted, std::format("metrics[{}]: the name has {} bytes", index, m.name.size()));
    }
    if (m.text.size() > limits.max_string) {
        return fail(Errc::Exhausted, std::format("metrics[{}]: the value has {} bytes", index, m.text.size()));
    }
    return {};
}

Result<void> read_payload(Bytes message, Payload& out, const DecodeLimits& limits) {
    namespace f = payload_field;
    pbf_reader reader(reinterpret_cast<const char*>(message.data()), message.size());
    while (reader.next()) {
        switch (reader.tag_and_type()) {
        case varint(f::kTimestamp):
            out.timestamp_ms = reader.get_uint64();
            break;
        case varint(f::kSeq):
            out.seq = reader.get_uint64();
            break;
        case bytes(f::kMetric): {
            if (out.metrics.size() == limits.max_metrics) {
                return fail(Errc::Exhausted, std::format("more than {} metrics", limits.max_metrics));
            }
            Metric& metric = out.metrics.emplace_back();
            read_metric(pbf_reader(reader.get_view()), metric, limits);
            if (auto checked = check_metric(metric, out.metrics.size() - 1, limits); !checked) return checked;
            break;
        }
        case bytes(f::kUuid):
            if (view_of(reader.get_view()) == "SPBV1.0_COMPRESSED") {
                return fail(Errc::Unsupported, "the payload is compressed (SPBV1.0_COMPRESSED)");
            }
            break;
        default:
            reader.skip();
        }
    }
    return {};
}

Value by_field(const Metric& m) {
    switch (m.field) {
    case Metric::Field::Int:
    case Metric::Field::Long:
        return m.integer;
    case Metric::Field::Float:
    case Metric::Field::Double:
        return m.real;
    case Metric::Field::Boolean:
        return m.integer != 0;
    case Metric::Field::String:
        return to_utf8(m.text);
    default:
        return {};
    }
}

std::string hex(std::string_view data) {
    std::string out;
    out.reserve(data.size() * 2);
    for (const char c : data) {
        out.push_back("0123456789abcdef"[(static_cast<unsigned char>(c) >> 4) & 15]);
        out.push_back("0123456789abcdef"[static_cast<unsigned char>(c) & 15]);
    }
    return out;
}

// Numeric arrays are packed little-endian (6.4.17).
template <class Wire, class Number> std::string array_text(std::string_view data) {
    JsonWriter json;
    json.begin_array();
    ByteReader reader(as_bytes(data));
    while (reader.left() >= sizeof(Wire)) json.value(static_cast<Number>(reader.read<Wire>()));
    return json.end_array().take();
}

// A count of 32 bits, then the bits, the first in the highest place.
std::string boolean_array_text(std::string_view data) {
    ByteReader reader(as_bytes(data));
    const auto count = reader.read<std::uint32_t>();
    const Bytes bits = reader.take(reader.left());
    JsonWriter json;
    json.begin_array();
    for (std::size_t i = 0; i < count && i / 8 < bits.size(); ++i) {
        json.value((std::to_integer<unsigned>(bits[i / 8]) & (0x80u >> (i % 8))) != 0);
    }
    return json.end_array().take();
}

// Every string ends with a zero byte.
std::string string_array_text(std::string_view data) {
    JsonWriter json;
    json.begin_array();
    while (!data.empty()) {
        const std::size_t end = std::min(data.find('\0'), data.size());
        json.value(std::string_view(to_utf8(data.substr(0, end))));
        data.remove_prefix(std::min(end + 1, data.size()));
    }
    return json.end_array().take();
}

Value array_value(std::string_view data, DataType type) {
    using std::int64_t, std::uint64_t;
    switch (type) {
    case DataType::Bytes:
    case DataType::File:
        return hex(data);
    case DataType::Int8Array:
        return array_text<std::int8_t, int64_t>(data);
    case DataType::Int16Array:
        return array_text<std::int16_t, int64_t>(data);
    case DataType::Int32Array:
        return array_text<std::int32_t, int64_t>(data);
    case DataType::Int64Array:
        return array_text<std::int64_t, int64_t>(data);
    case DataType::UInt8Array:
        return array_text<std::uint8_t, uint64_t>(data);
    case DataType::UInt16Array:
        return array_text<std::uint16_t, uint64_t>(data);
    case DataType::UInt32Array:
        return array_text<std::uint32_t, uint64_t>(data);
    case DataType::UInt64Array:
    case DataType::DateTimeArray:
        return array_text<std::uint64_t, uint64_t>(data);
    case DataType::FloatArray:
        return array_text<float, double>(data);
    case DataType::DoubleArray:
        return array_text<double, double>(data);
    case DataType::BooleanArray:
        return boolean_array_text(data);
    case DataType::StringArray:
        return string_array_text(data);
    default:
        return {};
    }
}

Value integer_value(std::uint64_t raw, DataType type) {
    switch (type) {
    case DataType::Int8:
        return std::int64_t{static_cast<std::int8_t>(raw)};
    case DataType::Int16:
        return std::int64_t{static_cast<std::int16_t>(raw)};
    case DataType::Int32:
        return std::int64_t{static_cast<std::int32_t>(raw)};
    case DataType::Int64:
        return static_cast<std::int64_t>(raw);
    case DataType::UInt8:
        return std::uint64_t{static_cast<std::uint8_t>(raw)};
    case DataType::UInt16:
        return std::uint64_t{static_cast<std::uint16_t>(raw)};
    case DataType::UInt32:
        return std::uint64_t{static_cast<std::uint32_t>(raw)};
    case DataType::Boolean:
        return raw != 0;
    case DataType::Float:
    case DataType::Double:
        return static_cast<double>(raw);
    default:
        return raw;
    }
}

// The length of the UTF-8 character at the front, or 0: RFC 3629, no overlong forms, no surrogates.
std::size_t character_length(std::string_view s) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
    const unsigned char c = byte(0);
    if (c < 0x80) return 1;
    const std::size_t length = c >= 0xc2 && c < 0xe0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    if (length == 0 || s.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    const bool outside = (c == 0xe0 && byte(1) < 0xa0) || (c == 0xed && byte(1) > 0x9f) ||
                         (c == 0xf0 && byte(1) < 0x90) || (c == 0xf4 && byte(1) > 0x8f);
    return outside ? 0 : length;
}

void write_value(protozero::pbf_writer& out, const OutMetric& metric) {
    namespace f = metric_field;
    const auto integer = [&]() -> std::uint64_t {
        if (const auto* i = std::get_if<std::int64_t>(&metric.value)) return static_cast<std::uint64_t>(*i);
        if (const auto* u = std::get_if<std::uint64_t>(&metric.value)) return *u;
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(to_number(metric.value)));
    };
    switch (metric.type) {
    case DataType::Int8:
    case DataType::Int16:
    case DataType::Int32:
    case DataType::UInt8:
    case DataType::UInt16:
    case DataType::UInt32:
        out.add_uint32(f::kInt, static_cast<std::uint32_t>(integer()));
        break;
    case DataType::Int64:
    case DataType::UInt64:
    case DataType::DateTime:
        out.add_uint64(f::kLong, integer());
        break;
    case DataType::Float:
        out.add_float(f::kFloat, static_cast<float>(to_number(metric.value)));
        break;
    case DataType::Double:
        out.add_double(f::kDouble, to_number(metric.value));
        break;
    case DataType::Boolean:
        out.add_bool(f::kBoolean, to_number(metric.value) != 0.0);
        break;
    default:
        out.add_string(f::kString, to_text(metric.value));
    }
}

} // namespace

Result<void> decode_payload(Bytes message, Payload& out, const DecodeLimits& limits) {
    out.timestamp_ms = 0;
    out.seq.reset();
    out.metrics.clear();
    if (message.size() > limits.max_bytes) {
        return fail(Errc::Exhausted, std::format("a payload of {} bytes", message.size()));
    }
    try {
        return read_payload(message, out, limits);
    } catch (const std::exception& e) { // protozero's way to say that the bytes are wrong
        return fail(Errc::Malformed, std::format("not a Sparkplug payload: {}", e.what()));
    }
}

Value value_of(const Metric& metric, DataType type) {
    if (metric.null) return {};
    switch (metric.field) {
    case Metric::Field::Int:
    case Metric::Field::Long:
        return integer_value(metric.integer, type);
    case Metric::Field::Bytes:
        return array_value(metric.text, type);
    default:
        return by_field(metric);
    }
}

std::string to_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t length = character_length(bytes);
        out += length > 0 ? bytes.substr(0, length) : "\uFFFD";
        bytes.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

std::string encode_payload(std::span<const OutMetric> metrics, std::optional<std::uint64_t> seq, UtcTime time) {
    const auto ms = static_cast<std::uint64_t>(to_ms(time));
    std::string message;
    protozero::pbf_writer payload(message);
    payload.add_uint64(payload_field::kTimestamp, ms);
    for (const OutMetric& metric : metrics) {
        protozero::pbf_writer out(payload, payload_field::kMetric);
        if (!metric.name.empty()) out.add_string(metric_field::kName, metric.name);
        if (metric.alias) out.add_uint64(metric_field::kAlias, *metric.alias);
        out.add_uint64(metric_field::kTimestamp, ms);
        if (metric.with_type) out.add_uint32(metric_field::kType, static_cast<std::uint32_t>(metric.type));
        if (std::holds_alternative<std::monostate>(metric.value))
            out.add_bool(metric_field::kNull, true);
        else
            write_value(out, metric);
    }
    if (seq) payload.add_uint64(payload_field::kSeq, *seq);
    return message;
}

Result<Topic> parse_topic(std::string_view topic) {
    constexpr std::pair<std::string_view, MessageType> kTypes[] = {
        {"NBIRTH", MessageType::Nbirth}, {"NDEATH", MessageType::Ndeath}, {"DBIRTH", MessageType::Dbirth},
        {"DDEATH", MessageType::Ddeath}, {"NDATA", MessageType::Ndata},   {"DDATA", MessageType::Ddata},
        {"NCMD", MessageType::Ncmd},     {"DCMD", MessageType::Dcmd}};
    const auto malformed = [&] { return fail(Errc::Malformed, "not a Sparkplug topic: " + to_utf8(topic)); };

    std::string_view parts[5];
    std::size_t count = 0;
    for (std::string_view rest = topic;; ++count) {
        if (count == 5) return malformed();
        const std::size_t slash = rest.find('/');
        parts[count] = rest.substr(0, slash);
        if (parts[count].empty()) return malformed();
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
    }
    ++count;
    if (parts[0] != "spBv1.0") return malformed();
    if (count == 3 && parts[1] == "STATE") return Topic{MessageType::State, {}, parts[2], {}};
    if (count < 4) return malformed();
    const auto* type = std::ranges::find(kTypes, parts[2], [](const auto& pair) { return pair.first; });
    if (type == std::end(kTypes)) return malformed();
    const bool of_device = type->first.starts_with('D');
    if (of_device != (count == 5)) return malformed();
    return Topic{type->second, parts[1], parts[3], of_device ? parts[4] : std::string_view()};
}

} // namespace pw::twin
