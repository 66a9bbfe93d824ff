// SPDX-License-Identifier: Apache-2.0
#include "twin/watch.h"

#include "base/json.h"

namespace pw::twin {

std::string watch_line(std::string_view tag, const Value& value, Quality quality, UtcTime time, Word word) {
    JsonWriter json;
    json.begin_object()
        .member("tag", tag)
        .key("value")
        .raw(to_json(value))
        .member("quality", quality_name(quality))
        .member("time", to_iso8601(time));
    if (word == Word::Historical) json.member("historical", true);
    return json.end_object().take();
}

} // namespace pw::twin
