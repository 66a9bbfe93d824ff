// SPDX-License-Identifier: Apache-2.0
#include "record/writer.h"

#include "base/assert.h"
#include "base/format.h"
#include "record/codec.h"
#include "record/wire.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace pw::record {

namespace {

constexpr std::size_t kSummaryPiece = 1u << 20;

struct WrittenChunk {
    UtcTime start, end;
    std::uint64_t offset = 0, length = 0, indexes_length = 0, packed = 0, unpacked = 0;
};

struct IndexEntry {
    std::uint64_t log_time = 0, offset = 0;
};
static_assert(sizeof(IndexEntry) == 16);

struct ChannelState {
    std::uint32_t sequence = 0;
    std::uint64_t messages = 0;
    std::vector<IndexEntry> index; // of the chunk that is being filled
};

// Records that go to the end of the file in pieces, with their checksum.
class SummaryOut {
  public:
    explicit SummaryOut(AppendFile& file) : file_(file) {}
    RecordOut& out() { return out_; }
    std::uint64_t position() const { return file_.size() + buffer_.size(); }
    Result<void> relieve(std::size_t above) {
        if (buffer_.size() <= above) return {};
        crc_ = crc32(buffer_, crc_);
        auto written = file_.append(buffer_);
        buffer_.clear();
        return written;
    }
    std::uint32_t crc() { return crc32(buffer_, crc_); }
    std::vector<std::byte>& buffer() { return buffer_; }

  private:
    AppendFile& file_;
    std::vector<std::byte> buffer_;
    RecordOut out_{buffer_};
    std::uint32_t crc_ = 0;
};

} // namespace

struct Writer::Impl {
    Impl(AppendFile opened, const WriterOptions& o) : options(o), file(std::move(opened)), packer(o.zstd_level) {}

    WriterOptions options;
    AppendFile file;
    Packer packer;
    Sha256 sha;
    Hash last_hash{};
    std::vector<Schema> schemas;
    std::vector<Channel> channels;
    std::vector<ChannelState> states; // by channel
    std::vector<std::byte> definitions, records, packed, out;
    std::vector<std::uint16_t> touched; // channels in the chunk
    UtcTime start, end;                 // of the chunk
    std::vector<WrittenChunk> chunks;
    std::uint64_t messages = 0;
    bool closed = false;

    Result<void> begin(const WriterOptions& o) {
        put_magic(out);
        RecordOut to(out);
        to.begin(Op::Header).text("").text(o.library).end();
        to.begin(Op::ChainStart).put(kChainTag).bytes(random_id());
        last_hash = Hash{};
        to.bytes(last_hash).end(); // the length counts for the hash, so it has to be there
        last_hash = sha.add(Bytes(out).first(out.size() - last_hash.size())).finish();
        std::ranges::copy(last_hash, out.end() - static_cast<std::ptrdiff_t>(last_hash.size()));
        return file.append(out);
    }

    // The hash over what `out` has, which follows the last link in the file, and the link.
    Hash put_link(Op op, std::uint64_t number) {
        const Hash hash = sha.add(last_hash).add(out).add_value(number).finish();
        RecordOut(out).begin(op).put(kChainTag).put(number).bytes(hash).end();
        return hash;
    }

    void put_chunk(WrittenChunk& chunk) {
        packer.pack(records, packed);
        chunk = {start, end, file.size() + out.size(), 0, 0, packed.size(), records.size()};
        const std::size_t before = out.size();
        RecordOut to(out);
        to.begin(Op::Chunk).put(start.ns).put(end.ns).put(std::uint64_t{records.size()}).put(crc32(records));
        to.text("zstd").put(std::uint64_t{packed.size()}).bytes(packed).end();
        chunk.length = out.size() - before;
    }

    void put_indexes(WrittenChunk& chunk) {
        const std::size_t before = out.size();
        RecordOut to(out);
        std::ranges::sort(touched);
        for (const std::uint16_t c : touched) {
            const auto entries = std::as_bytes(std::span(states[c].index));
            to.begin(Op::MessageIndex).put(c).put(static_cast<std::uint32_t>(entries.size())).bytes(entries).end();
        }
        chunk.indexes_length = out.size() - before;
    }

    Result<void> end_chunk() {
        if (records.empty()) return {};
        out.assign(definitions.begin(), definitions.end());
        WrittenChunk chunk;
        put_chunk(chunk);
        put_indexes(chunk);
        const Hash hash = put_link(Op::ChainLink, chunks.size());
        if (auto written = file.append(out); !written) return written;
        last_hash = hash;
        chunks.push_back(chunk);
        definitions.clear();
        records.clear();
        for (const std::uint16_t c : touched) {
            states[c].messages += states[c].index.size();
            messages += states[c].index.size();
            states[c].index.clear();
        }
        touched.clear();
        return {};
    }

