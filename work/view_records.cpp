// SPDX-License-Identifier: Apache-2.0
#include "work/view_records.h"

#include <algorithm>

namespace pw::work {
namespace {

bool same_keys(const std::vector<RecordChange>& a, const std::vector<RecordChange>& b) {
    return std::ranges::equal(a, b, {}, &RecordChange::key, &RecordChange::key);
}

} // namespace

const std::string& ViewRecords::value(std::string_view key) const {
    static const std::string kNothing;
    const auto found = records_.find(key);
    return found == records_.end() ? kNothing : found->second;
}

std::vector<ViewRecord> ViewRecords::of_kind(std::string_view kind) const {
    const std::string prefix = std::string(kind) + "/";
    std::vector<ViewRecord> out;
    for (auto at = records_.lower_bound(prefix); at != records_.end() && at->first.starts_with(prefix); ++at)
        out.push_back({at->first, at->second});
    return out;
}

void ViewRecords::set(std::string_view key, std::string_view value) {
    const auto found = records_.find(key);
    if (value.empty() ? found == records_.end() : found != records_.end() && found->second == value) return;
    ++version_;
    if (value.empty())
        records_.erase(found);
    else
        records_.insert_or_assign(std::string(key), std::string(value));
}

void ViewHistory::change(ViewRecords& records, std::string title, const std::vector<ViewRecord>& wanted, Time now,
                         bool slides) {
    Step step{.title = std::move(title), .changes = {}, .at = now, .slides = slides};
    for (const ViewRecord& want : wanted) {
        const std::string& before = records.value(want.key);
        if (before == want.value) continue;
        step.changes.push_back({want.key, before, want.value});
        records.set(want.key, want.value);
    }
    if (step.changes.empty()) return;
    undone_.clear();
    if (!done_.empty()) {
        Step& last = done_.back();
        const bool goes_on = slides && last.slides && last.title == step.title && now - last.at <= kOneMove &&
                             same_keys(last.changes, step.changes);
        if (goes_on &&
            std::ranges::equal(last.changes, step.changes, {}, &RecordChange::after, &RecordChange::before)) {
            for (std::size_t i = 0; i < step.changes.size(); ++i) last.changes[i].after = step.changes[i].after;
            last.at = now;
            return;
        }
    }
    done_.push_back(std::move(step));
    if (done_.size() > kSteps) done_.pop_front();
}

Result<std::string> ViewHistory::undo(ViewRecords& records) {
    if (done_.empty()) return fail(Errc::NotFound, "there is nothing to undo");
    Step step = std::move(done_.back());
    done_.pop_back();
    std::erase_if(step.changes, [&](const RecordChange& c) { return records.value(c.key) != c.after; });
    if (step.changes.empty()) return fail(Errc::Refused, step.title + ": somebody else has changed it since");
    for (const RecordChange& c : step.changes) records.set(c.key, c.before);
    step.slides = false;
    undone_.push_back(std::move(step));
    return undone_.back().title;
}

Result<std::string> ViewHistory::redo(ViewRecords& records) {
    if (undone_.empty()) return fail(Errc::NotFound, "there is nothing to do again");
    Step step = std::move(undone_.back());
    undone_.pop_back();
    std::erase_if(step.changes, [&](const RecordChange& c) { return records.value(c.key) != c.before; });
    if (step.changes.empty()) return fail(Errc::Refused, step.title + ": somebody else has changed it since");
    for (const RecordChange& c : step.changes) records.set(c.key, c.after);
    done_.push_back(std::move(step));
    return done_.back().title;
}

} // namespace pw::work
