// SPDX-License-Identifier: Apache-2.0
#include "record/source.h"

#include <algorithm>
#include <utility>

namespace pw::record {

namespace {

constexpr std::size_t kWindow = 64u << 10;

class FileSource final : public Source {
  public:
    explicit FileSource(ReadFile file) : file_(std::move(file)) {}
    Result<std::uint64_t> size() override { return file_.size(); }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
        return file_.read_at(offset, out);
    }

  private:
    ReadFile file_;
};

class MemorySource final : public Source {
  public:
    explicit MemorySource(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
    Result<std::uint64_t> size() override { return bytes_.size(); }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
        if (offset >= bytes_.size()) return 0;
        const Bytes there = Bytes(bytes_).subspan(offset);
        const std::size_t count = std::min(out.size(), there.size());
        std::ranges::copy(there.first(count), out.begin());
        return count;
    }

  private:
    std::vector<std::byte> bytes_;
};

} // namespace

Result<std::unique_ptr<Source>> file_source(const std::string& path) {
    auto file = ReadFile::open(path);
    if (!file) return std::unexpected(file.error());
    return file_source(std::move(*file));
}

std::unique_ptr<Source> file_source(ReadFile file) { return std::make_unique<FileSource>(std::move(file)); }

std::unique_ptr<Source> memory_source(std::vector<std::byte> bytes) {
    return std::make_unique<MemorySource>(std::move(bytes));
}

Result<Bytes> Window::at(std::uint64_t offset, std::size_t count) {
    const std::uint64_t skip = offset - begin_;
    if (offset < begin_ || skip > bytes_.size() || count > bytes_.size() - skip) {
        bytes_.resize(std::max(kWindow, count));
        begin_ = offset;
        const auto got = source_.read_at(offset, bytes_);
        bytes_.resize(got.value_or(0));
        if (!got) return std::unexpected(got.error());
        return Bytes(bytes_).first(std::min(count, bytes_.size()));
    }
    return Bytes(bytes_).subspan(skip, count);
}

} // namespace pw::record
