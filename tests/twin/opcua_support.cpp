// SPDX-License-Identifier: Apache-2.0
#include "tests/twin/opcua_support.h"

#include "base/file.h"
#include "base/format.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/twin/net.h"
#include "twin/opcua_trust.h"

#include <doctest/doctest.h>

#include <cstdlib>

namespace pw::test {

using namespace twin;

Folder::Folder() {
    const auto made = make_temp_folder("pw-opcua");
    REQUIRE(made);
    path = *made;
}
Folder::~Folder() { remove_folder(path); }

const std::string& own_opcua_folder() {
    static const Folder folder;
    return folder.path;
}

void give_key(const std::string& folder) {
    OpcUaTrust made(own_opcua_folder());
    REQUIRE(made.own());
    REQUIRE(make_folders(join_path(folder, "own")));
    for (const char* name : {"key.der", "certificate.der", "uri.txt"}) {
        const std::string file = formatted("own/{}", name);
        const auto bytes = read_file(join_path(own_opcua_folder(), file));
        REQUIRE(bytes);
        REQUIRE(write_private_file(join_path(folder, file), *bytes));
    }
}

void ForeignServer::trusted_by(const std::string& user) const {
    const auto shown = read_file(join_path(folder, "server.pem"));
    REQUIRE(shown);
    REQUIRE(make_folders(join_path(user, "trusted")));
    REQUIRE(write_file(join_path(user, "trusted/server.pem"), *shown));
}

std::optional<ForeignServer> ForeignServer::start(const std::string& folder, std::vector<std::string> words,
                                                  std::uint16_t port, const char* script) {
    const char* modules = std::getenv("NODE_PATH");
    if (modules == nullptr || !is_folder(join_path(modules, "node-opcua"))) {
        skip("npm node-opcua is not in $NODE_PATH");
        return std::nullopt;
    }
    if (port == 0) port = free_tcp_port().value_or(0);
    static int count = 0;
    ForeignServer out{folder, formatted("{}/server-{}.log", folder, ++count), port, {}};
    std::vector<std::string> arguments{"node", (source_dir() / "tests/twin/foreign" / script).string(),
                                       std::to_string(port), folder};
    arguments.insert(arguments.end(), words.begin(), words.end());
    auto process = Process::start(arguments, {.output_file = out.log, .pipe_input = true});
    if (!process) {
        skip(process.error().what);
        return std::nullopt;
    }
    out.process = std::move(*process);
    const auto began = [&] { return out.said("ready") || !out.process.running(); };
    REQUIRE(eventually(began, kOpcUaPatience));
    REQUIRE_MESSAGE(out.said("ready"), read_text(out.log).value_or("it says nothing"));
    return out;
}

bool ForeignServer::said(const std::string& line) const { return read_text(log).value_or("").contains(line + "\n"); }

void ForeignServer::say(const std::string& line) {
    REQUIRE(process.write(as_bytes(line + "\n")));
    REQUIRE_MESSAGE(eventually([&] { return said("done " + line); }, kOpcUaPatience), read_text(log).value_or(""));
}

std::string ForeignServer::url(const std::string& query) const {
    return formatted("opc.tcp://127.0.0.1:{}{}", port, query);
}

std::unique_ptr<Twin> watch_opcua(const std::string& broker, std::vector<WatchedTag> watched) {
    TwinOptions options;
    options.broker = broker;
    options.watched = std::move(watched);
    options.opcua_folder = own_opcua_folder();
    auto twin = Twin::start(options);
    REQUIRE_MESSAGE(twin, twin.error().what);
    return std::move(*twin);
}

bool sees(Twin& twin, const std::function<bool(const TwinSnapshot&)>& holds) {
    return eventually_sees(twin, holds, kOpcUaPatience);
}

std::vector<TwinEvent> events_of(Twin& twin) {
    std::vector<TwinEvent> out;
    while (auto event = twin.next_event()) out.push_back(std::move(*event));
    return out;
}

} // namespace pw::test
