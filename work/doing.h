#pragma once
// SPDX-License-Identifier: Apache-2.0
// What machines do with their time, from their state and reason tags: how much of the last hour each one worked, waited
// for what comes or for room, was broken. Pure and deterministic; one thread's.

#include "plant/plant.h"
#include "twin/binding.h"
#include "twin/minute_marks.h"
#include "twin/types.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace pw::work {

enum class Doing : std::uint8_t {
    Unknown,   // STALE, BAD, not heard, or no word of PackML
    Executing, // EXECUTE
    Starved,   // SUSPENDED with the reason "starved"
    Blocked,   // SUSPENDED with the reason "blocked"
    Waiting,   // SUSPENDED for another reason
    Failed,    // HELD, ABORTED and the way there
    Stopped,   // all others: nobody asked it to work, or it is being prepared
};
inline constexpr std::size_t kDoings = 7;
const char* doing_name(Doing doing); // "starved"
Doing doing_of(std::string_view packml_state, std::string_view reason);

using DoingShares = std::array<float, kDoings>; // of the time watched: they add up to 1, or are all 0

class DoingBoard {
  public:
    static DoingBoard make(const plant::Plant& plant, const twin::Bindings& bindings);

    std::span<const std::uint32_t> equipment() const { return equipment_; } // that has a state tag; ascending

    void word(std::uint32_t watched, const twin::Value& value, twin::Quality quality, Time now);
    void advance(Time now); // `now` never goes back

    // By place in equipment().
    Doing doing(std::size_t machine) const { return machines_[machine].doing; }
    DoingShares hour(std::size_t machine) const; // of the last 60 to 61 minutes, or since it is watched
    // The machine of a line that is active (executing, or failed) for the largest share of the hour is what holds the
    // line up: all others wait for it (percentage of working time, as in Roser, Nakano, Tanaka, "A practical bottleneck
    // detection method", WSC 2001). Only machines that count what they make take part. kNoEquipment: the shares of the
    // first two differ by less than 2 %, nobody waits, there is but one, the line has been watched for less than five
    // minutes, or of a machine that takes part more than a tenth of the hour is not known: it might be the one.
    std::uint32_t bottleneck(const plant::Plant& plant, std::uint32_t line) const;

  private:
    struct Machine {
        bool heard = false, counts = false;
        Doing doing = Doing::Unknown;
        std::string state, reason;
        Time since{};
        std::array<double, kDoings> seconds{};
        std::array<std::array<double, kDoings>, twin::MinuteMarks::kMarks> minutes{}; // of `seconds`
    };
    static void accrue(Machine& machine, Time to);

    std::vector<std::uint32_t> equipment_;
    std::vector<Machine> machines_;
    struct Role {
        std::uint32_t machine = plant::kNoEquipment;
        bool reason = false;
    };
    std::vector<Role> role_of_; // by watched tag
    Time start_{}, now_{};
    twin::MinuteMarks marks_;
    bool started_ = false;
};

} // namespace pw::work
