// SPDX-License-Identifier: Apache-2.0
#include "twin/replay.h"

#include "base/assert.h"
#include "base/catch.h"
#include "base/format.h"
#include "base/jobs.h"
#include "base/mailbox.h"
#include "base/ring.h"
#include "record/recorder.h"
#include "twin/name_hash.h"
#include "twin/recorded_word.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <semaphore>
#include <thread>
#include <utility>

namespace pw::twin {

namespace {

constexpr auto kStep = std::chrono::milliseconds(10), kIdle = std::chrono::milliseconds(100);
constexpr Duration kRefresh = from_ms(200), kTextsEvery = from_ms(500);
constexpr std::size_t kSeries = 64, kEvents = 1024, kMostGaps = 100'000;
constexpr std::int64_t kSeriesSlices = 64; // of one question; between them there is time for others

struct Control { // what the frame thread wants; the newest counts
    std::uint64_t seeks = 0;
    UtcTime seek_to;
    double speed = 0.0; // 0: stand still
};

struct Shown {
    TwinSnapshot snapshot;
    ReplayView view;
    std::vector<std::shared_ptr<const void>> read;
    std::uint64_t seeks = 0; // that it has followed
};

struct SeriesRequest {
    SeriesId id;
    std::uint32_t watched = 0;
    UtcTime from, to;
    Duration each{};
    Before before = Before::Held;
};

struct Gap { // nothing was recorded from … to
    UtcTime from, to;
    std::int64_t lost = 0;
};

// Which of the watched tags a channel has, by metric.
using Metrics = ByName<std::vector<std::uint32_t>>;

class Buckets {
  public:
    explicit Buckets(Duration each) : each_(each) {}
    void add(UtcTime t, const Value& value, Quality quality) {
        const double number = to_number(value, std::numeric_limits<double>::quiet_NaN());
        const std::int64_t place = t.ns / each_.ns;
        if (points_.empty() || place != place_) points_.push_back({t, number, number, number, quality, quality});
        place_ = place;
        SeriesPoint& point = points_.back();
        point.min = std::fmin(point.min, number);
        point.max = std::fmax(point.max, number);
        point.last = number;
        point.worst = std::min(point.worst, quality);
        point.quality = quality;
    }
    std::vector<SeriesPoint> take() { return std::move(points_); }

  private:
    Duration each_;
    std::vector<SeriesPoint> points_;
    std::int64_t place_ = 0;
};

struct SeriesWork {
    SeriesRequest request;
    Buckets buckets;
    UtcTime next; // read up to before this
    bool begun = false;
    std::size_t gap = 0; // the next one
};

class FileReplay final : public Replay {
  public:
    FileReplay(record::Reader reader, std::vector<WatchedTag> watched, std::vector<Followed> followed,
               const Clock& clock)
        : clock_(clock), watched_(std::move(watched)), followed_(std::move(followed)), texts_(followed_.size()),
          read_(followed_.size()), reader_(std::move(reader)), states_(watched_.size()), log_times_(watched_.size()) {
        box_.current().snapshot.tags.resize(watched_.size());
        box_.current().read.resize(followed_.size());
        box_.current().view = {reader_.first(), reader_.first(), reader_.last(), false, reader_.finished()};
        thread_ = std::thread([this] {
            name_this_thread("replay");
            catch_all("the replay", [this] { run(); });
        });
    }

    ~FileReplay() override {
        stopping_.store(true);
        wake_.release();
        thread_.join();
    }

    // ---- the frame thread's

    bool take() override { return box_.take() && box_.current().seeks >= wanted_.seeks; }
    const TwinSnapshot& snapshot() const override { return box_.current().snapshot; }
    const ReplayView& view() const override { return box_.current().view; }
    const std::vector<std::shared_ptr<const void>>& read() const override { return box_.current().read; }
    std::optional<TwinEvent> next_event() override { return events_.pop(); }
    void request_rebirth(const std::string& /*group_and_node*/) override {}
    Result<CommandId> write(const std::string& /*tag*/, const Value& /*value*/) override {
        return fail(Errc::Refused, "this is a recording: its machines cannot be commanded");
    }
    std::optional<CommandOutcome> next_outcome() override { return std::nullopt; }

    void seek(UtcTime at) override {
        ++wanted_.seeks;
        wanted_.seek_to = at;
        send();
    }
    void play(double speed) override {
        PW_ASSERT(speed > 0.0, "a replay plays forwards; backwards is a seek");
        wanted_.speed = speed;
        send();
    }
    void pause() override {
        wanted_.speed = 0.0;
        send();
    }

