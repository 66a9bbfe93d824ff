// SPDX-License-Identifier: Apache-2.0
#include "app/problems.h"

#include "base/format.h"
#include "base/log.h"

#include <algorithm>

namespace pw::app {

void Problems::start(std::string_view where, std::string_view what, bool standing) {
    log_warn(formatted("{}: {}", where, what));
    list_.push_back({std::string(where), std::string(what), 1, clock_.utc_now(), standing});
}

void Problems::add(std::string_view where, std::string_view what) {
    const auto known = std::ranges::find_if(
        list_, [&](const Problem& p) { return !p.standing && p.where == where && p.what == what; });
    if (known != list_.end()) {
        ++known->count;
        known->last = clock_.utc_now();
    } else if (list_.size() < kRoom) {
        start(where, what, /* standing= */ false);
    } else if (left_out_++ == 0) {
        log_warn("there are more problems than are listed");
    }
}

void Problems::stand(std::string_view where, std::string_view what) {
    const auto known = std::ranges::find_if(list_, [&](const Problem& p) { return p.standing && p.where == where; });
    if (known != list_.end()) {
        if (known->what == what) return;
        list_.erase(known);
    }
    if (!what.empty()) start(where, what, /* standing= */ true);
}

JobProblems::~JobProblems() {
    for (const Report& report : *list_.lock()) log_warn(formatted("{}: {}", report.where, report.what));
}

void log_reports(const Reports& reports) {
    for (const Report& report : reports.list()) log_warn(formatted("{}: {}", report.where, report.what));
}

} // namespace pw::app
