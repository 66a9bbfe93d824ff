#pragma once
// SPDX-License-Identifier: Apache-2.0
// Places in MQTT messages with JSON, as plant files write them, and MQTT topic filters. Pure functions.

#include "base/result.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::twin {

// "TOPIC" or "TOPIC#/POINTER": a place within the topic's JSON (RFC 6901), or all of it.
struct JsonPlace {
    std::string topic;
    std::vector<std::string> pointer;
};
Result<JsonPlace> parse_json_place(std::string_view place);

bool is_json_source(std::string_view source); // begins with "mqtt:", a place follows
Result<JsonPlace> parse_json_source(std::string_view source);
std::string json_source(const JsonPlace& place);

// "meta/time" → its names, with ~1 for '/' and ~0 for '~'.
std::vector<std::string> split_pointer(std::string_view names);

// MQTT 3.1.1, 4.7: '+' is one level, '#' the rest, the parent too; neither is a first level that begins with '$'.
bool topic_fits(std::string_view filter, std::string_view topic);
// `pattern` with each '+' replaced by the level that the same '+' of the filter stands for; the topic fits the filter.
std::string fill_in(std::string_view pattern, std::string_view filter, std::string_view topic);

} // namespace pw::twin
