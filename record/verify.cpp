// SPDX-License-Identifier: Apache-2.0
#include "record/verify.h"

#include "base/format.h"
#include "base/json.h"
#include "record/scan.h"
#include "record/summary_check.h"

#include <algorithm>
#include <utility>

namespace pw::record {

namespace {

constexpr std::size_t kPiece = 256u << 10;
constexpr std::size_t kLink = kHeadSize + kChainTag.size() + 8 + sizeof(Hash);

class Verifier {
  public:
    Verifier(Source& source, const ReadLimits& limits) : source_(source), limits_(limits), scan_(source, limits) {}

    Result<Verdict> run() {
        // Where the chunks should be and when, whatever happened to them.
        auto summary = read_summary(source_, limits_);
        if (!summary) return std::unexpected(summary.error());
        summary_ = std::move(*summary);
        if (auto gone = scan_.go_on(); !gone) return std::unexpected(gone.error());
        out_.chained = scan_.chained();
        out_.summed = out_.chained || scan_.all_summed();
        out_.bytes = scan_.file_size();
        out_.channels = scan_.contents().channels.size();
        if (out_.chained) out_.file_id = to_hex(scan_.file_id());
        if (auto looked = look(); !looked) return std::unexpected(looked.error());
        if (out_.damage && out_.damage->chunk) refine(*out_.damage);
        return std::move(out_);
    }

  private:
    Result<void> look() {
        Result<bool> fine = out_.chained ? check_begin() : true;
        for (std::size_t c = 0; c < scan_.contents().chunks.size() && fine.value_or(false); ++c) fine = check_chunk(c);
        if (fine.value_or(false)) fine = check_end();
        if (!fine) return std::unexpected(fine.error());
        return {};
    }

    bool wrong(std::uint64_t begin, std::uint64_t end, std::optional<std::uint64_t> chunk, std::string what) {
        out_.damage = Damage{begin, end, chunk, {}, {}, std::move(what)};
        return false;
    }

    Result<bool> hash_bytes(std::uint64_t begin, std::uint64_t end) {
        buffer_.resize(kPiece);
        while (begin < end) {
            const std::span<std::byte> piece = std::span(buffer_).first(std::min<std::uint64_t>(kPiece, end - begin));
            const auto got = source_.read_at(begin, piece);
            if (!got) return std::unexpected(got.error());
            if (*got != piece.size()) return false;
            sha_.add(piece);
            begin += piece.size();
        }
        return true;
    }

    Result<Hash> stored_hash(std::uint64_t end) {
        Hash out{};
        const auto got = source_.read_at(end - out.size(), out);
        if (!got) return std::unexpected(got.error());
        return out;
    }

    Result<bool> check_begin() {
        const std::uint64_t end = scan_.begin_end();
        if (auto hashed = hash_bytes(0, end - sizeof(Hash)); !hashed || !*hashed) return hashed;
        return compare(end, [&] { return wrong(0, end, {}, "the head of the file was changed"); });
    }

    // The hash of what was added against the one that stands before `end`; it becomes the last one.
    template <class F> Result<bool> compare(std::uint64_t end, F otherwise) {
        last_hash_ = sha_.finish();
        const auto stored = stored_hash(end);
        if (!stored) return std::unexpected(stored.error());
        return *stored == last_hash_ || otherwise();
    }

    Result<bool> check_link(std::uint64_t begin, std::uint64_t end, std::uint64_t number, const char* what,
                            std::optional<std::uint64_t> chunk) {
        sha_.add(last_hash_);
        if (auto hashed = hash_bytes(begin, end - kLink); !hashed || !*hashed) return hashed;
        sha_.add_value(number);
        return compare(end, [&] { return wrong(begin, end, chunk, what); });
    }

    Result<bool> check_chunk(std::size_t c) {
        const ChunkInfo& chunk = scan_.contents().chunks[c];
        if (out_.chained && !chunk.bare) {
            constexpr const char* kWhat = "its bytes are not those that were chained: changed, left out, doubled or "
                                          "from elsewhere";
            const auto linked = check_link(chunk.group_begin, chunk.group_end, c, kWhat, c);
            if (!linked || !*linked) return linked;
        }
        const Sums sums = out_.chained ? Sums::Required : Sums::MayLack;
        const auto records = read_chunk(source_, chunk, limits_, sums);
        if (!records && records.error().code != Errc::Malformed) return std::unexpected(records.error());
        if (!records) return wrong(chunk.offset, chunk.offset + chunk.length, c, records.error().what);
        RecordsIn in(**records);
        bool sound = true;
        for (auto record = in.next(); record && sound; record = in.next()) {
            if (record->op != Op::Message) continue;
            const auto message = parse_message(record->content);
            sound = message && message->log_time >= chunk.start && message->log_time <= chunk.end &&
                    scan_.contents().channels.contains(static_cast<std::uint16_t>(message->channel.index));
            if (sound) counts_.add(*message);
        }
        if (!sound || !in.whole())
            return wrong(chunk.offset, chunk.offset + chunk.length, c, "its messages are not sound");
        out_.messages = counts_.messages;
        out_.first = counts_.first;
        out_.last = counts_.last;
        ++out_.chunks;
        return true;
    }

