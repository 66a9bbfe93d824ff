// SPDX-License-Identifier: Apache-2.0
#include "record/reader.h"

#include "record/wire.h"
#include "tests/record/recordings.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>

using namespace pw;
using namespace pw::record;
using pw::test::Line;
using pw::test::lines_of;
using pw::test::small_recording;

namespace {

Reader opened(std::vector<std::byte> bytes, const ReaderOptions& options = {}) {
    auto reader = Reader::open(memory_source(std::move(bytes)), options);
    REQUIRE_MESSAGE(reader, reader.error().what);
    return std::move(*reader);
}

std::vector<std::byte> without_summary(std::vector<std::byte> bytes) {
    bytes.back() = std::byte{0}; // no magic at the end: the summary is not looked for
    return bytes;
}

template <class T> void put_at(std::vector<std::byte>& bytes, std::size_t at, T value) {
    REQUIRE(at + sizeof value <= bytes.size());
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

// Counts what is asked of it.
class Counting final : public Source {
  public:
    Counting(std::vector<std::byte> bytes, std::uint64_t& read)
        : inner_(memory_source(std::move(bytes))), read_(read) {}
    Result<std::uint64_t> size() override { return inner_->size(); }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
        auto got = inner_->read_at(offset, out);
        read_ += got.value_or(0);
        return got;
    }

  private:
    std::unique_ptr<Source> inner_;
    std::uint64_t& read_;
};

} // namespace

