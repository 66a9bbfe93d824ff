#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the tests with OPC UA servers that are not ours share.

#include "base/process.h"
#include "twin/twin.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::test {

inline constexpr Duration kOpcUaPatience = from_ms(240'000); // Node.js loads 1,500 files, and others work here too

// A folder that ends with the test.
struct Folder {
    std::string path;
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

// Our key takes seconds to make: one for all tests of this program.
const std::string& own_opcua_folder();
// A user's folder with that key.
void give_key(const std::string& folder);

// tests/twin/foreign/opcua_server.cjs, or opcua_robot.cjs; empty after skip() when Node.js or its modules are missing.
struct ForeignServer {
    std::string folder, log;
    std::uint16_t port = 0;
    Process process;

    static std::optional<ForeignServer> start(const std::string& folder, std::vector<std::string> words = {},
                                              std::uint16_t port = 0, const char* script = "opcua_server.cjs");
    void trusted_by(const std::string& user) const; // a user's folder
    bool said(const std::string& line) const;
    void say(const std::string& line); // and waits until it is done
    std::string url(const std::string& query = "") const;
};

std::unique_ptr<twin::Twin> watch_opcua(const std::string& broker, std::vector<twin::WatchedTag> watched);
bool sees(twin::Twin& twin, const std::function<bool(const twin::TwinSnapshot&)>& holds);
std::vector<twin::TwinEvent> events_of(twin::Twin& twin);

} // namespace pw::test
