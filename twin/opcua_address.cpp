// SPDX-License-Identifier: Apache-2.0
#include "twin/opcua_address.h"

#include "base/bytes.h"
#include "base/format.h"
#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace pw::twin {

namespace {

constexpr std::string_view kScheme = "opc.tcp://", kSource = "opcua:";
constexpr std::string_view kDefaultPort = "4840";
constexpr std::size_t kMaxName = 64, kMaxSource = 1024, kMaxPath = 32;

bool is_name(std::string_view s) {
    return !s.empty() && s.size() <= kMaxName && std::ranges::all_of(s, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

// RFC 3986, 3.1: large and small letters are the same in it.
bool starts_with_scheme(std::string_view address, std::string_view scheme) {
    return std::ranges::equal(address.substr(0, scheme.size()), scheme, [](char given, char wanted) {
        return given == wanted || (given >= 'A' && given <= 'Z' && given - 'A' + 'a' == wanted);
    });
}

std::optional<std::uint32_t> number(std::string_view digits) {
    std::uint32_t out = 0;
    const char* last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, out);
    return error == std::errc() && end == last && !digits.empty() ? std::optional(out) : std::nullopt;
}

// "HOST[:PORT][/PATH]" → the same with its port, or what is wrong with it
Result<std::string> check_place(std::string_view place) {
    const std::size_t slash = place.find('/');
    std::string_view host = place.substr(0, slash), port = kDefaultPort;
    if (host.contains('@')) return fail(Errc::Malformed, "no user stands in an address");
    const auto path = slash == place.npos || slash + 1 == place.size() ? std::string_view() : place.substr(slash);
    if (const std::size_t colon = host.rfind(':'); colon != host.npos && !host.ends_with(']')) {
        port = host.substr(colon + 1);
        host = host.substr(0, colon);
        if (const auto n = number(port); !n || *n < 1 || *n > 65535)
            return fail(Errc::Malformed, "the port is not a number from 1 to 65535");
    }
    const bool v6 = host.starts_with('[') && host.ends_with(']');
    const auto bare = v6 ? host.substr(1, host.size() - 2) : host;
    if (!v6 && bare.contains(':')) return fail(Errc::Malformed, "a v6 address stands in brackets");
    if (bare.empty() || bare.find_first_of("[] ?") != bare.npos) return fail(Errc::Malformed, "the host is not a name");
    if (path.find_first_of("? #") != path.npos) return fail(Errc::Malformed, "the path is not one");
    return formatted("{}{}:{}{}", kScheme, host, port, path);
}

// "i=17", "s=Axis1", "g=…", "b=…"
bool is_identifier(std::string_view s) {
    if (s.size() < 3 || s[1] != '=') return false;
    const std::string_view rest = s.substr(2);
    const auto all = [&](std::string_view of) { return rest.find_first_not_of(of) == rest.npos; };
    switch (s[0]) {
    case 'i':
        return all("0123456789") && number(rest).has_value();
    case 's':
        return true;
    case 'g':
        return is_guid(rest);
    case 'b':
        return rest.size() % 4 == 0 && !rest.ends_with("===") && from_base64(rest).has_value();
    default:
        return false;
    }
}

// After its leading '/'.
Result<std::vector<std::string>> split_path(std::string_view path) {
    std::vector<std::string> out(1);
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] == '&') {
            if (++i == path.size() || (path[i] != '/' && path[i] != '&'))
                return fail(Errc::Malformed, "after an '&' stands '/' or '&'");
            out.back() += path[i];
        } else if (path[i] == '/') {
            out.emplace_back();
        } else {
            out.back() += path[i];
        }
    }
    if (std::ranges::any_of(out, &std::string::empty)) return fail(Errc::Malformed, "a name on the path is empty");
    if (out.size() > kMaxPath) return fail(Errc::Malformed, formatted("the path has more than {} names", kMaxPath));
    return out;
}

