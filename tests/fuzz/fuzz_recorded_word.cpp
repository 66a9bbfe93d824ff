// SPDX-License-Identifier: Apache-2.0
// Any bytes as a machine's word, an event, a number of a recording. What is a word is written back and is the same
// word.
#include "base/assert.h"
#include "base/json.h"
#include "twin/recorded_word.h"

#include <cmath>
#include <cstdint>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pw;
    using namespace pw::twin;
    static WordParser parser;
    const Bytes bytes = std::as_bytes(std::span(data, size));
    (void)parser.event(bytes);
    (void)parser.integer(bytes, "from_ns");
    (void)parser.state(bytes);
    RecordedWord word, again;
    if (!parser.parse(bytes, word)) return 0;
    std::string text;
    put_word(text, json_quote(word.metric), word.value, word.quality, word.source_time, word.historical, word.heard);
    if (word.has_facts) put_facts(text, word.facts.get());
    PW_ASSERT(parser.parse(as_bytes(text), again), "a word is written as a word");
    PW_ASSERT(again.metric == word.metric && again.quality == word.quality && again.source_time == word.source_time &&
                  again.historical == word.historical && again.heard == word.heard &&
                  again.value.index() == word.value.index(),
              "it reads back equal");
    PW_ASSERT(again.has_facts == word.has_facts &&
                  (again.facts ? word.facts && *again.facts == *word.facts : !word.facts),
              "so do its facts");
    const auto* number = std::get_if<double>(&word.value);
    PW_ASSERT(again.value == word.value || (number != nullptr && std::isnan(*number)), "so does its value");
    return 0;
}
