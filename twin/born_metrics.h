#pragma once
// SPDX-License-Identifier: Apache-2.0
// The metrics that an edge node or device declared in its last birth, and what its messages make of their tags in the
// TagStore. A template's instance is a tag that names its definition and parameters ({"template":…,"version":…,
// "parameters":{…}}); its members are tags "instance/member". For one thread.

#include "twin/name_hash.h"
#include "twin/sparkplug.h"
#include "twin/tag_store.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pw::twin {

// By the name of the metric that defines it in the NBIRTH; for the node and its devices.
struct TemplateDefinition {
    ByName<DataType> members;
    std::vector<std::pair<std::string, std::string>> parameters; // name and value as JSON: the defaults
};
using TemplateDefinitions = ByName<std::shared_ptr<const TemplateDefinition>>;

class BornMetrics {
  public:
    struct Message {
        const Payload& payload;
        const DecodeLimits& limits;
        TagStore& store;
        UtcTime said; // the payload's time, or else ours
        UtcTime heard;
        Time received;
    };

    // Replaces what was declared; tags that this birth does not name any more are stale. `prefix` is
    // "group/node/device/". Definitions are taken from a node's birth only. Returns what is wrong with the birth, in
    // words (the first thing, and with its metric), or nothing.
    std::string birth(const Message& message, std::string_view prefix, bool of_node, TemplateDefinitions& definitions);

    // Returns which metric was not born, in words, or nothing.
    std::string data(const Message& message);

    void degrade(TagStore& store, Quality quality, UtcTime when) const;

    // For commands: by the metric's name in the birth.
    struct Known {
        DataType type;
        std::optional<std::uint64_t> alias;
        bool is_member; // of a template
    };
    std::optional<Known> find(std::string_view name) const;

    bool cut() const { return cut_; } // some were left out, because the store is full

  private:
    struct Birth;
    struct Entry {
        TagId tag;
        DataType type = DataType::Unknown;
        std::uint32_t end = 0; // of a template's instance: its members are the entries from here to there
    };
    struct Rarely {              // of an entry
        const std::string* name; // a key of by_name_
        std::optional<std::uint64_t> alias;
        bool is_member;
    };
    struct Instance {
        std::string ref, version;
        std::shared_ptr<const TemplateDefinition> definition;        // may be null
        std::vector<std::pair<std::string, std::string>> parameters; // of its own
    };

    std::uint32_t find(const Metric& metric, std::string_view instance) const; // kNowhere
    void apply(const Metric& metric, std::uint32_t index, const Message& message, std::string& unknown);
    void apply_value(const Metric& metric, const Entry& entry, const Message& message) const;
    static void note_unknown(const Metric& metric, std::string& unknown);
    void apply_instance(const Metric& metric, std::uint32_t index, const Message& message, std::string& unknown);
    void apply_parameters(std::uint32_t index, const Metric& metric, const Template& from, const Message& message);

    std::vector<Entry> entries_;
    std::vector<Rarely> rarely_;
    std::unordered_map<std::uint64_t, std::uint32_t> by_alias_; // kNowhere: two metrics claim it
    ByName<std::uint32_t> by_name_;
    std::unordered_map<std::uint32_t, Instance> instances_; // by entry
    bool cut_ = false;
    std::size_t nulls_left_ = 0; // that members may still get from the message in hand
};

// A time that a machine sent, in milliseconds; `otherwise` for none and for nonsense.
UtcTime time_from_machine(std::uint64_t ms, UtcTime otherwise);

} // namespace pw::twin
