// SPDX-License-Identifier: Apache-2.0
#include "base/spelling.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <vector>

namespace pw {

namespace {

constexpr std::size_t kLongest = 200; // what is longer is no name that somebody typed

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t mistakes(std::string_view a, std::string_view b) {
    std::array<std::vector<std::size_t>, 3> rows; // of the letters of `a`: the one before the last, the last, this one
    for (auto& row : rows) row.resize(b.size() + 1);
    std::iota(rows[1].begin(), rows[1].end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        rows[2][0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = folded(a[i - 1]) == folded(b[j - 1]);
            rows[2][j] = std::min({rows[1][j] + 1, rows[2][j - 1] + 1, rows[1][j - 1] + (same ? 0 : 1)});
            const bool swapped =
                i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]);
            if (swapped) rows[2][j] = std::min(rows[2][j], rows[0][j - 2] + 1);
        }
        std::ranges::rotate(rows, rows.begin() + 1);
    }
    return rows[1][b.size()];
}

} // namespace

std::string_view nearest_name(std::string_view wanted, std::span<const std::string_view> known) {
    if (wanted.empty() || wanted.size() > kLongest) return {};
    std::size_t least = 2 + wanted.size() / 4;
    std::string_view out;
    for (const std::string_view name : known) {
        const std::size_t longer = std::max(name.size(), wanted.size()) - std::min(name.size(), wanted.size());
        if (longer >= least) continue;
        const std::size_t found = mistakes(wanted, name);
        if (found >= least) continue;
        least = found;
        out = name;
    }
    return out;
}

std::string did_you_mean(std::string_view wanted, std::span<const std::string_view> known) {
    const std::string_view meant = nearest_name(wanted, known);
    return meant.empty() ? std::string() : "; did you mean \"" + std::string(meant) + "\"?";
}

} // namespace pw
