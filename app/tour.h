#pragma once
// SPDX-License-Identifier: Apache-2.0
// A guided tour for a client without a person: glides from viewpoint to viewpoint, writes a picture at each and a film
// of it all. Driven from the frame loop; writing happens on jobs.

#include "app/client.h"
#include "app/video.h"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pw::app {

struct TourOptions {
    std::string folder; // pictures go there: "01-overview.png" …
    double stop_s = 2.2, glide_s = 1.6;
    bool film = true;
    int film_frames_per_s = 12;
};

class Tour {
  public:
    using Say = std::function<void(const std::string&)>;
    Tour(Client& client, const TourOptions& options, Say say);

    // Once per frame, before it is drawn.
    void step();
    // Once per frame, after it was drawn: takes the finished pictures.
    void collect(bool wait);
    bool finished() const { return stop_ >= stops_.size() && wanted_.empty(); }
    Result<void> finish(); // after the last frame: closes the film
    const std::vector<std::string>& pictures() const { return pictures_; }

  private:
    struct Wanted {
        std::string file; // empty: only for the film
        Time asked;
    };
    void look(const plant::Viewpoint& from, const plant::Viewpoint& to, double part);
    void film(const scene::Pixels& picture, Time when);

    Client& client_;
    TourOptions options_;
    Say say_;
    std::vector<plant::Viewpoint> stops_;
    std::size_t stop_ = 0;
    bool pictured_ = false;
    std::optional<Time> stop_began_;
    std::deque<Wanted> wanted_;
    std::optional<Video> video_;
    Time film_began_{};
    std::uint64_t film_frames_ = 0;
    std::vector<std::string> pictures_;
};

} // namespace pw::app
