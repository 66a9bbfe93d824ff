#pragma once
// SPDX-License-Identifier: Apache-2.0
// A Listener from a function, for tests that follow every word.

#include "twin/twin.h"

#include <functional>
#include <utility>

namespace pw::test {

class OnWord final : public twin::Listener {
  public:
    explicit OnWord(std::function<void(const twin::Heard&)> hear) : hear_(std::move(hear)) {}
    void word(const twin::Heard& heard, twin::Instant /*now*/) override { hear_(heard); }

  private:
    std::function<void(const twin::Heard&)> hear_;
};

} // namespace pw::test
