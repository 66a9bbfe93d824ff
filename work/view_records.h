#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a user chose to see, as small records that could be anybody's: a key and a value each, the last writer wins.
//   hidden/<part>, ghost/<part>    "true"              (a part: an equipment's id, or plant::PartId as text)
//   shown/<part>                   "true": although its file hides it
//   isolate                        <part>
//   explode/<part>                 0 … 1
//   section                        {"point":[x,y,z],"normal":[x,y,z]}, metres in the world
//   measure/<id>                   {"from":[x,y,z],"to":[x,y,z]}
//   viewpoint/<id>                 {"title","eye_m","target_m","fov_y_deg"}
//   variant/<placed model>         its name
//   layer/<element>, heat, line, traffic
//   ar                             "ghosts" or "machines": what AR shows of the machines; nothing without it
// A history belongs to one user: undo puts back what stood before where what the user wrote still stands, and so never
// removes somebody else's work. Frame thread.

#include "base/result.h"
#include "base/time.h"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pw::work {

struct ViewRecord {
    std::string key, value; // an empty value: there is no such record
};

class ViewRecords {
  public:
    using Map = std::map<std::string, std::string, std::less<>>;
    const std::string& value(std::string_view key) const; // empty: there is none
    const Map& all() const { return records_; }
    // Those whose key begins with "<kind>/", in the order of their keys.
    std::vector<ViewRecord> of_kind(std::string_view kind) const;
    void set(std::string_view key, std::string_view value);
    std::uint64_t version() const { return version_; } // another one after each change

  private:
    Map records_;
    std::uint64_t version_ = 0;
};

struct RecordChange {
    std::string key, before, after;
};

class ViewHistory {
  public:
    static constexpr std::size_t kSteps = 200; // older ones cannot be undone any more
    static constexpr Duration kOneMove = from_ms(800);

    // Writes the records and remembers what stood there; what changes nothing is no step. A slider's values that follow
    // each other within kOneMove are one step: `slides`, the same title and the same keys.
    void change(ViewRecords& records, std::string title, const std::vector<ViewRecord>& wanted, Time now,
                bool slides = false);
    // The title of what was taken back or done again. NotFound: there is nothing; Refused: somebody else has written
    // there since, and the step is forgotten.
    Result<std::string> undo(ViewRecords& records);
    Result<std::string> redo(ViewRecords& records);
    std::string_view next_undo() const { return done_.empty() ? std::string_view() : done_.back().title; }
    std::string_view next_redo() const { return undone_.empty() ? std::string_view() : undone_.back().title; }

  private:
    struct Step {
        std::string title;
        std::vector<RecordChange> changes;
        Time at;
        bool slides = false;
    };
    std::deque<Step> done_, undone_;
};

} // namespace pw::work
