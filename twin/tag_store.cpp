// SPDX-License-Identifier: Apache-2.0
#include "twin/tag_store.h"

#include "base/assert.h"
#include "base/format.h"
#include "base/text.h"
#include "twin/unit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace pw::twin {

namespace {

std::size_t text_size(const Value& v) {
    if (const auto* text = std::get_if<std::string>(&v)) return text->size();
    if (const auto* json = std::get_if<Json>(&v)) return json->text->size();
    return 0;
}

// Has no text.
bool is_plain(const Value& v) { return !std::holds_alternative<std::string>(v) && !std::holds_alternative<Json>(v); }

// Unlike ==, equal for two NaN: a machine that repeats "no number" has not changed.
bool same(const Value& a, const Value& b) {
    const auto* x = std::get_if<double>(&a);
    const auto* y = std::get_if<double>(&b);
    if (x && y && std::isnan(*x) && std::isnan(*y)) return true;
    return a == b;
}

} // namespace

TagStore::TagStore(std::span<const WatchedTag> watched, std::uint32_t max_tags, std::size_t max_text_bytes)
    : max_tags_(max_tags), max_text_bytes_(max_text_bytes) {
    for (const WatchedTag& tag : watched) {
        const TagId id = intern(tag.source);
        watched_.push_back(id);
        units_.resize(names_.size());
        if (id.valid() && units_[id.index].empty()) units_[id.index] = tag.unit;
        if (id.valid() && tag.period_s) periods_.push_back({id, from_seconds(3.0 * *tag.period_s)});
    }
    watched_count_ = static_cast<std::uint32_t>(names_.size());
    other_unit_.resize(watched_count_);
    places_.resize(watched_.size());
    std::iota(places_.begin(), places_.end(), 0u);
    std::ranges::stable_sort(places_, {}, [&](std::uint32_t w) { return watched_[w].index; });
    places_end_.resize(watched_count_);
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
        if (const TagId id = watched_[places_[i]]; id.valid()) places_end_[id.index] = i + 1;
    }
}

void TagStore::tell(TagId tag, const Value& value, Quality quality, UtcTime time, Word word) const {
    std::span<const std::uint32_t> places;
    if (tag.index < watched_count_) {
        const std::uint32_t begin = tag.index == 0 ? 0 : places_end_[tag.index - 1];
        places = std::span(places_).subspan(begin, places_end_[tag.index] - begin);
    }
    on_change_({tag, name(tag), places, value, quality, time, word, facts_[tag.index]});
}

TagId TagStore::intern(std::string_view name) {
    if (const auto found = ids_.find(name); found != ids_.end()) return found->second;
    if (names_.size() >= max_tags_ || text_bytes_ + name.size() > max_text_bytes_) return {};
    const TagId id{static_cast<std::uint32_t>(names_.size())};
    names_.push_back(&ids_.emplace(name, id).first->first);
    values_.emplace_back();
    qualities_.push_back(Quality::Stale);
    source_times_.emplace_back();
    received_.emplace_back();
    changes_.push_back(0);
    facts_.emplace_back();
    text_bytes_ += name.size();
    return id;
}

void TagStore::apply(Sample&& sample) {
    const std::uint32_t i = sample.tag.index;
    PW_ASSERT(i < names_.size(), "a sample has a tag of this store");
    sample.quality = at_best(sample.tag, sample.quality);
    if (sample.word == Word::Historical) {
        if (on_change_) tell(sample.tag, sample.value, sample.quality, sample.source_time, sample.word);
        return;
    }
    const bool plain = is_plain(values_[i]) && is_plain(sample.value);
    if (!plain) {
        const std::size_t others = text_bytes_ - text_size(values_[i]);
        if (others + text_size(sample.value) > max_text_bytes_) {
            sample.value = {};
            sample.quality = Quality::Bad;
        }
        text_bytes_ = others + text_size(sample.value);
    }
    const bool first = changes_[i] == 0;
    const bool differs = on_change_ && (first || qualities_[i] != sample.quality || !same(values_[i], sample.value));
    if (first) ++known_;
    ++applied_;
    double* number = std::get_if<double>(&values_[i]);
    const double* word = std::get_if<double>(&sample.value);
    if (number && word) // most words: without the variant's detours
        *number = *word;
    else
        values_[i] = std::move(sample.value);
    qualities_[i] = sample.quality;
    source_times_[i] = sample.source_time;
    received_[i] = sample.received;
    ++changes_[i];
    if (i < watched_count_) watched_changed_ = true;
    if (differs) tell(sample.tag, values_[i], qualities_[i], source_times_[i], sample.word);
}

