// SPDX-License-Identifier: Apache-2.0
// What a file says besides what there is to see: EXT_structural_metadata, the schema and the property tables, after
// which every offset of a table is inside its values; and KHR_xmp_json_ld.

#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "scene/gltf_internal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace pw::scene::gltf {
namespace {

template <std::size_t N>
std::optional<std::size_t> place_of(const std::array<std::string_view, N>& words, std::string_view word) {
    const auto found = std::ranges::find(words, word);
    return found == words.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - words.begin()));
}

constexpr std::array<std::string_view, 10> kTypes{"SCALAR", "VEC2", "VEC3",   "VEC4",    "MAT2",
                                                  "MAT3",   "MAT4", "STRING", "BOOLEAN", "ENUM"};
constexpr std::array<std::string_view, 10> kComponents{"INT8",   "UINT8", "INT16",  "UINT16",  "INT32",
                                                       "UINT32", "INT64", "UINT64", "FLOAT32", "FLOAT64"};

bool is_number(PropertyType type) {
    return type != PropertyType::String && type != PropertyType::Boolean && type != PropertyType::Enum;
}
bool is_float(PropertyComponent c) { return c == PropertyComponent::F32 || c == PropertyComponent::F64; }

// A number of the JSON as digits, in the type of the stored ones, so that the same value is spelled the same.
std::string spelled_number(const Property& p, Json value) {
    const double number = value.number().value_or(0.0);
    if (p.component == PropertyComponent::F32) return formatted("{}", static_cast<float>(number));
    const std::string text = value.dump();
    const bool is_whole = text.find_first_of(".eE") == std::string::npos;
    return is_whole && !is_float(p.component) ? text : number_text(number);
}

// A default or "no data" value as spell() spells one.
std::string spelled(const Property& p, Json value, bool inside = false) {
    if (value.is(Json::Type::Text)) return inside ? json_quote(value.text()) : std::string(value.text());
    if (value.is(Json::Type::Number)) return spelled_number(p, value);
    if (!value.is(Json::Type::Array)) return value.dump();
    std::string out = "[";
    value.items([&](std::size_t i, Json item) {
        if (i != 0) out += ',';
        out += spelled(p, item, true);
        return true;
    });
    return out + "]";
}

// Numbers of `offset` or `scale`, however they are nested.
void gather_numbers(Json value, std::vector<double>& out) {
    if (const auto number = value.number()) out.push_back(*number);
    value.items([&](std::size_t, Json item) {
        gather_numbers(item, out);
        return true;
    });
}

void read_enum(const Object& schema, const Object& in, Property& p) {
    const std::string_view id = in.text("enumType");
    const Object enums = schema.object("enums"), definition = enums.object(id); // whose place is in that of `enums`
    Reader& r = in.reader;
    if (!definition.json.exists())
        return r.fail(in.at.member("enumType"), Errc::Malformed,
                      formatted("\"{}\" is no enum of the schema", shortened(id, 80)));
    const auto type = place_of(kComponents, definition.has("valueType") ? definition.text("valueType") : "UINT16");
    if (!type || is_float(static_cast<PropertyComponent>(*type)))
        return r.fail(definition.at.member("valueType"), Errc::Malformed, "is no integer type");
    p.component = static_cast<PropertyComponent>(*type);
    if (!r.charge(definition.at, definition.json["values"].size(), sizeof(EnumName))) return;
    definition.each("values", [&](const Object& value) {
        const std::optional<double> number = value.json["value"].number();
        if (!number || !(std::abs(*number) <= 0x1p53))
            return r.fail(value.at.member("value"), Errc::Malformed, "is not a whole number");
        p.enum_names.push_back({static_cast<std::int64_t>(*number), std::string(value.text("name"))});
    });
    std::ranges::stable_sort(p.enum_names, {}, &EnumName::value);
}

