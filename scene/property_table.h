#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a file says of its parts in EXT_structural_metadata: tables with a row for each part and a typed column for each
// property ("3D Metadata Specification", Cesium, section "Binary Table Format"). Plain data, made by the glTF reader,
// which has checked every size and offset; values stay as the file packs them and are spelled when they are shown.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pw::scene {

enum class PropertyType : std::uint8_t { Scalar, Vec2, Vec3, Vec4, Mat2, Mat3, Mat4, String, Boolean, Enum };
enum class PropertyComponent : std::uint8_t { I8, U8, I16, U16, I32, U32, I64, U64, F32, F64 };

struct EnumName {
    std::int64_t value = 0;
    std::string name;
};

struct Property {
    std::string id, name; // name: what it is called in words, or its id
    std::string semantic; // "NAME", "ID", …, or empty
    PropertyType type = PropertyType::Scalar;
    PropertyComponent component = PropertyComponent::F32; // of numbers and enums
    bool array = false, normalized = false;
    std::uint64_t array_length = 0; // 0: each row has its own
    // value × scale + offset, of what normalized values and floats stand for; one for each number of a row, or empty.
    std::vector<double> offset, scale;
    std::vector<EnumName> enum_names;   // by ascending value
    std::optional<std::string> no_data; // spelled as rows are: the value that says "none"
    std::string absent;                 // what counts then, or empty

    bool stored = true; // false: the table leaves it out, and `absent` counts for every row
    std::vector<std::byte> values;
    std::vector<std::uint64_t> array_offsets;  // rows + 1, in elements; empty unless rows have lengths of their own
    std::vector<std::uint64_t> string_offsets; // strings + 1, in bytes; empty unless String
};

struct PropertyTable {
    std::string name; // its own, or its class's
    std::uint32_t rows = 0;
    std::vector<Property> properties;
};

std::uint32_t components_of(PropertyType type); // numbers in one element: 1 to 16
std::uint32_t size_of(PropertyComponent component);

// A text or an enum's name as it is, all else as JSON: "2.5", "[1,2,3]", "[[1,0],[0,1]]", "true". Empty where the row
// says that there is no value and nothing counts instead.
std::string spell(const Property& property, std::uint32_t row);
std::string spell_stored(const Property& property, std::uint32_t row); // before offset, scale and "no value"

// What a part is called: by its property NAME, else LABEL, else ID, as semantic or, without one, as the property's id
// in any case. Empty when it has none.
std::string name_of_row(const PropertyTable& table, std::uint32_t row);
std::string id_of_row(const PropertyTable& table, std::uint32_t row); // by the semantic ID only

} // namespace pw::scene
