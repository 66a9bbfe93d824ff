#pragma once
// SPDX-License-Identifier: Apache-2.0
// Results of long computations, kept on disk by the content they were made from. A file is a header (magic, key, size,
// hash) and the payload; what is missing, damaged or of another key is not there, and is made again. Programs may share
// a folder, and be killed at any time. Not for the frame loop.

#include "base/bytes.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pw::renderer {

inline constexpr std::uint64_t kMostCached = 512u << 20; // bytes of one file; what is larger is not kept, and told
inline constexpr std::uint64_t kMostKept = 2ull << 30;   // of all files together
inline constexpr std::array<std::string_view, 5> kCachedKinds{"dfg", "environment", "font", "levels", "texture"};

std::vector<std::byte> wrap_cached(Bytes payload, std::uint64_t key);
// The payload inside `file`; nothing when the file is not whole or was made for another key.
std::optional<Bytes> unwrap_cached(Bytes file, std::uint64_t key);

// An empty folder: nothing is found and nothing is kept. `kind`, of kCachedKinds, starts the file's name.
std::optional<std::vector<std::byte>> load_cached(const std::string& folder, std::string_view kind, std::uint64_t key);
void store_cached(const std::string& folder, std::string_view kind, std::uint64_t key, Bytes payload);
// Of the files of all kinds, takes away those that were stored or loaded longest ago until `most` bytes are left, and
// what programs that were killed have left over.
void trim_cached(const std::string& folder, std::uint64_t most = kMostKept);

} // namespace pw::renderer
