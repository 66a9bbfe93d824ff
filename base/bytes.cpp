// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <array>

namespace pw {

Bytes ByteReader::take(std::size_t count) {
    if (!ok_ || count > rest_.size()) {
        ok_ = false;
        return {};
    }
    const Bytes piece = rest_.first(count);
    rest_ = rest_.subspan(count);
    return piece;
}

namespace {

constexpr std::array<std::int16_t, 256> kBase64 = [] {
    std::array<std::int16_t, 256> table{};
    table.fill(-1);
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int16_t>(i);
    }
    return table;
}();

} // namespace

Result<std::vector<std::byte>> from_base64(std::string_view text) {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    std::vector<std::byte> out;
    out.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const int value = kBase64[static_cast<unsigned char>(c)];
        if (value < 0) return fail(Errc::Malformed, "not base64");
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<std::byte>((bits >> count) & 0xffu));
        }
    }
    if (count == 6) return fail(Errc::Malformed, "base64 ends within a byte");
    return out;
}

// XXH64, as its public specification describes it (github.com/Cyan4973/xxHash, doc/xxhash_spec.md).
namespace {

constexpr std::uint64_t kP1 = 0x9E3779B185EBCA87u, kP2 = 0xC2B2AE3D27D4EB4Fu, kP3 = 0x165667B19E3779F9u,
                        kP4 = 0x85EBCA77C2B2AE63u, kP5 = 0x27D4EB2F165667C5u;

template <class T> T load(const std::byte* p) {
    T value;
    std::memcpy(&value, p, sizeof value);
    return value;
}

std::uint64_t round64(std::uint64_t acc, std::uint64_t lane) { return std::rotl(acc + lane * kP2, 31) * kP1; }
std::uint64_t merge64(std::uint64_t acc, std::uint64_t lane) { return (acc ^ round64(0, lane)) * kP1 + kP4; }

} // namespace

std::uint64_t hash64(Bytes bytes, std::uint64_t seed) {
    const std::byte* p = bytes.data();
    const std::byte* const end = p + bytes.size();
    std::uint64_t h = seed + kP5;
    if (bytes.size() >= 32) {
        std::uint64_t v1 = seed + kP1 + kP2, v2 = seed + kP2, v3 = seed, v4 = seed - kP1;
        for (; end - p >= 32; p += 32) {
            v1 = round64(v1, load<std::uint64_t>(p));
            v2 = round64(v2, load<std::uint64_t>(p + 8));
            v3 = round64(v3, load<std::uint64_t>(p + 16));
            v4 = round64(v4, load<std::uint64_t>(p + 24));
        }
        h = std::rotl(v1, 1) + std::rotl(v2, 7) + std::rotl(v3, 12) + std::rotl(v4, 18);
        for (const std::uint64_t v : {v1, v2, v3, v4}) h = merge64(h, v);
    }
    h += bytes.size();
    for (; end - p >= 8; p += 8) h = std::rotl(h ^ round64(0, load<std::uint64_t>(p)), 27) * kP1 + kP4;
    if (end - p >= 4) {
        h = std::rotl(h ^ (load<std::uint32_t>(p) * kP1), 23) * kP2 + kP3;
        p += 4;
    }
    for (; p < end; ++p) h = std::rotl(h ^ (std::to_integer<std::uint64_t>(*p) * kP5), 11) * kP1;
    h ^= h >> 33;
    h *= kP2;
    h ^= h >> 29;
    h *= kP3;
    return h ^ (h >> 32);
}

std::string to_hex(Bytes bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::byte b : bytes) {
        out += kDigits[std::to_integer<std::size_t>(b >> 4)];
        out += kDigits[std::to_integer<std::size_t>(b & std::byte{15})];
    }
    return out;
}

std::string to_hex(std::uint64_t value) {
    const std::uint64_t highest_first = std::byteswap(value);
    return to_hex(std::as_bytes(std::span(&highest_first, 1)));
}

} // namespace pw
