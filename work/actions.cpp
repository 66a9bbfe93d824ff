// SPDX-License-Identifier: Apache-2.0
#include "work/actions.h"

#include "base/assert.h"
#include "base/file.h"
#include "base/json.h"
#include "base/spelling.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace pw::work {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestCall = 64u << 10;
constexpr std::array<std::string_view, 7> kKinds{"bool", "number", "text", "file", "choice", "part", "point"};
constexpr std::array<std::string_view, 2> kScopes{"private", "shared"};
constexpr std::array<std::string_view, 3> kSafety{"view", "edit", "operate"};
constexpr std::array<std::string_view, kFrontCount> kFronts{"hand_menu", "palette", "key",
                                                            "voice",     "command", "network"};

template <class Enum, std::size_t N> std::string_view name_of(const std::array<std::string_view, N>& names, Enum e) {
    return names.at(static_cast<std::size_t>(e));
}

std::string_view in_words(ArgKind kind) {
    switch (kind) {
    case ArgKind::Bool:
        return "true or false";
    case ArgKind::Number:
        return "a number";
    case ArgKind::Text:
    case ArgKind::Choice:
        return "text";
    case ArgKind::File:
        return "a file's path";
    case ArgKind::Part:
        return "a part, as text";
    case ArgKind::Point:
        return "a point, three numbers in metres";
    }
    return "";
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

std::string known_arguments(const Action& action) {
    std::vector<std::string> known;
    for (const ArgSpec& spec : action.args) known.push_back(spec.name);
    return known.empty() ? "; it takes none" : "; known are " + joined(known);
}

// The value of one argument, or in words what is wrong with it.
Result<ArgValue> value_of(const json& value, const ArgSpec& spec) {
    const auto wrong_type = [&] {
        return fail(Errc::Malformed, "\"" + spec.name + "\" must be " + std::string(in_words(spec.kind)));
    };
    switch (spec.kind) {
    case ArgKind::Bool:
        if (!value.is_boolean()) return wrong_type();
        return value.get<bool>();
    case ArgKind::Number: {
        if (!value.is_number()) return wrong_type();
        const auto number = value.get<double>();
        if ((spec.low && number < *spec.low) || (spec.high && number > *spec.high)) {
            const std::string low = spec.low ? "at least " + json(*spec.low).dump() : "";
            const std::string high = spec.high ? "at most " + json(*spec.high).dump() : "";
            return fail(Errc::Refused,
                        "\"" + spec.name + "\" must be " + low + (low.empty() || high.empty() ? "" : " and ") + high);
        }
        return number;
    }
    case ArgKind::Text:
    case ArgKind::File:
    case ArgKind::Part:
        if (!value.is_string()) return wrong_type();
        return value.get<std::string>();
    case ArgKind::Choice: {
        if (!value.is_string()) return wrong_type();
        auto chosen = value.get<std::string>();
        if (std::ranges::find(spec.choices, chosen) == spec.choices.end())
            return fail(Errc::Refused, "\"" + spec.name + "\" must be one of " + joined(spec.choices));
        return chosen;
    }
    case ArgKind::Point: {
        if (!value.is_array() || value.size() != 3) return wrong_type();
        std::vector<double> point;
        for (const json& number : value) {
            if (!number.is_number()) return wrong_type();
            point.push_back(number.get<double>());
        }
        return point;
    }
    }
    return wrong_type();
}

Result<Args> check_arguments(const Action& action, const json& given) {
    std::string wrong;
    Errc code = Errc::Refused;
    const auto add = [&](Errc why, const std::string& what) {
        if (why == Errc::Malformed) code = why;
        wrong += (wrong.empty() ? "" : "; ") + what;
    };
    for (const auto& [name, value] : given.items()) {
        if (std::ranges::find(action.args, name, &ArgSpec::name) != action.args.end()) continue;
        add(Errc::Malformed, "there is no argument \"" + name + "\"" + known_arguments(action));
    }
    std::vector<std::pair<std::string, ArgValue>> values;
    for (const ArgSpec& spec : action.args) {
        const auto found = given.find(spec.name);
        if (found == given.end()) {
            if (spec.required) add(Errc::Malformed, "\"" + spec.name + "\" is missing");
            values.emplace_back(spec.name, spec.fallback);
            continue;
        }
        Result<ArgValue> value = value_of(*found, spec);
        if (value)
            values.emplace_back(spec.name, std::move(*value));
        else
            add(value.error().code, value.error().what);
    }
    if (!wrong.empty()) return fail(code, action.id + ": " + wrong);
    return Args(std::move(values));
}

std::optional<double> number_from(std::string_view word) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

// A word becomes the JSON value that its declaration asks for; one that cannot stays text, for the check to refuse.
json from_word(std::string_view word, ArgKind kind) {
    if (kind == ArgKind::Bool && (word == "true" || word == "yes" || word == "on" || word == "1")) return true;
    if (kind == ArgKind::Bool && (word == "false" || word == "no" || word == "off" || word == "0")) return false;
    if (kind == ArgKind::Number)
        if (const std::optional<double> number = number_from(word)) return *number;
    if (kind == ArgKind::Point) {
        json point = json::array();
        for (std::string_view rest = word;;) {
            const std::size_t comma = rest.find(',');
            const std::optional<double> number = number_from(rest.substr(0, comma));
            if (!number) return std::string(word);
            point.push_back(*number);
            if (comma == std::string_view::npos) return point;
            rest.remove_prefix(comma + 1);
        }
    }
    if (kind == ArgKind::File) return absolute_path(std::string(word));
    return std::string(word);
}

bool fits(const ArgValue& value, ArgKind kind) {
    switch (kind) {
    case ArgKind::Bool:
        return std::holds_alternative<bool>(value);
    case ArgKind::Number:
        return std::holds_alternative<double>(value);
    case ArgKind::Point:
        return std::holds_alternative<std::vector<double>>(value);
    default:
        return std::holds_alternative<std::string>(value);
    }
}

void assert_whole(const ArgSpec& spec) {
    PW_ASSERT(!spec.name.empty() && !spec.title.empty(), "an argument has a name and a title");
    PW_ASSERT(spec.kind != ArgKind::Choice || !spec.choices.empty(), "a choice has choices");
    const bool has_fallback = !std::holds_alternative<std::monostate>(spec.fallback);
    PW_ASSERT(!has_fallback || fits(spec.fallback, spec.kind), "a fallback is of its argument's kind");
    PW_ASSERT(!has_fallback || !spec.required, "an argument that is required needs no fallback");
}

void write(JsonWriter& out, const ArgValue& value) {
    if (const bool* truth = std::get_if<bool>(&value))
        out.value(*truth);
    else if (const double* number = std::get_if<double>(&value))
        out.value(*number);
    else if (const std::string* text = std::get_if<std::string>(&value))
        out.value(std::string_view(*text));
    else if (const auto* point = std::get_if<std::vector<double>>(&value)) {
        out.begin_array();
        for (const double coordinate : *point) out.value(coordinate);
        out.end_array();
    } else
        out.null();
}

void write(JsonWriter& out, const ArgSpec& spec) {
    out.begin_object().member("name", std::string_view(spec.name)).member("title", std::string_view(spec.title));
    out.member("kind", name_of(kKinds, spec.kind)).member("required", spec.required);
    if (!std::holds_alternative<std::monostate>(spec.fallback)) write(out.key("fallback"), spec.fallback);
    if (spec.low) out.member("low", *spec.low);
    if (spec.high) out.member("high", *spec.high);
    if (!spec.choices.empty()) {
        out.key("choices").begin_array();
        for (const std::string& choice : spec.choices) out.value(std::string_view(choice));
        out.end_array();
    }
    out.end_object();
}

void write(JsonWriter& out, const Action& action) {
    out.begin_object();
    out.member("id", std::string_view(action.id)).member("title", std::string_view(action.title));
    out.member("help", std::string_view(action.help));
    out.key("args").begin_array();
    for (const ArgSpec& spec : action.args) write(out, spec);
    out.end_array();
    out.member("scope", name_of(kScopes, action.scope)).member("safety", name_of(kSafety, action.safety));
    out.member("right", std::string_view(action.right)).member("undo", std::string_view(action.undo));
    out.key("fronts").begin_object();
    for (std::size_t i = 0; i < kFronts.size(); ++i) {
        const FrontOffer& offer = action.fronts.at(i);
        out.key(kFronts.at(i)).begin_object().member("offered", offer.offered);
        if (offer.offered)
            out.member("how", std::string_view(offer.how));
        else
            out.member("reason", std::string_view(offer.reason));
        if (offer.order > 0) out.member("order", offer.order);
        out.end_object();
    }
    out.end_object().end_object();
}

Error no_such_action(std::string_view id, std::span<const Action> known) {
    std::vector<std::string_view> ids;
    for (const Action& action : known) ids.emplace_back(action.id);
    return {Errc::NotFound, "there is no action \"" + std::string(id.substr(0, 100)) + "\"" + did_you_mean(id, ids)};
}

} // namespace

