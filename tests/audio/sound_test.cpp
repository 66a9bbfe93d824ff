// SPDX-License-Identifier: Apache-2.0
#include "audio/sound.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

using namespace pw::audio;

namespace {

float peak_of(std::span<const float> samples) {
    float peak = 0.f;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    return peak;
}

struct Pulse {
    double start_s = 0.0, end_s = 0.0;
};

// Where it sounds: louder than a tenth of its peak at least once in 8 ms.
std::vector<Pulse> pulses_of(const std::vector<float>& samples) {
    constexpr std::size_t kStep = kRate_hz / 125;
    const float peak = peak_of(samples);
    std::vector<Pulse> out;
    bool on = false;
    for (std::size_t at = 0; at < samples.size(); at += kStep) {
        const auto part = std::span(samples).subspan(at, std::min(kStep, samples.size() - at));
        const bool loud = peak_of(part) > 0.1f * peak;
        if (loud && !on) out.push_back({static_cast<double>(at) / kRate_hz, 0.0});
        if (loud) out.back().end_s = static_cast<double>(at + part.size()) / kRate_hz;
        on = loud;
    }
    return out;
}

double hertz(std::span<const float> samples) { // of what crosses zero upwards once in a period
    std::size_t crossings = 0;
    for (std::size_t i = 1; i < samples.size(); ++i)
        if (samples[i - 1] < 0.f && samples[i] >= 0.f) ++crossings;
    return static_cast<double>(crossings) * kRate_hz / static_cast<double>(samples.size());
}

} // namespace

TEST_SUITE("audio/sound") {
    TEST_CASE("a sound is as loud as its row says, and begins and ends at rest") {
        for (std::size_t s = 0; s < kSounds; ++s) {
            const auto sound = static_cast<Sound>(s);
            CAPTURE(look_of(sound).name);
            const auto samples = make_samples(sound);
            REQUIRE(samples.size() > 100);
            CHECK(peak_of(samples) == doctest::Approx(look_of(sound).level));
            CHECK(std::abs(samples.front()) < 0.01f * look_of(sound).level);
            CHECK(std::abs(samples.back()) < 0.06f * look_of(sound).level);
            CHECK(samples == make_samples(sound));
        }
        CHECK(make_samples(Sound::Touch).size() == kRate_hz / 50); // 20 ms
    }

    TEST_CASE("alarms are told apart by rhythm: ten, five, three and two pulses, a reminder is one") {
        const auto critical = pulses_of(make_samples(Sound::AlarmCritical)),
                   high = pulses_of(make_samples(Sound::AlarmHigh)),
                   medium = pulses_of(make_samples(Sound::AlarmMedium)), low = pulses_of(make_samples(Sound::AlarmLow));
        REQUIRE(critical.size() == 10);
        REQUIRE(high.size() == 5);
        REQUIRE(medium.size() == 3);
        REQUIRE(low.size() == 2);
        CHECK(pulses_of(make_samples(Sound::Reminder)).size() == 1);
        // Three, a longer gap, two: as IEC 60601-1-8 has it for high priority; the other two are even and slower.
        const auto gap = [](const auto& pulses, std::size_t i) { return pulses[i + 1].start_s - pulses[i].end_s; };
        for (const auto& urgent : {critical, high}) {
            CHECK(gap(urgent, 0) == doctest::Approx(gap(urgent, 1)).epsilon(0.2));
            CHECK(gap(urgent, 2) > 2.0 * gap(urgent, 1));
            CHECK(urgent[0].end_s - urgent[0].start_s < 0.15);
        }
        CHECK(gap(medium, 0) == doctest::Approx(gap(medium, 1)).epsilon(0.2));
        CHECK(medium[1].start_s - medium[0].start_s > 1.5 * (high[1].start_s - high[0].start_s));
        CHECK(low[1].start_s - low[0].start_s > 1.1 * (medium[1].start_s - medium[0].start_s));
    }

    TEST_CASE("a refusal is two low notes, the second lower") {
        const auto samples = make_samples(Sound::Refusal);
        const auto notes = pulses_of(samples);
        REQUIRE(notes.size() == 2);
        const auto pitch = [&](const Pulse& note) {
            const auto first = static_cast<std::size_t>(note.start_s * kRate_hz),
                       last = static_cast<std::size_t>(note.end_s * kRate_hz);
            return hertz(std::span(samples).subspan(first, std::min(last, samples.size()) - first));
        };
        CHECK(pitch(notes[0]) == doctest::Approx(196.0).epsilon(0.08));
        CHECK(pitch(notes[1]) == doctest::Approx(147.0).epsilon(0.08));
    }

    TEST_CASE("a hum goes on where it ends, and is as loud as its row says") {
        for (std::size_t h = 0; h < kHums; ++h) {
            const auto hum = static_cast<Hum>(h);
            CAPTURE(look_of(hum).name);
            const auto samples = make_samples(hum);
            const auto at = [&](std::size_t i) { return samples[i % samples.size()]; };
            double squares = 0.0;
            float step = 0.f, bend = 0.f; // the largest within
            for (std::size_t i = 2; i < samples.size(); ++i) {
                squares += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
                step = std::max(step, std::abs(at(i) - at(i - 1)));
                bend = std::max(bend, std::abs(at(i) - 2.f * at(i - 1) + at(i - 2)));
            }
            CHECK(std::sqrt(squares / static_cast<double>(samples.size())) ==
                  doctest::Approx(look_of(hum).level).epsilon(0.001));
            for (std::size_t i = samples.size() - 1; i < samples.size() + 2; ++i) {
                CHECK(std::abs(at(i + 1) - at(i)) <= step);
                CHECK(std::abs(at(i + 1) - 2.f * at(i) + at(i - 1)) <= bend);
            }
        }
        CHECK(make_samples(Hum::Machine) != make_samples(Hum::Belt));
    }

    TEST_CASE("twice as far is 6 dB less, between the two bounds") {
        const SoundLook& machine = look_of(Hum::Machine);
        CHECK(attenuation(machine, 0.0) == 1.f);
        CHECK(attenuation(machine, 1.5) == 1.f);
        CHECK(attenuation(machine, 3.0) == doctest::Approx(0.5f));
        CHECK(attenuation(machine, 12.0) == doctest::Approx(0.125f));
        CHECK(attenuation(machine, 400.0) == attenuation(machine, 40.0));
        CHECK(attenuation(look_of(Sound::AlarmHigh), 500.0) == doctest::Approx(1.f / 3.f)); // heard across a hall
    }
}
