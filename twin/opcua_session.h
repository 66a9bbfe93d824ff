#pragma once
// SPDX-License-Identifier: Apache-2.0
// One session with an OPC UA server, from its endpoints to its end; the source's thread makes, uses and ends it. Nodes
// are found, subscribed to in as few calls as the server takes, and looked for again when they were not there.

#include "twin/opcua.h"

#include <memory>
#include <stop_token>

namespace pw::twin {

class OpcUaSession {
  public:
    // Refused: the server is not trusted, offers nothing that is safe enough, or does not take us. Unavailable: nobody
    // answers, or not in time. The options and callbacks must outlive it.
    static Result<std::unique_ptr<OpcUaSession>> open(const OpcUaOptions& options, OpcUaTrust& trust,
                                                      const OpcUaCallbacks& callbacks, const std::stop_token& stop);
    virtual ~OpcUaSession() = default;

    virtual Result<void> subscribe() = 0; // once
    // Hands over what came within `patience`. Unavailable: the session has ended.
    virtual Result<void> iterate(Duration patience) = 0;
    // Refused: the server says so. Unavailable: it does not answer, or the tag's type is not known yet.
    virtual Result<void> write(std::uint32_t tag, const Value& value) = 0;
};

} // namespace pw::twin
