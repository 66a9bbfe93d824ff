// SPDX-License-Identifier: Apache-2.0
#include "base/data_file.h"

#include "base/file.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>

using namespace pw;

TEST_SUITE("base/data_file") {
    TEST_CASE("what is appended can be read in pieces while the file grows") {
        const std::string folder = make_temp_folder("pw-data").value();
        const std::string path = join_path(folder, "a");
        auto out = AppendFile::create(path, Existing::Refuse);
        REQUIRE(out);
        auto in = ReadFile::open(path);
        REQUIRE(in);
        CHECK(in->size().value() == 0);
        REQUIRE(out->append(as_bytes("hello")));
        REQUIRE(out->append(as_bytes(" world")));
        CHECK(out->size() == 11);
        CHECK(in->size().value() == 11);
        std::array<std::byte, 8> piece;
        CHECK(in->read_at(3, piece).value() == 8);
        CHECK(as_text(piece) == "lo world");
        CHECK(in->read_at(6, piece).value() == 5);
        CHECK(in->read_at(60, piece).value() == 0);
        CHECK(out->read_at(0, piece).value() == 8);
        REQUIRE(out->cut(5));
        REQUIRE(out->append(as_bytes("!")));
        REQUIRE(out->sync());
        CHECK(read_text(path).value() == "hello!");
        remove_folder(folder);
    }

    TEST_CASE("a file without a name is read through its writer, and is nowhere to be found") {
        const std::string folder = make_temp_folder("pw-data").value();
        std::array<std::byte, 8> piece;
        auto out = AppendFile::create_nameless(folder);
        REQUIRE_MESSAGE(out, out.error().what);
        auto in = out->reader();
        REQUIRE(in);
        REQUIRE(out->append(as_bytes("hello")));
        CHECK(list_folder(folder).value().empty());
        CHECK(out->free_space().value() > 0);
        { const AppendFile gone = std::move(*out); }
        CHECK(in->read_at(0, piece).value() == 5);
        CHECK(AppendFile::create_nameless(join_path(folder, "nowhere")).error().code == Errc::NotFound);
        remove_folder(folder);
    }

    TEST_CASE("that somebody removes or shortens a file while it is written is seen") {
        const std::string folder = make_temp_folder("pw-data").value();
        const std::string path = join_path(folder, "a");
        auto out = AppendFile::create(path, Existing::Refuse);
        REQUIRE(out);
        REQUIRE(out->append(as_bytes("hello")));
        CHECK(out->look_whole());
        REQUIRE(::truncate(path.c_str(), 2) == 0);
        CHECK(out->look_whole().error().what.ends_with("was made shorter while it was written"));
        REQUIRE(out->cut(0));
        CHECK(out->look_whole());
        remove_file(path);
        CHECK(out->look_whole().error().what.ends_with("was removed while it was written"));
        const auto nameless = AppendFile::create_nameless(folder);
        REQUIRE(nameless);
        CHECK(nameless->look_whole());
        remove_folder(folder);
    }

    TEST_CASE("a file is replaced only when that is asked for, and who reads the old one keeps it") {
        const std::string folder = make_temp_folder("pw-data").value();
        const std::string path = join_path(folder, "a");
        REQUIRE(write_text(path, "old"));
        CHECK(AppendFile::create(path, Existing::Refuse).error().code == Errc::Refused);
        auto in = ReadFile::open(path);
        REQUIRE(in);
        REQUIRE(AppendFile::create(path, Existing::Replace));
        CHECK(read_text(path).value().empty());
        CHECK(in->size().value() == 3);
        CHECK(AppendFile::create(folder, Existing::Replace).error().code == Errc::Refused);
        CHECK(ReadFile::open(folder).error().code == Errc::Malformed);
        CHECK(ReadFile::open(join_path(folder, "b")).error().code == Errc::NotFound);
        remove_folder(folder);
    }
}