    // Which channels a chunk has messages of stands in the file behind it, and is read again for the summary: what it
    // would take in memory grows with the file.
    Result<void> put_chunk_index(SummaryOut& summary, const WrittenChunk& chunk) {
        std::vector<std::byte> indexes(chunk.indexes_length);
        const std::uint64_t begin = chunk.offset + chunk.length;
        const auto got = file.read_at(begin, indexes);
        if (!got) return std::unexpected(got.error());
        if (*got != indexes.size()) return fail(Errc::Malformed, "somebody made the recording shorter");
        RecordOut& to = summary.out();
        to.begin(Op::ChunkIndex).put(chunk.start.ns).put(chunk.end.ns).put(chunk.offset).put(chunk.length);
        const std::size_t list = to.begin_list();
        RecordsIn in(indexes);
        while (const auto record = in.next()) {
            ByteReader content(record->content);
            const auto at = static_cast<std::uint64_t>(record->content.data() - indexes.data()) - kHeadSize;
            to.put(content.read<std::uint16_t>()).put(begin + at);
        }
        to.end_list(list);
        to.put(chunk.indexes_length).text("zstd").put(chunk.packed).put(chunk.unpacked).end();
        return summary.relieve(kSummaryPiece);
    }

    Result<void> put_schemas(SummaryOut& summary) {
        for (std::size_t s = 0; s < schemas.size(); ++s)
            put_schema(summary.out(), static_cast<std::uint16_t>(s + 1), schemas[s]);
        return {};
    }

    Result<void> put_channels(SummaryOut& summary) {
        Result<void> written;
        for (std::size_t c = 0; c < channels.size() && written; ++c) {
            put_channel(summary.out(), static_cast<std::uint16_t>(c), channels[c]);
            written = summary.relieve(kSummaryPiece);
        }
        return written;
    }

    Result<void> put_statistics(SummaryOut& summary) {
        UtcTime first, last;
        if (!chunks.empty()) {
            first = std::ranges::min(chunks, {}, &WrittenChunk::start).start;
            last = std::ranges::max(chunks, {}, &WrittenChunk::end).end;
        }
        RecordOut& to = summary.out();
        to.begin(Op::Statistics).put(messages).put(static_cast<std::uint16_t>(schemas.size()));
        to.put(static_cast<std::uint32_t>(channels.size())).put(std::uint32_t{0}).put(std::uint32_t{0});
        to.put(static_cast<std::uint32_t>(chunks.size())).put(first.ns).put(last.ns);
        const std::size_t list = to.begin_list();
        for (std::size_t c = 0; c < states.size(); ++c) {
            if (states[c].messages > 0) to.put(static_cast<std::uint16_t>(c)).put(states[c].messages);
        }
        to.end_list(list);
        to.end();
        return summary.relieve(kSummaryPiece);
    }

    Result<void> put_chunk_indexes(SummaryOut& summary) {
        Result<void> written;
        for (std::size_t c = 0; c < chunks.size() && written; ++c) written = put_chunk_index(summary, chunks[c]);
        return written;
    }

    Result<void> put_summary() {
        SummaryOut summary(file);
        struct Group {
            Op op;
            std::uint64_t begin, length;
        };
        std::vector<Group> groups;
        const std::uint64_t begin = file.size();
        const auto group = [&](Op op, auto body) {
            const std::uint64_t at = summary.position();
            auto written = body(summary);
            if (summary.position() > at) groups.push_back({op, at, summary.position() - at});
            return written;
        };
        Result<void> done = group(Op::Schema, [&](SummaryOut& s) { return put_schemas(s); });
        if (done) done = group(Op::Channel, [&](SummaryOut& s) { return put_channels(s); });
        if (done) done = group(Op::Statistics, [&](SummaryOut& s) { return put_statistics(s); });
        if (done) done = group(Op::ChunkIndex, [&](SummaryOut& s) { return put_chunk_indexes(s); });
        if (!done) return done;
        const std::uint64_t offsets = summary.position();
        for (const Group& g : groups) summary.out().begin(Op::SummaryOffset).put(g.op).put(g.begin).put(g.length).end();
        // The checksum is over everything from the summary's begin to itself.
        summary.out().begin(Op::Footer).put(begin).put(offsets).put(std::uint32_t{0}).end();
        summary.buffer().resize(summary.buffer().size() - 4);
        summary.out().put(summary.crc());
        put_magic(summary.buffer());
        return summary.relieve(0);
    }

