// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/math.h"
#include "base/strings.h"
#include "base/text.h"
#include "base/time.h"
#include "base/title.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>

using namespace pw;

TEST_SUITE("base/bytes") {
    TEST_CASE("a reader never reads past its end and stays failed") {
        const std::byte four[4] = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
        ByteReader reader(four);
        CHECK(reader.read<std::uint16_t>() == 0x0201);
        CHECK(reader.read<std::uint32_t>() == 0);
        CHECK_FALSE(reader.ok());
        CHECK(reader.read<std::uint16_t>() == 0);
    }

    TEST_CASE("base64 follows the vectors of RFC 4648, with and without padding") {
        const std::pair<const char*, const char*> vectors[] = {
            {"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"}, {"Zm9vYg==", "foob"}, {"Zm9vYmFy", "foobar"}};
        for (const auto& [encoded, plain] : vectors) {
            CHECK(as_text(*from_base64(encoded)) == plain);
            std::string bare = encoded;
            while (bare.ends_with('=')) bare.pop_back();
            CHECK(as_text(*from_base64(bare)) == plain);
        }
        CHECK_FALSE(from_base64("Zm9*"));
        CHECK_FALSE(from_base64("Z"));
    }

    // Vectors of the XXH64 specification's sanity checks, seed 0.
    TEST_CASE("the content hash is XXH64") {
        CHECK(to_hex(hash64({})) == "ef46db3751d8e999");
        CHECK(to_hex(hash64(as_bytes("a"))) == "d24ec4f1a98c6e5b");
        CHECK(to_hex(hash64(as_bytes("abc"))) == "44bc2cf5ad770999");
        CHECK(to_hex(hash64(as_bytes("Nobody inspects the spammish repetition"))) == "fbcea83c8a378bf1");
    }

    TEST_CASE("a product that does not fit is noticed") {
        CHECK(checked_mul(3, 5) == 15u);
        CHECK_FALSE(checked_mul(std::numeric_limits<std::size_t>::max() / 2, 3).has_value());
    }
}

