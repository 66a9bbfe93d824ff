// SPDX-License-Identifier: Apache-2.0
#include "app/tour.h"

#include "app/video.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "base/ring.h"

#include <glm/common.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <semaphore>
#include <thread>
#include <utility>

namespace pw::app {

namespace {

constexpr std::size_t kRoom = 8; // pictures, of 3.7 MB at 1280x720

} // namespace

// Encodes and writes in the order of the pictures.
class Tour::Writer {
  public:
    Writer(const TourOptions& options, Say say) : options_(options), say_(std::move(say)), thread_([this] { run(); }) {}
    ~Writer() { finish(); }

    // False when there is no room; `taken` is then unchanged. The frame thread's, as finish().
    bool add(Taken&& taken) {
        if (!ring_.push(std::move(taken))) return false;
        filled_.release();
        return true;
    }
    std::vector<std::string> finish() {
        if (thread_.joinable()) {
            filled_.release(); // one without a picture: the end
            thread_.join();
        }
        return pictures_;
    }

  private:
    void run() {
        name_this_thread("tour");
        try {
            for (;;) {
                filled_.acquire();
                const auto taken = ring_.pop();
                if (!taken) break;
                if (!taken->file.empty()) write(*taken);
                if (options_.film) film(*taken);
            }
            if (!video_) return;
            if (auto done = video_->finish(); !done)
                log_warn(done.error().what);
            else
                say_("film: " + film_file());
        } catch (const std::exception& e) { log_error(std::string("the tour's pictures end early: ") + e.what()); }
    }

    void write(const Taken& taken) {
        const auto png = scene::encode_png(*taken.picture);
        const auto written = png ? write_file(taken.file, *png) : std::unexpected(png.error());
        if (!written) return log_error(written.error().what);
        pictures_.push_back(taken.file);
        say_(formatted("picture {}: {}", pictures_.size(), taken.file));
    }

    // Real time: a picture is repeated for as long as it was the newest.
    void film(const Taken& taken) {
        if (!video_) {
            auto opened =
                Video::open(film_file(), taken.picture->width, taken.picture->height, options_.film_frames_per_s);
            if (!opened) return end_film(opened.error());
            video_ = std::move(*opened);
            began_ = taken.asked;
        }
        const auto due = static_cast<std::uint64_t>((taken.asked - began_).seconds() * options_.film_frames_per_s) + 1;
        for (; frames_ < due; ++frames_) {
            if (auto added = video_->add(*taken.picture); !added) return end_film(added.error());
        }
    }

    void end_film(const Error& error) {
        log_warn("the film ends early: " + error.what);
        options_.film = false;
    }

    std::string film_file() const { return join_path(options_.folder, "tour.mp4"); }

