// SPDX-License-Identifier: Apache-2.0
#include "twin/json_topics.h"

#include "base/assert.h"
#include "base/format.h"
#include "base/json.h"
#include "twin/sparkplug.h"

#include <algorithm>
#include <array>
#include <bit>
#include <variant>

namespace pw::twin {

namespace {

constexpr Duration kSetBack = from_ms(10'000); // of words older than the one held
constexpr unsigned kPatience = 10;             // messages of a topic in which a member may be missing before it is told

// What a last will says, or a birth.
bool says_alive(const Value& value) {
    constexpr std::array<std::string_view, 6> kDead{"offline", "false", "0", "dead", "disconnected", "lost"};
    if (const auto* text = std::get_if<std::string>(&value)) {
        std::string word = *text;
        for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        return !std::ranges::contains(kDead, word);
    }
    return to_number(value, std::holds_alternative<Json>(value) ? 1.0 : 0.0) != 0.0;
}

bool is_power_of_ten(std::uint64_t n) {
    while (n >= 10 && n % 10 == 0) n /= 10;
    return n == 1;
}

const plant::TopicRule& rule_in(std::span<const plant::TopicRule> rules, std::string_view topic) {
    static const plant::TopicRule kUsual;
    const auto rule =
        std::ranges::find_if(rules, [&](const plant::TopicRule& r) { return topic_fits(r.filter, topic); });
    return rule == rules.end() ? kUsual : *rule;
}

} // namespace

JsonTopics::JsonTopics(std::span<const WatchedTag> watched, std::span<const plant::TopicRule> rules, std::string show,
                       TagStore& store, UtcTime now)
    : store_(store), rules_(rules.begin(), rules.end()), show_(std::move(show)) {
    for (const WatchedTag& tag : watched) {
        if (!is_json_source(tag.source)) continue;
        const auto place = parse_json_source(tag.source);
        const auto set = tag.set.empty() ? Result<JsonPlace>() : parse_json_place(tag.set);
        for (const auto& one : {place, set}) {
            if (!one) events_.push_back({TwinEventKind::Malformed, tag.source, one.error().what, now});
        }
        const TagId id = store_.intern(tag.source);
        if (!place || !id.valid() || setters_.contains(tag.source)) continue;
        add(*place, {id});
        setters_[tag.source] = {topic_of_[place->topic], set.value_or(JsonPlace{})};
    }
}

const plant::TopicRule& JsonTopics::rule_for(std::string_view topic) const { return rule_in(rules_, topic); }

void JsonTopics::warn_of_silence(const plant::Plant& plant, Reports& warnings) {
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        for (const plant::Tag& tag : plant.equipment[e].tags) {
            const auto place = is_json_source(tag.source) ? parse_json_source(tag.source) : Result<JsonPlace>();
            if (!place || place->topic.empty() || tag.period_s || !rule_in(plant.topics, place->topic).alive.empty())
                continue;
            warnings.add(plant::tag_name(plant, e, tag),
                         "has no \"period_s\" and no rule in \"topics\" with \"alive\": its last word stays GOOD when "
                         "the machine is gone");
        }
    }
}

std::uint32_t JsonTopics::topic_of(const std::string& name) {
    const auto [at, added] = topic_of_.try_emplace(name, static_cast<std::uint32_t>(topics_.size()));
    if (added) topics_.push_back({name, JsonForm(rule_for(name)), {}});
    return at->second;
}

// Of whoever sends to a topic, or kNone.
std::uint32_t JsonTopics::life_of(const std::string& topic) {
    const plant::TopicRule& rule = rule_for(topic);
    if (rule.alive.empty()) return kNone;
    const auto place = parse_json_place(fill_in(rule.alive, rule.filter, topic));
    if (!place) return kNone; // a level of the topic that makes no topic
    const std::string source = json_source(*place);
    const auto [at, added] = life_of_.try_emplace(source, static_cast<std::uint32_t>(lives_.size()));
    if (added) {
        lives_.push_back({source, true, {}});
        add(*place, {{}, at->second});
    }
    return at->second;
}

void JsonTopics::add(const JsonPlace& place, Wanted wanted) {
    const std::uint32_t t = topic_of(place.topic);
    topics_[t].form.add(place.pointer);
    topics_[t].wanted.push_back(wanted);
    if (!wanted.tag.valid() || topics_[t].life != kNone) return;
    const std::uint32_t life = life_of(place.topic); // which may make topics
    topics_[t].life = life;
    if (life != kNone) lives_[life].topics.push_back(t);
}

std::vector<std::pair<std::string, int>> JsonTopics::subscriptions() const {
    std::vector<std::pair<std::string, int>> out;
    if (!show_.empty()) out.emplace_back(show_, 1);
    for (const Topic& topic : topics_) out.emplace_back(topic.name, 1);
    return out;
}

bool JsonTopics::message(std::string_view name, Bytes payload, bool retained, Instant now, unsigned server) {
    if (!show_.empty() && topic_fits(show_, name)) add_shown(name, payload);
    const auto found = topic_of_.find(name);
    if (found == topic_of_.end()) return false;
    Topic& topic = topics_[found->second];
    if (payload.empty()) { // a retained message is taken away like this
        topic.heard_from = 0;
        degrade(topic, Quality::Stale, now.utc);
        for (const Wanted& wanted : topic.wanted)
            if (wanted.life != kNone) set_life(wanted.life, false, now);
        return true;
    }
    topic.heard_from |= std::uint64_t{1} << server;
    const auto read = reader_.read(payload, topic.form, words_);
    said_.assign(topic.wanted.size(), false);
    for (JsonWord& word : words_) {
        said_[word.wanted] = true;
        apply(topic, std::move(word), retained, now);
    }
    if (read)
        miss(topic, retained, now);
    else
        broken(topic, read.error().what, now);
    return true;
}

void JsonTopics::apply(Topic& topic, JsonWord&& word, bool retained, Instant now) {
    Wanted& wanted = topic.wanted[word.wanted];
    wanted.found = true;
    if (wanted.life != kNone) return set_life(wanted.life, says_alive(word.value), now);
    const UtcTime time = word.time.known() ? word.time : now.utc;
    if (is_late(word, wanted, retained, now)) {
        // At each subscription the broker says again what it retains: that is no news.
        if (!retained)
            store_.apply({wanted.tag, std::move(word.value), word.quality, time, now.time, Word::Historical});
        return;
    }
    wanted.said = word.time;
    wanted.late_since = {};
    wanted.live = !retained;
    Quality quality = word.quality;
    // It may be as old as the broker, whatever it says: whether it still holds, nobody has said since.
    if (retained) quality = std::min(quality, Quality::Uncertain);
    if (retained && topic.life != kNone && !lives_[topic.life].alive) quality = std::min(quality, Quality::Stale);
    store_.apply({wanted.tag, std::move(word.value), quality, time, now.time});
}

// Older than the word held: overtaken on its way, through another broker or from a queue. But where only such words
// come for a while, the machine's clock was set back, and a tag that kept its last word would look GOOD for hours.
bool JsonTopics::is_late(const JsonWord& word, Wanted& wanted, bool retained, Instant now) {
    const bool dated = word.time.known() && wanted.said.known();
    // What another broker has kept is not newer than what was heard live, unless it says so.
    if (retained && wanted.live && store_.state(wanted.tag).quality > Quality::Stale)
        return !dated || word.time <= wanted.said;
    if (!dated || word.time >= wanted.said) return false;
    if (retained) return true;
    if (wanted.late_since == Time{}) wanted.late_since = now.time;
    return now.time - wanted.late_since < kSetBack;
}

// A message need not have all members; one that no message has is a mistake in the plant file, or at the machine.
void JsonTopics::miss(Topic& topic, bool retained, Instant now) {
    for (std::size_t i = 0; i < topic.wanted.size(); ++i) {
        Wanted& wanted = topic.wanted[i];
        if (said_[i] || wanted.found || wanted.told || (++wanted.misses < kPatience && !retained)) continue;
        wanted.told = true;
        const std::string& who = wanted.life == kNone ? store_.name(wanted.tag) : lives_[wanted.life].source;
        events_.push_back({TwinEventKind::Malformed, who, "the topic's messages do not have this member", now.utc});
    }
}

// Told once, and then again as they become ten, a hundred, …
void JsonTopics::broken(Topic& topic, const std::string& why, Instant now) {
    for (std::size_t i = 0; i < topic.wanted.size(); ++i) {
        const Wanted& wanted = topic.wanted[i];
        if (!said_[i] && wanted.tag.valid()) store_.degrade(wanted.tag, Quality::Bad, now.utc);
    }
    if (!is_power_of_ten(++topic.broken)) return;
    const std::string many = topic.broken == 1 ? why : formatted("{} messages so far; {}", topic.broken, why);
    events_.push_back({TwinEventKind::Malformed, topic.name, "a message cannot be read: " + many, now.utc});
}

void JsonTopics::set_life(std::uint32_t l, bool alive, Instant now) {
    Life& life = lives_[l];
    if (life.alive == alive) return;
    life.alive = alive;
    events_.push_back({alive ? TwinEventKind::DeviceBirth : TwinEventKind::DeviceDeath, life.source,
                       alive ? "it is there" : "it is gone", now.utc});
    for (const std::uint32_t t : life.topics) {
        const Topic& topic = topics_[t];
        if (!alive) degrade(topic, Quality::Stale, now.utc);
        if (!alive || topic.heard_from == 0) continue;
        // It has not said yet whether its last values still hold.
        for (const Wanted& wanted : topic.wanted) {
            if (!wanted.tag.valid()) continue;
            TagState state = store_.state(wanted.tag);
            if (state.change == 0 || state.quality != Quality::Stale) continue;
            store_.apply({wanted.tag, std::move(state.value), Quality::Uncertain, state.source_time, state.received});
        }
    }
}

void JsonTopics::degrade(const Topic& topic, Quality quality, UtcTime when) {
    for (const Wanted& wanted : topic.wanted)
        if (wanted.tag.valid()) store_.degrade(wanted.tag, quality, when);
}

void JsonTopics::disconnected(Instant now, unsigned server) {
    PW_ASSERT(server < kMaxServers, "servers were counted at the start");
    for (Topic& topic : topics_) {
        const std::uint64_t others = topic.heard_from & ~(std::uint64_t{1} << server);
        if (others == 0 && topic.heard_from != 0) degrade(topic, Quality::Stale, now.utc);
        topic.heard_from = others;
    }
}

// Tags for what the message has and no tag is for yet.
void JsonTopics::add_shown(std::string_view name, Bytes payload) {
    JsonPlace place{to_utf8(name), {}};
    if (payload.empty() || place.topic != name) return;
    for (auto& pointer : reader_.leaves(payload, rule_for(name))) {
        place.pointer = std::move(pointer);
        const std::string source = json_source(place);
        if (setters_.contains(source)) continue;
        const TagId tag = store_.intern(source);
        if (!tag.valid()) return; // as many as are kept
        add(place, {tag});
        setters_[source] = {topic_of_[place.topic], {}};
    }
}

Result<JsonTopics::Command> JsonTopics::make_command(std::string_view source, const Value& value) const {
    const auto setter = setters_.find(source);
    if (setter == setters_.end()) return fail(Errc::NotFound, formatted("there is no tag {}", source));
    const JsonPlace& place = setter->second.place;
    if (place.topic.empty())
        return fail(Errc::Refused, formatted("the plant file names no topic to set {} with", source));
    const Topic& topic = topics_[setter->second.topic];
    if (topic.heard_from == 0) return fail(Errc::Unavailable, formatted("nobody has said {} yet", source));
    if (topic.life != kNone && !lives_[topic.life].alive)
        return fail(Errc::Unavailable, formatted("who says {} is gone", source));
    JsonWriter json;
    for (const std::string& name : place.pointer) json.begin_object().key(name);
    json.raw(to_json(value));
    for (std::size_t i = 0; i < place.pointer.size(); ++i) json.end_object();
    // At most once: QoS 0, and nothing stays behind.
    return Command{static_cast<unsigned>(std::countr_zero(topic.heard_from)), {place.topic, json.take(), 0, false}};
}

} // namespace pw::twin
