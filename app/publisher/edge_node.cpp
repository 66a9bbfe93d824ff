// SPDX-License-Identifier: Apache-2.0
#include "app/publisher/edge_node.h"

#include "base/assert.h"

#include <algorithm>
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

EdgeNode::EdgeNode(std::string group, std::string name, const Clock& clock)
    : group_(std::move(group)), name_(std::move(name)), clock_(clock), devices_(1) {}

EdgeNode::~EdgeNode() = default;

void EdgeNode::add(std::string_view device, EdgeMetric metric, const twin::Value& first) {
    PW_ASSERT(mqtt_ == nullptr, "metrics are added before the start");
    auto found = std::ranges::find(devices_, device, &EdgeDevice::name);
    if (found == devices_.end()) found = devices_.insert(devices_.end(), EdgeDevice{std::string(device), {}});
    metric.type = type_of(first);
    metric.alias = next_alias_++;
    found->metrics.push_back(std::move(metric));
}

Result<void> EdgeNode::start(const std::string& broker) {
    const std::string commands = "spBv1.0/" + group_ + "/NCMD/" + name_;
    Result<std::unique_ptr<twin::Mqtt>> mqtt = twin::Mqtt::start({.broker = broker}, {{commands, 1}}, callbacks());
    if (!mqtt) return std::unexpected(mqtt.error());
    mqtt_ = std::move(*mqtt);
    return {};
}

twin::MqttCallbacks EdgeNode::callbacks() {
    return {.make_will =
                [this] {
                    auto state = state_.lock();
                    state->bd_seq = state->next_bd_seq;
                    state->next_bd_seq = (state->next_bd_seq + 1) % kSeqEnd;
                    return std::optional(death(*state));
                },
            .on_connected = [this] { state_.lock()->birth_due = true; },
            .on_disconnected =
                [this](const std::string& /*why*/) {
                    auto state = state_.lock();
                    state->birth_due = state->online = false;
                },
            .on_message = [this](std::string_view /*topic*/, Bytes payload, bool /*retained*/) { hear(payload); },
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

void EdgeNode::hear(Bytes payload) {
    twin::Payload command;
    if (!twin::decode_payload(payload, command)) return;
    for (const twin::Metric& metric : command.metrics)
        if (metric.name == kRebirth && metric.integer != 0) rebirth_asked_.store(true);
}

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

bool EdgeNode::births(std::span<const twin::Value> values, State& state) {
    state.seq = 0;
    for (EdgeDevice& device : devices_) {
        out_.clear();
        const bool is_node = device.name.empty();
        if (is_node) {
            out_.push_back({"bdSeq", {}, DataType::Int64, static_cast<std::int64_t>(state.bd_seq), true});
            out_.push_back({std::string(kRebirth), {}, DataType::Boolean, false, true});
        }
        for (EdgeMetric& metric : device.metrics) {
            metric.sent = values[metric.value];
            out_.push_back({metric.name, metric.alias, metric.type, metric.sent, true});
        }
        if (!send(is_node ? "NBIRTH" : "DBIRTH", device, state)) return false;
    }
    return true;
}

bool EdgeNode::changes(EdgeDevice& device, std::span<const twin::Value> values, bool slow_too, State& state) {
    out_.clear();
    for (EdgeMetric& metric : device.metrics) {
        if ((metric.slow && !slow_too) || metric.sent == values[metric.value]) continue;
        metric.sent = values[metric.value];
        out_.push_back({{}, metric.alias, metric.type, metric.sent, false});
    }
    return out_.empty() || send(device.name.empty() ? "NDATA" : "DDATA", device, state);
}

void EdgeNode::publish(std::span<const twin::Value> values, bool slow_too) {
    auto state = state_.lock();
    const bool asked = rebirth_asked_.exchange(false) && state->online;
    if (state->birth_due || asked) {
        state->birth_due = false;
        state->online = births(values, *state);
        return;
    }
    for (EdgeDevice& device : devices_)
        if (state->online) state->online = changes(device, values, slow_too, *state);
}

void EdgeNode::drop() { mqtt_->drop(); }

} // namespace pw::app