TEST_SUITE("record/reader") {
    TEST_CASE("what was written is read again, through the summary and without it") {
        const auto small = small_recording(7, 10);
        for (const auto& bytes : {small.bytes, without_summary(small.bytes)}) {
            Reader reader = opened(bytes);
            CHECK(reader.finished());
            CHECK_FALSE(reader.damage());
            CHECK(reader.chunks().size() == 7);
            CHECK(reader.first().ns == std::get<1>(small.lines.front()));
            CHECK(reader.last().ns == std::get<1>(small.lines.back()));
            REQUIRE(reader.channels().size() == 3);
            CHECK(reader.channels().at(1).topic == "b");
            CHECK(reader.channels().at(1).encoding == "json");
            CHECK(reader.channels().at(1).metadata.front().second == "mm");
            CHECK(reader.schemas().at(1).data == R"({"type":"object"})");
            CHECK(reader.find("c") == std::vector<ChannelId>{ChannelId{2}});
            CHECK(lines_of(reader) == small.lines);
        }
    }

    TEST_CASE("channels and times choose messages, whatever the chunks are") {
        const auto small = small_recording(9, 7);
        Reader reader = opened(small.bytes);
        std::mt19937 luck(5);
        for (int round = 0; round < 300; ++round) {
            const std::int64_t near = std::get<1>(small.lines[luck() % small.lines.size()]);
            const std::int64_t a = near + static_cast<std::int64_t>(luck() % 3) - 1;
            const std::int64_t b = a + static_cast<std::int64_t>(luck() % 30) * 1'000'000;
            const std::vector<ChannelId> channels =
                luck() % 2 == 0 ? std::vector<ChannelId>{{0}, {2}} : std::vector<ChannelId>{{1}};
            std::vector<Line> expected;
            for (const Line& line : small.lines) {
                const auto& [channel, time, text] = line;
                if (time >= a && time <= b && std::ranges::contains(channels, ChannelId{channel}))
                    expected.push_back(line);
            }
            CHECK(lines_of(reader, channels, {a}, {b}) == expected);
            const auto last = reader.last_before(channels, {b});
            REQUIRE(last);
            const auto newest = std::ranges::find_if(small.lines.rbegin(), small.lines.rend(), [&](const Line& line) {
                return std::get<1>(line) <= b && std::ranges::contains(channels, ChannelId{std::get<0>(line)});
            });
            REQUIRE(last->has_value() == (newest != small.lines.rend()));
            if (*last) {
                CHECK((*last)->log_time.ns == std::get<1>(*newest));
                CHECK((*last)->publish_time.ns == std::get<1>(*newest) - 5);
                CHECK(as_text((*last)->data) == std::get<2>(*newest));
            }
        }
    }

    TEST_CASE("only the chunks that are needed are read") {
        const auto small = small_recording(100, 1000);
        std::uint64_t read = 0;
        auto reader = Reader::open(std::make_unique<Counting>(small.bytes, read));
        REQUIRE(reader);
        read = 0;
        const std::int64_t t = std::get<1>(small.lines[50'500]);
        CHECK(lines_of(*reader, {}, {t}, {t}).size() == 1);
        CHECK(read > 0);
        CHECK(read < small.bytes.size() / 90);
    }

    TEST_CASE("reading ends when the reader of messages has enough") {
        const auto small = small_recording(3, 10);
        Reader reader = opened(small.bytes);
        int seen = 0;
        CHECK(reader.read({}, {}, {INT64_MAX}, [&](const Message&) { return ++seen < 12; }));
        CHECK(seen == 12);
    }

    TEST_CASE("an empty recording opens") {
        Reader reader = opened(small_recording(0, 1).bytes);
        CHECK(reader.empty());
        CHECK(reader.finished());
        CHECK(lines_of(reader).empty());
        CHECK_FALSE(reader.last_before({}, {INT64_MAX}).value().has_value());
    }

    TEST_CASE("a growing file shows what was added, and a torn end never") {
        const test::TempFolder folder;
        const std::string path = folder.file("growing.mcap");
        auto writer = Writer::create(path);
        REQUIRE(writer);
        REQUIRE(writer->add_channel({"a", "json", {}, {}}));
        auto reader = Reader::open(path);
        REQUIRE(reader);
        CHECK_FALSE(reader->finished());
        for (int n = 1; n <= 5; ++n) {
            REQUIRE(writer->write({0}, {n}, {n}, as_bytes("x")));
            CHECK_FALSE(reader->refresh().value());
            REQUIRE(writer->end_chunk());
            CHECK(reader->refresh().value());
            CHECK(lines_of(*reader).size() == static_cast<std::size_t>(n));
        }
        REQUIRE(writer->close());
        CHECK(reader->refresh().value());
        CHECK(reader->finished());
        CHECK_FALSE(reader->refresh().value());

        const auto whole = read_file(path).value();
        std::size_t before = 0;
        for (std::size_t size = 0; size <= whole.size(); ++size) {
            auto cut = Reader::open(memory_source({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}));
            if (size < 8) {
                CHECK_FALSE(cut);
                continue;
            }
            REQUIRE(cut);
            CHECK_FALSE(cut->damage());
            const std::size_t now = lines_of(*cut).size();
            CHECK(now >= before);
            before = now;
        }
        CHECK(before == 5);
    }

    TEST_CASE("a damaged chunk ends the recording there, and it is told where") {
        const auto small = small_recording(5, 10);
        std::vector<std::byte> bytes = small.bytes;
        const ChunkInfo third = opened(bytes).chunks()[2];
        bytes[third.offset + third.length - 3] ^= std::byte{0x10};
        for (const auto& file : {bytes, without_summary(bytes)}) {
            Reader reader = opened(file);
            std::vector<Line> seen;
            const auto read = reader.read({}, {}, {INT64_MAX}, [&](const Message& m) {
                seen.emplace_back(m.channel.index, m.log_time.ns, std::string(as_text(m.data)));
                return true;
            });
            REQUIRE_FALSE(read);
            CHECK(read.error().code == Errc::Malformed);
            CHECK(std::ranges::equal(seen, std::span(small.lines).first(20)));
            REQUIRE(reader.damage());
            CHECK(reader.damage()->chunk == 2);
            CHECK(reader.damage()->begin == third.offset);
            CHECK(reader.damage()->from == third.start);
            CHECK(reader.damage()->to == third.end);
            CHECK(reader.last().ns == std::get<1>(small.lines[19]));
            CHECK(lines_of(reader).size() == 20); // from now on without a fault
        }
    }

    TEST_CASE("a chunk that unpacks to something else than was packed is damaged") {
        const auto small = small_recording(3, 10);
        std::vector<std::byte> bytes = small.bytes;
        const ChunkInfo second = opened(bytes).chunks()[1];
        bytes[second.offset + 9 + 24] ^= std::byte{1}; // its checksum
        Reader reader = opened(bytes);
        CHECK(lines_of(reader).size() == 10);
        REQUIRE(reader.damage());
        CHECK(reader.damage()->what.contains("checksum"));
    }

    TEST_CASE("lengths that lie are refused before anything is taken for them") {
        const auto small = small_recording(3, 10);
        const ChunkInfo second = opened(small.bytes).chunks()[1];
        const std::size_t unpacked = second.offset + 9 + 16, packed = unpacked + 8 + 4 + 4 + 4;
        for (const std::uint64_t lie :
             {std::uint64_t{1} << 40, ~std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{3}}) {
            for (const std::size_t at : {second.offset + 1, unpacked, packed}) {
                std::vector<std::byte> bytes = without_summary(small.bytes);
                put_at(bytes, at, lie);
                Reader reader = opened(bytes);
                CHECK(lines_of(reader).size() == 10);
                CHECK(reader.damage());
                CHECK(reader.damage()->chunk == 1);
            }
        }
    }

    TEST_CASE("a small file that unpacks to a huge chunk is refused") {
        const auto small = small_recording(1, 1000);
        ReaderOptions tight;
        tight.limits.chunk_bytes = 20'000; // the chunk has more
        Reader reader = opened(without_summary(small.bytes), tight);
        REQUIRE(reader.damage());
        CHECK(reader.damage()->what.contains("bytes"));
        CHECK(lines_of(reader).empty());
    }

    TEST_CASE("a summary that leads nowhere is not believed") {
        const auto small = small_recording(4, 10);
        // Its checksum is taken away first, so that nothing but its sense is left to judge it by.
        const std::size_t footer = small.bytes.size() - 8 - 20;
        std::uint64_t begin = 0;
        std::memcpy(&begin, small.bytes.data() + footer, 8);
        std::vector<std::byte> bare = small.bytes;
        put_at(bare, footer + 16, std::uint32_t{0});
        for (std::size_t at = begin; at + 8 <= footer + 16; ++at) {
            for (const std::uint64_t lie : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{begin}}) {
                std::vector<std::byte> bytes = bare;
                put_at(bytes, at, lie);
                auto reader = Reader::open(memory_source(bytes));
                if (reader) CHECK(lines_of(*reader).size() <= 40); // and no fault that a sanitizer would see
            }
        }
    }

    TEST_CASE("what is packed with lz4 is refused by name") {
        std::vector<std::byte> bytes;
        put_magic(bytes);
        RecordOut to(bytes);
        to.begin(Op::Header).text("").text("").end();
        to.begin(Op::Chunk).put(std::int64_t{1}).put(std::int64_t{2}).put(std::uint64_t{10}).put(std::uint32_t{0});
        to.text("lz4").put(std::uint64_t{4}).put(std::uint32_t{0}).end();
        const auto reader = Reader::open(memory_source(bytes));
        REQUIRE_FALSE(reader);
        CHECK(reader.error().code == Errc::Unsupported);
        CHECK(reader.error().what.contains("lz4"));
    }

    TEST_CASE("what is no recording is refused") {
        const auto open = [](std::string_view text) {
            return Reader::open(memory_source({as_bytes(text).begin(), as_bytes(text).end()}));
        };
        CHECK(open("").error().code == Errc::Malformed);
        CHECK(open("not a recording, but long enough to be looked at").error().code == Errc::Malformed);
        CHECK(Reader::open("/nowhere/at.mcap").error().code == Errc::NotFound);
    }
}
