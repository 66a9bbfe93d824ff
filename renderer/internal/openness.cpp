// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/openness.h"

#include "base/job_group.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <optional>
#include <utility>

namespace pw::renderer {
namespace {

constexpr int kDirections = 32, kMips = 5;
constexpr std::uint32_t kMaxSide = 1024;

// The surfaces in a cell, in faces of a cell: the sum of area × normal × normalᵀ. From its way w a ray sees about
// sqrt(trace · wᵀ S w) of them: exactly, where they are parallel. So a floor hides what is below it, and nothing of
// what comes along it.
struct Surfaces {
    float xx = 0.f, yy = 0.f, zz = 0.f, xy = 0.f, xz = 0.f, yz = 0.f;
    float area() const { return xx + yy + zz; }
    float seen(const Vec3& w) const {
        const float across =
            xx * w.x * w.x + yy * w.y * w.y + zz * w.z * w.z + 2.f * (xy * w.x * w.y + xz * w.x * w.z + yz * w.y * w.z);
        return std::sqrt(area() * std::max(across, 0.f));
    }
    void add(const Surfaces& o, float times) {
        xx += o.xx * times;
        yy += o.yy * times;
        zz += o.zz * times;
        xy += o.xy * times;
        xz += o.xz * times;
        yz += o.yz * times;
    }
};

struct Grid {
    std::uint32_t width = 0, height = 0, depth = 0;
    std::vector<Surfaces> cells;

