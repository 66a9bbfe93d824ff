// SPDX-License-Identifier: Apache-2.0
#include "audio/sound.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <utility>

namespace pw::audio {

namespace {

constexpr double kTau = 2.0 * std::numbers::pi;
constexpr double kLoop_s = 2.0; // of a hum: each of its frequencies fits a whole number of times

using Samples = std::vector<float>;

std::size_t count_of(double seconds) { return static_cast<std::size_t>(std::lround(seconds * kRate_hz)); }
double time_of(std::size_t sample) { return static_cast<double>(sample) / kRate_hz; }

struct Note {
    double start_s = 0.0, length_s = 0.1;
    double from_hz = 440.0, to_hz = 440.0; // gliding
    int harmonics = 1;                     // the n-th with 1/n: more of them are heard on small loudspeakers too
    double rise_share = 0.15;              // of the length, and the fall; IEC 60601-1-8 asks for 10 to 40 %
};

void add(Samples& out, const Note& note) {
    const std::size_t first = count_of(note.start_s), count = count_of(note.length_s);
    if (out.size() < first + count) out.resize(first + count);
    double phase = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(count);
        const double edge = std::min({1.0, share / note.rise_share, (1.0 - share) / note.rise_share});
        double sum = 0.0;
        for (int n = 1; n <= note.harmonics; ++n) sum += std::sin(phase * n) / n;
        out[first + i] += static_cast<float>(sum * std::sin(edge * std::numbers::pi / 2.0));
        phase += kTau * std::lerp(note.from_hz, note.to_hz, share) / kRate_hz;
    }
}

Samples click(double length_s, double hz, double fade_s) {
    Samples out(count_of(length_s));
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double t = time_of(i);
        const double end = std::min(1.0, (length_s - t) / 0.002); // at rest when it is over
        out[i] = static_cast<float>(std::sin(kTau * hz * t) * std::exp(-t / fade_s) * end);
    }
    return out;
}

// White noise, evenly in −1 … 1; xorshift, so that it is the same everywhere.
class Noise {
  public:
    explicit Noise(std::uint32_t seed) : state_(seed) {}
    double next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 17;
        state_ ^= state_ << 5;
        return static_cast<double>(state_) / 2147483648.0 - 1.0;
    }

  private:
    std::uint32_t state_;
};

// Band pass of second order, 0 dB at the middle (R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad
// filter coefficients").
class BandPass {
  public:
    void set(double hz, double quality) {
        const double w = kTau * hz / kRate_hz;
        alpha_ = std::sin(w) / (2.0 * quality);
        cosine_ = std::cos(w);
    }
    double step(double in) {
        const double out = (alpha_ * (in - in2_) + 2.0 * cosine_ * out1_ - (1.0 - alpha_) * out2_) / (1.0 + alpha_);
        in2_ = std::exchange(in1_, in);
        out2_ = std::exchange(out1_, out);
        return out;
    }

  private:
    double alpha_ = 0.0, cosine_ = 0.0;
    double in1_ = 0.0, in2_ = 0.0, out1_ = 0.0, out2_ = 0.0;
};

Samples whoosh(double length_s) {
    Samples out(count_of(length_s));
    Noise noise(1);
    BandPass band;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(out.size());
        band.set(300.0 * std::pow(5.0, share), 1.5);
        out[i] = static_cast<float>(band.step(noise.next()) * std::pow(std::sin(share * std::numbers::pi), 2));
    }
    return out;
}

// Pulses at these times. 60601-1-8 wants at least four harmonics between 300 and 4000 Hz, so that an alarm is found by
// ear and heard by who has lost one band.
Samples burst(double hz, double pulse_s, std::initializer_list<double> starts_s) {
    Samples out;
    for (const double start : starts_s)
        add(out, {.start_s = start, .length_s = pulse_s, .from_hz = hz, .to_hz = hz, .harmonics = 6});
    return out;
}

void scale(Samples& samples, float to, float now) {
    for (float& sample : samples) sample *= to / now;
}

float peak_of(std::span<const float> samples) {
    float peak = 0.f;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    return peak;
}

float rms_of(std::span<const float> samples) {
    double sum = 0.0;
    for (const float sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
    return static_cast<float>(std::sqrt(sum / static_cast<double>(samples.size())));
}

struct HumShape {
    std::array<double, 6> mains; // how strong 50, 100, 150, 200, 300 and 400 Hz are
    double noise = 1.0, noise_hz = 400.0, noise_quality = 0.7;
    double beats_hz = 0.0, beats = 0.0; // the noise swells so often, by this share
};
constexpr std::array<double, 6> kMains_hz{50.0, 100.0, 150.0, 200.0, 300.0, 400.0};

constexpr std::array<HumShape, kHums> kShapes{{
    {{0.3, 1.0, 0.25, 0.5, 0.3, 0.15}, 1.2, 420.0, 0.6, 0.0, 0.0},
    {{0.6, 0.8, 0.2, 0.25, 0.1, 0.05}, 2.4, 900.0, 0.8, 8.5, 0.7},
    {{0.1, 0.3, 0.1, 0.1, 0.05, 0.0}, 2.0, 260.0, 0.5, 12.0, 0.35},
}};

} // namespace

