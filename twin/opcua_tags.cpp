// SPDX-License-Identifier: Apache-2.0
#include "twin/opcua_tags.h"

#include <utility>

namespace pw::twin {

void OpcUaTags::session(std::vector<OpcUaTag>&& tags) {
    online_ = true;
    tags_.clear();
    number_of_.clear();
    for (std::uint32_t i = 0; i < tags.size(); ++i) {
        tags_.push_back(store_.intern(tags[i].source));
        number_of_[tags[i].source] = i;
        if (tags_.back()) store_.set_facts(tags_.back(), std::move(tags[i].facts));
    }
}

void OpcUaTags::words(std::vector<OpcUaWord>& words, Instant now) {
    for (OpcUaWord& word : words) {
        const TagId tag = tags_[word.tag];
        if (!tag) continue;
        if (!word.value) word.value = store_.state(tag).value; // only its quality is new
        store_.apply({tag, std::move(*word.value), word.quality, word.source_time, now.time});
    }
}

void OpcUaTags::lost(Instant now) {
    online_ = false;
    for (const TagId tag : tags_) {
        if (tag) store_.degrade(tag, Quality::Stale, now.utc);
    }
}

Result<std::uint32_t> OpcUaTags::find(std::string_view source) const {
    if (!online_) return fail(Errc::Unavailable, "there is no session with the tag's server");
    const auto found = number_of_.find(source);
    if (found == number_of_.end()) return fail(Errc::NotFound, "the server has no such tag");
    return found->second;
}

} // namespace pw::twin
