// SPDX-License-Identifier: Apache-2.0
#include "twin/sparkplug_host.h"

#include "base/format.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace pw::twin {

namespace {

std::string state_json(bool online, UtcTime timestamp) {
    return JsonWriter()
        .begin_object()
        .member("online", online)
        .member("timestamp", to_ms(timestamp))
        .end_object()
        .take();
}

const Metric* find_metric(const Payload& payload, std::string_view name) {
    const auto found = std::ranges::find(payload.metrics, name, &Metric::name);
    return found == payload.metrics.end() ? nullptr : &*found;
}

// "group/node" and a device or none.
std::string command_topic(std::string_view node, std::string_view device) {
    const std::size_t slash = node.find('/');
    const auto group = node.substr(0, slash), name = node.substr(slash + 1);
    return device.empty() ? formatted("spBv1.0/{}/NCMD/{}", group, name)
                          : formatted("spBv1.0/{}/DCMD/{}/{}", group, name, device);
}

// npm sparkplug-client repeats the metric when the application reuses its list; they are all the same.
std::optional<std::uint64_t> bd_seq_of(const Payload& payload) {
    const Metric* metric = find_metric(payload, "bdSeq");
    if (!metric || metric->null) return std::nullopt;
    return metric->integer;
}

} // namespace

SparkplugHost::SparkplugHost(const HostOptions& options, TagStore& store)
    : options_(options), store_(store), state_topic_("spBv1.0/STATE/" + options.host_id), servers_(options.servers) {}

std::vector<std::pair<std::string, int>> SparkplugHost::subscriptions() const {
    std::vector<std::pair<std::string, int>> out{{state_topic_, 1}};
    for (const std::string& group : options_.groups) out.emplace_back("spBv1.0/" + group + "/#", 1);
    // Four levels and more: all but STATE, which would come twice.
    if (options_.groups.empty()) out.emplace_back("spBv1.0/+/+/+/#", 1);
    return out;
}

// The session

MqttMessage SparkplugHost::make_will(UtcTime now, unsigned server) {
    servers_[server].session = now;
    return {state_topic_, state_json(false, now), 1, true};
}

MqttMessage SparkplugHost::goodbye(std::string_view host_id, UtcTime now) {
    return {formatted("spBv1.0/STATE/{}", host_id), state_json(false, now), 1, true};
}

void SparkplugHost::connected(Instant now, unsigned server) {
    Server& s = servers_[server];
    s.online = true;
    s.outgoing.push_back({state_topic_, state_json(true, s.session), 1, true}); // must be the first publish
    event(TwinEventKind::Connected, options_.host_id, "connected to the broker", now.utc);
    for (Node& node : nodes_) {
        if (node.life == Life::Alive) continue; // on another server
        // Births are not retained. Those who see our STATE or have lost the broker too come by themselves.
        node.wants_rebirth = true;
        node.asks = 0;
        node.next_ask = now.time + options_.birth_patience;
    }
}

void SparkplugHost::disconnected(Instant now, std::string_view why, unsigned server) {
    servers_[server].online = false;
    event(TwinEventKind::Disconnected, options_.host_id, std::string(why), now.utc);
    for (Node& node : nodes_) {
        if (node.life != Life::Alive || node.server != server) continue;
        degrade_node(node, Quality::Stale, now.utc);
        set_life(node, Life::Unheard);
        for (Device& device : node.devices) {
            device.life = Life::Unheard;
            device.awaits_birth = false;
        }
        node.awaits_device_births = false;
        node.order.give_up();
        // It may go on with another server of ours.
        node.wants_rebirth = true;
        node.asks = 0;
        node.next_ask = now.time + options_.birth_patience;
    }
}

