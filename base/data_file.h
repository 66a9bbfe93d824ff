#pragma once
// SPDX-License-Identifier: Apache-2.0
// Large files that are not read or written at once: one that grows at its end, and one that is read in pieces, by this
// or another process and perhaps while it grows. Paths are UTF-8. Not for the frame thread. One thread at a time.

#include "base/bytes.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace pw {

class ReadFile {
  public:
    static Result<ReadFile> open(const std::string& path); // regular files only
    ReadFile(ReadFile&& other) noexcept;
    ReadFile& operator=(ReadFile&& other) noexcept;
    ~ReadFile();

    Result<std::uint64_t> size() const; // now
    // How many bytes it got: fewer than asked for only at the end.
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const;

  private:
    friend class AppendFile;
    ReadFile() = default;
    int fd_ = -1;
    std::string path_;
};

enum class Existing : std::uint8_t { Refuse, Replace }; // Replace: whoever reads the old one keeps it

class AppendFile {
  public:
    static Result<AppendFile> create(const std::string& path, Existing existing);
    // Without a name, on the folder's disk, for this user alone (mode 0600): it is gone when this process has ended,
    // however it ends, and who wants to read it takes reader().
    static Result<AppendFile> create_nameless(const std::string& folder);
    AppendFile(AppendFile&& other) noexcept;
    AppendFile& operator=(AppendFile&& other) noexcept;
    ~AppendFile();

    // With one write() where the system lets us. What could be written only in part is cut off again: afterwards the
    // file ends as it did before.
    Result<void> append(Bytes bytes);
    Result<void> cut(std::uint64_t size); // back to a size that it had
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const;
    std::uint64_t size() const { return size_; }
    Result<void> look_whole() const; // Unavailable: somebody removed the file, or made it shorter
    // These three from any thread.
    Result<void> sync() const;                // waits until the disk has what was appended before
    Result<ReadFile> reader() const;          // the same file, by a descriptor of its own
    Result<std::uint64_t> free_space() const; // bytes that this user can still write to its disk

  private:
    AppendFile() = default;
    int fd_ = -1;
    bool named_ = true;
    std::uint64_t size_ = 0;
    std::string path_;
};

} // namespace pw
