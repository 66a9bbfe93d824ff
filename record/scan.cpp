// SPDX-License-Identifier: Apache-2.0
#include "record/scan.h"

#include "base/format.h"

#include <algorithm>
#include <utility>

namespace pw::record {

namespace {

constexpr std::uint64_t kBareBytes = 1u << 20; // of messages without a chunk that are read at once
constexpr std::size_t kStartSize = kChainTag.size() + 16 + sizeof(Hash);
constexpr std::size_t kLinkSize = kChainTag.size() + 8 + sizeof(Hash);

Result<bool> is_packing(std::string_view compression) {
    if (compression.empty() || compression == "zstd") return true;
    if (compression == "lz4")
        return fail(Errc::Unsupported, "its chunks are packed with lz4, which we cannot read; `mcap` can pack anew");
    return false;
}

} // namespace

Result<void> Scan::begin() {
    const auto magic = window_.at(0, kMagic.size());
    if (!magic) return std::unexpected(magic.error());
    if (!is_magic(*magic)) return fail(Errc::Malformed, "this is not an MCAP file");
    at_ = kMagic.size();
    begun_ = true;
    return {};
}

bool Scan::wrong(std::uint64_t end, std::string what) {
    damage_.emplace();
    damage_->begin = chained_ ? link_end_ : contents_.chunks.empty() ? 0 : at_; // what came before may be the cause
    damage_->end = std::min(end, size_);
    damage_->chunk = contents_.chunks.size();
    if (!contents_.chunks.empty()) damage_->from = contents_.chunks.back().end;
    damage_->what = std::move(what);
    return false;
}

// The record at at_, when all of it is there.
Result<std::optional<Scan::Record>> Scan::next() {
    if (size_ - at_ < kHeadSize) return std::nullopt;
    const auto head = window_.at(at_, kHeadSize);
    if (!head) return std::unexpected(head.error());
    if (head->size() < kHeadSize) return std::nullopt; // it became shorter
    ByteReader in(*head);
    Record out;
    out.op = in.read<Op>();
    out.at = at_;
    out.content = at_ + kHeadSize;
    out.length = in.read<std::uint64_t>();
    if (out.length > size_ - out.content) {
        // Torn, and the rest may come; but no record that we write is that long.
        if (chained_ && out.length > limits_.chunk_bytes) wrong(size_, "a record goes far past the end");
        return std::nullopt;
    }
    out.end = out.content + out.length;
    return out;
}

Result<void> Scan::go_on() {
    const auto size = source_.size();
    if (!size) return std::unexpected(size.error());
    window_.forget(); // what it holds of the end may be old
    size_ = std::max(*size, at_);
    if (!begun_) {
        if (auto begun = begin(); !begun) return begun;
    }
    while (!ended_ && !damage_) {
        const auto record = next();
        if (!record) return std::unexpected(record.error());
        if (!*record) break;
        const auto taken = take(**record);
        if (!taken) return std::unexpected(taken.error());
        if (*taken) at_ = (*record)->end;
    }
    if (!chained_ && open_) {
        open_->any_channel = true; // more of its indexes may come
        commit();
    }
    return {};
}

Result<bool> Scan::take(const Record& record) {
    if (!chained_ && open_ && record.op != Op::MessageIndex) commit();
    if (record.op == Op{}) return wrong(record.end, "there is no record of kind 0");
    switch (record.op) {
    case Op::Schema:
    case Op::Channel:
        return take_definition(record);
    case Op::Message:
        return take_message(record);
    case Op::Chunk:
        return take_chunk(record);
    case Op::MessageIndex:
        return take_index(record);
    case Op::Attachment:
        return take_place(attachments_, record);
    case Op::Metadata:
        return take_place(metadata_, record);
    case Op::ChainStart:
    case Op::ChainLink:
    case Op::ChainEnd:
        return take_chain(record);
    case Op::DataEnd:
    case Op::Footer: // of a file without a DataEnd
        if (chained_ && !chain_ended_) return wrong(record.end, "the data ends within the chain");
        ended_ = true;
        end_at_ = record.at;
        return true;
    default:
        return true; // of later versions, of others, or not for us
    }
}

Result<bool> Scan::take_definition(const Record& record) {
    if (record.length > limits_.definition_bytes) return wrong(record.end, "a definition is too large");
    const auto content = window_.at(record.content, record.length);
    if (!content) return std::unexpected(content.error());
    const std::string fault =
        record.op == Op::Schema ? contents_.add_schema(*content, limits_) : contents_.add_channel(*content, limits_);
    return fault.empty() || wrong(record.end, fault);
}

Result<bool> Scan::take_message(const Record& record) {
    const auto content = window_.at(record.content, std::min<std::uint64_t>(record.length, kMessageHead));
    if (!content) return std::unexpected(content.error());
    const auto message = parse_message(*content);
    if (!message) return wrong(record.end, "a message is too short");
    if (record.length > limits_.chunk_bytes) return wrong(record.end, "a message is too large");
    auto& chunks = contents_.chunks;
    const std::uint64_t size = record.end - record.at;
    if (chunks.empty() || !chunks.back().bare || chunks.back().offset + chunks.back().length != record.at ||
        chunks.back().length + size > kBareBytes) {
        if (chunks.size() >= limits_.chunks) return wrong(record.end, "there are too many chunks");
        all_summed_ = false;
        chunks.emplace_back();
        chunks.back().bare = true;
        chunks.back().offset = record.at;
        chunks.back().start = chunks.back().end = message->log_time;
    }
    ChunkInfo& chunk = chunks.back();
    chunk.length += size;
    ++chunk.messages;
    chunk.start = std::min(chunk.start, message->log_time);
    chunk.end = std::max(chunk.end, message->log_time);
    return true;
}

Result<bool> Scan::take_chunk(const Record& record) {
    if (chained_ && open_) return wrong(record.end, "a chunk has no link");
    const auto content = window_.at(record.content, std::min<std::uint64_t>(record.length, kMaxChunkHead));
    if (!content) return std::unexpected(content.error());
    const auto head = parse_chunk_head(*content);
    if (!head || head->packed > record.length - head->size)
        return wrong(record.end, "a chunk is longer than its record");
    if (head->packed > limits_.chunk_bytes || head->unpacked > limits_.chunk_bytes)
        return wrong(record.end,
                     formatted("a chunk says that it has {} bytes", std::max(head->packed, head->unpacked)));
    const auto known = is_packing(head->compression);
    if (!known) return std::unexpected(known.error());
    if (!*known) return wrong(record.end, "a chunk is packed in an unknown way");
    if (contents_.chunks.size() >= limits_.chunks) return wrong(record.end, "there are too many chunks");
    ChunkInfo chunk;
    chunk.start = head->start;
    chunk.end = head->end;
    chunk.offset = record.at;
    chunk.length = record.end - record.at;
    open_ = std::move(chunk);
    all_summed_ = all_summed_ && head->crc != 0;
    if (chained_) return true;
    return look_into(*open_);
}

// Without a chain, the channels may stand within the chunks.
Result<bool> Scan::look_into(const ChunkInfo& chunk) {
    const auto records = read_chunk(source_, chunk, limits_);
    const std::uint64_t end = chunk.offset + chunk.length; // of what open_ forgets below
    if (!records && records.error().code != Errc::Malformed) return std::unexpected(records.error());
    std::string fault = records ? "" : records.error().what;
    if (records) {
        RecordsIn in(**records);
        for (auto record = in.next(); record && fault.empty(); record = in.next()) {
            if (record->op == Op::Schema) fault = contents_.add_schema(record->content, limits_);
            if (record->op == Op::Channel) fault = contents_.add_channel(record->content, limits_);
        }
    }
    if (fault.empty()) return true;
    open_.reset();
    return wrong(end, fault);
}

Result<bool> Scan::take_index(const Record& record) {
    if (!open_) return true;
    const auto content = window_.at(record.content, std::min<std::uint64_t>(record.length, 6));
    if (!content) return std::unexpected(content.error());
    ByteReader in(*content);
    const auto channel = in.read<std::uint16_t>();
    const std::uint64_t size = in.read<std::uint32_t>();
    if (!in.ok() || size % 16 != 0 || size > record.length - 6) return wrong(record.end, "an index is not sound");
    open_->indexes_length += record.end - record.at;
    open_->messages += size / 16;
    open_->any_channel = false;
    open_->channels.push_back(channel);
    return true;
}

void Scan::commit() {
    ChunkInfo& chunk = *open_;
    std::ranges::sort(chunk.channels);
    const auto doubled = std::ranges::unique(chunk.channels);
    chunk.channels.erase(doubled.begin(), doubled.end());
    contents_.channel_entries += chunk.channels.size();
    if (chunk.any_channel || contents_.channel_entries > limits_.channel_entries) {
        chunk.any_channel = true;
        chunk.channels = {};
    }
    contents_.chunks.push_back(std::move(chunk));
    open_.reset();
}

bool Scan::take_place(std::vector<Place>& places, const Record& record) {
    if (places.size() >= limits_.chunks) return wrong(record.end, "there are too many attachments");
    places.push_back({record.at, record.end - record.at});
    return true;
}

Result<bool> Scan::take_chain(const Record& record) {
    const std::size_t wanted = record.op == Op::ChainStart ? kStartSize : kLinkSize;
    const auto content = window_.at(record.content, std::min<std::uint64_t>(record.length, wanted));
    if (!content) return std::unexpected(content.error());
    ByteReader in(*content);
    if (!std::ranges::equal(in.take(kChainTag.size()), std::as_bytes(std::span(kChainTag)))) {
        if (chained_) return wrong(record.end, "a link is not one");
        return true; // of somebody else
    }
    if (record.length != wanted) return wrong(record.end, "a link has another length than links have");
    if (!chained_ && record.op != Op::ChainStart) {
        damage_ = Damage{0, record.at, {}, {}, {}, "the begin of the chain is missing: the head was changed"};
        return false;
    }
    if (record.op == Op::ChainStart) {
        if (chained_ || !contents_.chunks.empty()) return wrong(record.end, "a chain begins in the middle");
        std::ranges::copy(in.take(file_id_.size()), file_id_.begin());
        chained_ = true;
        begin_end_ = link_end_ = record.end;
        return true;
    }
    if (in.read<std::uint64_t>() != contents_.chunks.size()) return wrong(record.end, "a link has a wrong number");
    if (open_.has_value() != (record.op == Op::ChainLink)) return wrong(record.end, "a link is not where it belongs");
    if (open_) {
        open_->any_channel = false;
        open_->group_begin = link_end_;
        open_->group_end = record.end;
        commit();
    }
    before_end_ = std::exchange(link_end_, record.end);
    chain_ended_ = record.op == Op::ChainEnd;
    return true;
}

} // namespace pw::record