void SparkplugHost::own_state(Bytes payload, bool retained, Instant now, unsigned server) {
    constexpr std::size_t kMaxState = 4096;
    Server& s = servers_[server];
    // What is retained was said before we came; our birth replaces it.
    if (!s.online || retained || payload.size() > kMaxState) return;
    const auto state = nlohmann::json::parse(as_text(payload), nullptr, /* allow_exceptions= */ false);
    if (!state.is_object() || !state.contains("online") || !state["online"].is_boolean()) return;
    if (state["online"] == false)
        s.outgoing.push_back({state_topic_, state_json(true, s.session), 1, true});
    else if (state.contains("timestamp") && state["timestamp"] != to_ms(s.session))
        malformed(options_.host_id, "another host application says that it has this id", now);
}

// Messages

void SparkplugHost::message(std::string_view topic_text, Bytes payload, bool retained, Instant now, unsigned server) {
    const auto topic = parse_topic(topic_text);
    if (!topic) {
        malformed(topic_text, topic.error().what, now);
        return;
    }
    if (topic->type == MessageType::State) {
        if (topic_text == state_topic_) own_state(payload, retained, now, server);
        return;
    }
    if (topic->type == MessageType::Ncmd || topic->type == MessageType::Dcmd) return; // hosts say that, also we

    Node* node = find_or_make_node(topic->group, topic->node);
    if (!node) {
        malformed(topic_text, "there are too many edge nodes", now);
        return;
    }
    if (retained) { // forbidden for these, and no sign of life
        if (node->life == Life::Unheard) want_rebirth(*node, "only a retained message is known of it", now);
        return;
    }
    // The old server's will of a node that has moved, or a copy through a bridge between the servers.
    const bool lives_elsewhere = node->life == Life::Alive && node->server != server;
    if (lives_elsewhere && topic->type != MessageType::Nbirth) return;
    if (const auto decoded = decode_payload(payload, payload_, options_.limits); !decoded) {
        malformed(topic_text, decoded.error().what, now);
        return;
    }
    if (payload_.seq.value_or(0) > 255) {
        malformed(topic_text, "its seq is beyond 255", now);
        return;
    }
    switch (topic->type) {
    case MessageType::Nbirth:
        node_birth(*node, now, server);
        break;
    case MessageType::Ndeath:
        node_death(*node, now);
        break;
    default:
        sequenced(*node, *topic, payload, now);
    }
}

void SparkplugHost::node_birth(Node& node, Instant now, unsigned server) {
    set_life(node, Life::Alive);
    node.server = server;
    node.sends_types = false;
    node.bd_seq = bd_seq_of(payload_);
    node.order.start(static_cast<std::uint8_t>(payload_.seq.value_or(0)));
    node.wants_rebirth = false;
    for (Device& device : node.devices) {
        device.awaits_birth |= device.life == Life::Alive; // a birth before this one may have left it waiting
        node.awaits_device_births |= device.awaits_birth;
        device.life = Life::Unheard;
    }
    node.births_due = now.time + options_.reorder_timeout;
    const std::string flaw =
        node.metrics.birth(message_in_hand(now), node.id + "//", /* of_node= */ true, node.definitions);
    after_birth(node, node.metrics, node.id, flaw, now);
    event(TwinEventKind::NodeBirth, node.id, formatted("{} metrics", payload_.metrics.size()), now.utc);
}

void SparkplugHost::node_death(Node& node, Instant now) {
    if (node.life == Life::Dead) return;
    const auto bd_seq = bd_seq_of(payload_);
    // The will of an earlier session, overtaken by the birth of this one.
    if (node.life == Life::Alive && bd_seq && node.bd_seq && *bd_seq != *node.bd_seq) return;
    degrade_node(node, Quality::Stale, now.utc);
    set_life(node, Life::Dead);
    for (Device& device : node.devices) {
        device.life = Life::Dead;
        device.awaits_birth = false;
    }
    node.order.give_up();
    node.wants_rebirth = false;
    event(TwinEventKind::NodeDeath, node.id, bd_seq ? formatted("bdSeq {}", *bd_seq) : "without bdSeq", now.utc);
}