void TagStore::set_facts(TagId tag, TagFacts&& facts) {
    const std::uint32_t i = tag.index;
    PW_ASSERT(i < names_.size(), "a tag of this store");
    const auto& before = facts_[i];
    const bool none = facts == TagFacts{};
    if (before ? *before == facts : none) return;
    check_unit(tag, facts.unit);
    const auto size = [](const TagFacts* f) {
        return f ? f->unit.size() + f->description.size() + f->properties.size() + f->metadata.size() : 0;
    };
    const std::size_t others = text_bytes_ - size(before.get());
    const bool keep = !none && others + size(&facts) <= max_text_bytes_;
    text_bytes_ = others + (keep ? size(&facts) : 0);
    facts_[i] = keep ? std::make_shared<const TagFacts>(std::move(facts)) : nullptr;
    if (i < watched_count_) watched_changed_ = true;
    if (changes_[i] == 0) return; // told with its first word
    ++changes_[i];
    if (on_change_) tell(tag, values_[i], qualities_[i], source_times_[i], Word::Live);
}

// A machine that tells no unit is believed to have the declared one.
void TagStore::check_unit(TagId tag, const std::string& told) {
    if (tag.index >= watched_count_) return;
    const std::string& declared = units_[tag.index];
    const SameUnit same = declared.empty() || told.empty() ? SameUnit::Yes : same_unit(declared, told);
    other_unit_[tag.index] = same != SameUnit::Yes;
    if (same == SameUnit::Yes) return;
    wrong_units_.emplace_back(
        tag, formatted("the machine says that it is in \"{}\", {} the plant file's \"{}\"", shortened(told, 60),
                       same == SameUnit::No ? "which is not" : "and nobody knows whether that is", declared));
}

Quality TagStore::at_best(TagId tag, Quality quality) const {
    const bool doubtful = tag.index < watched_count_ && other_unit_[tag.index] != 0;
    return doubtful ? std::min(quality, Quality::Uncertain) : quality;
}

void TagStore::degrade(TagId tag, Quality quality, UtcTime when) {
    const std::uint32_t i = tag.index;
    PW_ASSERT(i < names_.size(), "a tag of this store");
    if (changes_[i] == 0 || qualities_[i] == quality) return;
    if (quality == Quality::Uncertain && qualities_[i] != Quality::Good) return; // that would be better than it is
    qualities_[i] = quality;
    ++changes_[i];
    if (i < watched_count_) watched_changed_ = true;
    if (on_change_) tell(tag, values_[i], quality, when, Word::Live);
}

void TagStore::check_periods(Time now, UtcTime utc) {
    for (const Period& period : periods_) {
        if (now - received_[period.tag.index] > period.limit) degrade(period.tag, Quality::Stale, utc);
    }
}

void TagStore::copy_watched(std::vector<TagState>& out) {
    out.resize(watched_.size());
    for (std::size_t w = 0; w < watched_.size(); ++w) {
        if (!watched_[w].valid()) continue;
        const std::uint32_t i = watched_[w].index;
        if (out[w].change == changes_[i]) continue;
        out[w].value = values_[i]; // text keeps the capacity it has there
        out[w].quality = qualities_[i];
        out[w].source_time = source_times_[i];
        out[w].received = received_[i];
        out[w].change = changes_[i];
        if (out[w].facts != facts_[i]) out[w].facts = facts_[i];
    }
    watched_changed_ = false;
}

TagState TagStore::state(TagId tag) const {
    const std::uint32_t i = tag.index;
    PW_ASSERT(i < names_.size(), "a tag of this store");
    return {values_[i], qualities_[i], source_times_[i], received_[i], changes_[i], facts_[i]};
}

} // namespace pw::twin
