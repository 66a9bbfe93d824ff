#pragma once
// SPDX-License-Identifier: Apache-2.0
// The luck of a simulation: xoshiro256** (Blackman, Vigna 2018), seeded through splitmix64. Each machine has a stream
// for each purpose, made from the seed, the replication and the machine's id, so that a machine that is added changes
// nobody else's luck (common random numbers). Integers only up to uniform(): the same numbers on every machine.

#include "base/bytes.h"

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace pw::simulation {

// One step of splitmix64: advances `state` and gives the next number.
constexpr std::uint64_t splitmix64(std::uint64_t& state) {
    state += 0x9e37'79b9'7f4a'7c15u;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9u;
    z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11ebu;
    return z ^ (z >> 31);
}

struct Stream {
    std::array<std::uint64_t, 4> s{}; // not all zero

    constexpr std::uint64_t next() {
        const std::uint64_t result = std::rotl(s[1] * 5, 7) * 9;
        const std::uint64_t t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = std::rotl(s[3], 45);
        return result;
    }

    // In (0, 1), never an end, a multiple of 2^-53 plus 2^-54: 1 - u is as good a draw as u.
    constexpr double uniform() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52; }
};

constexpr Stream make_stream(std::uint64_t seed) {
    Stream out;
    for (std::uint64_t& word : out.s) word = splitmix64(seed);
    return out;
}

// What a machine draws for; the numbers are part of every stored hash and stay as they are.
enum class Purpose : std::uint32_t {
    Arrival = 1,
    Service = 2,
    Route = 3,
    Quality = 4,
    Changeover = 5,
    Load = 6,
    Failure = 16, // and up: the interval of failure n is Failure + 2 n, its repair the number after it
};

inline Stream make_stream(std::uint64_t seed, std::uint32_t replication, std::string_view id, std::uint32_t purpose) {
    std::uint64_t state = seed;
    std::uint64_t mixed = splitmix64(state) ^ (std::uint64_t{replication} << 32 | purpose);
    mixed = splitmix64(mixed) ^ hash64(as_bytes(id));
    return make_stream(splitmix64(mixed));
}

} // namespace pw::simulation
