// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"
#include "base/local_socket.h"
#include "base/log.h"
#include "base/process.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

using namespace pw;

namespace {

struct TempFolder {
    std::string path = *make_temp_folder("pw-base-");
    ~TempFolder() { remove_folder(path); }
    std::string operator/(std::string_view name) const { return join_path(path, name); }
};

} // namespace

TEST_SUITE("base/file") {
    TEST_CASE("what is written reads back, mapped too, and no draft stays") {
        const TempFolder temp;
        REQUIRE(write_text(temp / "a.txt", "hello"));
        REQUIRE(write_text(temp / "a.txt", "other"));
        CHECK(*read_text(temp / "a.txt") == "other");
        CHECK(as_text(MappedFile::open(temp / "a.txt")->bytes()) == "other");
        CHECK(*list_folder(temp.path) == std::vector<std::string>{"a.txt"});
        REQUIRE(write_text(temp / "empty", ""));
        CHECK(MappedFile::open(temp / "empty")->bytes().empty());
    }

    TEST_CASE("what cannot be read says why and names the file last") {
        const TempFolder temp;
        const auto missing = read_text(temp / "missing.txt");
        REQUIRE_FALSE(missing);
        CHECK(missing.error().code == Errc::NotFound);
        CHECK(missing.error().what.ends_with("missing.txt"));
        REQUIRE(write_text(temp / "big", std::string(100, 'x')));
        CHECK(read_text(temp / "big", 99).error().code == Errc::Exhausted);
        CHECK(read_text(temp.path).error().code == Errc::Malformed);
        CHECK_FALSE(write_text(temp / "no/such/folder", "x"));
    }

    TEST_CASE("paths come apart and together") {
        CHECK(folder_of("a/b/c.txt") == "a/b");
        CHECK(folder_of("c.txt") == ".");
        CHECK(folder_of("/c.txt") == "/");
        CHECK(file_name_of("a/b/c.txt") == "c.txt");
        CHECK(extension_of("A/B.C/x.GLB") == ".glb");
        CHECK(extension_of("a.b/.hidden") == "");
        CHECK(join_path("a", "b") == "a/b");
        CHECK(join_path("a/", "b") == "a/b");
        CHECK(join_path("a", "/b") == "/b");
    }
}

TEST_SUITE("base/process") {
    TEST_CASE("output, exit code and environment arrive") {
        const TempFolder temp;
        auto child = Process::start({"sh", "-c", "echo $PW_TEST_WORD; exit 3"},
                                    {.environment = {{"PW_TEST_WORD", "palletiser"}}, .output_file = temp / "out"});
        REQUIRE(child);
        CHECK(child->wait() == 3);
        CHECK(*read_text(temp / "out") == "palletiser\n");
    }

    TEST_CASE("a pipe feeds the child, and closing it lets it end") {
        const TempFolder temp;
        auto child = Process::start({"cat"}, {.output_file = temp / "out", .pipe_input = true});
        REQUIRE(child);
        REQUIRE(child->write(as_bytes("twelve crates")));
        child->close_input();
        CHECK(child->wait() == 0);
        CHECK(*read_text(temp / "out") == "twelve crates");
    }

    TEST_CASE("stop ends a child, even one that ignores SIGTERM") {
        auto polite = Process::start({"sleep", "60"});
        REQUIRE(polite);
        polite->stop();
        CHECK(polite->exit_code() == 128 + 15);
        const TempFolder temp;
        auto stubborn = Process::start({"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"},
                                       {.output_file = temp / "out"});
        REQUIRE(stubborn);
        while (read_text(temp / "out").value_or("").empty()) std::this_thread::yield();
        stubborn->stop(from_ms(50));
        CHECK(stubborn->exit_code() == 128 + 9);
    }

    TEST_CASE("a child dies when its parent is killed without a chance to clean up") {
        const TempFolder temp;
        const pid_t parent = ::fork();
        if (parent == 0) {
            auto child = Process::start({"sleep", "60"});
            if (child) (void)write_text(temp / "pid", std::to_string(child->pid()));
            ::pause();
        }
        while (!file_exists(temp / "pid")) std::this_thread::yield();
        const pid_t child = std::stoi(*read_text(temp / "pid"));
        ::kill(parent, SIGKILL);
        ::waitpid(parent, nullptr, 0);
        const auto alive = [child] { // nobody may be there to collect it: a zombie is dead too
            const auto stat = read_text("/proc/" + std::to_string(child) + "/stat");
            return stat && !stat->contains(") Z ");
        };
        for (int i = 0; i < 200 && alive(); ++i) pause_for(from_ms(20));
        CHECK_FALSE(alive());
    }

    TEST_CASE("a program that does not exist is NotFound") {
        CHECK(Process::start({"no-such-program-here"}).error().code == Errc::NotFound);
    }
}

TEST_SUITE("base/local_socket") {
    TEST_CASE("a line in, a line out, and only the user may") {
        const TempFolder temp;
        const auto server =
            LocalServer::start(temp / "s", [](std::string_view line) { return "<" + std::string(line) + ">"; });
        REQUIRE(server);
        CHECK(*local_request(temp / "s", "one") == "<one>");
        CHECK(*local_request(temp / "s", "two") == "<two>");
        struct stat info{};
        REQUIRE(::stat((temp / "s").c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0600);
    }

    TEST_CASE("a second server is refused, a dead one's socket is replaced, and none is left behind") {
        const TempFolder temp;
        const auto echo = [](std::string_view line) { return std::string(line); };
        {
            const auto first = LocalServer::start(temp / "s", echo);
            REQUIRE(first);
            CHECK(LocalServer::start(temp / "s", echo).error().code == Errc::Refused);
        }
        CHECK_FALSE(file_exists(temp / "s"));
        REQUIRE(write_text(temp / "s", "stale"));
        const auto second = LocalServer::start(temp / "s", echo);
        REQUIRE(second);
        CHECK(*local_request(temp / "s", "x") == "x");
    }

    TEST_CASE("a line without end is cut off and others are still served") {
        const TempFolder temp;
        const auto server = LocalServer::start(temp / "s", [](std::string_view line) { return std::string(line); });
        REQUIRE(server);
        CHECK_FALSE(local_request(temp / "s", std::string(3u << 20, 'x')));
        CHECK(*local_request(temp / "s", "still here") == "still here");
    }

    TEST_CASE("nobody there is NotFound") {
        const TempFolder temp;
        CHECK(local_request(temp / "s", "x").error().code == Errc::NotFound);
    }
}

TEST_SUITE("base/log") {
    TEST_CASE("sinks hear what passes the level, whole lines, until removed") {
        std::string heard;
        const LogSink sink = [](LogLevel, std::string_view message, void* user) {
            static_cast<std::string*>(user)->append(message).append("|");
        };
        add_log_sink(sink, &heard);
        log_info("first");
        log_debug("not shown");
        set_log_level(LogLevel::Debug);
        log_debug("second");
        set_log_level(LogLevel::Info);
        remove_log_sink(sink, &heard);
        log_info("third");
        CHECK(heard == "first|second|");
    }
}
