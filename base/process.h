#pragma once
// SPDX-License-Identifier: Apache-2.0
// Child processes (a private broker, a runtime, an encoder) that never outlive us. Not for the frame thread.

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pw {

struct ProcessOptions {
    std::vector<std::pair<std::string, std::string>> environment = {}; // added to ours
    std::string output_file = {};                                      // stdout and stderr are added to it; empty: ours
    bool pipe_input = false;                                           // write() feeds its stdin; else /dev/null
};

class Process {
  public:
    // The child gets SIGTERM when the thread that started it ends, however it ends: start it from one that lives as
    // long as the child should. NotFound when there is no such program.
    static Result<Process> start(const std::vector<std::string>& arguments, const ProcessOptions& options = {});
    Process() = default;
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    ~Process(); // stop()

    bool running();
    std::optional<int> exit_code();               // nothing while it runs; 128 + signal when a signal ended it
    void stop(Duration patience = from_ms(1000)); // SIGTERM, then SIGKILL
    void kill();                                  // SIGKILL at once
    int wait();                                   // until it ends by itself
    Result<void> write(Bytes bytes);              // blocks until written; needs pipe_input
    void close_input();
    std::int64_t pid() const { return pid_; }

  private:
    std::int64_t pid_ = -1;
    int input_ = -1;
    std::optional<int> exit_code_;
};

std::optional<std::string> find_program(const std::string& name); // in PATH
Result<std::uint16_t> free_tcp_port();                            // on loopback, free a moment ago

// Gives this process a network with nothing but loopback, unless it has one already; what listens in it cannot be
// reached from elsewhere. Before other threads start only. Refused where the kernel's settings do not allow it.
Result<void> enter_private_network();

// For libraries that are configured by their environment. Before other threads start only.
void set_environment(const char* name, const std::string& value);

// Opens /dev/null as those of stdin, stdout and stderr that are closed, before a file of ours gets such a number and
// what is said goes into it. First thing in main.
void open_standard_streams();

// SIGINT, SIGTERM and SIGHUP ask to stop instead of killing: true once one has arrived. Another more than a second
// after the first ends the process at once: whoever presses Ctrl-C again does not want to wait for a long frame. What
// has not ended half a minute after the first is ended by SIGALRM. For what looks at stop_requested() all the time.
void catch_stop_signals();
bool stop_requested();
void request_stop();

// A reader who has gone and a limit on the size of files are errors of a write, and kill nobody.
void hear_errors_not_signals();

// Whether stdout is a pipe that nobody reads any more: whoever did has seen enough.
bool reader_has_gone();

// Of the terminal that stdout is; nothing when it is none.
struct TerminalSize {
    std::size_t columns = 80, rows = 24;
};
std::optional<TerminalSize> terminal_size();

// Sleeps at least `d` unless a stop is requested.
void pause_for(Duration d);
// Sleeps at least `d` whatever is requested: for a thread that another one ends.
void sleep_for(Duration d);

} // namespace pw
