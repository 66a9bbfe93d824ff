#pragma once
// SPDX-License-Identifier: Apache-2.0
// Tables by name in which a std::string_view is looked up without making a std::string.

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pw::twin {

struct NameHash {
    using is_transparent = void; // NOLINT(readability-identifier-naming): the standard's name
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};

template <class T> using ByName = std::unordered_map<std::string, T, NameHash, std::equal_to<>>;

} // namespace pw::twin