    Result<SeriesId> ask_series(std::uint32_t watched, UtcTime from, UtcTime to, Duration each,
                                Before before) override {
        PW_ASSERT(watched < watched_.size() && from <= to && each.ns > 0, "a watched tag and a span of time");
        to = std::min(to, kEndOfTime);
        if (open_series_ == kSeries || !requests_.push({{last_series_}, watched, from, to, each, before}))
            return fail(Errc::Exhausted, "too many questions have no answer yet");
        ++open_series_;
        wake_.release();
        return SeriesId{last_series_++};
    }
    std::optional<Series> next_series() override {
        auto series = answers_.pop();
        if (series) --open_series_;
        return series;
    }

  private:
    void send() {
        controls_.draft() = wanted_;
        controls_.post();
        wake_.release();
    }

    // ---- the thread's own

    void run() {
        learn_channels();
        learn_gaps();
        at_ = reader_.first();
        load(at_);
        post();
        while (!stopping_.load()) {
            refresh();
            obey();
            advance();
            work_on_series();
            const auto patience = work_ ? std::chrono::milliseconds(0) : speed_ > 0.0 ? kStep : kIdle;
            (void)wake_.try_acquire_for(patience);
        }
    }

    // While the file grows, words of its last instant may still come; what was shown would not be all of it.
    UtcTime end() const {
        if (reader_.finished() || reader_.empty()) return reader_.last();
        return {std::max(reader_.first().ns, reader_.last().ns - 1)};
    }

    void refresh() {
        const Time now = clock_.now();
        if (reader_.finished() || now - refreshed_ < kRefresh) return;
        refreshed_ = now;
        const bool was_empty = reader_.empty();
        const auto more = reader_.refresh();
        if (!more) return note(more.error());
        if (!*more) return;
        learn_channels();
        learn_gaps();
        if (was_empty) load(at_ = reader_.first());
        post(); // there is more to seek in
    }

    void obey() {
        if (!controls_.take()) return;
        const Control& control = controls_.current();
        if (control.seeks != seeks_) {
            seeks_ = control.seeks;
            at_ = std::clamp(control.seek_to, reader_.first(), end());
            load(at_);
            anchor(at_);
        }
        if (control.speed != speed_) {
            speed_ = control.speed;
            anchor(at_);
        }
        post();
    }

    void anchor(UtcTime at) {
        anchor_at_ = at;
        anchor_time_ = clock_.now();
    }

    void advance() {
        if (speed_ <= 0.0) return;
        const double ahead = static_cast<double>((clock_.now() - anchor_time_).ns) * speed_;
        const double most = static_cast<double>((end() - anchor_at_).ns);
        const UtcTime to{anchor_at_.ns + static_cast<std::int64_t>(std::min(ahead, most))};
        if (ahead > most) anchor(end()); // goes on from there when there is more
        if (to <= at_) return;
        apply(at_ + Duration{1}, to, /* playing= */ true);
        at_ = to;
        post();
    }

    // Which channels have watched tags. Channels only ever become more.
    void learn_channels() {
        for (const auto& [id, channel] : reader_.channels()) {
            if (id < known_channels_) continue;
            if (channel.topic == kSnapshotTopic) snapshots_ = record::ChannelId{id};
            if (channel.topic == kEventTopic) events_channel_ = record::ChannelId{id};
            if (channel.topic == kStateTopic) state_channel_ = record::ChannelId{id};
            if (channel.topic == record::kGapTopic) gap_channel_ = record::ChannelId{id};
            const auto prefix =
                std::ranges::find(channel.metadata, kPrefixKey, &std::pair<std::string, std::string>::first);
            if (prefix == channel.metadata.end()) continue;
            Metrics metrics;
            for (std::uint32_t w = 0; w < watched_.size(); ++w) {
                if (watched_[w].source.starts_with(prefix->second))
                    metrics[watched_[w].source.substr(prefix->second.size())].push_back(w);
            }
            if (metrics.empty()) continue;
            metrics_.emplace(id, std::move(metrics));
            channels_.push_back({id});
        }
        if (!reader_.channels().empty()) known_channels_ = reader_.channels().rbegin()->first + 1u;
    }

