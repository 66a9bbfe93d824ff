// SPDX-License-Identifier: Apache-2.0
#include "twin/sparkplug.h"
#include "twin/sparkplug_value.h"

#include <protozero/pbf_writer.hpp>

#include <cmath>
#include <format>
#include <limits>

namespace pw::twin {

namespace {

// Field numbers of sparkplug_b.proto.
namespace payload_field {
constexpr std::uint32_t kTimestamp = 1, kMetric = 2, kSeq = 3;
}
namespace f { // of a metric
constexpr std::uint32_t kName = 1, kAlias = 2, kTimestamp = 3, kType = 4, kNull = 7, kInt = 10, kLong = 11, kFloat = 12,
                        kDouble = 13, kBoolean = 14, kString = 15;
}

void write_value(protozero::pbf_writer& out, const OutMetric& metric) {
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
        return fail(Errc::Malformed, std::format("the metric is of type {}, which {}", data_type_name(type), what));
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
        if (std::holds_alternative<std::monostate>(metric.value))
            out.add_bool(f::kNull, true);
        else
            write_value(out, metric);
    }
    if (seq) payload.add_uint64(payload_field::kSeq, *seq);
    return message;
}

} // namespace pw::twin
