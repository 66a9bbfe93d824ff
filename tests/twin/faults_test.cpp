// SPDX-License-Identifier: Apache-2.0
// What happens when something is thrown on a connection's thread: no memory, in life.
#include "base/format.h"
#include "tests/twin/listen.h"
#include "tests/twin/net.h"
#include "tests/twin/opcua_support.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <new>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

// Throws at the first GOOD word that `when` is true of, and counts what it hears of STALE.
class ThrowsOnce final : public Listener {
  public:
    explicit ThrowsOnce(std::function<bool(const Heard&)> when) : when_(std::move(when)) {}
    void word(const Heard& heard, Instant /*now*/) override {
        if (heard.quality == Quality::Stale) ++stale;
        if (heard.quality == Quality::Good && !thrown && when_(heard)) {
            thrown = true;
            throw std::bad_alloc();
        }
    }
    std::atomic<bool> thrown = false;
    std::atomic<int> stale = 0;

  private:
    std::function<bool(const Heard&)> when_;
};

// A server that takes connections (the kernel does) and never says a word.
class SilentServer {
  public:
    SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
        socklen_t size = sizeof(address);
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(socket_, generic, size) == 0);
        REQUIRE(::listen(socket_, 16) == 0);
        REQUIRE(::getsockname(socket_, generic, &size) == 0);
        port_ = ntohs(address.sin_port);
    }
    ~SilentServer() { ::close(socket_); }
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;
    std::string url() const { return formatted("opc.tcp://127.0.0.1:{}?security=none", port_); }
    bool somebody_waits() const {
        pollfd fd{socket_, POLLIN, 0};
        return ::poll(&fd, 1, 0) == 1;
    }

  private:
    int socket_;
    std::uint16_t port_ = 0;
};

class CountsTicks final : public Listener {
  public:
    void word(const Heard& /*heard*/, Instant /*now*/) override {}
    void tick(Instant /*now*/) override { ++ticks; }
    std::atomic<int> ticks = 0;
};

bool told(const std::vector<TwinEvent>& events, TwinEventKind kind, std::string_view what) {
    return std::ranges::any_of(events, [&](const TwinEvent& e) { return e.kind == kind && e.what.contains(what); });
}

} // namespace

TEST_SUITE("twin/faults_mqtt [net]") {
    TEST_CASE("a callback that throws ends its session, which is said, and the next one works") {
        const auto test = TestBroker::start();
        if (!test) return;
        for (const std::string_view from : {"connected", "message", "tick"}) {
            std::atomic<bool> thrown = false;
            std::atomic<int> heard = 0;
            Guarded<std::string> why;
            const auto fail_in = [&](std::string_view callback, bool connected) {
                if (callback == from && connected && !thrown.exchange(true)) throw std::bad_alloc();
            };
            std::unique_ptr<Mqtt> mqtt;
            MqttCallbacks callbacks;
            std::atomic<bool> connected = false;
            callbacks.on_connected = [&] {
                connected = true;
                fail_in("connected", true);
            };
            callbacks.on_disconnected = [&](const std::string& text) {
                connected = false;
                heard = 0;
                *why.lock() = text;
            };
            callbacks.on_message = [&](std::string_view, Bytes, bool) {
                fail_in("message", true);
                ++heard;
            };
            callbacks.on_tick = [&] { fail_in("tick", connected); };
            auto started = Mqtt::start({test->broker->url()}, {{"t", 1}}, callbacks);
            REQUIRE(started);
            const auto speaks = [&] {
                (void)(*started)->publish({"t", "1", 0, false}); // refused while there is no session
                return why.lock()->contains("bad_alloc") && heard > 0;
            };
            CHECK_MESSAGE(eventually(speaks), from);
        }
    }
}