TEST_SUITE("base/text") {
    TEST_CASE("a text is cut between characters, and a short one is left alone") {
        const std::string_view text = "a\u00e4\u20ac\U0001f3ed"; // 1 + 2 + 3 + 4 bytes
        const std::size_t lengths[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
        for (std::size_t most = 0; most < std::size(lengths); ++most)
            CHECK(cut_utf8(text, most) == text.substr(0, lengths[most]));
        CHECK(shortened(text, 10) == text);
        CHECK(shortened(text, 9) == "a\u00e4\u20ac…");
        CHECK(shortened("\x80\x80\x80", 2) == "…"); // no UTF-8: no character begins there
    }

    TEST_CASE("nothing that steers a terminal is printable, and all other text is") {
        CHECK(printable("a\x1b]0;owned\x07"
                        "b\r\x7f") == "a\\x1b]0;owned\\x07"
                                      "b\\x0d\\x7f");
        CHECK(printable("\u009b2J\u00a0\u0080") == "\\x9b2J\u00a0\\x80");
        CHECK(printable("größe 5 µm → 🏭\n\tok") == "größe 5 µm → 🏭\n\tok");
        CHECK(printable("\xc2") == "\xc2");
        CHECK(printable(std::string_view("\0", 1)) == "\\x00");
    }

    TEST_CASE("characters are counted whatever their bytes, and what steers a line of text is found") {
        CHECK(count_utf8("") == 0);
        CHECK(count_utf8("a\u00e9\u65e5\U0001f600") == 4);
        for (const char* line : {"", "Door 3", "\u00c9t\u00e9 \u65e5\u672c", "\u05d0\u05d1", "\U0001f600"})
            CHECK_MESSAGE(is_one_line(line), line);
        for (const char* line : {"a\nb", "a\tb", "\x1b[31m", "\x7f", "\u0085", "\u009f", "\u2028", "a\u202e", "\u2066"})
            CHECK_FALSE_MESSAGE(is_one_line(line), line);
        CHECK_FALSE(is_one_line(std::string_view("\0", 1)));
        CHECK(is_one_line("\u00a0")); // no control any more
    }

    TEST_CASE("percent signs are decoded, and one without two digits is refused") {
        CHECK(percent_decoded("a%20b%2fc%C3%a4") == "a b/cä");
        CHECK(percent_decoded("%2525") == "%25");
        CHECK(percent_decoded("%00") == std::string(1, '\0'));
        for (const char* text : {"%", "a%2", "%2g", "%+1", "%-1", "%0x", "% 1"}) CHECK_FALSE(percent_decoded(text));
    }

    TEST_CASE("numbers are written as short as reads back equal") {
        CHECK(number_text(0.1) == "0.1");
        CHECK(number_text(1e300) == "1e+300");
        CHECK(number_text(std::int64_t{-7}) == "-7");
        CHECK(number_text(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
        CHECK(to_hex(as_bytes("\x01\xfe")) == "01fe");
    }
}

TEST_SUITE("base/json") {
    TEST_CASE("nesting, commas and escapes are right") {
        JsonWriter w;
        w.begin_object().member("a", 1).key("b").begin_array().value(true).null().value("q\"\\\n\x01").end_array();
        w.key("c").begin_object().end_object().end_object();
        CHECK(w.text() == "{\"a\":1,\"b\":[true,null,\"q\\\"\\\\\\n\\u0001\"],\"c\":{}}");
    }

    TEST_CASE("numbers read back equal, and what JSON lacks is null") {
        for (const double d : {0.1, 1e300, -2.5, 1.0 / 3.0, 5e-324}) {
            JsonWriter w;
            w.value(d);
            CHECK(std::strtod(w.text().c_str(), nullptr) == d);
        }
        JsonWriter w;
        w.begin_array().value(std::nan("")).value(std::numeric_limits<std::uint64_t>::max()).end_array();
        CHECK(w.text() == "[null,18446744073709551615]");
    }

    TEST_CASE("what is written is UTF-8, whatever bytes it is made of") {
        CHECK(json_quote("caf\u00e9 \u20ac") == "\"caf\u00e9 \u20ac\"");
        CHECK(json_quote("a\xff"
                         "b\xc3") == "\"a\uFFFDb\uFFFD\"");
        JsonWriter w;
        CHECK(w.begin_object().member("\xed\xa0\x80", "\xf5").end_object().take() ==
              "{\"\uFFFD\uFFFD\uFFFD\":\"\uFFFD\"}");
    }

    TEST_CASE("how deep a text goes is known without a tree, whatever its strings say") {
        CHECK_FALSE(json_is_deeper("1", 0));
        CHECK(json_is_deeper("[]", 0));
        CHECK_FALSE(json_is_deeper(R"([[1],{"a":2},[3]])", 2));
        CHECK(json_is_deeper(R"([[1],{"a":[2]}])", 2));
        CHECK_FALSE(json_is_deeper(R"(["[[[", "\"[[", "\\"])", 1));
        CHECK(json_is_deeper(R"(["\\", [[]]])", 2));
        CHECK_FALSE(json_is_deeper("]]][", 1));
        CHECK(json_is_deeper(std::string(1'000'000, '['), 999'999));
    }
}

TEST_SUITE("base/math") {
    TEST_CASE("an affine times its inverse is nothing") {
        const Affine a = to_affine(
            Transform{{1e6, -3.0, 2.0}, glm::angleAxis(0.7f, glm::normalize(Vec3(1, 2, 3))), {2.f, 0.5f, 3.f}});
        const DVec3 p = transform_point(inverse(a) * a, {0.25, 0.5, -0.75});
        CHECK(glm::length(p - DVec3(0.25, 0.5, -0.75)) < 1e-5);
    }

    TEST_CASE("transforms chain left to right") {
        const Affine turn = to_affine(Transform{{0.0, 0.0, 0.0}, glm::angleAxis(1.5707963f, Vec3(0, 1, 0)), Vec3(1.f)});
        const Affine move = to_affine(Transform{{1.0, 0.0, 0.0}, kNoRotation, Vec3(1.f)});
        CHECK(glm::length(transform_point(turn * move, {0, 0, 0}) - DVec3(0, 0, -1)) < 1e-6);
        CHECK(glm::length(transform_point(move * turn, {0, 0, 0}) - DVec3(1, 0, 0)) < 1e-6);
    }

    TEST_CASE("a turned box holds all its corners and touches them") {
        const Affine a =
            to_affine(Transform{{5.0, 0.0, 0.0}, glm::angleAxis(0.5f, glm::normalize(Vec3(1, 1, 0))), {1.f, 2.f, 1.f}});
        const Aabb box{Vec3(-1.f), Vec3(1.f)};
        DAabb corners;
        for (int i = 0; i < 8; ++i)
            grow(corners, transform_point(a, DVec3(i & 1 ? 1 : -1, i & 2 ? 1 : -1, i & 4 ? 1 : -1)));
        const DAabb turned = transform_box(a, box);
        CHECK(glm::length(turned.min - corners.min) < 1e-6);
        CHECK(glm::length(turned.max - corners.max) < 1e-6);
        CHECK(transform_box(a, Aabb{}).empty());
    }

    TEST_CASE("look_rotation points −Z along the direction, also straight up") {
        for (const Vec3 d :
             {Vec3(1, 0, 0), Vec3(0, 0, 1), Vec3(0, 1, 0), Vec3(0, -1, 0), glm::normalize(Vec3(1, -2, 3))}) {
            CHECK(glm::length(look_rotation(d) * Vec3(0, 0, -1) - d) < 1e-5f);
        }
    }

    TEST_CASE("a pose times its inverse is nothing") {
        const Pose p{{3.0, 4.0, 5.0}, glm::angleAxis(1.1f, glm::normalize(Vec3(3, 1, 2)))};
        const Pose q = inverse(p) * p;
        CHECK(glm::length(q.position) < 1e-6);
        CHECK(std::abs(q.orientation.w) > 0.999999f);
    }
}

TEST_SUITE("base/time") {
    TEST_CASE("UTC is written as ISO 8601, before 1970 too") {
        CHECK(to_iso8601(utc_from_ms(0)) == "1970-01-01T00:00:00.000Z");
        CHECK(to_iso8601(utc_from_ms(1'795'267'800'125)) == "2026-11-21T13:30:00.125Z");
        CHECK(to_iso8601(utc_from_ms(-1)) == "1969-12-31T23:59:59.999Z");
    }

    TEST_CASE("ISO 8601 is read with fractions and zones, and nothing else is") {
        for (const char* same : {"2026-11-21T13:30:00.125Z", "2026-11-21 13:30:00,125", "2026-11-21T14:30:00.125+01:00",
                                 "2026-11-21T08:00:00.125-0530", "2026-11-21T15:30:00.125000000999+02"})
            CHECK_MESSAGE(from_iso8601(same) == utc_from_ms(1'795'267'800'125), same);
        CHECK(from_iso8601("2026-11-21T13:30Z") == utc_from_ms(1'795'267'800'000));
        CHECK(from_iso8601("2024-02-29T00:00:00.000000001Z")->ns % 1'000'000'000 == 1);
        for (const char* bad :
             {"", "2026-11-21", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-21T24:00:00Z",
              "2026-11-21T13:61:00Z", "2026-11-21T13:30:00Q", "2026-11-21T13:30:00+25:00", "2026-11-21T13:30:00.5Z ",
              "0001-01-01T00:00:00Z", "99999-01-01T00:00:00Z", "2026-11-21T13:3", "2026-1-21T13:30:00Z", "1795267800"})
            CHECK_MESSAGE(!from_iso8601(bad), bad);
    }

    TEST_CASE("the monotonic clock does not go back and CPU time grows with work") {
        const Time before = system_clock().now();
        const Duration cpu = thread_cpu_time();
        volatile double sum = 0;
        for (int i = 0; i < 2'000'000; ++i) sum = sum + std::sqrt(i);
        CHECK(system_clock().now() > before);
        CHECK(thread_cpu_time() > cpu);
        CHECK(process_cpu_time() >= thread_cpu_time());
        CHECK(peak_rss_mib() > 1.0);
    }
}

TEST_SUITE("base/strings") {
    TEST_CASE("every sentence of the catalogue is there and none stands twice") {
        std::set<std::string> seen;
        std::uint16_t count = 0;
#define PW_TEXT(id, english) ++count;
#include "base/strings.def"
#undef PW_TEXT
        for (std::uint16_t i = 0; i < count; ++i) {
            const std::string sentence = text(static_cast<Text>(i));
            CHECK_FALSE(sentence.empty());
            CHECK_MESSAGE(seen.insert(sentence).second, sentence);
        }
    }
}
