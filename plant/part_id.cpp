// SPDX-License-Identifier: Apache-2.0
#include "plant/part_id.h"

#include "base/text.h"

#include <cstddef>
#include <optional>
#include <utility>

namespace pw::plant {
namespace {

// What separates the parts of the text form, and the escape itself.
std::string escape(std::string_view name) {
    std::string out;
    for (const char c : name) {
        switch (c) {
        case '%':
            out += "%25";
            break;
        case ':':
            out += "%3A";
            break;
        case '#':
            out += "%23";
            break;
        case '/':
            out += "%2F";
            break;
        default:
            out += c;
        }
    }
    return out;
}

// One spelling for each name: what escape() would not have written is refused.
Result<std::string> unescape(std::string_view text) {
    std::optional<std::string> name = percent_decoded(text);
    if (!name || escape(*name) != text)
        return fail(Errc::Malformed,
                    "a part id writes % : # / of a name as %25 %3A %23 %2F, and no other character so");
    return std::move(*name);
}

} // namespace

std::string to_text(const PartId& part) {
    const std::string place = part.place.empty() ? std::string() : escape(part.place) + ":";
    return place + escape(part.asset) + (part.uid.empty() ? "/" + part.path : "#" + part.uid);
}

Result<PartId> parse_part_id(std::string_view text) {
    constexpr std::size_t kLongest = 8192;
    if (text.size() > kLongest) return fail(Errc::Exhausted, "a part id is longer than 8192 bytes");
    const std::size_t end = text.find_first_of("#/");
    if (end == std::string_view::npos)
        return fail(Errc::Malformed, "a part id is \"place:model.glb#uid\" or \"place:model.glb/Node/Node\"");
    const std::string_view front = text.substr(0, end);
    const std::size_t colon = front.find(':');
    const bool has_place = colon != std::string_view::npos;

    Result<std::string> place = unescape(has_place ? front.substr(0, colon) : std::string_view());
    if (!place) return std::unexpected(place.error());
    Result<std::string> asset = unescape(has_place ? front.substr(colon + 1) : front);
    if (!asset) return std::unexpected(asset.error());
    if (asset->empty() || (has_place && place->empty()))
        return fail(Errc::Malformed, "a part id names a model before its '#' or '/'");

    PartId out{.place = std::move(*place), .asset = std::move(*asset), .uid = {}, .path = {}};
    const std::string rest(text.substr(end + 1));
    if (text[end] == '/')
        out.path = rest;
    else if (rest.empty())
        return fail(Errc::Malformed, "a part id has nothing after its '#'");
    else
        out.uid = rest;
    return out;
}

} // namespace pw::plant