const ArgValue& Args::at(std::string_view name) const {
    const auto found = std::ranges::find(values_, name, [](const auto& pair) { return std::string_view(pair.first); });
    PW_ASSERT(found != values_.end(), "an action asks for an argument that it declares");
    return found->second;
}

bool Args::boolean(std::string_view name) const { return std::get<bool>(at(name)); }
double Args::number(std::string_view name) const { return std::get<double>(at(name)); }
const std::string& Args::text(std::string_view name) const { return std::get<std::string>(at(name)); }
const std::vector<double>& Args::point(std::string_view name) const { return std::get<std::vector<double>>(at(name)); }
bool Args::given(std::string_view name) const { return !std::holds_alternative<std::monostate>(at(name)); }

void ActionRegistry::add(Action action) {
    PW_ASSERT(action.id.find('.') != std::string::npos, "an action is called room.verb");
    PW_ASSERT(action.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string::npos,
              "an action's id is in lower case");
    PW_ASSERT(find(action.id) == nullptr, "an action is declared once");
    PW_ASSERT(!action.title.empty() && !action.help.empty(), "an action has a title and a help");
    PW_ASSERT(action.right.empty() || std::ranges::contains(kRights, action.right), "an action needs a right that is");
    PW_ASSERT(!action.undo.empty(), "an action says how it is undone, or \"none: why\"");
    PW_ASSERT(action.undo != "none" && action.undo != "none:", "an action that cannot be undone says why");
    PW_ASSERT(action.run != nullptr, "an action can be run");
    for (const FrontOffer& offer : action.fronts)
        PW_ASSERT(offer.offered || !offer.reason.empty(), "a front that does not offer an action says why");
    for (std::size_t i = 0; i < action.args.size(); ++i) {
        assert_whole(action.args[i]);
        for (std::size_t j = 0; j < i; ++j)
            PW_ASSERT(action.args[i].name != action.args[j].name, "the arguments of an action have names of their own");
    }
    actions_.push_back(std::move(action));
}