void SparkplugHost::sequenced(Node& node, const Topic& topic, Bytes payload, Instant now) {
    if (node.life != Life::Alive) {
        want_rebirth(node, "it speaks and was not born", now);
        return;
    }
    const auto seq = static_cast<std::uint8_t>(payload_.seq.value_or(0));
    // A message without a number is tolerated, and taken as it comes.
    switch (payload_.seq ? node.order.place(seq, now.time) : SeqOrder::Place::Next) {
    case SeqOrder::Place::Behind:
        return;
    case SeqOrder::Place::Early:
        if (!hold(node, seq, topic, payload)) close_gap(node, now);
        return;
    case SeqOrder::Place::Next:
        break;
    }
    apply(node, topic.type, topic.device, now);
    while (const auto held = node.order.release()) apply_held(node, *held, now);
}

bool SparkplugHost::hold(Node& node, std::uint8_t seq, const Topic& topic, Bytes payload) {
    if (!node.order.hold({seq, topic.type, std::string(topic.device), std::string(as_text(payload))})) return false;
    return held_bytes_ <= options_.max_held_bytes;
}

void SparkplugHost::apply_held(Node& node, const HeldMessage& held, Instant now) {
    if (decode_payload(as_bytes(held.payload), payload_, options_.limits)) apply(node, held.type, held.device, now);
}

// What was missing is lost. What came after it is newer than what we have, but any tag may have said more.
void SparkplugHost::close_gap(Node& node, Instant now) {
    degrade_node(node, Quality::Uncertain, now.utc);
    for (const HeldMessage& held : node.order.give_up()) apply_held(node, held, now);
    want_rebirth(node, "messages were lost", now);
}

void SparkplugHost::apply(Node& node, MessageType type, std::string_view device_name, Instant now) {
    if (type == MessageType::Ndata) {
        apply_data(node, node.metrics, now);
        return;
    }
    if (type == MessageType::Dbirth) {
        device_birth(node, device_name, now);
        return;
    }
    const auto found = node.device_of.find(device_name);
    Device* device = found == node.device_of.end() ? nullptr : &node.devices[found->second];
    if (!device || device->life != Life::Alive) {
        if (type == MessageType::Ddata)
            want_rebirth(node, formatted("{} speaks and was not born", to_utf8(device_name)), now);
        return;
    }
    if (type == MessageType::Ddata) {
        apply_data(node, device->metrics, now);
        return;
    }
    device_death(node, *device, time_from_machine(payload_.timestamp_ms, now.utc), "it says so");
}

void SparkplugHost::device_birth(Node& node, std::string_view name, Instant now) {
    Device* device = find_or_make_device(node, name);
    if (!device) {
        malformed(node.id, "there are too many devices", now);
        return;
    }
    device->life = Life::Alive;
    device->awaits_birth = false;
    const std::string who = node.id + "/" + device->name;
    const std::string flaw =
        device->metrics.birth(message_in_hand(now), who + "/", /* of_node= */ false, node.definitions);
    after_birth(node, device->metrics, who, flaw, now);
    event(TwinEventKind::DeviceBirth, who, formatted("{} metrics", payload_.metrics.size()), now.utc);
}

void SparkplugHost::device_death(Node& node, Device& device, UtcTime when, std::string_view why) {
    device.life = Life::Dead;
    device.awaits_birth = false;
    device.metrics.degrade(store_, Quality::Stale, when);
    event(TwinEventKind::DeviceDeath, node.id + "/" + device.name, std::string(why), when);
}

BornMetrics::Message SparkplugHost::message_in_hand(Instant now) {
    return {payload_, options_.limits, store_, time_from_machine(payload_.timestamp_ms, now.utc), now.utc, now.time};
}

void SparkplugHost::after_birth(const Node& node, const BornMetrics& metrics, std::string_view who,
                                const std::string& flaw, Instant now) {
    if (metrics.cut() && !std::exchange(told_full_, true)) {
        event(TwinEventKind::Malformed, node.id, "there are more tags than max_tags; the rest is left out", now.utc);
    }
    if (!payload_.seq)
        malformed(who, "its birth has no seq", now);
    else if (!flaw.empty())
        malformed(who, flaw, now);
}

