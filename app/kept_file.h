#pragma once
// SPDX-License-Identifier: Apache-2.0
// A small file of this user's that follows what they do: written whole or not, on a job, the newest text only. What
// goes wrong is a problem. Any thread.

#include "app/problems.h"
#include "base/jobs.h"

#include <memory>
#include <string>

namespace pw::app {

// "hall-0123456789abcdef": under which name something is kept for the plant file that stands there.
std::string kept_name(const std::string& plant_file);

class KeptFile {
  public:
    KeptFile(std::string file, std::shared_ptr<JobProblems> problems);
    ~KeptFile();                             // writes what no job has come to
    void keep(Jobs& jobs, std::string text); // newest wins

  private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

} // namespace pw::app
