#pragma once
// SPDX-License-Identifier: Apache-2.0
// What an OPC UA server has to offer. Each function asks the server and waits; on the source's thread only. Whatever
// the server answers, they end: nodes, depth and time are bounded.

#include "base/result.h"
#include "base/time.h"
#include "twin/opcua_address.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

struct UA_Client;

namespace pw::twin {

struct OpcUaLimits {
    std::size_t max_nodes = 100'000;
    unsigned max_depth = 32;
    Duration patience = from_ms(30'000);
};

struct OpcUaVariable {
    std::string source;                // as a plant file writes it
    std::string node;                  // its id with this server: "ns=2;s=Axis1"
    std::string unit_node, range_node; // of its EngineeringUnits and EURange, where it has them
};

struct OpcUaMethod {
    std::string source;            // as a plant file would write it
    std::string in_node, out_node; // of its InputArguments and OutputArguments, where it has them
};

struct OpcUaListing {
    std::vector<OpcUaVariable> variables;
    std::vector<OpcUaMethod> methods;
    std::string left_out; // what a limit kept out, in words; or empty
};

// All variables and methods below the folder Objects, but for the server's own (the object Server). A variable whose
// names are not unique on its way is called by its node id.
Result<OpcUaListing> browse_objects(UA_Client* client, std::string_view server, const OpcUaLimits& limits);

// "(speed: Double, names: String[]) → (done: Boolean)"; what the server does not tell of it is left out.
std::string signature_of(UA_Client* client, const OpcUaMethod& method);

// Each source's variable, or why there is none, in their order. A node id is believed to be one.
std::vector<Result<OpcUaVariable>> find_variables(UA_Client* client, std::span<const std::string> sources,
                                                  const OpcUaLimits& limits);

} // namespace pw::twin
