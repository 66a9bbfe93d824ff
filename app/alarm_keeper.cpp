// SPDX-License-Identifier: Apache-2.0
#include "app/alarm_keeper.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/format.h"
#include "base/guarded.h"

#include <optional>
#include <utility>

namespace pw::app {

struct AlarmKeeper::Shared {
    const std::string file;
    const std::shared_ptr<JobProblems> problems;
    Guarded<std::optional<std::string>> waiting; // the newest
    Guarded<bool> turn;                          // one writes at a time

    void write() {
        const auto mine = turn.lock();
        const auto saved = std::exchange(*waiting.lock(), std::nullopt);
        if (!saved) return;
        const auto written = make_folders(folder_of(file)).and_then([&] { return write_text(file, *saved); });
        if (!written) problems->add(file, written.error().what);
    }
};

std::string alarms_file(const std::string& plant_file) {
    const std::string path = absolute_path(plant_file), name = file_name_of(path);
    return join_path(user_state_folder(),
                     formatted("alarms/{}-{:016x}.json", name.substr(0, name.rfind('.')), hash64(as_bytes(path))));
}

std::unique_ptr<AlarmKeeper> AlarmKeeper::start(const std::string& file, work::Management& management, Jobs& jobs,
                                                std::shared_ptr<JobProblems> problems) {
    if (file_exists(file)) {
        Reports found;
        const auto restored = read_text(file).and_then([&](const std::string& saved) {
            return management.restore_alarms(saved, {system_clock().now(), system_clock().utc_now()}, found);
        });
        for (const Report& report : found.list()) problems->add(file + ": " + report.where, report.what);
        if (!restored) {
            problems->add(file, restored.error().what + "; what is done to alarms in this visit is not kept");
            return nullptr;
        }
    }
    auto shared = std::make_shared<Shared>(file, std::move(problems));
    management.keep_alarms([shared, &jobs](std::string saved) {
        *shared->waiting.lock() = std::move(saved);
        jobs.add(JobClass::Background, [shared] { shared->write(); });
    });
    return std::unique_ptr<AlarmKeeper>(new AlarmKeeper(std::move(shared)));
}

AlarmKeeper::~AlarmKeeper() { shared_->write(); }

} // namespace pw::app
