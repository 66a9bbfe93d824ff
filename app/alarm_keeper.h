#pragma once
// SPDX-License-Identifier: Apache-2.0
// Keeps what people and machines did to the alarms of a plant from one visit to the next, in a file of the user's
// (docs/alarms.md, "Across a restart"): written whole by a job each time that Management tells of it.

#include "app/problems.h"
#include "base/jobs.h"
#include "work/management.h"

#include <memory>
#include <string>

namespace pw::app {

std::string alarms_file(const std::string& plant_file); // in the user's state folder; one for each plant file

// Restores what the file says; from then on `management` writes into it, at its end too. A file that is not ours, or
// damaged, is told to `problems` and stays as it is. Before its first word; the jobs outlive it.
void keep_alarms(const std::string& file, work::Management& management, Jobs& jobs,
                 const std::shared_ptr<JobProblems>& problems);

} // namespace pw::app
