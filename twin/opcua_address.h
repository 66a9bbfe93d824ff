#pragma once
// SPDX-License-Identifier: Apache-2.0
// Addresses of OPC UA, as people write them: of servers, in the list of brokers, and of values, in plant files
// (docs/plant-file.md). Pure functions.

#include "base/result.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::twin {

struct OpcUaServer {
    std::string name;      // what sources call it; empty: the one that they need not name
    std::string url;       // opc.tcp://HOST:PORT[/PATH]
    bool encrypted = true; // false only where the address asks for it
};

bool is_opcua_server(std::string_view address); // begins as one
// "opc.tcp://HOST[:PORT][/PATH][?name=NAME][&security=none]" ([v6 address] in brackets).
Result<OpcUaServer> parse_opcua_server(std::string_view address);

// "opcua:[SERVER:]/NAME/NAME…", the browse names on the way from the folder Objects ("&" before a "/" or "&" of a
// name), or "opcua:[SERVER:]NODE" with a node id as OPC UA writes it: "ns=2;s=Axis1", "nsu=urn:maker:robot;i=17".
struct OpcUaSource {
    std::string server;
    std::vector<std::string> path; // empty: a node id
    std::string namespace_uri;     // of a node id with "nsu="; its index is the server's to say
    std::string node;              // "s=Axis1" under a namespace_uri, else with its "ns="
};

bool is_opcua_source(std::string_view source); // begins as one
Result<OpcUaSource> parse_opcua_source(std::string_view source);
std::string opcua_source(std::string_view server, std::span<const std::string> path);
std::string opcua_source(std::string_view server, std::string_view node);

} // namespace pw::twin