const Action* ActionRegistry::find(std::string_view id) const {
    const auto found = std::ranges::find(actions_, id, &Action::id);
    return found == actions_.end() ? nullptr : &*found;
}

std::span<const Action> ActionRegistry::list() const { return actions_; }

Result<Rights> rights_from_text(std::string_view text) {
    if (text == "all") return Rights{};
    std::vector<std::string> out;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t comma = rest.find(',');
        std::string_view name = rest.substr(0, comma);
        while (name.starts_with(' ')) name.remove_prefix(1);
        while (name.ends_with(' ')) name.remove_suffix(1);
        if (!name.empty() && name != "none") {
            if (!std::ranges::contains(kRights, name))
                return fail(Errc::Malformed, "rights: there is none called \"" + std::string(name.substr(0, 100)) +
                                                 "\"; write all, none or operate");
            out.emplace_back(name);
        }
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    return out;
}

bool ActionRegistry::allowed(const Action& action) const {
    return action.right.empty() || !rights_ || std::ranges::find(*rights_, action.right) != rights_->end();
}

Result<std::string> ActionRegistry::call(std::string_view id, std::string_view arguments) const {
    const Action* action = find(id);
    if (action == nullptr) return std::unexpected(no_such_action(id, actions_));
    if (arguments.size() > kLongestCall)
        return fail(Errc::Exhausted, action->id + ": the arguments are longer than 64 KiB");
    json given = json::object();
    if (!arguments.empty()) given = json::parse(arguments, nullptr, /* allow_exceptions= */ false);
    if (!given.is_object()) return fail(Errc::Malformed, action->id + ": the arguments are no JSON object");
    const Result<Args> args = check_arguments(*action, given);
    if (!args) return std::unexpected(args.error());
    if (!allowed(*action))
        return fail(Errc::Refused,
                    action->id + ": it needs the right \"" + action->right + "\", which you do not have here");
    return action->run(*args);
}

Result<std::string> ActionRegistry::arguments_from_words(std::string_view id,
                                                         std::span<const std::string> words) const {
    const Action* action = find(id);
    if (action == nullptr) return std::unexpected(no_such_action(id, actions_));
    auto main = std::ranges::find(action->args, true, &ArgSpec::required);
    if (main == action->args.end()) main = action->args.begin();
    json out = json::object();
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        const bool bare = equals == std::string::npos;
        const auto named = [&] { return std::ranges::find(action->args, word.substr(0, equals), &ArgSpec::name); };
        const auto spec = bare ? main : named();
        if (spec == action->args.end())
            return fail(Errc::Malformed, action->id + ": \"" + word + "\" is not name=value with one of its arguments" +
                                             known_arguments(*action));
        if (out.contains(spec->name))
            return fail(Errc::Malformed, action->id + ": \"" + spec->name + "\" is given twice");
        out[spec->name] =
            from_word(bare ? std::string_view(word) : std::string_view(word).substr(equals + 1), spec->kind);
    }
    const Result<Args> args = check_arguments(*action, out);
    if (!args) return std::unexpected(args.error());
    return out.dump(-1, ' ', /* ensure_ascii= */ false, json::error_handler_t::replace);
}

std::string ActionRegistry::to_json() const {
    JsonWriter out;
    out.begin_array();
    for (const Action& action : actions_) write(out, action);
    out.end_array();
    return out.take();
}

} // namespace pw::work
