// SPDX-License-Identifier: Apache-2.0
#include "twin/twin.h"

#include "base/assert.h"
#include "base/catch.h"
#include "base/format.h"
#include "base/guarded.h"
#include "base/jobs.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "base/process.h"
#include "base/ring.h"
#include "twin/json_topics.h"
#include "twin/mqtt.h"
#include "twin/opcua.h"
#include "twin/opcua_tags.h"
#include "twin/sparkplug_host.h"
#include "twin/tag_store.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <iterator>
#include <thread>
#include <utility>

namespace pw::twin {

namespace {

constexpr Duration kTick = from_ms(10);           // also the longest wait of a command
constexpr Duration kPostInterval = from_ms(5);    // a frame is longer than this
constexpr Duration kCountInterval = from_ms(100); // of a post for the counters alone
constexpr Duration kPeriodInterval = from_ms(50), kListenerInterval = from_ms(50);
constexpr unsigned kNoServer = ~0u; // of MQTT
constexpr std::size_t kEvents = 1024, kRequests = 64;

// "group/node/device/metric" → "group/node"
std::string_view node_of(std::string_view source) {
    const std::size_t first = source.find('/');
    if (first == std::string_view::npos) return {};
    return source.substr(0, source.find('/', first + 1));
}

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> out;
    for (;;) {
        const std::size_t comma = list.find(',');
        out.emplace_back(list.substr(0, comma));
        if (comma == std::string_view::npos) return out;
        list.remove_prefix(comma + 1);
    }
}

struct Addresses {
    std::vector<std::string> brokers;
    std::vector<OpcUaServer> opcua;
};

bool is_sparkplug(std::string_view source) { return !is_opcua_source(source) && !is_json_source(source); }

// Why no server is asked for an OPC UA tag.
std::string why_nowhere(std::string_view source) {
    const auto parts = parse_opcua_source(source);
    return parts ? "no OPC UA server of that name is among the brokers" : parts.error().what;
}

HostOptions host_options(const TwinOptions& options, const Addresses& addresses) {
    HostOptions host;
    host.servers = static_cast<unsigned>(std::max<std::size_t>(addresses.brokers.size(), 1));
    host.host_id = options.host_id;
    host.groups = options.groups;
    host.reorder_timeout = options.reorder_timeout;
    return host;
}

// The frame thread reads mailbox_, events_ and outcomes_ and writes requests_; everything else belongs to the
// connections' threads, of which the one that holds turn_ is at work.
class LiveTwin final : public Twin {
  public:
    LiveTwin(const TwinOptions& options, const Addresses& addresses, const Clock& clock)
        : clock_(clock), host_id_(options.host_id), ephemeral_(options.ephemeral), listeners_(options.listeners),
          store_(options.watched, options.max_tags), host_(host_options(options, addresses), store_),
          json_(options.watched, options.topic_rules, options.show_topics, store_, clock.utc_now()),
          is_host_(json_.empty() || std::ranges::any_of(options.watched, is_sparkplug, &WatchedTag::source)),
          servers_(addresses.brokers.size()) {
        if (!listeners_.empty()) {
            store_.set_on_change(
                [this](const Heard& heard) { each_listener([&](Listener& l) { l.word(heard, now_); }); });
        }
        for (const OpcUaServer& server : addresses.opcua) opcua_.emplace_back(server, store_);
        for (const WatchedTag& tag : options.watched) {
            if (is_json_source(tag.source)) continue;
            if (!is_opcua_source(tag.source))
                host_.expect_node(node_of(tag.source));
            else if (find_opcua(tag.source) == nullptr)
                host_.events().push_back(
                    {TwinEventKind::Malformed, tag.source, why_nowhere(tag.source), clock.utc_now()});
        }
        mailbox_.current().tags.resize(options.watched.size());
    }

    ~LiveTwin() override {
        {
            const auto turn = turn_.lock();
            ending_ = true;
        }
        ticks_ = {};
        for (Server& server : servers_) server.mqtt.reset();
        for (OpcUaPeer& peer : opcua_) peer.source.reset();
    }

