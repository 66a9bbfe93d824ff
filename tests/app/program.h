#pragma once
// SPDX-License-Identifier: Apache-2.0
// The built `plantwalk` as a user runs it: a process with a runtime and a configuration folder of its own, what it
// says, what it answers to `plantwalk do`, and what it costs the system.

#include "base/process.h"
#include "base/time.h"
#include "scene/image.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace pw::test {

inline constexpr Duration kPatience = from_ms(50'000); // for a cold cache on a busy machine

struct TempFolder {
    std::string path;
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    std::string operator/(const std::string& name) const { return path + "/" + name; }
};

using Environment = std::vector<std::pair<std::string, std::string>>;

struct Finished {
    int code = -1;
    std::string said;
};
// Runs `plantwalk ARGUMENTS…` to its end.
Finished plantwalk(const std::vector<std::string>& arguments, const Environment& environment = {});

class Program {
  public:
    // `environment` is before what Program sets; with Vulkan's validation, unless the test wrote settings. Several may
    // share a folder one after the other.
    Program(const TempFolder& folder, const std::vector<std::string>& arguments, const Environment& environment = {});

    Process& process() { return process_; }
    std::string said() const; // stdout and stderr so far
    std::size_t count_said(const std::string& what) const;
    bool says(const std::string& what, std::size_t times = 1, Duration patience = kPatience);
    // `plantwalk do WORDS…`: what it answers, parsed; {"ok": false} too when the program is not reached.
    nlohmann::json ask(const std::vector<std::string>& words) const;
    nlohmann::json status() const; // null until it answers; checks that Vulkan's validation had nothing to say
    bool eventually_status(const std::function<bool(const nlohmann::json&)>& holds, Duration patience = kPatience);
    std::string control_socket() const { return runtime_ + "/plantwalk/control.sock"; }
    std::string broker_socket() const { return runtime_ + "/plantwalk/broker.sock"; }

    std::vector<std::int64_t> children() const;        // processes below it, also grandchildren
    std::int64_t child(const std::string& name) const; // the one that runs that program; 0: none
    std::size_t open_files() const;
    std::size_t threads() const;
    double resident_mib() const;

  private:
    Environment environment_;
    std::string runtime_, log_;
    Process process_;
};

bool is_alive(std::int64_t pid); // no zombie either
scene::Pixels picture_of(const std::string& png);

} // namespace pw::test
