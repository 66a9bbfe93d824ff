#pragma once
// SPDX-License-Identifier: Apache-2.0
// A trend as what is to be drawn of it.

#include "app/memory.h"

#include <vector>

namespace pw::app {

struct TrendLine { // x: 0 is Memory::kTrendSpan ago, 1 is now; y: 0 is the least of it, 1 the greatest
    float x0 = 0.f, y0 = 0.f, x1 = 0.f, y1 = 0.f;
};
// As it was until `to`: steps, the last one held to there, and nothing where nothing was heard or it was no value.
std::vector<TrendLine> trend_lines(const Memory::Trend& trend, UtcTime to);

} // namespace pw::app
