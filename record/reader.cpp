// SPDX-License-Identifier: Apache-2.0
#include "record/reader.h"

#include "base/format.h"
#include "record/scan.h"

#include <algorithm>
#include <deque>
#include <utility>

namespace pw::record {

namespace {

std::vector<std::uint16_t> raw_ids(std::span<const ChannelId> channels) {
    std::vector<std::uint16_t> out;
    for (const ChannelId c : channels) out.push_back(raw_id(c));
    std::ranges::sort(out);
    return out;
}

bool is_wanted(std::span<const std::uint16_t> wanted, ChannelId channel) {
    return wanted.empty() || std::ranges::binary_search(wanted, static_cast<std::uint16_t>(channel.index));
}

} // namespace

struct Reader::Impl {
    Impl(std::unique_ptr<Source> s, const ReaderOptions& o) : options(o), source(std::move(s)) {}

    ReaderOptions options;
    std::unique_ptr<Source> source;
    std::unique_ptr<Scan> scan; // none: the summary has said all
    Contents from_summary;
    std::vector<std::uint32_t> order; // of chunks, by the time they start
    std::size_t known = 0;            // chunks up to the damage
    std::optional<Damage> damage;
    struct Cached {
        std::uint64_t offset = 0;
        Unpacked records;
    };
    std::deque<Cached> cache; // newest first
    UtcTime first, last;

    const Contents& contents() const { return scan ? scan->contents() : from_summary; }

    Result<void> open() {
        auto summary = read_summary(*source, options.limits);
        if (!summary) return std::unexpected(summary.error());
        if (*summary) {
            std::array<std::byte, kMagic.size()> magic;
            const auto got = source->read_at(0, magic);
            if (!got) return std::unexpected(got.error());
            if (!is_magic(magic)) return fail(Errc::Malformed, "this is not an MCAP file");
            from_summary = std::move((*summary)->contents);
            take_chunks();
            return {};
        }
        scan = std::make_unique<Scan>(*source, options.limits);
        return go_on();
    }

    Result<void> go_on() {
        auto gone = scan->go_on();
        damage = scan->damage();
        take_chunks();
        return gone;
    }

    void take_chunks() {
        const auto& chunks = contents().chunks;
        known = chunks.size();
        for (auto c = static_cast<std::uint32_t>(order.size()); c < known; ++c) order.push_back(c);
        std::ranges::stable_sort(order, {}, [&](std::uint32_t c) { return chunks[c].start; });
        find_span();
    }

    void find_span() {
        const auto& chunks = contents().chunks;
        first = last = {};
        if (order.empty()) return;
        first = chunks[order.front()].start;
        last = first;
        for (const std::uint32_t c : order) last = std::max(last, chunks[c].end);
    }

    // From here on the recording ends before chunk `c`.
    Error found_damage(std::size_t c, const Error& error) {
        const ChunkInfo& chunk = contents().chunks[c];
        damage = Damage{chunk.offset, chunk.offset + chunk.length, c, chunk.start, chunk.end, error.what};
        known = c;
        std::erase_if(order, [c](std::uint32_t other) { return other >= c; });
        find_span();
        return {Errc::Malformed, formatted("chunk {} at byte {}: {}", c, chunk.offset, error.what)};
    }

    Result<Unpacked> records(std::size_t c) {
        const ChunkInfo& chunk = contents().chunks[c];
        if (const auto found = std::ranges::find(cache, chunk.offset, &Cached::offset); found != cache.end()) {
            std::rotate(cache.begin(), found, found + 1);
            return cache.front().records;
        }
        auto read = read_chunk(*source, chunk, options.limits);
        if (!read) {
            if (read.error().code != Errc::Malformed) return read;
            return std::unexpected(found_damage(c, read.error()));
        }
        cache.push_front({chunk.offset, *read});
        std::size_t bytes = 0, keep = 0;
        for (; keep < cache.size(); ++keep) {
            bytes += cache[keep].records->size();
            if (bytes > options.cached_bytes && keep > 0) break;
        }
        cache.resize(keep);
        return read;
    }

