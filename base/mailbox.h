#pragma once
// SPDX-License-Identifier: Apache-2.0
// Mailbox<T>: one writer thread posts, one reader thread takes; the newest value wins, older ones are overwritten.
// Both sides are wait-free. Three slots change hands; their contents are reused, so a T that keeps its capacity
// (vectors) allocates nothing once warm.

#include <array>
#include <atomic>
#include <cstdint>

namespace pw {

template <class T> class Mailbox {
  public:
    // Writer: the slot to fill. What it holds is an older value of the writer's own, to be overwritten.
    T& draft() { return slots_[write_]; }

    // Writer: makes the draft the newest value.
    void post() {
        write_ = middle_.exchange(static_cast<std::uint8_t>(write_ | kFresh), std::memory_order_acq_rel) & kIndex;
    }

    // Reader: true when a newer value than the last one taken has become current().
    bool take() {
        if ((middle_.load(std::memory_order_relaxed) & kFresh) == 0) return false;
        read_ = middle_.exchange(read_, std::memory_order_acq_rel) & kIndex;
        return true;
    }

    // Reader: the value taken last (a default T before the first take).
    const T& current() const { return slots_[read_]; }
    T& current() { return slots_[read_]; }

  private:
    static constexpr std::uint8_t kIndex = 3, kFresh = 4;
    std::array<T, 3> slots_{};
    alignas(64) std::uint8_t write_ = 0;
    alignas(64) std::atomic<std::uint8_t> middle_{1};
    alignas(64) std::uint8_t read_ = 2;
};

} // namespace pw
