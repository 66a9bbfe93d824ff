#pragma once
// SPDX-License-Identifier: Apache-2.0
// What an MQTT message with JSON, or with a bare number, truth or text, says of tags (docs/json-topics.md). A JsonForm
// is what is wanted of the messages of one topic; a JsonReader takes a message apart once for all of it. Messages are
// foreign: their length and depth are bounded.

#include "base/bytes.h"
#include "base/result.h"
#include "plant/plant.h"
#include "twin/name_hash.h"
#include "twin/types.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pw::twin {

inline constexpr std::size_t kJsonMaxBytes = 1u << 20, kJsonMaxDepth = 32, kJsonMaxText = 64u << 10;
inline constexpr std::size_t kJsonMaxLeaves = 1000;

// Members by the way down to them; the first that is there counts.
using JsonNames = std::vector<std::vector<std::string>>;

class JsonForm {
  public:
    explicit JsonForm(const plant::TopicRule& rule = {});
    // One more value: numbered from 0.
    void add(const std::vector<std::string>& pointer);
    std::size_t size() const { return wanted_.size(); }

  private:
    friend class JsonReader;
    struct Node { // of the tree of all ways
        ByName<std::uint32_t> next;
        std::uint32_t slot = 0xffff'ffffu;
    };
    struct Wanted {
        std::uint32_t place = 0;                             // slots, as are:
        std::vector<std::uint32_t> values, times, qualities; // the nearest first
        bool whole = false;
    };
    std::uint32_t slot(const std::vector<std::string>& way);

    JsonNames value_, time_, quality_;
    std::vector<Node> nodes_{1};
    std::uint32_t slots_ = 0;
    std::vector<Wanted> wanted_;
};

struct JsonWord {
    std::uint32_t wanted = 0;
    Value value;
    UtcTime time; // as far as it is told
    Quality quality = Quality::Good;
};

class JsonReader {
  public:
    JsonReader();
    ~JsonReader();
    JsonReader(const JsonReader&) = delete;
    JsonReader& operator=(const JsonReader&) = delete;

    // The words that the message has, in the order of the form. Malformed: it is neither JSON nor, for what is wanted
    // whole, a text. Exhausted: it is too long.
    Result<void> read(Bytes message, const JsonForm& form, std::vector<JsonWord>& words);

    // For somebody who wants to see what there is: pointers to what could be a tag, kJsonMaxLeaves at most.
    std::vector<std::vector<std::string>> leaves(Bytes message, const plant::TopicRule& rule);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// A time as machines write it: ISO 8601, or seconds, milli-, micro- or nanoseconds since 1970, which of them by their
// size. Unknown: it is none.
UtcTime time_in(const Value& value);
// True, 192 and "Good…", 64 and "Uncertain…", 0, false and "Bad…", 500 and "Stale"; what else, is Uncertain.
Quality quality_in(const Value& value);

} // namespace pw::twin
