// SPDX-License-Identifier: Apache-2.0
#include "record/summary_check.h"

#include "base/format.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace pw::record {

namespace {

Channel sorted(Channel channel) { // the order of its metadata says nothing
    std::ranges::sort(channel.metadata);
    return channel;
}

class SummaryCheck {
  public:
    SummaryCheck(Source& source, const Scan& scan, const Counts& counts, const ReadLimits& limits)
        : source_(source), window_(source), data_(source), scan_(scan), found_(scan.contents()), counts_(counts),
          limits_(limits), strict_(scan.chained()), indexed_(found_.chunks.size()) {}

    Result<std::optional<Damage>> run() {
        const std::uint64_t size = scan_.file_size();
        const auto footer = read_footer(source_, size);
        if (!footer) return std::unexpected(footer.error());
        if (!*footer) return wrong(scan_.position(), size, "it is damaged or missing");
        footer_ = **footer;
        end_ = size - kMagic.size() - kFooterSize;
        if (footer_.summary == 0 && !strict_) return std::nullopt; // it has none
        if (footer_.summary > end_ || (strict_ && footer_.summary != scan_.position()))
            return wrong(scan_.position(), size, "it is not where the footer says");
        const auto sum = sum_of(source_, footer_.summary, end_ + kFooterSize - 4);
        if (!sum) return std::unexpected(sum.error());
        if ((strict_ || footer_.crc != 0) && *sum != footer_.crc)
            return wrong(footer_.summary, size, "its checksum is another");
        return walk(size);
    }

  private:
    std::optional<Damage> wrong(std::uint64_t begin, std::uint64_t end, const std::string& what) const {
        return Damage{begin, end, {}, {}, {}, "the summary at the end is not right, the chunks are: " + what};
    }

    Result<std::optional<Damage>> walk(std::uint64_t size) {
        for (std::uint64_t at = footer_.summary; at < end_;) {
            const auto head = window_.at(at, kHeadSize);
            if (!head) return std::unexpected(head.error());
            ByteReader in(*head);
            const Op op = in.read<Op>();
            const auto length = in.read<std::uint64_t>();
            if (!in.ok() || end_ - at < kHeadSize || length > end_ - at - kHeadSize)
                return wrong(at, size, "a record of it goes past its end");
            if (length > limits_.definition_bytes) return wrong(at, size, "a record of it is too large");
            const auto content = window_.at(at + kHeadSize, length);
            if (!content) return std::unexpected(content.error());
            const auto fault = take(op, *content, at);
            if (!fault) return std::unexpected(fault.error());
            const std::uint64_t next = at + kHeadSize + length;
            if (!fault->empty()) return wrong(at, next, *fault);
            at = next;
        }
        const std::string lacking = what_lacks();
        if (!lacking.empty()) return wrong(footer_.summary, size, lacking);
        return std::nullopt;
    }

    // What is wrong with a record; empty: nothing.
    Result<std::string> take(Op op, Bytes content, std::uint64_t at) {
        if (op != Op::SummaryOffset) {
            Group& group = groups_.at(static_cast<std::size_t>(op));
            if (group.end == 0) group.begin = at;
            group.split = group.split || (group.end != 0 && group.end != at);
            group.end = at + kHeadSize + content.size();
        }
        switch (op) {
        case Op::Schema:
            return take_schema(content);
        case Op::Channel:
            return take_channel(content);
        case Op::Statistics:
            return take_statistics(content);
        case Op::ChunkIndex:
            return take_chunk_index(content);
        case Op::AttachmentIndex:
            return take_place(content, scan_.attachments());
        case Op::MetadataIndex:
            return take_place(content, scan_.metadata());
        case Op::SummaryOffset:
            return take_offset(content, at);
        default:
            return strict_ || op <= Op::DataEnd ? "it has a record that does not belong there" : "";
        }
    }