Result<void> read_node(std::string_view text, OpcUaSource& out) {
    std::string_view identifier = text;
    if (text.starts_with("nsu=")) {
        const std::size_t end = text.find(';');
        if (end == text.npos || end == 4) return fail(Errc::Malformed, "a namespace's URI ends with ';'");
        out.namespace_uri = text.substr(4, end - 4);
        identifier = text.substr(end + 1);
        out.node = identifier;
    } else {
        if (text.starts_with("ns=")) {
            const std::size_t end = text.find(';');
            const auto index = number(text.substr(3, end == text.npos ? end : end - 3));
            if (end == text.npos || !index || *index > 65535)
                return fail(Errc::Malformed, "a namespace's index is a number up to 65535 and ends with ';'");
            identifier = text.substr(end + 1);
        }
        out.node = text;
    }
    if (!is_identifier(identifier)) return fail(Errc::Malformed, "a node id has i=, s=, g= or b= and a value");
    return {};
}

std::string prefix(std::string_view server) {
    return std::string(kSource) + std::string(server) + (server.empty() ? "" : ":");
}

} // namespace

bool is_opcua_server(std::string_view address) { return starts_with_scheme(address, "opc."); }

Result<OpcUaServer> parse_opcua_server(std::string_view address) {
    const auto malformed = [&](std::string_view why) {
        // What stands before an '@' or after the '?' may be a password that does not belong there.
        const std::string_view place = address.substr(0, address.find('?'));
        return fail(Errc::Malformed, formatted("the server's address must be opc.tcp://HOST[:PORT][/PATH]"
                                               "[?name=NAME][&security=none]; {}: {}",
                                               why, place.substr(place.rfind('@') + 1)));
    };
    if (!starts_with_scheme(address, kScheme)) return malformed("it starts differently");
    const std::size_t question = address.find('?');
    OpcUaServer out;
    const auto place =
        check_place(address.substr(kScheme.size(), question == address.npos ? question : question - kScheme.size()));
    if (!place) return malformed(place.error().what);
    out.url = *place;
    std::string_view rest = question == address.npos ? "" : address.substr(question + 1);
    while (!rest.empty()) {
        const std::string_view item = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), item.size() + 1));
        if (item == "security=none")
            out.encrypted = false;
        else if (item.starts_with("name=") && is_name(item.substr(5)))
            out.name = item.substr(5);
        else
            return malformed(formatted("\"{}\" is not understood", item.substr(0, item.find('='))));
    }
    return out;
}

bool is_opcua_source(std::string_view source) { return source.starts_with(kSource); }

Result<OpcUaSource> parse_opcua_source(std::string_view source) {
    const auto malformed = [&](std::string_view why) {
        return fail(Errc::Malformed,
                    formatted("an OPC UA source is opcua:[SERVER:]/NAME/NAME or opcua:[SERVER:]NODE; {}: {}", why,
                              source.substr(0, kMaxSource)));
    };
    if (!is_opcua_source(source)) return malformed("it starts differently");
    if (source.size() > kMaxSource) return malformed("it is too long");
    if (source.contains('\0')) return malformed("it contains the character U+0000");
    std::string_view rest = source.substr(kSource.size());
    OpcUaSource out;
    if (const std::size_t colon = rest.find(':'); colon != rest.npos && is_name(rest.substr(0, colon))) {
        out.server = rest.substr(0, colon);
        rest.remove_prefix(colon + 1);
    }
    if (rest.starts_with('/')) {
        auto path = split_path(rest.substr(1));
        if (!path) return malformed(path.error().what);
        out.path = std::move(*path);
    } else if (auto node = read_node(rest, out); !node) {
        return malformed(node.error().what);
    }
    return out;
}

std::string opcua_source(std::string_view server, std::span<const std::string> path) {
    std::string out = prefix(server);
    for (const std::string& name : path) {
        out += '/';
        for (const char c : name) {
            if (c == '/' || c == '&') out += '&';
            out += c;
        }
    }
    return out;
}

std::string opcua_source(std::string_view server, std::string_view node) { return prefix(server).append(node); }

} // namespace pw::twin