    // All that there are: they are few, and one is told of while it lasts, before its message comes.
    void learn_gaps() {
        if (!gap_channel_.valid()) return;
        const UtcTime from = gaps_until_.known() ? gaps_until_ : UtcTime{};
        gaps_until_ = end() + Duration{1};
        const auto read = reader_.read(std::span(&gap_channel_, 1), from, end(), [&](const record::Message& message) {
            const auto begin = parser_.integer(message.data, "from_ns");
            const auto lost = parser_.integer(message.data, "lost");
            const UtcTime after = gaps_.empty() ? UtcTime{} : gaps_.back().from;
            if (gaps_.size() < kMostGaps && begin && *begin >= after.ns && *begin <= message.log_time.ns)
                gaps_.push_back({{*begin}, message.log_time, lost.value_or(0)});
            return true;
        });
        if (!read) note(read.error());
    }

    std::string what_is_wrong() const {
        if (!problem_.empty()) return problem_;
        std::string gap = gap_words();
        if (gap.empty() && reader_.last() >= kEndOfTime)
            return "times after 2261 in the recording cannot be told apart and are all shown as 2262-01-01";
        return gap;
    }

    // What is missing before `at_`, until a snapshot has told all anew.
    std::string gap_words() const {
        const auto next = std::ranges::upper_bound(gaps_, at_, {}, &Gap::from);
        if (next == gaps_.begin()) return "";
        const Gap& gap = *(next - 1);
        if (at_ > gap.to && whole_from_ >= gap.to) return "";
        if (gap.lost > 0)
            return formatted("the recording has lost {} messages from {} to {}", gap.lost, to_iso8601(gap.from),
                             to_iso8601(gap.to));
        return formatted("nothing was recorded from {} to {}", to_iso8601(gap.from), to_iso8601(gap.to));
    }

    // Where one has to begin to know the state at `t`: the newest snapshot that was whole by then. Nothing: there is
    // none.
    std::optional<UtcTime> snapshot_before(UtcTime t) {
        if (!snapshots_.valid()) return std::nullopt;
        const auto found = reader_.last_before(std::span(&snapshots_, 1), t);
        if (!found) note(found.error());
        if (!found || !*found) return std::nullopt;
        const auto from = parser_.integer((*found)->data, "from_ns");
        return from ? std::optional(UtcTime{std::clamp(*from, reader_.first().ns, t.ns)}) : std::nullopt;
    }

    // All of `t`, from nothing.
    void load(UtcTime t) {
        for (TagState& state : states_) {
            const std::uint32_t change = state.change + 1;
            state = {};
            state.change = change;
        }
        std::ranges::fill(log_times_, UtcTime{});
        problem_ = damage();
        twin_state_ = {.connection = Connection::Online}; // the recording is there; older ones say no more
        if (state_channel_.valid()) {
            const auto found = reader_.last_before(std::span(&state_channel_, 1), t);
            if (!found) note(found.error());
            if (found && *found) hear_state((*found)->data);
        }
        const auto from = snapshot_before(t);
        whole_from_ = from.value_or(UtcTime{});
        apply(from.value_or(reader_.first()), t, /* playing= */ false);
    }

    void hear_state(Bytes json) {
        if (const auto state = parser_.state(json)) twin_state_ = *state;
    }

    void apply(UtcTime from, UtcTime to, bool playing) {
        std::vector<record::ChannelId> channels = channels_;
        for (const record::ChannelId channel : {events_channel_, snapshots_, state_channel_}) {
            if (playing && channel.valid()) channels.push_back(channel);
        }
        if (channels.empty()) return;
        const auto read = reader_.read(channels, from, to, [&](const record::Message& message) {
            if (message.channel == events_channel_)
                tell(message);
            else if (message.channel == state_channel_)
                hear_state(message.data);
            else if (message.channel == snapshots_)
                whole_from_ = {parser_.integer(message.data, "from_ns").value_or(whole_from_.ns)};
            else
                apply_word(message);
            return true;
        });
        if (!read) note(read.error());
    }

    void apply_word(const record::Message& message) {
        if (!parser_.parse(message.data, word_) || word_.historical) return;
        const Metrics& metrics = metrics_.at(static_cast<std::uint16_t>(message.channel.index));
        const auto found = metrics.find(word_.metric);
        if (found == metrics.end()) return;
        ++applied_;
        for (const std::uint32_t w : found->second) {
            TagState& state = states_[w];
            log_times_[w] = message.log_time;
            if (word_.heard.known()) log_times_[w] = std::clamp(word_.heard, UtcTime{}, message.log_time);
            const bool facts = word_.has_facts && !same_facts(word_.facts, state.facts);
            if (facts) state.facts = word_.facts;
            if (!facts && word_.heard.known() && state.quality == word_.quality &&
                state.source_time == word_.source_time && state.value == word_.value)
                continue; // a snapshot says again what is known
            state.value = word_.value;
            state.quality = word_.quality;
            state.source_time = word_.source_time;
            ++state.change;
        }
    }

