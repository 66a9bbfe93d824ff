// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/levels.h"

#include "base/catch.h"
#include "base/job_group.h"
#include "renderer/internal/disk_cache.h"
#include "scene/simplify.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <span>
#include <utility>

namespace pw::renderer {
namespace {

constexpr std::uint64_t kIndicesPerJob = 300'000;   // some tenths of a second
constexpr std::uint64_t kIndicesToKeep = 1'500'000; // of models that take longer than reading a file

// Of what needs levels made.
std::uint64_t index_count(const scene::Model& model) {
    std::uint64_t sum = 0;
    for (const scene::Geometry& g : model.geometries) sum += g.levels ? 0 : g.indices.size();
    return sum;
}

std::uint64_t key_of(const scene::Model& model) {
    std::uint64_t key = scene::kSimplifiedVersion;
    for (const scene::Geometry& g : model.geometries)
        key = hash64(std::as_bytes(std::span(g.indices)), hash64(std::as_bytes(std::span(g.vertices)), key));
    return key;
}

template <class T> void append(std::vector<std::byte>& out, std::span<const T> values) {
    const auto bytes = std::as_bytes(values);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

} // namespace

std::vector<std::byte> pack_levels(const Levels& levels) {
    std::vector<std::byte> out;
    for (const auto& of_geometry : levels) {
        const auto count = static_cast<std::uint32_t>(of_geometry.size());
        append(out, std::span(&count, 1));
        for (const scene::Level& level : of_geometry) {
            const auto indices = static_cast<std::uint32_t>(level.indices.size());
            append(out, std::span(&level.error_m, 1));
            append(out, std::span(&indices, 1));
            append(out, std::span(level.indices));
        }
    }
    return out;
}

std::optional<Levels> unpack_levels(Bytes packed, const scene::Model& model) {
    ByteReader reader(packed);
    Levels out(model.geometries.size());
    for (std::size_t g = 0; g < out.size(); ++g) {
        const auto count = reader.read<std::uint32_t>();
        if (!reader.ok() || count > scene::kMaxLevels) return {};
        for (std::uint32_t i = 0; i < count; ++i) {
            scene::Level level;
            level.error_m = reader.read<float>();
            const auto indices = reader.read<std::uint32_t>();
            if (!reader.ok() || indices > model.geometries[g].indices.size() || reader.left() / 4 < indices) return {};
            const Bytes bytes = reader.take(std::size_t{indices} * 4);
            level.indices.resize(indices);
            if (indices != 0) std::memcpy(level.indices.data(), bytes.data(), bytes.size());
            const auto inside = [&](std::uint32_t v) { return v < model.geometries[g].vertices.size(); };
            if (!std::ranges::all_of(level.indices, inside)) return {};
            out[g].push_back(std::move(level));
        }
    }
    if (reader.left() != 0) return {};
    return out;
}

struct LateLevels::Shared {
    std::shared_ptr<const scene::Model> model;
    std::string cache_folder; // empty: they are not kept
    std::uint64_t key = 0;
    Levels levels;
    JobGroup group;
    std::atomic<bool> done{false};

    template <class F> void run(F&& job) {
        if (!group.run("making levels of detail", std::forward<F>(job))) return;
        if (group.whole() && !cache_folder.empty())
            catch_all("keeping levels of detail",
                      [&] { store_cached(cache_folder, "levels", key, pack_levels(levels)); });
        model.reset();
        done.store(true, std::memory_order_release);
    }
};

LateLevels::LateLevels(Jobs& jobs, std::shared_ptr<const scene::Model> model, std::string cache_folder)
    : shared_(std::make_shared<Shared>()) {
    shared_->model = std::move(model);
    if (index_count(*shared_->model) >= kIndicesToKeep) shared_->cache_folder = std::move(cache_folder);
    jobs.add(JobClass::Background, [shared = shared_, &jobs] { shared->run([&] { make(shared, jobs); }); });
}

// One job for each stretch of geometries.
void LateLevels::make(const std::shared_ptr<Shared>& shared, Jobs& jobs) {
    const scene::Model& model = *shared->model;
    if (!shared->cache_folder.empty()) {
        shared->key = key_of(model);
        const auto kept = load_cached(shared->cache_folder, "levels", shared->key);
        if (auto levels = kept ? unpack_levels(*kept, model) : std::nullopt) {
            shared->levels = std::move(*levels);
            shared->cache_folder.clear();
            return;
        }
    }
    shared->levels.resize(model.geometries.size());
    for (std::size_t first = 0; first < model.geometries.size();) {
        std::uint64_t indices = 0;
        std::size_t last = first;
        while (last < model.geometries.size() && indices < kIndicesPerJob)
            indices += model.geometries[last].levels ? 0 : model.geometries[last].indices.size(), ++last;
        shared->group.add(jobs, JobClass::Background, [shared, first, last] {
            shared->run([&] {
                for (std::size_t i = first; i < last; ++i) {
                    const scene::Geometry& g = shared->model->geometries[i];
                    shared->levels[i] = g.levels ? *g.levels : scene::simplified(g);
                }
            });
        });
        first = last;
    }
}

std::shared_ptr<const Levels> LateLevels::get() const {
    if (!shared_->done.load(std::memory_order_acquire)) return nullptr;
    return {shared_, &shared_->levels};
}

} // namespace pw::renderer
