// SPDX-License-Identifier: Apache-2.0
#include "twin/mqtt.h"

#include "base/catch.h"
#include "base/format.h"
#include "base/guarded.h"
#include "base/jobs.h"
#include "base/log.h"
#include "base/process.h"

#include <mosquitto.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <random>
#include <thread>
#include <utility>

namespace pw::twin {

namespace {

constexpr int kDefaultPort = 1883;
constexpr int kLoopMs = 10; // also the longest wait of a publish from another thread
constexpr int kSubscribeFailure = 0x80;
constexpr int kSubscribeAttempts = 3;
constexpr Duration kAnswerPatience = from_ms(5000); // for CONNACK and SUBACK
constexpr Duration kSubscribeAgain = from_ms(1000);
constexpr Duration kFarewellPatience = from_ms(500);

using Connection = std::unique_ptr<mosquitto, decltype(&mosquitto_destroy)>;
Connection no_connection() { return {nullptr, &mosquitto_destroy}; }

std::string random_client_id() {
    std::random_device random;
    return formatted("plantwalk-{:08x}{:08x}", random(), random());
}

Time now() { return system_clock().now(); }

class MosquittoClient final : public Mqtt {
  public:
    MosquittoClient(const MqttOptions& options, BrokerAddress broker,
                    std::vector<std::pair<std::string, int>> subscriptions, MqttCallbacks callbacks)
        : options_(options), broker_(std::move(broker)), subscriptions_(std::move(subscriptions)),
          callbacks_(std::move(callbacks)),
          client_id_(options.client_id.empty() ? random_client_id() : options.client_id) {
        mosquitto_lib_init();
        thread_ = std::jthread(
            [this](const std::stop_token& stop) { catch_all("the connection to the broker", [&] { run(stop); }); });
    }

    ~MosquittoClient() override {
        thread_.request_stop();
        thread_.join();
        mosquitto_lib_cleanup();
    }

    Result<void> publish(const MqttMessage& message) override {
        auto open = open_.lock();
        if (*open == nullptr) return fail(Errc::Unavailable, "there is no connection to the broker");
        const int rc =
            mosquitto_publish(*open, nullptr, message.topic.c_str(), static_cast<int>(message.payload.size()),
                              message.payload.data(), message.qos, message.retain);
        if (rc == MOSQ_ERR_SUCCESS) {
            unconfirmed_.fetch_add(1);
            return {};
        }
        return fail(rc == MOSQ_ERR_NO_CONN ? Errc::Unavailable : Errc::Malformed,
                    formatted("{}: topic {}", mosquitto_strerror(rc), message.topic));
    }

    bool connected() const override { return connected_.load(); }
    void drop() override { drop_.store(true); }

  private:
    // The state of one session; every session has a connection object of its own, so that nothing that the library
    // still holds from an earlier one is sent again.
    struct Session {
        bool accepted = false, ended = false;
        std::string why;
        std::vector<int> pending; // message ids of SUBSCRIBE, one for each subscription; 0: granted
        int refusals = 0;
        int subscribed = 0;  // while ending
        std::string refused; // the filter
        Time subscribe_again{};
        Time deadline{};
    };

    void run(const std::stop_token& stop) {
        name_this_thread("pw-mqtt");
        std::minstd_rand random(std::random_device{}());
        Duration backoff = options_.backoff_min;
        while (!stop.stop_requested()) {
            const bool was_connected = run_session(stop);
            if (stop.stop_requested()) return;
            backoff = was_connected ? options_.backoff_min : std::min(Duration{backoff.ns * 2}, options_.backoff_max);
            // Jitter: not all clients of a broker that restarts come back in the same instant.
            std::uniform_int_distribution<std::int64_t> spread(backoff.ns / 2, backoff.ns);
            wait(stop, Duration{spread(random)});
        }
    }

    bool run_session(const std::stop_token& stop) {
        session_ = {};
        unconfirmed_.store(0);
        session_.deadline = now() + kAnswerPatience;
        drop_.store(false);
        Connection connection = no_connection();
        attempt([&] {
            connection = open_connection();
            while (connection && !session_.ended && !stop.stop_requested() && !drop_.exchange(false))
                loop(connection.get());
        });
        const bool was_connected = connected_.load();
        if (connection && was_connected && stop.stop_requested()) attempt([&] { say_farewell(connection.get()); });
        connected_.store(false);
        *open_.lock() = nullptr;
        connection.reset();
        if (!stop.stop_requested() && callbacks_.on_disconnected) {
            const std::string why = session_.why.empty() ? "the connection was dropped" : session_.why;
            attempt([&] { callbacks_.on_disconnected(why); });
        }
        return was_connected;
    }

    void loop(mosquitto* m) {
        const int rc = mosquitto_loop(m, kLoopMs, 1);
        if (rc == MOSQ_ERR_SUCCESS)
            check_progress(m);
        else if (!session_.accepted)
            end_session("the broker cannot be reached");
        else
            end_session(rc == MOSQ_ERR_CONN_LOST ? "the connection was lost" : mosquitto_strerror(rc));
        tick();
    }

