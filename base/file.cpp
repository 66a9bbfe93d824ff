// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include "base/handle.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <format>

namespace pw {

namespace fs = std::filesystem;

namespace {

void close_file(int fd_plus_one) { ::close(fd_plus_one - 1); }
using File = Handle<int, close_file>; // holds fd + 1, so that 0 means none

std::unexpected<Error> fail_errno(const char* doing, const std::string& path) {
    const int e = errno;
    const Errc code = e == ENOENT || e == ENOTDIR               ? Errc::NotFound
                      : e == EACCES || e == EPERM || e == EROFS ? Errc::Refused
                      : e == ENOSPC || e == ENOMEM              ? Errc::Exhausted
                                                                : Errc::Unavailable;
    return fail(code, std::format("cannot {}: {}: {}", doing, std::strerror(e), path));
}

Result<std::pair<File, std::uint64_t>> open_for_reading(const std::string& path) {
    File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC) + 1);
    if (!file) return fail_errno("open", path);
    struct stat info{};
    if (::fstat(file.get() - 1, &info) != 0) return fail_errno("read", path);
    if (!S_ISREG(info.st_mode)) return fail(Errc::Malformed, "not a regular file: " + path);
    return std::pair(std::move(file), static_cast<std::uint64_t>(info.st_size));
}

std::string env(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string home_folder(const char* variable, const char* under_home) {
    std::string folder = env(variable);
    if (folder.empty()) folder = join_path(env("HOME"), under_home);
    return join_path(folder, "plantwalk");
}

} // namespace

Result<std::vector<std::byte>> read_file(const std::string& path, std::uint64_t max_size) {
    auto opened = open_for_reading(path);
    if (!opened) return std::unexpected(opened.error());
    const auto& [file, size] = *opened;
    if (size > max_size) return fail(Errc::Exhausted, std::format("{} bytes are too many: {}", size, path));
    std::vector<std::byte> bytes(size);
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::read(file.get() - 1, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno("read", path);
        if (n == 0) break; // it became shorter while we read
        done += static_cast<std::size_t>(n);
    }
    bytes.resize(done);
    return bytes;
}

Result<std::string> read_text(const std::string& path, std::uint64_t max_size) {
    auto bytes = read_file(path, max_size);
    if (!bytes) return std::unexpected(bytes.error());
    return std::string(as_text(*bytes));
}

Result<void> write_file(const std::string& path, Bytes bytes) {
    const std::string draft = std::format("{}.{}.part", path, ::getpid());
    File file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) + 1);
    if (!file) return fail_errno("write", path);
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::write(file.get() - 1, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            auto error = fail_errno("write", path);
            ::unlink(draft.c_str());
            return error;
        }
        done += static_cast<std::size_t>(n);
    }
    file.reset();
    if (::rename(draft.c_str(), path.c_str()) != 0) {
        auto error = fail_errno("write", path);
        ::unlink(draft.c_str());
        return error;
    }
    return {};
}

Result<MappedFile> MappedFile::open(const std::string& path) {
    auto opened = open_for_reading(path);
    if (!opened) return std::unexpected(opened.error());
    const auto& [file, size] = *opened;
    MappedFile out;
    if (size == 0) return out;
    void* p = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get() - 1, 0);
    if (p == MAP_FAILED) return fail_errno("map", path);
    out.bytes_ = {static_cast<const std::byte*>(p), size};
    return out;
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
}
MappedFile::~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

bool file_exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

bool is_folder(const std::string& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

Result<void> make_folders(const std::string& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error && !is_folder(path)) {
        return fail(Errc::Refused, std::format("cannot make the folder: {}: {}", error.message(), path));
    }
    return {};
}

Result<std::vector<std::string>> list_folder(const std::string& path) {
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
        names.push_back(it->path().filename().string());
    }
    if (error) return fail(Errc::NotFound, std::format("cannot list: {}: {}", error.message(), path));
    std::ranges::sort(names);
    return names;
}

Result<std::string> make_temp_folder(std::string_view prefix) {
    const std::string base = env("TMPDIR").empty() ? "/tmp" : env("TMPDIR");
    std::string path = join_path(base, std::string(prefix) + "XXXXXX");
    if (::mkdtemp(path.data()) == nullptr) return fail_errno("make a temporary folder", path);
    return path;
}

void remove_folder(const std::string& path) {
    std::error_code ignored;
    fs::remove_all(path, ignored);
}

std::string folder_of(std::string_view path) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string_view::npos) return ".";
    return std::string(slash == 0 ? "/" : path.substr(0, slash));
}

std::string file_name_of(std::string_view path) {
    const auto slash = path.find_last_of('/');
    return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::string extension_of(std::string_view path) {
    const std::string name = file_name_of(path);
    const auto dot = name.find_last_of('.');
    if (dot == std::string::npos || dot == 0) return "";
    std::string extension = name.substr(dot);
    for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return extension;
}

std::string join_path(std::string_view a, std::string_view b) {
    if (a.empty() || b.starts_with('/')) return std::string(b);
    if (a.ends_with('/')) return std::string(a) + std::string(b);
    return std::string(a) + "/" + std::string(b);
}

std::string user_config_folder() { return home_folder("XDG_CONFIG_HOME", ".config"); }
std::string user_cache_folder() { return home_folder("XDG_CACHE_HOME", ".cache"); }

std::string user_runtime_folder() {
    std::string folder = env("XDG_RUNTIME_DIR");
    if (folder.empty()) folder = std::format("/tmp/plantwalk-{}", ::getuid());
    folder = join_path(folder, "plantwalk");
    if (make_folders(folder)) ::chmod(folder.c_str(), 0700);
    return folder;
}

std::string assets_folder() {
    if (const std::string set = env("PLANTWALK_ASSETS"); !set.empty()) return set;
    char program[PATH_MAX];
    const ssize_t n = ::readlink("/proc/self/exe", program, sizeof program);
    std::string folder = folder_of(std::string_view(program, n > 0 ? static_cast<std::size_t>(n) : 0));
    for (int up = 0; up < 4; ++up) { // build/<preset>/app/plantwalk, or bin/plantwalk beside share/
        for (const char* candidate : {"assets", "share/plantwalk/assets"}) {
            if (is_folder(join_path(folder, candidate) + "/models")) return join_path(folder, candidate);
        }
        folder = folder_of(folder);
    }
    return "assets";
}

std::string find_font(std::string_view name) {
    for (const auto& folder : {join_path(assets_folder(), "fonts"), std::string("/usr/share/fonts/opentype/inter")}) {
        if (std::string file = join_path(folder, name); file_exists(file)) return file;
    }
    return "";
}

} // namespace pw