// What the class says of a property; false, and a report, when it is of a kind that is not known here.
bool read_definition(const Object& schema, const Object& in, std::string_view id, Property& p) {
    Reader& r = in.reader;
    p.id = id;
    p.name = in.has("name") ? in.text("name") : id;
    p.semantic = in.text("semantic");
    const auto type = place_of(kTypes, in.text("type"));
    if (!type) {
        r.report(in.at.member("type"), formatted("left out, \"{}\" is no type", shortened(in.text("type"), 40)));
        return false;
    }
    p.type = static_cast<PropertyType>(*type);
    if (is_number(p.type)) {
        const auto component = place_of(kComponents, in.text("componentType"));
        if (!component) {
            r.report(in.at.member("componentType"), "left out, it is no component type");
            return false;
        }
        p.component = static_cast<PropertyComponent>(*component);
        p.normalized = in.truth("normalized", false) && !is_float(p.component);
    }
    if (p.type == PropertyType::Enum) read_enum(schema, in, p);
    p.array = in.truth("array", false);
    p.array_length = p.array ? in.integer("count", 0) : 0;
    if (in.has("noData")) p.no_data = spelled(p, in.json["noData"]);
    if (in.has("default")) p.absent = spelled(p, in.json["default"]);
    return r.ok() && r.charge(in.at, p.no_data.value_or("").size() + p.absent.size() + p.name.size(), 2);
}

// `value × scale + offset`: of the class, or of the table.
void read_range(const Object& of_class, const Object& of_table, Property& p) {
    if (!is_number(p.type) || (!p.normalized && !is_float(p.component)) || (p.array && p.array_length == 0)) return;
    const std::uint64_t wanted = components_of(p.type) * std::max<std::uint64_t>(p.array_length, 1);
    for (const auto& [key, out] : {std::pair("offset", &p.offset), std::pair("scale", &p.scale)}) {
        const Object& in = of_table.has(key) ? of_table : of_class;
        gather_numbers(in.json[key], *out);
        if (out->empty() || out->size() == wanted) continue;
        in.reader.report(in.at.member(key), formatted("has {} numbers, not {}; left out", out->size(), wanted));
        out->clear();
    }
}

// One property of one table.
class ColumnReader {
  public:
    ColumnReader(const Object& in, std::uint32_t rows, Property& p) : r_(in.reader), in_(in), rows_(rows), p_(p) {}

    void read() {
        const std::uint32_t view = in_.need_index("values", r_.views.size(), "bufferViews");
        if (!r_.ok()) return;
        std::uint64_t elements = rows_;
        if (p_.array && p_.array_length == 0) {
            p_.array_offsets = offsets("arrayOffsets", "arrayOffsetType", rows_);
            elements = p_.array_offsets.empty() ? 0 : p_.array_offsets.back();
        } else if (p_.array) {
            elements = product(elements, p_.array_length);
        }
        if (p_.type == PropertyType::String) p_.string_offsets = offsets("stringOffsets", "stringOffsetType", elements);
        const Bytes bytes = r_.ok() ? r_.view_bytes(in_.at.member("values"), view) : Bytes{};
        if (!r_.ok()) return;
        const std::uint64_t needed = needed_bytes(elements);
        if (r_.ok() && needed > bytes.size())
            r_.fail(in_.at.member("values"), Errc::Malformed,
                    formatted("needs {} bytes, bufferViews[{}] has {}", needed, view, bytes.size()));
        if (!r_.ok() || !r_.charge(in_.at, needed, 1)) return;
        p_.values.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(needed));
    }

  private:
    std::uint64_t product(std::uint64_t count, std::uint64_t size) {
        const auto out = checked_mul(count, size);
        if (!out) r_.fail(in_.at, Errc::Malformed, "has a size beyond all bounds");
        return out.value_or(0);
    }

    std::uint64_t needed_bytes(std::uint64_t elements) {
        if (p_.type == PropertyType::String) return p_.string_offsets.back();
        if (p_.type == PropertyType::Boolean) return elements / 8 + (elements % 8 != 0 ? 1 : 0);
        return product(elements, std::uint64_t{components_of(p_.type)} * size_of(p_.component));
    }

    // count + 1 offsets that do not fall, or nothing and an error.
    std::vector<std::uint64_t> offsets(std::string_view key, std::string_view type_key, std::uint64_t count) {
        const Where at = in_.at.member(key);
        const std::uint32_t view = in_.need_index(key, r_.views.size(), "bufferViews");
        const auto type = place_of(kComponents, in_.has(type_key) ? in_.text(type_key) : "UINT32");
        constexpr std::array kUnsigned{PropertyComponent::U8, PropertyComponent::U16, PropertyComponent::U32,
                                       PropertyComponent::U64};
        const auto component = static_cast<PropertyComponent>(type.value_or(0));
        if (r_.ok() && std::ranges::find(kUnsigned, component) == kUnsigned.end())
            r_.fail(in_.at.member(type_key), Errc::Malformed, "is not an unsigned integer type");
        if (!r_.ok()) return {};
        const std::uint64_t size = size_of(component);
        const Bytes bytes = r_.view_bytes(at, view);
        if (!r_.ok()) return {};
        if (count >= bytes.size() / size) {
            r_.fail(at, Errc::Malformed,
                    formatted("needs {} + 1 offsets of {} bytes, bufferViews[{}] has {} bytes", count, size, view,
                              bytes.size()));
            return {};
        }
        if (!r_.charge(at, count + 1, sizeof(std::uint64_t))) return {};
        std::vector<std::uint64_t> out(count + 1);
        static_assert(std::endian::native == std::endian::little);
        for (std::uint64_t i = 0; i <= count; ++i) std::memcpy(&out[i], bytes.data() + i * size, size);
        if (std::ranges::is_sorted(out)) return out;
        r_.fail(at, Errc::Malformed, "has offsets that fall");
        return {};
    }

    Reader& r_;
    const Object& in_;
    std::uint64_t rows_;
    Property& p_;
};

