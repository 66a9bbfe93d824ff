// SPDX-License-Identifier: Apache-2.0
#include "audio/mixer.h"

#include "tests/support/allocations.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_trigonometric.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <vector>

using namespace pw;
using namespace pw::audio;

namespace {

using Samples = std::vector<float>; // left, right, …

Listener at(const DVec3& place, double yaw_rad = 0.0, double world_per_user = 1.0) {
    return {{place, glm::angleAxis(static_cast<float>(yaw_rad), Vec3(0.f, 1.f, 0.f))}, world_per_user};
}

Samples pull(Mixer& mixer, double seconds) {
    Samples out(2 * static_cast<std::size_t>(seconds * kRate_hz));
    // As a device does: ten milliseconds at a time.
    for (std::size_t done = 0; done < out.size();) {
        const std::size_t part = std::min<std::size_t>(960, out.size() - done);
        mixer.mix(std::span(out).subspan(done, part));
        done += part;
    }
    return out;
}

double rms(const Samples& samples, std::size_t ear) {
    double sum = 0.0;
    for (std::size_t i = ear; i < samples.size(); i += 2) sum += static_cast<double>(samples[i] * samples[i]);
    return std::sqrt(2.0 * sum / static_cast<double>(samples.size()));
}

float peak_of(const Samples& samples) {
    float peak = 0.f;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    return peak;
}

std::uint64_t hash_of(const Samples& samples) { // FNV-1a
    std::uint64_t hash = 14695981039346656037u;
    for (const float sample : samples) hash = (hash ^ std::bit_cast<std::uint32_t>(sample)) * 1099511628211u;
    return hash;
}

// A machine that has hummed long enough to be as loud as it gets.
Samples hum(const Listener& listener, const DVec3& place, float pitch = 1.f, double seconds = 2.0) {
    Mixer mixer;
    const Humming machine{.id = 1, .hum = Hum::Machine, .at = place, .pitch = pitch};
    mixer.set(listener, {}, {&machine, 1});
    pull(mixer, 1.5);
    return pull(mixer, seconds);
}

} // namespace

