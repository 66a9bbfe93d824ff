#pragma once
// SPDX-License-Identifier: Apache-2.0
// The machines as they were: a Twin whose words come out of a recording, finished or still being written (then it sees
// all but about the last second). It reads on a thread of its own; all functions but open and the destructor are for
// the frame thread and never block. It stands at the recording's begin until seek or play.

#include "record/reader.h"
#include "twin/twin.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::twin {

struct ReplayView {
    UtcTime at;          // what snapshot() is of: everything heard until then, nothing later
    UtcTime first, last; // of the recording, as far as it is there
    bool playing = false;
    bool finished = false; // the recording does not grow any more
};

using SeriesId = Id<struct SeriesTag>;
struct SeriesPoint {
    UtcTime time; // of its first word; of the very first point: `from`, when there was a value already
    double min = 0.0, max = 0.0, last = 0.0;
    Quality worst = Quality::Good;
};
struct Series {
    SeriesId id;
    std::vector<SeriesPoint> points; // ascending; only where there were words with numbers
    std::string problem;
};

class Replay : public Twin {
  public:
    // As record::Reader::open; `watched` is the order of TwinSnapshot::tags, `topics` that of texts().
    static Result<std::unique_ptr<Replay>> open(const std::string& file, std::vector<WatchedTag> watched,
                                                std::vector<std::string> topics = {},
                                                const Clock& clock = system_clock());
    static Result<std::unique_ptr<Replay>> open(std::unique_ptr<record::Source> source, std::vector<WatchedTag> watched,
                                                std::vector<std::string> topics = {},
                                                const Clock& clock = system_clock());

    // From now on take() gives nothing of another time; soon it gives all of time `at` (within first and last).
    virtual void seek(UtcTime at) = 0;
    virtual void play(double speed = 1.0) = 0; // > 0, of real time
    virtual void pause() = 0;
    virtual const ReplayView& view() const = 0; // with snapshot(), as of the last take()
    // The newest text of others (TwinRecorder::text) in each topic until then; empty where there is none. Likewise.
    virtual const std::vector<std::string>& texts() const = 0;

    // How a watched tag was between two times, in at most `most_points` equal parts of it. Exhausted: too many are
    // asked for and not answered.
    virtual Result<SeriesId> ask_series(std::uint32_t watched, UtcTime from, UtcTime to, std::uint32_t most_points) = 0;
    virtual std::optional<Series> next_series() = 0;
};

} // namespace pw::twin
