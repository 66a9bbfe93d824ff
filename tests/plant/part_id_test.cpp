// SPDX-License-Identifier: Apache-2.0
#include "plant/part_id.h"

#include <doctest/doctest.h>

#include <string>

namespace pw::plant {

TEST_SUITE("plant/part_id") {
    TEST_CASE("a part id is written as documented and read back equal") {
        const PartId parts[] = {
            {.place = "robot", .asset = "arm.glb", .uid = "F-02.CAR", .path = ""},
            {.place = "robot", .asset = "arm.glb", .uid = "", .path = "Base/Joint1/Bolt[3]"},
            {.place = "", .asset = "arm.glb", .uid = "a/b#c:d%", .path = ""},
            {.place = "", .asset = "arm.glb", .uid = "", .path = "Name: with #, : and %41"},
            {.place = "a:b", .asset = "odd%20#1/x:y.glb", .uid = "", .path = ""},
        };
        const std::string texts[] = {"robot:arm.glb#F-02.CAR", "robot:arm.glb/Base/Joint1/Bolt[3]", "arm.glb#a/b#c:d%",
                                     "arm.glb/Name: with #, : and %41", "a%3Ab:odd%2520%231%2Fx%3Ay.glb/"};
        for (std::size_t i = 0; i < std::size(parts); ++i) {
            CHECK(to_text(parts[i]) == texts[i]);
            const Result<PartId> read = parse_part_id(texts[i]);
            REQUIRE(read);
            CHECK(*read == parts[i]);
        }
    }

    TEST_CASE("a uid goes before a path") {
        CHECK(to_text({.place = "r", .asset = "a.glb", .uid = "u", .path = "Base"}) == "r:a.glb#u");
    }

    TEST_CASE("what is no part id is refused") {
        for (const char* text : {"", "robot", "robot:arm.glb", "#uid", "/Base", "robot:#uid", ":arm.glb/Base",
                                 "arm.glb#", "a%2.glb/x", "a%2f.glb/x", "a%/x", "%", "a%41.glb/x", "a:b:c.glb/x"})
            CHECK_FALSE(parse_part_id(text));
        CHECK_FALSE(parse_part_id("a.glb/" + std::string(10'000, 'x')));
    }
}

} // namespace pw::plant
