// SPDX-License-Identifier: Apache-2.0
#include "twin/private_broker.h"

#include "tests/twin/net.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;

TEST_SUITE("twin/private_broker [net]") {
    TEST_CASE("two brokers live side by side and end with their owners") {
        const auto first = TestBroker::start();
        const auto second = TestBroker::start();
        if (!first || !second) return;
        CHECK(first->broker->port() != second->broker->port());
        MqttListener one(first->broker->url(), "#");
        MqttListener two(second->broker->url(), "#");
        REQUIRE(one.mqtt().publish({"t", "hello", 1, false}));
        CHECK(eventually([&] { return one.heard_payload("hello"); }));
        CHECK(two.heard().empty());
        first->broker.reset();
        CHECK(eventually([&] { return !one.mqtt().connected(); }));
        CHECK(two.mqtt().connected());
    }

    TEST_CASE("it listens at a socket as well, takes over one that was left behind, and leaves another's alone") {
        const auto test = TestBroker::start();
        if (!test) return;
        const std::string socket = test->folder + "/b.sock";
        auto first = twin::start_private_broker(test->folder, socket);
        REQUIRE(first);
        REQUIRE(first->local_url() == "unix://" + socket);
        MqttListener one(first->local_url(), "#");
        CHECK(first->restart());
        CHECK(eventually([&] { return one.mqtt().publish({"t", "hello", 1, false}).has_value(); }));
        CHECK(eventually([&] { return one.heard_payload("hello"); }));

        const auto second = twin::start_private_broker(test->folder, socket);
        REQUIRE(second);
        CHECK(second->local_url().empty());
        first->kill(); // its socket stays
        const auto third = twin::start_private_broker(test->folder, socket);
        REQUIRE(third);
        MqttListener three(third->local_url(), "#");
        CHECK(twin::start_private_broker(test->folder, "/" + std::string(200, 'x'))->local_url().empty());
    }

    TEST_CASE("it says why it did not start") {
        const auto test = TestBroker::start();
        if (!test) return;
        const auto nowhere = twin::start_private_broker(test->folder + "/no/such/folder");
        REQUIRE(!nowhere);
        CHECK(nowhere.error().what.contains("/no/such/folder"));
    }
}
