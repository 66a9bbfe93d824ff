#pragma once
// SPDX-License-Identifier: Apache-2.0
// The machines as they were: a Twin whose words come out of a recording, finished or still being written (then it sees
// all but about the last second). It reads on a thread of its own; all functions but open and the destructor are for
// the frame thread and never block. It stands at the recording's begin until seek or play.

#include "record/reader.h"
#include "record/source.h"
#include "twin/twin.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
    UtcTime time;                            // of its first word
    double min = 0.0, max = 0.0, last = 0.0; // NaN where there was no number, and for `last` also in a gap
    Quality worst = Quality::Good, quality = Quality::Good; // quality: of `last`
};
// Held: a series begins with a point at `from` for what was there already; to know that takes the longest.
enum class Before : std::uint8_t { Held, LeftOut };
struct Series {
    SeriesId id;
    std::vector<SeriesPoint> points; // ascending; only where there were words or gaps
    std::string problem;
};

// Texts of others (TwinRecorder::text) that are followed, and what makes something of one, on the replay's thread:
// the frame's takes it as it is. Null: it is no such text.
struct Followed {
    std::string topic;
    std::function<std::shared_ptr<const void>(std::string_view text)> read;
};

class Replay : public Twin {
  public:
    // As record::Reader::open; `watched` is the order of TwinSnapshot::tags, `followed` that of read().
    static Result<std::unique_ptr<Replay>> open(const std::string& file, std::vector<WatchedTag> watched,
                                                std::vector<Followed> followed = {},
                                                const Clock& clock = system_clock());
    static Result<std::unique_ptr<Replay>> open(std::unique_ptr<record::Source> source, std::vector<WatchedTag> watched,
                                                std::vector<Followed> followed = {},
                                                const Clock& clock = system_clock());

    // From now on take() gives nothing of another time; soon it gives all of time `at` (within first and last).
    virtual void seek(UtcTime at) = 0;
    virtual void play(double speed = 1.0) = 0; // > 0, of real time
    virtual void pause() = 0;
    virtual const ReplayView& view() const = 0; // with snapshot(), as of the last take()
    // What became of the newest text that is followed in each topic until then; null where there is none. Likewise.
    virtual const std::vector<std::shared_ptr<const void>>& read() const = 0;

    // How a watched tag was from `from` to `to`, in parts of `each`, counted from 1970: so what two answers say of one
    // part can be put together. Exhausted: too many are asked for and not answered.
    virtual Result<SeriesId> ask_series(std::uint32_t watched, UtcTime from, UtcTime to, Duration each,
                                        Before before = Before::Held) = 0;
    virtual std::optional<Series> next_series() = 0;
};

} // namespace pw::twin