    std::size_t at(std::uint32_t x, std::uint32_t y, std::uint32_t z) const {
        return (std::size_t{z} * height + y) * width + x;
    }
    // What a ray through this point's cell sees in it; 0 outside.
    float seen(const Vec3& point, const Vec3& way) const {
        if (!(point.x >= 0.f && point.y >= 0.f && point.z >= 0.f)) return 0.f;
        const auto x = static_cast<std::uint32_t>(point.x), y = static_cast<std::uint32_t>(point.y),
                   z = static_cast<std::uint32_t>(point.z);
        if (x >= width || y >= height || z >= depth) return 0.f;
        const Surfaces& cell = cells[at(x, y, z)];
        return cell.area() == 0.f ? 0.f : cell.seen(way); // most of a hall is air
    }
};

// Of the field and of half, a quarter … of its resolution.
using Mips = std::array<Grid, kMips>;

Grid halved(const Grid& fine) {
    Grid out{(fine.width + 1) / 2, (fine.height + 1) / 2, (fine.depth + 1) / 2, {}};
    out.cells.resize(std::size_t{out.width} * out.height * out.depth);
    for (std::uint32_t z = 0; z < fine.depth; ++z)
        for (std::uint32_t y = 0; y < fine.height; ++y)
            for (std::uint32_t x = 0; x < fine.width; ++x)
                out.cells[out.at(x / 2, y / 2, z / 2)].add(fine.cells[fine.at(x, y, z)], 0.125f);
    return out;
}

struct Field {
    DVec3 low{0.0};
    float cell_m = 0.f;
    Mips mips;
    std::vector<std::uint8_t> near; // 1 where a surface reads the field: it is at most two cells away, each way
};

// Spreads ones to as many cells on either side of them, along one axis of `count` cells that are `stride` apart.
void spread(std::vector<std::uint8_t>& cells, std::size_t first, std::size_t stride, std::uint32_t count) {
    constexpr std::uint32_t kWide = 2;
    std::uint32_t left = 0; // of cells to mark
    for (std::uint32_t i = 0; i < count; ++i) {
        std::uint8_t& cell = cells[first + i * stride];
        if ((cell & 1) != 0)
            left = kWide;
        else if (left != 0 && left-- != 0)
            cell |= 2;
    }
    for (std::uint32_t i = count; i-- > 0;) {
        std::uint8_t& cell = cells[first + i * stride];
        if ((cell & 1) != 0)
            left = kWide;
        else if (left != 0 && left-- != 0)
            cell |= 2;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        std::uint8_t& cell = cells[first + i * stride];
        cell = cell != 0 ? 1 : 0;
    }
}

std::vector<std::uint8_t> near_surfaces(const Grid& grid) {
    std::vector<std::uint8_t> out(grid.cells.size());
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = grid.cells[i].area() > 0.f ? 1 : 0;
    for (std::uint32_t z = 0; z < grid.depth; ++z) {
        for (std::uint32_t y = 0; y < grid.height; ++y) spread(out, grid.at(0, y, z), 1, grid.width);
        for (std::uint32_t x = 0; x < grid.width; ++x) spread(out, grid.at(x, 0, z), grid.width, grid.height);
    }
    for (std::uint32_t y = 0; y < grid.height; ++y)
        for (std::uint32_t x = 0; x < grid.width; ++x)
            spread(out, grid.at(x, y, 0), std::size_t{grid.width} * grid.height, grid.depth);
    return out;
}

Field field_over(const DAabb& bounds) {
    Field out;
    if (bounds.empty()) return out;
    const DVec3 size = glm::max(bounds.max - bounds.min, DVec3(1e-3));
    // Room for the cells' margin included, by steps.
    double cell =
        std::max(std::cbrt(size.x * size.y * size.z / kOpennessCells), std::max({size.x, size.y, size.z}) / 512);
    const auto cells = [&](double side) { return std::ceil(side / cell) + 4; };
    while (cells(size.x) * cells(size.y) * cells(size.z) > kOpennessCells) cell *= 1.05;
    out.cell_m = static_cast<float>(cell);
    Grid& grid = out.mips[0];
    const auto count = [&](double side) { return std::min(static_cast<std::uint32_t>(cells(side)), kMaxSide); };
    grid.width = count(size.x);
    grid.height = count(size.y);
    grid.depth = count(size.z);
    // In whole cells, so that a part which joins changes nothing where it is not.
    out.low = glm::floor(bounds.min / cell) * cell - 1.5 * cell;
    grid.cells.resize(std::size_t{grid.width} * grid.height * grid.depth);
    return out;
}

// Spreads triangles over the cells.
class Filler {
  public:
    explicit Filler(Grid& grid) : grid_(grid) {}
    void add(const OpennessPart& part, const DVec3& low, float cell_m) {
        const Vec3 offset(part.world_from_node.translation - low);
        const auto place = [&](std::uint32_t i) {
            return (part.world_from_node.linear * part.geometry->vertices[i].position + offset) / cell_m;
        };
        const std::vector<std::uint32_t>& indices = part.geometry->indices;
        for (std::size_t i = 0; i + 2 < indices.size(); i += 3)
            triangle(place(indices[i]), place(indices[i + 1]), place(indices[i + 2]));
    }

