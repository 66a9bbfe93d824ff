#pragma once
// SPDX-License-Identifier: Apache-2.0
// Ring<T>: a bounded queue between one writer thread and one reader thread, for what must not be overwritten (events,
// commands, results). Wait-free on both sides. A full ring refuses: the writer must treat that as an error and mark its
// source for resynchronisation.

#include "base/assert.h"

#include <atomic>
#include <bit>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace pw {

template <class T> class Ring {
  public:
    // `capacity` must be a power of two.
    explicit Ring(std::size_t capacity) : slots_(capacity) {
        PW_ASSERT(std::has_single_bit(capacity), "the capacity of a ring is a power of two");
    }

    // Writer. False when full; `value` is then unchanged.
    bool push(T&& value) {
        const std::size_t tail = tail_.load(std::memory_order_relaxed);
        if (tail - head_seen_ == slots_.size()) {
            head_seen_ = head_.load(std::memory_order_acquire);
            if (tail - head_seen_ == slots_.size()) return false;
        }
        slots_[tail & (slots_.size() - 1)] = std::move(value);
        tail_.store(tail + 1, std::memory_order_release);
        return true;
    }

    // Reader.
    std::optional<T> pop() {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        if (head == tail_seen_) {
            tail_seen_ = tail_.load(std::memory_order_acquire);
            if (head == tail_seen_) return std::nullopt;
        }
        std::optional<T> value(std::move(slots_[head & (slots_.size() - 1)]));
        head_.store(head + 1, std::memory_order_release);
        return value;
    }

  private:
    std::vector<T> slots_;
    alignas(64) std::atomic<std::size_t> head_{0};
    std::size_t tail_seen_ = 0; // reader's copy
    alignas(64) std::atomic<std::size_t> tail_{0};
    std::size_t head_seen_ = 0; // writer's copy
};

} // namespace pw
