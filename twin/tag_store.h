#pragma once
// SPDX-License-Identifier: Apache-2.0
// The newest word of every tag, in columns, on the connection's thread. A source interns a name once (at birth) and
// applies values by TagId, without hashing. Tags that are watched are copied out into a TwinSnapshot, in the order of
// the watch list. Nothing is forgotten: a tag that died keeps its last value and is Stale. Bounded by max_tags and by
// max_text_bytes for names and text values together.

#include "twin/name_hash.h"
#include "twin/twin.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pw::twin {

class TagStore {
  public:
    TagStore(std::span<const WatchedTag> watched, std::uint32_t max_tags, std::size_t max_text_bytes = 256u << 20);

    // Called on every change of a tag's value or quality, and on every historical value.
    void set_on_change(std::function<void(const Heard&)> on_change) { on_change_ = std::move(on_change); }

    TagId intern(std::string_view name); // not valid when the store is full
    const std::string& name(TagId tag) const { return *names_[tag.index]; }

    void apply(Sample&& sample); // a historical one only comes to on_change
    void set_facts(TagId tag, TagFacts&& facts);
    // The last value stays; `when` is what on_change hears. No effect when the tag has that quality already, or never
    // had a word.
    void degrade(TagId tag, Quality quality, UtcTime when);
    // Tags with a declared period that were silent for 3 of them become Stale.
    void check_periods(Time now, UtcTime utc);

    // Tags whose machine tells a unit that is not the declared one, each with both in words; since the caller emptied
    // it.
    std::vector<std::pair<TagId, std::string>>& wrong_units() { return wrong_units_; }

    std::uint32_t known() const { return known_; } // tags that have had a word
    std::uint64_t applied() const { return applied_; }

    // True when a watched tag differs from what the last copy_watched gave.
    bool watched_changed() const { return watched_changed_; }
    // Writes what differs; keeps the capacity of `out`.
    void copy_watched(std::vector<TagState>& out);

    TagState state(TagId tag) const;

  private:
    void check_unit(TagId tag, const std::string& told);
    Quality at_best(TagId tag, Quality quality) const;
    void tell(TagId tag, const Value& value, Quality quality, UtcTime time, Word word) const;

    struct Period {
        TagId tag;
        Duration limit;
    };
    ByName<TagId> ids_;
    std::vector<const std::string*> names_; // keys of ids_, which do not move
    std::vector<Value> values_;
    std::vector<Quality> qualities_;
    std::vector<UtcTime> source_times_;
    std::vector<Time> received_;
    std::vector<std::uint32_t> changes_; // 0: no word yet
    std::vector<std::shared_ptr<const TagFacts>> facts_;

    std::vector<TagId> watched_; // by place in the watch list; ids below watched_count_ are the watched ones
    std::vector<std::uint32_t> places_, places_end_; // by watched id: its places in the watch list end there
    std::vector<Period> periods_;
    std::vector<std::string> units_;       // by watched id: declared
    std::vector<std::uint8_t> other_unit_; // by watched id: the machine tells another one
    std::vector<std::pair<TagId, std::string>> wrong_units_;
    std::uint32_t watched_count_ = 0;
    std::uint32_t max_tags_ = 0;
    std::uint32_t known_ = 0;
    std::uint64_t applied_ = 0;
    std::size_t max_text_bytes_ = 0, text_bytes_ = 0;
    bool watched_changed_ = false;
    std::function<void(const Heard&)> on_change_;
};

} // namespace pw::twin
