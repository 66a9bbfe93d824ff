// SPDX-License-Identifier: Apache-2.0
// `plantwalk verify` as a user runs it.
#include "base/file.h"
#include "record/writer.h"
#include "tests/app/program.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;

TEST_SUITE("app/verify") {
    TEST_CASE("it says of a recording whether it is intact, where it is damaged, and that it cannot be read") {
        const TempFolder folder;
        const std::string path = folder / "r.mcap";
        {
            auto writer = record::Writer::create(path);
            REQUIRE(writer);
            REQUIRE(writer->add_channel({"a", "json", {}, {}}));
            for (int n = 0; n < 5; ++n) {
                REQUIRE(writer->write({0}, utc_from_ms(1'800'000'000'000 + n), {}, as_bytes("{}")));
                REQUIRE(writer->end_chunk());
            }
            REQUIRE(writer->close());
        }
        const Finished intact = plantwalk({"verify", path});
        CHECK(intact.code == 0);
        CHECK(intact.said.contains("5 chunks, 1 channels, 5 messages"));
        CHECK(intact.said.contains("intact\n"));

        auto bytes = read_file(path).value();
        bytes[bytes.size() / 3] ^= std::byte{1};
        REQUIRE(write_file(path, bytes));
        const Finished damaged = plantwalk({"verify", "--json", path});
        CHECK(damaged.code == 1);
        const auto said = nlohmann::json::parse(damaged.said);
        CHECK(said["intact"] == false);
        CHECK(said["damage"]["chunk"].is_number());
        CHECK(said["damage"]["begin"] <= bytes.size() / 3);
        CHECK(said["damage"]["end"] > bytes.size() / 3);

        REQUIRE(write_text(path, "something else"));
        CHECK(plantwalk({"verify", path}).code == 2);
        CHECK(plantwalk({"verify", folder / "nowhere"}).code == 2);
    }
}
