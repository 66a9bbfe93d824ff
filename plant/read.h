#pragma once
// SPDX-License-Identifier: Apache-2.0
// Members of a JSON object by name and type. Internal to plant/.

#include "base/math.h"
#include "plant/document.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pw::plant {

// PackML states by number (simulation/packml.h) as keys of "acting_s" and "power_w".
inline constexpr std::array<std::string_view, 18> kStateKeys{
    "",        "clearing", "stopped", "starting",  "idle",       "suspended",    "execute",   "stopping",   "aborting",
    "aborted", "holding",  "held",    "unholding", "suspending", "unsuspending", "resetting", "completing", "complete"};

// The schema has spoken before: what is of another type than expected here has been reported and counts as absent.

inline const Json* member(const Json& object, std::string_view key, JsonKind kind) {
    const Json* found = object.find(key);
    return found != nullptr && found->is(kind) ? found : nullptr;
}

inline std::string text(const Json& object, std::string_view key, std::string_view otherwise = {}) {
    const Json* found = member(object, key, JsonKind::Text);
    return found != nullptr ? found->text : std::string(otherwise);
}

inline std::optional<double> number(const Json& object, std::string_view key) {
    const Json* found = member(object, key, JsonKind::Number);
    return found != nullptr ? std::optional(found->number) : std::nullopt;
}

inline bool truth(const Json& object, std::string_view key) {
    const Json* found = member(object, key, JsonKind::Bool);
    return found != nullptr && found->truth;
}

inline const std::vector<Json>& list(const Json& object, std::string_view key) {
    static const std::vector<Json> kEmpty;
    const Json* found = member(object, key, JsonKind::Array);
    return found != nullptr ? found->items : kEmpty;
}

template <class Enum, std::size_t N>
Enum choice(const Json& object, std::string_view key, const std::array<std::string_view, N>& names, Enum otherwise) {
    const auto* found = std::ranges::find(names, text(object, key));
    return found != names.end() ? static_cast<Enum>(found - names.begin()) : otherwise;
}

inline DVec3 triple(const Json& object, std::string_view key, const DVec3& otherwise) {
    const std::vector<Json>& v = list(object, key);
    return v.size() == 3 ? DVec3(v[0].number, v[1].number, v[2].number) : otherwise;
}

} // namespace pw::plant
