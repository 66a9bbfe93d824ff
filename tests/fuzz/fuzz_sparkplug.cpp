// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a broker delivers: a topic line, then messages, each with its length in front. The decoder gives
// views that lie in the message; the host takes whatever comes, in any order, and stays within its limits.

#include "base/assert.h"
#include "twin/sparkplug_host.h"
#include "twin/sparkplug_value.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>

using namespace pw;
using namespace pw::twin;

namespace {

bool is_in(std::string_view view, std::string_view whole) {
    return view.empty() || (view.data() >= whole.data() && view.data() + view.size() <= whole.data() + whole.size());
}

void check_text(const std::string& text) { PW_ASSERT(to_utf8(text) == text, "text is UTF-8"); }

void check_metric(const Metric& metric, std::string_view whole, const DecodeLimits& limits, std::size_t depth) {
    for (const auto view : {metric.name, metric.text, metric.properties, metric.metadata}) {
        PW_ASSERT(is_in(view, whole), "a view lies in its message");
    }
    for (std::uint32_t type = 0; type <= 35; ++type) {
        const Value value = value_of(metric, static_cast<DataType>(type), limits);
        const std::string text = to_text(value);
        check_text(text);
        if (!std::holds_alternative<Json>(value)) continue;
        PW_ASSERT(text.size() <= limits.max_json, "JSON is bounded");
        PW_ASSERT(nlohmann::json::accept(text), "JSON is JSON");
    }
    const TagFacts facts = facts_of(metric, limits);
    for (const std::string& text : {facts.unit, facts.description, facts.properties, facts.metadata}) check_text(text);
    PW_ASSERT(facts.properties.empty() || nlohmann::json::accept(facts.properties), "properties are JSON");
    PW_ASSERT(facts.metadata.empty() || nlohmann::json::accept(facts.metadata), "metadata are JSON");
    (void)flaw_of(metric, limits);
    (void)quality_in(metric.properties);
    Template inner;
    if (depth == 0 || metric.field != Metric::Field::Template || !decode_template(metric.text, inner, limits)) return;
    for (const Metric& member : inner.members) check_metric(member, metric.text, limits, depth - 1);
    for (const auto& parameter : inner.parameters) check_metric(parameter.value, metric.text, limits, 0);
}

void check_decoder(Bytes message, const DecodeLimits& limits) {
    Payload payload;
    if (!decode_payload(message, payload, limits)) return;
    PW_ASSERT(payload.metrics.size() <= limits.max_metrics, "no more metrics than allowed");
    PW_ASSERT(payload.inflated.size() <= limits.max_bytes, "no more bytes than allowed come out of it");
    const std::string_view whole = payload.inflated.empty() ? as_text(message) : payload.inflated;
    for (const Metric& metric : payload.metrics) check_metric(metric, whole, limits, 3);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view kTopics[] = {"spBv1.0/g/NBIRTH/n",   "spBv1.0/g/NDEATH/n", "spBv1.0/g/DBIRTH/n/d",
                                            "spBv1.0/g/DDEATH/n/d", "spBv1.0/g/NDATA/n",  "spBv1.0/g/DDATA/n/d",
                                            "spBv1.0/g/NCMD/n",     "spBv1.0/STATE/fuzz"};
    HostOptions options;
    options.host_id = "fuzz";
    options.max_nodes = 4;
    options.max_devices = 4;
    options.max_held_bytes = 4096;
    options.servers = 2;
    options.limits = {.max_bytes = 1u << 16,
                      .max_metrics = 100,
                      .max_name = 64,
                      .max_string = 1024,
                      .max_json = 4096,
                      .max_parameters = 4,
                      .max_depth = 4};
    const std::vector<WatchedTag> watched{{"g/n/d/x", 0.1}};
    TagStore store(watched, 50);
    SparkplugHost host(options, store);
    Instant now{Time{1}, utc_from_ms(1'700'000'000'000)};
    for (unsigned server = 0; server < 2; ++server) {
        host.make_will(now.utc, server);
        host.connected(now, server);
    }

    const auto check_message = [&](std::string_view topic, Bytes message, bool retained, unsigned server) {
        check_decoder(message, options.limits);
        host.message(topic, message, retained, now, server);
        for (const auto& tag : {"g/n//x", "g/n/d/x"}) (void)host.make_command(tag, Value(1.0), now.utc);
        now.time = now.time + from_ms(300);
        host.tick(now);
        store.check_periods(now.time, now.utc);
    };
    ByteReader reader(Bytes(reinterpret_cast<const std::byte*>(data), size));
    while (reader.ok() && reader.left() > 0) {
        const auto kind = reader.read<std::uint8_t>();
        if (kind >= 0xf0) { // a topic of its own
            const std::string topic(as_text(reader.take(std::min<std::size_t>(kind & 15, reader.left()))));
            check_message("spBv1.0/" + topic, reader.take(std::min<std::size_t>(8, reader.left())), false, 0);
            continue;
        }
        const std::size_t length = (kind & 0x20) != 0 ? reader.read<std::uint16_t>() : reader.read<std::uint8_t>();
        check_message(kTopics[kind % 8], reader.take(std::min(length, reader.left())), (kind & 8) != 0,
                      (kind >> 4) & 1);
    }
    if (host.events().size() > 0)
        PW_ASSERT(to_utf8(host.events().back().what) == host.events().back().what, "events are UTF-8");
    PW_ASSERT(store.known() <= 50, "no more tags than allowed");
    PW_ASSERT(host.nodes_alive() + host.nodes_dead() <= 4, "no more nodes than allowed");
    std::vector<TagState> states;
    store.copy_watched(states);
    return 0;
}
