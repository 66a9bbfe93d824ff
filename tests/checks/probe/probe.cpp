// SPDX-License-Identifier: Apache-2.0
// What skip_test.py runs, to see what each kind of test program ends with.

#include "tests/support/skip.h"

#include <doctest/doctest.h>

using pw::test::Missing;
using pw::test::skip;

TEST_SUITE("passes") {
    TEST_CASE("runs") { CHECK(true); }
}

TEST_SUITE("runtime") {
    TEST_CASE("needs a broker") { skip("no broker"); }
}

TEST_SUITE("foreign") {
    TEST_CASE("needs a sample") { skip("no sample", Missing::ForeignData); }
}

TEST_SUITE("partly") {
    TEST_CASE("runs") { CHECK(true); }
    TEST_CASE("needs a sample") { skip("no sample", Missing::ForeignData); }
}

TEST_SUITE("fails") {
    TEST_CASE("is wrong") { CHECK(false); }
    TEST_CASE("needs a broker") { skip("no broker"); }
}
