#pragma once
// SPDX-License-Identifier: Apache-2.0
// Guarded<T>: a value that can be reached only through its lock. For the places where a lock is unavoidable; never on
// the frame thread's path when an I/O thread holds it.

#include <mutex>
#include <utility>

namespace pw {

template <class T> class Guarded {
  public:
    class Access {
      public:
        T* operator->() { return &value_; }
        T& operator*() { return value_; }

      private:
        friend Guarded;
        Access(std::mutex& mutex, T& value) : lock_(mutex), value_(value) {}
        std::unique_lock<std::mutex> lock_;
        T& value_;
    };

    Guarded() = default;
    explicit Guarded(T value) : value_(std::move(value)) {}
    Access lock() { return Access(mutex_, value_); }

  private:
    std::mutex mutex_;
    T value_{};
};

} // namespace pw