    Result<void> connect(const TwinOptions& options, const std::vector<std::string>& brokers) {
        Result<void> result;
        auto subscriptions = json_.subscriptions();
        if (is_host_) std::ranges::copy(host_.subscriptions(), std::back_inserter(subscriptions));
        for (unsigned s = 0; s < brokers.size() && result; ++s) {
            MqttOptions mqtt;
            mqtt.broker = brokers[s];
            auto started = Mqtt::start(mqtt, subscriptions, callbacks(s));
            if (!started) {
                result = std::unexpected(started.error());
                break;
            }
            servers_[s].mqtt = std::move(*started);
            servers_[s].sender = servers_[s].mqtt.get();
        }
        if (result) start_opcua(options);
        ready_.store(true);
        ready_.notify_all();
        // A thread of their own: a connection may wait for its server for seconds.
        ticks_ = std::jthread([this](const std::stop_token& stop) {
            name_this_thread("pw-twin");
            for (; !stop.stop_requested(); sleep_for(kTick))
                catch_all("a tick of the twin", [&] { take_turn([&](Instant now) { on_tick(now); }); });
        });
        return result;
    }

    bool take() override { return mailbox_.take(); }
    const TwinSnapshot& snapshot() const override { return mailbox_.current(); }
    std::optional<TwinEvent> next_event() override { return events_.pop(); }
    void request_rebirth(const std::string& group_and_node) override {
        if (!requests_.push({group_and_node, {}, {}})) log_warn("too many rebirths are asked for at once");
    }

    Result<CommandId> write(const std::string& tag, const Value& value) override {
        const CommandId id{++last_command_};
        if (open_commands_ == kRequests || !requests_.push({tag, value, id})) {
            return fail(Errc::Exhausted, "too many commands are on their way");
        }
        ++open_commands_;
        return id;
    }
    std::optional<CommandOutcome> next_outcome() override {
        auto outcome = outcomes_.pop();
        if (outcome) --open_commands_;
        return outcome;
    }

  private:
    struct Server {
        Connection connection = Connection::Connecting;
        std::string problem;
        Mqtt* sender = nullptr;     // mqtt for its own thread: valid also while it ends
        std::unique_ptr<Mqtt> mqtt; // its thread uses everything here
    };
    struct OpcUaPeer {
        OpcUaPeer(OpcUaServer named, TagStore& store) : server(std::move(named)), tags(store) {}
        OpcUaServer server;
        Connection connection = Connection::Connecting;
        std::string problem;
        OpcUaTags tags;
        std::vector<OpcUaWrite> writes; // that its thread has not taken yet
        std::unique_ptr<OpcUa> source;
    };
    struct Request { // a rebirth of the node, or a command
        std::string name;
        Value value;
        CommandId command; // not valid: a rebirth
    };
    struct Turn {};

    // What a listener throws reaches the connection when the turn is over: until then store and host go on, so that
    // nothing of them is half done, and the other listeners miss nothing.
    template <class F> void each_listener(F&& tell) {
        for (Listener* listener : listeners_) {
            try {
                tell(*listener);
            } catch (...) { thrown_ = std::current_exception(); }
        }
    }
    template <class F> void take_turn(F&& body) {
        const auto turn = turn_.lock();
        now_ = instant();
        body(now_);
        if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    }

