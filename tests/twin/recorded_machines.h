#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the tests of recordings of machines share: machines that speak when the test says, and their replay.

#include "base/file.h"
#include "tests/twin/net.h"
#include "twin/recording.h"
#include "twin/replay.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pw::test {

struct RecordingFolder {
    std::string path = make_temp_folder("pw-recording").value();
    ~RecordingFolder() { remove_folder(path); }
    std::string file() const { return join_path(path, "r.mcap"); }
};

struct Hand final : Clock {
    std::atomic<std::int64_t> ns{1'000'000'000};
    Time now() const override { return {ns.load()}; }
    UtcTime utc_now() const override { return {ns.load()}; }
    Duration awake_and_asleep() const override { return {ns.load()}; }
};

// As the connection's thread would: words by name, and the time goes on.
class Machines {
  public:
    explicit Machines(record::Recorder& to, const twin::TwinRecorderOptions& options = {})
        : recorder(to, options, hand) {}

    twin::TagId tag(const std::string& name) {
        const auto found = std::ranges::find(names_, name);
        if (found != names_.end()) return {static_cast<std::uint32_t>(found - names_.begin())};
        names_.push_back(name);
        return {static_cast<std::uint32_t>(names_.size() - 1)};
    }
    void say(const std::string& name, const twin::Value& value, twin::Quality quality = twin::Quality::Good,
             twin::Word word = twin::Word::Live) {
        const twin::TagId id = tag(name);
        const UtcTime source{now.utc.ns - 7};
        recorder.word({id, name, {}, value, quality, source, word}, now);
        if (word == twin::Word::Live) states[name] = {value, quality, source, {}, 0, {}};
    }
    void wait(Duration d) {
        now.time = now.time + d;
        now.utc = now.utc + d;
        hand.ns += d.ns;
    }

    Hand hand;
    twin::TwinRecorder recorder;
    Instant now{{1'000'000'000}, utc_from_ms(1'800'000'000'000)};
    std::map<std::string, twin::TagState> states;

  private:
    std::vector<std::string> names_;
};

inline std::vector<twin::WatchedTag> watch(const std::vector<std::string>& names) {
    std::vector<twin::WatchedTag> out;
    for (const std::string& name : names) out.push_back({name, {}});
    return out;
}

inline std::unique_ptr<twin::Replay> replay_of(const std::string& file, const std::vector<std::string>& names) {
    auto replay = twin::Replay::open(file, watch(names));
    REQUIRE_MESSAGE(replay, replay.error().what);
    REQUIRE(eventually([&] { return (*replay)->take(); }));
    return std::move(*replay);
}

inline void go_to(twin::Replay& replay, UtcTime t) {
    replay.seek(t);
    REQUIRE(eventually([&] { return replay.take(); }));
    REQUIRE(replay.view().at == std::clamp(t, replay.view().first, replay.view().last));
}

} // namespace pw::test
