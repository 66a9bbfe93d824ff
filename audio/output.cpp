// SPDX-License-Identifier: Apache-2.0
#include "audio/output.h"

#include "base/catch.h"
#include "base/file.h"
#include "base/jobs.h"
#include "base/quiet.h"
#include "base/result.h"

#include <miniaudio.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <optional>
#include <semaphore>
#include <thread>
#include <utility>

namespace pw::audio {

namespace {

constexpr std::chrono::seconds kLook{3};
constexpr int kLooksATry = 20; // a minute: what comes without a sign
constexpr ma_uint32 kPeriod_ms = 10;

// The names of what devices are reached by: when one has come or gone, a try may succeed.
std::string signs() {
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    std::string out;
    for (const std::string& folder : {std::string("/dev/snd"), join_path(runtime != nullptr ? runtime : "/", "pulse")})
        if (const auto names = list_folder(folder))
            for (const std::string& name : *names) out += name + '\n';
    return out;
}

Error error_of(ma_result result) { return {Errc::Unavailable, ma_result_description(result)}; }

// An open device with its context.
class Player {
  public:
    struct Hears {
        Mixer& mixer;
        std::function<void()> stopped; // by itself; on a thread of miniaudio
    };

    static Result<std::unique_ptr<Player>> open(ma_backend backend, Hears& hears) {
        // Both print pages of what is no news where there is none of theirs.
        std::optional<QuietStderr> quiet;
        if (backend == ma_backend_alsa || backend == ma_backend_jack) quiet.emplace();
        std::unique_ptr<Player> out(new Player);
        if (const ma_result made = ma_context_init(&backend, 1, nullptr, &out->context_); made != MA_SUCCESS)
            return std::unexpected(error_of(made));
        out->has_context_ = true;
        ma_device_config config = ma_device_config_init(ma_device_type_playback);
        config.playback.format = ma_format_f32;
        config.playback.channels = 2;
        config.sampleRate = kRate_hz;
        config.periodSizeInMilliseconds = kPeriod_ms;
        config.noPreSilencedOutputBuffer = MA_TRUE;
        config.noClip = MA_TRUE; // the mixer does
        config.pUserData = &hears;
        config.dataCallback = [](ma_device* device, void* samples, const void*, ma_uint32 frames) {
            static_cast<Hears*>(device->pUserData)->mixer.mix({static_cast<float*>(samples), std::size_t{2} * frames});
        };
        config.notificationCallback = [](const ma_device_notification* what) {
            if (what->type == ma_device_notification_type_stopped)
                static_cast<Hears*>(what->pDevice->pUserData)->stopped();
        };
        if (const ma_result made = ma_device_init(&out->context_, &config, &out->device_); made != MA_SUCCESS)
            return std::unexpected(error_of(made));
        out->has_device_ = true;
        if (const ma_result made = ma_device_start(&out->device_); made != MA_SUCCESS)
            return std::unexpected(error_of(made));
        return out;
    }

    ~Player() {
        if (has_device_) ma_device_uninit(&device_);
        if (has_context_) ma_context_uninit(&context_);
    }
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    std::string name() {
        std::array<char, MA_MAX_DEVICE_NAME_LENGTH + 1> name{};
        ma_device_get_name(&device_, ma_device_type_playback, name.data(), name.size(), nullptr);
        return std::string(ma_get_backend_name(context_.backend)) + ": " + name.data();
    }

  private:
    Player() = default;
    ma_context context_{};
    ma_device device_{};
    bool has_context_ = false, has_device_ = false;
};

} // namespace

struct Output::Impl {
    Device device;
    Player::Hears hears;
    std::counting_semaphore<> wake{0};
    std::atomic<bool> stopped{false};
    Mailbox<OutputState> told;
    std::jthread thread;

    Impl(Mixer& mixer, Device wanted) : device(wanted), hears{mixer, [this] { stop(); }} {
        thread = std::jthread([this](const std::stop_token& end) {
            name_this_thread("sound");
            catch_all("sound", [&] { run(end); });
        });
    }

    void stop() {
        stopped = true;
        wake.release();
    }

    void tell(OutputState state) {
        told.draft() = std::move(state);
        told.post();
    }

    Result<std::unique_ptr<Player>> open() {
        if (device == Device::Nobody) return Player::open(ma_backend_null, hears);
        std::string why;
        for (const ma_backend backend : {ma_backend_pulseaudio, ma_backend_alsa, ma_backend_jack}) {
            auto opened = Player::open(backend, hears);
            if (opened) return opened;
            why += (why.empty() ? "" : ", ") + std::string(ma_get_backend_name(backend)) + ": " + opened.error().what;
        }
        return fail(Errc::Unavailable, std::move(why));
    }

    void run(const std::stop_token& end) {
        const std::stop_callback woken(end, [this] { wake.release(); });
        std::string last_signs;
        for (int looks = 0; !end.stop_requested(); ++looks) {
            std::string now = signs();
            if (looks % kLooksATry == 0 || now != last_signs) {
                last_signs = std::move(now);
                if (play(end)) last_signs.clear(); // it may be back in a moment
            }
            while (wake.try_acquire()) {}
            if (end.stop_requested()) return;
            [[maybe_unused]] const bool asked = wake.try_acquire_for(kLook);
        }
    }

    // Until the device stops by itself or the end is asked for; false: there was none.
    bool play(const std::stop_token& end) {
        stopped = false;
        const auto player = open();
        if (!player) {
            tell({.problem = "there is no sound device: " + player.error().what});
            return false;
        }
        tell({.playing = true, .device = (*player)->name()});
        while (!end.stop_requested() && !stopped) wake.acquire();
        if (!end.stop_requested()) tell({.problem = "the sound device has gone"});
        return true;
    }
};

Output::Output(Mixer& mixer, Device device) : impl_(std::make_unique<Impl>(mixer, device)) {}
Output::~Output() = default;

bool Output::take() { return impl_->told.take(); }
const OutputState& Output::state() const { return impl_->told.current(); }

} // namespace pw::audio
