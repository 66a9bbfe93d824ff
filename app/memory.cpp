// SPDX-License-Identifier: Apache-2.0
#include "app/memory.h"

#include "base/file.h"
#include "base/guarded.h"
#include "base/log.h"
#include "work/figures_json.h"

#include <algorithm>
#include <atomic>

namespace pw::app {

namespace {

constexpr Duration kLookEvery = from_ms(1000), kOpenEvery = from_ms(500), kTrendEvery = from_ms(1000),
                   kTrendKept = from_ms(3000);
constexpr Duration kTrendSpan = from_seconds(600.0);
constexpr std::uint32_t kTrendPoints = 120;
// Of a recording that nobody asked for: its size, and what it leaves on the disk for others.
constexpr std::uint64_t kOwnBytes = 512ull << 20, kOwnLeavesFree = 256ull << 20;

// On the disk, for the temporary folder may be memory.
Result<std::unique_ptr<record::Recorder>> start_own() {
    const std::string folder = user_cache_folder();
    if (auto made = make_folders(folder); !made) return std::unexpected(made.error());
    record::RecorderOptions options;
    options.file_bytes = kOwnBytes;
    options.leave_free = kOwnLeavesFree;
    return record::Recorder::start_nameless(folder, options);
}

} // namespace

// What the connections' threads tell goes on to the recording; its end comes back.
class Memory::Ear final : public twin::Listener {
  public:
    explicit Ear(Memory& memory) : memory_(memory) {}
    void word(const twin::Heard& heard, twin::Instant now) override { memory_.writer_->word(heard, now); }
    void event(const twin::TwinEvent& event, twin::Instant now) override { memory_.writer_->event(event, now); }
    void tick(twin::Instant now) override {
        memory_.writer_->tick(now);
        if (told_ || now.time < next_look_) return;
        next_look_ = now.time + kLookEvery;
        auto problem = memory_.recorder_->state().problem;
        told_ = !problem.empty() && memory_.problems_.push(std::move(problem));
    }

  private:
    Memory& memory_;
    Time next_look_{};
    bool told_ = false;
};

struct Memory::Opening {
    Guarded<std::unique_ptr<twin::Replay>> opened;
    std::atomic<bool> done{false};
};

Result<std::unique_ptr<Memory>> Memory::start(const std::string& file, std::vector<twin::WatchedTag> watched,
                                              Jobs& jobs) {
    std::unique_ptr<Memory> memory(new Memory(jobs));
    memory->watched_ = std::move(watched);
    memory->file_ = file;
    auto recorder = file.empty() ? start_own() : record::Recorder::start(file);
    if (!recorder) return std::unexpected(recorder.error());
    memory->recorder_ = std::move(*recorder);
    memory->writer_ = std::make_unique<twin::TwinRecorder>(*memory->recorder_);
    memory->ear_ = std::make_unique<Ear>(*memory);
    return memory;
}

Memory::~Memory() {
    replay_.reset();
    writer_.reset();
    if (recorder_) {
        if (auto finished = recorder_->finish(); !finished) log_warn(finished.error().what);
    }
}

void Memory::tell(const char* topic, const std::string& json, twin::Instant now) { writer_->text(topic, json, now); }

void Memory::step(Time now) {
    if (opening_ && opening_->done.load()) {
        replay_ = std::move(*opening_->opened.lock());
        opening_.reset();
    }
    taken_ = false;
    if (!replay_) return open(now);
    taken_ = replay_->take() && away_; // also while nobody looks: how far the recording goes
    arrived_ = arrived_ || taken_;
    while (auto series = replay_->next_series()) {
        const auto tag = asked_.find(series->id.index);
        if (tag == asked_.end()) continue;
        Trend& trend = trends_[tag->second];
        trend.points = std::move(series->points);
        trend.open = false;
        asked_.erase(tag);
    }
    std::erase_if(trends_, [now](const auto& t) { return !t.second.open && now - t.second.wanted > kTrendKept; });
}

// Until something has been written, there is nothing to open.
void Memory::open(Time now) {
    if (opening_ || now < next_try_) return;
    next_try_ = now + kOpenEvery;
    auto source = recorder_->source();
    if (!source) return log_warn(source.error().what);
    opening_ = std::make_shared<Opening>();
    jobs_.add(JobClass::Background, [opening = opening_, source = std::move(*source), watched = watched_]() mutable {
        if (auto opened = twin::Replay::open(std::move(source), watched, {work::kFiguresTopic}))
            *opening->opened.lock() = std::move(*opened);
        opening->done.store(true);
    });
}

void Memory::go_to(UtcTime at) {
    if (!view()) return;
    if (!away_) arrived_ = false;
    away_ = true;
    forget_trends();
    replay_->seek(at);
}

void Memory::play(double speed) {
    if (replay_ && away_) replay_->play(speed);
}

void Memory::pause() {
    if (replay_ && away_) replay_->pause();
}

void Memory::come_back() {
    if (!away_) return;
    away_ = arrived_ = false;
    forget_trends();
    replay_->pause();
}

// They are of another time; what is answered of it later finds nobody.
void Memory::forget_trends() {
    trends_.clear();
    asked_.clear();
}

const std::string* Memory::figures() const { return away_ && arrived_ ? &replay_->texts().front() : nullptr; }

std::optional<twin::ReplayView> Memory::view() const {
    return replay_ && replay_->view().last.known() ? std::optional(replay_->view()) : std::nullopt;
}

const std::vector<twin::SeriesPoint>& Memory::trend(std::uint32_t watched, Time now) {
    Trend& trend = trends_[watched];
    trend.wanted = now;
    if (!replay_ || trend.open || now - trend.asked < kTrendEvery) return trend.points;
    const auto& view = replay_->view();
    if (!away_ && view.finished) return trend.points; // it records no more: that is not how it is now
    const UtcTime to = away_ ? view.at : view.last;
    const UtcTime from{std::max(view.first.ns, to.ns - kTrendSpan.ns)};
    if (from.ns > to.ns) return trend.points;
    if (const auto asked = replay_->ask_series(watched, from, to, kTrendPoints)) {
        asked_[asked->index] = watched;
        trend.open = true;
        trend.asked = now;
    }
    return trend.points;
}

} // namespace pw::app
