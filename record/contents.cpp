// SPDX-License-Identifier: Apache-2.0
// What a scan and a summary have in common, and the summary.
#include "base/format.h"
#include "record/scan.h"

#include <algorithm>
#include <utility>

namespace pw::record {

std::string Contents::add_schema(Bytes content, const ReadLimits& limits) {
    auto parsed = parse_schema(content);
    if (!parsed) return "a schema is not sound";
    if (schemas.contains(parsed->id)) return "";
    definition_bytes += content.size();
    if (definition_bytes > limits.definition_bytes) return "there are too many schemas and channels";
    schemas.emplace(parsed->id, std::move(parsed->schema));
    return "";
}

std::string Contents::add_channel(Bytes content, const ReadLimits& limits) {
    auto parsed = parse_channel(content);
    if (!parsed) return "a channel is not sound";
    if (channels.contains(parsed->id)) return "";
    definition_bytes += content.size();
    if (definition_bytes > limits.definition_bytes) return "there are too many schemas and channels";
    channels.emplace(parsed->id, std::move(parsed->channel));
    return "";
}

bool ChunkInfo::may_have(std::span<const std::uint16_t> wanted) const {
    if (any_channel || wanted.empty()) return true;
    return std::ranges::any_of(wanted, [this](std::uint16_t c) { return std::ranges::binary_search(channels, c); });
}

namespace {

Result<Unpacked> read_piece(Source& source, std::uint64_t offset, std::uint64_t length) {
    auto bytes = std::make_shared<std::vector<std::byte>>(length);
    const auto got = source.read_at(offset, *bytes);
    if (!got) return std::unexpected(got.error());
    if (*got != length) return fail(Errc::Malformed, "the file became shorter");
    return bytes;
}

} // namespace

Result<Unpacked> read_chunk(Source& source, const ChunkInfo& chunk, const ReadLimits& limits, Sums sums) {
    if (chunk.length > limits.chunk_bytes + (1u << 20)) return fail(Errc::Malformed, "a chunk is too large");
    auto all = read_piece(source, chunk.offset, chunk.length);
    if (!all || chunk.bare) return all;
    RecordsIn in(**all);
    const auto record = in.next();
    const auto head =
        record && record->op == Op::Chunk && in.whole() ? parse_chunk_head(record->content) : std::nullopt;
    if (!head || head->packed > record->content.size() - head->size)
        return fail(Errc::Malformed, "there is no chunk where one should be");
    if (head->unpacked > limits.chunk_bytes) return fail(Errc::Malformed, "a chunk is too large");
    const Bytes packed = record->content.subspan(head->size, head->packed);
    Unpacked out;
    if (head->compression.empty()) {
        if (head->packed != head->unpacked) return fail(Errc::Malformed, "a chunk has another size than it says");
        out = std::make_shared<std::vector<std::byte>>(packed.begin(), packed.end());
    } else if (head->compression == "zstd") {
        const auto size = unpacked_size(packed);
        if (!size || (*size && **size != head->unpacked))
            return fail(Errc::Malformed, "a chunk is damaged: it does not unpack to what it says");
        auto unpacked = std::make_shared<std::vector<std::byte>>(head->unpacked);
        if (auto done = unpack(packed, *unpacked); !done)
            return fail(Errc::Malformed, "a chunk is damaged: " + done.error().what);
        out = std::move(unpacked);
    } else {
        return fail(Errc::Unsupported, formatted("a chunk is packed with {}", head->compression));
    }
    if ((head->crc != 0 || sums == Sums::Required) && crc32(*out) != head->crc)
        return fail(Errc::Malformed, "a chunk is damaged: its checksum is another");
    return out;
}

Result<std::optional<std::uint32_t>> sum_of(Source& source, std::uint64_t begin, std::uint64_t end) {
    Window window(source);
    std::uint32_t crc = 0;
    while (begin < end) {
        const auto piece = window.at(begin, std::min<std::uint64_t>(end - begin, 64u << 10));
        if (!piece) return std::unexpected(piece.error());
        if (piece->empty()) return std::nullopt;
        crc = crc32(*piece, crc);
        begin += piece->size();
    }
    return crc;
}

namespace {

// False: not sound.
Result<bool> take_chunk_index(Bytes content, Summary& summary, const ReadLimits& limits) {
    const auto index = parse_chunk_index(content);
    if (!index || summary.contents.chunks.size() >= limits.chunks) return false;
    if (index->compression == "lz4")
        return fail(Errc::Unsupported, "its chunks are packed with lz4, which we cannot read");
    if (index->offset < kMagic.size() || index->offset > summary.begin || index->length > summary.begin - index->offset)
        return false;
    if (index->packed > limits.chunk_bytes || index->unpacked > limits.chunk_bytes) return false;
    ChunkInfo chunk;
    chunk.start = index->start;
    chunk.end = index->end;
    chunk.offset = index->offset;
    chunk.length = index->length;
    chunk.any_channel = index->channels.empty();
    summary.contents.channel_entries += index->channels.size() / 10;
    if (summary.contents.channel_entries > limits.channel_entries) chunk.any_channel = true;
    ByteReader in(index->channels);
    while (in.left() > 0 && !chunk.any_channel) {
        chunk.channels.push_back(in.read<std::uint16_t>());
        in.read<std::uint64_t>();
    }
    std::ranges::sort(chunk.channels);
    summary.contents.chunks.push_back(std::move(chunk));
    return true;
}

Result<bool> take_summary_record(Op op, Bytes content, Summary& summary, const ReadLimits& limits) {
    switch (op) {
    case Op::Schema:
        return summary.contents.add_schema(content, limits).empty();
    case Op::Channel:
        return summary.contents.add_channel(content, limits).empty();
    case Op::ChunkIndex:
        return take_chunk_index(content, summary, limits);
    case Op::Statistics:
        summary.statistics = parse_statistics(content);
        if (summary.statistics) summary.statistics->by_channel = {}; // it would point into `content`
        return summary.statistics.has_value();
    default:
        return op != Op{0};
    }
}

// Chunks follow each other and do not lie in one another; what there is to find, an index leads to.
bool is_sound(Summary& summary) {
    auto& chunks = summary.contents.chunks;
    std::ranges::sort(chunks, {}, &ChunkInfo::offset);
    for (std::size_t c = 1; c < chunks.size(); ++c) {
        if (chunks[c].offset < chunks[c - 1].offset + chunks[c - 1].length) return false;
    }
    const auto& statistics = summary.statistics;
    if (!statistics) return !chunks.empty();
    return statistics->chunks == chunks.size() && (statistics->messages == 0 || !chunks.empty());
}

} // namespace

Result<std::optional<Footer>> read_footer(Source& source, std::uint64_t size) {
    constexpr std::size_t kTail = kFooterSize + kMagic.size();
    if (size < kMagic.size() + kTail) return std::nullopt;
    std::array<std::byte, kTail> tail;
    const auto got = source.read_at(size - kTail, tail);
    if (!got) return std::unexpected(got.error());
    RecordsIn in(Bytes(tail).first(kFooterSize));
    const auto record = in.next();
    if (*got != kTail || !record || record->op != Op::Footer || !in.whole()) return std::nullopt;
    if (!is_magic(Bytes(tail).last(kMagic.size()))) return std::nullopt;
    return parse_footer(record->content);
}

Result<std::optional<Summary>> read_summary(Source& source, const ReadLimits& limits) {
    const auto size = source.size();
    if (!size) return std::unexpected(size.error());
    const auto footer = read_footer(source, *size);
    if (!footer) return std::unexpected(footer.error());
    if (!*footer) return std::nullopt;
    const std::uint64_t footer_at = *size - kMagic.size() - kFooterSize;
    Summary out;
    out.begin = (*footer)->summary;
    if (out.begin < kMagic.size() || out.begin >= footer_at) return std::nullopt;
    if ((*footer)->crc != 0) {
        const auto sum = sum_of(source, out.begin, footer_at + kFooterSize - 4);
        if (!sum) return std::unexpected(sum.error());
        if (*sum != (*footer)->crc) return std::nullopt;
    }
    Window window(source);
    for (std::uint64_t at = out.begin; at < footer_at;) {
        auto head = window.at(at, kHeadSize);
        if (!head) return std::unexpected(head.error());
        ByteReader in(*head);
        const Op op = in.read<Op>();
        const auto length = in.read<std::uint64_t>();
        if (!in.ok() || length > footer_at - at || at + kHeadSize + length > footer_at) return std::nullopt;
        if (length > limits.definition_bytes) return std::nullopt;
        const auto content = window.at(at + kHeadSize, length);
        if (!content) return std::unexpected(content.error());
        const auto taken = take_summary_record(op, *content, out, limits);
        if (!taken) return std::unexpected(taken.error());
        if (!*taken) return std::nullopt;
        at += kHeadSize + length;
    }
    return is_sound(out) ? std::optional(std::move(out)) : std::nullopt;
}

} // namespace pw::record
