#pragma once
// SPDX-License-Identifier: Apache-2.0
// What can be heard: short sounds, and machines that hum; made by arithmetic when the program starts, not read from
// files. Pure. docs/sound.md says when each sounds; a test compares the levels there with these.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pw::audio {

inline constexpr std::uint32_t kRate_hz = 48'000; // of all samples

enum class Sound : std::uint8_t {
    Touch,         // a finger on a panel
    Select,        // a trigger pulled, a pinch
    Refusal,       // what was asked for is not done
    Grab,          // something is taken hold of
    Release,       // and let go of
    Turn,          // a snap turn
    Jump,          // to another place
    AlarmCritical, // one burst each, told apart by rhythm
    AlarmHigh,
    AlarmMedium,
    AlarmLow,
    Reminder, // an alarm still waits to be acknowledged
};
inline constexpr std::size_t kSounds = 12;

enum class Hum : std::uint8_t {
    Machine, // mains hum of transformers and motors, a little air
    Rotary,  // a carousel: deeper, and clatters
    Belt,    // rollers and bearings
};
inline constexpr std::size_t kHums = 3;

enum class Group : std::uint8_t { Hands, Alarms, Machines }; // each with a volume of its own

struct SoundLook {
    const char* name; // "touch"
    Group group;
    std::uint8_t importance; // when there are too many voices, the larger stays
    float level;             // the largest sample at the reference distance, of 1
    float reference_m;       // so near or nearer it is as loud as it gets
    float farthest_m;        // so far or farther it is as quiet as it gets
};
const SoundLook& look_of(Sound sound);
const SoundLook& look_of(Hum hum); // level: the root mean square instead

// By the inverse distance law, as OpenAL's "inverse distance clamped": reference / distance, which is 6 dB less for
// twice the distance, between the two bounds.
float attenuation(const SoundLook& look, double distance_m);

// One channel. The same samples in every run on one machine.
std::vector<float> make_samples(Sound sound);
std::vector<float> make_samples(Hum hum); // its end joins its beginning

} // namespace pw::audio