void SparkplugHost::apply_data(Node& node, BornMetrics& metrics, Instant now) {
    if (!payload_.metrics.empty() && payload_.metrics[0].type != DataType::Unknown) node.sends_types = true;
    const std::string unknown = metrics.data(message_in_hand(now));
    if (!unknown.empty() && !metrics.cut()) want_rebirth(node, unknown, now);
}

void SparkplugHost::degrade_node(const Node& node, Quality quality, UtcTime when) {
    node.metrics.degrade(store_, quality, when);
    for (const Device& device : node.devices) device.metrics.degrade(store_, quality, when);
}

// Time

void SparkplugHost::tick(Instant now) {
    for (Node& node : nodes_) {
        if (const auto since = node.order.gap_since(); since && now.time - *since >= options_.reorder_timeout) {
            close_gap(node, now);
        }
        if (node.awaits_device_births && now.time >= node.births_due) check_devices(node, now);
        if (node.wants_rebirth && reachable(node) && now.time >= node.next_ask) {
            ask_rebirth(node, node.life == Life::Alive ? "again" : "it has not been born", now);
        }
    }
}

void SparkplugHost::check_devices(Node& node, Instant now) {
    node.awaits_device_births = false;
    for (Device& device : node.devices) {
        if (device.awaits_birth) device_death(node, device, now.utc, "its node was reborn without it");
    }
}

// Rebirths

void SparkplugHost::expect_node(std::string_view group_and_node) {
    const std::size_t slash = group_and_node.find('/');
    if (slash == 0 || slash == std::string_view::npos || slash + 1 == group_and_node.size()) return;
    if (group_and_node.find_first_of("+#") != std::string_view::npos) return;
    find_or_make_node(group_and_node.substr(0, slash), group_and_node.substr(slash + 1));
}

void SparkplugHost::request_rebirth(std::string_view group_and_node, Instant now) {
    const auto found = node_of_.find(group_and_node);
    if (found == node_of_.end()) return;
    Node& node = nodes_[found->second];
    node.next_ask = now.time;
    want_rebirth(node, "asked for", now);
}

bool SparkplugHost::reachable(const Node& node) const {
    if (node.life == Life::Alive) return servers_[node.server].online;
    return std::ranges::any_of(servers_, &Server::online);
}

void SparkplugHost::want_rebirth(Node& node, std::string_view why, Instant now) {
    if (std::exchange(node.wants_rebirth, true) && now.time < node.next_ask) return;
    if (reachable(node) && now.time >= node.next_ask) ask_rebirth(node, why, now);
}

void SparkplugHost::ask_rebirth(Node& node, std::string_view why, Instant now) {
    constexpr unsigned kMaxDoublings = 4;
    constexpr int kForgetAfter = 32; // intervals without a request: the node has behaved well
    if (node.asks > 0 && (now.time - node.last_ask).ns > options_.rebirth_interval.ns * kForgetAfter) node.asks = 0;
    node.last_ask = now.time;
    node.next_ask = now.time + Duration{options_.rebirth_interval.ns << std::min(node.asks, kMaxDoublings)};
    ++node.asks;
    // By name and with its type: every edge node knows it so, whatever aliases it has. One that is not alive may be
    // anywhere.
    const OutMetric rebirth{"Node Control/Rebirth", {}, DataType::Boolean, true, /* with_type= */ true};
    const MqttMessage request{command_topic(node.id, {}), encode_payload({&rebirth, 1}, {}, now.utc), 0, false};
    for (unsigned s = 0; s < servers_.size(); ++s) {
        const bool there = node.life != Life::Alive || node.server == s;
        if (there && servers_[s].online) servers_[s].outgoing.push_back(request);
    }
    event(TwinEventKind::RebirthAsked, node.id, std::string(why), now.utc);
}

