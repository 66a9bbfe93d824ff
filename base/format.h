#pragma once
// SPDX-License-Identifier: Apache-2.0
// std::format, compiled once: each file that calls the library's own compiles all of its number formatting again, two
// seconds of them. Any thread.

#include <format>
#include <string>
#include <string_view>

namespace pw {

// As std::vformat.
std::string vformatted(std::string_view pattern, std::format_args args);

// As std::format.
template <class... Args> std::string formatted(std::format_string<Args...> pattern, Args&&... args) {
    return vformatted(pattern.get(), std::make_format_args(args...));
}

} // namespace pw
