// SPDX-License-Identifier: Apache-2.0
#include "app/alarm_keeper.h"

#include "app/kept_file.h"
#include "base/file.h"

#include <utility>

namespace pw::app {

std::string alarms_file(const std::string& plant_file) {
    return join_path(user_state_folder(), "alarms/" + kept_name(plant_file) + ".json");
}

void keep_alarms(const std::string& file, work::Management& management, Jobs& jobs,
                 const std::shared_ptr<JobProblems>& problems) {
    if (file_exists(file)) {
        Reports found;
        const auto restored = read_text(file).and_then([&](const std::string& saved) {
            return management.restore_alarms(saved, {system_clock().now(), system_clock().utc_now()}, found);
        });
        for (const Report& report : found.list()) problems->add(file + ": " + report.where, report.what);
        if (!restored)
            return problems->add(file, restored.error().what + "; what is done to alarms in this visit is not kept");
    }
    management.keep_alarms([kept = std::make_shared<KeptFile>(file, problems), &jobs](std::string saved) {
        kept->keep(jobs, std::move(saved));
    });
}

} // namespace pw::app
