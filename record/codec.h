#pragma once
// SPDX-License-Identifier: Apache-2.0
// The three sums and packings of a recording: zstd, CRC-32 and SHA-256. Internal to record/.

#include "base/bytes.h"
#include "base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace pw::record {

using Hash = std::array<std::byte, 32>;

class Sha256 {
  public:
    Sha256();
    Sha256& add(Bytes bytes);
    template <class T> Sha256& add_value(T value) { return add(std::as_bytes(std::span(&value, 1))); }
    Hash finish(); // and begins anew
    ~Sha256();
    Sha256(Sha256&&) noexcept;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

std::uint32_t crc32(Bytes bytes, std::uint32_t before = 0); // as zlib and MCAP have it

class Packer {
  public:
    explicit Packer(int level);
    Packer(Packer&&) noexcept;
    ~Packer();
    void pack(Bytes bytes, std::vector<std::byte>& out); // replaces what is in `out`

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// How many bytes zstd says that it has; nothing inside when it does not say. Malformed: it is not zstd.
Result<std::optional<std::uint64_t>> unpacked_size(Bytes packed);
// zstd into all of `out`. Malformed: it is not zstd, or gives more or less than that.
Result<void> unpack(Bytes packed, std::span<std::byte> out);

std::array<std::byte, 16> random_id();

} // namespace pw::record
