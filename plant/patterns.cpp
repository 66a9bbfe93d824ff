// SPDX-License-Identifier: Apache-2.0
// The patterns of docs/plant.schema.json as functions.
#include "base/assert.h"
#include "base/text.h"
#include "plant/schema.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace pw::plant {
namespace {

constexpr bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Begin the address of a value on an OPC UA server, and in a message of an MQTT topic.
constexpr std::string_view kOpcUa = "opcua:", kMqtt = "mqtt:";

bool is_word(std::string_view s, std::string_view also) {
    return !s.empty() && s.size() <= 64 &&
           std::ranges::all_of(s, [&](char c) { return is_letter_or_digit(c) || also.contains(c); });
}

bool is_id(std::string_view s) { return is_word(s, "_.-"); }
bool is_tag_id(std::string_view s) { return is_word(s, "_-"); }

bool is_tag_ref(std::string_view s) {
    const std::size_t dot = s.rfind('.');
    if (dot == std::string_view::npos) return is_tag_id(s);
    return is_id(s.substr(0, dot)) && is_tag_id(s.substr(dot + 1));
}

bool is_made_of(std::string_view s, std::string_view characters, std::size_t least, std::size_t most) {
    return s.size() >= least && s.size() <= most && s.find_first_not_of(characters) == s.npos;
}

// "/NAME/NAME…", with '&' before a '/' or '&' of a name.
bool is_browse_path(std::string_view s) {
    constexpr int kMostNames = 32;
    int names = 1;
    bool empty = true; // the name in hand
    for (std::size_t i = 1; i < s.size(); ++i) {
        if (s[i] == '&') {
            if (++i == s.size() || (s[i] != '/' && s[i] != '&')) return false;
        } else if (s[i] == '/') {
            if (empty || ++names > kMostNames) return false;
            empty = true;
            continue;
        }
        empty = false;
    }
    return !empty;
}

bool is_number(std::string_view s, std::size_t most_digits, std::uint64_t most) {
    if (!is_made_of(s, "0123456789", 1, most_digits)) return false;
    std::uint64_t number = 0;
    for (const char c : s) number = number * 10 + static_cast<std::uint64_t>(c - '0');
    return number <= most;
}

bool is_base64(std::string_view s) {
    if (s.empty() || s.size() % 4 != 0) return false;
    for (int i = 0; i < 2 && s.ends_with('='); ++i) s.remove_suffix(1);
    return is_made_of(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 1, s.size());
}

bool is_node_id(std::string_view s) {
    if (s.starts_with("nsu=") || s.starts_with("ns=")) {
        const std::size_t begin = s.find('=') + 1, end = s.find(';');
        if (end == s.npos || end == begin) return false;
        if (begin == 3 && !is_number(s.substr(begin, end - begin), 5, 65'535)) return false;
        s.remove_prefix(end + 1);
    }
    if (s.size() < 3 || s[1] != '=') return false;
    const std::string_view value = s.substr(2);
    switch (s[0]) {
    case 'i':
        return is_number(value, 10, 4'294'967'295);
    case 's':
        return true;
    case 'g':
        return is_guid(value);
    case 'b':
        return is_base64(value);
    default:
        return false;
    }
}

// "opcua:[SERVER:]" and a path or a node id.
bool is_opcua_source(std::string_view s) {
    if (s.contains('\0')) return false;
    s.remove_prefix(kOpcUa.size());
    const std::size_t colon = s.find(':');
    if (colon != s.npos && is_word(s.substr(0, colon), "_-")) s.remove_prefix(colon + 1);
    return s.starts_with('/') ? is_browse_path(s) : is_node_id(s);
}

// RFC 6901 without its first '/': the names in it are not empty, where they must be.
bool is_pointer(std::string_view s, bool full_names) {
    bool empty = true; // the name in hand
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (s[i] == '~' && (++i == s.size() || (s[i] != '0' && s[i] != '1'))) return false;
        if (s[i] == '/' && empty && full_names) return false;
        empty = s[i] == '/';
    }
    return !empty || !full_names;
}
bool is_member_path(std::string_view s) { return is_pointer(s, true); }

// "TOPIC" or "TOPIC#/POINTER".
bool is_place(std::string_view s, bool (*is_topic)(std::string_view)) {
    const std::size_t hash = s.find('#');
    if (!is_topic(s.substr(0, hash))) return false;
    return hash == s.npos || (s.substr(hash + 1).starts_with('/') && is_pointer(s.substr(hash + 2), false));
}
// What no topic has in it: MQTT 3.1.1, 4.7.3 forbids U+0000, and libraries end it there.
constexpr std::string_view kNoTopic("+#\0", 3);
bool is_topic(std::string_view s) { return !s.empty() && s.find_first_of(kNoTopic) == s.npos; }
bool is_topic_place(std::string_view s) { return is_place(s, is_topic); }

// Levels of which some are '+'; the last one is not empty.
bool is_topic_with_pluses(std::string_view s) {
    for (;;) {
        const std::size_t slash = s.find('/');
        const std::string_view level = s.substr(0, slash);
        if (level != "+" && level.find_first_of(kNoTopic) != s.npos) return false;
        if (slash == s.npos) return !level.empty();
        s.remove_prefix(slash + 1);
    }
}
bool is_alive_place(std::string_view s) { return is_place(s, is_topic_with_pluses); }
bool is_topic_filter(std::string_view s) {
    if (s == "#") return true;
    if (s.ends_with("/#")) return is_topic_with_pluses(std::string(s.substr(0, s.size() - 1)) + "x");
    return is_topic_with_pluses(s);
}

bool is_source(std::string_view s) {
    if (s.starts_with(kOpcUa)) return is_opcua_source(s);
    if (s.starts_with(kMqtt)) return is_topic_place(s.substr(kMqtt.size()));
    for (int part = 0; part < 3; ++part) {
        const std::size_t end = s.find('/');
        if (end == std::string_view::npos || (end == 0 && part < 2)) return false;
        if (s.substr(0, end).find_first_of("+#") != std::string_view::npos) return false;
        s.remove_prefix(end + 1);
    }
    return !s.empty() && s.front() != '/';
}

bool is_node_path(std::string_view s) { return !s.empty() && s.front() != '/' && s.back() != '/' && !s.contains("//"); }

bool is_file(std::string_view s) { return !s.empty() && s.front() != '/' && s.find_first_of("\\:") == s.npos; }

bool is_color(std::string_view s) {
    return s.size() == 7 && s[0] == '#' && s.find_first_not_of("0123456789abcdefABCDEF", 1) == s.npos;
}

struct Pattern {
    std::string_view expression;
    bool (*matches)(std::string_view);
};

constexpr std::array kPatterns{
    Pattern{"^[A-Za-z0-9_.-]{1,64}$", is_id},
    Pattern{"^[A-Za-z0-9_-]{1,64}$", is_tag_id},
    Pattern{"^([A-Za-z0-9_.-]{1,64}\\.)?[A-Za-z0-9_-]{1,64}$", is_tag_ref},
    Pattern{"^(opcua:([A-Za-z0-9_-]{1,64}:)?((/([^/&\\u0000]|&[/&])+){1,32}|(nsu=[^;\\u0000]+;|ns=(6553"
            "[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[0-5]?[0-9]{1,4});)?(i=(429496729[0-5]|"
            "42949672[0-8][0-9]|4294967[01][0-9]{2}|429496[0-6][0-9]{3}|42949[0-5][0-9]{4}|4294[0-8][0-"
            "9]{5}|429[0-3][0-9]{6}|42[0-8][0-9]{7}|4[01][0-9]{8}|[0-3]?[0-9]{1,9})|s=[^\\u0000]+|g=[0-"
            "9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|b=([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-"
            "Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)))$|mqtt:[^+#\\u0000]+(#(/([^/~]|~[01])*)+)?$|(?!opcua:|mqtt:)["
            "^/+#]+/[^/+#]+/[^/+#]*/[^/])",
            is_source},
    Pattern{"^[^+#\\u0000]+(#(/([^/~]|~[01])*)+)?$", is_topic_place},
    Pattern{"^(([^+#/\\u0000]*|\\+)/)*([^+#/\\u0000]+|\\+)(#(/([^/~]|~[01])*)+)?$", is_alive_place},
    Pattern{"^(([^+#/\\u0000]*|\\+)/)*([^+#/\\u0000]+|\\+|#)$", is_topic_filter},
    Pattern{"^([^/~]|~[01])+(/([^/~]|~[01])+)*$", is_member_path},
    Pattern{"^[^/]+(/[^/]+)*$", is_node_path},
    Pattern{"^[^/\\\\:][^\\\\:]*$", is_file},
    Pattern{"^#[0-9A-Fa-f]{6}$", is_color},
};

} // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
    const auto* found = std::ranges::find(kPatterns, pattern, &Pattern::expression);
    PW_ASSERT(found != kPatterns.end(), "the schema uses a pattern that is not known here");
    return found->matches(text);
}

} // namespace pw::plant
