// SPDX-License-Identifier: Apache-2.0
#include "twin/opcua_value.h"

#include "base/bytes.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "twin/sparkplug.h"

#include <open62541/types.h>
#include <open62541/types_generated.h>
#include <open62541/types_generated_handling.h>

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <utility>

namespace pw::twin {

namespace {

constexpr unsigned kMaxDepth = 16; // of values within values
constexpr std::int64_t kUnixEpoch = UA_DATETIME_UNIX_EPOCH;

const UA_Variant& raw(const ua::Variant& v) { return reinterpret_cast<const UA_Variant&>(v); }

std::string text_of(const UA_String& s) { return to_utf8(cut_utf8(ua_text(s), kOpcUaMaxText)); }

std::string hex_of(const UA_ByteString& s) {
    const Bytes bytes(reinterpret_cast<const std::byte*>(s.data), s.length);
    return to_hex(bytes.first(std::min(bytes.size(), kOpcUaMaxText / 2)));
}

// What open62541 writes into a string of its own.
template <class T, class Print> std::string printed(const T& value, Print print) {
    UA_String out = UA_STRING_NULL;
    std::string text;
    if (print(&value, &out) == UA_STATUSCODE_GOOD) text = text_of(out);
    UA_String_clear(&out);
    return text;
}

// OPC 10000-6, 5.2.2.5: 0 is no time or one before 1601, and the last one stands for all after it.
std::string time_text(UA_DateTime time) {
    if (time <= 0) return {};
    UA_DateTimeStruct t = UA_DateTime_toStruct(time);
    if (t.year > 9999) t = {0, 0, 999, 59, 59, 23, 31, 12, 9999};
    return formatted("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", t.year, t.month, t.day, t.hour, t.min, t.sec,
                     t.milliSec);
}

Value too_long(std::size_t length) { return make_json(formatted(R"({{"length":{}}})", length)); }

// A structure in OPC UA's own JSON, or only its type and length.
Value structure(const void* data, const UA_DataType& type) {
    const std::size_t size = UA_calcSizeJson(data, &type, nullptr);
    if (size == 0 || size > kOpcUaMaxJson) return too_long(size);
    UA_ByteString out = UA_BYTESTRING_NULL;
    Value value;
    if (UA_encodeJson(data, &type, &out, nullptr) == UA_STATUSCODE_GOOD) value = make_json(to_utf8(ua_text(out)));
    UA_ByteString_clear(&out);
    return value;
}

Value variant_value(const UA_Variant& v, unsigned depth);

Value extension(const UA_ExtensionObject& object) {
    if (object.encoding == UA_EXTENSIONOBJECT_DECODED || object.encoding == UA_EXTENSIONOBJECT_DECODED_NODELETE)
        return structure(object.content.decoded.data, *object.content.decoded.type);
    const auto& encoded = object.content.encoded;
    if (UA_NodeId_isNull(&encoded.typeId)) return {};
    JsonWriter json;
    json.begin_object()
        .member("type", printed(encoded.typeId, UA_NodeId_print))
        .member("length", static_cast<std::uint64_t>(encoded.body.length))
        .end_object();
    return make_json(json.take());
}

template <class T> const T& as(const void* data) { return *static_cast<const T*>(data); }

Value named_value(const void* data, const UA_DataType& type, unsigned depth) {
    switch (type.typeKind) {
    case UA_DATATYPEKIND_STRING:
    case UA_DATATYPEKIND_XMLELEMENT:
        return text_of(as<UA_String>(data));
    case UA_DATATYPEKIND_DATETIME:
        return time_text(as<UA_DateTime>(data));
    case UA_DATATYPEKIND_GUID:
        return printed(as<UA_Guid>(data), UA_Guid_print);
    case UA_DATATYPEKIND_BYTESTRING:
        return hex_of(as<UA_ByteString>(data));
    case UA_DATATYPEKIND_NODEID:
        return printed(as<UA_NodeId>(data), UA_NodeId_print);
    case UA_DATATYPEKIND_EXPANDEDNODEID:
        return printed(as<UA_ExpandedNodeId>(data), UA_ExpandedNodeId_print);
    case UA_DATATYPEKIND_STATUSCODE:
        return status_text(as<UA_StatusCode>(data));
    case UA_DATATYPEKIND_QUALIFIEDNAME: {
        const auto& name = as<UA_QualifiedName>(data);
        return name.namespaceIndex == 0 ? text_of(name.name)
                                        : formatted("{}:{}", name.namespaceIndex, text_of(name.name));
    }
    case UA_DATATYPEKIND_LOCALIZEDTEXT:
        return text_of(as<UA_LocalizedText>(data).text);
    case UA_DATATYPEKIND_EXTENSIONOBJECT:
        return extension(as<UA_ExtensionObject>(data));
    case UA_DATATYPEKIND_DATAVALUE:
        return as<UA_DataValue>(data).hasValue ? variant_value(as<UA_DataValue>(data).value, depth + 1) : Value();
    case UA_DATATYPEKIND_VARIANT:
        return variant_value(as<UA_Variant>(data), depth + 1);
    default:
        return structure(data, type);
    }
}

Value scalar(const void* data, const UA_DataType& type, unsigned depth) {
    switch (type.typeKind) {
    case UA_DATATYPEKIND_BOOLEAN:
        return as<UA_Boolean>(data);
    case UA_DATATYPEKIND_SBYTE:
        return std::int64_t{as<UA_SByte>(data)};
    case UA_DATATYPEKIND_INT16:
        return std::int64_t{as<UA_Int16>(data)};
    case UA_DATATYPEKIND_INT32:
    case UA_DATATYPEKIND_ENUM:
        return std::int64_t{as<UA_Int32>(data)};
    case UA_DATATYPEKIND_INT64:
        return std::int64_t{as<UA_Int64>(data)};
    case UA_DATATYPEKIND_BYTE:
        return std::uint64_t{as<UA_Byte>(data)};
    case UA_DATATYPEKIND_UINT16:
        return std::uint64_t{as<UA_UInt16>(data)};
    case UA_DATATYPEKIND_UINT32:
        return std::uint64_t{as<UA_UInt32>(data)};
    case UA_DATATYPEKIND_UINT64:
        return std::uint64_t{as<UA_UInt64>(data)};
    case UA_DATATYPEKIND_FLOAT:
        return double{as<UA_Float>(data)};
    case UA_DATATYPEKIND_DOUBLE:
        return as<UA_Double>(data);
    default:
        return named_value(data, type, depth);
    }
}

// The elements from `data` on as nested lists, of the lengths given; false when that is too long.
bool write_elements(JsonWriter& json, const std::byte*& data, const UA_DataType& type,
                    std::span<const UA_UInt32> lengths, unsigned depth) {
    json.begin_array();
    for (UA_UInt32 i = 0; i < lengths.front(); ++i) {
        if (lengths.size() > 1) {
            if (!write_elements(json, data, type, lengths.subspan(1), depth)) return false;
            continue;
        }
        json.raw(to_json(scalar(data, type, depth)));
        data += type.memSize;
        if (json.text().size() > kOpcUaMaxJson) return false;
    }
    json.end_array();
    return true;
}

Value array(const UA_Variant& v, unsigned depth) {
    if (v.arrayLength > kOpcUaMaxElements) return too_long(v.arrayLength);
    if (v.arrayLength == 0) return make_json("[]");
    const auto length = static_cast<UA_UInt32>(v.arrayLength);
    std::span<const UA_UInt32> lengths(&length, 1);
    if (v.arrayDimensionsSize > 1 && v.arrayDimensionsSize <= kMaxDepth) {
        const std::span<const UA_UInt32> named(v.arrayDimensions, v.arrayDimensionsSize);
        std::size_t elements = 1; // of what the server names; what it sent decides
        for (const UA_UInt32 n : named) elements = std::min(elements * n, kOpcUaMaxElements + 1);
        if (elements == v.arrayLength) lengths = named;
    }
    JsonWriter json;
    const auto* data = static_cast<const std::byte*>(v.data);
    return write_elements(json, data, *v.type, lengths, depth) ? Value(make_json(json.take())) : too_long(length);
}

Value variant_value(const UA_Variant& v, unsigned depth) {
    if (v.type == nullptr || depth > kMaxDepth) return {};
    return UA_Variant_isScalar(&v) ? scalar(v.data, *v.type, depth) : array(v, depth);
}

// By the number of the built-in type.
constexpr std::array<DataType, 13> kWritten{DataType::Unknown, DataType::Boolean, DataType::Int8,  DataType::UInt8,
                                            DataType::Int16,   DataType::UInt16,  DataType::Int32, DataType::UInt32,
                                            DataType::Int64,   DataType::UInt64,  DataType::Float, DataType::Double,
                                            DataType::String};

template <class T> T narrowed(const Value& value) {
    if (const auto* n = std::get_if<std::int64_t>(&value)) return static_cast<T>(*n);
    if (const auto* n = std::get_if<std::uint64_t>(&value)) return static_cast<T>(*n);
    return static_cast<T>(to_number(value));
}

template <class T> UA_StatusCode set(UA_Variant& out, const T& value, std::size_t builtin) {
    return UA_Variant_setScalarCopy(&out, &value, &UA_TYPES[builtin - 1]);
}

UA_StatusCode set_scalar(UA_Variant& out, const Value& value, std::size_t builtin) {
    switch (builtin - 1) {
    case UA_TYPES_BOOLEAN:
        return set<UA_Boolean>(out, std::get<bool>(value), builtin);
    case UA_TYPES_SBYTE:
        return set(out, narrowed<UA_SByte>(value), builtin);
    case UA_TYPES_BYTE:
        return set(out, narrowed<UA_Byte>(value), builtin);
    case UA_TYPES_INT16:
        return set(out, narrowed<UA_Int16>(value), builtin);
    case UA_TYPES_UINT16:
        return set(out, narrowed<UA_UInt16>(value), builtin);
    case UA_TYPES_INT32:
        return set(out, narrowed<UA_Int32>(value), builtin);
    case UA_TYPES_UINT32:
        return set(out, narrowed<UA_UInt32>(value), builtin);
    case UA_TYPES_INT64:
        return set(out, narrowed<UA_Int64>(value), builtin);
    case UA_TYPES_UINT64:
        return set(out, narrowed<UA_UInt64>(value), builtin);
    case UA_TYPES_FLOAT:
        return set(out, narrowed<UA_Float>(value), builtin);
    case UA_TYPES_DOUBLE:
        return set(out, narrowed<UA_Double>(value), builtin);
    default: {
        std::string text = std::get<std::string>(value);
        const UA_String string{text.size(), reinterpret_cast<UA_Byte*>(text.data())};
        return set(out, string, builtin);
    }
    }
}

} // namespace

Value value_of(const ua::Variant& variant) { return variant_value(raw(variant), 0); }

Quality quality_of(std::uint32_t status) {
    constexpr std::array kSeverity{Quality::Good, Quality::Uncertain, Quality::Bad, Quality::Bad};
    return kSeverity[status >> 30];
}

UtcTime utc_of(std::int64_t ua_time) {
    constexpr std::int64_t kFarthest = std::numeric_limits<std::int64_t>::max() / 100;
    if (ua_time <= 0 || ua_time - kUnixEpoch > kFarthest || ua_time - kUnixEpoch < -kFarthest) return {};
    return {(ua_time - kUnixEpoch) * 100};
}

std::string status_text(std::uint32_t status) {
    const std::string name = UA_StatusCode_name(status);
    return name.starts_with("Unknown") ? formatted("status 0x{:08X}", status) : name;
}

std::uint8_t scalar_type(const ua::Variant& variant) {
    const UA_Variant& v = raw(variant);
    if (v.type == nullptr || !UA_Variant_isScalar(&v)) return 0;
    if (v.type->typeKind == UA_DATATYPEKIND_ENUM) return UA_DATATYPEKIND_INT32 + 1;
    return v.type->typeKind < UA_DATATYPEKIND_DECIMAL ? static_cast<std::uint8_t>(v.type->typeKind + 1) : 0;
}

Result<void> to_variant(const Value& value, std::uint8_t scalar_type, ua::Variant& out) {
    const DataType type = scalar_type < kWritten.size() ? kWritten[scalar_type] : DataType::Unknown;
    if (auto fits = check_value(type, value); !fits) return fits;
    if (set_scalar(reinterpret_cast<UA_Variant&>(out), value, scalar_type) != UA_STATUSCODE_GOOD)
        return fail(Errc::Exhausted, "no memory for a value");
    return {};
}

} // namespace pw::twin
