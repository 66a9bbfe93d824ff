// SPDX-License-Identifier: Apache-2.0
#include "twin/seq_order.h"

#include <algorithm>
#include <utility>

namespace pw::twin {

namespace {
constexpr int kHalf = 128; // a number further ahead than this is taken as one that is behind
std::uint8_t distance(std::uint8_t from, std::uint8_t to) { return static_cast<std::uint8_t>(to - from); }
} // namespace

void SeqOrder::start(std::uint8_t birth_seq) {
    next_ = static_cast<std::uint8_t>(birth_seq + 1);
    gap_since_.reset();
    for (const HeldMessage& message : std::exchange(held_, {})) *held_bytes_ -= message.payload.size();
}

SeqOrder::Place SeqOrder::place(std::uint8_t seq, Time now) {
    const std::uint8_t ahead = next_ ? distance(*next_, seq) : std::uint8_t{0};
    if (ahead == 0) {
        next_ = static_cast<std::uint8_t>(seq + 1);
        gap_since_ = held_.empty() ? std::optional<Time>() : now; // another gap may follow the one that is filled
        return Place::Next;
    }
    constexpr std::uint8_t kRepeat = 255; // the last one once more: sent twice, and nothing is missing
    if (!gap_since_ && ahead != kRepeat) gap_since_ = now;
    return ahead < kHalf ? Place::Early : Place::Behind;
}

bool SeqOrder::hold(HeldMessage&& message) {
    const auto further = [&](const HeldMessage& m) { return distance(*next_, m.seq) >= distance(*next_, message.seq); };
    const auto at = std::ranges::find_if(held_, further);
    if (at != held_.end() && at->seq == message.seq) return true; // sent twice
    *held_bytes_ += message.payload.size();
    held_.insert(at, std::move(message));
    return held_.size() <= kMaxHeld;
}

std::optional<HeldMessage> SeqOrder::release() {
    if (held_.empty() || held_.front().seq != next_) return std::nullopt;
    HeldMessage message = std::move(held_.front());
    held_.erase(held_.begin());
    *held_bytes_ -= message.payload.size();
    next_ = static_cast<std::uint8_t>(message.seq + 1);
    if (held_.empty()) gap_since_.reset();
    return message;
}

std::vector<HeldMessage> SeqOrder::give_up() {
    if (held_.empty())
        next_.reset();
    else
        next_ = static_cast<std::uint8_t>(held_.back().seq + 1);
    gap_since_.reset();
    for (const HeldMessage& message : held_) *held_bytes_ -= message.payload.size();
    return std::exchange(held_, {});
}

} // namespace pw::twin