    Result<void> close() {
        if (auto ended = end_chunk(); !ended) return ended;
        const std::uint64_t before = file.size();
        out.assign(definitions.begin(), definitions.end());
        put_link(Op::ChainEnd, chunks.size());
        RecordOut(out).begin(Op::DataEnd).put(std::uint32_t{0}).end();
        Result<void> done = file.append(out);
        if (done) done = put_summary();
        if (done) done = file.sync();
        if (!done) (void)file.cut(before);
        closed = true;
        return done;
    }
};

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

Result<Writer> Writer::create(const std::string& path, const WriterOptions& options) {
    auto file = AppendFile::create(path, options.existing);
    if (!file) return std::unexpected(file.error());
    return create(std::move(*file), options);
}

Result<Writer> Writer::create(AppendFile file, const WriterOptions& options) {
    PW_ASSERT(file.size() == 0, "a recording begins with its file");
    auto impl = std::make_unique<Impl>(std::move(file), options);
    if (auto begun = impl->begin(options); !begun) return std::unexpected(begun.error());
    return Writer(std::move(impl));
}

Result<SchemaId> Writer::add_schema(const Schema& schema) {
    PW_ASSERT(!impl_->closed, "a closed recording takes nothing");
    if (impl_->schemas.size() == 0xffff) return fail(Errc::Exhausted, "a recording has at most 65535 schemas");
    impl_->schemas.push_back(schema);
    const auto id = static_cast<std::uint16_t>(impl_->schemas.size());
    RecordOut to(impl_->definitions);
    put_schema(to, id, schema);
    return SchemaId{id};
}

Result<ChannelId> Writer::add_channel(const Channel& channel) {
    PW_ASSERT(!impl_->closed, "a closed recording takes nothing");
    PW_ASSERT(raw_id(channel.schema) <= impl_->schemas.size(), "a schema of this recording");
    if (impl_->channels.size() == 0x10000) return fail(Errc::Exhausted, "a recording has at most 65536 channels");
    const auto id = static_cast<std::uint16_t>(impl_->channels.size());
    impl_->channels.push_back(channel);
    impl_->states.emplace_back();
    RecordOut to(impl_->definitions);
    put_channel(to, id, channel);
    return ChannelId{id};
}

Result<void> Writer::add_all_of(const Writer& other) {
    PW_ASSERT(impl_->schemas.empty() && impl_->channels.empty(), "they keep their numbers");
    for (const Schema& schema : other.impl_->schemas)
        if (auto added = add_schema(schema); !added) return std::unexpected(added.error());
    for (const Channel& channel : other.impl_->channels)
        if (auto added = add_channel(channel); !added) return std::unexpected(added.error());
    return {};
}

Result<void> Writer::write(ChannelId channel, UtcTime log_time, UtcTime publish_time, Bytes data) {
    Impl& w = *impl_;
    PW_ASSERT(!w.closed && channel.index < w.channels.size(), "a channel of this recording, which is open");
    if (data.size() > kMaxMessage)
        return fail(Errc::Exhausted, formatted("a message of {} bytes is too large", data.size()));
    const auto id = static_cast<std::uint16_t>(channel.index);
    ChannelState& state = w.states[id];
    log_time.ns = std::max<std::int64_t>(log_time.ns, 0); // MCAP knows no time before 1970
    publish_time.ns = std::max<std::int64_t>(publish_time.ns, 0);
    if (w.records.empty()) w.start = w.end = log_time;
    w.start = std::min(w.start, log_time);
    w.end = std::max(w.end, log_time);
    if (state.index.empty()) w.touched.push_back(id);
    state.index.push_back({static_cast<std::uint64_t>(log_time.ns), w.records.size()});
    RecordOut to(w.records);
    to.put(Op::Message).put(std::uint64_t{kMessageHead + data.size()});
    to.put(id).put(state.sequence++).put(log_time.ns).put(publish_time.ns).bytes(data);
    return w.records.size() >= w.options.chunk_bytes ? w.end_chunk() : Result<void>();
}

Result<void> Writer::end_chunk() { return impl_->end_chunk(); }
Result<void> Writer::close() { return impl_->close(); }
std::uint64_t Writer::size() const { return impl_->file.size() + impl_->records.size() + impl_->definitions.size(); }
std::size_t Writer::waiting() const { return impl_->records.size(); }
const AppendFile& Writer::file() const { return impl_->file; }

} // namespace pw::record
