#pragma once
// SPDX-License-Identifier: Apache-2.0
// A parsed JSON document and views into it. simdjson's DOM in disguise, so that its header stays in gltf_json.cpp.
// Internal to the glTF reader. A Json is valid while its document lives; a missing value is a Json that is Absent.

#include "base/bytes.h"
#include "base/result.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace pw::scene::gltf {

class Json {
  public:
    enum class Type : std::uint8_t { Absent, Object, Array, Text, Number, Bool, Null };

    Type type() const { return type_; }
    bool exists() const { return type_ != Type::Absent; }
    bool is(Type type) const { return type_ == type; }

    Json operator[](std::string_view key) const; // Absent when this is no object or has no such key
    std::string_view text() const;               // empty unless Text
    std::optional<double> number() const;
    std::optional<std::uint64_t> integer() const; // also when written as 3.0
    bool truth() const;                           // false unless a Bool
    std::size_t size() const;                     // of an array, else 0
    std::string dump() const;                     // as JSON without blanks

    // f(std::size_t index, Json) → bool: whether to go on. Nothing when this is no array.
    template <class F> void items(F&& f) const {
        visit_items(
            [](void* user, std::size_t i, Json v) { return (*static_cast<std::remove_reference_t<F>*>(user))(i, v); },
            &f);
    }
    // f(std::string_view key, Json). Nothing when this is no object.
    template <class F> void members(F&& f) const {
        visit_members(
            [](void* user, std::string_view k, Json v) { (*static_cast<std::remove_reference_t<F>*>(user))(k, v); },
            &f);
    }

  private:
    friend class JsonDocument;
    friend struct JsonAccess;
    void visit_items(bool (*f)(void*, std::size_t, Json), void* user) const;
    void visit_members(void (*f)(void*, std::string_view, Json), void* user) const;

    alignas(8) std::array<std::byte, 16> element_{}; // a simdjson::dom::element
    Type type_ = Type::Absent;
};

class JsonDocument {
  public:
    // UTF-8 without a byte order mark, at most 1,000 levels deep. `room` is how many bytes may be read after the text:
    // with 64 or more (a binary chunk follows) the text need not be copied.
    static Result<JsonDocument> parse(Bytes text, std::size_t room = 0);
    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;
    ~JsonDocument();
    Json root() const;

  private:
    struct Impl;
    explicit JsonDocument(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::scene::gltf
