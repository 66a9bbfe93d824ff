// SPDX-License-Identifier: Apache-2.0
#include "tests/support/paths.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

namespace fs = std::filesystem;

TEST_SUITE("checks/paths") {
    TEST_CASE("the source and build folders are where this program was made") {
        CHECK(fs::exists(pw::test::source_dir() / "tests/checks/paths_test.cpp"));
        CHECK(fs::exists(pw::test::build_dir() / "CMakeCache.txt"));
    }

    TEST_CASE("the environment names the folder of foreign data") {
        const char* before = std::getenv("PW_FOREIGN_DATA");
        const std::string restore = before != nullptr ? before : "";
        setenv("PW_FOREIGN_DATA", pw::test::source_dir().c_str(), 1);
        CHECK(pw::test::foreign_data() == pw::test::source_dir());
        setenv("PW_FOREIGN_DATA", "/there is no such folder", 1);
        CHECK_FALSE(pw::test::foreign_data());
        before != nullptr ? setenv("PW_FOREIGN_DATA", restore.c_str(), 1) : unsetenv("PW_FOREIGN_DATA");
    }
}
