// SPDX-License-Identifier: Apache-2.0
// A server that publishes seldom: open62541's own, in a thread of the test, which says when a value changes.
#include "base/format.h"
#include "base/guarded.h"
#include "tests/twin/listen.h"
#include "tests/twin/net.h"
#include "tests/twin/opcua_support.h"

#include <doctest/doctest.h>
#include <open62541/server.h>
#include <open62541/server_config_default.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

constexpr UA_Int32 kChanges = 8;

class SlowServer {
  public:
    explicit SlowServer(std::uint16_t port) : server_(UA_Server_new()) {
        UA_ServerConfig* config = UA_Server_getConfig(server_);
        REQUIRE(UA_ServerConfig_setMinimal(config, port, nullptr) == UA_STATUSCODE_GOOD);
        config->publishingIntervalLimits.min = 1000.0;
        UA_VariableAttributes attributes = UA_VariableAttributes_default;
        UA_Int32 zero = 0;
        UA_Variant_setScalar(&attributes.value, &zero, &UA_TYPES[UA_TYPES_INT32]);
        REQUIRE(UA_Server_addVariableNode(server_, node_, UA_NODEID_NUMERIC(0, UA_NS0ID_OBJECTSFOLDER),
                                          UA_NODEID_NUMERIC(0, UA_NS0ID_ORGANIZES), UA_QUALIFIEDNAME(1, name_),
                                          UA_NODEID_NUMERIC(0, UA_NS0ID_BASEDATAVARIABLETYPE), attributes, nullptr,
                                          nullptr) == UA_STATUSCODE_GOOD);
        REQUIRE(UA_Server_run_startup(server_) == UA_STATUSCODE_GOOD);
        thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
    }
    ~SlowServer() {
        thread_.request_stop();
        thread_.join();
        UA_Server_run_shutdown(server_);
        UA_Server_delete(server_);
    }
    void begin() { begun_.store(true); }

  private:
    // Each value stays for longer than the sampling interval, and goes before the next message.
    void serve(const std::stop_token& stop) {
        UA_Int32 value = 0;
        Time next;
        while (!stop.stop_requested()) {
            UA_Server_run_iterate(server_, false);
            pause_for(from_ms(2));
            const Time now = system_clock().now();
            if (!begun_.load() || now < next || value == kChanges) continue;
            next = now + from_ms(150);
            ++value;
            UA_Variant variant;
            UA_Variant_setScalar(&variant, &value, &UA_TYPES[UA_TYPES_INT32]);
            UA_Server_writeValue(server_, node_, variant);
        }
    }

    char name_[6] = "pulse";
    UA_NodeId node_ = UA_NODEID_STRING(1, name_);
    UA_Server* server_;
    std::atomic<bool> begun_{false};
    std::jthread thread_;
};

} // namespace

TEST_SUITE("twin/opcua_queue [net]") {
    TEST_CASE("a value that comes and goes between two messages of the server is heard, and in its order") {
        const std::uint16_t port = free_tcp_port().value_or(0);
        REQUIRE(port != 0);
        SlowServer server(port);
        Guarded<std::vector<std::int64_t>> values;
        OnWord collect([&](const Heard& heard) {
            if (const auto* value = std::get_if<std::int64_t>(&heard.value)) values.lock()->push_back(*value);
        });
        TwinOptions options;
        options.broker = formatted("opc.tcp://127.0.0.1:{}?security=none", port);
        options.watched = {{"opcua:ns=1;s=pulse", {}}};
        options.opcua_folder = own_opcua_folder();
        options.listeners = {&collect};
        const auto watching = Twin::start(options);
        REQUIRE(watching);
        REQUIRE(eventually([&] { return !values.lock()->empty(); }, kOpcUaPatience));
        server.begin();
        CHECK(eventually([&] { return values.lock()->back() == kChanges; }, kOpcUaPatience));
        CHECK(*values.lock() == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8});
    }
}
