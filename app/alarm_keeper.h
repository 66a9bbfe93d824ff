#pragma once
// SPDX-License-Identifier: Apache-2.0
// Keeps what people and machines did to the alarms of a plant from one visit to the next, in a file of the user's
// (docs/alarms.md, "Across a restart"): written whole by a job each time that Management tells of it.

#include "app/problems.h"
#include "base/jobs.h"
#include "work/management.h"

#include <memory>
#include <string>
#include <utility>

namespace pw::app {

std::string alarms_file(const std::string& plant_file); // in the user's state folder; one for each plant file

class AlarmKeeper {
  public:
    // Restores what the file says, then writes into it. A file that is not ours, or damaged, is told to `problems` and
    // stays as it is: null then. Before `management` hears its first word; it must not outlive what is returned.
    static std::unique_ptr<AlarmKeeper> start(const std::string& file, work::Management& management, Jobs& jobs,
                                              std::shared_ptr<JobProblems> problems);
    ~AlarmKeeper(); // writes what no job has written yet
    AlarmKeeper(const AlarmKeeper&) = delete;
    AlarmKeeper& operator=(const AlarmKeeper&) = delete;

  private:
    struct Shared;
    explicit AlarmKeeper(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
    std::shared_ptr<Shared> shared_; // with the jobs
};

} // namespace pw::app