    // What is thrown ends the session, and neither the thread nor, through the library's C frames, the program.
    template <class F> void attempt(F&& f) {
        const auto done = caught(std::forward<F>(f));
        if (done) return;
        log_error(formatted("{}: {}", done.error().what, options_.broker));
        end_session(done.error().what);
    }

    Connection open_connection() {
        Connection connection = no_connection();
        connection.reset(mosquitto_new(client_id_.c_str(), /* clean_session= */ true, this));
        if (!connection) {
            end_session("no memory for a connection");
            return connection;
        }
        mosquitto* m = connection.get();
        mosquitto_threaded_set(m, true); // publish() comes from other threads and must not write to the socket itself
        mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
        mosquitto_connect_callback_set(m, &on_connect);
        mosquitto_subscribe_callback_set(m, &on_subscribe);
        mosquitto_unsubscribe_callback_set(m, &on_unsubscribe);
        mosquitto_publish_callback_set(m, &on_publish);
        mosquitto_message_callback_set(m, &on_message);
        if (callbacks_.make_will) {
            if (const auto will = callbacks_.make_will()) {
                mosquitto_will_set(m, will->topic.c_str(), static_cast<int>(will->payload.size()), will->payload.data(),
                                   will->qos, will->retain);
            }
        }
        const int rc = mosquitto_connect_async(m, broker_.host.c_str(), broker_.port, options_.keepalive_s);
        if (rc == MOSQ_ERR_SUCCESS) return connection;
        end_session(rc == MOSQ_ERR_ERRNO ? "the broker cannot be reached" : mosquitto_strerror(rc));
        return no_connection();
    }

    void end_session(std::string why) {
        if (session_.ended) return;
        session_.ended = true;
        session_.why = formatted("{}: {}", why, options_.broker);
    }

    void check_progress(mosquitto* m) {
        if (connected_.load() || session_.ended) return;
        const Time t = now();
        if (session_.subscribe_again != Time{} && t >= session_.subscribe_again) {
            session_.subscribe_again = {};
            session_.deadline = t + kAnswerPatience;
            subscribe_pending(m);
        }
        if (t >= session_.deadline) end_session("the broker does not answer");
    }

    void accepted(mosquitto* m) {
        session_.accepted = true;
        session_.pending.assign(subscriptions_.size(), -1);
        session_.deadline = now() + kAnswerPatience;
        subscribe_pending(m);
        if (subscriptions_.empty()) all_granted(m);
    }

    void subscribe_pending(mosquitto* m) {
        for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
            if (session_.pending[i] == 0) continue;
            const int rc =
                mosquitto_subscribe(m, &session_.pending[i], subscriptions_[i].first.c_str(), subscriptions_[i].second);
            if (rc != MOSQ_ERR_SUCCESS) {
                end_session(formatted("cannot subscribe to {}: {}", subscriptions_[i].first, mosquitto_strerror(rc)));
            }
        }
    }

    void granted(mosquitto* m, int id, bool ok) {
        const auto at = std::ranges::find(session_.pending, id);
        if (at == session_.pending.end()) return;
        if (ok) {
            *at = 0;
            if (std::ranges::all_of(session_.pending, [](int pending) { return pending == 0; })) all_granted(m);
            return;
        }
        // A cluster that elects a leader refuses for a while; a broker with rights refuses for ever.
        const auto& filter = subscriptions_[static_cast<std::size_t>(at - session_.pending.begin())].first;
        *at = -1;
        if (++session_.refusals >= kSubscribeAttempts) {
            end_session(formatted("the broker refuses the subscription to {}", filter));
        } else {
            session_.subscribe_again = now() + kSubscribeAgain;
            session_.deadline = session_.subscribe_again + kAnswerPatience;
        }
    }

    void all_granted(mosquitto* m) {
        *open_.lock() = m;
        connected_.store(true);
        if (callbacks_.on_connected) callbacks_.on_connected();
    }

    // DISCONNECT, after everything that was published, so that the broker sends no will. The library closes the socket
    // right behind it, and a socket with unread bytes is closed by a reset, at which the broker may lose the
    // DISCONNECT. Hence nothing may be under way to us: first no subscriptions, then no open publish.
    void say_farewell(mosquitto* m) {
        const Time deadline = now() + kFarewellPatience;
        const auto loop_until = [&](auto done) {
            while (!done() && now() < deadline && mosquitto_loop(m, kLoopMs, 1) == MOSQ_ERR_SUCCESS) {}
        };
        mosquitto_message_callback_set(m, nullptr);
        session_.subscribed = static_cast<int>(subscriptions_.size());
        for (const auto& [filter, qos] : subscriptions_) mosquitto_unsubscribe(m, nullptr, filter.c_str());
        loop_until([&] { return session_.subscribed == 0; });
        if (callbacks_.on_stopping) callbacks_.on_stopping();
        *open_.lock() = nullptr;
        loop_until([&] { return unconfirmed_.load() == 0; });
        mosquitto_disconnect(m);
        loop_until([&] { return !mosquitto_want_write(m); });
    }