void read_table(const Object& schema, const Object& in, PropertyTable& table) {
    Reader& r = in.reader;
    const std::string_view class_id = in.text("class");
    const Object classes = schema.object("classes"), of_class = classes.object(class_id);
    const std::uint64_t rows = in.need_integer("count");
    if (!r.ok()) return;
    if (!of_class.json.exists())
        return r.fail(in.at.member("class"), Errc::Malformed,
                      formatted("\"{}\" is no class of the schema", shortened(class_id, 80)));
    if (rows < 1 || rows >= kNone)
        return r.fail(in.at.member("count"), Errc::Malformed, formatted("{} is not in [1, 2^32 − 2]", rows));
    table.rows = static_cast<std::uint32_t>(rows);
    const std::string_view title = of_class.has("name") ? of_class.text("name") : class_id;
    table.name = in.has("name") ? in.text("name") : title;
    const Object definitions = of_class.object("properties"), columns = in.object("properties");
    columns.json.members([&](std::string_view id, Json) {
        if (r.ok() && !definitions.has(id))
            r.report(columns.at.member(id), formatted("left out, class \"{}\" has no such property", class_id));
    });
    definitions.json.members([&](std::string_view id, Json) {
        if (!r.ok() || !r.charge(in.at, 1, sizeof(Property))) return;
        const Object definition = definitions.object(id), column = columns.object(id);
        Property p;
        if (!read_definition(schema, definition, id, p)) return;
        p.stored = column.json.exists();
        if (!p.stored && p.absent.empty()) return;
        if (p.stored) {
            read_range(definition, column, p);
            ColumnReader(column, table.rows, p).read();
        }
        table.properties.push_back(std::move(p));
    });
}

} // namespace

void Reader::read_property_tables(const Object& root) {
    const Object in = root.extension("EXT_structural_metadata");
    if (!in.json.exists()) return;
    for (const std::string_view other : {"propertyTextures", "propertyAttributes"})
        if (in.has(other)) report(in.at.member(other), "left out: only property tables are read");
    if (!charge(in.at, in.json["propertyTables"].size(), sizeof(PropertyTable))) return;
    const auto read_with = [&](const Object& schema) {
        in.each("propertyTables",
                [&](const Object& table) { read_table(schema, table, model.property_tables.emplace_back()); });
    };
    if (!in.has("schemaUri")) return read_with(in.object("schema"));
    const Where at = in.at.member("schemaUri");
    bool found = false;
    const std::vector<std::byte> bytes = read_uri(at, in.text("schemaUri"), found);
    if (!ok()) return;
    if (!found) return report(in.at, "left out: its schema cannot be read: " + shortened(in.text("schemaUri"), 80));
    const Result<JsonDocument> document = JsonDocument::parse(bytes);
    if (!document) return fail(at, document.error().code, document.error().what);
    read_with(Object(*this, document->root(), at));
}

// KHR_xmp_json_ld: the packets, and that of the asset; those of nodes are read with them.
void Reader::read_packets(const Object& root) {
    const Object in = root.extension("KHR_xmp_json_ld");
    if (!charge(root.at, in.json["packets"].size(), sizeof(std::string))) return;
    in.each("packets", [&](const Object& packet) {
        std::string& text = model.packets.emplace_back(packet.json.dump());
        charge(packet.at, text.size(), 1);
    });
    const Object asset = root.object("asset"), named = asset.extension("KHR_xmp_json_ld");
    model.packet = named.index("packet", model.packets.size(), "packets");
}

} // namespace pw::scene::gltf
