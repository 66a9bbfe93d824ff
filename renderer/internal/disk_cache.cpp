// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/disk_cache.h"

#include "base/assert.h"
#include "base/file.h"
#include "base/format.h"
#include "base/log.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace pw::renderer {
namespace {

constexpr std::uint64_t kMagic = 0x31'45'48'43'43'41'57'50; // "PWACCHE1"

struct Header {
    std::uint64_t magic, key, size, hash;
};

Header header_of(Bytes payload, std::uint64_t key) { return {kMagic, key, payload.size(), hash64(payload)}; }

bool fits(const Header& header, Bytes payload, std::uint64_t key) {
    return header.magic == kMagic && header.key == key && header.size == payload.size() &&
           header.hash == hash64(payload);
}

std::string path_of(const std::string& folder, std::string_view kind, std::uint64_t key) {
    return join_path(folder, std::string(kind) + "-" + to_hex(key) + ".bin");
}

} // namespace

std::vector<std::byte> wrap_cached(Bytes payload, std::uint64_t key) {
    const Header header = header_of(payload, key);
    std::vector<std::byte> file(sizeof header + payload.size());
    std::memcpy(file.data(), &header, sizeof header);
    if (!payload.empty()) std::memcpy(file.data() + sizeof header, payload.data(), payload.size());
    return file;
}

std::optional<Bytes> unwrap_cached(Bytes file, std::uint64_t key) {
    ByteReader reader(file);
    const auto header = reader.read<Header>();
    if (!reader.ok()) return {};
    const Bytes payload = file.subspan(sizeof header);
    return fits(header, payload, key) ? std::optional(payload) : std::nullopt;
}

std::optional<std::vector<std::byte>> load_cached(const std::string& folder, std::string_view kind, std::uint64_t key) {
    if (folder.empty()) return {};
    const std::string path = path_of(folder, kind, key);
    Header header{};
    auto payload = read_file_after(std::as_writable_bytes(std::span(&header, 1)), path, kMostCached);
    if (!payload && payload.error().code == Errc::NotFound) return {};
    if (!payload || !fits(header, *payload, key)) {
        log_debug("A damaged file in the renderer's cache is made again: " + path);
        return {};
    }
    touch_file(path);
    return std::move(*payload);
}

void store_cached(const std::string& folder, std::string_view kind, std::uint64_t key, Bytes payload) {
    PW_ASSERT(std::ranges::find(kCachedKinds, kind) != kCachedKinds.end(), "trim_cached finds all that is kept");
    if (folder.empty()) return;
    if (sizeof(Header) + payload.size() > kMostCached) {
        log_info(formatted("A {} of {} MiB is too large to be kept, and is made anew each time", kind,
                           payload.size() >> 20));
        return;
    }
    const Header header = header_of(payload, key);
    const std::array parts{std::as_bytes(std::span(&header, 1)), payload};
    Result<void> written = make_folders(folder);
    if (written) written = write_unsynced(path_of(folder, kind, key), parts);
    if (!written) log_warn("The renderer's cache cannot be written: " + written.error().what);
}

void trim_cached(const std::string& folder, std::uint64_t most) {
    if (folder.empty()) return;
    constexpr double kLeftOver_s = 3600.0; // a file that is still being written is younger
    auto files = list_files(folder, "");
    if (!files) return;
    std::erase_if(*files, [](const FileFacts& f) {
        return std::ranges::none_of(kCachedKinds,
                                    [&](auto kind) { return f.name.starts_with(std::string(kind) + "-"); });
    });
    const auto is_part = [](const FileFacts& f) { return extension_of(f.name) == ".part"; };
    std::ranges::sort(*files, {}, &FileFacts::age_s);
    std::uint64_t sum = 0;
    for (const FileFacts& file : *files) {
        if (is_part(file) ? file.age_s < kLeftOver_s : (sum += file.bytes) <= most) continue;
        remove_file(join_path(folder, file.name));
    }
}

} // namespace pw::renderer
