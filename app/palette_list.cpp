// SPDX-License-Identifier: Apache-2.0
#include "app/palette_list.h"

#include "work/fuzzy.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace pw::app {

namespace {

// What an action is called counts more than what is told about it.
std::optional<int> score_of(const work::Action& action, std::string_view query) {
    constexpr int kCalledSo = 1000, kIdSo = 500;
    if (const auto score = work::fuzzy_score(query, action.title)) return *score + kCalledSo;
    if (const auto score = work::fuzzy_score(query, action.title + " " + action.id)) return *score + kIdSo;
    return work::fuzzy_score(query, action.title + " " + action.id + " " + action.help);
}

} // namespace

std::vector<const work::Action*> palette_list(const work::ActionRegistry& actions, std::string_view query,
                                              std::span<const std::string> recent) {
    struct Found {
        const work::Action* action;
        int score;
        std::size_t used;
    };
    std::vector<Found> found;
    for (const auto& action : actions.list()) {
        if (!action.fronts[static_cast<std::size_t>(work::Front::Palette)].offered) continue;
        if (const auto score = score_of(action, query))
            found.push_back(
                {&action, *score, static_cast<std::size_t>(std::ranges::find(recent, action.id) - recent.begin())});
    }
    std::ranges::stable_sort(
        found, [](const Found& a, const Found& b) { return a.score != b.score ? a.score > b.score : a.used < b.used; });
    std::vector<const work::Action*> out;
    for (const Found& one : found) out.push_back(one.action);
    return out;
}

std::vector<std::string> split_words(std::string_view line) {
    std::vector<std::string> out;
    std::string word;
    bool quoted = false, begun = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
            begun = true;
        } else if (c == ' ' && !quoted) {
            if (begun) out.push_back(std::exchange(word, {}));
            begun = false;
        } else {
            word += c;
            begun = true;
        }
    }
    if (begun) out.push_back(std::move(word));
    return out;
}

std::string arguments_hint(const work::Action& action) {
    std::string out;
    for (const auto& spec : action.args) {
        std::string value = "…";
        if (spec.kind == work::ArgKind::Choice) {
            value.clear();
            for (const auto& choice : spec.choices) value += (value.empty() ? "" : "|") + choice;
        } else if (spec.kind == work::ArgKind::Bool) {
            value = "on|off";
        } else if (spec.kind == work::ArgKind::Point) {
            value = "x,y,z";
        }
        const std::string words = spec.name + "=" + value;
        out += (out.empty() ? "" : " ") + (spec.required ? words : "(" + words + ")");
    }
    return out;
}

} // namespace pw::app