    static bool same_facts(const std::shared_ptr<const TagFacts>& a, const std::shared_ptr<const TagFacts>& b) {
        return a && b ? *a == *b : a == b;
    }

    void tell(const record::Message& message) {
        auto event = parser_.event(message.data);
        if (!event) return;
        event->time = message.publish_time;
        events_.push(std::move(*event)); // who does not listen, does not want it
    }

    void note(const Error& error) { problem_ = error.what; }
    std::string damage() const {
        const auto& found = reader_.damage();
        return found ? formatted("the recording is damaged at byte {}: {}", found->begin, found->what) : "";
    }

    void find_texts() {
        for (std::size_t i = 0; i < followed_.size(); ++i) {
            const auto channels = reader_.find(followed_[i].topic);
            if (channels.empty()) continue; // for the reader that would be all of them
            const auto found = reader_.last_before(channels, at_);
            if (!found) return note(found.error());
            const std::string_view text = *found ? as_text((*found)->data) : std::string_view();
            if (text == texts_[i]) continue;
            texts_[i] = text;
            read_[i] = text.empty() ? nullptr : followed_[i].read(text);
        }
    }

    void post() {
        if (!followed_.empty() && (seeks_ != texts_seeks_ || at_ < texts_at_ || at_ - texts_at_ >= kTextsEvery)) {
            texts_seeks_ = seeks_;
            texts_at_ = at_;
            find_texts();
        }
        Shown& draft = box_.draft();
        const Time now = clock_.now();
        for (std::size_t w = 0; w < states_.size(); ++w) {
            if (log_times_[w].known()) states_[w].received = now - (at_ - log_times_[w]);
        }
        draft.snapshot.tags = states_;
        draft.snapshot.connection = twin_state_.connection;
        draft.snapshot.nodes_alive = twin_state_.nodes_alive;
        draft.snapshot.nodes_dead = twin_state_.nodes_dead;
        draft.snapshot.messages = draft.snapshot.metrics = applied_;
        draft.snapshot.tags_known =
            static_cast<std::uint32_t>(std::ranges::count_if(log_times_, [](UtcTime t) { return t.known(); }));
        draft.snapshot.problem = what_is_wrong();
        draft.view = {at_, reader_.first(), end(), speed_ > 0.0, reader_.finished()};
        draft.read = read_;
        draft.seeks = seeks_;
        box_.post();
    }

    // ---- series

