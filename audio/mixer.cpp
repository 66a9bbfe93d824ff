// SPDX-License-Identifier: Apache-2.0
#include "audio/mixer.h"

#include "base/assert.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace pw::audio {

namespace {

constexpr std::size_t kBlock = 64; // frames with one listener: 1.3 ms
// What a block takes of the way to where a value should be: of an exponential with this time constant.
float share_of(double time_constant_s) {
    return static_cast<float>(1.0 - std::exp(-static_cast<double>(kBlock) / kRate_hz / time_constant_s));
}
const float kTurned = share_of(0.010), kFaded = share_of(0.100);
const float kRelease = static_cast<float>(std::exp(-1.0 / (0.2 * kRate_hz))); // of the limiter, a sample
constexpr float kSilent = 1e-4f;

float volume_of(const Volumes& volumes, Group group) {
    switch (group) {
    case Group::Alarms:
        return volumes.all * volumes.alarms;
    case Group::Machines:
        return volumes.all * volumes.machines;
    case Group::Hands:
        break;
    }
    return volumes.all;
}

float loudness_at(const Listener& listener, const Humming& humming) {
    const SoundLook& look = look_of(humming.hum);
    const double distance = glm::length(heard_at(listener, humming.at));
    return distance < static_cast<double>(look.farthest_m) ? humming.gain * look.level * attenuation(look, distance)
                                                           : 0.f;
}

} // namespace

Mixer::Mixer() {
    for (std::size_t s = 0; s < kSounds; ++s) sounds_[s] = make_samples(static_cast<Sound>(s));
    for (std::size_t h = 0; h < kHums; ++h) hums_[h] = make_samples(static_cast<Hum>(h));
}

bool Mixer::play(const Shot& shot) { return waiting_.push(Shot(shot)); }

void Mixer::set(const Listener& listener, const Volumes& volumes, std::span<const Humming> hummings) {
    std::array<float, kHummings> loudness{};
    kept_count_ = 0;
    for (const Humming& humming : hummings) {
        const float loud = loudness_at(listener, humming);
        if (!(loud > 0.f)) continue;
        std::size_t place = std::min(kept_count_, kHummings - 1);
        if (kept_count_ == kHummings && loud <= loudness[place]) continue;
        kept_count_ = std::min(kept_count_ + 1, kHummings);
        for (; place > 0 && loudness[place - 1] < loud; --place) {
            loudness[place] = loudness[place - 1];
            kept_[place] = kept_[place - 1];
        }
        loudness[place] = loud;
        kept_[place] = humming;
    }
    Said& said = said_.draft();
    said.listener = listener;
    said.volumes = volumes;
    said.hummings = kept_;
    said.count = kept_count_;
    said_.post();
}

// How loud it is in each ear now. A place that is no number is not heard.
Ears Mixer::gains(const SoundLook& look, const std::optional<DVec3>& at) const {
    const Said& said = said_.current();
    const float volume = volume_of(said.volumes, look.group);
    if (!at) return {volume * Ears{}.left, volume * Ears{}.right};
    const DVec3 place = heard_at(said.listener, *at);
    const double distance = glm::length(place);
    if (!std::isfinite(distance)) return {0.f, 0.f};
    const Ears ears = ears_for(place);
    const float gain = volume * attenuation(look, distance);
    return {ears.left * gain, ears.right * gain};
}

void Mixer::begin(const Shot& shot) {
    const auto worth = [this](const Shot& of) {
        const SoundLook& look = look_of(of.sound);
        const Ears ears = gains(look, of.at);
        return std::tuple(look.importance, (ears.left + ears.right) * look.level);
    };
    ShotVoice* place = &shots_[0];
    for (ShotVoice& voice : shots_) {
        if (!voice.on) {
            place = &voice;
            break;
        }
        if (worth(voice.shot) < worth(place->shot)) place = &voice;
    }
    if (place->on && worth(shot) < worth(place->shot)) return;
    *place = {.shot = shot, .on = true, .fresh = true};
}

// Two of a kind that began alike would be one, louder.
void Mixer::begin(const Humming& humming, HumVoice& voice) const {
    const Ears ears = gains(look_of(humming.hum), humming.at);
    voice = {.humming = humming,
             .at = static_cast<double>(humming.id * 7919u % kRate_hz),
             .on = true,
             .pitch = humming.pitch,
             .left = ears.left,
             .right = ears.right};
}

