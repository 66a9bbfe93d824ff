// SPDX-License-Identifier: Apache-2.0
#include "work/phrases.h"

#include "base/assert.h"
#include "base/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>
#include <span>
#include <utility>

namespace pw::work {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

constexpr std::size_t kLongest = 400, kMostWords = 24;
constexpr std::size_t kMostNamed = 5; // of what something could mean

// Lower case; punctuation that ends a word or stands alone says nothing.
Words words_of(std::string_view text) {
    Words out;
    std::string word;
    const auto end = [&] {
        while (!word.empty() && std::string_view(".,;:!?\"'").contains(word.back())) word.pop_back();
        if (!word.empty()) out.push_back(std::exchange(word, {}));
    };
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
            end();
        else
            word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    end();
    return out;
}

std::string joined(std::span<const std::string> words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

struct Slot {
    const ArgSpec* spec = nullptr;
    bool percent = false;
    std::string said;
};

struct Reading {
    const Action* action = nullptr;
    std::vector<Slot> slots;
    std::size_t own_words = 0;
};

// All ways in which the words fit a phrase, appended to `out`.
void match(const Action& action, std::span<const std::string> phrase, std::span<const std::string> said, Reading so_far,
           std::vector<Reading>& out) {
    if (phrase.empty()) {
        if (said.empty()) out.push_back(std::move(so_far));
        return;
    }
    const std::string& next = phrase.front();
    if (!next.starts_with('{')) {
        if (said.empty() || said.front() != next) return;
        ++so_far.own_words;
        return match(action, phrase.subspan(1), said.subspan(1), std::move(so_far), out);
    }
    std::string name = next.substr(1, next.size() - 2);
    const bool percent = name.ends_with('%');
    if (percent) name.pop_back();
    const auto spec = std::ranges::find(action.args, name, &ArgSpec::name);
    PW_ASSERT(spec != action.args.end(), "a slot of a phrase is an argument of its action");
    for (std::size_t taken = 1; taken <= said.size(); ++taken) {
        Reading with = so_far;
        with.slots.push_back({&*spec, percent, joined(said.first(taken))});
        match(action, phrase.subspan(1), said.subspan(taken), std::move(with), out);
    }
}

std::optional<double> number_of(std::string_view word) {
    if (word.ends_with('%')) word.remove_suffix(1);
    if (word == "half") return 0.5;
    double value = 0.0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

} // namespace

std::string_view without_article(std::string_view said) {
    constexpr std::string_view kArticle = "the ";
    return said.starts_with(kArticle) ? said.substr(kArticle.size()) : said;
}

namespace {

bool is_selection(std::string_view said) { return said == "this" || said == "that" || said == "it"; }

// The slot's value into `arguments`; NotFound: the words are no such thing.
Result<void> fill(const Slot& slot, const FindParts& find_parts, json& arguments) {
    json& out = arguments[slot.spec->name];
    switch (slot.spec->kind) {
    case ArgKind::Part: {
        if (is_selection(slot.said) && !slot.spec->required) return arguments.erase(slot.spec->name), Result<void>{};
        auto parts = find_parts(slot.said);
        if (parts.empty()) parts = find_parts(without_article(slot.said));
        if (parts.empty()) return fail(Errc::NotFound, "nothing here is called \"" + slot.said + "\"");
        if (parts.size() > 1) {
            std::string all;
            for (std::size_t i = 0; i < std::min(parts.size(), kMostNamed); ++i)
                all += (i == 0 ? "" : ", ") + parts[i].title + " (" + parts[i].part + ")";
            if (parts.size() > kMostNamed) all += ", …";
            return fail(Errc::Refused, "\"" + slot.said + "\" could be " + all);
        }
        out = parts.front().part;
        return {};
    }
    case ArgKind::Number: {
        const auto number = number_of(slot.said);
        if (!number) return fail(Errc::NotFound, "\"" + slot.said + "\" is no number");
        out = slot.percent && slot.said != "half" ? *number / 100.0 : *number;
        return {};
    }
    case ArgKind::Bool:
        if (slot.said != "on" && slot.said != "off") return fail(Errc::NotFound, "say on or off");
        out = slot.said == "on";
        return {};
    case ArgKind::Choice: {
        for (const std::string& choice : slot.spec->choices) {
            std::string spoken = choice;
            std::ranges::replace(spoken, '_', ' ');
            if (spoken == slot.said) {
                out = choice;
                return {};
            }
        }
        return fail(Errc::NotFound, "\"" + slot.said + "\" is none of the choices of " + slot.spec->name);
    }
    case ArgKind::Text:
    case ArgKind::File:
        out = slot.said;
        return {};
    case ArgKind::Point:
        break;
    }
    return fail(Errc::NotFound, "a point is pointed at, not said");
}

std::string in_words(const Spoken& spoken) { return spoken.action + " " + spoken.arguments; }

} // namespace

std::vector<std::string_view> phrases_of(const Action& action) {
    std::vector<std::string_view> out;
    const FrontOffer& voice = action.fronts[static_cast<std::size_t>(Front::Voice)];
    for (std::string_view rest = voice.offered ? std::string_view(voice.how) : std::string_view(); !rest.empty();) {
        const std::size_t bar = rest.find(" | ");
        out.push_back(rest.substr(0, bar));
        rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 3);
    }
    return out;
}

Result<Spoken> understand(const ActionRegistry& actions, std::string_view words, const FindParts& find_parts) {
    const Words said = words_of(words);
    if (words.size() > kLongest || said.size() > kMostWords)
        return fail(Errc::Exhausted, "that is too long for a phrase");
    std::vector<Reading> readings;
    for (const Action& action : actions.list())
        for (const std::string_view phrase : phrases_of(action))
            match(action, words_of(phrase), said, {.action = &action, .slots = {}}, readings);
    std::ranges::stable_sort(readings, std::greater(), &Reading::own_words);

    std::vector<Spoken> found;
    std::size_t own_words = 0;
    Error why{Errc::NotFound, "no phrase is like \"" + shortened(words, 100) + "\""};
    for (const Reading& reading : readings) {
        if (!found.empty() && reading.own_words < own_words) break;
        json arguments = json::object();
        Result<void> filled;
        for (const Slot& slot : reading.slots)
            if (filled) filled = fill(slot, find_parts, arguments);
        if (!filled && filled.error().code == Errc::Refused) return std::unexpected(filled.error());
        if (!filled) {
            if (&reading == &readings.front()) why = filled.error();
            continue;
        }
        own_words = reading.own_words;
        Spoken spoken{reading.action->id, arguments.dump(-1, ' ', false, json::error_handler_t::replace)};
        if (std::ranges::find(found, in_words(spoken), in_words) == found.end()) found.push_back(std::move(spoken));
    }
    if (found.empty()) return std::unexpected(why);
    if (found.size() == 1) return found.front();
    std::string all;
    for (const Spoken& spoken : found) all += (all.empty() ? "" : ", or ") + in_words(spoken);
    return fail(Errc::Refused, "\"" + shortened(words, 100) + "\" could mean " + all);
}

} // namespace pw::work
