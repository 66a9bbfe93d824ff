// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"
#include "base/heap.h"
#include "base/local_socket.h"
#include "base/log.h"
#include "base/process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <new>
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

bool connect_to(int fd, const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

} // namespace

TEST_SUITE("base/file") {
    TEST_CASE("what is written reads back, and no draft stays") {
        const TempFolder temp;
        REQUIRE(write_text(temp / "a.txt", "hello"));
        REQUIRE(write_text(temp / "a.txt", "other"));
        CHECK(*read_text(temp / "a.txt") == "other");
        CHECK(*list_folder(temp.path) == std::vector<std::string>{"a.txt"});
        REQUIRE(write_text(temp / "empty", ""));
        CHECK(read_file(temp / "empty")->empty());
    }

    TEST_CASE("a folder that is not there is told from what cannot be looked into") {
        const TempFolder temp;
        CHECK(list_folder(temp / "missing").error().code == Errc::NotFound);
        REQUIRE(write_text(temp / "file", ""));
        CHECK(list_folder(temp / "file").error().code == Errc::Refused);
        REQUIRE(::symlink("/nonexistent/folder", (temp / "link").c_str()) == 0);
        CHECK(list_folder(temp / "link").error().code == Errc::Refused);
    }

    TEST_CASE("one at a time holds a lock, and its file stays") {
        const TempFolder temp;
        std::atomic<int> inside{0}, most{0}, times{0};
        {
            std::vector<std::jthread> all;
            for (int i = 0; i < 4; ++i) {
                all.emplace_back([&] {
                    for (int n = 0; n < 200; ++n) {
                        const auto lock = lock_file(temp / "lock");
                        if (!lock) return;
                        most = std::max(most.load(), ++inside);
                        --inside;
                        ++times;
                    }
                });
            }
        }
        CHECK(times == 800);
        CHECK(most == 1);
        CHECK(file_exists(temp / "lock"));
        CHECK(!lock_file(temp / "missing/lock"));
    }

    TEST_CASE("without HOME the user's folders are still the user's, not below the current one") {
        const std::string home = std::getenv("HOME") != nullptr ? std::getenv("HOME") : "";
        const std::string cache = std::getenv("XDG_CACHE_HOME") != nullptr ? std::getenv("XDG_CACHE_HOME") : "";
        ::unsetenv("HOME");
        ::unsetenv("XDG_CACHE_HOME");
        CHECK_MESSAGE(user_cache_folder().starts_with('/'), user_cache_folder());
        if (!home.empty()) set_environment("HOME", home);
        set_environment("XDG_CACHE_HOME", "relative"); // XDG Base Directory Specification: to be ignored
        CHECK_MESSAGE(user_cache_folder().starts_with('/'), user_cache_folder());
        ::unsetenv("XDG_CACHE_HOME");
        if (!cache.empty()) set_environment("XDG_CACHE_HOME", cache);
    }

    TEST_CASE("the user's pictures are where the environment, the desktop or else the home says") {
        const TempFolder temp;
        const auto now = [](const char* name) {
            const char* value = std::getenv(name);
            return std::string(value != nullptr ? value : "");
        };
        const std::string home = now("HOME"), config = now("XDG_CONFIG_HOME"), pictures = now("XDG_PICTURES_DIR");
        ::unsetenv("XDG_PICTURES_DIR");
        set_environment("HOME", "/home/ada");
        set_environment("XDG_CONFIG_HOME", temp.path);
        CHECK(user_pictures_folder() == "/home/ada/Pictures/plantwalk");
        const std::string dirs = temp / "user-dirs.dirs";
        REQUIRE(write_text(dirs, "# XDG_PICTURES_DIR=\"x\"\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n"));
        CHECK(user_pictures_folder() == "/home/ada/Bilder/plantwalk");
        REQUIRE(write_text(dirs, "XDG_PICTURES_DIR=\"/mnt/all\""));
        CHECK(user_pictures_folder() == "/mnt/all/plantwalk");
        REQUIRE(write_text(dirs, "XDG_PICTURES_DIR=\"$HOME/\"")); // there are none
        CHECK(user_pictures_folder() == "/home/ada/plantwalk");
        REQUIRE(write_text(dirs, "XDG_PICTURES_DIR=\"$HOME\"")); // likewise
        CHECK(user_pictures_folder() == "/home/ada/plantwalk");
        REQUIRE(write_text(dirs, "XDG_PICTURES_DIR=\"Bilder\""));
        CHECK(user_pictures_folder() == "/home/ada/Pictures/plantwalk");
        set_environment("XDG_PICTURES_DIR", "pictures");
        CHECK(user_pictures_folder() == "/home/ada/Pictures/plantwalk");
        set_environment("XDG_PICTURES_DIR", "/pictures");
        CHECK(user_pictures_folder() == "/pictures/plantwalk");
        for (const auto& [name, was] :
             {std::pair("HOME", home), {"XDG_CONFIG_HOME", config}, {"XDG_PICTURES_DIR", pictures}}) {
            ::unsetenv(name);
            if (!was.empty()) set_environment(name, was);
        }
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

    TEST_CASE("a file that is replaced keeps its mode, a new one has the mode the user's mask gives") {
        const TempFolder temp;
        const auto mode = [&](const char* name) {
            struct stat info{};
            REQUIRE(::stat((temp / name).c_str(), &info) == 0);
            return info.st_mode & 0777;
        };
        const mode_t mask = ::umask(022);
        REQUIRE(write_text(temp / "new", "x"));
        REQUIRE(write_text(temp / "secret", "x"));
        REQUIRE(::chmod((temp / "secret").c_str(), 0600) == 0);
        REQUIRE(write_text(temp / "secret", "y"));
        ::umask(mask);
        CHECK(mode("new") == 0644);
        CHECK(mode("secret") == 0600);
    }

    TEST_CASE("a file that a link leads to is replaced where it is") {
        const TempFolder temp;
        REQUIRE(write_text(temp / "dotfile", "x"));
        REQUIRE(::symlink("dotfile", (temp / "link").c_str()) == 0);
        REQUIRE(write_text(temp / "link", "y"));
        CHECK(read_text(temp / "dotfile").value() == "y");
        char to[16];
        CHECK(::readlink((temp / "link").c_str(), to, sizeof to) == 7);
        REQUIRE(::symlink("nowhere", (temp / "dangling").c_str()) == 0);
        REQUIRE(write_text(temp / "dangling", "z"));
        CHECK(read_text(temp / "dangling").value() == "z");
    }

    TEST_CASE("two threads that write one file leave one of the two texts, whole, and no draft") {
        const TempFolder temp;
        const auto write_often = [&](char c) {
            for (int i = 0; i < 30; ++i) CHECK(write_text(temp / "a", std::string(50'000, c)));
        };
        {
            const std::jthread one(write_often, 'x');
            write_often('y');
        }
        const std::string text = *read_text(temp / "a");
        CHECK((text == std::string(50'000, 'x') || text == std::string(50'000, 'y')));
        CHECK(list_folder(temp.path)->size() == 1);
    }

    TEST_CASE("a pipe, a folder and a device are neither waited for nor read nor replaced") {
        const TempFolder temp;
        REQUIRE(::mkfifo((temp / "pipe").c_str(), 0600) == 0); // opening one waits for a writer
        for (const std::string& path : {temp / "pipe", temp.path, std::string("/dev/null")}) {
            CHECK(read_file(path).error().code == Errc::Malformed);
            CHECK(write_text(path, "x").error().code == Errc::Refused);
        }
    }

    TEST_CASE("the runtime folder is this user's alone, or there is none") {
        const TempFolder temp;
        const char* const before = std::getenv("XDG_RUNTIME_DIR");
        const std::string saved = before != nullptr ? before : "";
        set_environment("XDG_RUNTIME_DIR", temp.path);
        const std::string folder = temp / "plantwalk";
        CHECK(user_runtime_folder() == folder);
        struct stat info{};
        REQUIRE(::stat(folder.c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0700);
        CHECK(user_runtime_folder() == folder); // found
        REQUIRE(::chmod(folder.c_str(), 0770) == 0);
        CHECK(user_runtime_folder().error().code == Errc::Refused);
        REQUIRE(::rmdir(folder.c_str()) == 0);
        REQUIRE(make_folders(temp / "elsewhere"));
        REQUIRE(::chmod((temp / "elsewhere").c_str(), 0700) == 0);
        REQUIRE(::symlink("elsewhere", folder.c_str()) == 0);
        CHECK(user_runtime_folder().error().code == Errc::Refused);
        set_environment("XDG_RUNTIME_DIR", saved);
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

    TEST_CASE("output that cannot be written is an error, and nothing is started") {
        const TempFolder temp;
        const auto child = Process::start({"touch", temp / "started"}, {.output_file = temp / "no/such/folder"});
        REQUIRE_FALSE(child);
        CHECK(child.error().what.ends_with("no/such/folder"));
        CHECK_FALSE(file_exists(temp / "started"));
    }

    TEST_CASE("a program that does not exist is NotFound") {
        CHECK(Process::start({"no-such-program-here"}).error().code == Errc::NotFound);
    }
}

TEST_SUITE("base/signals") {
    // Runs `body` in a child; its exit status. A process has one set of signals and of standard streams.
    int status_of_child(const std::function<void(pid_t)>& meanwhile, const std::function<void()>& body) {
        sigset_t interrupt, before;
        sigemptyset(&interrupt);
        sigaddset(&interrupt, SIGINT);
        sigaddset(&interrupt, SIGTERM);
        ::sigprocmask(SIG_BLOCK, &interrupt, &before); // until the child has its own handlers
        const pid_t child = ::fork();
        if (child == 0) {
            catch_stop_signals();
            ::sigprocmask(SIG_SETMASK, &before, nullptr);
            body();
            ::_exit(0);
        }
        ::sigprocmask(SIG_SETMASK, &before, nullptr);
        int status = -1;
        for (const Time begin = system_clock().now(); ::waitpid(child, &status, WNOHANG) == 0;) {
            if (system_clock().now() - begin > from_ms(20'000)) ::kill(child, SIGKILL);
            meanwhile(child);
            sleep_for(from_ms(20));
        }
        return status;
    }

    TEST_CASE("who insists is obeyed, also by a program that does not look") {
        for (const int signal : {SIGINT, SIGTERM}) {
            const int status = status_of_child([&](pid_t child) { ::kill(child, signal); },
                                               [] {
                                                   while (true) ::pause();
                                               });
            REQUIRE(WIFSIGNALED(status));
            CHECK(WTERMSIG(status) == signal);
        }
    }

    TEST_CASE("a stop breaks off no call that somebody else's library waits in, and is given half a minute") {
        int pipe[2];
        REQUIRE(::pipe(pipe) == 0);
        int tries = 0;
        const int status = status_of_child(
            [&](pid_t child) {
                if (++tries == 10) ::kill(child, SIGTERM);
                if (tries == 20) CHECK(::write(pipe[1], "x", 1) == 1);
            },
            [&] {
                char c = 0;
                const bool read = ::read(pipe[0], &c, 1) == 1 && c == 'x' && stop_requested();
                const unsigned left_s = ::alarm(0);
                ::_exit(read && left_s > 20 && left_s <= 30 ? 7 : 1);
            });
        ::close(pipe[0]);
        ::close(pipe[1]);
        REQUIRE(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 7);
    }

    TEST_CASE("a file is never opened in the place of a closed standard stream") {
        const TempFolder temp;
        const int status = status_of_child([](pid_t) {},
                                           [&] {
                                               for (int fd = 0; fd < 3; ++fd) ::close(fd);
                                               open_standard_streams();
                                               ::_exit(::open((temp / "f").c_str(), O_CREAT | O_WRONLY, 0600));
                                           });
        REQUIRE(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) > 2);
        CHECK(WEXITSTATUS(status) != 255);
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

    TEST_CASE("a server that ends leaves the socket of the one that took its place") {
        const TempFolder temp;
        const auto echo = [](std::string_view line) { return std::string(line); };
        auto first = LocalServer::start(temp / "s", echo);
        REQUIRE(first);
        REQUIRE(::unlink((temp / "s").c_str()) == 0);
        const auto second = LocalServer::start(temp / "s", echo);
        REQUIRE(second);
        first->reset();
        CHECK(local_request(temp / "s", "x").value_or("") == "x");
    }

    TEST_CASE("a line without end is cut off and others are still served") {
        const TempFolder temp;
        const auto server = LocalServer::start(temp / "s", [](std::string_view line) { return std::string(line); });
        REQUIRE(server);
        const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        REQUIRE(connect_to(client, temp / "s"));
        const std::string piece(1u << 16, 'x');
        ssize_t sent = 0, all = 0;
        while ((sent = ::send(client, piece.data(), piece.size(), MSG_NOSIGNAL)) > 0 && all < 10'000'000) all += sent;
        CHECK(sent < 0);
        ::close(client);
        CHECK(*local_request(temp / "s", "still here") == "still here");
    }

    TEST_CASE("a request that the server would cut off is refused with its length") {
        const TempFolder temp;
        const auto server = LocalServer::start(temp / "s", [](std::string_view line) { return std::string(line); });
        REQUIRE(server);
        CHECK(local_request(temp / "s", std::string(1u << 20, 'x'), 30'000));
        const auto longer = local_request(temp / "s", std::string((1u << 20) + 1, 'x'));
        CHECK(longer.error().what == "a request of 1048577 bytes is longer than 1 MiB");
    }

    TEST_CASE("a handler that throws ends its connection, and others are still served") {
        const TempFolder temp;
        const auto server = LocalServer::start(temp / "s", [](std::string_view line) {
            if (line == "throw") throw std::bad_alloc();
            return std::string(line);
        });
        REQUIRE(server);
        CHECK_FALSE(local_request(temp / "s", "throw"));
        CHECK(*local_request(temp / "s", "still here") == "still here");
    }

    TEST_CASE("without a free file descriptor requests wait, and the server does not spin") {
        const TempFolder temp;
        struct Refusals {
            std::atomic<int> count{0};
            std::atomic<std::int64_t> first_ns{0}, third_ns{0};
        } refusals;
        const LogSink sink = [](LogLevel, std::string_view message, void* user) {
            if (!message.contains("has to wait")) return;
            auto& r = *static_cast<Refusals*>(user);
            const int n = ++r.count;
            if (n == 1) r.first_ns = system_clock().now().ns;
            if (n == 3) r.third_ns = system_clock().now().ns;
        };
        const auto server = LocalServer::start(temp / "s", [](std::string_view line) { return std::string(line); });
        REQUIRE(server);
        add_log_sink(sink, &refusals);
        const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
        rlimit old{};
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &old) == 0);
        const rlimit none{.rlim_cur = static_cast<rlim_t>(client) + 1, .rlim_max = old.rlim_max};
        std::vector<int> fillers; // below `client` there may be holes
        for (int fd = ::dup(client); fd >= 0 && fd < client; fd = ::dup(client)) fillers.push_back(fd);
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
        CHECK(connect_to(client, temp / "s"));
        while (refusals.count < 3) std::this_thread::yield();
        CHECK(::setrlimit(RLIMIT_NOFILE, &old) == 0);
        CHECK(refusals.third_ns - refusals.first_ns >= 150'000'000); // it pauses for 100 ms after each
        CHECK(*local_request(temp / "s", "served") == "served");
        remove_log_sink(sink, &refusals);
        ::close(client);
        for (const int fd : fillers) ::close(fd);
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

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // which bring their own heap
TEST_SUITE("base/heap") {
    // A large draw's vertices, in blocks of a megabyte, on a thread of its own like a CPU rasteriser's.
    std::int64_t faults_of_a_draw() {
        const auto faults = [] {
            rusage usage{};
            getrusage(RUSAGE_THREAD, &usage);
            return usage.ru_minflt;
        };
        const std::int64_t before = faults();
        std::vector<std::vector<char>> blocks;
        for (int i = 0; i < 100; ++i) blocks.emplace_back(std::size_t{1} << 20, '\1');
        return faults() - before;
    }

    TEST_CASE("freed memory stays with the process, so that taking it again costs no page faults") {
        keep_freed_memory();
        std::thread([] {
            const std::int64_t first = faults_of_a_draw(); // at least 50: pages are 4 KiB or 2 MiB
            CHECK(faults_of_a_draw() < first / 10);
        }).join();
        give_back_freed_memory();
    }
}
#endif
