#pragma once
// SPDX-License-Identifier: Apache-2.0
// A sink for partial failures: the work goes on, and what was left out is told where people look. Not thread-safe.

#include <string>
#include <utility>
#include <vector>

namespace pw {

struct Report {
    std::string where; // "robot.glb: materials[3]", "/equipment/2/tags/0" …
    std::string what;
    bool operator==(const Report&) const = default;
};

class Reports {
  public:
    void add(std::string where, std::string what) { list_.push_back({std::move(where), std::move(what)}); }
    const std::vector<Report>& list() const { return list_; }
    bool empty() const { return list_.empty(); }

  private:
    std::vector<Report> list_;
};

} // namespace pw
