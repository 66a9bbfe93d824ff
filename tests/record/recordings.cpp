// SPDX-License-Identifier: Apache-2.0
#include "tests/record/recordings.h"

#include <doctest/doctest.h>

#include <format>

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
            const Line line{n % 3, 1'000'000'000 + std::int64_t{n} * 1'000'000, std::format("{{\"n\":{}}}", n)};
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

record::Verdict verdict_of(std::vector<std::byte> bytes) {
    const auto source = record::memory_source(std::move(bytes));
    auto verdict = record::verify(*source);
    REQUIRE_MESSAGE(verdict, verdict.error().what);
    return *verdict;
}

} // namespace pw::test
