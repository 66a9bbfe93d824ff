#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where the mix goes: the system's loudspeakers or headphones, opened, watched and opened again on a thread of its own.
// The one place with miniaudio. Frame thread; nothing of it waits but the destructor.

#include "audio/mixer.h"

#include <memory>
#include <string>

namespace pw::audio {

enum class Device : std::uint8_t {
    System, // what the user has chosen there: PulseAudio or PipeWire, else ALSA, else JACK
    Nobody, // in real time into nothing, on no device
};

struct OutputState {
    bool playing = false;
    std::string device;  // "PulseAudio: Built-in Audio"
    std::string problem; // why it does not play; empty before the first try
};

class Output {
  public:
    // Takes samples of `mixer`, which outlives it, from another thread. Without a device it looks again every three
    // seconds, and tries when something has come to where devices are, or a minute has passed.
    Output(Mixer& mixer, Device device);
    ~Output(); // waits for a device that is just being opened: a second at the worst
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    bool take();                      // true when state() has become a newer one
    const OutputState& state() const; // as last taken

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::audio
