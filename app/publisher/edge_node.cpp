// SPDX-License-Identifier: Apache-2.0
#include "app/publisher/edge_node.h"

#include "base/assert.h"
#include "base/file.h"
#include "base/log.h"
#include "twin/sparkplug_value.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace pw::app {
namespace {

using twin::DataType;

constexpr std::string_view kRebirth = "Node Control/Rebirth";
constexpr std::uint64_t kSeqEnd = 256; // bdSeq and seq count 0 … 255 (6.4.6, 6.4.19)

DataType type_of(const twin::Value& value) {
    if (std::holds_alternative<bool>(value)) return DataType::Boolean;
    if (std::holds_alternative<std::int64_t>(value)) return DataType::Int64;
    if (std::holds_alternative<std::uint64_t>(value)) return DataType::UInt64;
    return std::holds_alternative<std::string>(value) ? DataType::String : DataType::Double;
}

} // namespace

EdgeNode::EdgeNode(std::string group, std::string name, std::string memory, const Clock& clock)
    : group_(std::move(group)), name_(std::move(name)), memory_(std::move(memory)), clock_(clock), devices_(1) {}

EdgeNode::~EdgeNode() = default;

bool EdgeNode::add(std::string_view device, EdgeMetric metric) {
    PW_ASSERT(mqtt_ == nullptr, "metrics are added before the start");
    auto found = std::ranges::find(devices_, device, &EdgeDevice::name);
    if (found == devices_.end()) found = devices_.insert(devices_.end(), EdgeDevice{std::string(device), {}});
    if (std::ranges::contains(found->metrics, metric.name, &EdgeMetric::name)) return false;
    if (metric.type == DataType::Unknown) metric.type = type_of(*metric.value);
    metric.alias = next_alias_++;
    found->metrics.push_back(std::move(metric));
    return true;
}

Result<void> EdgeNode::start(const std::string& broker) {
    const std::string space = "spBv1.0/" + group_;
    if (const Result<std::string> kept = read_text(memory_, 16); !memory_.empty() && kept) {
        std::uint64_t next = 0;
        std::from_chars(kept->data(), kept->data() + kept->size(), next);
        state_.lock()->next_bd_seq = next % kSeqEnd;
    }
    Result<std::unique_ptr<twin::Mqtt>> mqtt = twin::Mqtt::start(
        {.broker = broker}, {{space + "/NCMD/" + name_, 1}, {space + "/DCMD/" + name_ + "/+", 1}}, callbacks());
    if (!mqtt) return std::unexpected(mqtt.error());
    mqtt_ = std::move(*mqtt);
    return {};
}

// A death that the broker says of an earlier life must not be taken for one of this life.
void EdgeNode::remember(std::uint64_t next_bd_seq) {
    if (memory_.empty()) return;
    if (const Result<void> kept = write_text(memory_, std::to_string(next_bd_seq) + "\n"); !kept)
        log_warn(address() + ": its next run will begin with an old bdSeq: " + kept.error().what);
}

twin::MqttCallbacks EdgeNode::callbacks() {
    return {.make_will =
                [this] {
                    std::optional<twin::MqttMessage> will;
                    std::uint64_t next = 0;
                    {
                        auto state = state_.lock();
                        state->bd_seq = state->next_bd_seq;
                        next = state->next_bd_seq = (state->next_bd_seq + 1) % kSeqEnd;
                        will = death(*state);
                    }
                    remember(next);
                    return will;
                },
            .on_connected = [this] { state_.lock()->birth_due = true; },
            .on_disconnected =
                [this](const std::string& /*why*/) {
                    auto state = state_.lock();
                    state->birth_due = state->online = false;
                },
            .on_message = [this](std::string_view topic, Bytes payload, bool /*retained*/) { hear(topic, payload); },
            .on_stopping =
                [this] {
                    auto state = state_.lock();
                    state->online = false;
                    // DISCONNECT cancels the will, so the death is said aloud (5.7).
                    if (mqtt_->publish(death(*state))) ++messages_;
                },
            .on_tick = {}};
}

