// SPDX-License-Identifier: Apache-2.0
#include "tests/record/recordings.h"

#include "base/format.h"
#include "record/codec.h"
#include "record/wire.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

namespace pw::test {

SmallRecording small_recording(unsigned chunks, unsigned each, bool close) {
    const TempFolder folder;
    const std::string path = folder.file("small.mcap");
    SmallRecording out;
    {
        auto writer = record::Writer::create(path);
        REQUIRE(writer);
        const auto schema = writer->add_schema({"Line", "jsonschema", R"({"type":"object"})"});
        REQUIRE(schema);
        for (const char* topic : {"a", "b", "c"})
            REQUIRE(writer->add_channel({topic, "json", *schema, {{"unit", "mm"}}}));
        for (unsigned n = 0; n < chunks * each; ++n) {
            const Line line{n % 3, 1'000'000'000 + std::int64_t{n} * 1'000'000, formatted("{{\"n\":{}}}", n)};
            const auto& [channel, time, text] = line;
            REQUIRE(writer->write({channel}, {time}, {time - 5}, as_bytes(text)));
            out.lines.push_back(line);
            if (n % each == each - 1) REQUIRE(writer->end_chunk());
        }
        if (close) REQUIRE(writer->close());
    }
    out.bytes = read_file(path).value();
    return out;
}

std::vector<Line> lines_of(record::Reader& reader, std::span<const record::ChannelId> channels, UtcTime from,
                           UtcTime to) {
    std::vector<Line> out;
    (void)reader.read(channels, from, to, [&](const record::Message& m) {
        out.emplace_back(m.channel.index, m.log_time.ns, std::string(as_text(m.data)));
        return true;
    });
    return out;
}

void sum_anew(std::vector<std::byte>& bytes) {
    constexpr std::size_t kCrc = 4, kMagic = 8, kBeginOfSummary = 28; // from the end, but the last
    const std::size_t crc_at = bytes.size() - kMagic - kCrc;
    std::uint64_t begin = 0;
    std::memcpy(&begin, bytes.data() + bytes.size() - kBeginOfSummary, sizeof begin);
    if (begin > crc_at) return;
    const std::uint32_t crc = record::crc32(Bytes(bytes).subspan(begin, crc_at - begin));
    std::memcpy(bytes.data() + crc_at, &crc, kCrc);
}

void chain_anew(std::vector<std::byte>& bytes) {
    using record::Op;
    constexpr std::size_t kHash = sizeof(record::Hash);
    record::Hash hash{};
    std::size_t from = 0, at = record::kMagic.size();
    for (bool ended = false; !ended;) {
        ByteReader in(Bytes(bytes).subspan(at));
        const Op op = in.read<Op>();
        const std::size_t end = at + record::kHeadSize + in.read<std::uint64_t>();
        REQUIRE(end <= bytes.size());
        ended = op == Op::ChainEnd;
        if (op == Op::ChainStart) {
            hash = record::Sha256().add(Bytes(bytes).first(end - kHash)).finish();
        } else if (op == Op::ChainLink || op == Op::ChainEnd) {
            record::Sha256 sha;
            sha.add(hash).add(Bytes(bytes).subspan(from, at - from));
            hash = sha.add(Bytes(bytes).subspan(end - kHash - 8, 8)).finish();
        }
        if (op == Op::ChainStart || op == Op::ChainLink || op == Op::ChainEnd) {
            std::ranges::copy(hash, bytes.begin() + static_cast<std::ptrdiff_t>(end - kHash));
            from = end;
        }
        at = end;
    }
}

record::Verdict verdict_of(std::vector<std::byte> bytes) {
    const auto source = record::memory_source(std::move(bytes));
    auto verdict = record::verify(*source);
    REQUIRE_MESSAGE(verdict, verdict.error().what);
    return *verdict;
}

} // namespace pw::test
