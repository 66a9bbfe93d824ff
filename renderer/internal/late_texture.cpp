// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/late_texture.h"

#include "base/catch.h"
#include "renderer/internal/disk_cache.h"

#include <array>
#include <atomic>
#include <span>
#include <utility>

namespace pw::renderer {
namespace {

constexpr std::uint32_t kVersion = 3; // of what with_mipmaps and in_blocks make

std::uint64_t key_of(const TextureWish& wish) {
    const std::array<std::uint32_t, 4> how{kVersion, static_cast<std::uint32_t>(wish.kind), wish.blocks ? 1u : 0u,
                                           wish.limit};
    return hash64(wish.model->images[wish.image].encoded, hash64(std::as_bytes(std::span(how))));
}

} // namespace

struct LateTexture::Shared {
    TextureWish wish;
    Result<TextureData> data = fail(Errc::Unavailable, "it was not decoded");
    std::atomic<bool> wanted{true};
    std::atomic<bool> done{false}; // from then on the job writes nothing here

    void run() {
        bool fresh = false;
        if (wanted.load(std::memory_order_relaxed) &&
            !catch_all("decoding an image", [&] { fresh = !was_kept() && make(); }))
            data = fail(Errc::Exhausted, "no memory to decode it");
        done.store(true, std::memory_order_release);
        // It is there whether it can be kept or not, and is shown meanwhile.
        if (fresh) catch_all("keeping a texture", [this] { store(); });
    }

    bool was_kept() {
        auto kept = wish.cache_folder.empty() ? std::nullopt : load_cached(wish.cache_folder, "texture", key_of(wish));
        auto unpacked = kept ? unpack_texture(std::move(*kept)) : std::nullopt;
        if (unpacked) data = std::move(*unpacked);
        return unpacked.has_value();
    }

    bool make() {
        data = decoded();
        return data && wanted && !wish.cache_folder.empty();
    }

    void store() const { store_cached(wish.cache_folder, "texture", key_of(wish), data->packed); }

    Result<TextureData> decoded() const {
        auto image = scene::decode_image(wish.model->images[wish.image].encoded);
        if (!image) return std::unexpected(image.error());
        if (!wanted) return fail(Errc::Unavailable, "nobody wants it any more");
        TextureData plain = with_mipmaps(image->width, image->height, image->rgba(), wish.kind, wish.limit);
        image->memory.reset();
        if (!wish.blocks) return plain;
        auto blocks = in_blocks(plain, [this] { return wanted.load(std::memory_order_relaxed); });
        return blocks ? std::move(*blocks) : std::move(plain);
    }
};

LateTexture::LateTexture(Jobs& jobs, TextureWish wish) : shared_(std::make_shared<Shared>()) {
    shared_->wish = std::move(wish);
    jobs.add(JobClass::Background, [shared = shared_] { shared->run(); });
}

LateTexture::~LateTexture() { drop(); }
LateTexture::LateTexture(LateTexture&& other) noexcept : shared_(std::move(other.shared_)) {}
LateTexture& LateTexture::operator=(LateTexture&& other) noexcept {
    if (this == &other) return *this;
    drop();
    shared_ = std::move(other.shared_);
    return *this;
}

void LateTexture::drop() {
    if (shared_ && !shared_->done) shared_->wanted = false;
}

bool LateTexture::done() const { return shared_->done.load(std::memory_order_acquire); }
const Result<TextureData>& LateTexture::data() const { return shared_->data; }

} // namespace pw::renderer