  private:
    void triangle(const Vec3& first, const Vec3& second, const Vec3& third) {
        Vec3 a = first, b = second, c = third;
        if (glm::distance(b, c) > glm::distance(a, b)) std::swap(a, c);
        if (glm::distance(c, a) > glm::distance(a, b)) std::swap(b, c);
        const Vec3 u = b - a, v = c - a, across = glm::cross(u, v); // u: the longest
        const float twice = glm::length(across);
        if (!(twice > 0.f) || !(twice < 1e9f)) return; // nothing, or no number
        const Vec3 n = across / twice;
        // Half a cell each way, so that as many points are made as the triangle is large, however thin it is: rows
        // along its longest side, each as long as the triangle is wide there.
        const Surfaces each{n.x * n.x, n.y * n.y, n.z * n.z, n.x * n.y, n.x * n.z, n.y * n.z};
        const auto steps = [](float side) { return std::max(1, static_cast<int>(std::ceil(2.f * side))); };
        const float height = twice / glm::length(u);
        const int rows = steps(height);
        for (int i = 0; i < rows; ++i) {
            const float low = static_cast<float>(i) / static_cast<float>(rows),
                        high = static_cast<float>(i + 1) / static_cast<float>(rows), up = 0.5f * (low + high);
            const int columns = steps(glm::length(u) * (1.f - up));
            // Of the strip between two heights of a triangle.
            const float share = 0.5f * twice * (high - low) * (2.f - low - high) / static_cast<float>(columns);
            for (int j = 0; j < columns; ++j) {
                const float along = (static_cast<float>(j) + 0.5f) / static_cast<float>(columns) * (1.f - up);
                point(a + v * up + u * along, each, share);
            }
        }
    }
    void point(const Vec3& p, const Surfaces& surface, float area) {
        if (!(p.x >= 0.f && p.y >= 0.f && p.z >= 0.f)) return;
        const auto x = static_cast<std::uint32_t>(p.x), y = static_cast<std::uint32_t>(p.y),
                   z = static_cast<std::uint32_t>(p.z);
        if (x < grid_.width && y < grid_.height && z < grid_.depth) grid_.cells[grid_.at(x, y, z)].add(surface, area);
    }
    Grid& grid_;
};

// Even over the sphere (Fibonacci).
std::array<Vec3, kDirections> directions() {
    std::array<Vec3, kDirections> out{};
    for (int i = 0; i < kDirections; ++i) {
        const float y = 1.f - (2.f * static_cast<float>(i) + 1.f) / kDirections, r = std::sqrt(1.f - y * y);
        const float angle = 2.39996323f * static_cast<float>(i);
        out[static_cast<std::size_t>(i)] = {r * std::cos(angle), y, r * std::sin(angle)};
    }
    return out;
}

// How much of the light comes through from this way: steps of one cell, and from where the cone is as wide as coarser
// cells, of those.
float open_along(const Field& field, const Vec3& from, const Vec3& way, float reach) {
    float through = 1.f, hidden = 0.f;
    std::size_t mip = 0;
    float at = 1.f; // the own cell hides nothing of itself
    while (at < reach && through > 0.02f) {
        const auto scale = static_cast<float>(1 << mip);
        const float filled = std::min(field.mips[mip].seen((from + way * at) / scale, way) * scale, 1.f);
        hidden += through * filled * (1.f - at / reach);
        through *= 1.f - filled;
        at += scale;
        if (at >= 4.f * scale && mip + 1 < kMips) ++mip;
    }
    return 1.f - std::min(hidden, 1.f);
}

std::uint32_t packed(const Vec3& vector, float mean) {
    const auto byte = [](float v) { return static_cast<std::uint32_t>(std::clamp(v, 0.f, 1.f) * 255.f + 0.5f); };
    return byte(0.5f + 2.f * vector.x) | byte(0.5f + 2.f * vector.y) << 8 | byte(0.5f + 2.f * vector.z) << 16 |
           byte(mean) << 24;
}

std::uint32_t traced(const Field& field, const Vec3& from) {
    static const std::array<Vec3, kDirections> kWays = directions();
    const float reach = std::min(kOpennessReach_m / field.cell_m, 96.f);
    Vec3 vector(0.f);
    float mean = 0.f;
    for (const Vec3& way : kWays) {
        const float open = open_along(field, from, way, reach);
        mean += open / kDirections;
        vector += way * (open / kDirections);
    }
    return packed(vector, mean);
}

constexpr std::uint32_t kBlock = 4; // cells of air that have one value, for what moves through it

// A block of kBlock³ cells.
void trace_block(const Field& field, std::uint32_t x0, std::uint32_t y0, std::uint32_t z0,
                 std::vector<std::uint32_t>& texels) {
    const Grid& grid = field.mips[0];
    const auto point = [](std::uint32_t x, std::uint32_t y, std::uint32_t z, float in) {
        return Vec3(static_cast<float>(x), static_cast<float>(y), static_cast<float>(z)) + in;
    };
    std::optional<std::uint32_t> air;
    for (std::uint32_t z = z0; z < std::min(z0 + kBlock, grid.depth); ++z)
        for (std::uint32_t y = y0; y < std::min(y0 + kBlock, grid.height); ++y)
            for (std::uint32_t x = x0; x < std::min(x0 + kBlock, grid.width); ++x) {
                const std::size_t at = grid.at(x, y, z);
                if (field.near[at] == 0 && !air) air = traced(field, point(x0, y0, z0, 0.5f * kBlock));
                texels[at] = field.near[at] == 0 ? *air : traced(field, point(x, y, z, 0.5f));
            }
}

// The layers [first, last) along z; first is a multiple of kBlock.
void trace(const Field& field, std::uint32_t first, std::uint32_t last, std::vector<std::uint32_t>& texels) {
    const Grid& grid = field.mips[0];
    for (std::uint32_t z = first; z < last; z += kBlock)
        for (std::uint32_t y = 0; y < grid.height; y += kBlock)
            for (std::uint32_t x = 0; x < grid.width; x += kBlock) trace_block(field, x, y, z, texels);
}

Field filled(std::span<const OpennessPart> parts, const std::atomic<bool>& stop) {
    DAabb bounds;
    for (const OpennessPart& part : parts) grow(bounds, transform_box(part.world_from_node, part.geometry->bounds));
    Field field = field_over(bounds);
    if (field.cell_m == 0.f || field.cell_m > kOpennessReach_m / 3.f) return {}; // too coarse to say anything
    Filler filler(field.mips[0]);
    for (const OpennessPart& part : parts) {
        if (stop) return field;
        filler.add(part, field.low, field.cell_m);
    }
    for (std::size_t mip = 1; mip < kMips; ++mip) field.mips[mip] = halved(field.mips[mip - 1]);
    field.near = near_surfaces(field.mips[0]);
    return field;
}

Openness room_for(const Field& field) {
    const Grid& grid = field.mips[0];
    return {field.low,   field.cell_m, grid.width,
            grid.height, grid.depth,   std::vector<std::uint32_t>(grid.cells.size())};
}

} // namespace

Openness make_openness(std::span<const OpennessPart> parts) {
    const std::atomic<bool> stop{false};
    const Field field = filled(parts, stop);
    Openness out = room_for(field);
    trace(field, 0, out.depth, out.texels);
    return out;
}

constexpr std::uint32_t kStretch = 2 * kBlock; // layers of a job

struct LateOpenness::Shared {
    std::vector<OpennessPart> parts;
    std::vector<std::shared_ptr<const scene::Model>> models; // of the parts
    Field field;
    Openness made;
    JobGroup group;
    std::atomic<bool> done{false};
    std::atomic<bool> unwanted{false}; // nobody will ask for it

