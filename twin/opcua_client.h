#pragma once
// SPDX-License-Identifier: Apache-2.0
// A connected open62541 client: the choice of a safe endpoint, the check of who is there, the session. One thread's.

#include "twin/opcua.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>

struct UA_Client;

namespace pw::twin {

class OpcUaClient {
  public:
    // Asks the server for its endpoints, takes the safest that it and the options have in common, and only goes on when
    // `trust` knows whose certificate that is. Errors: see OpcUaSession::open.
    static Result<std::unique_ptr<OpcUaClient>> connect(const OpcUaOptions& options, OpcUaTrust& trust,
                                                        const std::stop_token& stop);
    virtual ~OpcUaClient() = default; // closes the session

    virtual UA_Client* raw() = 0;
    virtual bool in_session() const = 0;
    // Why the connection ended, where the library knows; else `otherwise`.
    virtual std::uint32_t status(std::uint32_t otherwise) const = 0;
    // What is called when a subscription has not been heard of for too long.
    virtual void on_silence(std::function<void()> silence) = 0;
};

} // namespace pw::twin
