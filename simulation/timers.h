#pragma once
// SPDX-License-Identifier: Apache-2.0
// The future: a 4-ary heap of timers, ordered by (time, the order in which they were set). Every event that can be
// pending has a timer of its own, numbered when the plant is built, so that setting, moving and cancelling one is a
// walk in the heap, nothing stale lies in it, nothing is allocated after init() and a snapshot is this array.

#include "base/assert.h"
#include "simulation/events.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pw::simulation {

class Timers {
  public:
    struct Entry {
        SimTime time;
        std::uint64_t order;
        std::uint64_t timer;
        bool before(const Entry& other) const {
            return time < other.time || (time == other.time && order < other.order);
        }
    };

    void init(std::size_t timers) {
        place_.assign(timers, kNowhere);
        heap_.clear();
        heap_.reserve(timers);
        order_ = 0;
    }

    bool empty() const { return heap_.empty(); }
    SimTime next_time() const { return heap_.empty() ? kNever : heap_.front().time; }
    std::uint32_t next_timer() const { return static_cast<std::uint32_t>(heap_.front().timer); }
    bool is_set(std::uint32_t timer) const { return place_[timer] != kNowhere; }
    SimTime time_of(std::uint32_t timer) const { return heap_[place_[timer]].time; }

    // Sets a timer, or sets it anew: it then counts as set last.
    void set(std::uint32_t timer, SimTime time) {
        const Entry entry{time, order_++, timer};
        const std::uint32_t at = place_[timer];
        if (at == kNowhere) {
            heap_.push_back(entry);
            up(heap_.size() - 1, entry);
        } else {
            replace(at, entry);
        }
    }

    void cancel(std::uint32_t timer) {
        const std::uint32_t at = place_[timer];
        if (at != kNowhere) remove(at);
    }

    void pop() { remove(0); }

    // For snapshots. restore() gives false when the entries are no heap of these timers.
    const std::vector<Entry>& entries() const { return heap_; }
    std::uint64_t order() const { return order_; }
    bool restore(const std::vector<Entry>& entries, std::uint64_t order, SimTime now);

  private:
    static constexpr std::uint32_t kNowhere = 0xffff'ffffu;

    void put(std::size_t at, const Entry& entry) {
        heap_[at] = entry;
        place_[entry.timer] = static_cast<std::uint32_t>(at);
    }

    void up(std::size_t at, const Entry& entry) {
        while (at > 0) {
            const std::size_t parent = (at - 1) / 4;
            if (!entry.before(heap_[parent])) break;
            put(at, heap_[parent]);
            at = parent;
        }
        put(at, entry);
    }

    void down(std::size_t at, const Entry& entry) {
        const std::size_t size = heap_.size();
        while (true) {
            const std::size_t first = at * 4 + 1;
            if (first >= size) break;
            std::size_t least = first;
            const std::size_t end = first + 4 < size ? first + 4 : size;
            for (std::size_t child = first + 1; child < end; ++child)
                if (heap_[child].before(heap_[least])) least = child;
            if (!heap_[least].before(entry)) break;
            put(at, heap_[least]);
            at = least;
        }
        put(at, entry);
    }

    void replace(std::size_t at, const Entry& entry) {
        if (at > 0 && entry.before(heap_[(at - 1) / 4]))
            up(at, entry);
        else
            down(at, entry);
    }

    void remove(std::size_t at) {
        place_[heap_[at].timer] = kNowhere;
        const Entry last = heap_.back();
        heap_.pop_back();
        if (at < heap_.size()) replace(at, last);
    }

    std::vector<Entry> heap_;
    std::vector<std::uint32_t> place_; // of each timer in heap_
    std::uint64_t order_ = 0;
};

} // namespace pw::simulation
