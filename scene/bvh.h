#pragma once
// SPDX-License-Identifier: Apache-2.0
// A bounding volume hierarchy over boxes, for rays: binned SAH (Wald 2007), two children, refitted bottom up. Internal
// to picking. V is the vector type of the boxes: Vec3 within a geometry, DVec3 in the world.

#include "base/math.h"

#include <glm/common.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace pw::scene {

// A ray for box tests. Distances are in units of its direction.
struct BoxRay {
    DVec3 origin, inverse_direction;
};

template <class V> class Bvh {
  public:
    struct Box {
        V min{std::numeric_limits<typename V::value_type>::max()};
        V max{std::numeric_limits<typename V::value_type>::lowest()};
        void add(const Box& b) {
            min = glm::min(min, b.min);
            max = glm::max(max, b.max);
        }
        double half_area() const {
            const DVec3 d = glm::max(DVec3(max) - DVec3(min), DVec3(0.0));
            return d.x * d.y + d.y * d.z + d.z * d.x;
        }
    };

    void build(std::span<const Box> boxes) {
        items_.resize(boxes.size());
        std::iota(items_.begin(), items_.end(), 0u);
        nodes_.clear();
        leaf_of_.clear();
        dirty_.clear();
        if (boxes.empty()) return;
        nodes_.reserve(boxes.size());
        struct Task {
            std::uint32_t node, first, count, depth;
        };
        std::vector<Task> tasks{{0, 0, static_cast<std::uint32_t>(boxes.size()), 0}};
        nodes_.emplace_back();
        while (!tasks.empty()) {
            const Task t = tasks.back();
            tasks.pop_back();
            Node& node = nodes_[t.node];
            for (std::uint32_t i = t.first; i < t.first + t.count; ++i) node.box.add(boxes[items_[i]]);
            const std::uint32_t left = t.count <= kLeafSize ? 0 : split(boxes, t.first, t.count, t.depth);
            if (left == 0) {
                node.first = t.first;
                node.count = t.count;
                continue;
            }
            const auto children = static_cast<std::uint32_t>(nodes_.size());
            node.first = children;
            nodes_.resize(children + 2); // `node` dangles from here on
            tasks.push_back({children, t.first, left, t.depth + 1});
            tasks.push_back({children + 1, t.first + left, t.count - left, t.depth + 1});
        }
    }

    // The ways up from the items, for refitting single ones.
    void link() {
        parents_.assign(nodes_.size(), kNoNode);
        leaf_of_.resize(items_.size());
        dirty_.assign((nodes_.size() + 63) / 64, 0);
        for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
            const Node& node = nodes_[i];
            if (node.count == 0) parents_[node.first] = parents_[node.first + 1] = i;
            for (std::uint32_t k = 0; k < node.count; ++k) leaf_of_[items_[node.first + k]] = i;
        }
    }

    // The same tree over boxes that have moved: all of them, or the items named (after link(); others than
    // the tree was built of are passed over). area() follows.
    void refit(std::span<const Box> boxes) {
        area_ = 0.0;
        for (std::size_t i = nodes_.size(); i-- > 0;) { // children come after their parent
            refit_node(nodes_[i], boxes);
            area_ += nodes_[i].box.half_area();
        }
    }
    void refit(std::span<const Box> boxes, std::span<const std::uint32_t> moved) {
        for (const std::uint32_t item : moved) {
            if (item >= leaf_of_.size()) continue;
            for (std::uint32_t n = leaf_of_[item]; n != kNoNode && !is_dirty(n); n = parents_[n])
                dirty_[n / 64] |= std::uint64_t{1} << (n % 64);
        }
        for (std::size_t w = dirty_.size(); w-- > 0;) {
            for (std::uint64_t& bits = dirty_[w]; bits != 0;) { // from the highest: children first
                const auto bit = static_cast<std::size_t>(std::bit_width(bits) - 1);
                bits ^= std::uint64_t{1} << bit;
                Node& node = nodes_[w * 64 + bit];
                area_ -= node.box.half_area();
                refit_node(node, boxes);
                area_ += node.box.half_area();
            }
        }
    }

    // How much there is to search: the sum of the boxes' areas, as of the last refit.
    double area() const { return area_; }

    // Calls hit(item, limit) for the items whose leaf the ray meets before `limit`, nearer boxes first; hit() lowers
    // the limit when it finds something.
    template <class HitItem> void search(const BoxRay& ray, double& limit, HitItem&& hit) const {
        if (nodes_.empty()) return;
        struct Entry {
            std::uint32_t node;
            double distance;
        };
        std::array<Entry, kMaxDepth + 8> stack;
        std::size_t size = 0;
        const auto push = [&](std::uint32_t node, double distance) {
            if (distance <= limit) stack[size++] = {node, distance};
        };
        push(0, entry(nodes_[0].box, ray));
        while (size > 0) {
            const Entry at = stack[--size];
            if (at.distance > limit) continue;
            const Node& node = nodes_[at.node];
            for (std::uint32_t k = 0; k < node.count; ++k) hit(items_[node.first + k], limit);
            if (node.count > 0) continue;
            const double a = entry(nodes_[node.first].box, ray), b = entry(nodes_[node.first + 1].box, ray);
            const std::uint32_t nearer = a <= b ? 0 : 1;
            push(node.first + 1 - nearer, std::max(a, b));
            push(node.first + nearer, std::min(a, b));
        }
    }

  private:
    static constexpr std::uint32_t kLeafSize = 4, kBins = 12;
    static constexpr std::uint32_t kMaxSahDepth = 48, kMaxDepth = kMaxSahDepth + 32; // halving from there on

    struct Node {
        Box box;
        std::uint32_t first = 0; // child, or item of a leaf
        std::uint32_t count = 0; // items; 0: not a leaf
    };

    static constexpr std::uint32_t kNoNode = 0xffff'ffffu;

    bool is_dirty(std::uint32_t node) const { return (dirty_[node / 64] >> (node % 64) & 1) != 0; }

    void refit_node(Node& node, std::span<const Box> boxes) const {
        node.box = {};
        if (node.count == 0) {
            node.box.add(nodes_[node.first].box);
            node.box.add(nodes_[node.first + 1].box);
        }
        for (std::uint32_t k = 0; k < node.count; ++k) node.box.add(boxes[items_[node.first + k]]);
    }

    // Where the ray enters the box, from 0 on; infinite when it misses.
    static double entry(const Box& box, const BoxRay& ray) {
        const DVec3 a = (DVec3(box.min) - ray.origin) * ray.inverse_direction;
        const DVec3 b = (DVec3(box.max) - ray.origin) * ray.inverse_direction;
        // fmin and fmax drop the NaN of a ray that runs within a face
        const double in =
            std::fmax(std::fmax(std::fmin(a.x, b.x), std::fmin(a.y, b.y)), std::fmax(std::fmin(a.z, b.z), 0.0));
        const double out = std::fmin(std::fmin(std::fmax(a.x, b.x), std::fmax(a.y, b.y)), std::fmax(a.z, b.z));
        return in <= out * (1.0 + 1e-12) ? in : std::numeric_limits<double>::infinity();
    }

    static DVec3 center(const Box& b) { return (DVec3(b.min) + DVec3(b.max)) * 0.5; }

    struct Bin {
        Box box;
        std::uint32_t count = 0;
    };
    struct Cut {
        double cost = std::numeric_limits<double>::infinity();
        int axis = 0;
        std::uint32_t bin = 0; // the first on the right
    };

    static std::uint32_t bin_of(double c, double min, double max) {
        const double at = (c - min) / (max - min) * kBins;
        return at < kBins ? static_cast<std::uint32_t>(std::max(at, 0.0)) : kBins - 1;
    }

    Cut best_cut(std::span<const Box> boxes, std::span<const std::uint32_t> items, const DVec3& low,
                 const DVec3& high) const {
        Cut best;
        for (int axis = 0; axis < 3; ++axis) {
            if (!(high[axis] > low[axis])) continue;
            std::array<Bin, kBins> bins{};
            for (const std::uint32_t i : items) {
                Bin& bin = bins[bin_of(center(boxes[i])[axis], low[axis], high[axis])];
                bin.box.add(boxes[i]);
                ++bin.count;
            }
            std::array<double, kBins> right_cost{};
            Bin right, left;
            for (std::uint32_t k = kBins - 1; k > 0; --k) {
                right.box.add(bins[k].box);
                right.count += bins[k].count;
                right_cost[k] = right.count == 0 ? 0.0 : right.box.half_area() * right.count;
            }
            for (std::uint32_t k = 1; k < kBins; ++k) {
                left.box.add(bins[k - 1].box);
                left.count += bins[k - 1].count;
                const double cost = (left.count == 0 ? 0.0 : left.box.half_area() * left.count) + right_cost[k];
                if (cost < best.cost && left.count > 0 && left.count < items.size()) best = {cost, axis, k};
            }
        }
        return best;
    }

    // Sorts the items of a node into two; returns how many are on the left, 0 for none needed.
    std::uint32_t split(std::span<const Box> boxes, std::uint32_t first, std::uint32_t count, std::uint32_t depth) {
        const std::span<std::uint32_t> items = std::span(items_).subspan(first, count);
        DVec3 low(std::numeric_limits<double>::max()), high(std::numeric_limits<double>::lowest());
        for (const std::uint32_t i : items) {
            low = glm::min(low, center(boxes[i]));
            high = glm::max(high, center(boxes[i]));
        }
        const Cut cut = depth < kMaxSahDepth ? best_cut(boxes, items, low, high) : Cut{};
        if (!(cut.cost < std::numeric_limits<double>::infinity())) return count / 2; // all in one place, or too deep
        const auto right = std::ranges::partition(items, [&](std::uint32_t i) {
            return bin_of(center(boxes[i])[cut.axis], low[cut.axis], high[cut.axis]) < cut.bin;
        });
        return count - static_cast<std::uint32_t>(right.size());
    }

    std::vector<Node> nodes_;
    std::vector<std::uint32_t> items_;
    double area_ = 0.0;
    std::vector<std::uint32_t> parents_, leaf_of_; // by node, by item; from link()
    std::vector<std::uint64_t> dirty_;             // a bit for each node
};

} // namespace pw::scene
