// SPDX-License-Identifier: Apache-2.0
#include "base/process.h"

#include "base/assert.h"
#include "base/file.h"
#include "base/format.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace pw {

namespace {

std::atomic<bool> stop_flag{false};
std::atomic<std::int64_t> first_stop_s{0};
constexpr unsigned kStopPatience_s = 30; // a driver or a runtime that hangs has the frame thread

void on_stop_signal(int signal) { // only async-signal-safe calls
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    std::int64_t first = 0;
    if (first_stop_s.compare_exchange_strong(first, now.tv_sec)) {
        ::alarm(kStopPatience_s);
    } else if (now.tv_sec > first + 1) { // `timeout` and some shells send one stop twice
        ::signal(signal, SIG_DFL);
        ::raise(signal);
    }
    stop_flag.store(true);
}

void sleep_ms(long ms) {
    timespec t{ms / 1000, (ms % 1000) * 1'000'000};
    ::nanosleep(&t, nullptr);
}

int exit_code_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* arguments, char* const* environment, const char* program, int input, int output,
                         pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(127); // the parent died before the line above
    // Our handlers are not the child's: a signal that comes before exec must do what it will do after.
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const auto give = [](int from, int to) {
        if (from == to) // where ours was closed: dup2 would leave it to close at exec
            ::fcntl(to, F_SETFD, 0);
        else
            ::dup2(from, to);
    };
    give(input, 0);
    if (output >= 0) {
        give(output, 1);
        give(output, 2);
    }
    ::execve(program, arguments, environment);
    ::_exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> out;
    out.reserve(strings.size() + 1);
    for (auto& s : strings) out.push_back(s.data());
    out.push_back(nullptr);
    return out;
}

std::vector<std::string> merged_environment(const ProcessOptions& options) {
    std::vector<std::string> all;
    for (char** e = environ; *e != nullptr; ++e) {
        const std::string_view entry(*e);
        bool replaced = false;
        for (const auto& [name, value] : options.environment) {
            replaced = replaced || (entry.starts_with(name) && entry.substr(name.size()).starts_with('='));
        }
        if (!replaced) all.emplace_back(entry);
    }
    for (const auto& [name, value] : options.environment) all.push_back(formatted("{}={}", name, value));
    return all;
}

} // namespace

Result<Process> Process::start(const std::vector<std::string>& arguments, const ProcessOptions& options) {
    PW_ASSERT(!arguments.empty(), "a program to start");
    const auto program = find_program(arguments[0]);
    if (!program) return fail(Errc::NotFound, "no such program: " + arguments[0]);
    std::vector<std::string> argument_text = arguments;
    std::vector<std::string> environment_text = merged_environment(options);
    const auto argument_list = pointers(argument_text);
    const auto environment = pointers(environment_text);

    int output = -1;
    if (!options.output_file.empty()) {
        output = ::open(options.output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (output < 0)
            return fail(Errc::Refused, formatted("cannot write: {}: {}", std::strerror(errno), options.output_file));
    }
    int pipe_ends[2] = {-1, -1};
    if (options.pipe_input ? ::pipe2(pipe_ends, O_CLOEXEC) != 0
                           : (pipe_ends[0] = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0) {
        if (output >= 0) ::close(output);
        return fail(Errc::Exhausted, formatted("no input for {}: {}", arguments[0], std::strerror(errno)));
    }
    const pid_t parent = ::getpid();
    sigset_t all, before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid == 0) become(argument_list.data(), environment.data(), program->c_str(), pipe_ends[0], output, parent);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::close(pipe_ends[0]);
    if (output >= 0) ::close(output);
    if (pid < 0) {
        if (pipe_ends[1] >= 0) ::close(pipe_ends[1]);
        return fail(Errc::Exhausted, formatted("cannot start {}: {}", arguments[0], std::strerror(errno)));
    }
    Process process;
    process.pid_ = pid;
    process.input_ = pipe_ends[1];
    return process;
}

Process::Process(Process&& other) noexcept { *this = std::move(other); }
Process& Process::operator=(Process&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(input_, other.input_);
    std::swap(exit_code_, other.exit_code_);
    return *this;
}
Process::~Process() { stop(); }

std::optional<int> Process::exit_code() {
    if (pid_ > 0 && !exit_code_) {
        int status = 0;
        if (::waitpid(static_cast<pid_t>(pid_), &status, WNOHANG) == pid_) exit_code_ = exit_code_of(status);
    }
    return exit_code_;
}

bool Process::running() { return pid_ > 0 && !exit_code(); }

void Process::stop(Duration patience) {
    close_input();
    if (!running()) return;
    ::kill(static_cast<pid_t>(pid_), SIGTERM);
    for (std::int64_t waited = 0; waited < patience.ns; waited += 10'000'000) {
        if (!running()) return;
        sleep_ms(10);
    }
    kill();
}

void Process::kill() {
    if (!running()) return;
    ::kill(static_cast<pid_t>(pid_), SIGKILL);
    wait();
}

int Process::wait() {
    close_input();
    while (pid_ > 0 && !exit_code_) {
        int status = 0;
        if (::waitpid(static_cast<pid_t>(pid_), &status, 0) == pid_)
            exit_code_ = exit_code_of(status);
        else if (errno != EINTR)
            exit_code_ = 127;
    }
    return exit_code_.value_or(127);
}

Result<void> Process::write(Bytes bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::write(input_, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fail(Errc::Unavailable, formatted("the other program ended: {}", std::strerror(errno)));
        done += static_cast<std::size_t>(n);
    }
    return {};
}

void Process::close_input() {
    if (input_ >= 0) ::close(std::exchange(input_, -1));
}

std::optional<std::string> find_program(const std::string& name) {
    if (name.contains('/')) {
        if (::access(name.c_str(), X_OK) == 0) return name;
        return std::nullopt;
    }
    const char* set = std::getenv("PATH");
    const std::string path = std::string(set ? set : "") + ":/usr/bin:/bin:/usr/sbin:/sbin"; // daemons live in sbin
    for (std::size_t at = 0; at <= path.size();) {
        const auto end = std::min(path.find(':', at), path.size());
        const std::string candidate = join_path(path.substr(at, end - at), name);
        if (end > at && ::access(candidate.c_str(), X_OK) == 0) return candidate;
        at = end + 1;
    }
    return std::nullopt;
}

Result<std::uint16_t> free_tcp_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool ok = fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    if (fd >= 0) ::close(fd);
    if (!ok) return fail(Errc::Exhausted, formatted("no free port on loopback: {}", std::strerror(errno)));
    return ntohs(address.sin_port);
}

