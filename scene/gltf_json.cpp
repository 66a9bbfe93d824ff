// SPDX-License-Identifier: Apache-2.0
#include "scene/gltf_json.h"

#include "base/assert.h"
#include "base/format.h"
#include "base/json_place.h"

#include <simdjson.h>

#include <bit>
#include <cmath>

namespace pw::scene::gltf {

namespace dom = simdjson::dom;
static_assert(sizeof(dom::element) == 16 && std::is_trivially_copyable_v<dom::element>);

struct JsonAccess {
    static dom::element element(const Json& json) { return std::bit_cast<dom::element>(json.element_); }

    static Json wrap(dom::element element) {
        Json out;
        std::memcpy(out.element_.data(), &element, sizeof(element));
        out.type_ = type_of(element.type());
        return out;
    }

    static Json::Type type_of(dom::element_type type) {
        switch (type) {
        case dom::element_type::ARRAY:
            return Json::Type::Array;
        case dom::element_type::OBJECT:
            return Json::Type::Object;
        case dom::element_type::STRING:
            return Json::Type::Text;
        case dom::element_type::BOOL:
            return Json::Type::Bool;
        case dom::element_type::NULL_VALUE:
            return Json::Type::Null;
        default:
            return Json::Type::Number;
        }
    }
};

Json Json::operator[](std::string_view key) const {
    if (type_ != Type::Object) return {};
    dom::element found;
    if (JsonAccess::element(*this).at_key(key).get(found) != simdjson::SUCCESS) return {};
    return JsonAccess::wrap(found);
}

std::string_view Json::text() const {
    std::string_view out;
    if (type_ != Type::Text || JsonAccess::element(*this).get(out) != simdjson::SUCCESS) return {};
    return out;
}

std::optional<double> Json::number() const {
    double out = 0.0;
    if (type_ != Type::Number || JsonAccess::element(*this).get(out) != simdjson::SUCCESS) return std::nullopt;
    return out;
}

std::optional<std::uint64_t> Json::integer() const {
    if (type_ != Type::Number) return std::nullopt;
    std::uint64_t out = 0;
    if (JsonAccess::element(*this).get(out) == simdjson::SUCCESS) return out;
    const std::optional<double> written = number();
    if (!written || *written < 0.0 || *written > 0x1p53 || *written != std::floor(*written)) return std::nullopt;
    return static_cast<std::uint64_t>(*written);
}

bool Json::truth() const {
    bool out = false;
    return type_ == Type::Bool && JsonAccess::element(*this).get(out) == simdjson::SUCCESS && out;
}

std::size_t Json::size() const {
    dom::array array;
    if (type_ != Type::Array || JsonAccess::element(*this).get(array) != simdjson::SUCCESS) return 0;
    const std::size_t size = array.size();
    if (size < 0xff'ffff) return size;
    std::size_t count = 0; // the tape's own count stops there
    for ([[maybe_unused]] const dom::element item : array) ++count;
    return count;
}

std::string Json::dump() const { return exists() ? simdjson::minify(JsonAccess::element(*this)) : std::string(); }

void Json::visit_items(bool (*f)(void*, std::size_t, Json), void* user) const {
    dom::array array;
    if (type_ != Type::Array || JsonAccess::element(*this).get(array) != simdjson::SUCCESS) return;
    std::size_t i = 0;
    for (const dom::element item : array)
        if (!f(user, i++, JsonAccess::wrap(item))) return;
}

void Json::visit_members(void (*f)(void*, std::string_view, Json), void* user) const {
    dom::object object;
    if (type_ != Type::Object || JsonAccess::element(*this).get(object) != simdjson::SUCCESS) return;
    for (const dom::key_value_pair member : object) f(user, member.key, JsonAccess::wrap(member.value));
}

struct JsonDocument::Impl {
    dom::parser parser;
    dom::element root;
};

JsonDocument::JsonDocument(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(Bytes text, std::size_t room) {
    if (text.empty()) return fail(Errc::Malformed, "there is no JSON");
    if (as_text(text).starts_with("\xef\xbb\xbf")) return fail(Errc::Malformed, "JSON starts with a byte order mark");
    auto impl = std::make_unique<Impl>();
    simdjson::error_code error = impl->parser.allocate(text.size(), 1'000);
    const bool copy = room < simdjson::SIMDJSON_PADDING;
    if (error == simdjson::SUCCESS) error = impl->parser.parse(as_text(text).data(), text.size(), copy).get(impl->root);
    if (error != simdjson::SUCCESS) {
        const Errc code = error == simdjson::CAPACITY || error == simdjson::MEMALLOC || error == simdjson::DEPTH_ERROR
                              ? Errc::Exhausted
                              : Errc::Malformed;
        const auto at = code == Errc::Malformed ? broken_json_at(as_text(text)) : std::nullopt;
        return fail(code, at ? formatted("the JSON breaks at byte {} of {}", *at, text.size())
                             : formatted("JSON: {}", simdjson::error_message(error)));
    }
    return JsonDocument(std::move(impl));
}

Json JsonDocument::root() const { return JsonAccess::wrap(impl_->root); }

} // namespace pw::scene::gltf
