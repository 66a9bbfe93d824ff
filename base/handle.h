#pragma once
// SPDX-License-Identifier: Apache-2.0
// Handle<XrSession, xrDestroySession>: one owner of one C handle; move-only; destroys what it holds.

#include <utility>

namespace pw {

template <class T, auto Destroy> class Handle {
  public:
    Handle() = default;
    explicit Handle(T raw) : raw_(raw) {}
    Handle(Handle&& other) noexcept : raw_(std::exchange(other.raw_, T{})) {}
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            reset();
            raw_ = std::exchange(other.raw_, T{});
        }
        return *this;
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { reset(); }

    void reset() {
        if (raw_ != T{}) Destroy(std::exchange(raw_, T{}));
    }
    T get() const { return raw_; }
    T release() { return std::exchange(raw_, T{}); }
    explicit operator bool() const { return raw_ != T{}; }
    T* put() { // for C functions that return through a pointer
        reset();
        return &raw_;
    }

  private:
    T raw_{};
};

} // namespace pw
