// SPDX-License-Identifier: Apache-2.0
#include "base/data_file.h"

#include "base/fail_errno.h"
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace pw {

namespace {

constexpr std::size_t kMostAtOnce = 1u << 30; // Linux moves a little under 2 GiB in one call

Result<std::size_t> read_all_at(int fd, std::uint64_t offset, std::span<std::byte> out, const std::string& path) {
    std::size_t done = 0;
    while (done < out.size()) {
        const std::size_t piece = std::min(out.size() - done, kMostAtOnce);
        const ssize_t n = ::pread(fd, out.data() + done, piece, static_cast<off_t>(offset + done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno("read", path);
        if (n == 0) break;
        done += static_cast<std::size_t>(n);
    }
    return done;
}

void close_fd(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
}

} // namespace

Result<ReadFile> ReadFile::open(const std::string& path) {
    ReadFile file;
    // O_NONBLOCK: a pipe of that name must not hold us until somebody writes into it
    file.fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    file.path_ = path;
    if (file.fd_ < 0) return fail_errno("open", path);
    struct stat info{};
    if (::fstat(file.fd_, &info) != 0) return fail_errno("read", path);
    if (!S_ISREG(info.st_mode)) return fail(Errc::Malformed, "not a regular file: " + path);
    return file;
}

ReadFile::ReadFile(ReadFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
ReadFile& ReadFile::operator=(ReadFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(path_, other.path_);
    return *this;
}
ReadFile::~ReadFile() { close_fd(fd_); }

Result<std::uint64_t> ReadFile::size() const {
    struct stat info{};
    if (::fstat(fd_, &info) != 0) return fail_errno("read", path_);
    return static_cast<std::uint64_t>(info.st_size);
}

Result<std::size_t> ReadFile::read_at(std::uint64_t offset, std::span<std::byte> out) const {
    return read_all_at(fd_, offset, out, path_);
}

Result<AppendFile> AppendFile::create(const std::string& path, Existing existing) {
    struct stat old{};
    if (existing == Existing::Replace && ::lstat(path.c_str(), &old) == 0) {
        if (!S_ISREG(old.st_mode)) return fail(Errc::Refused, "not a regular file: " + path);
        if (::unlink(path.c_str()) != 0) return fail_errno("replace", path);
    }
    AppendFile file;
    file.fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    file.path_ = path;
    if (file.fd_ < 0 && errno == EEXIST) return fail(Errc::Refused, "there is a file of that name already: " + path);
    if (file.fd_ < 0) return fail_errno("write", path);
    int folder = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) ::fsync(folder); // the new name; some file systems cannot, and keep it anyway
    close_fd(folder);
    return file;
}

Result<AppendFile> AppendFile::create_nameless(const std::string& folder) {
    AppendFile file;
    file.named_ = false;
    file.path_ = folder;
    file.fd_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
    if (file.fd_ < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) { // some file systems want a name first
        std::string name = join_path(folder, "recordingXXXXXX");
        file.fd_ = ::mkostemp(name.data(), O_APPEND | O_CLOEXEC);
        if (file.fd_ >= 0) ::unlink(name.c_str());
    }
    if (file.fd_ < 0) return fail_errno("write in the folder", folder);
    return file;
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), named_(other.named_), size_(other.size_), path_(std::move(other.path_)) {}
AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(size_, other.size_);
    std::swap(path_, other.path_);
    return *this;
}
AppendFile::~AppendFile() { close_fd(fd_); }

Result<void> AppendFile::append(Bytes bytes) {
    const std::uint64_t before = size_;
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd_, bytes.data(), std::min(bytes.size(), kMostAtOnce));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            const auto failed = fail_errno("write", path_);
            (void)cut(before); // a disk that is full can still do this
            return failed;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(n));
        size_ += static_cast<std::uint64_t>(n);
    }
    return {};
}

Result<void> AppendFile::cut(std::uint64_t size) {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return fail_errno("cut", path_);
    size_ = size;
    return {};
}

Result<void> AppendFile::sync() const {
    if (::fdatasync(fd_) != 0 && errno != EINVAL) return fail_errno("write", path_); // EINVAL: nothing to wait for
    return {};
}

Result<ReadFile> AppendFile::reader() const {
    ReadFile file;
    file.fd_ = ::fcntl(fd_, F_DUPFD_CLOEXEC, 0);
    file.path_ = path_;
    if (file.fd_ < 0) return fail_errno("open", path_);
    return file;
}

Result<void> AppendFile::look_whole() const {
    struct stat now{};
    if (::fstat(fd_, &now) != 0) return fail_errno("look at", path_);
    if (named_ && now.st_nlink == 0) return fail(Errc::Unavailable, path_ + " was removed while it was written");
    if (static_cast<std::uint64_t>(now.st_size) < size_)
        return fail(Errc::Unavailable, path_ + " was made shorter while it was written");
    return {};
}

Result<std::uint64_t> AppendFile::free_space() const {
    struct statvfs disk{};
    if (::fstatvfs(fd_, &disk) != 0) return fail_errno("look at the disk of", path_);
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

Result<std::size_t> AppendFile::read_at(std::uint64_t offset, std::span<std::byte> out) const {
    return read_all_at(fd_, offset, out, path_);
}

} // namespace pw
