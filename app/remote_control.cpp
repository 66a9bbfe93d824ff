// SPDX-License-Identifier: Apache-2.0
#include "app/remote_control.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"

#include <nlohmann/json.hpp>

#include <chrono>

namespace pw::app {

namespace {

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
    const auto json = nlohmann::json::parse(line, nullptr, /* allow_exceptions= */ false);
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

Result<std::unique_ptr<RemoteControl>> RemoteControl::start(const std::string& socket_path) {
    std::unique_ptr<RemoteControl> out(new RemoteControl);
    auto server = LocalServer::start(socket_path, [raw = out.get()](std::string_view line) {
        auto request = std::make_unique<Request>();
        request->line = line;
        auto answer = request->answer.get_future();
        if (!raw->requests_.push(std::move(request))) return refusal("the program is too busy");
        if (answer.wait_for(std::chrono::seconds(4)) != std::future_status::ready)
            return refusal("the program does not answer");
        return answer.get();
    });
    if (!server) return std::unexpected(server.error());
    out->server_ = std::move(*server);
    return out;
}

RemoteControl::~RemoteControl() { server_.reset(); }

void RemoteControl::step(const work::ActionRegistry& actions) {
    while (auto request = requests_.pop()) (*request)->answer.set_value(carry_out(actions, (*request)->line));
}

} // namespace pw::app
