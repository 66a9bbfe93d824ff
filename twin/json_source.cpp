// SPDX-License-Identifier: Apache-2.0
#include "twin/json_source.h"

#include "base/format.h"

#include <algorithm>
#include <utility>

namespace pw::twin {

namespace {

constexpr std::string_view kSource = "mqtt:";
constexpr std::size_t kMaxPlace = 1024, kMaxNames = 32;

std::string_view take_level(std::string_view& topic) {
    const std::string_view level = topic.substr(0, topic.find('/'));
    topic.remove_prefix(std::min(topic.size(), level.size() + 1));
    return level;
}

} // namespace

std::vector<std::string> split_pointer(std::string_view names) {
    std::vector<std::string> out(1);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == '/') {
            out.emplace_back();
        } else if (names[i] == '~' && i + 1 < names.size()) {
            out.back() += names[++i] == '1' ? '/' : '~';
        } else {
            out.back() += names[i];
        }
    }
    return out;
}

Result<JsonPlace> parse_json_place(std::string_view place) {
    const auto malformed = [&](std::string_view why) {
        return fail(Errc::Malformed, formatted("a place in a topic is TOPIC or TOPIC#/MEMBER/MEMBER; {}: {}", why,
                                               place.substr(0, kMaxPlace)));
    };
    const std::size_t hash = place.find('#');
    JsonPlace out{std::string(place.substr(0, hash)), {}};
    if (place.size() > kMaxPlace) return malformed("it is too long");
    if (out.topic.empty() || out.topic.contains('+') || out.topic.contains('\0'))
        return malformed("the topic is not one");
    if (hash == place.npos) return out;
    const std::string_view pointer = place.substr(hash + 1);
    if (!pointer.starts_with('/')) return malformed("behind the '#' stands a '/'");
    for (std::size_t tilde = pointer.find('~'); tilde != pointer.npos; tilde = pointer.find('~', tilde + 1)) {
        if (tilde + 1 == pointer.size() || (pointer[tilde + 1] != '0' && pointer[tilde + 1] != '1'))
            return malformed("after a '~' stands 0 or 1");
    }
    out.pointer = split_pointer(pointer.substr(1));
    if (out.pointer.size() > kMaxNames) return malformed(formatted("there are more than {} members", kMaxNames));
    return out;
}

bool is_json_source(std::string_view source) { return source.starts_with(kSource); }

Result<JsonPlace> parse_json_source(std::string_view source) {
    if (!is_json_source(source)) return fail(Errc::Malformed, "a source in a topic begins with mqtt:");
    return parse_json_place(source.substr(kSource.size()));
}

std::string json_source(const JsonPlace& place) {
    std::string out = std::string(kSource) + place.topic;
    if (!place.pointer.empty()) out += '#';
    for (const std::string& name : place.pointer) {
        out += '/';
        for (const char c : name) {
            if (c == '~' || c == '/')
                out += c == '~' ? "~0" : "~1";
            else
                out += c;
        }
    }
    return out;
}

bool topic_fits(std::string_view filter, std::string_view topic) {
    if (topic.starts_with('$') && (filter.starts_with('+') || filter.starts_with('#'))) return false;
    for (;;) {
        if (filter == "#") return true;
        const bool last = !filter.contains('/'), topic_last = !topic.contains('/');
        const std::string_view level = take_level(filter);
        if (level != "+" && level != topic.substr(0, topic.find('/'))) return false;
        take_level(topic);
        if (topic_last && !last) return filter == "#"; // the parent too
        if (last || topic_last) return last && topic_last;
    }
}

std::string fill_in(std::string_view pattern, std::string_view filter, std::string_view topic) {
    std::vector<std::string_view> stands_for;
    while (!filter.empty() && filter != "#") {
        const std::string_view level = take_level(topic);
        if (take_level(filter) == "+") stands_for.push_back(level);
    }
    std::string out;
    std::size_t next = 0;
    for (const char c : pattern) {
        if (c == '+' && next < stands_for.size())
            out += stands_for[next++];
        else
            out += c;
    }
    return out;
}

} // namespace pw::twin