    Result<bool> check_end() {
        if (scan_.damage()) {
            out_.damage = scan_.damage();
            return false;
        }
        const std::uint64_t here = scan_.position();
        if (!scan_.ended()) {
            const std::uint64_t whole = out_.chained ? scan_.link_end() : out_.chunks == 0 ? 0 : here;
            if (here < out_.bytes || (out_.chained && whole < out_.bytes))
                return wrong(whole, out_.bytes, scan_.contents().chunks.size(),
                             "it was cut off here, or is just being written");
            return true;
        }
        if (out_.chained) {
            const auto linked = check_link(scan_.before_end(), scan_.link_end(), out_.chunks,
                                           "what stands behind the last chunk was changed", {});
            if (!linked || !*linked) return linked;
        }
        for (const Place& attachment : scan_.attachments()) {
            const auto fine = check_attachment(attachment);
            if (!fine || !*fine) return fine;
        }
        if (auto fine = check_data_end(); !fine || !*fine) return fine;
        auto damage = check_summary(source_, scan_, counts_, limits_);
        if (!damage) return std::unexpected(damage.error());
        out_.damage = std::move(*damage);
        out_.finished = !out_.damage;
        return out_.finished;
    }

    Result<bool> check_attachment(const Place& attachment) {
        const std::uint64_t begin = attachment.offset + kHeadSize, end = attachment.offset + attachment.length;
        std::array<std::byte, 4> stored{};
        if (end - begin < stored.size()) return wrong(attachment.offset, end, {}, "an attachment is not sound");
        const auto got = source_.read_at(end - stored.size(), stored);
        if (!got) return std::unexpected(got.error());
        const auto crc = ByteReader(stored).read<std::uint32_t>();
        if (crc == 0 && !out_.chained) return true;
        const auto sum = sum_of(source_, begin, end - stored.size());
        if (!sum) return std::unexpected(sum.error());
        return *sum == crc || wrong(attachment.offset, end, {}, "an attachment is damaged: its checksum is another");
    }

    Result<bool> check_data_end() {
        const std::uint64_t at = scan_.end_at();
        std::array<std::byte, kHeadSize + 4> end{};
        const auto got = source_.read_at(at, end);
        if (!got) return std::unexpected(got.error());
        ByteReader in(end);
        const bool is_end = in.read<Op>() == Op::DataEnd && in.read<std::uint64_t>() == 4;
        const auto crc = in.read<std::uint32_t>();
        if (out_.chained && (!is_end || scan_.link_end() != at))
            return wrong(scan_.link_end(), scan_.position(), {}, "the end of the data was changed");
        if (!is_end || crc == 0) return true;
        const auto sum = sum_of(source_, 0, at);
        if (!sum) return std::unexpected(sum.error());
        out_.summed = true;
        return *sum == crc || wrong(0, scan_.position(), {}, "the checksum of all data is another");
    }

    // What the summary knows of a chunk that cannot be read.
    void refine(Damage& damage) const {
        const std::uint64_t c = *damage.chunk;
        const auto& found = scan_.contents().chunks;
        const auto& all = summary_ ? summary_->contents.chunks : found;
        if (c < all.size()) {
            damage.from = all[c].start;
            damage.to = all[c].end;
            if (summary_ && c + 1 < all.size()) damage.end = all[c + 1].offset;
        } else {
            damage.from = out_.last;
            if (summary_) damage.chunk.reset(); // behind the last
        }
    }

    Source& source_;
    ReadLimits limits_;
    Scan scan_;
    std::optional<Summary> summary_;
    Verdict out_;
    Sha256 sha_;
    Hash last_hash_{};
    Counts counts_;
    std::vector<std::byte> buffer_;
};

std::string words(UtcTime t) { return to_iso8601(t) + (t < kEndOfTime ? "" : " or later"); }

void put_time(JsonWriter& w, std::string_view name, UtcTime t) {
    w.key(name);
    if (t.known())
        w.value(to_iso8601(t));
    else
        w.null();
}

} // namespace

Result<Verdict> verify(Source& source, const ReadLimits& limits) { return Verifier(source, limits).run(); }

std::string to_json(const Verdict& v) {
    JsonWriter w;
    w.begin_object().member("intact", v.intact()).member("finished", v.finished).member("chained", v.chained);
    w.member("protected", v.summed).member("file_id", v.file_id).member("bytes", v.bytes).member("chunks", v.chunks);
    w.member("channels", v.channels).member("messages", v.messages);
    put_time(w, "first", v.first);
    put_time(w, "last", v.last);
    w.member("last_or_later", v.last >= kEndOfTime);
    w.key("damage");
    if (const auto& d = v.damage) {
        w.begin_object().key("chunk");
        if (d->chunk)
            w.value(*d->chunk);
        else
            w.null();
        w.member("begin", d->begin).member("end", d->end);
        put_time(w, "from", d->from);
        put_time(w, "to", d->to);
        w.member("what", d->what).end_object();
    } else {
        w.null();
    }
    return w.end_object().take();
}

std::string to_text(const Verdict& v) {
    std::string out =
        formatted("{} chunks, {} channels, {} messages, {} bytes\n", v.chunks, v.channels, v.messages, v.bytes);
    if (v.first.known()) out += formatted("from {} to {}\n", words(v.first), words(v.last));
    out += v.chained ? "chain of file " + v.file_id + "\n"
           : v.summed
               ? "no chain: written by another program; only its checksums were looked at\n"
               : "NOT PROTECTED: written by another program, without a chain and without checksums over all of it; a "
                 "change would not be seen\n";
    if (const auto& d = v.damage) {
        out += d->chunk ? formatted("DAMAGED at chunk {}", *d->chunk) : std::string("DAMAGED");
        out += formatted(", bytes {} to {}", d->begin, d->end);
        if (d->from.known()) out += ", from " + words(d->from);
        if (d->to.known()) out += " to " + words(d->to);
        return out + ": " + d->what + "\n";
    }
    return out + (v.finished ? "intact\n" : "NOT CLOSED: all that is there is intact, and more may be missing\n");
}

} // namespace pw::record
