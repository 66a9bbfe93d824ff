// SPDX-License-Identifier: Apache-2.0
#include "app/memory.h"

#include "base/file.h"
#include "base/guarded.h"
#include "base/log.h"
#include "work/figures_json.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string_view>
#include <utility>

namespace pw::app {

namespace {

constexpr Duration kLookEvery = from_ms(1000), kOpenEvery = from_ms(500), kTrendEvery = from_ms(1000),
                   kTrendKept = from_ms(3000);
constexpr std::uint64_t kOwnLeavesFree = 256ull << 20; // of a recording that nobody asked for: for others, on the disk

// On the disk, for the temporary folder may be memory.
Result<std::unique_ptr<record::Recorder>> start_own(std::uint64_t bytes) {
    const std::string folder = user_cache_folder();
    if (auto made = make_folders(folder); !made) return std::unexpected(made.error());
    record::RecorderOptions options;
    options.file_bytes = bytes;
    options.next_bytes = bytes / 8;
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
    void state(const twin::TwinState& state, twin::Instant now) override { memory_.writer_->state(state, now); }
    void tick(twin::Instant now) override {
        memory_.writer_->tick(now);
        if (memory_.wants_written_.exchange(false)) hand_over();
        if (told_ || now.time < next_look_) return;
        next_look_ = now.time + kLookEvery;
        auto state = memory_.recorder_->state();
        memory_.newest_file_.store(state.file);
        told_ = !state.problem.empty() && memory_.problems_.push(std::move(state.problem));
    }

  private:
    void hand_over() {
        const std::uint32_t file = memory_.recorder_->state().file; // before: the source may be of a later one
        auto source = memory_.recorder_->source();
        if (!source) return log_warn(source.error().what);
        (void)memory_.written_.push({std::move(*source), file});
    }

    Memory& memory_;
    Time next_look_{};
    bool told_ = false;
};

struct Memory::Opening {
    std::uint32_t file = 0;
    Guarded<std::unique_ptr<twin::Replay>> opened;
    std::atomic<bool> done{false};
};

Result<std::unique_ptr<Memory>> Memory::start(const std::string& file, std::vector<twin::WatchedTag> watched,
                                              Jobs& jobs, std::uint64_t own_bytes) {
    std::unique_ptr<Memory> memory(new Memory(jobs));
    memory->watched_ = std::move(watched);
    memory->file_ = file;
    auto recorder = file.empty() ? start_own(own_bytes) : record::Recorder::start(file);
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
    if (opening_ && opening_->done.load() && !away_) {
        if (auto opened = std::move(*opening_->opened.lock())) {
            if (replay_) jobs_.add(JobClass::Background, [old = std::move(replay_)]() mutable { old.reset(); });
            replay_ = std::move(opened);
            replayed_file_ = opening_->file;
            forget_trends();
        }
        opening_.reset();
    }
    taken_ = false;
    if (!replay_ || (!away_ && replayed_file_ != newest_file_.load())) open(now);
    if (!replay_) return;
    taken_ = replay_->take() && away_; // also while nobody looks: how far the recording goes
    arrived_ = arrived_ || taken_;
    while (auto series = replay_->next_series()) {
        const auto tag = asked_.find(series->id.index);
        if (tag == asked_.end()) continue;
        take_in(trends_[tag->second], std::move(*series));
        asked_.erase(tag);
    }
    std::erase_if(trends_, [now](const auto& t) { return !t.second.open && now - t.second.wanted > kTrendKept; });
}

// Until something has been written, there is nothing to open.
void Memory::open(Time now) {
    auto written = written_.pop();
    if (!written && !opening_ && now >= next_try_) {
        next_try_ = now + kOpenEvery;
        wants_written_.store(true);
    }
    if (!written || opening_) return;
    opening_ = std::make_shared<Opening>();
    opening_->file = written->file;
    jobs_.add(JobClass::Background, [opening = opening_, source = std::move(written->source), watched = watched_,
                                     names = names_]() mutable {
        const auto read = [names](std::string_view text) -> std::shared_ptr<const void> {
            auto figures = names ? work::figures_from_json(*names, text) : fail(Errc::NotFound, "nobody asks");
            return figures ? std::make_shared<const work::PastFigures>(std::move(*figures)) : nullptr;
        };
        if (auto opened = twin::Replay::open(std::move(source), watched, {{work::kFiguresTopic, read}}))
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

void Memory::read_figures_with(work::FigureNames names) {
    names_ = std::make_shared<const work::FigureNames>(std::move(names));
}

const work::PastFigures* Memory::figures() const {
    return away_ && arrived_ ? static_cast<const work::PastFigures*>(replay_->read().front().get()) : nullptr;
}

std::optional<twin::ReplayView> Memory::view() const {
    return replay_ && replay_->view().last.known() ? std::optional(replay_->view()) : std::nullopt;
}

const Memory::Trend& Memory::trend(std::uint32_t watched, Time now) {
    Asked& asked = trends_[watched];
    asked.wanted = now;
    if (!replay_ || asked.open || now - asked.asked < kTrendEvery) return asked.trend;
    const auto& view = replay_->view();
    const UtcTime to = away_ ? view.at : view.last, until = asked.trend.until;
    const UtcTime begin{std::max(view.first.ns, to.ns - kTrendSpan.ns)};
    if (to < begin || to <= until) return asked.trend;
    asked.whole = until < begin;
    const UtcTime from = asked.whole ? begin : until + Duration{1};
    const auto before = asked.whole ? twin::Before::Held : twin::Before::LeftOut;
    if (const auto question = replay_->ask_series(watched, from, to, kTrendPart, before)) {
        asked_[question->index] = watched;
        asked.open = true;
        asked.asked = now;
        asked.to = to;
    }
    return asked.trend;
}

// A part that goes on is put together with its beginning.
void Memory::take_in(Asked& asked, twin::Series series) {
    asked.open = false;
    if (!series.problem.empty()) return;
    auto& points = asked.trend.points;
    if (asked.whole) points.clear();
    for (const twin::SeriesPoint& point : series.points) {
        const bool same = !points.empty() && points.back().time.ns / kTrendPart.ns == point.time.ns / kTrendPart.ns;
        if (!same || asked.whole) {
            points.push_back(point);
            continue;
        }
        twin::SeriesPoint& last = points.back();
        last.min = std::fmin(last.min, point.min);
        last.max = std::fmax(last.max, point.max);
        last.last = point.last;
        last.worst = std::min(last.worst, point.worst);
        last.quality = point.quality;
    }
    asked.trend.until = asked.to;
    const UtcTime begin{asked.to.ns - kTrendSpan.ns};
    const auto held = std::ranges::find_if(points, [begin](const auto& p) { return p.time > begin; });
    if (held - points.begin() > 1) points.erase(points.begin(), held - 1);
}

} // namespace pw::app
