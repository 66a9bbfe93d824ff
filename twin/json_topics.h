#pragma once
// SPDX-License-Identifier: Apache-2.0
// MQTT topics with JSON or a bare value, brought into the TagStore (docs/json-topics.md): messages and times go in,
// samples, events and commands come out. It owns no network and no clock; whoever has the store's turn calls it.
// A topic is heard from all brokers; its tags are Stale when none that said them is there any more, when its sender's
// last will says so, or when the message was taken from the broker. A retained word is Uncertain until a live one
// comes; one that is older than the word held, by its own time, is told as historical.

#include "base/reports.h"
#include "plant/plant.h"
#include "twin/json_reader.h"
#include "twin/json_source.h"
#include "twin/mqtt.h"
#include "twin/tag_store.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pw::twin {

class JsonTopics {
  public:
    static constexpr unsigned kMaxServers = 64;

    // Those of `watched` that are its. `show` is a topic filter: every value that comes there is a tag besides.
    JsonTopics(std::span<const WatchedTag> watched, std::span<const plant::TopicRule> rules, std::string show,
               TagStore& store, UtcTime now);

    bool empty() const { return topics_.empty() && show_.empty(); }
    std::vector<std::pair<std::string, int>> subscriptions() const; // filter, QoS

    // False: the topic is none of its.
    bool message(std::string_view topic, Bytes payload, bool retained, Instant now, unsigned server);
    void disconnected(Instant now, unsigned server);

    // What a value for a tag is sent as, and to which server. NotFound: there is no such tag. Refused: the plant file
    // names no topic for it. Unavailable: nobody has said it, or its sender is not alive.
    struct Command {
        unsigned server = 0;
        MqttMessage message;
    };
    Result<Command> make_command(std::string_view source, const Value& value) const;

    std::vector<TwinEvent>& events() { return events_; } // since the caller emptied them

    // For `plant check`: tags that could never become Stale while the broker is there, by "equipment.tag".
    static void warn_of_silence(const plant::Plant& plant, Reports& warnings);

  private:
    static constexpr std::uint32_t kNone = 0xffff'ffffu;
    struct Wanted {
        TagId tag; // or, not valid:
        std::uint32_t life = kNone;
        UtcTime said;      // its own time, of the word held; unknown: none
        Time late_since{}; // when words older than that began to come and nothing else
        unsigned misses = 0;
        bool found = false, told = false;
        bool live = false; // the word held was not a retained one
    };
    struct Topic {
        std::string name;
        JsonForm form;
        std::vector<Wanted> wanted;   // as the form numbers them
        std::uint32_t life = kNone;   // of its sender
        std::uint64_t heard_from = 0; // bits of servers
        std::uint64_t broken = 0;
    };
    struct Life {
        std::string source;
        bool alive = true; // until it is said not to be
        std::vector<std::uint32_t> topics;
    };
    struct Setter {
        std::uint32_t topic = 0;
        JsonPlace place; // no topic: none
    };

    const plant::TopicRule& rule_for(std::string_view topic) const;
    std::uint32_t topic_of(const std::string& name);
    std::uint32_t life_of(const std::string& topic);
    void add(const JsonPlace& place, Wanted wanted);
    void add_shown(std::string_view topic, Bytes payload);
    void apply(Topic& topic, JsonWord&& word, bool retained, Instant now);
    bool is_late(const JsonWord& word, Wanted& wanted, bool retained, Instant now);
    void miss(Topic& topic, bool retained, Instant now);
    void broken(Topic& topic, const std::string& why, Instant now);
    void set_life(std::uint32_t life, bool alive, Instant now);
    void degrade(const Topic& topic, Quality quality, UtcTime when);

    TagStore& store_;
    const std::vector<plant::TopicRule> rules_;
    const std::string show_;
    std::vector<Topic> topics_;
    ByName<std::uint32_t> topic_of_, life_of_;
    std::vector<Life> lives_;
    ByName<Setter> setters_; // by source
    JsonReader reader_;
    std::vector<JsonWord> words_; // of the message in hand
    std::vector<bool> said_;      // which of the form they are
    std::vector<TwinEvent> events_;
};

} // namespace pw::twin
