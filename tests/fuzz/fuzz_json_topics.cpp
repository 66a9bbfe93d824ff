// SPDX-License-Identifier: Apache-2.0
// Any bytes as messages of MQTT topics, one after another: up to a NUL the topic, up to the next one the message. What
// becomes a tag is bounded, says only what JSON can say, and has a name that is a source again.

#include "base/assert.h"
#include "twin/json_topics.h"

#include <cstdint>

using namespace pw;
using namespace pw::twin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<WatchedTag> watched{{"mqtt:t", {}, "t/set"}, {"mqtt:t#/a/0", {}}, {"mqtt:u#/value", 1.0}};
    const std::vector<plant::TopicRule> rules{{"t", "v/x", "at", "q", "life#/on"}, {"+/#", "", "", "", "+/life"}};
    TagStore store(watched, 200, 1u << 20);
    JsonTopics topics(watched, rules, "#", store, utc_from_ms(1));
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    const auto take = [&rest] {
        const std::string_view part = rest.substr(0, rest.find('\0'));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
        return part;
    };
    for (Instant now{Time{1}, utc_from_ms(2)}; !rest.empty(); now.time = now.time + from_ms(100)) {
        const std::string_view topic = take(), payload = take();
        const bool retained = topic.size() % 2 == 0;
        const auto server = static_cast<unsigned>(payload.size() % JsonTopics::kMaxServers);
        topics.message(topic, as_bytes(payload), retained, now, server);
        if (payload.size() % 7 == 0) topics.disconnected(now, server);
        (void)topics.make_command("mqtt:t", static_cast<double>(payload.size()));
        topics.events().clear();
    }
    for (std::uint32_t i = 0; i < store.known(); ++i) {
        const std::string& name = store.name(TagId{i});
        const auto place = parse_json_source(name);
        PW_ASSERT(!place || json_source(*place) == name, "a tag's name is its source");
        PW_ASSERT(to_json(store.state(TagId{i}).value).size() <= 8 * kJsonMaxBytes, "a value is bounded");
    }
    return 0;
}
