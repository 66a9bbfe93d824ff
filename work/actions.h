#pragma once
// SPDX-License-Identifier: Apache-2.0
// The action registry: everything a user can do is an action, reachable by every front in the same way. The registry
// owns the declarations and the handlers; it is filled at start by those who can do things and is then constant. Calls
// run on the frame thread; arguments are checked against the declaration before the handler sees them.

#include "base/result.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pw::work {

enum class ArgKind : std::uint8_t { Bool, Number, Text, File, Choice, Part, Point };

// File is a path, which arguments_from_words makes absolute: it is meant where the user is. Part travels as the text
// form of plant::PartId, Point as three numbers in metres.
using ArgValue = std::variant<std::monostate, bool, double, std::string, std::vector<double>>;

struct ArgSpec {
    std::string name;
    std::string title;
    ArgKind kind = ArgKind::Text;
    bool required = true;
    ArgValue fallback;                // used when it is not required and not given
    std::optional<double> low, high;  // Number
    std::vector<std::string> choices; // Choice
};

enum class Scope : std::uint8_t { Private, Shared };
enum class Safety : std::uint8_t { View, Edit, Operate };

// How a user asks: network stands for a colleague's message.
enum class Front : std::uint8_t { HandMenu, Palette, Key, Voice, Command, Network };
inline constexpr int kFrontCount = 6;

struct FrontOffer {
    bool offered = false;
    // A page of the hand menu, a key ("Ctrl+Shift+Z"), phrases (work/phrases.h), a command; may be empty.
    std::string how;
    std::string reason; // why it is not offered; never empty when it is not
    int order = 0;      // on its page of the hand menu
};

class Args;

struct Action {
    std::string id; // "view.select": room.verb in lower case
    std::string title;
    std::string help;
    std::vector<ArgSpec> args;
    Scope scope = Scope::Private;
    Safety safety = Safety::View;
    std::string right; // needed to call it; empty: everybody
    std::string
        undo; // id of the action that takes it back ("app.undo": a step back), "self" (a toggle), or "none: why"
    std::array<FrontOffer, kFrontCount> fronts;
    std::function<Result<std::string>(const Args&)> run; // answers with JSON text
};

// The checked arguments of one call.
class Args {
  public:
    explicit Args(std::vector<std::pair<std::string, ArgValue>> values) : values_(std::move(values)) {}
    bool boolean(std::string_view name) const;
    double number(std::string_view name) const;
    const std::string& text(std::string_view name) const; // Text, Choice, Part
    const std::vector<double>& point(std::string_view name) const;
    bool given(std::string_view name) const;

  private:
    const ArgValue& at(std::string_view name) const;
    std::vector<std::pair<std::string, ArgValue>> values_;
};

// What a user may do, beyond what everybody may: rights that actions name ("operate"); nothing: all of them.
using Rights = std::optional<std::vector<std::string>>;
inline constexpr std::array<std::string_view, 1> kRights{"operate"}; // every one that there is
// "all", "none", or names with commas between them. Malformed: one that there is not.
Result<Rights> rights_from_text(std::string_view text);

class ActionRegistry {
  public:
    // Asserts that the declaration is whole: unique id, title, undo, a reason for every front that does not offer it.
    void add(Action action);
    const Action* find(std::string_view id) const;
    std::span<const Action> list() const;

    void set_rights(Rights rights) { rights_ = std::move(rights); } // of who calls
    bool allowed(const Action& action) const;

    // `arguments` is a JSON object text ("" = none). Refused / Malformed say in words what is wrong with the call;
    // Refused also when the right to it is missing.
    Result<std::string> call(std::string_view id, std::string_view arguments) const;
    // `plantwalk do view.select part=robot` style: words to the JSON object, typed by the declaration and checked as by
    // call(). A word is name=value, or the bare value (without '=') of the first required argument, else of the
    // first; a point is 1,2.5,-3.
    Result<std::string> arguments_from_words(std::string_view id, std::span<const std::string> words) const;

    std::string to_json() const;     // the table that `plantwalk actions --json` prints
    std::string to_markdown() const; // the tables of docs/actions.md

  private:
    std::vector<Action> actions_;
    Rights rights_;
};

} // namespace pw::work
