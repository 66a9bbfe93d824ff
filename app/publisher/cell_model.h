#pragma once
// SPDX-License-Identifier: Apache-2.0
// The demo cell as numbers: what each tag of a plant file says at a moment. The same plant, seed and steps give the
// same values and hash, on every machine. One thread at a time; no clock.

#include "app/publisher/signal.h"
#include "base/result.h"
#include "base/time.h"
#include "plant/plant.h"
#include "twin/types.h"

#include <cstdint>
#include <memory>
#include <span>

namespace pw::app {

class CellModel {
  public:
    // `plant` is read here only. Malformed, Unsupported: the plant's `simulation` is not one that can be played, or one
    // of its tags is unknown to it.
    static Result<CellModel> make(const plant::Plant& plant, std::uint64_t seed);

    void advance(Duration by); // in ticks of 10 ms; what is left over counts the next time
    std::span<const Signal> signals() const;
    std::span<const twin::Value> values() const; // as signals(), after the last advance; the array stays where it is
    std::uint64_t hash() const;                  // of the whole state and all values

    CellModel(CellModel&&) noexcept;
    CellModel& operator=(CellModel&&) noexcept;
    ~CellModel();

  private:
    CellModel();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::app
