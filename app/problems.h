#pragma once
// SPDX-License-Identifier: Apache-2.0
// What went wrong, for people: each cause once, with how often and when last; a new one is logged as a warning.
// Bounded: beyond kRoom causes more are only counted. A steady frame allocates nothing. Frame thread only.

#include "base/guarded.h"
#include "base/reports.h"
#include "base/time.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pw::app {

struct Problem {
    std::string where, what;
    std::uint64_t count = 1;
    UtcTime last;
    bool standing = false; // it ends when its cause does
};

class Problems {
  public:
    static constexpr std::size_t kRoom = 200;

    explicit Problems(const Clock& clock = system_clock()) : clock_(clock) {}
    void add(std::string_view where, std::string_view what);
    // What is wrong at `where` now, instead of what was; without words it is over.
    void stand(std::string_view where, std::string_view what);

    std::span<const Problem> list() const { return list_; }
    bool empty() const { return list_.empty() && left_out_ == 0; }
    std::uint64_t left_out() const { return left_out_; } // words that found no room

  private:
    void start(std::string_view where, std::string_view what, bool standing);

    const Clock& clock_;
    std::vector<Problem> list_;
    std::uint64_t left_out_ = 0;
};

// What went wrong on jobs, for the frame thread to take. Any thread; the lock is held for moments only.
class JobProblems {
  public:
    JobProblems() = default;
    ~JobProblems(); // logs what no frame has taken
    JobProblems(const JobProblems&) = delete;
    JobProblems& operator=(const JobProblems&) = delete;
    void add(std::string where, std::string what) { list_.lock()->push_back({std::move(where), std::move(what)}); }
    void drain(Problems& problems) {
        for (const Report& report : std::exchange(*list_.lock(), {})) problems.add(report.where, report.what);
    }

  private:
    Guarded<std::vector<Report>> list_;
};

// Each as a warning of the log: for what comes before there is a client.
void log_reports(const Reports& reports);

} // namespace pw::app