    // Those of the chunk in the order of their times.
    Result<std::vector<Message>> messages(std::size_t c, Bytes bytes, std::span<const std::uint16_t> wanted,
                                          UtcTime from, UtcTime to) {
        std::vector<Message> out;
        RecordsIn in(bytes);
        bool sound = true;
        for (auto record = in.next(); record && sound; record = in.next()) {
            if (record->op != Op::Message) continue;
            const auto message = parse_message(record->content);
            sound = message.has_value();
            if (sound && message->log_time >= from && message->log_time <= to && is_wanted(wanted, message->channel))
                out.push_back(*message);
        }
        if (!sound || !in.whole())
            return std::unexpected(found_damage(c, {Errc::Malformed, "its messages are not sound"}));
        if (!std::ranges::is_sorted(out, {}, &Message::log_time)) std::ranges::stable_sort(out, {}, &Message::log_time);
        return out;
    }

    bool is_in(const ChunkInfo& chunk, std::span<const std::uint16_t> wanted, UtcTime from, UtcTime to) const {
        return chunk.start <= to && chunk.end >= from && chunk.may_have(wanted);
    }
};

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(const std::string& path, const ReaderOptions& options) {
    auto source = file_source(path);
    if (!source) return std::unexpected(source.error());
    auto reader = open(std::move(*source), options);
    if (!reader) return fail(reader.error().code, reader.error().what + ": " + path);
    return reader;
}

Result<Reader> Reader::open(std::unique_ptr<Source> source, const ReaderOptions& options) {
    auto impl = std::make_unique<Impl>(std::move(source), options);
    if (auto opened = impl->open(); !opened) return std::unexpected(opened.error());
    return Reader(std::move(impl));
}

Result<bool> Reader::refresh() {
    if (!impl_->scan || impl_->damage || impl_->scan->ended()) return false;
    const std::size_t before = impl_->known;
    if (auto gone = impl_->go_on(); !gone) return std::unexpected(gone.error());
    return impl_->known > before || impl_->scan->ended();
}

bool Reader::finished() const { return !impl_->scan || impl_->scan->ended(); }
bool Reader::empty() const { return impl_->order.empty(); }
UtcTime Reader::first() const { return impl_->first; }
UtcTime Reader::last() const { return impl_->last; }
const std::map<std::uint16_t, Channel>& Reader::channels() const { return impl_->contents().channels; }
const std::map<std::uint16_t, Schema>& Reader::schemas() const { return impl_->contents().schemas; }
std::span<const ChunkInfo> Reader::chunks() const { return std::span(impl_->contents().chunks).first(impl_->known); }
const std::optional<Damage>& Reader::damage() const { return impl_->damage; }

std::vector<ChannelId> Reader::find(std::string_view topic) const {
    std::vector<ChannelId> out;
    for (const auto& [id, channel] : channels()) {
        if (channel.topic == topic) out.push_back({id});
    }
    return out;
}

Result<void> Reader::read(std::span<const ChannelId> channels, UtcTime from, UtcTime to, OnMessage on_message) {
    const auto wanted = raw_ids(channels);
    // Damage that is found on the way takes chunks out of impl_->order.
    for (std::size_t next = 0; next < impl_->order.size(); ++next) {
        const std::size_t c = impl_->order[next];
        const ChunkInfo& chunk = impl_->contents().chunks[c];
        if (chunk.start > to) break;
        if (!impl_->is_in(chunk, wanted, from, to)) continue;
        const auto records = impl_->records(c);
        if (!records) return std::unexpected(records.error());
        const auto messages = impl_->messages(c, **records, wanted, from, to);
        if (!messages) return std::unexpected(messages.error());
        for (const Message& message : *messages) {
            if (!on_message(message)) return {};
        }
    }
    return {};
}

Result<std::optional<StoredMessage>> Reader::last_before(std::span<const ChannelId> channels, UtcTime t) {
    const auto wanted = raw_ids(channels);
    std::optional<StoredMessage> best;
    for (std::size_t next = impl_->order.size(); next > 0; --next) {
        const std::size_t c = impl_->order[next - 1];
        const ChunkInfo& chunk = impl_->contents().chunks[c];
        const UtcTime from = best ? best->log_time + Duration{1} : UtcTime{};
        if (!impl_->is_in(chunk, wanted, from, t)) continue;
        const auto records = impl_->records(c);
        if (!records) return std::unexpected(records.error());
        const auto messages = impl_->messages(c, **records, wanted, from, t);
        if (!messages) return std::unexpected(messages.error());
        if (messages->empty()) continue;
        const Message& found = messages->back();
        best = StoredMessage{
            found.channel, found.sequence, found.log_time, found.publish_time, {found.data.begin(), found.data.end()}};
    }
    return best;
}

} // namespace pw::record