namespace {

bool has_only_loopback() {
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) return false;
    bool only = true;
    for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next)
        only = only && (one->ifa_flags & IFF_LOOPBACK) != 0;
    ::freeifaddrs(all);
    return only;
}

bool set_loopback_up() {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq loopback{};
    std::memcpy(loopback.ifr_name, "lo", 3);
    loopback.ifr_flags = IFF_UP | IFF_RUNNING;
    const bool up = fd >= 0 && ::ioctl(fd, SIOCSIFFLAGS, &loopback) == 0;
    if (fd >= 0) ::close(fd);
    return up;
}

} // namespace

Result<void> enter_private_network() {
    if (has_only_loopback()) return {};
    const uid_t user = ::geteuid();
    const gid_t group = ::getegid();
    const auto refused = [](const char* what) {
        return fail(Errc::Refused, formatted("no network of its own, {}: {}", what, std::strerror(errno)));
    };
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return refused("unshare");
    // The same user and group as before (user_namespaces(7)).
    for (const auto& [file, text] : {std::pair("/proc/self/setgroups", std::string("deny")),
                                     {"/proc/self/uid_map", formatted("{0} {0} 1", user)},
                                     {"/proc/self/gid_map", formatted("{0} {0} 1", group)}}) {
        const int fd = ::open(file, O_WRONLY | O_CLOEXEC);
        const bool written = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
        if (fd >= 0) ::close(fd);
        if (!written) return refused(file);
    }
    if (!set_loopback_up()) return refused("loopback");
    return {};
}

void set_environment(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }

void open_standard_streams() {
    int fd = 0;
    while (fd >= 0 && fd <= STDERR_FILENO) fd = ::open("/dev/null", O_RDWR); // the lowest number that is free
    if (fd > STDERR_FILENO) ::close(fd);
}

void catch_stop_signals() {
    struct sigaction action{};
    action.sa_handler = on_stop_signal;
    action.sa_flags = SA_RESTART; // a runtime's library takes an interrupted call for the end of its connection
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before{};
        ::sigaction(signal, nullptr, &before);
        if (signal != SIGHUP || before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr); // nohup
    }
}

void hear_errors_not_signals() {
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);
}

bool stop_requested() { return stop_flag.load(std::memory_order_relaxed); }
void request_stop() { stop_flag.store(true); }

bool reader_has_gone() {
    pollfd out{STDOUT_FILENO, POLLOUT, 0};
    return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

std::optional<TerminalSize> terminal_size() {
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 0) return std::nullopt;
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2 || size.ws_row < 2) return TerminalSize{};
    return TerminalSize{size.ws_col, size.ws_row};
}

void pause_for(Duration d) {
    for (std::int64_t left = d.ns / 1'000'000; left > 0 && !stop_requested(); left -= 20)
        sleep_ms(left < 20 ? left : 20);
}

void sleep_for(Duration d) { sleep_ms(d.ns / 1'000'000); }

} // namespace pw
