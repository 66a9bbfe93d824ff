#pragma once
// SPDX-License-Identifier: Apache-2.0
// Bytes that somebody else wrote, and hashes of them. Nothing here reads past the end of what it was given.

#include "base/result.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pw {

using Bytes = std::span<const std::byte>;

inline Bytes as_bytes(std::string_view s) { return std::as_bytes(std::span(s.data(), s.size())); }
inline std::string_view as_text(Bytes b) { return {reinterpret_cast<const char*>(b.data()), b.size()}; }

// Reads little-endian values from the front of a span. After a read past the end ok() is false and every further read
// gives zero.
class ByteReader {
  public:
    explicit ByteReader(Bytes bytes) : rest_(bytes) {}

    template <class T> T read() {
        static_assert(std::is_trivially_copyable_v<T> && std::endian::native == std::endian::little);
        T value{};
        const Bytes piece = take(sizeof(T));
        if (!piece.empty()) std::memcpy(&value, piece.data(), sizeof(T));
        return value;
    }
    Bytes take(std::size_t count);
    std::size_t left() const { return rest_.size(); }
    bool ok() const { return ok_; }

  private:
    Bytes rest_;
    bool ok_ = true;
};

// `count` × `size`, or nothing when it does not fit. Sizes from files are multiplied only through this.
constexpr std::optional<std::size_t> checked_mul(std::size_t count, std::size_t size) {
    std::size_t out = 0;
    if (__builtin_mul_overflow(count, size, &out)) return std::nullopt;
    return out;
}

// RFC 4648, with or without padding; refuses other characters.
Result<std::vector<std::byte>> from_base64(std::string_view text);

// 64-bit content hash (XXH64 with seed 0, public specification). For caches and change detection, not for security.
std::uint64_t hash64(Bytes bytes, std::uint64_t seed = 0);
std::string to_hex(std::uint64_t value); // 16 digits
std::string to_hex(Bytes bytes);         // two digits each

} // namespace pw