    TourOptions options_;
    Say say_;
    std::vector<std::string> pictures_; // the thread's, until it is joined
    std::optional<Video> video_;
    Time began_{};
    std::uint64_t frames_ = 0;
    Ring<Taken> ring_{kRoom};
    std::counting_semaphore<> filled_{0};
    std::thread thread_; // last: uses the rest
};

Tour::Tour(Client& client, const TourOptions& options, Say say) : client_(client), options_(options) {
    plan();
    writer_ = std::make_unique<Writer>(options, std::move(say));
    if (!stops_.empty()) look(stops_[0].view, stops_[0].view, 0.0);
}

Tour::~Tour() = default;

void Tour::plan() {
    const auto& plant = client_.plant();
    for (const auto& view : plant.viewpoints) stops_.push_back({view, {}, {}});
    if (stops_.empty() || client_.live().management() == nullptr) return;
    const auto has = [&](plant::TagRole role) {
        return std::ranges::any_of(
            plant.equipment, [role](const auto& e) { return std::ranges::contains(e.tags, role, &plant::Tag::role); });
    };
    const auto from_first = [&](const char* name, std::string action, std::string on, std::string off) {
        Stop stop{plant.viewpoints[0], [this, action, on](plant::Viewpoint&) { return call(action, on), true; },
                  [this, action, off] { call(action, off); }};
        stop.view.id = name;
        stops_.push_back(std::move(stop));
    };
    if (has(plant::TagRole::Power)) from_first("energy", "heat.show", R"({"figure":"energy"})", R"({"figure":"none"})");
    if (has(plant::TagRole::Produced)) from_first("lines", "line.show", "{}", "{}");
    Stop alarm{plant.viewpoints[0], [this](plant::Viewpoint& view) { return show_alarm(view); },
               [this] {
                   call("alarm.end_way");
                   call("view.clear_selection");
               }};
    alarm.view.id = "alarm";
    stops_.push_back(std::move(alarm));
}

void Tour::call(std::string_view action, const std::string& arguments) {
    if (auto done = client_.actions().call(action, arguments); !done)
        log_warn(formatted("the tour's {}: {}", action, done.error().what));
}

// The most urgent one, seen by somebody who stands where the visit begins.
bool Tour::show_alarm(plant::Viewpoint& view) {
    const auto& alarms = client_.live().figures().alarms;
    if (alarms.empty()) return false;
    const auto& names = client_.live().management()->names();
    const DVec3 machine = client_.name_at(names.equipment(alarms.front().alarm));
    if (std::isnan(machine.x)) return false;
    call("alarm.find", formatted(R"({{"alarm":{}}})", json_quote(names.name(alarms.front().alarm))));
    view.eye_m = client_.home().world_from_eye().position;
    view.target_m = {machine.x, 0.7 * Walker::kEyeHeight_m, machine.z};
    return true;
}

void Tour::look(const plant::Viewpoint& from, const plant::Viewpoint& to, double part) {
    const double t = part * part * (3.0 - 2.0 * part);
    client_.set_camera({glm::mix(from.eye_m, to.eye_m, t), glm::mix(from.target_m, to.target_m, t),
                        glm::mix(from.fov_y_deg, to.fov_y_deg, t)});
}

// False when there is nothing to see at this stop, which is then past.
bool Tour::arrive() {
    arrived_ = true;
    Stop& stop = stops_[stop_];
    if (!stop.begin || stop.begin(stop.view)) return true;
    stops_.erase(stops_.begin() + static_cast<std::ptrdiff_t>(stop_));
    arrived_ = false;
    return false;
}

void Tour::step() {
    while (!unwritten_.empty() && writer_->add(std::move(unwritten_.front()))) unwritten_.pop_front();
    if (stop_ >= stops_.size()) return;
    if (!arrived_ && !arrive()) return;
    const Time now = system_clock().now();
    if (!stop_began_) {
        if (!client_.settled()) return;
        stop_began_ = now;
    }
    double s = (now - *stop_began_).seconds();
    // The first picture at once: whoever waits for it has waited long enough. The others after a look around.
    const bool still = !pictured_ && s >= (stop_ == 0 ? 0.0 : options_.stop_s * 0.5);
    if (still && s > options_.stop_s) { // a slow machine: the picture is of the stop all the same
        s = options_.stop_s;
        stop_began_ = now - from_seconds(s);
    }
    const bool last = stop_ + 1 == stops_.size();
    const double gliding = last ? 0.0 : (s - options_.stop_s) / options_.glide_s;
    look(stops_[stop_].view, stops_[last ? stop_ : stop_ + 1].view, glm::clamp(gliding, 0.0, 1.0));
    if (still) {
        pictured_ = true;
        ask(join_path(options_.folder, formatted("{:02}-{}.png", stop_ + 1, stops_[stop_].view.id)), now);
    } else if (options_.film && now >= next_film_frame_) {
        ask({}, now);
    }
    if (s < options_.stop_s + (last ? 0.0 : options_.glide_s)) return;
    if (stops_[stop_].end) stops_[stop_].end();
    stop_began_ = now;
    arrived_ = pictured_ = false;
    ++stop_;
}

void Tour::ask(const std::string& file, Time now) {
    next_film_frame_ = now + from_seconds(1.0 / options_.film_frames_per_s);
    ++pictures_asked_;
    const auto take = [this, file, now](std::shared_ptr<const scene::Pixels> picture) {
        --pictures_asked_;
        Taken taken{std::move(picture), file, now};
        // A picture of the film is not worth waiting for, one at a stop is.
        const bool written = unwritten_.empty() && writer_->add(std::move(taken));
        if (!written && !file.empty()) unwritten_.push_back(std::move(taken));
    };
    client_.ask_picture(take, file.empty() ? Keep::Picture : Keep::Still);
}

std::vector<std::string> Tour::finish() {
    client_.finish_pictures();
    for (; !unwritten_.empty(); pause_for(from_ms(5))) {
        if (writer_->add(std::move(unwritten_.front()))) unwritten_.pop_front();
    }
    return writer_->finish();
}

} // namespace pw::app