    MqttCallbacks callbacks(unsigned server) {
        // Each takes its turn; the will is the first of them, and waits until all connections are there.
        const auto in_turn = [this](auto body) {
            return [this, body](auto&&... arguments) { take_turn([&](Instant now) { body(now, arguments...); }); };
        };
        MqttCallbacks out;
        out.make_will = [this, server]() -> std::optional<MqttMessage> {
            ready_.wait(false);
            if (!is_host_) return std::nullopt;
            const auto turn = turn_.lock();
            return host_.make_will(clock_.utc_now(), server);
        };
        out.on_connected = in_turn([this, server](Instant now) { on_connected(now, server); });
        out.on_disconnected =
            in_turn([this, server](Instant now, const std::string& why) { on_disconnected(now, why, server); });
        out.on_message = in_turn([this, server](Instant now, std::string_view topic, Bytes payload, bool retained) {
            ++messages_;
            if (!json_.message(topic, payload, retained, now, server) || topic.starts_with("spBv1.0/"))
                host_.message(topic, payload, retained, now, server);
            hand_over(now, server);
        });
        out.on_stopping = in_turn([this, server](Instant now) {
            if (!is_host_) return;
            MqttMessage goodbye = SparkplugHost::goodbye(host_id_, now.utc);
            host_.outgoing(server).push_back(goodbye);
            goodbye.payload.clear(); // an empty retained message takes the one before from the broker
            if (ephemeral_) host_.outgoing(server).push_back(std::move(goodbye));
            send(server);
        });
        return out;
    }

    // ---- OPC UA

    OpcUaPeer* find_opcua(std::string_view source) {
        const auto parts = parse_opcua_source(source);
        for (OpcUaPeer& peer : opcua_) {
            if (parts && peer.server.name == parts->server) return &peer;
        }
        return nullptr;
    }

    void start_opcua(const TwinOptions& options) {
        const auto trust = opcua_trust(options);
        for (OpcUaPeer& peer : opcua_) {
            OpcUaOptions opcua = opcua_options(options, peer.server);
            for (const WatchedTag& tag : options.watched) {
                if (is_opcua_source(tag.source) && find_opcua(tag.source) == &peer) opcua.wanted.push_back(tag);
            }
            peer.source = OpcUa::start(std::move(opcua), trust, callbacks(peer));
        }
    }

    OpcUaCallbacks callbacks(OpcUaPeer& peer) {
        const auto in_turn = [this](auto body) {
            return [this, body](auto&&... arguments) {
                take_turn([&](Instant now) {
                    body(now, std::forward<decltype(arguments)>(arguments)...);
                    hand_over(now, kNoServer);
                });
            };
        };
        const auto tell_of = [this](TwinEventKind kind, const std::string& who, const std::string& what, Instant now) {
            host_.events().push_back({kind, who, what, now.utc});
        };
        OpcUaCallbacks out;
        out.on_session = in_turn([this, &peer, tell_of](Instant now, std::vector<OpcUaTag> tags) {
            if (peer.connection != Connection::Online)
                tell_of(TwinEventKind::Connected, peer.server.url, "a session with the server", now);
            peer.connection = Connection::Online;
            peer.problem.clear();
            peer.tags.session(std::move(tags));
            force_post_ = true;
        });
        out.on_disconnected = in_turn([this, &peer, tell_of](Instant now, const std::string& why) {
            if (peer.connection == Connection::Online) {
                peer.connection = Connection::Lost;
                peer.tags.lost(now);
                tell_of(TwinEventKind::Disconnected, peer.server.url, why, now);
            }
            peer.problem = why;
            force_post_ = true;
        });
        out.on_missing = in_turn([tell_of](Instant now, const std::string& source, const std::string& why) {
            tell_of(TwinEventKind::Malformed, source, why, now);
        });
        out.on_words = in_turn([this, &peer](Instant now, std::vector<OpcUaWord>& words) {
            ++messages_;
            peer.tags.words(words, now);
        });
        out.on_event = in_turn([this](Instant now, OpcUaEvent event) {
            host_.events().push_back({TwinEventKind::Message, std::move(event.source), std::move(event.message),
                                      event.time.known() ? event.time : now.utc, event.severity});
        });
        out.on_tick = [this, &peer] {
            const auto turn = turn_.lock();
            return std::exchange(peer.writes, {});
        };
        out.on_written = in_turn(
            [this](Instant, CommandId command, Result<void> written) { tell_outcome(command, std::move(written)); });
        return out;
    }

    // ---- all of them

    Instant instant() const { return {clock_.now(), clock_.utc_now()}; }

    void on_connected(Instant now, unsigned server) {
        servers_[server].connection = Connection::Online;
        servers_[server].problem.clear();
        force_post_ = true;
        if (is_host_) host_.connected(now, server);
        hand_over(now, server);
    }

