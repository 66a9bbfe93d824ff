// SPDX-License-Identifier: Apache-2.0
#include "twin/recording.h"

#include "base/assert.h"
#include "base/json.h"
#include "twin/recorded_word.h"

#include <algorithm>
#include <utility>

namespace pw::twin {

namespace {

constexpr std::uint64_t kMessageCost = 47; // bytes of a message in the file besides its data: record and index
constexpr const char* kSnapshotSchema =
    R"({"type":"object","properties":{"from_ns":{"type":"integer"},"tags":{"type":"integer"}}})";
constexpr const char* kEventSchema =
    R"({"type":"object","properties":{"kind":{"type":"string"},"who":{"type":"string"},"what":{"type":"string"},)"
    R"("severity":{"type":"integer"}}})";
constexpr const char* kStateSchema =
    R"({"type":"object","properties":{"connection":{"type":"string"},"nodes_alive":{"type":"integer"},)"
    R"("nodes_dead":{"type":"integer"}}})";

record::ChannelId made(const Result<record::ChannelId>& channel) {
    PW_ASSERT(channel.has_value(), "the first channels of a recording are there to be had");
    return *channel;
}

} // namespace

TwinRecorder::TwinRecorder(record::Recorder& recorder, const TwinRecorderOptions& options, const Clock& clock)
    : recorder_(recorder), options_(options), clock_(clock), lost_(recorder.lost()), files_(recorder.files()) {
    word_schema_ = recorder.add_schema({"plantwalk.Word", "jsonschema", kWordSchema});
    const auto snapshot = recorder.add_schema({"plantwalk.Snapshot", "jsonschema", kSnapshotSchema});
    const auto event = recorder.add_schema({"plantwalk.Event", "jsonschema", kEventSchema});
    const auto state = recorder.add_schema({"plantwalk.State", "jsonschema", kStateSchema});
    snapshots_ = made(recorder.add_channel({kSnapshotTopic, "json", snapshot, {}}));
    events_ = made(recorder.add_channel({kEventTopic, "json", event, {}}));
    twin_state_ = made(recorder.add_channel({kStateTopic, "json", state, {}}));
}

record::ChannelId TwinRecorder::channel_for(std::string_view tag, std::string& metric) {
    const std::string_view prefix = tag.substr(0, tag_prefix(tag));
    metric = json_quote(tag.substr(prefix.size()));
    if (const auto found = devices_.find(prefix); found != devices_.end()) return found->second;
    if (devices_.size() < options_.channels) {
        const auto made =
            recorder_.add_channel({device_topic(prefix), "json", word_schema_, {{kPrefixKey, std::string(prefix)}}});
        if (made) return devices_.emplace(prefix, *made).first->second;
    }
    if (!common_.valid()) {
        const auto made = recorder_.add_channel({"twin/more", "json", word_schema_, {{kPrefixKey, ""}}});
        if (made) common_ = *made;
    }
    metric = json_quote(tag);
    return common_;
}

// Appends text_.
std::optional<UtcTime> TwinRecorder::append(record::ChannelId channel, Instant now, UtcTime at) {
    if (!channel.valid()) return std::nullopt; // others have taken all channels
    bytes_ += text_.size() + kMessageCost;
    const auto logged = recorder_.append(channel, now, at, as_bytes(text_));
    logged_ = logged.value_or(logged_);
    return logged;
}

void TwinRecorder::word(const Heard& heard, Instant now) {
    if (heard.word == Word::Transient) return;
    if (heard.tag.index >= tags_.size()) tags_.resize(heard.tag.index + 1);
    Tag& tag = tags_[heard.tag.index];
    if (tag.metric.empty()) tag.channel = channel_for(heard.name, tag.metric);
    const bool historical = heard.word == Word::Historical;
    if (!historical) {
        tag.value = heard.value;
        tag.quality = heard.quality;
        tag.source_time = heard.source_time;
    }
    text_.clear();
    put_word(text_, tag.metric, heard.value, heard.quality, heard.source_time, historical, {});
    if (heard.facts != tag.facts) {
        tag.facts = heard.facts;
        put_facts(text_, tag.facts.get());
    }
    const UtcTime logged = append(tag.channel, now, heard.source_time).value_or(now.utc);
    if (!historical) tag.heard = logged;
}

void TwinRecorder::event(const TwinEvent& event, Instant now) {
    JsonWriter json;
    json.begin_object().member("kind", event_kind_name(event.kind)).member("who", event.who).member("what", event.what);
    if (event.severity > 0) json.member("severity", event.severity);
    text_ = json.end_object().take();
    append(events_, now, event.time);
}

void TwinRecorder::text(const std::string& topic, std::string_view json, Instant now, UtcTime at) {
    record::ChannelId channel;
    {
        auto texts = texts_.lock();
        auto found = texts->find(topic);
        if (found == texts->end()) {
            const auto made = recorder_.add_channel({topic, "json", {}, {}});
            if (!made) return;
            found = texts->emplace(topic, *made).first;
        }
        channel = found->second;
    }
    (void)recorder_.append(channel, now, at, as_bytes(json));
}

void TwinRecorder::tick(Instant now) {
    if (!begun_) {
        begun_ = true;
        last_snapshot_ = now.time;
    }
    const std::uint64_t lost = recorder_.lost();
    const std::uint32_t files = recorder_.files();
    bool gap = std::exchange(lost_, lost) != lost;
    gap = std::exchange(files_, files) != files || gap;
    if (gap) tell_state(now); // it may be what was lost, and a new file has none
    gap = tell_pause(now) || gap;
    const bool due = now.time - last_snapshot_ >= options_.snapshot_after &&
                     bytes_ >= options_.snapshot_ratio * snapshot_bytes_ && bytes_ > 0;
    if (gap || (cursor_ == SIZE_MAX && due)) begin_snapshot(now);
    if (cursor_ != SIZE_MAX) go_on_with_snapshot(now);
}

void TwinRecorder::state(const TwinState& state, Instant now) {
    state_ = state;
    tell_state(now);
}

void TwinRecorder::tell_state(Instant now) {
    text_ = state_json(state_);
    append(twin_state_, now, {});
}

// A machine that slept, or a program that was halted, has heard nothing in the meantime; one whose clock was set has.
bool TwinRecorder::tell_pause(Instant now) {
    const Duration tick = clock_.awake_and_asleep();
    const Duration pause = tick - std::exchange(last_tick_, tick).value_or(tick);
    const UtcTime logged = std::exchange(logged_at_tick_, logged_);
    if (pause < options_.pause) return false;
    // After a clock that was set back, the recording is ahead of it.
    const UtcTime from = std::max(logged, now.utc + (Duration{} - pause)), to = std::max(from, now.utc);
    JsonWriter json;
    json.begin_object().member("lost", 0).member("from_ns", from.ns).member("to_ns", to.ns);
    text_ = json.end_object().take();
    append(recorder_.gaps(), now, {});
    return true;
}

void TwinRecorder::begin_snapshot(Instant now) {
    last_snapshot_ = now.time;
    bytes_ = snapshot_tags_ = 0;
    snapshot_from_ = {};
    cursor_ = 0;
}

// Each tag has its newest value when its turn comes; the words in between stand in between. So whoever reads all from
// the first on knows the state behind the last.
void TwinRecorder::go_on_with_snapshot(Instant now) {
    const std::size_t end = std::min(tags_.size(), cursor_ + options_.tags_per_tick);
    for (; cursor_ < end; ++cursor_) {
        const Tag& tag = tags_[cursor_];
        if (!tag.heard.known()) continue;
        text_.clear();
        put_word(text_, tag.metric, tag.value, tag.quality, tag.source_time, /* historical= */ false, tag.heard);
        if (tag.facts) put_facts(text_, tag.facts.get());
        const auto logged = append(tag.channel, now, tag.source_time);
        if (!logged) return; // tick() begins anew after the gap
        if (snapshot_tags_++ == 0) snapshot_from_ = *logged;
    }
    if (cursor_ < tags_.size()) return;
    cursor_ = SIZE_MAX;
    snapshot_bytes_ = std::exchange(bytes_, 0);
    if (snapshot_tags_ == 0) return;
    JsonWriter json;
    json.begin_object().member("from_ns", snapshot_from_.ns).member("tags", snapshot_tags_);
    text_ = json.end_object().take();
    append(snapshots_, now, {});
}

} // namespace pw::twin
