// SPDX-License-Identifier: Apache-2.0
#include "work/tutorial.h"

#include <algorithm>

namespace pw::work {

namespace {

constexpr double kLook_rad = 0.785, kMove_m = 1.0, kTurn_rad = 0.35;
constexpr Duration kGoodbye = from_ms(3'000);

} // namespace

void Tutorial::start(Time now) { *this = {}, running_ = true, started_ = now; }

void Tutorial::step(const Deeds& deeds, Time now) {
    if (!running_) return;
    sum_.head_turned_rad += deeds.head_turned_rad;
    sum_.moved_m += deeds.moved_m;
    sum_.turned_rad += deeds.turned_rad;
    const auto learn = [this](Lesson lesson, bool did) { done_[static_cast<std::size_t>(lesson)] |= did; };
    learn(Lesson::LookAround, sum_.head_turned_rad >= kLook_rad);
    learn(Lesson::Point, deeds.points);
    learn(Lesson::Select, deeds.selected);
    learn(Lesson::Move, sum_.moved_m >= kMove_m);
    learn(Lesson::Turn, sum_.turned_rad >= kTurn_rad);
    learn(Lesson::Menu, deeds.menu);
    if (finished_ == Time{} && !next()) finished_ = now;
    const bool read = finished_ != Time{} && now - finished_ >= kGoodbye;
    running_ = !read && now - started_ < kAtMost;
}

std::optional<Lesson> Tutorial::next() const {
    const auto found = std::ranges::find(done_, false);
    if (found == done_.end()) return std::nullopt;
    return static_cast<Lesson>(found - done_.begin());
}

std::size_t Tutorial::learned() const { return static_cast<std::size_t>(std::ranges::count(done_, true)); }

} // namespace pw::work