TEST_SUITE("twin/faults [net]") {
    TEST_CASE("a listener that throws makes the session's tags stale, is told as its end, and all of it comes back") {
        const auto test = TestBroker::start();
        if (!test) return;
        auto node = ForeignNode::start(*test, "plant", "cell1");
        if (!node) return;
        ThrowsOnce throws([](const Heard& h) { return h.name == "plant/cell1/robot/J1" && to_number(h.value) == 7.0; });
        std::atomic<bool> other_heard = false;
        OnWord other([&](const Heard& h) { other_heard = other_heard || to_number(h.value) == 7.0; });
        TwinOptions options;
        options.broker = test->broker->url();
        options.watched = {{"plant/cell1/robot/J1", {}}, {"plant/cell1/robot/J2", {}}};
        options.listeners = {&throws, &other};
        const auto twin = Twin::start(options);
        REQUIRE(twin);
        const auto both = [&](double first) {
            return eventually_sees(**twin, [&](const TwinSnapshot& s) {
                return to_number(s.tags[0].value, -1.0) == first && s.tags[0].quality == Quality::Good &&
                       s.tags[1].quality == Quality::Good && s.connection == Connection::Online;
            });
        };
        REQUIRE(both(0.0));
        (void)events_of(**twin);
        node->say("ddata 10 7");
        REQUIRE(eventually([&] { return throws.thrown.load(); }));
        std::vector<TwinEvent> events;
        CHECK(eventually([&] {
            std::ranges::copy(events_of(**twin), std::back_inserter(events));
            return told(events, TwinEventKind::Disconnected, "bad_alloc") && told(events, TwinEventKind::Connected, "");
        }));
        CHECK_MESSAGE(throws.stale >= 2, "J1 and J2, while there was no session");
        CHECK_MESSAGE(other_heard, "what one listener throws hides no word from another");
        REQUIRE(both(7.0));
        node->say("ddata 10 8");
        CHECK(both(8.0));
    }
}

TEST_SUITE("twin/faults_opcua [net]") {
    TEST_CASE("a listener that throws ends the session with an OPC UA server, and a new one begins") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path);
        if (!server) return;
        std::atomic<int> words = 0;
        ThrowsOnce throws([&](const Heard&) { return ++words == 3; });
        TwinOptions options;
        options.broker = server->url("?security=none");
        options.watched = {{"opcua:/Robot/Axes/Axis1/Position", 0.5}};
        options.opcua_folder = own_opcua_folder();
        options.listeners = {&throws};
        const auto twin = Twin::start(options);
        REQUIRE(twin);
        std::vector<TwinEvent> events;
        CHECK(eventually(
            [&] {
                std::ranges::copy(events_of(**twin), std::back_inserter(events));
                return told(events, TwinEventKind::Disconnected, "bad_alloc");
            },
            kOpcUaPatience));
        CHECK(throws.stale >= 1);
        (*twin)->take();
        const std::uint32_t before = (*twin)->snapshot().tags[0].change;
        CHECK(sees(**twin, [&](const TwinSnapshot& s) {
            return s.connection == Connection::Online && s.tags[0].quality == Quality::Good &&
                   s.tags[0].change > before + 3;
        }));
    }
}

TEST_SUITE("twin/silence [net]") {
    TEST_CASE("ticks go on while an OPC UA server takes the connection and never answers") {
        const SilentServer server;
        CountsTicks counts;
        TwinOptions options;
        options.broker = server.url();
        options.listeners = {&counts};
        const auto twin = Twin::start(options);
        REQUIRE(twin);
        REQUIRE(eventually([&] { return server.somebody_waits(); }));
        const int before = counts.ticks;
        REQUIRE(eventually_sees(**twin, [](const TwinSnapshot& s) { return !s.problem.empty(); }));
        // Its patience was five seconds; on a busy machine many ticks less than a hundred.
        CHECK(counts.ticks - before >= 10);
    }

    TEST_CASE("a twin ends at once where an OPC UA server never answers, before a session and in one") {
        const auto seconds_of_end = [](std::unique_ptr<Twin> twin) {
            const Time before = system_clock().now();
            twin.reset();
            const double seconds = (system_clock().now() - before).seconds();
            MESSAGE("it took ", seconds, " s");
            return seconds;
        };
        constexpr double kMuchLessThanAnAnswer = 2.0; // of 5 s; under a second on a machine that has time for it
        {
            const SilentServer server;
            TwinOptions options;
            options.broker = server.url();
            auto twin = Twin::start(options);
            REQUIRE(twin);
            REQUIRE(eventually([&] { return server.somebody_waits(); }));
            CHECK(seconds_of_end(std::move(*twin)) < kMuchLessThanAnAnswer);
        }
        const Folder folder;
        auto server = ForeignServer::start(folder.path);
        if (!server) return;
        auto twin = watch_opcua(server->url("?security=none"), {{"opcua:/Robot/Axes/Axis1/Position", 0.5}});
        REQUIRE(sees(*twin, [](const TwinSnapshot& s) { return s.tags[0].quality == Quality::Good; }));
        ::kill(static_cast<pid_t>(server->process.pid()), SIGSTOP);
        CHECK(seconds_of_end(std::move(twin)) < kMuchLessThanAnAnswer);
        ::kill(static_cast<pid_t>(server->process.pid()), SIGCONT);
    }
}
