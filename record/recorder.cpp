// SPDX-License-Identifier: Apache-2.0
#include "record/recorder.h"

#include "base/assert.h"
#include "base/catch.h"
#include "base/format.h"
#include "base/guarded.h"
#include "base/jobs.h"
#include "base/json.h"
#include "base/log.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <optional>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

namespace pw::record {

namespace {

constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr Duration kLookEvery = from_ms(1000); // at the disk
constexpr ChannelId kGaps{0};
constexpr std::size_t kMostChannels = 0xffff; // the last number is left out: MCAP's counts are of 16 bits
constexpr const char* kGapSchema =
    R"({"type":"object","properties":{"lost":{"type":"integer"},"from_ns":{"type":"integer"},"to_ns":{"type":"integer"}}})";

struct Head { // of a message in the queue, before its data
    UtcTime log_time, publish_time;
    std::uint32_t size = 0;
    std::uint32_t channel = 0;
};

struct Gap {
    std::uint64_t lost = 0;
    UtcTime from, to;
};

struct Queue {
    std::vector<std::byte> bytes; // heads and data
    std::vector<Schema> schemas;  // not taken yet
    std::vector<Channel> channels;
    Gap gap; // after the bytes
    std::uint32_t all_schemas = 0, all_channels = 0;
    UtcTime last_log;
    Time last_heard;
};

// A clock that was set back goes on from where it was, at its pace.
UtcTime next_log_time(Queue& queue, Instant heard) {
    UtcTime out = heard.utc;
    if (out < queue.last_log) out = queue.last_log + std::max(heard.time - queue.last_heard, Duration{});
    queue.last_log = out;
    queue.last_heard = heard.time;
    return out;
}

} // namespace

struct Recorder::Impl {
    Impl(Writer w, const RecorderOptions& o, std::string next_folder)
        : options(o), folder(std::move(next_folder)), readable(&w.file()), writer(std::move(w)) {
        auto queue_now = queue.lock();
        queue_now->bytes.reserve(options.queue_bytes);
        taken.reserve(options.queue_bytes);
    }

    RecorderOptions options;
    std::string folder; // for the next file; empty: there is none
    mutable Guarded<Queue> queue;
    std::counting_semaphore<> wake{0};
    std::atomic<bool> recording{true}, stopping{false};
    std::atomic<std::uint64_t> lost{0}, written{0}, bytes{0};
    mutable Guarded<std::string> problem;
    Result<void> closed;
    Guarded<Result<void>> synced; // what the disk said when it was told to keep it
    std::counting_semaphore<> sync_ends{0};

    std::atomic<std::uint32_t> files{1}, file{0};
    Guarded<const AppendFile*> readable; // the writer's, wherever that is

    // The thread's own.
    Writer writer;
    std::optional<Writer> next; // written likewise, until it takes over
    std::vector<std::byte> taken;
    Time oldest, looked; // of what the chunk holds; the last look at the disk
    std::thread thread, sync_thread;

    Result<void> set_up() {
        const auto schema = writer.add_schema({"plantwalk.Gap", "jsonschema", kGapSchema});
        (void)*writer.add_channel({kGapTopic, "json", *schema, {}});
        auto q = queue.lock();
        q->all_schemas = q->all_channels = 1;
        return {};
    }

    // `write` of each file that is written.
    template <class F> Result<void> each(F&& write) {
        Result<void> done = write(writer);
        if (done && next) done = write(*next);
        return done;
    }

    Result<void> write(ChannelId channel, UtcTime log_time, UtcTime publish_time, Bytes data) {
        if (writer.waiting() == 0) oldest = system_clock().now();
        return each([&](Writer& w) { return w.write(channel, log_time, publish_time, data); });
    }

    Result<void> write_taken(const Gap& gap) {
        for (std::size_t at = 0; at < taken.size();) {
            Head head;
            std::memcpy(&head, taken.data() + at, sizeof head);
            at += sizeof head;
            const Bytes data = Bytes(taken).subspan(at, head.size);
            if (auto done = write({head.channel}, head.log_time, head.publish_time, data); !done) return done;
            at += head.size;
            written.fetch_add(1, std::memory_order_relaxed);
        }
        if (gap.lost == 0) return {};
        JsonWriter json;
        json.begin_object().member("lost", gap.lost).member("from_ns", gap.from.ns).member("to_ns", gap.to.ns);
        const std::string text = json.end_object().take();
        return write(kGaps, gap.to, gap.to, as_bytes(text));
    }

