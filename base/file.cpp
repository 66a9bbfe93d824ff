// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include "base/fail_errno.h"
#include "base/format.h"
#include "base/handle.h"

#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace pw {

namespace fs = std::filesystem;

std::unexpected<Error> fail_errno(const char* doing, const std::string& path) {
    const int e = errno;
    const Errc code = e == ENOENT || e == ENOTDIR                               ? Errc::NotFound
                      : e == EACCES || e == EPERM || e == EROFS                 ? Errc::Refused
                      : e == ENOSPC || e == ENOMEM || e == EFBIG || e == EDQUOT ? Errc::Exhausted
                                                                                : Errc::Unavailable;
    return fail(code, formatted("cannot {}: {}: {}", doing, std::strerror(e), path));
}

namespace {

void close_file(int fd_plus_one) { ::close(fd_plus_one - 1); }
using File = Handle<int, close_file>; // holds fd + 1, so that 0 means none

Result<std::pair<File, std::uint64_t>> open_for_reading(const std::string& path) {
    // O_NONBLOCK: a pipe of that name must not hold us until somebody writes into it
    File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) + 1);
    if (!file) return fail_errno("open", path);
    struct stat info{};
    if (::fstat(file.get() - 1, &info) != 0) return fail_errno("read", path);
    if (!S_ISREG(info.st_mode)) return fail(Errc::Malformed, "not a regular file: " + path);
    return std::pair(std::move(file), static_cast<std::uint64_t>(info.st_size));
}

// A new file beside `path`, with its name. Threads and processes do not get each other's.
Result<std::pair<File, std::string>> make_draft(const std::string& path, mode_t mode) {
    static std::atomic<unsigned> count{0};
    while (true) {
        std::string name = formatted("{}.{}-{}.part", path, ::getpid(), count.fetch_add(1));
        File file(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode) + 1);
        if (file) return std::pair(std::move(file), std::move(name));
        if (errno != EEXIST) return fail_errno("write", path); // else left over by a program that was killed
    }
}

Result<void> write_all(const File& file, Bytes bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(file.get() - 1, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno("write", path);
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return {};
}

// Makes the folder, or finds it, as one that nobody else can look or write into. In /tmp anybody may have been first.
Result<std::string> private_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno("make the folder", path);
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) return fail_errno("look at the folder", path);
    if (!S_ISDIR(info.st_mode) || info.st_uid != ::getuid() || (info.st_mode & 077) != 0)
        return fail(Errc::Refused, "not a folder of this user alone (mode 0700): " + path);
    return path;
}

std::string env(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

// Without HOME, as for a service, what the system knows: never the folder that we happen to be in.
std::string user_home() {
    if (std::string set = env("HOME"); !set.empty()) return set;
    const passwd* user = ::getpwuid(::getuid());
    return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "/nonexistent";
}

// What xdg-user-dirs keeps, a line each: XDG_PICTURES_DIR="$HOME/Bilder". Nothing without one, or where it is neither
// below the home nor absolute.
std::string declared_pictures(const std::string& file) {
    constexpr std::string_view kKey = "\nXDG_PICTURES_DIR=\"", kHome = "$HOME";
    const std::string dirs = "\n" + read_text(file, 1u << 16).value_or("");
    const std::size_t at = dirs.find(kKey);
    if (at == std::string::npos) return {};
    const std::size_t begin = at + kKey.size();
    const std::string folder = dirs.substr(begin, dirs.find('"', begin) - begin);
    if (folder == kHome || folder.starts_with("$HOME/")) return user_home() + folder.substr(kHome.size());
    return folder.starts_with('/') ? folder : "";
}

std::string home_folder(const char* variable, const char* under_home) {
    std::string folder = env(variable);
    if (!folder.starts_with('/')) folder = join_path(user_home(), under_home); // what is relative does not count
    return join_path(folder, "plantwalk");
}

} // namespace

namespace {

// How many bytes there were of them.
Result<std::size_t> read_into(const File& file, std::span<std::byte> to, const std::string& path) {
    std::size_t done = 0;
    while (done < to.size()) {
        const ssize_t n = ::read(file.get() - 1, to.data() + done, to.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno("read", path);
        if (n == 0) break; // it became shorter while we read
        done += static_cast<std::size_t>(n);
    }
    return done;
}

} // namespace

Result<std::vector<std::byte>> read_file_after(std::span<std::byte> head, const std::string& path,
                                               std::uint64_t max_size) {
    auto opened = open_for_reading(path);
    if (!opened) return std::unexpected(opened.error());
    const auto& [file, size] = *opened;
    if (size > max_size) return fail(Errc::Exhausted, formatted("{} bytes are too many: {}", size, path));
    if (const auto first = read_into(file, head, path); !first || *first < head.size())
        return first ? fail(Errc::Malformed, "cut off: " + path) : std::unexpected(first.error());
    std::vector<std::byte> bytes(size > head.size() ? size - head.size() : 0);
    const auto done = read_into(file, bytes, path);
    if (!done) return std::unexpected(done.error());
    bytes.resize(*done);
    return bytes;
}

Result<std::vector<std::byte>> read_file(const std::string& path, std::uint64_t max_size) {
    return read_file_after({}, path, max_size);
}

Result<std::string> read_text(const std::string& path, std::uint64_t max_size) {
    auto bytes = read_file(path, max_size);
    if (!bytes) return std::unexpected(bytes.error());
    return std::string(as_text(*bytes));
}

namespace {

enum class Keep : std::uint8_t { OnDisk, Unsynced };

Result<void> write_new_file(const std::string& path, std::span<const Bytes> parts, bool only_ours,
                            Keep keep = Keep::OnDisk) {
    struct stat old{};
    const bool exists = ::stat(path.c_str(), &old) == 0;
    const bool replaces = exists && !only_ours; // and hands on its mode
    if (exists && !S_ISREG(old.st_mode)) return fail(Errc::Refused, "not a regular file: " + path);
    auto draft = make_draft(path, replaces || only_ours ? 0600 : 0666);
    if (!draft) return std::unexpected(draft.error());
    auto& [file, name] = *draft;
    Result<void> done;
    for (const Bytes part : parts)
        if (done) done = write_all(file, part, path);
    if (done && replaces && ::fchmod(file.get() - 1, old.st_mode & 0777) != 0) done = fail_errno("write", path);
    if (done && keep == Keep::OnDisk && ::fsync(file.get() - 1) != 0) done = fail_errno("write", path);
    if (::close(file.release() - 1) != 0 && done) done = fail_errno("write", path);
    if (done && ::rename(name.c_str(), path.c_str()) != 0) done = fail_errno("write", path);
    if (!done) {
        ::unlink(name.c_str());
        return done;
    }
    if (keep == Keep::Unsynced) return done;
    const File folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) + 1);
    if (folder) ::fsync(folder.get() - 1); // the new name; some file systems cannot, and keep it anyway
    return done;
}

} // namespace

