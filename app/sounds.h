#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the user hears, and the same in words: who plays what, and when (docs/sound.md). What is heard of the plant is
// of the moment that is shown. Frame thread; it waits for no device, and without one all goes on but the sound.

#include "app/alarm_bell.h"
#include "app/captions.h"
#include "app/machine_hums.h"
#include "app/problems.h"
#include "app/settings.h"
#include "audio/output.h"
#include "base/json.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace pw::app {

enum class SoundOutput : std::uint8_t {
    Off,    // nothing is mixed
    Nobody, // mixed in real time, on no device
    System,
};
std::optional<SoundOutput> find_sound_output(std::string_view name); // "off", "null", "auto"

class Sounds {
  public:
    // All three outlive it.
    Sounds(const plant::Plant& plant, Live& live, const Layers& layers, SoundOutput output);

    // What the user does, in the world; nothing: in their head.
    void play(audio::Sound sound, const std::optional<DVec3>& at = {});
    // Once a frame, with what the twin has said: alarms, machines, captions. `now` is when the frame is seen.
    void step(const audio::Listener& listener, const Settings& settings, Time now, Problems& problems);

    void mute(bool muted) { muted_ = muted; } // for this visit
    bool muted() const { return muted_; }
    const Captions& captions() const { return captions_; }
    CaptionsShown captions_shown() const { return shown_; } // by the settings and by what can be heard
    void write(JsonWriter& out) const;                      // an object, for app.where

  private:
    void make_heard(audio::Sound sound, const std::optional<DVec3>& at, std::string words, bool tells);
    void ring(bool past);
    void tell_machines(const audio::Listener& listener);
    bool silent(const Settings& settings) const;

    const plant::Plant& plant_;
    Live& live_;
    const Layers& layers_;
    MachineHums hums_;
    AlarmBell bell_, past_bell_;
    UtcTime past_at_; // of the past's alarms, when they were looked at last
    Captions captions_;
    CaptionsShown shown_ = CaptionsShown::None;
    std::array<std::uint64_t, audio::kSounds> played_{};
    std::span<const audio::Humming> humming_;
    std::vector<bool> told_; // by equipment: that it hums, to who has come near
    Time now_{}, machine_told_{};
    bool muted_ = false;
    std::unique_ptr<audio::Mixer> mixer_; // these two: null when off
    std::unique_ptr<audio::Output> output_;
};

} // namespace pw::app