    Result<void> begin_next() {
        auto made = AppendFile::create_nameless(folder);
        if (!made) return std::unexpected(made.error());
        auto begun = Writer::create(std::move(*made), options.writer);
        if (!begun) return std::unexpected(begun.error());
        if (auto added = begun->add_all_of(writer); !added) return added;
        next = std::move(*begun);
        files.fetch_add(1);
        return {};
    }

    // The file that is full is not closed: nobody is to find it again.
    void go_over() {
        *readable.lock() = &next->file();
        writer = std::move(*next);
        next.reset();
        file.fetch_add(1);
    }

    Result<void> look_at_limit() {
        if (!folder.empty() && !next && writer.size() + options.next_bytes >= options.file_bytes) return begin_next();
        if (writer.size() < options.file_bytes) return {};
        if (!next)
            return fail(Errc::Exhausted,
                        formatted("the recording has reached its limit of {} MiB", options.file_bytes >> 20));
        go_over();
        return {};
    }

    Result<void> leave_free() const {
        if (options.leave_free == 0) return {};
        const auto free = writer.file().free_space();
        if (!free || *free >= options.leave_free) return {}; // what is not known is no reason
        return fail(Errc::Exhausted, formatted("the disk has less than {} MiB left", options.leave_free >> 20));
    }

    Result<void> take_turn() {
        taken.clear();
        Gap gap;
        std::vector<Schema> schemas;
        std::vector<Channel> channels;
        {
            auto q = queue.lock();
            std::swap(taken, q->bytes);
            gap = std::exchange(q->gap, {});
            schemas = std::exchange(q->schemas, {});
            channels = std::exchange(q->channels, {});
        }
        const auto add = [](const auto& added) { return added ? Result<void>() : std::unexpected(added.error()); };
        for (const Schema& schema : schemas)
            if (auto added = each([&](Writer& w) { return add(w.add_schema(schema)); }); !added) return added;
        for (const Channel& channel : channels)
            if (auto added = each([&](Writer& w) { return add(w.add_channel(channel)); }); !added) return added;
        Result<void> done = write_taken(gap);
        const Time now = system_clock().now();
        if (done && writer.waiting() > 0 && now - oldest >= options.chunk_age)
            done = each([](Writer& w) { return w.end_chunk(); });
        if (done && now - looked >= kLookEvery) {
            done = *synced.lock();
            if (done) done = writer.file().look_whole();
            if (done) done = leave_free();
            looked = now;
        }
        if (done) done = look_at_limit();
        bytes.store(writer.size(), std::memory_order_relaxed);
        return done;
    }

    // Of a thread of its own: a disk may take seconds, and what was appended is to be in the file meanwhile.
    void keep_syncing() {
        name_this_thread("record sync");
        const std::chrono::nanoseconds every(options.sync_every.ns);
        (void)catch_all("the recording", [&] {
            Result<void> done;
            while (done && !sync_ends.try_acquire_for(every)) done = writer.file().sync();
            *synced.lock() = std::move(done);
        });
    }

    void run() {
        name_this_thread("record");
        Result<void> done;
        looked = system_clock().now();
        done = leave_free();
        const bool whole = catch_all("the recording", [&] {
            while (done) {
                const bool last = stopping.load(); // before the turn: what was appended until then is written
                done = take_turn();
                if (last) break;
                if (done) (void)wake.try_acquire_for(kPoll);
            }
        });
        recording.store(false);
        sync_ends.release();
        if (sync_thread.joinable()) sync_thread.join();
        if (!whole) done = fail(Errc::Exhausted, "the recording ended early: no memory");
        // Also what ended early is closed, if the disk still takes that.
        closed = writer.close();
        bytes.store(writer.size());
        if (!done) closed = done;
        if (closed) return;
        *problem.lock() = closed.error().what;
        log_error("recording ends: " + closed.error().what);
    }
};

Recorder::Recorder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
    if (impl_->options.sync_every.ns > 0) impl_->sync_thread = std::thread([r = impl_.get()] { r->keep_syncing(); });
    impl_->thread = std::thread([r = impl_.get()] { r->run(); });
}

Recorder::~Recorder() { (void)finish(); }

