// SPDX-License-Identifier: Apache-2.0
#include "twin/watch.h"

#include "base/json.h"
#include "twin/recorded_word.h"

namespace pw::twin {

std::string watch_line(const Heard& heard) {
    std::string value;
    const std::string_view type = put_value(value, heard.value);
    JsonWriter json;
    json.begin_object().member("tag", std::string_view(heard.name)).key("value").raw(value);
    if (!type.empty()) json.member("type", type);
    json.member("quality", quality_name(heard.quality)).member("time", to_iso8601(heard.source_time));
    if (heard.facts != nullptr && !heard.facts->unit.empty()) json.member("unit", std::string_view(heard.facts->unit));
    if (heard.word == Word::Historical) json.member("historical", true);
    return json.end_object().take();
}

} // namespace pw::twin
