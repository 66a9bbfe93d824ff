// SPDX-License-Identifier: Apache-2.0
#include "app/kept_file.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/format.h"
#include "base/guarded.h"

#include <optional>
#include <utility>

namespace pw::app {

std::string kept_name(const std::string& plant_file) {
    const std::string path = absolute_path(plant_file), name = file_name_of(path);
    return formatted("{}-{:016x}", name.substr(0, name.rfind('.')), hash64(as_bytes(path)));
}

struct KeptFile::Shared {
    const std::string file;
    const std::shared_ptr<JobProblems> problems;
    Guarded<std::optional<std::string>> waiting;
    Guarded<bool> turn; // one writes at a time

    void write() {
        const auto mine = turn.lock();
        const auto text = std::exchange(*waiting.lock(), std::nullopt);
        if (!text) return;
        auto done = make_folders(folder_of(file)).and_then([&] { return write_text(file, *text); });
        if (!done) problems->add(file, done.error().what);
    }
};

KeptFile::KeptFile(std::string file, std::shared_ptr<JobProblems> problems)
    : shared_(std::make_shared<Shared>(std::move(file), std::move(problems))) {}
KeptFile::~KeptFile() { shared_->write(); }

void KeptFile::keep(Jobs& jobs, std::string text) {
    *shared_->waiting.lock() = std::move(text);
    jobs.add(JobClass::Background, [shared = shared_] { shared->write(); });
}

} // namespace pw::app
