#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is heard, in words, for some seconds: "Alarm HIGH: Filler, Tank level low — behind, left". The direction follows
// the head. Frame thread; while nothing new is heard and nobody turns, a step allocates nothing.

#include "audio/listener.h"
#include "base/time.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pw::app {

struct Caption {
    const char* sound = "";    // its name: "alarm_high"
    std::string what;          // "Filler hums"
    bool tells = false;        // what may be seen nowhere else: an alarm, a machine; not the sound of one's own hand
    std::optional<DVec3> at{}; // in the world; nothing: nowhere, or at oneself
    Time until{};
    std::optional<audio::Direction> direction{}; // as words say it
    std::string words;                           // `what`, with where it is
};

enum class CaptionsShown : std::uint8_t { None, Telling, All };

class Captions {
  public:
    static constexpr std::size_t kLines = 3; // beyond, the oldest goes, what tells nothing first

    // One that is shown already is not said twice, but longer.
    void add(Caption caption);
    void step(const audio::Listener& listener, Time now);
    std::span<const Caption> list() const { return list_; } // the oldest first
    bool any(CaptionsShown shown) const;

  private:
    std::vector<Caption> list_;
};

bool is_shown(const Caption& caption, CaptionsShown shown);
const char* direction_words(audio::Direction direction);

} // namespace pw::app