Result<std::unique_ptr<Recorder>> Recorder::start(const std::string& path, const RecorderOptions& options) {
    return start(Writer::create(path, options.writer), options, {});
}

Result<std::unique_ptr<Recorder>> Recorder::start_nameless(const std::string& folder, const RecorderOptions& options) {
    auto file = AppendFile::create_nameless(folder);
    if (!file) return std::unexpected(file.error());
    RecorderOptions without_sync = options;
    without_sync.sync_every = {};
    return start(Writer::create(std::move(*file), options.writer), without_sync, options.next_bytes > 0 ? folder : "");
}

Result<std::unique_ptr<Recorder>> Recorder::start(Result<Writer> writer, const RecorderOptions& options,
                                                  std::string next_folder) {
    if (!writer) return std::unexpected(writer.error());
    auto impl = std::make_unique<Impl>(std::move(*writer), options, std::move(next_folder));
    if (auto set = impl->set_up(); !set) return std::unexpected(set.error());
    return std::unique_ptr<Recorder>(new Recorder(std::move(impl)));
}

SchemaId Recorder::add_schema(Schema schema) {
    auto q = impl_->queue.lock();
    PW_ASSERT(q->all_schemas < 0xffff, "the schemas of a recording are few");
    q->schemas.push_back(std::move(schema));
    return {++q->all_schemas};
}

Result<ChannelId> Recorder::add_channel(Channel channel) {
    auto q = impl_->queue.lock();
    if (q->all_channels == kMostChannels)
        return fail(Errc::Exhausted, "the recording has all channels that it can have");
    PW_ASSERT(!channel.schema.valid() || channel.schema.index <= q->all_schemas, "a schema of this recording");
    q->channels.push_back(std::move(channel));
    return ChannelId{q->all_channels++};
}

std::optional<UtcTime> Recorder::append(ChannelId channel, Instant heard, UtcTime publish_time, Bytes data) {
    if (!impl_->recording.load(std::memory_order_relaxed)) return std::nullopt;
    const std::size_t limit = impl_->options.queue_bytes;
    bool hurry = false, fits = false;
    UtcTime log_time;
    {
        auto q = impl_->queue.lock();
        PW_ASSERT(channel.index < q->all_channels, "a channel of this recording");
        log_time = next_log_time(*q, heard);
        const std::size_t before = q->bytes.size();
        // After a gap nothing is taken until the writer knows of it, so that it stands where it belongs.
        fits = q->gap.lost == 0 && data.size() <= kMaxMessage && before + sizeof(Head) + data.size() <= limit;
        if (fits) {
            const Head head{log_time, publish_time.ns > 0 ? publish_time : log_time, // MCAP knows none before 1970
                            static_cast<std::uint32_t>(data.size()), channel.index};
            const auto* p = reinterpret_cast<const std::byte*>(&head);
            q->bytes.insert(q->bytes.end(), p, p + sizeof head);
            q->bytes.insert(q->bytes.end(), data.begin(), data.end());
            hurry = before < limit / 4 && q->bytes.size() >= limit / 4;
        } else {
            if (q->gap.lost++ == 0) {
                q->gap.from = log_time;
                hurry = true;
            }
            q->gap.to = log_time;
        }
    }
    if (!fits) impl_->lost.fetch_add(1, std::memory_order_relaxed);
    if (hurry) impl_->wake.release();
    return fits ? std::optional(log_time) : std::nullopt;
}

ChannelId Recorder::gaps() const { return kGaps; }

std::uint64_t Recorder::lost() const { return impl_->lost.load(std::memory_order_relaxed); }
std::uint32_t Recorder::files() const { return impl_->files.load(std::memory_order_relaxed); }

RecorderState Recorder::state() const {
    return {impl_->written.load(), impl_->lost.load(),      impl_->bytes.load(),
            impl_->file.load(),    impl_->recording.load(), *impl_->problem.lock()};
}

Result<std::unique_ptr<Source>> Recorder::source() const {
    auto file = (*impl_->readable.lock())->reader();
    if (!file) return std::unexpected(file.error());
    return file_source(std::move(*file));
}

Result<void> Recorder::finish() {
    impl_->stopping.store(true);
    impl_->wake.release();
    if (impl_->thread.joinable()) impl_->thread.join();
    return impl_->closed;
}

} // namespace pw::record
