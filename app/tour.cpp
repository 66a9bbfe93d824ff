// SPDX-License-Identifier: Apache-2.0
#include "app/tour.h"

#include "base/file.h"
#include "base/log.h"

#include <glm/common.hpp>

#include <format>

namespace pw::app {

Tour::Tour(Client& client, const TourOptions& options, Say say)
    : client_(client), options_(options), say_(std::move(say)), stops_(client.plant().viewpoints) {
    if (!stops_.empty()) look(stops_[0], stops_[0], 0.0);
}

void Tour::look(const plant::Viewpoint& from, const plant::Viewpoint& to, double part) {
    const double t = part * part * (3.0 - 2.0 * part);
    client_.set_camera({glm::mix(from.eye_m, to.eye_m, t), glm::mix(from.target_m, to.target_m, t),
                        glm::mix(from.fov_y_deg, to.fov_y_deg, t)});
}

void Tour::step() {
    if (stop_ >= stops_.size()) return;
    const Time now = system_clock().now();
    if (!stop_began_) {
        if (!client_.settled()) return;
        stop_began_ = now;
        film_began_ = now;
    }
    double s = (now - *stop_began_).seconds();
    Wanted wanted{{}, now};
    // The first picture at once: whoever waits for it has waited long enough. The others after a look around.
    if (!pictured_ && s >= (stop_ == 0 ? 0.0 : options_.stop_s * 0.5)) {
        pictured_ = true;
        wanted.file = join_path(options_.folder, std::format("{:02}-{}.png", stop_ + 1, stops_[stop_].id));
        // On a slow machine the time to go on may have come already: the picture is of the stop all the same.
        if (s > options_.stop_s) {
            s = options_.stop_s;
            stop_began_ = now - from_seconds(s);
        }
    }
    const bool last = stop_ + 1 == stops_.size();
    const double gliding = last ? 0.0 : (s - options_.stop_s) / options_.glide_s;
    look(stops_[stop_], stops_[last ? stop_ : stop_ + 1], glm::clamp(gliding, 0.0, 1.0));
    if (options_.film || !wanted.file.empty()) {
        client_.ask_picture(wanted.file.empty() ? Keep::Picture : Keep::Still);
        wanted_.push_back(std::move(wanted));
    }
    if (s < options_.stop_s + (last ? 0.0 : options_.glide_s)) return;
    stop_began_ = now;
    pictured_ = false;
    ++stop_;
}

void Tour::collect(bool wait) {
    while (!wanted_.empty()) {
        const auto picture = client_.take_picture(wait);
        if (!picture) return;
        const Wanted wanted = std::move(wanted_.front());
        wanted_.pop_front();
        if (!wanted.file.empty()) {
            const auto png = scene::encode_png(*picture);
            const auto written = png ? write_file(wanted.file, *png) : std::unexpected(png.error());
            if (written) {
                pictures_.push_back(wanted.file);
                say_(std::format("picture {} of {}: {}", pictures_.size(), stops_.size(), wanted.file));
            } else {
                log_error(written.error().what);
            }
        }
        if (options_.film) film(*picture, wanted.asked);
    }
}

// Real time: a picture is repeated for as long as it was the newest.
void Tour::film(const scene::Pixels& picture, Time when) {
    if (!video_) {
        auto opened = Video::open(join_path(options_.folder, "tour.mp4"), picture.width, picture.height,
                                  options_.film_frames_per_s);
        if (!opened) {
            log_warn(opened.error().what);
            options_.film = false;
            return;
        }
        video_ = std::move(*opened);
    }
    const auto due = static_cast<std::uint64_t>((when - film_began_).seconds() * options_.film_frames_per_s) + 1;
    for (; film_frames_ < due; ++film_frames_) {
        if (auto added = video_->add(picture); !added) {
            log_warn("the film ends early: " + added.error().what);
            options_.film = false;
            return;
        }
    }
}

Result<void> Tour::finish() {
    if (!video_) return {};
    auto done = video_->finish();
    if (done) say_("film: " + join_path(options_.folder, "tour.mp4"));
    return done;
}

} // namespace pw::app
