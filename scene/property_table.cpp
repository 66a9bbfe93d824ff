// SPDX-License-Identifier: Apache-2.0
#include "scene/property_table.h"

#include "base/json.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

namespace pw::scene {
namespace {

template <class T> T read_at(const Property& p, std::uint64_t index) {
    T value;
    std::memcpy(&value, p.values.data() + index * sizeof(T), sizeof(T));
    return value;
}

// f(value, in its own type).
template <class F> auto with_component(const Property& p, std::uint64_t index, F f) {
    switch (p.component) {
    case PropertyComponent::I8:
        return f(read_at<std::int8_t>(p, index));
    case PropertyComponent::U8:
        return f(read_at<std::uint8_t>(p, index));
    case PropertyComponent::I16:
        return f(read_at<std::int16_t>(p, index));
    case PropertyComponent::U16:
        return f(read_at<std::uint16_t>(p, index));
    case PropertyComponent::I32:
        return f(read_at<std::int32_t>(p, index));
    case PropertyComponent::U32:
        return f(read_at<std::uint32_t>(p, index));
    case PropertyComponent::I64:
        return f(read_at<std::int64_t>(p, index));
    case PropertyComponent::U64:
        return f(read_at<std::uint64_t>(p, index));
    case PropertyComponent::F32:
        return f(read_at<float>(p, index));
    case PropertyComponent::F64:
        break;
    }
    return f(read_at<double>(p, index));
}

// The shortest digits that read back equal in the precision that the values have.
template <class T> std::string digits(T value) {
    if constexpr (std::is_floating_point_v<T>)
        if (!std::isfinite(value)) return "null"; // the specification forbids them, JSON has none
    std::array<char, 32> out{};
    const auto [end, error] = std::to_chars(out.data(), out.data() + out.size(), value);
    return {out.data(), end};
}

// How a row's numbers are spelled: as they are stored, or what they stand for.
enum class As : std::uint8_t { Stored, Meant };

// `nth`: of the numbers of the row, for offset and scale.
std::string number_at(const Property& p, std::uint64_t index, std::uint64_t nth, As as) {
    return with_component(p, index, [&](auto stored) {
        using T = decltype(stored);
        if (as == As::Stored || (!p.normalized && p.scale.empty() && p.offset.empty())) return digits(stored);
        double value = static_cast<double>(stored);
        if (p.normalized && !std::is_floating_point_v<T>)
            value = std::max(value / static_cast<double>(std::numeric_limits<T>::max()), -1.0);
        if (nth < p.scale.size()) value *= p.scale[nth];
        if (nth < p.offset.size()) value += p.offset[nth];
        const bool is_short = sizeof(T) < 4 || p.component == PropertyComponent::F32;
        return is_short ? digits(static_cast<float>(value)) : digits(value);
    });
}

std::string enum_at(const Property& p, std::uint64_t index) {
    const auto value = with_component(p, index, [](auto stored) { return static_cast<std::int64_t>(stored); });
    const auto known = std::ranges::lower_bound(p.enum_names, value, {}, &EnumName::value);
    return known != p.enum_names.end() && known->value == value ? known->name : digits(value);
}

std::string string_at(const Property& p, std::uint64_t index) {
    const std::uint64_t first = p.string_offsets[index], end = p.string_offsets[index + 1];
    return to_utf8({reinterpret_cast<const char*>(p.values.data()) + first, end - first});
}

bool bit_at(const Property& p, std::uint64_t index) {
    return (std::to_integer<unsigned>(p.values[index / 8]) >> (index % 8) & 1u) != 0;
}

// Numbers [first, first + count) of a row as one list.
std::string list(const Property& p, std::uint64_t first, std::uint32_t count, std::uint64_t nth, As as) {
    std::string out = "[";
    for (std::uint32_t i = 0; i < count; ++i) out += (i == 0 ? "" : ",") + number_at(p, first + i, nth + i, as);
    return out + "]";
}

// One element; `nth` of its row. Matrices by columns, as they are stored.
std::string element(const Property& p, std::uint64_t index, std::uint64_t nth, As as) {
    const std::uint32_t components = components_of(p.type);
    switch (p.type) {
    case PropertyType::String:
        return string_at(p, index);
    case PropertyType::Enum:
        return enum_at(p, index);
    case PropertyType::Boolean:
        return bit_at(p, index) ? "true" : "false";
    case PropertyType::Scalar:
        return number_at(p, index, nth, as);
    case PropertyType::Vec2:
    case PropertyType::Vec3:
    case PropertyType::Vec4:
        return list(p, index * components, components, nth * components, as);
    case PropertyType::Mat2:
    case PropertyType::Mat3:
    case PropertyType::Mat4:
        break;
    }
    const std::uint32_t side = components == 4 ? 2 : components == 9 ? 3 : 4;
    std::string out = "[";
    for (std::uint32_t column = 0; column < side; ++column)
        out += (column == 0 ? "" : ",") +
               list(p, index * components + column * side, side, nth * components + column * side, as);
    return out + "]";
}

std::string spell_as(const Property& p, std::uint32_t row, As as) {
    if (!p.array) return element(p, row, 0, as);
    const bool own = !p.array_offsets.empty();
    const std::uint64_t first = own ? p.array_offsets[row] : row * p.array_length;
    const std::uint64_t end = own ? p.array_offsets[row + 1] : first + p.array_length;
    const bool quoted = p.type == PropertyType::String || p.type == PropertyType::Enum;
    std::string out = "[";
    for (std::uint64_t i = first; i < end; ++i) {
        if (i != first) out += ',';
        const std::string text = element(p, i, i - first, as);
        out += quoted ? json_quote(text) : text;
    }
    return out + "]";
}

bool is_called(const Property& p, std::string_view what) {
    const std::string& own = p.semantic.empty() ? p.id : p.semantic;
    return std::ranges::equal(own, what,
                              [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; });
}

} // namespace

std::uint32_t components_of(PropertyType type) {
    constexpr std::array<std::uint8_t, 10> counts{1, 2, 3, 4, 4, 9, 16, 1, 1, 1};
    return counts.at(static_cast<std::size_t>(type));
}

std::uint32_t size_of(PropertyComponent component) {
    constexpr std::array<std::uint8_t, 10> sizes{1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    return sizes.at(static_cast<std::size_t>(component));
}

std::string spell_stored(const Property& property, std::uint32_t row) { return spell_as(property, row, As::Stored); }

std::string spell(const Property& property, std::uint32_t row) {
    if (!property.stored) return property.absent;
    if (property.no_data && spell_stored(property, row) == *property.no_data) return property.absent;
    return spell_as(property, row, As::Meant);
}

std::string name_of_row(const PropertyTable& table, std::uint32_t row) {
    for (const std::string_view what : {"NAME", "LABEL", "ID"})
        for (const Property& p : table.properties) {
            if (!is_called(p, what)) continue;
            if (std::string text = spell(p, row); !text.empty()) return text;
        }
    return {};
}

std::string id_of_row(const PropertyTable& table, std::uint32_t row) {
    const auto id = std::ranges::find(table.properties, "ID", &Property::semantic);
    return id == table.properties.end() ? std::string() : spell(*id, row);
}

} // namespace pw::scene
