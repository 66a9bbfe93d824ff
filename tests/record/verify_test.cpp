// SPDX-License-Identifier: Apache-2.0
#include "record/verify.h"

#include "record/codec.h"
#include "record/reader.h"
#include "record/wire.h"
#include "tests/record/recordings.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

using namespace pw;
using namespace pw::record;
using pw::test::small_recording;
using pw::test::verdict_of;

namespace {

// The groups of a file: what belongs to chunk n lies in [begin, end).
std::vector<ChunkInfo> groups_of(std::vector<std::byte> bytes) {
    bytes.back() = std::byte{0};
    auto reader = Reader::open(memory_source(std::move(bytes)));
    REQUIRE(reader);
    return {reader->chunks().begin(), reader->chunks().end()};
}

std::vector<std::byte> part(const std::vector<std::byte>& bytes, std::uint64_t begin, std::uint64_t end) {
    return {bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::vector<std::byte> joined(std::initializer_list<std::vector<std::byte>> parts) {
    std::vector<std::byte> out;
    for (const auto& p : parts) out.insert(out.end(), p.begin(), p.end());
    return out;
}

} // namespace

TEST_SUITE("record/verify") {
    TEST_CASE("a recording as it was written is intact") {
        for (const unsigned chunks : {0u, 1u, 4u}) {
            const Verdict v = verdict_of(small_recording(chunks, 5).bytes);
            CHECK(v.intact());
            CHECK(v.chained);
            CHECK(v.chunks == chunks);
            CHECK(v.messages == chunks * 5);
            CHECK(v.channels == 3);
            CHECK(v.file_id.size() == 32);
        }
    }

    TEST_CASE("two recordings of the same have different chains") {
        CHECK(verdict_of(small_recording(1, 1).bytes).file_id != verdict_of(small_recording(1, 1).bytes).file_id);
    }

    TEST_CASE("a bit that flipped anywhere is found, in the chunk where it is") {
        const auto small = small_recording(3, 4);
        const auto groups = groups_of(small.bytes);
        REQUIRE(groups.size() == 3);
        for (std::size_t at = 0; at < small.bytes.size(); ++at) {
            for (const int bit : {0, 3, 7}) {
                std::vector<std::byte> bytes = small.bytes;
                bytes[at] ^= std::byte{static_cast<unsigned char>(1 << bit)};
                CAPTURE(at);
                const auto source = memory_source(bytes);
                const auto verdict = verify(*source);
                if (!verdict) { // not MCAP at all
                    CHECK(at < 8);
                    continue;
                }
                CHECK_FALSE(verdict->intact());
                REQUIRE(verdict->damage);
                const auto hit = std::ranges::find_if(
                    groups, [at](const ChunkInfo& g) { return at >= g.group_begin && at < g.group_end; });
                if (hit != groups.end()) {
                    const auto number = static_cast<std::uint64_t>(hit - groups.begin());
                    CHECK(verdict->damage->chunk == number);
                    CHECK(verdict->damage->begin <= at);
                    CHECK(verdict->damage->end > at);
                    CHECK(verdict->chunks == number);
                } else if (at < groups[0].group_begin) {
                    CHECK(verdict->damage->chunk.value_or(0) == 0);
                    CHECK(verdict->damage->begin <= at);
                    CHECK(verdict->damage->end > at);
                } else {
                    CHECK_FALSE(verdict->damage->chunk);
                    CHECK(verdict->chunks == 3);
                }
            }
        }
    }

    TEST_CASE("a recording that was cut off anywhere is not intact") {
        const auto small = small_recording(3, 4);
        for (std::size_t size = 8; size < small.bytes.size(); ++size) {
            CAPTURE(size);
            const Verdict v = verdict_of(part(small.bytes, 0, size));
            CHECK_FALSE(v.intact());
            const auto groups = groups_of(small.bytes);
            const auto whole = std::ranges::count_if(groups, [size](const auto& g) { return g.group_end <= size; });
            CHECK(v.chunks == static_cast<std::uint64_t>(whole));
        }
    }

    TEST_CASE("a chunk that was left out, doubled, put elsewhere or came from another recording is found") {
        const auto a = small_recording(4, 5).bytes, b = small_recording(4, 5).bytes;
        const auto g = groups_of(a);
        const auto group = [&](const std::vector<std::byte>& of, std::size_t n) {
            return part(of, g[n].group_begin, g[n].group_end);
        };
        const auto head = part(a, 0, g[0].group_begin), tail = part(a, g[3].group_end, a.size());
        CHECK(verdict_of(joined({head, group(a, 0), group(a, 1), group(a, 2), group(a, 3), tail})).intact());

        const auto first_damage = [](std::vector<std::byte> bytes) {
            const Verdict v = verdict_of(std::move(bytes));
            REQUIRE(v.damage);
            return v.damage->chunk;
        };
        CHECK(first_damage(joined({head, group(a, 0), group(a, 2), group(a, 3), tail})) == 1);
        CHECK(first_damage(joined({head, group(a, 0), group(a, 1), group(a, 1), group(a, 2), group(a, 3), tail})) == 2);
        CHECK(first_damage(joined({head, group(a, 0), group(a, 2), group(a, 1), group(a, 3), tail})) == 1);
        // The chunks of both are equal in length: only the chain tells them apart.
        if (group(a, 2).size() == group(b, 2).size())
            CHECK(first_damage(joined({head, group(a, 0), group(a, 1), group(b, 2), group(a, 3), tail})) == 2);
        // The last chunk left out: the end knows how many there were.
        CHECK_FALSE(verdict_of(joined({head, group(a, 0), group(a, 1), group(a, 2), tail})).intact());
    }

    TEST_CASE("a summary that says something else than the data is found, also where its checksum was made anew") {
        const auto small = small_recording(3, 4);
        const auto groups = groups_of(small.bytes);
        const std::size_t crc_at = small.bytes.size() - 12;
        std::vector<std::byte> same = small.bytes;
        pw::test::sum_anew(same);
        CHECK(same == small.bytes);
        // Behind the chain's end and the end of the data.
        const std::size_t begin = groups[2].group_end + (9 + 4 + 8 + 32) + (9 + 4);
        for (std::size_t at = begin; at < crc_at; ++at) {
            for (const int bit : {0, 1, 4, 7}) {
                std::vector<std::byte> bytes = small.bytes;
                bytes[at] ^= std::byte{static_cast<unsigned char>(1 << bit)};
                pw::test::sum_anew(bytes);
                CAPTURE(at);
                CAPTURE(bit);
                const Verdict v = verdict_of(std::move(bytes));
                REQUIRE(v.damage);
                CHECK_FALSE(v.intact());
                CHECK_FALSE(v.damage->chunk); // it is none of the chunks
                CHECK(v.messages == 12);
                CHECK(v.damage->begin >= begin);
            }
        }
    }

    TEST_CASE("a part of the summary that was taken out is missed") {
        const auto small = small_recording(3, 4);
        const auto groups = groups_of(small.bytes);
        const std::size_t begin = groups[2].group_end + (9 + 4 + 8 + 32) + (9 + 4);
        for (std::size_t at = begin; at < small.bytes.size() - 8;) {
            std::uint64_t length = 0;
            std::memcpy(&length, small.bytes.data() + at + 1, sizeof length);
            const std::size_t next = at + 9 + length;
            std::vector<std::byte> bytes =
                joined({part(small.bytes, 0, at), part(small.bytes, next, small.bytes.size())});
            pw::test::sum_anew(bytes);
            CAPTURE(at);
            CHECK_FALSE(verdict_of(bytes).intact());
            at = next;
        }
    }

    TEST_CASE("where ours has no checksum, somebody has taken it away") {
        const auto small = small_recording(3, 4);
        const auto groups = groups_of(small.bytes);
        std::vector<std::byte> again = small.bytes;
        pw::test::chain_anew(again);
        CHECK(again == small.bytes);

        std::vector<std::byte> chunk = small.bytes; // opcode, length, two times, size; then the checksum
        std::fill_n(chunk.begin() + static_cast<std::ptrdiff_t>(groups[1].offset + 9 + 24), 4, std::byte{0});
        pw::test::chain_anew(chunk);
        const Verdict of_chunk = verdict_of(chunk);
        REQUIRE(of_chunk.damage);
        CHECK(of_chunk.damage->chunk == 1);
        CHECK(of_chunk.damage->what.contains("checksum"));

        std::vector<std::byte> summary = small.bytes;
        std::fill_n(summary.end() - 12, 4, std::byte{0});
        const Verdict of_summary = verdict_of(summary);
        REQUIRE(of_summary.damage);
        CHECK(of_summary.damage->what.contains("checksum"));
    }

    TEST_CASE("an attachment is held against its checksum, and ours has to have one") {
        const auto small = small_recording(2, 4);
        const auto groups = groups_of(small.bytes);
        std::vector<std::byte> record;
        RecordOut to(record);
        to.begin(Op::Attachment).put(std::uint64_t{1}).put(std::uint64_t{1}).text("name").text("text/plain");
        to.put(std::uint64_t{2}).put('h').put('i');
        to.put(crc32(Bytes(record).subspan(kHeadSize))).end();
        // Where it stands moves what follows; so it stands behind the last chunk and the summary is not looked at
        // first.
        const auto with = [&](const std::vector<std::byte>& attachment) {
            auto bytes = joined({part(small.bytes, 0, groups[1].group_end), attachment,
                                 part(small.bytes, groups[1].group_end, small.bytes.size())});
            pw::test::chain_anew(bytes);
            const Verdict v = verdict_of(bytes);
            REQUIRE(v.damage); // at the latest, the summary does not count it
            return v.damage->what;
        };
        CHECK_FALSE(with(record).contains("attachment is damaged"));
        auto changed = record;
        changed[changed.size() - 5] ^= std::byte{1};
        CHECK(with(changed).contains("an attachment is damaged"));
        auto without = record;
        std::fill_n(without.end() - 4, 4, std::byte{0});
        CHECK(with(without).contains("an attachment is damaged"));
    }

    TEST_CASE("what was not closed is said to be so, and is else intact") {
        const Verdict v = verdict_of(small_recording(2, 5, /* close= */ false).bytes);
        CHECK_FALSE(v.finished);
        CHECK_FALSE(v.damage);
        CHECK(v.messages == 10);
        CHECK(to_text(v).contains("NOT CLOSED"));
    }

    TEST_CASE("times are those of the file up to 2261, and it is told that others are later") {
        const auto verdict_at = [](std::uint64_t first, std::uint64_t last) {
            std::vector<std::byte> bytes;
            put_magic(bytes);
            RecordOut out(bytes);
            put_channel(out, 0, {"x", "json", {}, {}});
            for (const std::uint64_t time : {first, last})
                out.begin(Op::Message).put(std::uint16_t{0}).put(std::uint32_t{0}).put(time).put(time).end();
            out.begin(Op::DataEnd).put(std::uint32_t{0}).end();
            out.begin(Op::Footer).put(std::uint64_t{0}).put(std::uint64_t{0}).put(std::uint32_t{0}).end();
            put_magic(bytes);
            return verdict_of(std::move(bytes));
        };
        const auto told = verdict_at(1'000'000'000, 9'214'646'399'000'000'000);
        CHECK(to_text(told).contains("from 1970-01-01T00:00:01.000Z to 2261-12-31T23:59:59.000Z\n"));
        CHECK(to_json(told).contains(R"("last":"2261-12-31T23:59:59.000Z","last_or_later":false)"));
        const auto later = verdict_at(9'214'646'399'000'000'000, UINT64_MAX);
        CHECK(later.intact());
        CHECK(to_text(later).contains("from 2261-12-31T23:59:59.000Z to 2262-01-01T00:00:00.000Z or later\n"));
        CHECK(to_json(later).contains(R"("last":"2262-01-01T00:00:00.000Z","last_or_later":true)"));
    }

    TEST_CASE("the verdict says the same in words and in JSON") {
        auto bytes = small_recording(3, 4).bytes;
        const auto g = groups_of(bytes);
        bytes[g[1].offset + 70] ^= std::byte{1};
        const Verdict v = verdict_of(bytes);
        CHECK(to_text(v).contains(std::to_string(g[1].group_begin)));
        CHECK(to_text(v).contains("DAMAGED at chunk 1"));
        CHECK(to_json(v).contains(R"("damage":{"chunk":1,)"));
        CHECK(to_json(v).contains(R"("intact":false)"));
        CHECK(v.damage->from == g[1].start);
        CHECK(v.damage->to == g[1].end);
    }
}
