// SPDX-License-Identifier: Apache-2.0
#include "record/codec.h"

#include "base/assert.h"
#include "base/handle.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string>

namespace pw::record {

struct Sha256::Impl {
    Handle<EVP_MD_CTX*, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
    void begin() {
        const bool ok = context && EVP_DigestInit_ex2(context.get(), EVP_sha256(), nullptr) == 1;
        PW_ASSERT(ok, "OpenSSL has SHA-256");
    }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) { impl_->begin(); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;

Sha256& Sha256::add(Bytes bytes) {
    const bool ok = EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()) == 1;
    PW_ASSERT(ok, "hashing cannot fail");
    return *this;
}

Hash Sha256::finish() {
    Hash out;
    unsigned size = 0;
    const bool ok = EVP_DigestFinal_ex(impl_->context.get(), reinterpret_cast<unsigned char*>(out.data()), &size) == 1;
    PW_ASSERT(ok && size == out.size(), "hashing cannot fail");
    impl_->begin();
    return out;
}

std::uint32_t crc32(Bytes bytes, std::uint32_t before) {
    return static_cast<std::uint32_t>(
        ::crc32_z(before, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

struct Packer::Impl {
    Handle<ZSTD_CCtx*, ZSTD_freeCCtx> context{ZSTD_createCCtx()};
};

Packer::Packer(int level) : impl_(std::make_unique<Impl>()) {
    PW_ASSERT(impl_->context, "there is memory for a zstd context");
    ZSTD_CCtx_setParameter(impl_->context.get(), ZSTD_c_compressionLevel, level);
}
Packer::Packer(Packer&&) noexcept = default;
Packer::~Packer() = default;

void Packer::pack(Bytes bytes, std::vector<std::byte>& out) {
    out.resize(ZSTD_compressBound(bytes.size()));
    const std::size_t size = ZSTD_compress2(impl_->context.get(), out.data(), out.size(), bytes.data(), bytes.size());
    PW_ASSERT(ZSTD_isError(size) == 0, "packing into enough room cannot fail");
    out.resize(size);
}

Result<std::optional<std::uint64_t>> unpacked_size(Bytes packed) {
    const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
    if (size == ZSTD_CONTENTSIZE_ERROR) return fail(Errc::Malformed, "it is not zstd");
    if (size == ZSTD_CONTENTSIZE_UNKNOWN) return std::nullopt;
    return size;
}

Result<void> unpack(Bytes packed, std::span<std::byte> out) {
    const std::size_t size = ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size());
    if (ZSTD_isError(size) != 0) return fail(Errc::Malformed, std::string("zstd: ") + ZSTD_getErrorName(size));
    if (size != out.size()) return fail(Errc::Malformed, "it unpacks to fewer bytes than it says");
    return {};
}

std::array<std::byte, 16> random_id() {
    std::array<std::byte, 16> out;
    const bool ok = RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size())) == 1;
    PW_ASSERT(ok, "the system gives random bytes");
    return out;
}

} // namespace pw::record
