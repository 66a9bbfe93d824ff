// SPDX-License-Identifier: Apache-2.0
#include "plant/part_id.h"

#include <cstddef>

namespace pw::plant {
namespace {

// What separates the parts of the text form, and the escape itself.
constexpr std::string_view kSpecial = "%:#/";
constexpr std::string_view kDigits = "0123456789ABCDEF";

std::string escape(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (!kSpecial.contains(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', kDigits[byte >> 4u], kDigits[byte & 15u]};
    }
    return out;
}

Result<std::string> unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const std::size_t high = i + 2 < text.size() ? kDigits.find(text[i + 1]) : std::string_view::npos;
        const std::size_t low = i + 2 < text.size() ? kDigits.find(text[i + 2]) : std::string_view::npos;
        if (high == std::string_view::npos || low == std::string_view::npos)
            return fail(Errc::Malformed, "a part id has a '%' without two hexadecimal digits in capitals after it");
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
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
