#pragma once
// SPDX-License-Identifier: Apache-2.0
// `plantwalk do ACTION …` against a running program: JSON lines on a socket that only its user can open. A request is
// {"action": "view.select", "arguments": {…}}, the answer {"ok": true, "result": …} or {"ok": false, "error": "…"}.

#include "base/local_socket.h"
#include "base/result.h"
#include "base/ring.h"
#include "base/time.h"
#include "work/actions.h"

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace pw::app {

class RemoteControl {
  public:
    // `patience`: an answer that takes longer is a refusal, and what was asked is then not carried out any more.
    static Result<std::unique_ptr<RemoteControl>> start(const std::string& socket_path,
                                                        Duration patience = from_ms(4000));
    ~RemoteControl(); // refuses what waits
    // Frame thread: carries out what has arrived. Never waits. `open`: how many actions so far were begun whose outcome
    // comes later; a request that begins one is answered by outcome().
    void step(const work::ActionRegistry& actions, const std::uint64_t& open);
    void outcome(std::uint64_t number, const Result<void>& done); // of the number-th, from 1

  private:
    struct Request {
        std::string line;
        std::promise<std::string> answer;
        std::atomic<bool> settled{
            false}; // by who comes first: the frame that carries it out, or its asker who gives up
    };
    explicit RemoteControl(Duration patience) : patience_(patience), requests_(64) {}
    std::string ask(std::string_view line); // the server's thread

    const Duration patience_;
    std::atomic<bool> ending_{false};
    Ring<std::shared_ptr<Request>> requests_;
    struct Begun {
        std::uint64_t number = 0;
        std::shared_ptr<Request> request;
        std::string answer; // when it was done
    };
    std::vector<Begun> begun_;
    std::unique_ptr<LocalServer> server_;
};

Result<std::string> control_socket(); // in the user's runtime folder
std::string control_socket_or_none(); // empty, and a warning in the log, where there is no such folder
// One request's answer; also what an in-process caller gets.
std::string carry_out(const work::ActionRegistry& actions, std::string_view line);

} // namespace pw::app