    std::string take_schema(Bytes content) {
        const auto schema = parse_schema(content);
        if (!schema) return "a schema is not sound";
        const auto found = found_.schemas.find(schema->id);
        ++schemas_;
        has_schema_[schema->id] = true;
        if (strict_ && std::exchange(last_schema_, schema->id) >= schema->id) return "its schemas are not in order";
        if (found == found_.schemas.end()) return strict_ ? "it has a schema that the data has not" : "";
        return found->second == schema->schema ? "" : formatted("schema {} is another in the data", schema->id);
    }

    std::string take_channel(Bytes content) {
        const auto channel = parse_channel(content);
        if (!channel) return "a channel is not sound";
        const auto found = found_.channels.find(channel->id);
        ++channels_;
        has_channel_[channel->id] = true;
        if (strict_ && std::exchange(last_channel_, channel->id) >= channel->id) return "its channels are not in order";
        if (found == found_.channels.end()) return strict_ ? "it has a channel that the data has not" : "";
        const bool same = sorted(found->second) == sorted(channel->channel);
        return same ? "" : formatted("channel {} is another in the data", channel->id);
    }

    std::string take_statistics(Bytes content) {
        const auto said = parse_statistics(content);
        if (!said || std::exchange(has_statistics_, true)) return "its statistics are not sound";
        const auto chunks = std::ranges::count(found_.chunks, false, &ChunkInfo::bare);
        const bool none = counts_.messages == 0;
        bool same = said->messages == counts_.messages && std::cmp_equal(said->chunks, chunks) &&
                    said->attachments == scan_.attachments().size() && said->metadata == scan_.metadata().size() &&
                    (none || (said->first == counts_.first && said->last == counts_.last));
        if (strict_) same = same && said->channels == found_.channels.size() && said->schemas == found_.schemas.size();
        said_schemas_ = said->schemas;
        said_channels_ = said->channels;
        std::uint64_t listed = 0;
        std::int64_t before = -1;
        for (ByteReader in(said->by_channel); in.left() > 0;) {
            const auto channel = in.read<std::uint16_t>();
            const auto messages = in.read<std::uint64_t>();
            same = same && counts_.by_channel[channel] == messages && channel > std::exchange(before, channel);
            listed += messages;
        }
        const bool may_lack = !strict_ && said->by_channel.empty();
        return same && (may_lack || listed == counts_.messages) ? "" : "its statistics are not those of the data";
    }

    Result<std::string> take_chunk_index(Bytes content) {
        const auto index = parse_chunk_index(content);
        if (!index) return "an index of a chunk is not sound";
        const auto found = std::ranges::lower_bound(found_.chunks, index->offset, {}, &ChunkInfo::offset);
        if (found == found_.chunks.end() || found->offset != index->offset || found->bare)
            return formatted("it has a chunk at byte {}, where none is", index->offset);
        const auto number = static_cast<std::size_t>(found - found_.chunks.begin());
        if (indexed_[number]) return formatted("it has chunk {} twice", number);
        indexed_[number] = true;
        const auto same = is_same(*index, *found);
        if (!same) return std::unexpected(same.error());
        return *same ? "" : formatted("its index of chunk {} does not fit the chunk", number);
    }

    Result<bool> is_same(const ChunkIndex& index, const ChunkInfo& chunk) {
        const auto content = data_.at(chunk.offset + kHeadSize, std::min<std::uint64_t>(chunk.length, kMaxChunkHead));
        if (!content) return std::unexpected(content.error());
        const auto head = parse_chunk_head(*content);
        if (!head || index.length != chunk.length || index.start != chunk.start || index.end != chunk.end ||
            index.compression != head->compression || index.packed != head->packed || index.unpacked != head->unpacked)
            return false;
        if (index.channels.empty() && !strict_) return true; // others may leave that out
        if (index.indexes_length != chunk.indexes_length) return false;
        std::vector<std::pair<std::uint16_t, std::uint64_t>> said, there;
        for (ByteReader in(index.channels); in.left() > 0;) {
            const auto channel = in.read<std::uint16_t>();
            said.emplace_back(channel, in.read<std::uint64_t>());
        }
        std::uint64_t at = chunk.offset + chunk.length;
        for (const std::uint64_t end = at + chunk.indexes_length; at < end;) {
            const auto begin = data_.at(at, kHeadSize + 2);
            if (!begin) return std::unexpected(begin.error());
            ByteReader in(*begin);
            if (in.read<Op>() != Op::MessageIndex || there.size() == said.size()) return false;
            const auto length = in.read<std::uint64_t>();
            there.emplace_back(in.read<std::uint16_t>(), at);
            if (!in.ok() || length > end - at) return false;
            at += kHeadSize + length;
        }
        std::ranges::sort(said);
        std::ranges::sort(there);
        return said == there;
    }