Result<void> write_file(const std::string& path, Bytes bytes) {
    std::error_code none;
    const fs::path target = fs::is_symlink(path, none) ? fs::canonical(path, none) : fs::path();
    return write_new_file(target.empty() ? path : target.string(), {&bytes, 1}, /* only_ours= */ false);
}

Result<void> write_private_file(const std::string& path, Bytes bytes) {
    return write_new_file(path, {&bytes, 1}, /* only_ours= */ true);
}

Result<void> write_unsynced(const std::string& path, std::span<const Bytes> parts) {
    return write_new_file(path, parts, /* only_ours= */ false, Keep::Unsynced);
}

void end_file_lock(int fd_plus_one) { close_file(fd_plus_one); }

Result<FileLock> lock_file(const std::string& path) {
    FileLock file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600) + 1);
    if (!file) return fail_errno("open", path);
    while (::flock(file.get() - 1, LOCK_EX) != 0) {
        if (errno != EINTR) return fail_errno("lock", path);
    }
    return file;
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
        return fail(Errc::Refused, formatted("cannot make the folder: {}: {}", error.message(), path));
    }
    return {};
}

Result<std::vector<std::string>> list_folder(const std::string& path) {
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
        names.push_back(it->path().filename().string());
    }
    if (error) {
        std::error_code ignored; // a link that leads nowhere is there
        const bool there = fs::exists(fs::symlink_status(path, ignored));
        return fail(there ? Errc::Refused : Errc::NotFound, formatted("cannot list: {}: {}", error.message(), path));
    }
    std::ranges::sort(names);
    return names;
}

Result<std::vector<FileFacts>> list_files(const std::string& folder, std::string_view prefix) {
    const auto names = list_folder(folder);
    if (!names) return std::unexpected(names.error());
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    std::vector<FileFacts> out;
    for (const std::string& name : *names) {
        struct stat info{};
        if (!name.starts_with(prefix) || ::lstat(join_path(folder, name).c_str(), &info) != 0) continue;
        if (!S_ISREG(info.st_mode)) continue;
        const double age_s = static_cast<double>(now.tv_sec - info.st_mtim.tv_sec) +
                             static_cast<double>(now.tv_nsec - info.st_mtim.tv_nsec) * 1e-9;
        out.push_back({name, static_cast<std::uint64_t>(info.st_size), age_s});
    }
    return out;
}

void touch_file(const std::string& path) { ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0); }

Result<std::string> make_temp_folder(std::string_view prefix) {
    const std::string base = env("TMPDIR").empty() ? "/tmp" : env("TMPDIR");
    std::string path = join_path(base, std::string(prefix) + "XXXXXX");
    if (::mkdtemp(path.data()) == nullptr) return fail_errno("make a temporary folder", path);
    return path;
}

void remove_file(const std::string& path) { ::unlink(path.c_str()); }

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

std::string absolute_path(const std::string& path) {
    std::error_code ignored;
    const fs::path absolute = fs::absolute(path, ignored);
    return ignored ? path : absolute.lexically_normal().string();
}

std::string user_config_folder() { return home_folder("XDG_CONFIG_HOME", ".config"); }
std::string user_cache_folder() { return home_folder("XDG_CACHE_HOME", ".cache"); }
std::string user_data_folder() { return home_folder("XDG_DATA_HOME", ".local/share"); }
std::string user_state_folder() { return home_folder("XDG_STATE_HOME", ".local/state"); }

std::string user_pictures_folder() {
    std::string folder = env("XDG_PICTURES_DIR");
    if (!folder.starts_with('/'))
        folder = declared_pictures(join_path(folder_of(user_config_folder()), "user-dirs.dirs"));
    return join_path(folder.empty() ? join_path(user_home(), "Pictures") : folder, "plantwalk");
}

Result<std::string> user_runtime_folder() {
    const std::string set = env("XDG_RUNTIME_DIR");
    if (!set.empty()) {
        if (const Result<void> made = make_folders(set); !made) return std::unexpected(made.error());
        return private_folder(join_path(set, "plantwalk"));
    }
    return private_folder(formatted("/tmp/plantwalk-{}", ::getuid()));
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