// Commands

Result<SparkplugHost::Command> SparkplugHost::make_command(std::string_view tag, const Value& value,
                                                           UtcTime now) const {
    const auto unknown = [&] { return fail(Errc::NotFound, "no birth names the tag " + to_utf8(tag)); };
    const std::size_t first = tag.find('/'), second = tag.find('/', first == tag.npos ? first : first + 1);
    const std::size_t third = tag.find('/', second == tag.npos ? second : second + 1);
    if (third == tag.npos) return unknown();
    const auto found = node_of_.find(tag.substr(0, second));
    if (found == node_of_.end()) return unknown();
    const Node& node = nodes_[found->second];
    const auto device_name = tag.substr(second + 1, third - second - 1), name = tag.substr(third + 1);
    const BornMetrics* metrics = &node.metrics;
    bool alive = node.life == Life::Alive && servers_[node.server].online;
    if (!device_name.empty()) {
        const auto at = node.device_of.find(device_name);
        if (at == node.device_of.end()) return unknown();
        metrics = &node.devices[at->second].metrics;
        alive &= node.devices[at->second].life == Life::Alive;
    }
    const auto metric = metrics->find(name);
    if (!metric) return unknown();
    if (!alive) return fail(Errc::Unavailable, "nobody is there to obey: " + to_utf8(tag));
    if (name == "bdSeq") return fail(Errc::Refused, "bdSeq is the edge node's own");
    if (metric->is_member && !metric->alias) {
        return fail(Errc::Unsupported, "a template's member without an alias cannot be written by itself");
    }
    if (auto fits = check_value(metric->type, value); !fits) return std::unexpected(fits.error());
    // An alias excludes the name; a type is for those who send it themselves (npm sparkplug-client reads no value
    // without it).
    const OutMetric out{metric->alias ? std::string() : std::string(name), metric->alias, metric->type, value,
                        node.sends_types};
    return Command{node.server, {command_topic(node.id, device_name), encode_payload({&out, 1}, {}, now), 0, false}};
}

// Small things

SparkplugHost::Node* SparkplugHost::find_or_make_node(std::string_view group, std::string_view name) {
    key_.assign(group).append("/").append(name);
    if (const auto found = node_of_.find(key_); found != node_of_.end()) return &nodes_[found->second];
    if (nodes_.size() >= options_.max_nodes) return nullptr;
    node_of_.emplace(key_, static_cast<std::uint32_t>(nodes_.size()));
    Node& node = nodes_.emplace_back(held_bytes_);
    node.id = key_;
    node.wants_rebirth = false;
    return &node;
}

SparkplugHost::Device* SparkplugHost::find_or_make_device(Node& node, std::string_view name) {
    if (const auto found = node.device_of.find(name); found != node.device_of.end()) {
        return &node.devices[found->second];
    }
    if (device_count_ >= options_.max_devices) return nullptr;
    ++device_count_;
    node.device_of.emplace(std::string(name), static_cast<std::uint32_t>(node.devices.size()));
    Device& device = node.devices.emplace_back();
    device.name = name;
    return &device;
}

void SparkplugHost::set_life(Node& node, Life life) {
    if (node.life == Life::Alive) --alive_;
    if (node.life == Life::Dead) --dead_;
    node.life = life;
    if (life == Life::Alive) ++alive_;
    if (life == Life::Dead) ++dead_;
}

void SparkplugHost::event(TwinEventKind kind, std::string_view who, std::string what, UtcTime when) {
    events_.push_back({kind, to_utf8(who), std::move(what), when});
}

void SparkplugHost::malformed(std::string_view topic, const std::string& what, Instant now) {
    if (now.time < next_malformed_event_) return; // one a second tells enough
    next_malformed_event_ = now.time + from_ms(1000);
    event(TwinEventKind::Malformed, topic, what, now.utc);
}

} // namespace pw::twin