    static std::string take_place(Bytes content, std::span<const Place> places) {
        ByteReader in(content);
        const auto offset = in.read<std::uint64_t>();
        const Place place{offset, in.read<std::uint64_t>()};
        return std::ranges::contains(places, place) ? "" : "it has an attachment where none is";
    }

    std::string take_offset(Bytes content, std::uint64_t at) {
        constexpr const char* kWrong = "it says wrongly where its parts are";
        ByteReader in(content);
        Group& group = groups_.at(static_cast<std::size_t>(in.read<Op>()));
        const auto begin = in.read<std::uint64_t>(), length = in.read<std::uint64_t>();
        if (offsets_++ == 0 && at != footer_.summary_offsets) return kWrong;
        const bool same = in.ok() && group.end != 0 && !group.split && !std::exchange(group.told, true) &&
                          begin == group.begin && length == group.end - group.begin;
        return same ? "" : kWrong;
    }

    std::string what_lacks() const {
        const auto chunks = std::ranges::count(found_.chunks, false, &ChunkInfo::bare);
        const auto indexed = std::ranges::count(indexed_, true);
        if (indexed != chunks && (strict_ || indexed > 0)) return "it leaves out chunks";
        if (footer_.summary_offsets != 0 && offsets_ == 0) return "the footer says wrongly where its parts are";
        if (has_statistics_ &&
            ((schemas_ > 0 && schemas_ != said_schemas_) || (channels_ > 0 && channels_ != said_channels_)))
            return "its statistics are not its own";
        for (const auto& [id, channel] : found_.channels) { // others may leave out what no message is of
            if (counts_.by_channel[id] == 0) continue;
            if (channels_ > 0 && !has_channel_[id]) return formatted("it leaves out channel {}", id);
            if (schemas_ > 0 && channel.schema && !has_schema_[raw_id(channel.schema)])
                return formatted("it leaves out the schema of channel {}", id);
        }
        if (!strict_) return "";
        if (!has_statistics_) return "it has no statistics";
        if (schemas_ != found_.schemas.size() || channels_ != found_.channels.size()) return "it leaves out channels";
        const bool told = std::ranges::all_of(groups_, [](const Group& g) { return (g.end != 0) == g.told; });
        return told ? "" : "it does not say where its parts are";
    }

    struct Group { // of records of one kind
        std::uint64_t begin = 0, end = 0;
        bool split = false, told = false; // by a SummaryOffset
    };
    Source& source_;
    Window window_, data_; // on the summary, on what it is of
    const Scan& scan_;
    const Contents& found_;
    const Counts& counts_;
    const ReadLimits& limits_;
    const bool strict_;
    Footer footer_;
    std::uint64_t end_ = 0; // where the footer begins
    std::array<Group, 256> groups_{};
    std::vector<bool> indexed_; // by chunk
    std::vector<bool> has_schema_ = std::vector<bool>(0x10000), has_channel_ = has_schema_;
    std::size_t schemas_ = 0, channels_ = 0, offsets_ = 0, said_schemas_ = 0, said_channels_ = 0;
    std::int32_t last_schema_ = -1, last_channel_ = -1;
    bool has_statistics_ = false;
};

} // namespace

void Counts::add(const Message& message) {
    first = messages == 0 ? message.log_time : std::min(first, message.log_time);
    last = messages == 0 ? message.log_time : std::max(last, message.log_time);
    ++messages;
    ++by_channel[message.channel.index];
}

Result<std::optional<Damage>> check_summary(Source& source, const Scan& scan, const Counts& counts,
                                            const ReadLimits& limits) {
    return SummaryCheck(source, scan, counts, limits).run();
}

} // namespace pw::record