    void on_disconnected(Instant now, const std::string& why, unsigned server) {
        if (servers_[server].connection == Connection::Online) {
            servers_[server].connection = Connection::Lost;
            if (is_host_) host_.disconnected(now, why, server);
            json_.disconnected(now, server);
        }
        servers_[server].problem = why;
        force_post_ = true;
        hand_over(now, server);
    }

    void on_tick(Instant now) {
        while (const auto request = requests_.pop()) {
            if (request->command.valid())
                obey(*request, now);
            else
                host_.request_rebirth(request->name, now);
        }
        host_.tick(now);
        if (now.time >= next_period_check_) {
            next_period_check_ = now.time + kPeriodInterval;
            store_.check_periods(now.time, now.utc);
        }
        if (now.time >= next_listener_tick_) {
            next_listener_tick_ = now.time + kListenerInterval;
            const TwinState state{connection(), host_.nodes_alive(), host_.nodes_dead()};
            const bool news = std::exchange(told_state_, state) != state;
            each_listener([&](Listener& l) {
                if (news) l.state(state, now);
                l.tick(now);
            });
        }
        hand_over(now, kNoServer);
    }

    void obey(const Request& request, Instant now) {
        Result<void> sent;
        if (is_opcua_source(request.name)) {
            OpcUaPeer* peer = find_opcua(request.name);
            const auto tag =
                peer != nullptr
                    ? peer->tags.find(request.name)
                    : Result<std::uint32_t>(fail(Errc::NotFound, "there is no such server: " + request.name));
            if (!tag) return tell_outcome(request.command, std::unexpected(tag.error()));
            peer->writes.push_back({request.command, *tag, request.value});
            return;
        }
        if (is_json_source(request.name)) {
            if (const auto command = json_.make_command(request.name, request.value))
                sent = servers_[command->server].sender->publish(command->message);
            else
                sent = std::unexpected(command.error());
        } else if (const auto command = host_.make_command(request.name, request.value, now.utc))
            sent = servers_[command->server].sender->publish(command->message);
        else
            sent = std::unexpected(command.error());
        tell_outcome(request.command, std::move(sent));
    }

    void tell_outcome(CommandId command, Result<void> sent) {
        const bool kept = outcomes_.push({command, std::move(sent)});
        PW_ASSERT(kept, "there is a place for the outcome of every open command");
    }

    void hand_over(Instant now, unsigned server) {
        tell(now);
        for (unsigned s = 0; s < servers_.size(); ++s) {
            if (!ending_ || s == server) send(s); // the others may be gone
        }
        post(now.time);
    }

    void send(unsigned server) {
        for (const MqttMessage& message : host_.outgoing(server)) {
            const auto sent = servers_[server].sender->publish(message);
            if (!sent) log_debug("not sent: " + sent.error().what);
        }
        host_.outgoing(server).clear();
    }

    Connection connection() const {
        Connection best = Connection::Connecting;
        const auto look_at = [&](Connection one) {
            if (one == Connection::Online || (one == Connection::Lost && best == Connection::Connecting)) best = one;
        };
        for (const Server& server : servers_) look_at(server.connection);
        for (const OpcUaPeer& peer : opcua_) look_at(peer.connection);
        return best;
    }

    std::string problem() const {
        for (const Server& server : servers_) {
            if (!server.problem.empty()) return server.problem;
        }
        for (const OpcUaPeer& peer : opcua_) {
            if (!peer.problem.empty()) return peer.problem;
        }
        return {};
    }

    // A reader that is too slow loses events, and is told how many. Values do not go this way: none is lost.
    void tell(Instant now) {
        for (auto& [tag, what] : store_.wrong_units())
            host_.events().push_back({TwinEventKind::Malformed, store_.name(tag), std::move(what), now.utc});
        store_.wrong_units().clear();
        if (events_lost_ > 0 && events_.push({TwinEventKind::EventsLost, host_id_,
                                              formatted("{} events were lost", events_lost_), now.utc}))
            events_lost_ = 0;
        for (auto* events : {&host_.events(), &json_.events()}) {
            for (TwinEvent& event : *events) {
                each_listener([&](Listener& l) { l.event(event, now); });
                if (events_lost_ > 0 || !events_.push(std::move(event))) ++events_lost_;
            }
            events->clear();
        }
    }