TEST_SUITE("audio/mixer") {
    TEST_CASE("what is at the right is louder in the right ear, and stays in its place when the head turns") {
        const DVec3 place(3.0, 1.7, 0.0);
        const Samples right = hum(at({0.0, 1.7, 0.0}), place);
        CHECK(rms(right, 1) > 6.0 * rms(right, 0));
        const Samples ahead = hum(at({0.0, 1.7, 0.0}, -std::numbers::pi / 2.0), place); // turned to it
        CHECK(rms(ahead, 1) == doctest::Approx(rms(ahead, 0)).epsilon(0.001));
        const Samples left = hum(at({0.0, 1.7, 0.0}, std::numbers::pi), place);
        CHECK(rms(left, 0) == doctest::Approx(rms(right, 1)).epsilon(0.001));

        Mixer mixer; // a short sound that is under way turns too
        mixer.set(at({}), {}, {});
        REQUIRE(mixer.play({Sound::AlarmCritical, DVec3(5.0, 0.0, 0.0)}));
        const Samples before = pull(mixer, 1.0);
        mixer.set(at({}, std::numbers::pi), {}, {});
        const Samples after = pull(mixer, 1.5);
        CHECK(rms(before, 1) > 3.0 * rms(before, 0));
        CHECK(rms(after, 0) > 3.0 * rms(after, 1));
    }

    TEST_CASE("twice as far is half as loud, by the user's own metres") {
        const double near = rms(hum(at({}), {0.0, 0.0, -2.0}), 0), far = rms(hum(at({}), {0.0, 0.0, -4.0}), 0);
        CHECK(near / far == doctest::Approx(2.0).epsilon(0.001));
        // 1.5 m / 2 m of the level, as loud in both ears.
        CHECK(near == doctest::Approx(0.75 * static_cast<double>(look_of(Hum::Machine).level) / std::numbers::sqrt2)
                          .epsilon(0.01));
        CHECK(hum(at({}, 0.0, 20.0), {0.0, 0.0, -40.0}) == hum(at({}), {0.0, 0.0, -2.0}));
    }

    TEST_CASE("nothing is beyond the ceiling, and what is quiet is left as it is") {
        Mixer mixer;
        mixer.set(at({}), {}, {});
        REQUIRE(mixer.play({Sound::Touch, {}}));
        CHECK(peak_of(pull(mixer, 0.1)) == doctest::Approx(look_of(Sound::Touch).level * Ears{}.left).epsilon(0.001));
        std::vector<Humming> machines(Mixer::kHummings);
        for (std::uint32_t i = 0; i < machines.size(); ++i) machines[i] = {.id = i, .hum = Hum::Rotary, .at = {}};
        mixer.set(at({}), {}, machines);
        pull(mixer, 1.0);
        for (std::size_t i = 0; i < Mixer::kShots; ++i) REQUIRE(mixer.play({Sound::AlarmCritical, {}}));
        const Samples loud = pull(mixer, 3.0);
        CHECK(peak_of(loud) <= Mixer::kCeiling);
        CHECK(peak_of(loud) > 0.98f * Mixer::kCeiling);
        pull(mixer, 3.0);
        mixer.set(at({}), {}, {});
        pull(mixer, 3.0);
        REQUIRE(mixer.play({Sound::Touch, {}})); // and it lets go again
        CHECK(peak_of(pull(mixer, 0.1)) == doctest::Approx(look_of(Sound::Touch).level * Ears{}.left).epsilon(0.001));
    }

    TEST_CASE("when there are too many, an alarm is heard and a touch is not") {
        const auto crowd = [](Sound sixteen, std::optional<Sound> more) {
            Mixer mixer;
            mixer.set(at({}), {}, {});
            for (std::size_t i = 0; i < Mixer::kShots; ++i) REQUIRE(mixer.play({sixteen, {}}));
            if (more) REQUIRE(mixer.play({*more, {}}));
            return pull(mixer, 2.0);
        };
        CHECK(crowd(Sound::AlarmLow, Sound::Touch) == crowd(Sound::AlarmLow, {}));
        const Samples touches = crowd(Sound::Touch, {}), alarm = crowd(Sound::Touch, Sound::AlarmHigh);
        const auto second = [](const Samples& samples) { return Samples(samples.begin() + 2 * 9600, samples.end()); };
        CHECK(peak_of(second(touches)) == 0.f);
        CHECK(peak_of(second(alarm)) > 0.2f);
        Mixer mixer; // of one importance the quieter gives way
        mixer.set(at({}), {}, {});
        for (std::size_t i = 0; i < Mixer::kShots; ++i)
            REQUIRE(mixer.play({Sound::AlarmHigh, DVec3(0.0, 0.0, i == 3 ? -9.0 : -1.0)}));
        REQUIRE(mixer.play({Sound::AlarmHigh, DVec3(0.0, 0.0, -6.0)}));
        REQUIRE(mixer.play({Sound::AlarmHigh, DVec3(0.0, 0.0, -8.0)})); // quieter than all that are left
        Mixer expected;
        expected.set(at({}), {}, {});
        for (std::size_t i = 0; i < Mixer::kShots; ++i)
            REQUIRE(expected.play({Sound::AlarmHigh, DVec3(0.0, 0.0, i == 3 ? -6.0 : -1.0)}));
        CHECK(pull(mixer, 1.0) == pull(expected, 1.0));
    }

    TEST_CASE("of many machines the eight loudest hum, and none from beyond the farthest distance") {
        Mixer mixer;
        std::vector<Humming> machines;
        for (std::uint32_t i = 0; i < 30; ++i) // shuffled by distance: 2 m … 60 m
            machines.push_back({.id = i * 7 % 30, .hum = Hum::Belt, .at = {0.0, 0.0, -2.0 * (1 + i * 7 % 30)}});
        mixer.set(at({}), {}, machines);
        REQUIRE(mixer.kept().size() == 8);
        for (std::uint32_t i = 0; i < 8; ++i) CHECK(mixer.kept()[i].id == i);
        machines[0].gain = 10.f; // 2 m away
        machines[5].gain = 5.f;  // number 5, 12 m away, is the third now: 2, 2.4 (12/5), 4
        mixer.set(at({}), {}, machines);
        CHECK(mixer.kept()[0].id == 0);
        CHECK(mixer.kept()[1].id == 5);
        mixer.set(at({0.0, 0.0, 39.0}), {}, machines); // 41 m from the first
        CHECK(mixer.kept().empty());
        mixer.set(at({0.0, 0.0, 37.0}), {}, machines); // 39 m
        CHECK(mixer.kept().size() == 1);
    }

    TEST_CASE("a machine begins and stops softly, and is silent then") {
        Mixer mixer;
        const Humming machine{.id = 4, .hum = Hum::Machine, .at = {0.0, 0.0, -1.0}};
        mixer.set(at({}), {}, {&machine, 1});
        Samples all = pull(mixer, 1.5);
        CHECK(peak_of({all.begin(), all.begin() + 480}) < 0.1f * peak_of(all)); // 5 ms
        mixer.set(at({}), {}, {});
        const Samples end = pull(mixer, 2.0);
        all.insert(all.end(), end.begin(), end.end());
        const auto samples = make_samples(Hum::Machine);
        float step = 0.f, largest = 0.f;
        for (std::size_t i = 1; i < samples.size(); ++i) step = std::max(step, std::abs(samples[i] - samples[i - 1]));
        for (std::size_t i = 2; i < all.size(); ++i) largest = std::max(largest, std::abs(all[i] - all[i - 2]));
        CHECK(largest <= step); // no click
        CHECK(peak_of({end.end() - 9600, end.end()}) == 0.f);
    }

    TEST_CASE("a loop of two seconds is heard again after two seconds, at twice the pitch after one") {
        const auto differ = [](const Samples& samples, std::size_t frames) {
            float most = 0.f;
            for (std::size_t i = 0; i + 2 * frames < samples.size(); ++i)
                most = std::max(most, std::abs(samples[i] - samples[i + 2 * frames]));
            return most;
        };
        const Samples plain = hum(at({}), {0.0, 0.0, -1.0}, 1.f, 3.0);
        CHECK(differ(plain, 2 * kRate_hz) < 1e-4f);
        CHECK(differ(plain, kRate_hz) > 0.01f);
        CHECK(differ(hum(at({}), {0.0, 0.0, -1.0}, 2.f, 3.0), kRate_hz) < 1e-4f);
    }

    TEST_CASE("each group has its volume, and none of it is silence") {
        const auto loud = [](const Volumes& volumes, const Shot& shot) {
            Mixer mixer;
            mixer.set(at({}), volumes, {});
            REQUIRE(mixer.play(shot));
            return peak_of(pull(mixer, 0.5));
        };
        const float whole = loud({}, {Sound::AlarmHigh, {}});
        CHECK(loud({.all = 0.5f}, {Sound::AlarmHigh, {}}) == doctest::Approx(0.5f * whole));
        CHECK(loud({.all = 0.5f, .alarms = 0.5f}, {Sound::AlarmHigh, {}}) == doctest::Approx(0.25f * whole));
        CHECK(loud({.alarms = 0.f}, {Sound::AlarmHigh, {}}) == 0.f);
        CHECK(loud({.alarms = 0.f, .machines = 0.f}, {Sound::Refusal, {}}) > 0.1f);
        Mixer mixer;
        const Humming machine{.id = 4, .hum = Hum::Machine, .at = {0.0, 0.0, -1.0}};
        mixer.set(at({}), {}, {&machine, 1});
        pull(mixer, 1.0);
        mixer.set(at({}), {.all = 0.f}, {&machine, 1}); // muted
        pull(mixer, 0.3);
        CHECK(peak_of(pull(mixer, 0.2)) < 1e-6f);
    }

    TEST_CASE("the same calls give the same samples, others give others") {
        const auto play = [](double x) {
            Mixer mixer;
            const Humming machines[]{{.id = 3, .hum = Hum::Rotary, .at = {x, 0.0, -3.0}, .gain = 0.8f, .pitch = 1.1f},
                                     {.id = 9, .hum = Hum::Belt, .at = {-2.0, 0.0, 1.0}}};
            Samples all;
            for (int frame = 0; frame < 90; ++frame) {
                mixer.set(at({0.01 * frame, 1.6, 0.0}, 0.02 * frame), {}, machines);
                if (frame % 20 == 5) mixer.play({Sound::Refusal, DVec3(0.3, 1.4, -0.4)});
                if (frame == 30) mixer.play({Sound::AlarmMedium, DVec3(4.0, 1.0, -6.0)});
                const Samples some = pull(mixer, 1.0 / 90.0);
                all.insert(all.end(), some.begin(), some.end());
            }
            return hash_of(all);
        };
        CHECK(play(1.0) == play(1.0));
        CHECK(play(1.0) != play(1.01));
    }

    TEST_CASE("a place that is no number is not heard and spoils nothing") {
        Mixer mixer;
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const Humming machine{.id = 4, .hum = Hum::Machine, .at = DVec3(nan)};
        mixer.set(at({}), {}, {&machine, 1});
        CHECK(mixer.kept().empty());
        REQUIRE(mixer.play({Sound::AlarmHigh, DVec3(nan, 0.0, 0.0)}));
        CHECK(peak_of(pull(mixer, 0.5)) == 0.f);
        REQUIRE(mixer.play({Sound::Refusal, {}}));
        CHECK(peak_of(pull(mixer, 0.5)) > 0.1f);
    }

    TEST_CASE("neither side allocates, and what is too much at once is refused") {
        Mixer mixer;
        std::vector<Humming> machines;
        for (std::uint32_t i = 0; i < 20; ++i)
            machines.push_back({.id = i, .hum = Hum::Machine, .at = {1.0 * i, 0, 0}});
        Samples block(960);
        const long before = test::allocations();
        for (int frame = 0; frame < 200; ++frame) {
            mixer.set(at({0.1 * frame, 0.0, 0.0}), {}, machines);
            mixer.play({frame % 3 == 0 ? Sound::Touch : Sound::AlarmLow, DVec3(1.0, 0.0, 0.0)});
            mixer.mix(block);
        }
        CHECK(test::allocations() == before);
        std::size_t taken = 0;
        while (taken < 1000 && mixer.play({Sound::Touch, {}})) ++taken;
        CHECK(taken == Mixer::kWaiting);
        mixer.mix(block);
        CHECK(mixer.play({Sound::Touch, {}}));
    }
}
