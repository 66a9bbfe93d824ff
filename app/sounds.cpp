// SPDX-License-Identifier: Apache-2.0
#include "app/sounds.h"

#include "base/format.h"
#include "base/strings.h"

#include <glm/geometric.hpp>

#include <format>
#include <utility>

namespace pw::app {

using audio::Sound;

namespace {

constexpr Duration kShort = from_ms(1500), kLong = from_ms(8000); // a caption of what one did, of what tells something
constexpr double kComesNear_m = 4.0, kGoesAway_m = 6.0;           // of a machine, by the user's metres
constexpr Duration kBetweenMachines = from_ms(3000);
constexpr double kModel = 2.0;                 // world metres in the user's: one that small is not walked about in
constexpr Duration kLeap = from_seconds(15.0); // in the past: so far at once is not watched but jumped to
constexpr const char* kWhere = "sound";

Text words_of(Sound sound) {
    switch (sound) {
    case Sound::Touch:
        return Text::HeardTouch;
    case Sound::Select:
        return Text::HeardSelect;
    case Sound::Refusal:
        return Text::HeardRefusal;
    case Sound::Grab:
        return Text::HeardGrab;
    case Sound::Release:
        return Text::HeardRelease;
    case Sound::Turn:
        return Text::HeardTurn;
    case Sound::Jump:
        return Text::HeardJump;
    case Sound::Reminder:
        return Text::HeardReminder;
    default:
        return Text::HeardAlarm;
    }
}

Sound sound_of(plant::AlarmPriority priority) {
    switch (priority) {
    case plant::AlarmPriority::Critical:
        return Sound::AlarmCritical;
    case plant::AlarmPriority::High:
        return Sound::AlarmHigh;
    case plant::AlarmPriority::Medium:
        return Sound::AlarmMedium;
    case plant::AlarmPriority::Low:
        break;
    }
    return Sound::AlarmLow;
}

constexpr std::array<std::pair<std::string_view, SoundOutput>, 3> kOutputs{
    {{"off", SoundOutput::Off}, {"null", SoundOutput::Nobody}, {"auto", SoundOutput::System}}};

} // namespace

std::optional<SoundOutput> find_sound_output(std::string_view name) {
    for (const auto& [known, output] : kOutputs)
        if (known == name) return output;
    return std::nullopt;
}

Sounds::Sounds(const plant::Plant& plant, Live& live, const Layers& layers, SoundOutput output)
    : plant_(plant), live_(live), layers_(layers), hums_(plant, live, layers), told_(plant.equipment.size()) {
    if (output == SoundOutput::Off) return;
    mixer_ = std::make_unique<audio::Mixer>();
    output_ = std::make_unique<audio::Output>(*mixer_, output == SoundOutput::System ? audio::Device::System
                                                                                     : audio::Device::Nobody);
}

void Sounds::make_heard(Sound sound, const std::optional<DVec3>& at, std::string words, bool tells) {
    ++played_[std::to_underlying(sound)];
    if (mixer_) mixer_->play({sound, at}); // one of more than 64 in a frame is not missed
    captions_.add({.sound = audio::look_of(sound).name,
                   .what = std::move(words),
                   .tells = tells,
                   .at = tells ? at : std::nullopt,
                   .until = now_ + (tells ? kLong : kShort)});
}

void Sounds::play(Sound sound, const std::optional<DVec3>& at) {
    make_heard(sound, at, text(words_of(sound)), /* tells= */ false);
}

// The alarms of the moment that is shown. What was there already when somebody came to a moment of the past is not new.
void Sounds::ring(bool past) {
    const auto* const management = live_.management();
    if (management == nullptr) return;
    const auto& figures = live_.figures();
    if (past) {
        const UtcTime before = std::exchange(past_at_, figures.time);
        if (past_at_ < before || past_at_ - before > kLeap) past_bell_.take_as_heard(figures.alarms);
    }
    const auto stroke = (past ? past_bell_ : bell_).step(figures.alarms, now_);
    if (!stroke || (past && stroke->reminder)) return; // nobody can acknowledge it there
    const auto& names = management->names();
    const std::uint32_t machine = names.equipment(stroke->alarm);
    const DAabb& box = layers_.box(machine);
    const Sound sound = stroke->reminder ? Sound::Reminder : sound_of(stroke->priority);
    const std::string name = plant_.equipment[machine].title + ", " + names.declared(stroke->alarm).title;
    const char* const priority = priority_words(stroke->priority);
    std::string words = vformatted(text(words_of(sound)), std::make_format_args(name, priority));
    if (stroke->others > 0) words = vformatted(text(Text::HeardMore), std::make_format_args(words, stroke->others));
    if (past) words = vformatted(text(Text::HeardInPast), std::make_format_args(words));
    make_heard(sound, box.empty() ? std::nullopt : std::optional((box.min + box.max) * 0.5), std::move(words),
               /* tells= */ true);
}

// A machine that one comes near says once that it hums: of several the nearest first, and each in its turn.
void Sounds::tell_machines(const audio::Listener& listener) {
    if (listener.world_per_user > kModel) return;
    const audio::Humming* nearest = nullptr;
    double nearest_m = kComesNear_m;
    for (const auto& humming : humming_) {
        const double distance = glm::length(audio::heard_at(listener, humming.at));
        if (distance > kGoesAway_m) told_[humming.id] = false;
        if (distance >= nearest_m || told_[humming.id]) continue;
        nearest = &humming;
        nearest_m = distance;
    }
    if (nearest == nullptr || now_ - machine_told_ < kBetweenMachines) return;
    told_[nearest->id] = true;
    machine_told_ = now_;
    captions_.add({.sound = audio::look_of(nearest->hum).name,
                   .what = vformatted(text(Text::HeardHum), std::make_format_args(plant_.equipment[nearest->id].title)),
                   .tells = true,
                   .at = nearest->at,
                   .until = now_ + kLong});
}

bool Sounds::silent(const Settings& settings) const {
    return muted_ || settings.volume <= 0.0 || (output_ && !output_->state().problem.empty());
}

void Sounds::step(const audio::Listener& listener, const Settings& settings, Time now, Problems& problems) {
    now_ = now;
    if (output_ && output_->take()) problems.stand(kWhere, output_->state().problem);
    const auto view = live_.away() ? live_.memory()->view() : std::nullopt;
    const bool past = live_.away(), still = past && !(view && view->playing);
    humming_ = still ? std::span<const audio::Humming>() : hums_.step();
    if (!still) ring(past);
    tell_machines(listener);
    captions_.step(listener, now);
    shown_ = settings.captions == "all"                        ? CaptionsShown::All
             : settings.captions == "auto" && silent(settings) ? CaptionsShown::Telling
                                                               : CaptionsShown::None;
    if (!mixer_) return;
    const auto number = [](double value) { return static_cast<float>(value); };
    mixer_->set(listener,
                {.all = muted_ ? 0.f : number(settings.volume),
                 .alarms = number(settings.volume_alarms),
                 .machines = number(settings.volume_machines)},
                humming_);
}

void Sounds::write(JsonWriter& w) const {
    w.begin_object().member("playing", output_ && output_->state().playing).member("muted", muted_);
    w.member("device", output_ ? output_->state().device : "").key("played").begin_object();
    for (std::size_t s = 0; s < audio::kSounds; ++s)
        if (played_[s] > 0) w.member(audio::look_of(static_cast<Sound>(s)).name, played_[s]);
    w.end_object().key("humming").begin_array();
    for (const auto& humming : mixer_ ? mixer_->kept() : humming_) w.value(plant_.equipment[humming.id].id);
    w.end_array().key("captions").begin_array();
    for (const auto& caption : captions_.list())
        w.begin_object()
            .member("sound", caption.sound)
            .member("words", caption.words)
            .member("shown", is_shown(caption, shown_))
            .end_object();
    w.end_array().end_object();
}

} // namespace pw::app
