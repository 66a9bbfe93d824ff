#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which of many things is due first: a heap with one time, or none, for each of them. Setting, moving and cancelling
// is a walk in the heap; nothing is allocated after init(). Equal times come in the order of their numbers.

#include "base/time.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace pw::twin {

class Deadlines {
  public:
    void init(std::size_t things) {
        heap_.clear();
        heap_.reserve(things);
        place_.assign(things, kNone);
    }

    bool empty() const { return heap_.empty(); }
    Time next_time() const { return heap_.front().first; }
    std::uint32_t next() const { return heap_.front().second; }
    bool is_set(std::uint32_t thing) const { return place_[thing] != kNone; }

    void set(std::uint32_t thing, Time time) {
        if (place_[thing] == kNone) {
            place_[thing] = static_cast<std::uint32_t>(heap_.size());
            heap_.emplace_back(time, thing);
        } else {
            heap_[place_[thing]].first = time;
        }
        sift(place_[thing]);
    }

    void cancel(std::uint32_t thing) {
        const std::uint32_t at = place_[thing];
        if (at == kNone) return;
        swap(at, static_cast<std::uint32_t>(heap_.size() - 1));
        heap_.pop_back();
        place_[thing] = kNone;
        if (at < heap_.size()) sift(at);
    }

  private:
    static constexpr std::uint32_t kNone = 0xffff'ffffu;

    void swap(std::uint32_t a, std::uint32_t b) {
        std::swap(heap_[a], heap_[b]);
        place_[heap_[a].second] = a;
        place_[heap_[b].second] = b;
    }

    void sift(std::uint32_t at) {
        while (at > 0 && heap_[at] < heap_[(at - 1) / 2]) {
            swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
        for (;;) {
            std::uint32_t least = at;
            for (std::uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap_.size(); ++child)
                if (heap_[child] < heap_[least]) least = child;
            if (least == at) return;
            swap(at, least);
            at = least;
        }
    }

    std::vector<std::pair<Time, std::uint32_t>> heap_;
    std::vector<std::uint32_t> place_; // of each thing in heap_
};

} // namespace pw::twin
