// SPDX-License-Identifier: Apache-2.0
// Reading values out of JSON objects, and keeping the first error.

#include "base/format.h"
#include "scene/gltf_internal.h"

#include <algorithm>
#include <cmath>

namespace pw::scene::gltf {

std::string Where::text() const {
    std::string out = up != nullptr ? up->text() : std::string();
    if (!out.empty() && !key.empty()) out += '.';
    out += key;
    if (index != kNowhere) out += formatted("[{}]", index);
    return out;
}

Object::Object(Reader& r, Json value, Where where) : reader(r), json(value), at(where) {
    if (json.exists() && !json.is(Json::Type::Object)) {
        reader.fail(at, Errc::Malformed, "is not an object");
        json = {};
    }
}

Object Object::extension(std::string_view name) const {
    const Json extensions = json["extensions"];
    if (extensions.exists() && !extensions.is(Json::Type::Object))
        reader.fail(at.member("extensions"), Errc::Malformed, "is not an object");
    return Object(reader, extensions[name], {&at, name});
}

std::uint32_t Object::index(std::string_view key, std::size_t count, std::string_view table) const {
    const Json value = json[key];
    if (!value.exists()) return kNone;
    const std::optional<std::uint64_t> i = value.integer();
    if (!i) {
        reader.fail(at.member(key), Errc::Malformed, "is not an index");
        return kNone;
    }
    if (*i >= count || *i >= kNone) {
        reader.fail(at.member(key), Errc::Malformed, formatted("{} passes the end of {} ({})", *i, table, count));
        return kNone;
    }
    return static_cast<std::uint32_t>(*i);
}

std::uint32_t Object::need_index(std::string_view key, std::size_t count, std::string_view table) const {
    if (!has(key)) reader.fail(at.member(key), Errc::Malformed, "is missing");
    return index(key, count, table);
}

std::uint64_t Object::integer(std::string_view key, std::uint64_t absent) const {
    const Json value = json[key];
    if (!value.exists()) return absent;
    const std::optional<std::uint64_t> i = value.integer();
    if (!i) reader.fail(at.member(key), Errc::Malformed, "is not a whole number from 0");
    return i.value_or(absent);
}

std::uint64_t Object::need_integer(std::string_view key) const {
    if (!has(key)) reader.fail(at.member(key), Errc::Malformed, "is missing");
    return integer(key, 0);
}

namespace {

template <class T> bool to_number(const Object& in, const Where& at, Json value, T low, T high, T& out) {
    const std::optional<double> number = value.number();
    if (!number || !(std::abs(*number) <= static_cast<double>(FLT_MAX))) {
        in.reader.fail(at, Errc::Malformed, number ? "is too large a number" : "is not a number");
        return false;
    }
    const T v = static_cast<T>(*number);
    out = std::clamp(v, low, high);
    if (out != v) in.reader.report(at, formatted("{} is outside [{}, {}] and was moved into it", v, low, high));
    return true;
}

template <class T> bool to_numbers(const Object& in, std::string_view key, std::span<T> out, T low, T high) {
    const Json array = in.json[key];
    if (!array.exists()) return false;
    if (!array.is(Json::Type::Array) || array.size() != out.size()) {
        in.reader.fail(in.at.member(key), Errc::Malformed, formatted("is not an array of {} numbers", out.size()));
        return false;
    }
    array.items([&](std::size_t i, Json v) { return to_number(in, Where{&in.at, key, i}, v, low, high, out[i]); });
    return in.reader.ok();
}

} // namespace

float Object::number(std::string_view key, float absent, float low, float high) const {
    const Json value = json[key];
    float out = absent;
    if (value.exists()) to_number(*this, at.member(key), value, low, high, out);
    return out;
}

bool Object::truth(std::string_view key, bool absent) const {
    const Json value = json[key];
    if (value.exists() && !value.is(Json::Type::Bool))
        reader.fail(at.member(key), Errc::Malformed, "is neither true nor false");
    return value.exists() ? value.truth() : absent;
}

std::string_view Object::text(std::string_view key) const {
    const Json value = json[key];
    if (value.exists() && !value.is(Json::Type::Text)) reader.fail(at.member(key), Errc::Malformed, "is not a text");
    return value.text();
}

bool Object::numbers(std::string_view key, std::span<float> out, float low, float high) const {
    return to_numbers(*this, key, out, low, high);
}

bool Object::numbers(std::string_view key, std::span<double> out) const {
    return to_numbers<double>(*this, key, out, std::numeric_limits<double>::lowest(), DBL_MAX);
}

std::vector<float> Object::number_list(std::string_view key) const {
    const Json array = json[key];
    if (array.exists() && !array.is(Json::Type::Array)) reader.fail(at.member(key), Errc::Malformed, "is not an array");
    if (!reader.charge(at, array.size(), sizeof(float))) return {};
    std::vector<float> out(array.size());
    if (!out.empty()) numbers(key, std::span(out));
    return out;
}

void Reader::fail(const Where& at, Errc code, std::string what) {
    if (!error_) error_ = Error{code, formatted("{}: {} {}", name, at.text(), what)};
}

constexpr std::size_t kMaxReports = 100;

void Reader::report(const Where& at, std::string what) {
    if (++report_count_ <= kMaxReports) reports_.add(formatted("{}: {}", name, at.text()), std::move(what));
}

void Reader::finish_reports() {
    if (report_count_ > kMaxReports) reports_.add(name, formatted("{} more of that kind", report_count_ - kMaxReports));
}

std::uint64_t Reader::limit(std::uint64_t free) const {
    const std::optional<std::size_t> earned = checked_mul(brought_, GltfLimits::kBytesPerByte);
    return std::min(limits.max_bytes, free + std::min(earned.value_or(~0ull), limits.max_bytes));
}

bool Reader::fits(const Where& at, std::uint64_t count, std::uint64_t size) {
    const std::optional<std::size_t> bytes = checked_mul(count, size);
    if (bytes && *bytes <= limit() - charged_) return true;
    fail(at, Errc::Exhausted, formatted("needs {} × {} bytes and passes the limit of {}", count, size, limit()));
    return false;
}

bool Reader::charge(const Where& at, std::uint64_t count, std::uint64_t size) {
    if (!fits(at, count, size)) return false;
    if (limits.stop != nullptr && limits.stop->load(std::memory_order_relaxed)) {
        fail(at, Errc::Unavailable, "nobody wants it any more");
        return false;
    }
    charged_ += count * size;
    return true;
}

bool Reader::charge_pixels(std::uint64_t bytes) {
    if (bytes > pixel_limit() - pixels_) return false;
    pixels_ += bytes;
    return true;
}

} // namespace pw::scene::gltf
