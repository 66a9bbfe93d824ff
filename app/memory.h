#pragma once
// SPDX-License-Identifier: Apache-2.0
// What this visit remembers: everything the machines say goes into one recording (docs/recording.md); out of it come
// the trends of the last minutes, and the plant as it was. Frame thread, but for the listener's part.

#include "base/jobs.h"
#include "base/result.h"
#include "base/ring.h"
#include "record/recorder.h"
#include "twin/recording.h"
#include "twin/replay.h"
#include "work/figures_json.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pw::app {

class Memory {
  public:
    // Records into `file`; empty: into files of its own in the user's cache folder, which have no name there and are
    // gone with this process. One that has grown to `own_bytes` is followed by another, and forgotten; the other then
    // has the last eighth of it too.
    static Result<std::unique_ptr<Memory>> start(const std::string& file, std::vector<twin::WatchedTag> watched,
                                                 Jobs& jobs, std::uint64_t own_bytes = 448ull << 20);
    ~Memory();

    twin::Listener& listener() { return *ear_; }
    void tell(const char* topic, const std::string& json, twin::Instant now); // connections' threads
    const std::string& file() const { return file_; }                         // empty: its own
    std::optional<std::string> next_problem() { return problems_.pop(); }     // why it records no more

    // Once a frame. Opens what has been written so far, and takes in answers.
    void step(Time now);

    // ---- the past
    bool away() const { return away_; } // what is shown is not now
    void go_to(UtcTime at);             // no effect while there is no view()
    void play(double speed);
    void pause();
    void come_back();
    // Of the moment that is shown; null while nothing of it is there yet.
    const twin::TwinSnapshot* snapshot() const { return away_ && arrived_ ? &replay_->snapshot() : nullptr; }
    bool taken() const { return taken_; }            // as Twin::take, of the past, as of the last step()
    const work::PastFigures* figures() const;        // of that moment; null: none were told yet
    void read_figures_with(work::FigureNames names); // before the first step()
    std::optional<twin::ReplayView> view() const;    // nothing: there is no recording to look at yet

    // A tag's numbers of the last ten minutes before the moment shown, brought up to date once a second while somebody
    // asks: only what is new is read.
    struct Trend {
        std::vector<twin::SeriesPoint> points; // the first may be older: it holds until the second
        UtcTime until;                         // it is known up to here
    };
    const Trend& trend(std::uint32_t watched, Time now);
    static constexpr Duration kTrendSpan = from_seconds(600.0), kTrendPart = from_seconds(5.0);

  private:
    struct Asked { // of one tag
        Trend trend;
        Time asked{}, wanted{};
        UtcTime to; // of the open question
        bool open = false, whole = false;
    };
    static void take_in(Asked& asked, twin::Series series);
    class Ear;
    struct Written { // to be opened
        std::unique_ptr<record::Source> source;
        std::uint32_t file = 0; // RecorderState::file
    };
    struct Opening; // of what has been written, by a job
    explicit Memory(Jobs& jobs) : jobs_(jobs) {}
    void open(Time now);
    void forget_trends();

    Jobs& jobs_;
    std::string file_;
    std::vector<twin::WatchedTag> watched_;
    std::unique_ptr<record::Recorder> recorder_;
    std::unique_ptr<twin::TwinRecorder> writer_;
    std::unique_ptr<twin::Listener> ear_; // an Ear
    Ring<std::string> problems_{4};
    std::atomic<bool> wants_written_{false}; // the frame thread asks, the listener answers
    std::atomic<std::uint32_t> newest_file_{0};
    Ring<Written> written_{2};
    std::shared_ptr<Opening> opening_;
    std::unique_ptr<twin::Replay> replay_;
    std::uint32_t replayed_file_ = 0;
    Time next_try_{};
    bool away_ = false, arrived_ = false, taken_ = false;
    std::shared_ptr<const work::FigureNames> names_;
    std::map<std::uint32_t, Asked> trends_;
    std::map<std::uint32_t, std::uint32_t> asked_; // by SeriesId: which tag
};

} // namespace pw::app
