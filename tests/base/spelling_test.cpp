// SPDX-License-Identifier: Apache-2.0
#include "base/spelling.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace pw;

TEST_SUITE("base/spelling") {
    constexpr std::array<std::string_view, 5> kKnown{"filler", "labeller", "packer", "palletiser", "way-1"};

    TEST_CASE("one letter left out, put in, changed or swapped is a misspelling") {
        for (const char* wanted : {"filer", "filller", "fillar", "filelr", "FILLER"})
            CHECK_MESSAGE(nearest_name(wanted, kKnown) == "filler", wanted);
    }

    TEST_CASE("the nearer one is meant, and of two the first") {
        CHECK(nearest_name("paletizer", kKnown) == "palletiser");
        constexpr std::array<std::string_view, 3> kWays{"way-2", "way-3", "way-1"};
        CHECK(nearest_name("way-4", kWays) == "way-2");
        CHECK(nearest_name("way-1x", kWays) == "way-1");
    }

    TEST_CASE("another word is no misspelling") {
        for (const std::string& wanted :
             {std::string("robot"), std::string("fi"), std::string(), std::string(300, 'a')})
            CHECK_MESSAGE(nearest_name(wanted, kKnown).empty(), wanted);
        CHECK(did_you_mean("robot", kKnown).empty());
        CHECK(nearest_name("way", {}).empty());
    }

    TEST_CASE("a message ends with what was meant") {
        CHECK(did_you_mean("fillr", kKnown) == "; did you mean \"filler\"?");
    }
}
