// SPDX-License-Identifier: Apache-2.0
// The other reader and writer: npm @mcap/core, by the makers of the format.
#include "base/format.h"
#include "base/process.h"
#include "record/verify.h"
#include "tests/record/recordings.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <optional>

using namespace pw;
using namespace pw::record;

namespace {

// What a script of tests/record/foreign prints; nothing after skip().
std::optional<std::string> foreign(const test::TempFolder& folder, const std::string& script,
                                   const std::vector<std::string>& arguments) {
    const char* modules = std::getenv("NODE_PATH");
    if (modules == nullptr || !is_folder(join_path(modules, "@mcap/core"))) {
        test::skip("npm @mcap/core is not in $NODE_PATH");
        return std::nullopt;
    }
    ProcessOptions options;
    options.output_file = folder.file(script + ".log");
    std::vector<std::string> command{"node", (test::source_dir() / "tests/record/foreign" / script).string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    auto process = Process::start(command, options);
    if (!process) {
        test::skip(process.error().what);
        return std::nullopt;
    }
    const int code = process->wait();
    std::string output = read_text(options.output_file).value();
    REQUIRE_MESSAGE(code == 0, output);
    return output;
}

} // namespace

TEST_SUITE("record/foreign [net]") {
    TEST_CASE("npm @mcap/core reads all of our recordings, by index and as a stream") {
        const test::TempFolder folder;
        const auto small = test::small_recording(20, 50);
        const std::string path = folder.file("ours.mcap");
        REQUIRE(write_file(path, small.bytes));
        const auto output = foreign(folder, "read_all.mjs", {path});
        if (!output) return;
        std::string expected = R"({"messages":1000,"count":3,"chunks":20,"channels":[)";
        const std::string schema = R"("schema":"Line","schema_text":"{\"type\":\"object\"}")";
        for (int c = 0; c < 3; ++c) {
            if (c > 0) expected += ",";
            expected += formatted(R"({{"id":{},"topic":"{}","encoding":"json","metadata":[["unit","mm"]],{}}})", c,
                                  "abc"[c], schema);
        }
        expected += "]}\n";
        std::vector<std::uint32_t> sequences(3);
        for (const auto& [channel, time, text] : small.lines) {
            expected +=
                formatted(R"({{"channel":{},"sequence":{},"log_time":"{}","publish_time":"{}","data":"{{\"n\":)",
                          channel, sequences[channel]++, time, time - 5);
            expected += text.substr(5) + "\"}\n";
        }
        CHECK(*output == expected);
    }

    TEST_CASE("what npm @mcap/core writes opens, packed or not, with chunks or without, with an index or without") {
        for (const char* kind : {"plain", "zstd", "bare", "silent"}) {
            CAPTURE(kind);
            const test::TempFolder folder;
            const std::string path = folder.file("foreign.mcap");
            const auto output = foreign(folder, "write.mjs", {path, kind});
            if (!output) return;
            auto reader = Reader::open(path);
            REQUIRE_MESSAGE(reader, reader.error().what);
            CHECK(reader->finished());
            CHECK_FALSE(reader->damage());
            REQUIRE(reader->channels().size() == 2);
            const auto odd = reader->find("odd");
            REQUIRE(odd.size() == 1);
            CHECK(test::lines_of(*reader).size() == 1000);
            const auto lines = test::lines_of(*reader, odd, {1'500'000'000}, {1'510'000'000});
            REQUIRE(lines.size() == 5);
            CHECK(std::get<2>(lines[0]) == "{\"n\":501}");
            const auto last = reader->last_before(odd, {1'700'500'000});
            REQUIRE(last.value());
            CHECK(as_text((*last)->data) == "{\"n\":699}");

            auto source = file_source(path);
            const auto verdict = verify(**source);
            REQUIRE(verdict);
            CHECK_FALSE(verdict->chained);
            CHECK(verdict->intact());
            CHECK(verdict->messages == 1000);
            CHECK(verdict->summed);
        }
    }

    TEST_CASE("a summary of npm @mcap/core that says something else than the data is found, its checksum made anew") {
        const test::TempFolder folder;
        const std::string path = folder.file("foreign.mcap");
        if (!foreign(folder, "write.mjs", {path, "plain"})) return;
        const auto good = read_file(path).value();
        std::uint64_t begin = 0;
        std::memcpy(&begin, good.data() + good.size() - 28, sizeof begin);
        auto same = good;
        test::sum_anew(same);
        CHECK(same == good); // they sum as we do
        for (std::size_t at = begin; at < good.size() - 12; ++at) {
            auto bytes = good;
            bytes[at] ^= std::byte{1};
            test::sum_anew(bytes);
            CAPTURE(at);
            CHECK_FALSE(test::verdict_of(std::move(bytes)).intact());
        }
    }

    TEST_CASE("what has neither chain nor checksums can be read, and is said not to be protected") {
        const test::TempFolder folder;
        const std::string path = folder.file("foreign.mcap");
        for (const char* kind : {"bare", "plain"}) {
            if (!foreign(folder, "write.mjs", {path, kind})) return;
            auto bytes = read_file(path).value();
            std::uint64_t summary = 0;
            std::memcpy(&summary, bytes.data() + bytes.size() - 28, sizeof summary);
            const auto take_sum = [&](std::uint64_t at) { std::memset(bytes.data() + at, 0, 4); };
            take_sum(bytes.size() - 12);
            if (std::string_view(kind) == "plain") {
                CHECK(test::verdict_of(bytes).summed);
                take_sum(Reader::open(path)->chunks()[3].offset + 9 + 24);
                CHECK(test::verdict_of(bytes).damage->what == "the checksum of all data is another");
            }
            take_sum(summary - 4); // of all data
            const auto verdict = test::verdict_of(bytes);
            CHECK(verdict.intact());
            CHECK_FALSE(verdict.summed);
            CHECK(to_text(verdict).contains("NOT PROTECTED"));
            CHECK(to_json(verdict).contains(R"("protected":false)"));
            auto reader = Reader::open(memory_source(bytes));
            CHECK(test::lines_of(*reader).size() == 1000);
        }
    }

    TEST_CASE("what npm @mcap/core marks as lz4 is refused by name") {
        const test::TempFolder folder;
        const std::string path = folder.file("foreign.mcap");
        if (!foreign(folder, "write.mjs", {path, "lz4"})) return;
        const auto reader = Reader::open(path);
        REQUIRE_FALSE(reader);
        CHECK(reader.error().what.contains("lz4"));
    }
}
