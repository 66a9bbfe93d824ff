#pragma once
// SPDX-License-Identifier: Apache-2.0
// Puts sounds where they belong around a listener and adds them up. Two threads: the frame thread says what there is to
// hear, one other (a device's, or a test's own) takes samples. Neither waits for the other, neither allocates.
// The same calls in the same order give the same samples.

#include "audio/listener.h"
#include "audio/sound.h"
#include "base/mailbox.h"
#include "base/ring.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pw::audio {

struct Shot {
    Sound sound{};
    std::optional<DVec3> at; // in the world; nothing: in the middle of the head
};

struct Humming {
    std::uint32_t id = 0; // whose; one of each, and its hum stays the same
    Hum hum{};
    DVec3 at{0.0};    // in the world
    float gain = 1.f; // of the hum's own level
    float pitch = 1.f;
};

struct Volumes { // 0 … 1
    float all = 1.f, alarms = 1.f, machines = 1.f;
};

class Mixer {
  public:
    static constexpr std::size_t kShots = 16;   // at once; beyond, the least important gives way, the quieter first
    static constexpr std::size_t kHummings = 8; // likewise: the loudest at the listener are kept
    static constexpr std::size_t kWaiting = 64; // shots that have not been taken up yet
    static constexpr float kCeiling = 0.891f;   // −1 dBFS: no sample is beyond

    Mixer(); // makes all sounds: some 20 ms

    // ---- frame thread
    bool play(const Shot& shot); // false: too many wait, and it is not played
    // Once a frame. A hum of `hummings` comes and goes softly; what is farther than its farthest distance is left out.
    void set(const Listener& listener, const Volumes& volumes, std::span<const Humming> hummings);
    std::span<const Humming> kept() const {
        return {kept_.data(), kept_count_};
    } // of the last set(), the loudest first

    // ---- the other thread
    // Overwrites `out`: left, right, left, …, at kRate_hz.
    void mix(std::span<float> out);

  private:
    static constexpr std::size_t kHumVoices = 2 * kHummings; // those that fade away included
    struct Said {                                            // by the frame thread
        Listener listener;
        Volumes volumes;
        std::array<Humming, kHummings> hummings{};
        std::size_t count = 0;
    };
    struct ShotVoice {
        Shot shot;
        std::size_t next = 0;
        bool on = false, fresh = false; // fresh: it begins as loud as it is
        float left = 0.f, right = 0.f;
    };
    struct HumVoice {
        Humming humming;
        double at = 0.0; // in samples
        bool on = false;
        float fade = 0.f, pitch = 1.f; // they follow softly
        float left = 0.f, right = 0.f;
    };
    Ears gains(const SoundLook& look, const std::optional<DVec3>& at) const;
    void begin(const Shot& shot);
    void begin(const Humming& humming, HumVoice& voice) const;
    void take_hummings();
    void add_shot(ShotVoice& voice, std::span<float> out) const;
    void add_hum(HumVoice& voice, std::span<float> out) const;
    void limit(std::span<float> out);

    std::array<std::vector<float>, kSounds> sounds_;
    std::array<std::vector<float>, kHums> hums_;
    std::array<Humming, kHummings> kept_{};
    std::size_t kept_count_ = 0;

    Ring<Shot> waiting_{kWaiting};
    Mailbox<Said> said_;

    std::array<ShotVoice, kShots> shots_{};
    std::array<HumVoice, kHumVoices> humming_{};
    float loudest_ = 0.f; // of late, before the limiter
};

} // namespace pw::audio
