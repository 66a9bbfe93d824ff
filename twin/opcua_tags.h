#pragma once
// SPDX-License-Identifier: Apache-2.0
// What one OPC UA server says, brought into the TagStore. It owns no network and no thread; whoever has the store's
// turn calls it.

#include "twin/name_hash.h"
#include "twin/opcua.h"
#include "twin/sparkplug_host.h"
#include "twin/tag_store.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pw::twin {

class OpcUaTags {
  public:
    explicit OpcUaTags(TagStore& store) : store_(store) {}

    void session(std::vector<OpcUaTag>&& tags); // numbered as in the callbacks of OpcUa
    void words(std::vector<OpcUaWord>& words, Instant now);
    void lost(Instant now); // the session: all its tags are Stale

    // What to write for a command. Unavailable: there is no session. NotFound: it has no such tag.
    Result<std::uint32_t> find(std::string_view source) const;

  private:
    TagStore& store_;
    bool online_ = false;
    std::vector<TagId> tags_; // by number; not valid where the store is full
    ByName<std::uint32_t> number_of_;
};

} // namespace pw::twin