const SoundLook& look_of(Sound sound) {
    // What tells something is heard wherever it is: its farthest distance is near.
    static constexpr std::array<SoundLook, kSounds> kLooks{{
        {"touch", Group::Hands, 0, 0.10f, 0.5f, 4.f},
        {"select", Group::Hands, 0, 0.14f, 0.5f, 4.f},
        {"refusal", Group::Hands, 2, 0.28f, 1.f, 2.f},
        {"grab", Group::Hands, 0, 0.14f, 0.5f, 4.f},
        {"release", Group::Hands, 0, 0.14f, 0.5f, 4.f},
        {"turn", Group::Hands, 0, 0.10f, 0.5f, 4.f},
        {"jump", Group::Hands, 1, 0.16f, 0.5f, 4.f},
        {"alarm_critical", Group::Alarms, 7, 0.50f, 3.f, 9.f},
        {"alarm_high", Group::Alarms, 6, 0.45f, 3.f, 9.f},
        {"alarm_medium", Group::Alarms, 5, 0.35f, 3.f, 9.f},
        {"alarm_low", Group::Alarms, 4, 0.25f, 3.f, 9.f},
        {"reminder", Group::Alarms, 3, 0.20f, 3.f, 9.f},
    }};
    return kLooks[std::to_underlying(sound)];
}

const SoundLook& look_of(Hum hum) {
    static constexpr std::array<SoundLook, kHums> kLooks{{
        {"machine", Group::Machines, 0, 0.060f, 1.5f, 40.f},
        {"rotary", Group::Machines, 0, 0.070f, 1.5f, 40.f},
        {"belt", Group::Machines, 0, 0.045f, 1.5f, 40.f},
    }};
    return kLooks[std::to_underlying(hum)];
}

float attenuation(const SoundLook& look, double distance_m) {
    return look.reference_m / std::clamp(static_cast<float>(distance_m), look.reference_m, look.farthest_m);
}

std::vector<float> make_samples(Sound sound) {
    Samples out;
    switch (sound) {
    case Sound::Touch:
        out = click(0.020, 1900.0, 0.004);
        break;
    case Sound::Select:
        add(out, {.length_s = 0.03, .from_hz = 880.0, .to_hz = 880.0});
        add(out, {.start_s = 0.03, .length_s = 0.04, .from_hz = 1320.0, .to_hz = 1320.0});
        break;
    case Sound::Refusal:
        add(out, {.length_s = 0.12, .from_hz = 196.0, .to_hz = 196.0, .harmonics = 5});
        add(out, {.start_s = 0.15, .length_s = 0.18, .from_hz = 147.0, .to_hz = 147.0, .harmonics = 5});
        break;
    case Sound::Grab:
        add(out, {.length_s = 0.06, .from_hz = 240.0, .to_hz = 380.0, .harmonics = 3});
        break;
    case Sound::Release:
        add(out, {.length_s = 0.06, .from_hz = 380.0, .to_hz = 240.0, .harmonics = 3});
        break;
    case Sound::Turn:
        out = click(0.015, 1100.0, 0.004);
        break;
    case Sound::Jump:
        out = whoosh(0.35);
        break;
    case Sound::AlarmCritical:
        out = burst(660.0, 0.12, {0.0, 0.2, 0.4, 0.78, 0.98, 1.6, 1.8, 2.0, 2.38, 2.58});
        break;
    case Sound::AlarmHigh:
        out = burst(660.0, 0.12, {0.0, 0.2, 0.4, 0.78, 0.98});
        break;
    case Sound::AlarmMedium:
        out = burst(523.0, 0.18, {0.0, 0.36, 0.72});
        break;
    case Sound::AlarmLow:
        out = burst(392.0, 0.22, {0.0, 0.44});
        break;
    case Sound::Reminder:
        out = burst(523.0, 0.25, {0.0});
        break;
    }
    scale(out, look_of(sound).level, peak_of(out));
    return out;
}

std::vector<float> make_samples(Hum hum) {
    const auto which = static_cast<std::size_t>(hum);
    const HumShape& shape = kShapes[which];
    Samples out(count_of(kLoop_s));
    BandPass band;
    band.set(shape.noise_hz, shape.noise_quality);
    // The filter hears the loop twice: the second time it has forgotten how it began, and the end joins the beginning.
    for (int turn = 0; turn < 2; ++turn) {
        Noise noise(static_cast<std::uint32_t>(which) + 7);
        for (std::size_t i = 0; i < out.size(); ++i) {
            const double swell = 1.0 - shape.beats * (0.5 + 0.5 * std::cos(kTau * shape.beats_hz * time_of(i)));
            out[i] = static_cast<float>(band.step(noise.next() * swell) * shape.noise);
        }
    }
    for (std::size_t n = 0; n < kMains_hz.size(); ++n) {
        const double phase = static_cast<double>(n * n); // so that they do not all rise together
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] += static_cast<float>(shape.mains[n] * 0.4 * std::sin(kTau * kMains_hz[n] * time_of(i) + phase));
    }
    scale(out, look_of(hum).level, rms_of(out));
    return out;
}

} // namespace pw::audio