twin::MqttMessage EdgeNode::death(const State& state) const {
    const twin::OutMetric bd_seq{.name = "bdSeq",
                                 .alias = {},
                                 .type = DataType::Int64,
                                 .value = static_cast<std::int64_t>(state.bd_seq),
                                 .with_type = true};
    return {.topic = topic("NDEATH", devices_.front()),
            .payload = twin::encode_payload({&bd_seq, 1}, std::nullopt, clock_.utc_now()),
            .qos = 1};
}

void EdgeNode::hear(std::string_view topic, Bytes payload) {
    const Result<twin::Topic> to = twin::parse_topic(topic);
    twin::Payload command;
    if (!to || !twin::decode_payload(payload, command)) return;
    const auto device = std::ranges::find(devices_, to->device, &EdgeDevice::name);
    for (const twin::Metric& metric : command.metrics) {
        if (to->device.empty() && metric.name == kRebirth) {
            if (metric.integer != 0) rebirth_asked_.store(true);
            continue;
        }
        const auto is_it = [&](const EdgeMetric& m) {
            return metric.name.empty() ? metric.alias == m.alias : metric.name == m.name;
        };
        const EdgeMetric* found = nullptr;
        if (device != devices_.end())
            if (const auto m = std::ranges::find_if(device->metrics, is_it); m != device->metrics.end()) found = &*m;
        if (found == nullptr)
            log_warn(std::string(topic) + ": a command to a metric that is not there");
        else if (!commands_.push({found->id, twin::value_of(metric, found->type)}))
            log_warn(std::string(topic) + ": commands come faster than they are carried out; one is dropped");
    }
}

std::optional<EdgeCommand> EdgeNode::next_command() { return commands_.pop(); }

std::string EdgeNode::topic(const char* type, const EdgeDevice& device) const {
    std::string out = "spBv1.0/" + group_ + "/" + type + "/" + name_;
    return device.name.empty() ? out : out + "/" + device.name;
}

// Sends out_. False when there is no connection; then a birth will follow the next one.
bool EdgeNode::send(const char* type, const EdgeDevice& device, State& state) {
    const std::string payload = twin::encode_payload(out_, state.seq, clock_.utc_now());
    const bool sent = mqtt_->publish({.topic = topic(type, device), .payload = payload}).has_value();
    if (sent) {
        state.seq = (state.seq + 1) % kSeqEnd;
        messages_.fetch_add(1, std::memory_order_relaxed);
    }
    return sent;
}

bool EdgeNode::births(State& state) {
    state.seq = 0;
    for (EdgeDevice& device : devices_) {
        out_.clear();
        const bool is_node = device.name.empty();
        if (is_node) {
            out_.push_back({"bdSeq", {}, DataType::Int64, static_cast<std::int64_t>(state.bd_seq), true});
            out_.push_back({std::string(kRebirth), {}, DataType::Boolean, false, true});
        }
        for (EdgeMetric& metric : device.metrics) {
            metric.sent = *metric.value;
            out_.push_back({.name = metric.name,
                            .alias = metric.alias,
                            .type = metric.type,
                            .value = metric.sent,
                            .with_type = true,
                            .unit = metric.unit,
                            .low = metric.low,
                            .high = metric.high});
        }
        if (!send(is_node ? "NBIRTH" : "DBIRTH", device, state)) return false;
    }
    return true;
}

bool EdgeNode::changes(EdgeDevice& device, std::uint64_t period, State& state) {
    out_.clear();
    for (EdgeMetric& metric : device.metrics) {
        if (!is_due(metric.pace, period) || metric.sent == *metric.value) continue;
        metric.sent = *metric.value;
        // payloads-metric-datatype-not-req says SHOULD NOT, but npm sparkplug-payload reads null without it.
        out_.push_back({{}, metric.alias, metric.type, metric.sent, true});
    }
    return out_.empty() || send(device.name.empty() ? "NDATA" : "DDATA", device, state);
}

void EdgeNode::publish(std::uint64_t period) {
    auto state = state_.lock();
    const bool asked = rebirth_asked_.exchange(false) && state->online;
    if (state->birth_due || asked) {
        state->birth_due = false;
        state->online = births(*state);
        return;
    }
    for (EdgeDevice& device : devices_)
        if (state->online) state->online = changes(device, period, *state);
}

void EdgeNode::drop() { mqtt_->drop(); }

} // namespace pw::app
