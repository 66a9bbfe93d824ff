// SPDX-License-Identifier: Apache-2.0
#include "record/wire.h"

#include "base/assert.h"

#include <algorithm>

namespace pw::record {

namespace {

Bytes read_list(ByteReader& in) { return in.take(in.read<std::uint32_t>()); }
std::string_view read_text(ByteReader& in) { return as_text(read_list(in)); }
UtcTime read_time(ByteReader& in) { return to_utc(in.read<std::uint64_t>()); }

} // namespace

UtcTime to_utc(std::uint64_t ns) {
    return {static_cast<std::int64_t>(std::min(ns, static_cast<std::uint64_t>(kEndOfTime.ns)))};
}

std::uint16_t raw_id(ChannelId id) {
    PW_ASSERT(id.index <= 0xffff, "a channel of a file");
    return static_cast<std::uint16_t>(id.index);
}

std::uint16_t raw_id(SchemaId id) {
    if (!id.valid()) return 0;
    PW_ASSERT(id.index > 0 && id.index <= 0xffff, "a schema of a file");
    return static_cast<std::uint16_t>(id.index);
}

void put_schema(RecordOut& out, std::uint16_t id, const Schema& schema) {
    out.begin(Op::Schema).put(id).text(schema.name).text(schema.encoding).text(schema.data).end();
}

void put_channel(RecordOut& out, std::uint16_t id, const Channel& channel) {
    out.begin(Op::Channel).put(id).put(raw_id(channel.schema)).text(channel.topic).text(channel.encoding);
    const std::size_t list = out.begin_list();
    for (const auto& [key, value] : channel.metadata) out.text(key).text(value);
    out.end_list(list);
    out.end();
}

void put_magic(std::vector<std::byte>& out) {
    const auto magic = std::as_bytes(std::span(kMagic));
    out.insert(out.end(), magic.begin(), magic.end());
}

bool is_magic(Bytes bytes) { return std::ranges::equal(bytes, std::as_bytes(std::span(kMagic))); }

std::optional<RecordView> RecordsIn::next() {
    ByteReader in(rest_);
    RecordView out;
    out.op = in.read<Op>();
    out.content = in.take(in.read<std::uint64_t>());
    if (!in.ok()) return std::nullopt;
    rest_ = rest_.last(in.left());
    return out;
}

std::optional<ParsedSchema> parse_schema(Bytes content) {
    ByteReader in(content);
    ParsedSchema out;
    out.id = in.read<std::uint16_t>();
    out.schema.name = read_text(in);
    out.schema.encoding = read_text(in);
    out.schema.data = read_text(in);
    return in.ok() && out.id != 0 ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<ParsedChannel> parse_channel(Bytes content) {
    ByteReader in(content);
    ParsedChannel out;
    out.id = in.read<std::uint16_t>();
    if (const auto schema = in.read<std::uint16_t>(); schema != 0) out.channel.schema = {schema};
    out.channel.topic = read_text(in);
    out.channel.encoding = read_text(in);
    ByteReader metadata(read_list(in));
    while (metadata.left() > 0 && metadata.ok()) {
        const auto key = read_text(metadata);
        out.channel.metadata.emplace_back(key, read_text(metadata));
    }
    return in.ok() && metadata.ok() ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<Message> parse_message(Bytes content) {
    ByteReader in(content);
    Message out;
    out.channel = {in.read<std::uint16_t>()};
    out.sequence = in.read<std::uint32_t>();
    out.log_time = read_time(in);
    out.publish_time = read_time(in);
    if (!in.ok()) return std::nullopt;
    out.data = in.take(in.left());
    return out;
}

std::optional<ChunkHead> parse_chunk_head(Bytes content) {
    ByteReader in(content);
    ChunkHead out;
    out.start = read_time(in);
    out.end = read_time(in);
    out.unpacked = in.read<std::uint64_t>();
    out.crc = in.read<std::uint32_t>();
    out.compression = read_text(in);
    out.packed = in.read<std::uint64_t>();
    out.size = content.size() - in.left();
    return in.ok() ? std::optional(out) : std::nullopt;
}

std::optional<ChunkIndex> parse_chunk_index(Bytes content) {
    ByteReader in(content);
    ChunkIndex out;
    out.start = read_time(in);
    out.end = read_time(in);
    out.offset = in.read<std::uint64_t>();
    out.length = in.read<std::uint64_t>();
    out.channels = read_list(in);
    out.indexes_length = in.read<std::uint64_t>();
    out.compression = read_text(in);
    out.packed = in.read<std::uint64_t>();
    out.unpacked = in.read<std::uint64_t>();
    return in.ok() && out.channels.size() % 10 == 0 ? std::optional(out) : std::nullopt;
}

std::optional<Footer> parse_footer(Bytes content) {
    ByteReader in(content);
    Footer out;
    out.summary = in.read<std::uint64_t>();
    out.summary_offsets = in.read<std::uint64_t>();
    out.crc = in.read<std::uint32_t>();
    return in.ok() && in.left() == 0 ? std::optional(out) : std::nullopt;
}

std::optional<Statistics> parse_statistics(Bytes content) {
    ByteReader in(content);
    Statistics out;
    out.messages = in.read<std::uint64_t>();
    out.schemas = in.read<std::uint16_t>();
    out.channels = in.read<std::uint32_t>();
    out.attachments = in.read<std::uint32_t>();
    out.metadata = in.read<std::uint32_t>();
    out.chunks = in.read<std::uint32_t>();
    out.first = read_time(in);
    out.last = read_time(in);
    out.by_channel = read_list(in);
    return in.ok() && out.by_channel.size() % 10 == 0 ? std::optional(out) : std::nullopt;
}

} // namespace pw::record