    void post(Time now) {
        const Duration since = now - last_post_;
        const bool counted = messages_ != posted_messages_ && since >= kCountInterval;
        if (!force_post_ && !counted && !(store_.watched_changed() && since >= kPostInterval)) return;
        TwinSnapshot& draft = mailbox_.draft();
        store_.copy_watched(draft.tags);
        draft.connection = connection();
        draft.messages = messages_;
        draft.metrics = store_.applied();
        draft.nodes_alive = host_.nodes_alive();
        draft.nodes_dead = host_.nodes_dead();
        draft.tags_known = store_.known();
        draft.problem = problem();
        mailbox_.post();
        last_post_ = now;
        posted_messages_ = messages_;
        force_post_ = false;
    }

    const Clock& clock_;
    const std::string host_id_;
    const bool ephemeral_;
    const std::vector<Listener*> listeners_;
    TagStore store_;
    SparkplugHost host_;
    JsonTopics json_;
    const bool is_host_;
    Mailbox<TwinSnapshot> mailbox_;
    Ring<TwinEvent> events_{kEvents};
    Ring<CommandOutcome> outcomes_{kRequests};
    Ring<Request> requests_{kRequests};
    std::uint32_t last_command_ = 0; // the frame thread's own
    std::size_t open_commands_ = 0;  // also
    std::atomic<bool> ready_{false};

    Guarded<Turn> turn_;
    std::uint64_t messages_ = 0, posted_messages_ = 0;
    Instant now_;               // of this turn
    std::exception_ptr thrown_; // by a listener, in this turn
    Time last_post_{}, next_period_check_{}, next_listener_tick_{};
    bool force_post_ = false, ending_ = false;
    std::optional<TwinState> told_state_;
    std::uint64_t events_lost_ = 0;
    std::vector<Server> servers_;
    std::deque<OpcUaPeer> opcua_; // which its threads point into
    std::jthread ticks_;
};

Result<void> check_names(const TwinOptions& options) {
    std::vector<std::string> names = options.groups;
    names.push_back(options.host_id);
    for (const std::string& name : names) {
        if (name.empty() || name.find_first_of("/+#") != std::string::npos) {
            return fail(Errc::Malformed, "a host id or group must not be empty or contain '/', '+' or '#': " + name);
        }
    }
    return {};
}

Result<Addresses> read_addresses(const TwinOptions& options) {
    Addresses out;
    for (std::string& address : split(options.broker)) {
        if (!is_opcua_server(address)) {
            if (auto broker = parse_broker(address); !broker) return std::unexpected(broker.error());
            if (out.brokers.size() == JsonTopics::kMaxServers)
                return fail(Errc::Malformed, "there are too many brokers");
            out.brokers.push_back(std::move(address));
            continue;
        }
        auto server = parse_opcua_server(address);
        if (!server) return std::unexpected(server.error());
        if (std::ranges::contains(out.opcua, server->name, &OpcUaServer::name))
            return fail(Errc::Malformed, "two OPC UA servers have the same ?name=, or both none: " + server->url);
        out.opcua.push_back(std::move(*server));
    }
    return out;
}

} // namespace

Result<std::unique_ptr<Twin>> Twin::start(const TwinOptions& options, const Clock& clock) {
    if (auto checked = check_names(options); !checked) return std::unexpected(checked.error());
    const auto addresses = read_addresses(options);
    if (!addresses) return std::unexpected(addresses.error());
    auto twin = std::make_unique<LiveTwin>(options, *addresses, clock);
    if (auto connected = twin->connect(options, addresses->brokers); !connected)
        return std::unexpected(connected.error());
    return twin;
}

} // namespace pw::twin