    // Not with every message of a flood.
    void tick() {
        const Time t = now();
        if (!callbacks_.on_tick || t - last_tick_ < from_ms(kLoopMs)) return;
        last_tick_ = t;
        callbacks_.on_tick();
    }

    void wait(const std::stop_token& stop, Duration d) {
        for (const Time until = now() + d; !stop.stop_requested() && now() < until;) {
            sleep_for(from_ms(kLoopMs)); // also after Ctrl-C, until whoever owns us ends us
            attempt([&] { tick(); });
        }
    }

    static MosquittoClient& self(void* user) { return *static_cast<MosquittoClient*>(user); }
    static void on_connect(mosquitto* m, void* user, int rc) {
        self(user).attempt([&] {
            if (rc == 0)
                self(user).accepted(m);
            else
                self(user).end_session(
                    formatted("the broker refuses the connection ({})", mosquitto_connack_string(rc)));
        });
    }
    static void on_subscribe(mosquitto* m, void* user, int id, int count, const int* qos) {
        self(user).attempt([&] { self(user).granted(m, id, count > 0 && qos[0] != kSubscribeFailure); });
    }
    static void on_unsubscribe(mosquitto* /*m*/, void* user, int /*id*/) { --self(user).session_.subscribed; }
    static void on_publish(mosquitto* /*m*/, void* user, int /*id*/) { self(user).unconfirmed_.fetch_sub(1); }
    static void on_message(mosquitto* /*m*/, void* user, const mosquitto_message* message) {
        MosquittoClient& me = self(user);
        if (!me.callbacks_.on_message || me.session_.ended) return;
        const Bytes payload(static_cast<const std::byte*>(message->payload),
                            static_cast<std::size_t>(message->payloadlen));
        me.attempt([&] { me.callbacks_.on_message(message->topic, payload, message->retain); });
    }

    const MqttOptions options_;
    const BrokerAddress broker_;
    const std::vector<std::pair<std::string, int>> subscriptions_;
    const MqttCallbacks callbacks_;
    const std::string client_id_;

    Session session_;                   // the thread's own
    Guarded<mosquitto*> open_{nullptr}; // what publish() may use; not while the thread waits for the network
    Time last_tick_{};
    std::atomic<int> unconfirmed_{0}; // publishes of this session that are not sent (QoS 0) or answered yet
    std::atomic<bool> connected_{false}, drop_{false};
    std::jthread thread_;
};

} // namespace

Result<BrokerAddress> parse_broker(std::string_view url) {
    const auto malformed = [&](std::string_view why) {
        return fail(Errc::Malformed,
                    formatted("the address must be mqtt://HOST[:PORT], unix:///PATH or opc.tcp://HOST[:PORT]; {}: {}",
                              why, url));
    };
    constexpr std::string_view kUnix = "unix://", kMqtt = "mqtt://";
    if (url.starts_with(kUnix)) {
        const auto path = url.substr(kUnix.size());
        if (!path.starts_with('/') || path.size() > 107) return malformed("the path is not absolute or too long");
        return BrokerAddress{std::string(path), 0};
    }
    if (!url.starts_with(kMqtt)) return malformed("it starts differently");
    std::string_view host = url.substr(kMqtt.size());
    if (host.ends_with('/')) host.remove_suffix(1);
    if (host.contains('@')) return malformed("no user stands in an address");
    if (host.contains(',')) return malformed("it is one address");
    int port = kDefaultPort;
    const std::size_t colon = host.rfind(':');
    if (colon != std::string_view::npos && !host.ends_with(']')) {
        const auto digits = host.substr(colon + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (error != std::errc() || end != digits.data() + digits.size() || port < 1 || port > 65535) {
            return malformed("the port is not a number from 1 to 65535");
        }
        host = host.substr(0, colon);
    }
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.contains(':'))
        return malformed("a v6 address stands in brackets");
    if (host.empty() || host.find_first_of("/@[] ") != std::string_view::npos)
        return malformed("the host is not a name");
    return BrokerAddress{std::string(host), port};
}

Result<std::unique_ptr<Mqtt>> Mqtt::start(const MqttOptions& options,
                                          std::vector<std::pair<std::string, int>> subscriptions,
                                          MqttCallbacks callbacks) {
    auto broker = parse_broker(options.broker);
    if (!broker) return std::unexpected(broker.error());
    if (options.keepalive_s < 5) return fail(Errc::Malformed, "keepalive_s is less than 5");
    for (const auto& [filter, qos] : subscriptions) {
        if (mosquitto_sub_topic_check(filter.c_str()) != MOSQ_ERR_SUCCESS) {
            return fail(Errc::Malformed, "not a topic filter: " + filter);
        }
    }
    return std::make_unique<MosquittoClient>(options, std::move(*broker), std::move(subscriptions),
                                             std::move(callbacks));
}

} // namespace pw::twin
