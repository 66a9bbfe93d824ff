// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/disk_cache.h"

#include "base/file.h"
#include "base/log.h"

#include <cstring>

namespace pw::renderer {
namespace {

constexpr std::uint64_t kMagic = 0x31'45'48'43'43'41'57'50; // "PWACCHE1"
constexpr std::uint64_t kMaxSize = 256u << 20;

struct Header {
    std::uint64_t magic, key, size, hash;
};

std::string path_of(const std::string& folder, std::string_view kind, std::uint64_t key) {
    return join_path(folder, std::string(kind) + "-" + to_hex(key) + ".bin");
}

} // namespace

std::vector<std::byte> wrap_cached(Bytes payload, std::uint64_t key) {
    const Header header{kMagic, key, payload.size(), hash64(payload)};
    std::vector<std::byte> file(sizeof header + payload.size());
    std::memcpy(file.data(), &header, sizeof header);
    if (!payload.empty()) std::memcpy(file.data() + sizeof header, payload.data(), payload.size());
    return file;
}

std::optional<Bytes> unwrap_cached(Bytes file, std::uint64_t key) {
    ByteReader reader(file);
    const auto header = reader.read<Header>();
    if (!reader.ok() || header.magic != kMagic || header.key != key || header.size != reader.left()) return {};
    const Bytes payload = file.subspan(sizeof header);
    if (hash64(payload) != header.hash) return {};
    return payload;
}

std::optional<std::vector<std::byte>> load_cached(const std::string& folder, std::string_view kind, std::uint64_t key) {
    if (folder.empty()) return {};
    Result<std::vector<std::byte>> file = read_file(path_of(folder, kind, key), kMaxSize);
    if (!file) return {};
    const std::optional<Bytes> payload = unwrap_cached(*file, key);
    if (!payload) {
        log_debug("A damaged file in the renderer's cache is made again: " + path_of(folder, kind, key));
        return {};
    }
    return std::vector<std::byte>(payload->begin(), payload->end());
}

void store_cached(const std::string& folder, std::string_view kind, std::uint64_t key, Bytes payload) {
    if (folder.empty()) return;
    Result<void> written = make_folders(folder);
    if (written) written = write_file(path_of(folder, kind, key), wrap_cached(payload, key));
    if (!written) log_warn("The renderer's cache cannot be written: " + written.error().what);
}

} // namespace pw::renderer