    void work_on_series() {
        if (!work_) {
            auto request = requests_.pop();
            if (!request) return;
            work_.emplace(SeriesWork{*request, Buckets(request->each), request->from});
        }
        SeriesWork& w = *work_;
        const std::vector<record::ChannelId> channels = channels_of(w.request.watched);
        std::string problem;
        if (!w.begun) {
            problem = begin_series(w, channels);
            w.begun = true;
        }
        const std::int64_t slice =
            std::max<std::int64_t>((w.request.to - w.request.from).ns / kSeriesSlices, 1'000'000'000);
        const UtcTime to{w.next.ns + std::min(w.request.to.ns - w.next.ns, slice - 1)};
        if (problem.empty() && !channels.empty() && w.next <= w.request.to)
            problem = read_series(w, channels, w.next, to, [&](const record::Message& m) {
                add_gaps(w, m.log_time);
                w.buckets.add(m.log_time, word_.value, word_.quality);
            });
        if (!channels.empty()) add_gaps(w, to);
        w.next = to + Duration{1};
        if (problem.empty() && !channels.empty() && w.next <= std::min(w.request.to, reader_.last())) return;
        const bool kept = answers_.push({w.request.id, w.buckets.take(), std::move(problem)});
        PW_ASSERT(kept, "there is a place for every answer");
        work_.reset();
    }

    // Nothing is known from where a gap begins, until the next word.
    void add_gaps(SeriesWork& w, UtcTime until) const {
        for (; w.gap < gaps_.size() && gaps_[w.gap].from <= until; ++w.gap)
            w.buckets.add(gaps_[w.gap].from, {}, Quality::Stale);
    }

    std::vector<record::ChannelId> channels_of(std::uint32_t watched) const {
        std::vector<record::ChannelId> out;
        for (const auto& [id, metrics] : metrics_) {
            if (std::ranges::any_of(metrics, [&](const auto& m) { return std::ranges::contains(m.second, watched); }))
                out.push_back({id});
        }
        return out;
    }

    std::string begin_series(SeriesWork& w, const std::vector<record::ChannelId>& channels) {
        const UtcTime from = w.request.from;
        w.next = std::max(from, reader_.first());
        w.gap = static_cast<std::size_t>(std::ranges::lower_bound(gaps_, from, {}, &Gap::from) - gaps_.begin());
        if (channels.empty() || from <= reader_.first() || w.request.before == Before::LeftOut) return "";
        const UtcTime before{from.ns - 1};
        Value value;
        Quality quality = Quality::Stale;
        bool heard = false;
        auto problem = read_series(w, channels, snapshot_before(before).value_or(reader_.first()), before,
                                   [&](const record::Message&) {
                                       value = word_.value;
                                       quality = word_.quality;
                                       heard = true;
                                   });
        if (w.gap > 0 && gaps_[w.gap - 1].to >= from) heard = false; // it begins within a gap
        if (heard) w.buckets.add(from, value, quality);
        return problem;
    }

    // Calls f for each word of the tag, with it in word_. What went wrong, or empty.
    template <class F> std::string read_series(const SeriesWork& w, const std::vector<record::ChannelId>& channels,
                                               UtcTime from, UtcTime to, F f) {
        const auto read = reader_.read(channels, from, to, [&](const record::Message& message) {
            if (!parser_.parse(message.data, word_) || word_.historical) return true;
            const Metrics& metrics = metrics_.at(static_cast<std::uint16_t>(message.channel.index));
            const auto found = metrics.find(word_.metric);
            if (found != metrics.end() && std::ranges::contains(found->second, w.request.watched)) f(message);
            return true;
        });
        return read ? "" : read.error().what;
    }

    const Clock& clock_;
    const std::vector<WatchedTag> watched_;
    const std::vector<Followed> followed_;
    std::vector<std::string> texts_; // of texts_at_; this and what became of it by followed_
    std::vector<std::shared_ptr<const void>> read_;
    UtcTime texts_at_;
    std::uint64_t texts_seeks_ = ~std::uint64_t{0};
    Mailbox<Shown> box_;
    Mailbox<Control> controls_;
    Ring<TwinEvent> events_{kEvents};
    Ring<SeriesRequest> requests_{kSeries};
    Ring<Series> answers_{kSeries};
    std::counting_semaphore<> wake_{0};
    std::atomic<bool> stopping_{false};

    Control wanted_;                // the frame thread's own
    std::uint32_t last_series_ = 0; // also
    std::size_t open_series_ = 0;   // also

    record::Reader reader_;
    WordParser parser_;
    RecordedWord word_;
    std::map<std::uint16_t, Metrics> metrics_; // by channel
    std::vector<record::ChannelId> channels_;  // those
    record::ChannelId snapshots_, gap_channel_, events_channel_, state_channel_;
    std::vector<Gap> gaps_; // ascending
    UtcTime gaps_until_;    // read up to before this
    UtcTime whole_from_;    // where the newest whole snapshot before at_ begins; not known: none
    TwinState twin_state_;
    std::uint32_t known_channels_ = 0;
    std::vector<TagState> states_;
    std::vector<UtcTime> log_times_; // of their words; not known: none yet
    std::uint64_t applied_ = 0, seeks_ = 0;
    UtcTime at_, anchor_at_;
    Time anchor_time_, refreshed_{};
    double speed_ = 0.0;
    std::string problem_;
    std::optional<SeriesWork> work_;
    std::thread thread_; // the last: it uses everything above
};

} // namespace

Result<std::unique_ptr<Replay>> Replay::open(const std::string& file, std::vector<WatchedTag> watched,
                                             std::vector<Followed> followed, const Clock& clock) {
    auto source = record::file_source(file);
    if (!source) return std::unexpected(source.error());
    return open(std::move(*source), std::move(watched), std::move(followed), clock);
}

Result<std::unique_ptr<Replay>> Replay::open(std::unique_ptr<record::Source> source, std::vector<WatchedTag> watched,
                                             std::vector<Followed> followed, const Clock& clock) {
    auto reader = record::Reader::open(std::move(source));
    if (!reader) return std::unexpected(reader.error());
    return std::make_unique<FileReplay>(std::move(*reader), std::move(watched), std::move(followed), clock);
}

} // namespace pw::twin
