#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where the bytes of a recording come from: a file that may be growing, or memory (what arrived otherwise, and tests).

#include "base/bytes.h"
#include "base/data_file.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pw::record {

class Source {
  public:
    virtual ~Source() = default;
    virtual Result<std::uint64_t> size() = 0;
    // Fewer bytes than asked for only at the end.
    virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) = 0;
};

Result<std::unique_ptr<Source>> file_source(const std::string& path);
std::unique_ptr<Source> file_source(ReadFile file);
std::unique_ptr<Source> memory_source(std::vector<std::byte> bytes);

// Reads a source from front to end through a window of a few pages.
class Window {
  public:
    explicit Window(Source& source) : source_(source) {}
    // `count` bytes at `offset`, at most so many as there are; valid until the next call.
    Result<Bytes> at(std::uint64_t offset, std::size_t count);
    void forget() { bytes_.clear(); }

  private:
    Source& source_;
    std::vector<std::byte> bytes_;
    std::uint64_t begin_ = 0;
};

} // namespace pw::record