// Those that hum already go on, at what is said of them now; others begin; who is not there any more fades.
void Mixer::take_hummings() {
    const Said& said = said_.current();
    const std::span now(said.hummings.data(), said.count);
    for (const Humming& humming : now) {
        HumVoice* place = &humming_[0];
        for (HumVoice& voice : humming_) {
            if (voice.on && voice.humming.id == humming.id) {
                place = &voice;
                break;
            }
            if (place->on && (!voice.on || voice.fade < place->fade)) place = &voice;
        }
        if (!place->on || place->humming.id != humming.id) begin(humming, *place);
        place->humming = humming;
    }
    for (HumVoice& voice : humming_) {
        if (voice.on && std::ranges::find(now, voice.humming.id, &Humming::id) == now.end()) voice.humming.gain = 0.f;
    }
}

void Mixer::add_shot(ShotVoice& voice, std::span<float> out) const {
    const Ears to = gains(look_of(voice.shot.sound), voice.shot.at);
    if (std::exchange(voice.fresh, false)) std::tie(voice.left, voice.right) = std::tie(to.left, to.right);
    const std::vector<float>& samples = sounds_[std::to_underlying(voice.shot.sound)];
    const std::size_t frames = std::min(out.size() / 2, samples.size() - voice.next);
    const float step_left = (to.left - voice.left) * kTurned / kBlock,
                step_right = (to.right - voice.right) * kTurned / kBlock;
    for (std::size_t i = 0; i < frames; ++i) {
        voice.left += step_left;
        voice.right += step_right;
        out[2 * i] += samples[voice.next + i] * voice.left;
        out[2 * i + 1] += samples[voice.next + i] * voice.right;
    }
    voice.next += frames;
    voice.on = voice.next < samples.size();
}

void Mixer::add_hum(HumVoice& voice, std::span<float> out) const {
    const Ears to = gains(look_of(voice.humming.hum), voice.humming.at);
    const std::vector<float>& samples = hums_[std::to_underlying(voice.humming.hum)];
    const auto size = static_cast<double>(samples.size());
    const float step_left = (to.left - voice.left) * kTurned / kBlock,
                step_right = (to.right - voice.right) * kTurned / kBlock;
    const float step_fade = (voice.humming.gain - voice.fade) * kFaded / kBlock,
                step_pitch = (voice.humming.pitch - voice.pitch) * kFaded / kBlock;
    for (std::size_t i = 0; i < out.size() / 2; ++i) {
        voice.left += step_left;
        voice.right += step_right;
        voice.fade += step_fade;
        voice.pitch += step_pitch;
        const auto before = static_cast<std::size_t>(voice.at);
        const std::size_t after = before + 1 < samples.size() ? before + 1 : 0;
        const float share = static_cast<float>(voice.at - static_cast<double>(before));
        const float sample = (samples[before] + (samples[after] - samples[before]) * share) * voice.fade;
        out[2 * i] += sample * voice.left;
        out[2 * i + 1] += sample * voice.right;
        voice.at += static_cast<double>(voice.pitch);
        if (voice.at >= size) voice.at -= size;
    }
    voice.on = voice.humming.gain > 0.f || voice.fade > kSilent;
}

// At once down to what the loudest sample allows, and back within some tenths of a second.
void Mixer::limit(std::span<float> out) {
    for (std::size_t i = 0; i < out.size(); i += 2) {
        loudest_ = std::max({loudest_ * kRelease, std::abs(out[i]), std::abs(out[i + 1])});
        if (loudest_ <= kCeiling) continue;
        for (float* sample : {&out[i], &out[i + 1]}) // the division rounds
            *sample = std::clamp(*sample * (kCeiling / loudest_), -kCeiling, kCeiling);
    }
}

void Mixer::mix(std::span<float> out) {
    PW_ASSERT(out.size() % 2 == 0, "samples are of both ears");
    if (said_.take()) take_hummings();
    while (const auto shot = waiting_.pop()) begin(*shot);
    while (!out.empty()) {
        const auto block = out.first(std::min(out.size(), 2 * kBlock));
        out = out.subspan(block.size());
        std::ranges::fill(block, 0.f);
        for (ShotVoice& voice : shots_)
            if (voice.on) add_shot(voice, block);
        for (HumVoice& voice : humming_)
            if (voice.on) add_hum(voice, block);
        limit(block);
    }
}

} // namespace pw::audio
