// SPDX-License-Identifier: Apache-2.0
// The registry as the tables of docs/actions.md: what there is and how each front offers it, then the reasons why not.
#include "work/actions.h"

#include <algorithm>
#include <array>

namespace pw::work {
namespace {

constexpr std::array kFrontTitles{"hand menu", "palette", "key", "voice", "`script/plantwalk do`", "network"};
constexpr std::array kScopeNames{"private", "shared"};
constexpr std::array kSafetyNames{"view", "edit", "operate"};

// A bar would end the cell.
std::string cell(std::string text) {
    for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
        text.insert(at, 1, '\\');
    return text;
}

std::string phrases(const std::string& how) {
    std::string out = "“" + how + "”";
    for (std::size_t at = out.find(" | "); at != std::string::npos; at = out.find(" | ", at))
        out.replace(at, 3, "”, “");
    return out;
}

std::string offer_words(Front front, const FrontOffer& offer) {
    if (!offer.offered) return "–";
    switch (front) {
    case Front::HandMenu:
        return offer.how + " " + std::to_string(offer.order);
    case Front::Key:
        return "`" + offer.how + "`";
    case Front::Voice:
        return cell(phrases(offer.how));
    default:
        return "yes";
    }
}

std::string argument_words(const Action& action) {
    std::string out;
    for (const ArgSpec& spec : action.args)
        out += (out.empty() ? "" : ", ") + std::string("`") + spec.name + "`" + (spec.required ? "" : "?");
    return out.empty() ? "–" : out;
}

} // namespace

std::string ActionRegistry::to_markdown() const {
    std::string out = "| action | does | arguments | scope, safety, right | undone by |";
    std::string line = "|---|---|---|---|---|";
    for (const char* title : kFrontTitles) {
        out += std::string(" ") + title + " |";
        line += "---|";
    }
    out += "\n" + line + "\n";
    for (const Action& action : actions_) {
        out += "| `" + action.id + "` | " + cell(action.help) + " | " + argument_words(action) + " | " +
               kScopeNames.at(static_cast<std::size_t>(action.scope)) + ", " +
               kSafetyNames.at(static_cast<std::size_t>(action.safety)) +
               (action.right.empty() ? "" : ", " + action.right) + " | " + cell(action.undo) + " |";
        for (std::size_t f = 0; f < action.fronts.size(); ++f)
            out += " " + offer_words(static_cast<Front>(f), action.fronts.at(f)) + " |";
        out += "\n";
    }
    out += "\n## Why a front does not offer an action\n";
    for (std::size_t f = 0; f < kFrontTitles.size(); ++f) {
        std::vector<std::pair<std::string, std::string>> reasons; // and the actions
        for (const Action& action : actions_) {
            const FrontOffer& offer = action.fronts.at(f);
            if (offer.offered) continue;
            auto found = std::ranges::find(reasons, offer.reason, &std::pair<std::string, std::string>::first);
            if (found == reasons.end()) found = reasons.insert(reasons.end(), {offer.reason, ""});
            found->second += (found->second.empty() ? "`" : ", `") + action.id + "`";
        }
        if (reasons.empty()) continue;
        out += std::string("\n### ") + kFrontTitles.at(f) + "\n\n| reason | actions |\n|---|---|\n";
        for (const auto& [reason, ids] : reasons) out += "| " + cell(reason) + " | " + ids + " |\n";
    }
    return out;
}

} // namespace pw::work
