// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a broker delivers: a topic line, then messages, each with its length in front. The decoder gives
// views that lie in the message; the host takes whatever comes, in any order, and stays within its limits.

#include "base/assert.h"
#include "twin/sparkplug_host.h"

#include <algorithm>
#include <cstdint>

using namespace pw;
using namespace pw::twin;

namespace {

void check_view(std::string_view view, Bytes message) {
    if (view.empty()) return;
    const auto whole = as_text(message);
    PW_ASSERT(view.data() >= whole.data() && view.data() + view.size() <= whole.data() + whole.size(),
              "a view lies in its message");
}

void check_decoder(Bytes message, const DecodeLimits& limits) {
    Payload payload;
    if (!decode_payload(message, payload, limits)) return;
    PW_ASSERT(payload.metrics.size() <= limits.max_metrics, "no more metrics than allowed");
    for (const Metric& metric : payload.metrics) {
        check_view(metric.name, message);
        check_view(metric.text, message);
        check_view(metric.unit, message);
        for (std::uint32_t type = 0; type <= 34; ++type) {
            const std::string text = to_text(value_of(metric, static_cast<DataType>(type)));
            PW_ASSERT(to_utf8(text) == text, "text values are UTF-8");
        }
    }
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
    options.limits = {.max_bytes = 1u << 16, .max_metrics = 100, .max_name = 64, .max_string = 1024};
    const std::vector<WatchedTag> watched{{"g/n/d/x", 0.1}};
    TagStore store(watched, 50);
    SparkplugHost host(options, store);
    Instant now{Time{1}, utc_from_ms(1'700'000'000'000)};
    host.make_will(now.utc);
    host.connected(now);

    const auto check_message = [&](std::string_view topic, Bytes message, bool retained) {
        check_decoder(message, options.limits);
        host.message(topic, message, retained, now);
        now.time = now.time + from_ms(300);
        host.tick(now);
        store.check_periods(now.time, now.utc);
    };
    ByteReader reader(Bytes(reinterpret_cast<const std::byte*>(data), size));
    while (reader.left() > 0) {
        const auto kind = reader.read<std::uint8_t>();
        if (kind >= 0xf0) { // a topic of its own
            const std::string topic(as_text(reader.take(std::min<std::size_t>(kind & 15, reader.left()))));
            check_message("spBv1.0/" + topic, reader.take(std::min<std::size_t>(8, reader.left())), false);
            continue;
        }
        const std::size_t length = reader.read<std::uint8_t>();
        check_message(kTopics[kind % 8], reader.take(std::min(length, reader.left())), (kind & 8) != 0);
    }
    if (host.events().size() > 0)
        PW_ASSERT(to_utf8(host.events().back().what) == host.events().back().what, "events are UTF-8");
    PW_ASSERT(store.known() <= 50, "no more tags than allowed");
    PW_ASSERT(host.nodes_alive() + host.nodes_dead() <= 4, "no more nodes than allowed");
    std::vector<TagState> states;
    store.copy_watched(states);
    return 0;
}
