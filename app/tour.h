#pragma once
// SPDX-License-Identifier: Apache-2.0
// A guided tour for a client without a person: glides from viewpoint to viewpoint of the plant, then shows from the
// first one where the energy goes and how the lines do, and on the floor the way to the most urgent alarm, as far as
// the plant has such. Writes a picture at each stop and a film of it all. Driven from the frame loop; encoding and
// writing happen on a thread of the tour's own.

#include "app/client.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
    using Say = std::function<void(const std::string&)>; // called on the tour's thread
    Tour(Client& client, const TourOptions& options, Say say);
    ~Tour();

    // Once per frame, before it is drawn.
    void step();
    bool finished() const { return stop_ >= stops_.size() && pictures_asked_ == 0; } // the walk, not the writing
    // After the last frame: waits until everything is written. The pictures' files.
    std::vector<std::string> finish();

  private:
    class Writer;
    struct Stop {
        plant::Viewpoint view;
        std::function<bool(plant::Viewpoint&)> begin; // null: nothing; false: there is nothing to see, leave it out
        std::function<void()> end;                    // null: nothing
    };
    struct Taken {
        std::shared_ptr<const scene::Pixels> picture;
        std::string file; // empty: only for the film
        Time asked;
    };
    void plan();
    void call(std::string_view action, const std::string& arguments = "{}");
    bool show_alarm(plant::Viewpoint& view);
    bool arrive();
    void look(const plant::Viewpoint& from, const plant::Viewpoint& to, double part);
    void ask(const std::string& file, Time now);

    Client& client_;
    TourOptions options_;
    std::vector<Stop> stops_;
    std::size_t stop_ = 0;
    bool arrived_ = false, pictured_ = false; // at stops_[stop_]
    std::optional<Time> stop_began_;
    Time next_film_frame_{};
    std::uint32_t pictures_asked_ = 0; // not yet given
    std::deque<Taken> unwritten_;      // the writer has no room for them yet
    std::unique_ptr<Writer> writer_;
};

} // namespace pw::app
