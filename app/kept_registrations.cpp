// SPDX-License-Identifier: Apache-2.0
#include "app/kept_registrations.h"

#include "app/kept_file.h"
#include "base/file.h"
#include "base/guarded.h"

#include <map>
#include <set>
#include <utility>

namespace pw::app {

struct KeptRegistrations::Shared {
    const std::string folder;
    const std::shared_ptr<JobProblems> problems;
    Guarded<std::vector<registration::Registration>> found;
    struct Asked {
        std::map<std::string, std::string, std::less<>> waiting; // by asset; empty: its file goes
        std::set<std::string, std::less<>> unwritten;            // assets; also what could not be written
    };
    Guarded<Asked> asked;
    Guarded<bool> turn; // one writes at a time

    std::string file(std::string_view asset) const { return join_path(folder, std::string(asset) + ".json"); }

    void read() {
        const auto names = is_folder(folder) ? list_folder(folder) : Result<std::vector<std::string>>{};
        if (!names) return problems->add(folder, names.error().what);
        for (const std::string& name : *names) {
            if (!name.ends_with(".json")) continue; // a draft of a program that was killed, or somebody's own
            const std::string path = join_path(folder, name);
            constexpr std::uint64_t kMost = 1u << 20;
            auto read = read_text(path, kMost).and_then([&](const std::string& text) {
                return registration::parse_registration(text, path);
            });
            if (read)
                found.lock()->push_back(std::move(*read));
            else
                problems->add(folder, read.error().what);
        }
    }

    void write() {
        const auto mine = turn.lock();
        for (const auto& [asset, text] : std::exchange(asked.lock()->waiting, {})) {
            const auto done = text.empty()
                                  ? remove(file(asset))
                                  : make_folders(folder).and_then([&] { return write_text(file(asset), text); });
            if (!done) {
                problems->add(file(asset), done.error().what);
                continue;
            }
            auto now = asked.lock();
            if (!now->waiting.contains(asset)) now->unwritten.erase(asset);
        }
    }

    static Result<void> remove(const std::string& path) {
        remove_file(path);
        if (file_exists(path)) return fail(Errc::Refused, "cannot be removed: " + path);
        return {};
    }

    void ask(std::string asset, std::string text) {
        auto now = asked.lock();
        now->unwritten.insert(asset);
        now->waiting[std::move(asset)] = std::move(text);
    }
};

std::string registrations_folder(const std::string& plant_file) {
    return join_path(user_state_folder(), "registrations/" + kept_name(plant_file));
}

KeptRegistrations::KeptRegistrations(std::string folder, std::shared_ptr<JobProblems> problems)
    : shared_(std::make_shared<Shared>(std::move(folder), std::move(problems))) {}
KeptRegistrations::~KeptRegistrations() { shared_->write(); }

void KeptRegistrations::read(Jobs& jobs) {
    if (!shared_->folder.empty()) jobs.add(JobClass::Background, [shared = shared_] { shared->read(); });
}

std::vector<registration::Registration> KeptRegistrations::take() { return std::exchange(*shared_->found.lock(), {}); }

void KeptRegistrations::keep(Jobs& jobs, const registration::Registration& registration) {
    if (shared_->folder.empty()) return;
    shared_->ask(registration.asset.id, to_json(registration));
    jobs.add(JobClass::Background, [shared = shared_] { shared->write(); });
}

void KeptRegistrations::forget(Jobs& jobs, std::string_view asset) {
    if (shared_->folder.empty()) return;
    shared_->ask(std::string(asset), "");
    jobs.add(JobClass::Background, [shared = shared_] { shared->write(); });
}

bool KeptRegistrations::is_written(std::string_view asset) const {
    return !shared_->asked.lock()->unwritten.contains(asset);
}

} // namespace pw::app
