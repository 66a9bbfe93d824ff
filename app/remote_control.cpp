// SPDX-License-Identifier: Apache-2.0
#include "app/remote_control.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace pw::app {

namespace {

constexpr std::size_t kDeepest = 16; // of a request

std::string refusal(std::string_view why) {
    JsonWriter w;
    w.begin_object().member("ok", false).member("error", why).end_object();
    return w.take();
}

} // namespace

Result<std::string> control_socket() {
    return user_runtime_folder().transform([](const std::string& folder) { return join_path(folder, "control.sock"); });
}

std::string control_socket_or_none() {
    const auto socket = control_socket();
    if (!socket) log_warn("`plantwalk do` will not reach this program: " + socket.error().what);
    return socket.value_or("");
}

std::string carry_out(const work::ActionRegistry& actions, std::string_view line) {
    const bool deep = json_is_deeper(line, kDeepest);
    const auto json = nlohmann::json::parse(deep ? "" : line, nullptr, /* allow_exceptions= */ false);
    if (!json.is_object() || !json.contains("action") || !json["action"].is_string()) {
        return refusal(R"(a request is {"action": "…", "arguments": {…}})");
    }
    const auto arguments = json.find("arguments");
    const auto result =
        actions.call(json["action"].get<std::string>(), arguments == json.end() ? "" : arguments->dump());
    if (!result) return refusal(result.error().what);
    JsonWriter w;
    w.begin_object().member("ok", true).key("result");
    if (result->empty())
        w.null();
    else
        w.raw(*result);
    w.end_object();
    return w.take();
}

std::string RemoteControl::ask(std::string_view line) {
    constexpr std::chrono::milliseconds kLook{50};
    const auto request = std::make_shared<Request>();
    request->line = line;
    auto answer = request->answer.get_future();
    if (!requests_.push(std::shared_ptr(request))) return refusal("the program is too busy");
    const Time until = system_clock().now() + patience_;
    while (answer.wait_for(kLook) != std::future_status::ready) {
        if (!ending_ && system_clock().now() < until) continue;
        if (!request->settled.exchange(true))
            return refusal(ending_ ? "the program is ending"
                                   : "the program does not answer: a frame takes too long; what was asked is not done");
        break; // it is being carried out at this moment
    }
    return answer.get();
}

Result<std::unique_ptr<RemoteControl>> RemoteControl::start(const std::string& socket_path, Duration patience) {
    std::unique_ptr<RemoteControl> out(new RemoteControl(patience));
    auto server = LocalServer::start(socket_path, [raw = out.get()](std::string_view line) { return raw->ask(line); });
    if (!server) return std::unexpected(server.error());
    out->server_ = std::move(*server);
    return out;
}

RemoteControl::~RemoteControl() {
    ending_ = true; // before the server, whose thread may wait for an answer
    for (const Begun& begun : begun_) begun.request->answer.set_value(refusal("the program is ending"));
    server_.reset();
}

void RemoteControl::step(const work::ActionRegistry& actions, const std::uint64_t& open) {
    while (const auto next = requests_.pop()) {
        Request& request = **next;
        if (request.settled.exchange(true)) continue;
        const std::uint64_t before = open;
        std::string answer = carry_out(actions, request.line);
        if (open == before)
            request.answer.set_value(std::move(answer));
        else
            begun_.push_back({open, *next, std::move(answer)});
    }
}

void RemoteControl::outcome(std::uint64_t number, const Result<void>& done) {
    const auto begun = std::ranges::find(begun_, number, &Begun::number);
    if (begun == begun_.end()) return;
    begun->request->answer.set_value(done ? std::move(begun->answer) : refusal(done.error().what));
    begun_.erase(begun);
}

} // namespace pw::app
