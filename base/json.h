#pragma once
// SPDX-License-Identifier: Apache-2.0
// Writes JSON (RFC 8259) without a tree: begin, key, value, end. Numbers are written so that they read back equal;
// a NaN or infinity, which JSON lacks, is written as null. In a string what is not UTF-8 is written as
// U+FFFD.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pw {

class JsonWriter {
  public:
    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);
    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(double number);
    JsonWriter& value(std::int64_t number);
    JsonWriter& value(std::uint64_t number);
    JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
    JsonWriter& value(unsigned number) { return value(static_cast<std::uint64_t>(number)); }
    JsonWriter& value(bool truth);
    JsonWriter& null();
    JsonWriter& raw(std::string_view json); // a value that is JSON already
    template <class T> JsonWriter& member(std::string_view name, const T& v) { return key(name).value(v); }

    const std::string& text() const { return out_; }
    std::string take() { return std::move(out_); }

  private:
    void separate();
    std::string out_;
    bool need_comma_ = false;
};

std::string json_quote(std::string_view text); // with the quotation marks

// Whether arrays and objects stand in each other deeper than so, in any text: for what others wrote, before it becomes
// a tree, since trees are copied and written by recursion.
bool json_is_deeper(std::string_view text, std::size_t levels);

} // namespace pw
