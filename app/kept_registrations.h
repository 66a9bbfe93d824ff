#pragma once
// SPDX-License-Identifier: Apache-2.0
// Registrations in files, one for each plant file and machine, read and written on jobs. Frame thread.

#include "app/problems.h"
#include "base/jobs.h"
#include "registration/registration.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pw::app {

std::string registrations_folder(const std::string& plant_file); // in the user's state folder; one for each plant file

class KeptRegistrations {
  public:
    KeptRegistrations(std::string folder, std::shared_ptr<JobProblems> problems); // empty: nothing is kept
    ~KeptRegistrations();                                                         // writes what no job has written yet
    KeptRegistrations(const KeptRegistrations&) = delete;
    KeptRegistrations& operator=(const KeptRegistrations&) = delete;

    void read(Jobs& jobs);                          // all; what is wrong with a file is told as a problem
    std::vector<registration::Registration> take(); // that were read since the call before
    void keep(Jobs& jobs, const registration::Registration& registration);
    void forget(Jobs& jobs, std::string_view asset);
    bool is_written(std::string_view asset) const; // whatever was to be kept, or forgotten, of it

  private:
    struct Shared;
    std::shared_ptr<Shared> shared_; // with the jobs
};

} // namespace pw::app
