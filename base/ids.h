#pragma once
// SPDX-License-Identifier: Apache-2.0
// Distinct index types: a NodeId cannot be passed where a TagId is meant. An Id points into one table of one owner.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace pw {

template <class Tag> struct Id {
    static constexpr std::uint32_t kNone = 0xffff'ffffu;
    std::uint32_t index = kNone;

    constexpr bool valid() const { return index != kNone; }
    constexpr explicit operator bool() const { return valid(); }
    friend constexpr auto operator<=>(Id, Id) = default;
};

} // namespace pw

template <class Tag> struct std::hash<pw::Id<Tag>> {
    std::size_t operator()(pw::Id<Tag> id) const noexcept { return std::hash<std::uint32_t>{}(id.index); }
};