    template <class F> void run(F&& job) {
        if (!group.run("ambient occlusion", std::forward<F>(job))) return;
        if (!group.whole()) made = {};
        parts = {};
        models = {};
        field = {};
        done.store(true, std::memory_order_release);
    }
};

LateOpenness::LateOpenness(Jobs& jobs, std::vector<OpennessPart> parts,
                           std::vector<std::shared_ptr<const scene::Model>> models)
    : shared_(std::make_shared<Shared>()) {
    shared_->parts = std::move(parts);
    shared_->models = std::move(models);
    jobs.add(JobClass::Background, [shared = shared_, &jobs] {
        shared->run([&] {
            shared->field = filled(shared->parts, shared->unwanted);
            shared->made = room_for(shared->field);
            for (std::uint32_t z = 0; z < shared->made.depth && !shared->unwanted; z += kStretch) {
                shared->group.add(jobs, JobClass::Background, [shared, z] {
                    shared->run([&] {
                        if (shared->unwanted) return;
                        trace(shared->field, z, std::min(z + kStretch, shared->made.depth), shared->made.texels);
                    });
                });
            }
        });
    });
}

LateOpenness::~LateOpenness() {
    if (shared_) shared_->unwanted = true;
}

const Openness* LateOpenness::get() const {
    return shared_->done.load(std::memory_order_acquire) ? &shared_->made : nullptr;
}

} // namespace pw::renderer
