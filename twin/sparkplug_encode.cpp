// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"
#include "base/format.h"
#include "twin/sparkplug.h"
#include "twin/sparkplug_value.h"

#include <protozero/pbf_writer.hpp>

#include <cmath>
#include <limits>

namespace pw::twin {

namespace {

// Field numbers of sparkplug_b.proto.
namespace payload_field {
constexpr std::uint32_t kTimestamp = 1, kMetric = 2, kSeq = 3;
}
namespace f { // of a metric
constexpr std::uint32_t kName = 1, kAlias = 2, kTimestamp = 3, kType = 4, kNull = 7, kProperties = 9, kFirstValue = 10,
                        kDataSet = 17;
}
namespace property_field {
constexpr std::uint32_t kKey = 1, kValue = 2, kType = 1, kFirstValue = 3;
}
namespace data_set_field {
constexpr std::uint32_t kColumnCount = 1, kColumn = 2, kType = 3, kRow = 4, kElement = 1, kFirstValue = 1;
}

// As wire::read_scalar reads it.
void write_scalar(protozero::pbf_writer& out, std::uint32_t first_field, DataType type, const Value& value) {
    enum : std::uint32_t { kInt, kLong, kFloat, kDouble, kBoolean, kString };
    const auto integer = [&]() -> std::uint64_t {
        if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<std::uint64_t>(*i);
        if (const auto* u = std::get_if<std::uint64_t>(&value)) return *u;
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(to_number(value)));
    };
    switch (type) {
    case DataType::Int8:
    case DataType::Int16:
    case DataType::Int32:
    case DataType::UInt8:
    case DataType::UInt16:
    case DataType::UInt32:
        out.add_uint32(first_field + kInt, static_cast<std::uint32_t>(integer()));
        break;
    case DataType::Int64:
    case DataType::UInt64:
    case DataType::DateTime:
        out.add_uint64(first_field + kLong, integer());
        break;
    case DataType::Float:
        out.add_float(first_field + kFloat, static_cast<float>(to_number(value)));
        break;
    case DataType::Double:
        out.add_double(first_field + kDouble, to_number(value));
        break;
    case DataType::Boolean:
        out.add_bool(first_field + kBoolean, to_number(value) != 0.0);
        break;
    default:
        out.add_string(first_field + kString, to_text(value));
    }
}

void write_properties(protozero::pbf_writer& metric, const OutMetric& of) {
    if (of.unit.empty() && !of.low && !of.high) return;
    protozero::pbf_writer out(metric, f::kProperties);
    const auto write = [&](const char* key, DataType type, const Value& value) {
        out.add_string(property_field::kKey, key);
        protozero::pbf_writer property(out, property_field::kValue);
        property.add_uint32(property_field::kType, static_cast<std::uint32_t>(type));
        write_scalar(property, property_field::kFirstValue, type, value);
    };
    if (!of.unit.empty()) write("engUnit", DataType::String, of.unit);
    if (of.low) write("engLow", DataType::Double, *of.low);
    if (of.high) write("engHigh", DataType::Double, *of.high);
}

struct Range {
    std::int64_t low;
    std::uint64_t high;
};

// Of the integer types.
std::optional<Range> range_of(DataType type) {
    const auto of = [](auto number) {
        using Limits = std::numeric_limits<decltype(number)>;
        return Range{static_cast<std::int64_t>(Limits::min()), static_cast<std::uint64_t>(Limits::max())};
    };
    switch (type) {
    case DataType::Int8:
        return of(std::int8_t{});
    case DataType::Int16:
        return of(std::int16_t{});
    case DataType::Int32:
        return of(std::int32_t{});
    case DataType::Int64:
        return of(std::int64_t{});
    case DataType::UInt8:
        return of(std::uint8_t{});
    case DataType::UInt16:
        return of(std::uint16_t{});
    case DataType::UInt32:
        return of(std::uint32_t{});
    case DataType::UInt64:
    case DataType::DateTime:
        return of(std::uint64_t{});
    default:
        return std::nullopt;
    }
}

bool is_within(const Value& value, const Range& range) {
    if (const auto* i = std::get_if<std::int64_t>(&value)) {
        return *i >= range.low && (*i < 0 || static_cast<std::uint64_t>(*i) <= range.high);
    }
    const auto* u = std::get_if<std::uint64_t>(&value);
    return u && *u <= range.high;
}

} // namespace

Result<void> check_value(DataType type, const Value& value) {
    const auto refuse = [&](std::string_view what) {
        return fail(Errc::Malformed, formatted("the metric is of type {}, which {}", data_type_name(type), what));
    };
    if (const auto range = range_of(type)) {
        return is_within(value, *range) ? Result<void>() : refuse("has no such value");
    }
    switch (type) {
    case DataType::Float:
    case DataType::Double: {
        const bool number = !std::holds_alternative<bool>(value) && !std::isnan(to_number(value, std::nan("")));
        const bool fits = type == DataType::Double ||
                          std::abs(to_number(value)) <= static_cast<double>(std::numeric_limits<float>::max());
        return number && fits ? Result<void>() : refuse("has no such value");
    }
    case DataType::Boolean:
        return std::holds_alternative<bool>(value) ? Result<void>() : refuse("is true or false");
    case DataType::String:
    case DataType::Text:
    case DataType::Uuid:
        return std::holds_alternative<std::string>(value) ? Result<void>() : refuse("is text");
    default:
        return fail(Errc::Unsupported, "the metric is not a single value, and so cannot be written");
    }
}

std::string encode_payload(std::span<const OutMetric> metrics, std::optional<std::uint64_t> seq, UtcTime time) {
    const auto ms = static_cast<std::uint64_t>(to_ms(time));
    std::string message;
    protozero::pbf_writer payload(message);
    payload.add_uint64(payload_field::kTimestamp, ms);
    for (const OutMetric& metric : metrics) {
        protozero::pbf_writer out(payload, payload_field::kMetric);
        if (!metric.name.empty()) out.add_string(f::kName, metric.name);
        if (metric.alias) out.add_uint64(f::kAlias, *metric.alias);
        out.add_uint64(f::kTimestamp, ms);
        if (metric.with_type) out.add_uint32(f::kType, static_cast<std::uint32_t>(metric.type));
        write_properties(out, metric);
        if (std::holds_alternative<std::monostate>(metric.value))
            out.add_bool(f::kNull, true);
        else if (metric.type == DataType::DataSet)
            out.add_bytes(f::kDataSet, to_text(metric.value));
        else
            write_scalar(out, f::kFirstValue, metric.type, metric.value);
    }
    if (seq) payload.add_uint64(payload_field::kSeq, *seq);
    return message;
}

std::string encode_data_set(std::span<const OutColumn> columns, std::span<const Value> cells) {
    namespace d = data_set_field;
    PW_ASSERT(!columns.empty() && cells.size() % columns.size() == 0, "a data set has whole rows");
    std::string message;
    protozero::pbf_writer out(message);
    out.add_uint64(d::kColumnCount, columns.size());
    for (const OutColumn& column : columns) out.add_string(d::kColumn, column.name.data(), column.name.size());
    for (const OutColumn& column : columns) out.add_uint32(d::kType, static_cast<std::uint32_t>(column.type));
    for (std::size_t at = 0; at < cells.size(); at += columns.size()) {
        protozero::pbf_writer row(out, d::kRow);
        for (std::size_t c = 0; c < columns.size(); ++c) {
            protozero::pbf_writer element(row, d::kElement);
            write_scalar(element, d::kFirstValue, columns[c].type, cells[at + c]);
        }
    }
    return message;
}

} // namespace pw::twin
