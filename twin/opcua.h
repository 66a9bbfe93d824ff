#pragma once
// SPDX-License-Identifier: Apache-2.0
// One OPC UA server as a source: a session on a thread of its own (open62541), with backoff and reconnection; after
// each, nodes are found and subscribed to again. Callbacks run on that thread; none is called after the destructor.
// Signed and encrypted unless the server's address says otherwise, and then only with a server that is trusted.

#include "twin/opcua_address.h"
#include "twin/opcua_browse.h"
#include "twin/opcua_trust.h"
#include "twin/twin.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::twin {

struct OpcUaOptions {
    OpcUaServer server;
    std::vector<WatchedTag> wanted; // of this server
    bool all = false;               // instead: every variable below Objects
    std::string user, password;     // user empty: anonymous
    OpcUaLimits limits;
    Duration backoff_min = from_ms(200), backoff_max = from_ms(5000);
};

struct OpcUaTag {
    std::string source;
    TagFacts facts;
};

struct OpcUaWord {
    std::uint32_t tag = 0;      // into what on_session gave
    std::optional<Value> value; // none: only the quality is new
    Quality quality = Quality::Good;
    UtcTime source_time;
};

struct OpcUaEvent {
    std::string source, message; // as the server spells them
    unsigned severity = 0;       // 1 to 1000
    UtcTime time;
};

struct OpcUaWrite {
    CommandId command;
    std::uint32_t tag = 0;
    Value value;
};

struct OpcUaCallbacks {
    // A session begins: the tags that there are, before any word of them. Said again when a wanted one appears later.
    std::function<void(std::vector<OpcUaTag> tags)> on_session;
    std::function<void(const std::string& why)> on_disconnected; // also when an attempt to connect failed
    std::function<void(const std::string& source, const std::string& why)> on_missing; // a wanted tag; once a session
    std::function<void(std::vector<OpcUaWord>& words)> on_words;
    std::function<void(OpcUaEvent event)> on_event;
    // At least every 20 ms while there is a session, and before each attempt to connect: what is to be written now.
    // Each write has one on_written.
    std::function<std::vector<OpcUaWrite>()> on_tick;
    std::function<void(CommandId command, Result<void> written)> on_written;
};

class OpcUa {
  public:
    static std::unique_ptr<OpcUa> start(OpcUaOptions options, std::shared_ptr<OpcUaTrust> trust,
                                        OpcUaCallbacks callbacks);
    virtual ~OpcUa() = default; // closes the session and joins the thread: within a second, also where nobody answers
};

// What TwinOptions say of all their servers; what is wanted of this one is left to the caller.
OpcUaOptions opcua_options(const TwinOptions& options, const OpcUaServer& server);
std::shared_ptr<OpcUaTrust> opcua_trust(const TwinOptions& options);

// The methods of the one server that `options.broker` names, each as a source with its arguments behind it. It waits
// for the server: not for the frame thread.
Result<std::vector<std::string>> list_opcua_methods(const TwinOptions& options);

} // namespace pw::twin
