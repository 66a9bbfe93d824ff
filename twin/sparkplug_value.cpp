// SPDX-License-Identifier: Apache-2.0
#include "twin/sparkplug_value.h"

#include "base/json.h"
#include "twin/wire.h"

#include <protozero/pbf_reader.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <exception>
#include <utility>
#include <vector>

namespace pw::twin {

namespace {

using namespace wire;
using protozero::pbf_reader;

namespace data_set_field {
constexpr std::uint32_t kColumnCount = 1, kColumn = 2, kType = 3, kRow = 4, kElement = 1, kFirstValue = 1;
}
namespace property_field {
constexpr std::uint32_t kKey = 1, kValue = 2; // PropertySet: two parallel lists
constexpr std::uint32_t kType = 1, kNull = 2, kFirstValue = 3, kSet = 9, kSetList = 10; // PropertyValue
constexpr std::uint32_t kItem = 1;                                                      // PropertySetList
} // namespace property_field
namespace metadata_field {
constexpr std::uint32_t kMultiPart = 1, kSize = 3, kSeq = 4, kDescription = 8;
}

constexpr std::array kTypeNames{"Unknown",      "Int8",
                                "Int16",        "Int32",
                                "Int64",        "UInt8",
                                "UInt16",       "UInt32",
                                "UInt64",       "Float",
                                "Double",       "Boolean",
                                "String",       "DateTime",
                                "Text",         "UUID",
                                "DataSet",      "Bytes",
                                "File",         "Template",
                                "PropertySet",  "PropertySetList",
                                "Int8Array",    "Int16Array",
                                "Int32Array",   "Int64Array",
                                "UInt8Array",   "UInt16Array",
                                "UInt32Array",  "UInt64Array",
                                "FloatArray",   "DoubleArray",
                                "BooleanArray", "StringArray",
                                "DateTimeArray"};

pbf_reader reader_of(std::string_view message) { return {message.data(), message.size()}; }

// "Sparkplug Basic Data Types", and UUID, which is a string too.
bool is_basic(DataType type) { return type >= DataType::Int8 && type <= DataType::Uuid; }

Value by_field(const Metric& m) {
    switch (m.field) {
    case Metric::Field::Int:
    case Metric::Field::Long:
        return m.integer;
    case Metric::Field::Float:
    case Metric::Field::Double:
        return std::bit_cast<double>(m.integer);
    case Metric::Field::Boolean:
        return m.integer != 0;
    case Metric::Field::String:
        return to_utf8(m.text);
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

// Structures as JSON, within the limits. The first thing that is wrong is kept; after it the text is not to be used.
class Writer {
  public:
    explicit Writer(const DecodeLimits& limits) : limits_(limits) {}

    const char* flaw() { return going() ? nullptr : flaw_; }
    Value take() { return going() ? Value(make_json(json_.take())) : Value(); }

    void array(std::string_view data, DataType type);
    void data_set(std::string_view message);
    void property_set(std::string_view message, std::size_t depth = 1);

  private:
    void fail(const char* flaw) {
        if (!flaw_) flaw_ = flaw;
    }
    bool going() {
        if (json_.text().size() > limits_.max_json) fail("a value that is too long as JSON");
        return flaw_ == nullptr;
    }
    void value(const Value& v) { json_.raw(to_json(v)); }
    template <class Wire, class Number> void numbers(std::string_view data);
    void booleans(std::string_view data);
    void strings(std::string_view data);
    void row(std::string_view message, const std::vector<DataType>& types);
    void property(std::string_view message, std::size_t depth);

    const DecodeLimits& limits_;
    JsonWriter json_;
    const char* flaw_ = nullptr;
};

// Numeric arrays are packed little-endian (6.4.17).
template <class Wire, class Number> void Writer::numbers(std::string_view data) {
    if (data.size() % sizeof(Wire) != 0) fail("an array that ends within an element");
    ByteReader reader(as_bytes(data));
    while (reader.left() >= sizeof(Wire) && going()) json_.value(static_cast<Number>(reader.read<Wire>()));
}

// A count of 32 bits, then the bits, the first in the highest place.
void Writer::booleans(std::string_view data) {
    ByteReader reader(as_bytes(data));
    const auto count = reader.read<std::uint32_t>();
    const Bytes bits = reader.take(reader.left());
    if (!reader.ok() || bits.size() != (std::uint64_t{count} + 7) / 8)
        fail("a Boolean array whose count is not its own");
    for (std::size_t i = 0; i < count && going(); ++i) {
        json_.value((std::to_integer<unsigned>(bits[i / 8]) & (0x80u >> (i % 8))) != 0);
    }
}

// Every string ends with a zero byte.
void Writer::strings(std::string_view data) {
    if (!data.empty() && data.back() != '\0') fail("a string array whose last string has no end");
    while (!data.empty() && going()) {
        const std::size_t end = data.find('\0');
        json_.value(std::string_view(to_utf8(data.substr(0, end))));
        data.remove_prefix(end + 1);
    }
}

void Writer::array(std::string_view data, DataType type) {
    using std::int64_t, std::uint64_t;
    json_.begin_array();
    switch (type) {
    case DataType::Int8Array:
        numbers<std::int8_t, int64_t>(data);
        break;
    case DataType::Int16Array:
        numbers<std::int16_t, int64_t>(data);
        break;
    case DataType::Int32Array:
        numbers<std::int32_t, int64_t>(data);
        break;
    case DataType::Int64Array:
        numbers<int64_t, int64_t>(data);
        break;
    case DataType::UInt8Array:
        numbers<std::uint8_t, uint64_t>(data);
        break;
    case DataType::UInt16Array:
        numbers<std::uint16_t, uint64_t>(data);
        break;
    case DataType::UInt32Array:
        numbers<std::uint32_t, uint64_t>(data);
        break;
    case DataType::UInt64Array:
    case DataType::DateTimeArray:
        numbers<uint64_t, uint64_t>(data);
        break;
    case DataType::FloatArray:
        numbers<float, double>(data);
        break;
    case DataType::DoubleArray:
        numbers<double, double>(data);
        break;
    case DataType::BooleanArray:
        booleans(data);
        break;
    case DataType::StringArray:
        strings(data);
        break;
    default:
        fail("bytes of a type that has none");
    }
    json_.end_array();
}

struct Columns {
    std::optional<std::uint64_t> count;
    std::vector<std::string_view> names;
    std::vector<DataType> types;
};

Columns read_columns(std::string_view message) {
    namespace f = data_set_field;
    Columns out;
    for (pbf_reader reader = reader_of(message); reader.next();) {
        switch (reader.tag_and_type()) {
        case varint(f::kColumnCount):
            out.count = reader.get_uint64();
            break;
        case bytes(f::kColumn):
            out.names.push_back(view_of(reader.get_view()));
            break;
        case varint(f::kType):
            out.types.push_back(static_cast<DataType>(reader.get_uint32()));
            break;
        case bytes(f::kType): // packed, as proto3 encoders do
            for (const std::uint32_t type : reader.get_packed_uint32())
                out.types.push_back(static_cast<DataType>(type));
            break;
        default:
            reader.skip();
        }
    }
    return out;
}

const char* flaw_of_columns(const Columns& columns) {
    if (columns.types.empty() && !columns.names.empty()) return "a data set without types";
    if (columns.types.size() != columns.names.size()) return "a data set with more types or columns than the other";
    if (columns.count && *columns.count != columns.names.size()) return "a data set that miscounts its columns";
    if (!std::ranges::all_of(columns.types, is_basic)) return "a data set with a column of no basic type";
    return nullptr;
}

void Writer::row(std::string_view message, const std::vector<DataType>& types) {
    std::size_t count = 0;
    json_.begin_array();
    for (pbf_reader reader = reader_of(message); reader.next() && going();) {
        if (reader.tag_and_type() != bytes(data_set_field::kElement)) {
            reader.skip();
            continue;
        }
        const auto element = view_of(reader.get_view());
        if (count == types.size()) return fail("a data set with a row that is longer than its columns");
        // Without a value it is null; with one that is none of the six kinds it is an extension.
        const Metric scalar = read_scalar(element, data_set_field::kFirstValue);
        if (scalar.field == Metric::Field::None && !element.empty()) fail("a data set with a value of a foreign kind");
        value(value_of(scalar, types[count++], limits_));
    }
    json_.end_array();
    if (count != types.size()) fail("a data set with a row that is shorter than its columns");
}

void Writer::data_set(std::string_view message) {
    const Columns columns = read_columns(message);
    if (const char* wrong = flaw_of_columns(columns)) return fail(wrong);
    json_.begin_object().key("columns").begin_array();
    for (const std::string_view name : columns.names) {
        if (going()) json_.value(std::string_view(to_utf8(name)));
    }
    json_.end_array().key("types").begin_array();
    for (const DataType type : columns.types) json_.value(data_type_name(type));
    json_.end_array().key("rows").begin_array();
    for (pbf_reader reader = reader_of(message); reader.next() && going();) {
        if (reader.tag_and_type() == bytes(data_set_field::kRow))
            row(view_of(reader.get_view()), columns.types);
        else
            reader.skip();
    }
    json_.end_array().end_object();
}

struct PropertyLists {
    std::vector<std::string_view> keys, values;
};

PropertyLists read_properties(std::string_view message) {
    PropertyLists out;
    for (pbf_reader reader = reader_of(message); reader.next();) {
        switch (reader.tag_and_type()) {
        case bytes(property_field::kKey):
            out.keys.push_back(view_of(reader.get_view()));
            break;
        case bytes(property_field::kValue):
            out.values.push_back(view_of(reader.get_view()));
            break;
        default:
            reader.skip();
        }
    }
    return out;
}

struct Property {
    Metric scalar; // with its type
    std::optional<std::string_view> set, set_list;
};

Property read_property(std::string_view message) {
    namespace f = property_field;
    Property out{read_scalar(message, f::kFirstValue), {}, {}};
    for (pbf_reader reader = reader_of(message); reader.next();) {
        switch (reader.tag_and_type()) {
        case varint(f::kType):
            out.scalar.type = static_cast<DataType>(reader.get_uint32());
            break;
        case varint(f::kNull):
            out.scalar.null = reader.get_uint64() != 0;
            break;
        case bytes(f::kSet):
            out.set = view_of(reader.get_view());
            break;
        case bytes(f::kSetList):
            out.set_list = view_of(reader.get_view());
            break;
        default:
            reader.skip();
        }
    }
    return out;
}

void Writer::property(std::string_view message, std::size_t depth) {
    const Property p = read_property(message);
    if (p.set) return property_set(*p.set, depth + 1);
    if (!p.set_list) return value(value_of(p.scalar, p.scalar.type, limits_));
    json_.begin_array();
    for (pbf_reader reader = reader_of(*p.set_list); reader.next() && going();) {
        if (reader.tag_and_type() == bytes(property_field::kItem))
            property_set(view_of(reader.get_view()), depth + 1);
        else
            reader.skip();
    }
    json_.end_array();
}

void Writer::property_set(std::string_view message, std::size_t depth) {
    if (depth > limits_.max_depth) return fail("property sets that lie too deep in each other");
    const PropertyLists lists = read_properties(message);
    if (lists.keys.size() != lists.values.size()) return fail("a property set with more keys or values than the other");
    json_.begin_object();
    for (std::size_t i = 0; i < lists.keys.size() && going(); ++i) {
        json_.key(to_utf8(lists.keys[i]));
        property(lists.values[i], depth);
    }
    json_.end_object();
}

// Everything here is reached with bytes that are not checked yet, and protozero throws to say that they are wrong.
template <class T, class Read> T guarded(T otherwise, Read read) {
    try {
        return read();
    } catch (const std::exception&) { return otherwise; }
}

const char* flaw_of_property(std::string_view key, const Property& p) {
    const DataType type = p.scalar.type;
    if (p.set || p.set_list) {
        const DataType expected = p.set ? DataType::PropertySet : DataType::PropertySetList;
        return type == expected ? nullptr : "a property set whose type says something else";
    }
    if (type == DataType::Unknown) return "a property without a type";
    if (!is_basic(type)) return "a property of a type that properties cannot have";
    if (key != "Quality" || p.scalar.null) return nullptr;
    if (type != DataType::Int32) return "a Quality that is not of type Int32";
    const auto quality = p.scalar.integer;
    const bool known = p.scalar.field == Metric::Field::Int && (quality == 0 || quality == 192 || quality == 500);
    return known ? nullptr : "a Quality that is none of 0, 192 and 500";
}

const char* flaw_of_properties(std::string_view message, const DecodeLimits& limits) {
    Writer writer(limits);
    writer.property_set(message);
    if (writer.flaw()) return writer.flaw();
    const PropertyLists lists = read_properties(message);
    for (std::size_t i = 0; i < lists.keys.size(); ++i) {
        if (const char* flaw = flaw_of_property(lists.keys[i], read_property(lists.values[i]))) return flaw;
    }
    return nullptr;
}

bool is_array(DataType type) { return type >= DataType::Int8Array && type <= DataType::DateTimeArray; }

const char* flaw_of_value(const Metric& m, const DecodeLimits& limits) {
    if (m.null) return nullptr;
    Writer writer(limits);
    switch (m.field) {
    case Metric::Field::None:
        return "no value, and not said to be null";
    case Metric::Field::Extension:
        return "a value of a foreign kind";
    case Metric::Field::DataSet:
        writer.data_set(m.text);
        return writer.flaw();
    case Metric::Field::Bytes:
        if (is_array(m.type)) writer.array(m.text, m.type);
        return writer.flaw();
    default:
        return nullptr;
    }
}

void read_metadata(std::string_view message, TagFacts& out) {
    namespace f = metadata_field;
    constexpr std::array kNames{"",          "is_multi_part", "content_type", "size",       "seq",
                                "file_name", "file_type",     "md5",          "description"};
    JsonWriter json;
    json.begin_object();
    for (pbf_reader reader = reader_of(message); reader.next();) {
        const std::uint32_t field = reader.tag();
        const bool known = field > 0 && field < kNames.size();
        const bool number = field == f::kMultiPart || field == f::kSize || field == f::kSeq;
        if (known && number && reader.tag_and_type() == varint(field)) {
            const std::uint64_t n = reader.get_uint64();
            json.key(kNames[field]);
            field == f::kMultiPart ? json.value(n != 0) : json.value(n);
        } else if (known && !number && reader.tag_and_type() == bytes(field)) {
            const std::string text = to_utf8(view_of(reader.get_view()));
            if (field == f::kDescription) out.description = text;
            json.member(kNames[field], std::string_view(text));
        } else {
            reader.skip();
        }
    }
    out.metadata = json.end_object().take();
}

} // namespace

const char* data_type_name(DataType type) {
    const auto index = static_cast<std::size_t>(type);
    return index < kTypeNames.size() ? kTypeNames[index] : nullptr;
}

Value value_of(const Metric& metric, DataType type, const DecodeLimits& limits) {
    if (metric.null) return {};
    switch (metric.field) {
    case Metric::Field::Int:
    case Metric::Field::Long:
        return integer_value(metric.integer, type);
    case Metric::Field::Bytes:
        if (!is_array(type)) return to_hex(as_bytes(metric.text));
        break;
    case Metric::Field::DataSet:
        break;
    default:
        return by_field(metric);
    }
    return guarded(Value(), [&] {
        Writer writer(limits);
        if (metric.field == Metric::Field::DataSet)
            writer.data_set(metric.text);
        else
            writer.array(metric.text, type);
        return writer.take();
    });
}

std::optional<std::int32_t> quality_in(std::string_view properties) {
    return guarded(std::optional<std::int32_t>(), [&]() -> std::optional<std::int32_t> {
        const PropertyLists lists = read_properties(properties);
        const auto key = std::ranges::find(lists.keys, "Quality");
        if (key == lists.keys.end() || lists.keys.size() != lists.values.size()) return std::nullopt;
        const Metric quality =
            read_scalar(lists.values[static_cast<std::size_t>(key - lists.keys.begin())], property_field::kFirstValue);
        const bool whole = quality.field == Metric::Field::Int || quality.field == Metric::Field::Long;
        return whole ? std::optional(static_cast<std::int32_t>(quality.integer)) : std::nullopt;
    });
}

TagFacts facts_of(const Metric& metric, const DecodeLimits& limits) {
    TagFacts out;
    if (!metric.metadata.empty()) guarded(0, [&] { return read_metadata(metric.metadata, out), 0; });
    if (metric.properties.empty()) return out;
    guarded(0, [&] {
        Writer writer(limits);
        writer.property_set(metric.properties);
        if (writer.flaw()) return 0;
        const PropertyLists lists = read_properties(metric.properties);
        for (std::size_t i = 0; i < lists.keys.size(); ++i) {
            const Metric scalar = read_property(lists.values[i]).scalar;
            const Value value = value_of(scalar, scalar.type, limits);
            const double number = to_number(value, std::nan(""));
            if (lists.keys[i] == "engUnit") out.unit = to_text(value);
            if (lists.keys[i] == "Documentation") out.description = to_text(value);
            if (lists.keys[i] == "engLow" && std::isfinite(number)) out.low = number;
            if (lists.keys[i] == "engHigh" && std::isfinite(number)) out.high = number;
        }
        out.properties = to_json(writer.take());
        return 0;
    });
    return out;
}

const char* flaw_of(const Metric& metric, const DecodeLimits& limits) {
    return guarded<const char*>("what is not protobuf inside", [&]() -> const char* {
        if (metric.type == DataType::Unknown) return "no data type";
        if (!data_type_name(metric.type)) return "a data type that is not one";
        if (const char* flaw = flaw_of_value(metric, limits)) return flaw;
        return metric.properties.empty() ? nullptr : flaw_of_properties(metric.properties, limits);
    });
}

} // namespace pw::twin
