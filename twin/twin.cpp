// SPDX-License-Identifier: Apache-2.0
#include "twin/twin.h"

#include "base/log.h"
#include "base/mailbox.h"
#include "base/ring.h"
#include "twin/mqtt.h"
#include "twin/sparkplug_host.h"
#include "twin/tag_store.h"

#include <atomic>
#include <format>
#include <utility>

namespace pw::twin {

namespace {

constexpr Duration kPostInterval = from_ms(5);    // a frame is longer than this
constexpr Duration kCountInterval = from_ms(100); // of a post for the counters alone
constexpr Duration kPeriodInterval = from_ms(50);
constexpr std::size_t kEvents = 1024, kRequests = 64;

// "group/node/device/metric" → "group/node"
std::string_view node_of(std::string_view source) {
    const std::size_t first = source.find('/');
    if (first == std::string_view::npos) return {};
    return source.substr(0, source.find('/', first + 1));
}

HostOptions host_options(const TwinOptions& options) {
    HostOptions host;
    host.host_id = options.host_id;
    host.groups = options.groups;
    host.reorder_timeout = options.reorder_timeout;
    return host;
}

// The frame thread reads mailbox_ and events_ and writes requests_; everything else belongs to the connection's thread.
class LiveTwin final : public Twin {
  public:
    LiveTwin(const TwinOptions& options, OnChange on_change, const Clock& clock)
        : clock_(clock), host_id_(options.host_id), ephemeral_(options.ephemeral),
          store_(options.watched, options.max_tags), host_(host_options(options), store_) {
        store_.set_on_change(std::move(on_change));
        for (const WatchedTag& tag : options.watched) host_.expect_node(node_of(tag.source));
        mailbox_.current().tags.resize(options.watched.size());
    }

    Result<void> connect(const TwinOptions& options) {
        MqttOptions mqtt;
        mqtt.broker = options.broker;
        MqttCallbacks callbacks;
        callbacks.make_will = [this] { // the first of the callbacks
            ready_.wait(false);
            return host_.make_will(clock_.utc_now());
        };
        callbacks.on_connected = [this] { on_connected(); };
        callbacks.on_disconnected = [this](const std::string& why) { on_disconnected(why); };
        callbacks.on_message = [this](std::string_view topic, Bytes payload, bool retained) {
            on_message(topic, payload, retained);
        };
        callbacks.on_tick = [this] { on_tick(); };
        callbacks.on_stopping = [this] {
            MqttMessage goodbye = SparkplugHost::goodbye(host_id_, clock_.utc_now());
            host_.outgoing().push_back(goodbye);
            goodbye.payload.clear(); // an empty retained message takes the one before from the broker
            if (ephemeral_) host_.outgoing().push_back(std::move(goodbye));
            send();
        };
        auto started = Mqtt::start(mqtt, host_.subscriptions(), std::move(callbacks));
        if (!started) return std::unexpected(started.error());
        mqtt_ = std::move(*started);
        sender_ = mqtt_.get();
        ready_.store(true);
        ready_.notify_one();
        return {};
    }

    bool take() override { return mailbox_.take(); }
    const TwinSnapshot& snapshot() const override { return mailbox_.current(); }
    std::optional<TwinEvent> next_event() override { return events_.pop(); }
    void request_rebirth(const std::string& group_and_node) override {
        std::string request = group_and_node;
        if (!requests_.push(std::move(request))) log_warn("too many rebirths are asked for at once");
    }

  private:
    Instant instant() const { return {clock_.now(), clock_.utc_now()}; }

    void on_connected() {
        const Instant now = instant();
        connection_ = Connection::Online;
        problem_.clear();
        force_post_ = true;
        host_.connected(now);
        hand_over(now);
    }

    void on_disconnected(const std::string& why) {
        const Instant now = instant();
        if (connection_ == Connection::Online) {
            connection_ = Connection::Lost;
            host_.disconnected(now, why);
        }
        problem_ = why;
        force_post_ = true;
        hand_over(now);
    }

    void on_message(std::string_view topic, Bytes payload, bool retained) {
        const Instant now = instant();
        ++messages_;
        host_.message(topic, payload, retained, now);
        hand_over(now);
    }

    void on_tick() {
        const Instant now = instant();
        while (auto request = requests_.pop()) host_.request_rebirth(*request, now);
        host_.tick(now);
        if (now.time >= next_period_check_) {
            next_period_check_ = now.time + kPeriodInterval;
            store_.check_periods(now.time, now.utc);
        }
        hand_over(now);
    }

    void hand_over(Instant now) {
        tell(now);
        send();
        post(now.time);
    }

    void send() {
        for (const MqttMessage& message : host_.outgoing()) {
            const auto sent = sender_->publish(message);
            if (!sent) log_debug("not sent: " + sent.error().what);
        }
        host_.outgoing().clear();
    }

    // A reader that is too slow loses events, and is told how many. Values do not go this way: none is lost.
    void tell(Instant now) {
        if (events_lost_ > 0 && events_.push({TwinEventKind::EventsLost, host_id_,
                                              std::format("{} events were lost", events_lost_), now.utc}))
            events_lost_ = 0;
        for (TwinEvent& event : host_.events()) {
            if (events_lost_ > 0 || !events_.push(std::move(event))) ++events_lost_;
        }
        host_.events().clear();
    }

    void post(Time now) {
        const Duration since = now - last_post_;
        const bool counted = messages_ != posted_messages_ && since >= kCountInterval;
        if (!force_post_ && !counted && !(store_.watched_changed() && since >= kPostInterval)) return;
        TwinSnapshot& draft = mailbox_.draft();
        store_.copy_watched(draft.tags);
        draft.connection = connection_;
        draft.messages = messages_;
        draft.metrics = store_.applied();
        draft.nodes_alive = host_.nodes_alive();
        draft.nodes_dead = host_.nodes_dead();
        draft.tags_known = store_.known();
        draft.problem = problem_;
        mailbox_.post();
        last_post_ = now;
        posted_messages_ = messages_;
        force_post_ = false;
    }

    const Clock& clock_;
    const std::string host_id_;
    const bool ephemeral_;
    TagStore store_;
    SparkplugHost host_;
    Mailbox<TwinSnapshot> mailbox_;
    Ring<TwinEvent> events_{kEvents};
    Ring<std::string> requests_{kRequests};
    std::atomic<bool> ready_{false};

    Connection connection_ = Connection::Connecting;
    std::string problem_;
    std::uint64_t messages_ = 0, posted_messages_ = 0;
    Time last_post_{}, next_period_check_{};
    std::uint64_t events_lost_ = 0;
    bool force_post_ = false;

    Mqtt* sender_ = nullptr;     // mqtt_ for its own thread: valid also while it ends
    std::unique_ptr<Mqtt> mqtt_; // last: its thread uses all of the above
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

} // namespace

Result<std::unique_ptr<Twin>> Twin::start(const TwinOptions& options, const Clock& clock) {
    return start_watching(options, {}, clock);
}

Result<std::unique_ptr<Twin>> start_watching(const TwinOptions& options, OnChange on_change, const Clock& clock) {
    if (auto checked = check_names(options); !checked) return std::unexpected(checked.error());
    auto twin = std::make_unique<LiveTwin>(options, std::move(on_change), clock);
    if (auto connected = twin->connect(options); !connected) return std::unexpected(connected.error());
    return twin;
}

} // namespace pw::twin
