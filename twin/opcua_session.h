#pragma once
// SPDX-License-Identifier: Apache-2.0
// One session with an OPC UA server, from its endpoints to its end; the source's thread makes, uses and ends it. Nodes
// are found, subscribed to in as few calls as the server takes, and looked for again when they were not there, or are
// no longer.

#include "twin/opcua.h"

#include <memory>
#include <set>
#include <stop_token>
#include <string>

namespace pw::twin {

// What one session leaves to the next of its server: with a value that open62541 cannot decode the whole message is
// lost, and the connection. Then values are read one at a time, until it is found which one that is.
struct OpcUaUnreadable {
    bool suspected = false;
    std::set<std::string> readable; // of those tried since
    std::set<std::string> sources;  // what is left out from then on
};

class OpcUaSession {
  public:
    // Refused: the server is not trusted, offers nothing that is safe enough, or does not take us. Unavailable: nobody
    // answers, or not in time. The options, callbacks and `unreadable` must outlive it.
    static Result<std::unique_ptr<OpcUaSession>> open(const OpcUaOptions& options, OpcUaTrust& trust,
                                                      const OpcUaCallbacks& callbacks, OpcUaUnreadable& unreadable,
                                                      const std::stop_token& stop);
    virtual ~OpcUaSession() = default;

    virtual Result<void> subscribe() = 0; // once
    // Hands over what came within `patience`. Unavailable: the session has ended.
    virtual Result<void> iterate(Duration patience) = 0;
    // Refused: the server says so. Unavailable: it does not answer, or the tag's type is not known yet.
    virtual Result<void> write(std::uint32_t tag, const Value& value) = 0;
};

} // namespace pw::twin
