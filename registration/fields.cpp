// SPDX-License-Identifier: Apache-2.0
#include "registration/fields.h"

#include "base/text.h"

#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pw::registration {

using plant::Json;
using plant::JsonKind;

Result<Json> parse_document(std::string_view json, const std::string& where, std::string_view format, int version) {
    Reports problems;
    Result<Json> document = plant::parse_json(json, where, problems);
    if (!document) return document;
    if (!problems.empty())
        return fail(Errc::Malformed, where + ": " + problems.list()[0].where + ": " + problems.list()[0].what);
    const Json* named = document->find("format");
    if (named == nullptr || !named->is(JsonKind::Text) || named->text != format)
        return fail(Errc::Malformed, where + ": /format: must be \"" + std::string(format) + "\"");
    const Json* made_for = document->find("version");
    if (made_for == nullptr || !made_for->is(JsonKind::Number))
        return fail(Errc::Malformed, where + ": /version: is missing");
    if (made_for->number != version)
        return fail(Errc::Unsupported, where + ": /version: is " + number_text(made_for->number) +
                                           ", this program reads " + std::to_string(version));
    return document;
}

Fields::Fields(const Json& object, std::string pointer, std::optional<Error>& error)
    : json_(object), pointer_(std::move(pointer)), error_(error) {
    if (!json_.is(JsonKind::Object)) wrong("", "must be an object");
}

void Fields::wrong(std::string_view key, std::string what) {
    if (error_) return;
    const std::string place = key.empty() ? pointer_ : pointer_ + "/" + std::string(key);
    error_ = Error{Errc::Malformed, (place.empty() ? std::string("/") : printable(place)) + ": " + std::move(what)};
}

const Json* Fields::take(std::string_view key, JsonKind kind, std::string_view what, bool needed) {
    asked_.push_back(key);
    const Json* found = json_.find(key);
    if (found == nullptr) {
        if (needed) wrong(key, "is missing");
        return nullptr;
    }
    if (found->is(kind)) return found;
    wrong(key, "must be " + std::string(what));
    return nullptr;
}

double Fields::number(std::string_view key, double low, double high, std::optional<double> otherwise) {
    const double fallback = otherwise.value_or(std::clamp(0.0, low, high));
    const Json* found = take(key, JsonKind::Number, "a number", !otherwise);
    if (found == nullptr) return fallback;
    if (found->number >= low && found->number <= high) return found->number;
    wrong(key, "must be between " + number_text(low) + " and " + number_text(high));
    return fallback;
}

std::string Fields::text(std::string_view key, std::size_t most, bool needed) {
    const Json* found = take(key, JsonKind::Text, "a text", needed);
    if (found == nullptr) return {};
    if (found->text.size() > most || found->text.contains('\0'))
        wrong(key, "must be at most " + std::to_string(most) + " bytes without U+0000");
    return found->text;
}

bool Fields::truth(std::string_view key) {
    const Json* found = take(key, JsonKind::Bool, "true or false", true);
    return found != nullptr && found->truth;
}

std::vector<double> Fields::numbers(std::string_view key, std::size_t least, std::size_t most, double low,
                                    double high) {
    std::vector<double> out(least, std::clamp(0.0, low, high));
    const Json* found = take(key, JsonKind::Array, "an array of numbers", true);
    if (found == nullptr) return out;
    if (found->items.size() < least || found->items.size() > most) {
        wrong(key, least == most ? "must have " + std::to_string(most) + " numbers"
                                 : "must have " + std::to_string(least) + " to " + std::to_string(most) + " numbers");
        return out;
    }
    out.clear();
    for (std::size_t i = 0; i < found->items.size(); ++i) {
        const Json& item = found->items[i];
        if (!item.is(JsonKind::Number) || !(item.number >= low && item.number <= high))
            wrong(std::string(key) + "/" + std::to_string(i),
                  "must be a number between " + number_text(low) + " and " + number_text(high));
        out.push_back(item.number);
    }
    return out;
}

DVec3 Fields::triple(std::string_view key, double limit) {
    const std::vector<double> v = numbers(key, 3, 3, -limit, limit);
    return {v[0], v[1], v[2]};
}

glm::dquat Fields::rotation(std::string_view key) {
    const std::vector<double> q = numbers(key, 4, 4, -1.0, 1.0);
    const glm::dquat out(q[3], q[0], q[1], q[2]);
    const double off = std::abs(glm::length(out) - 1.0);
    if (off <= 1e-6) return off <= 1e-14 ? out : glm::normalize(out); // what we wrote is kept to the bit
    wrong(key, "must be a unit quaternion x, y, z, w");
    return {1.0, 0.0, 0.0, 0.0};
}

Rigid Fields::rigid(std::string_view key) {
    const Json* found = object(key);
    if (found == nullptr) return {};
    Fields inner(*found, plant::pointer_to(pointer_, key), error_);
    Rigid out;
    out.translation = inner.triple("position_m", 1e9);
    out.rotation = inner.rotation("rotation");
    inner.end();
    return out;
}

std::size_t Fields::choice(std::string_view key, std::span<const std::string_view> names) {
    const std::string given = text(key, 100);
    const auto found = std::ranges::find(names, given);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    std::string all;
    for (const std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
    wrong(key, "must be one of " + all);
    return 0;
}

const std::vector<Json>& Fields::list(std::string_view key, std::size_t most) {
    static const std::vector<Json> kNone;
    const Json* found = take(key, JsonKind::Array, "an array", true);
    if (found == nullptr) return kNone;
    if (found->items.size() <= most) return found->items;
    wrong(key, "has more than " + std::to_string(most) + " entries");
    return kNone;
}

const Json* Fields::object(std::string_view key, bool needed) {
    return take(key, JsonKind::Object, "an object", needed);
}

void Fields::end() {
    for (const std::string& key : json_.keys)
        if (std::ranges::find(asked_, key) == asked_.end()) wrong(plant::pointer_to("", key).substr(1), "is not known");
}

} // namespace pw::registration
