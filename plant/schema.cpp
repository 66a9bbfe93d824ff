// SPDX-License-Identifier: Apache-2.0
#include "plant/schema.h"

#include "base/assert.h"
#include "base/json.h"
#include "base/spelling.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace pw::plant {
namespace {

constexpr std::array<std::pair<std::string_view, JsonKind>, 6> kTypes{{{"null", JsonKind::Null},
                                                                       {"boolean", JsonKind::Bool},
                                                                       {"number", JsonKind::Number},
                                                                       {"string", JsonKind::Text},
                                                                       {"array", JsonKind::Array},
                                                                       {"object", JsonKind::Object}}};
constexpr std::array<std::string_view, 6> kKindWords{"null", "true or false", "a number",
                                                     "text", "a list",        "an object"};

std::string_view in_words(JsonKind kind) { return kKindWords.at(static_cast<std::size_t>(kind)); }

JsonKind kind_of_type(std::string_view type) {
    const auto* found = std::ranges::find(kTypes, type, [](const auto& row) { return row.first; });
    PW_ASSERT(found != kTypes.end(), "the schema uses a type that is not known here");
    return found->second;
}

constexpr std::array<std::string_view, 29> kKeywords{"$schema",       "$id",
                                                     "$comment",      "$defs",
                                                     "$ref",          "title",
                                                     "description",   "type",
                                                     "const",         "enum",
                                                     "not",           "if",
                                                     "then",          "allOf",
                                                     "minimum",       "maximum",
                                                     "minLength",     "maxLength",
                                                     "pattern",       "minItems",
                                                     "maxItems",      "exclusiveMinimum",
                                                     "multipleOf",    "items",
                                                     "required",      "properties",
                                                     "propertyNames", "additionalProperties",
                                                     "default"};

bool equal(const Json& a, const Json& b) {
    return a.kind == b.kind && a.truth == b.truth && a.number == b.number && a.text == b.text && a.items.empty() &&
           b.items.empty();
}

// "; did you mean "model"?" when a known key is that near, else what is known.
std::string suggestion(std::string_view key, const std::vector<std::string>& known) {
    const std::vector<std::string_view> names(known.begin(), known.end());
    if (std::string meant = did_you_mean(key, names); !meant.empty()) return meant;
    std::string list;
    for (const std::string& k : known) list += (list.empty() ? "" : ", ") + k;
    return "; known here: " + list;
}

std::string_view text_of(const Json& schema, std::string_view key) {
    const Json* member = schema.find(key);
    return member != nullptr ? std::string_view(member->text) : std::string_view();
}

class Checker {
  public:
    Checker(const Json& root, Reports* problems) : root_(root), problems_(problems) {}

    // True when `value` is what `schema` asks for. `about` describes the value in words.
    bool check(const Json& schema, const Json& value, const std::string& where, std::string_view about) {
        if (full()) return false;
        if (const std::string_view own = text_of(schema, "description"); !own.empty()) about = own;
        bool good = true;
        for (std::size_t i = 0; i < schema.keys.size(); ++i) {
            good &= keyword(schema, schema.keys[i], schema.items[i], value, where, about);
            if (!good && schema.keys[i] == "type") break; // the rest speaks of another type
        }
        return good;
    }

  private:
    bool full() const { return problems_ != nullptr && problems_->list().size() >= kMaxProblems; }

    bool wrong(const std::string& where, std::string what, std::string_view about = {}) {
        if (problems_ != nullptr && !full()) {
            if (!about.empty()) what.append(" (").append(about).append(")");
            if (!said_before(where, what)) problems_->add(where, std::move(what));
        }
        return false;
    }

    // Two rules may find the same fault, one shortly after the other.
    bool said_before(const std::string& where, const std::string& what) const {
        const auto& list = problems_->list();
        const auto same = [&](const Report& r) { return r.where == where && r.what == what; };
        return std::any_of(list.end() - std::min<std::ptrdiff_t>(std::ssize(list), 16), list.end(), same);
    }

    bool keyword(const Json& schema, std::string_view key, const Json& rule, const Json& value,
                 const std::string& where, std::string_view about) {
        PW_ASSERT(std::ranges::find(kKeywords, key) != kKeywords.end(),
                  "the schema uses a keyword that is not known here");
        if (key == "$ref") return check(resolve_ref(root_, rule.text), value, where, about);
        if (key == "type") return type(rule, value, where, about);
        if (key == "const" || key == "enum") return one_of(schema, key, rule, value, where, about);
        if (key == "not") return is_not(schema, rule, value, where);
        if (key == "if") {
            Checker quiet(root_, nullptr);
            const Json* then = schema.find("then");
            PW_ASSERT(then != nullptr, "an if of the schema has a then");
            return !quiet.check(rule, value, where, about) || check(*then, value, where, about);
        }
        if (key == "allOf") {
            bool good = true;
            for (const Json& part : rule.items) good &= check(part, value, where, about);
            return good;
        }
        if (value.is(JsonKind::Number)) return number(key, rule, value.number, where, about);
        if (value.is(JsonKind::Text)) return text(key, rule, value.text, where, about);
        if (value.is(JsonKind::Array)) return array(key, rule, value, where, about);
        if (value.is(JsonKind::Object)) return object(schema, key, rule, value, where);
        return true;
    }

    bool type(const Json& rule, const Json& value, const std::string& where, std::string_view about) {
        std::string wanted;
        const std::vector<Json> single{rule};
        for (const Json& name : rule.is(JsonKind::Array) ? rule.items : single) {
            const JsonKind kind = kind_of_type(name.text);
            if (value.is(kind)) return true;
            wanted.append(wanted.empty() ? "" : " or ").append(in_words(kind));
        }
        return wrong(where, "must be " + wanted + ", not " + shown(value), about);
    }

    bool one_of(const Json& schema, std::string_view key, const Json& rule, const Json& value, const std::string& where,
                std::string_view about) {
        if (key == "const") {
            if (equal(rule, value)) return true;
            if (const std::string_view why = text_of(schema, "$comment"); !why.empty()) about = why;
            return wrong(where, "must be " + to_text(rule) + ", not " + shown(value), about);
        }
        std::string choices;
        for (const Json& choice : rule.items) {
            if (equal(choice, value)) return true;
            choices.append(choices.empty() ? "" : ", ").append(to_text(choice));
        }
        return wrong(where, "must be one of " + choices + ", not " + shown(value), about);
    }

    bool is_not(const Json& schema, const Json& rule, const Json& value, const std::string& where) {
        Checker quiet(root_, nullptr);
        if (!quiet.check(rule, value, where, {})) return true;
        return wrong(where, std::string(text_of(schema, "$comment")));
    }

    bool number(std::string_view key, const Json& rule, double n, const std::string& where, std::string_view about) {
        const std::string limit = number_text(rule.number);
        if (key == "minimum" && n < rule.number)
            return wrong(where, "must be at least " + limit + ", is " + number_text(n), about);
        if (key == "maximum" && n > rule.number)
            return wrong(where, "must be at most " + limit + ", is " + number_text(n), about);
        if (key == "exclusiveMinimum" && n <= rule.number)
            return wrong(where, "must be more than " + limit + ", is " + number_text(n), about);
        if (key == "multipleOf" && std::remainder(n, rule.number) != 0.0)
            return wrong(where, "must be a multiple of " + limit + ", is " + number_text(n), about);
        return true;
    }

    bool text(std::string_view key, const Json& rule, std::string_view s, const std::string& where,
              std::string_view about) {
        const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; };
        const auto length = static_cast<double>(std::ranges::count_if(s, is_start)); // code points
        if (key == "minLength" && length < rule.number) return wrong(where, "must not be empty", about);
        if (key == "maxLength" && length > rule.number)
            return wrong(where, "is longer than " + number_text(rule.number) + " characters", about);
        if (key == "pattern" && !matches_pattern(rule.text, s))
            return wrong(where, shown(s) + " is not of the form asked for", about);
        return true;
    }

    bool array(std::string_view key, const Json& rule, const Json& value, const std::string& where,
               std::string_view about) {
        const auto size = static_cast<double>(value.items.size());
        const std::string has = ", has " + number_text(size);
        if (key == "minItems" && size < rule.number)
            return wrong(where, "must have at least " + number_text(rule.number) + " entries" + has, about);
        if (key == "maxItems" && size > rule.number)
            return wrong(where, "must have at most " + number_text(rule.number) + " entries" + has, about);
        bool good = true;
        if (key == "items")
            for (std::size_t i = 0; i < value.items.size() && !full(); ++i)
                good &= check(rule, value.items[i], pointer_to(where, i), {});
        return good;
    }

    bool object(const Json& schema, std::string_view key, const Json& rule, const Json& value,
                const std::string& where) {
        bool good = true;
        if (key == "required") {
            for (const Json& name : rule.items)
                if (value.find(name.text) == nullptr)
                    good = wrong(where, "\"" + name.text + "\" is missing" + about_member(schema, name.text));
        } else if (key == "properties") {
            for (std::size_t i = 0; i < rule.keys.size(); ++i)
                if (const Json* member = value.find(rule.keys[i]); member != nullptr)
                    good &= check(rule.items[i], *member, pointer_to(where, rule.keys[i]), {});
        } else if (key == "propertyNames") {
            for (const std::string& name : value.keys)
                good &= check(rule, {.kind = JsonKind::Text, .text = name}, pointer_to(where, name), {});
        } else if (key == "additionalProperties") {
            good = additional(schema, rule, value, where);
        }
        return good;
    }

    bool additional(const Json& schema, const Json& rule, const Json& value, const std::string& where) {
        const Json* properties = schema.find("properties");
        const std::vector<std::string> known = properties != nullptr ? properties->keys : std::vector<std::string>();
        bool good = true;
        for (std::size_t i = 0; i < value.keys.size() && !full(); ++i) {
            const std::string& name = value.keys[i];
            if (std::ranges::find(known, name) != known.end()) continue;
            if (rule.is(JsonKind::Object))
                good &= check(rule, value.items[i], pointer_to(where, name), {});
            else
                good = wrong(pointer_to(where, name), "this key is not known" + suggestion(name, known));
        }
        return good;
    }

    std::string about_member(const Json& schema, std::string_view name) const {
        const Json* properties = schema.find("properties");
        const Json* member = properties != nullptr ? properties->find(name) : nullptr;
        if (member == nullptr) return {};
        std::string_view about = text_of(*member, "description");
        if (const std::string_view ref = text_of(*member, "$ref"); about.empty() && !ref.empty())
            about = text_of(resolve_ref(root_, ref), "description");
        return about.empty() ? std::string() : " (" + std::string(about) + ")";
    }

    const Json& root_;
    Reports* problems_; // or nothing: only the answer counts
};

} // namespace

void check_against_schema(const Json& schema, const Json& document, Reports& problems) {
    Checker(schema, &problems).check(schema, document, "", {});
}

const Json& resolve_ref(const Json& schema, std::string_view ref) {
    PW_ASSERT(ref.starts_with("#/"), "a reference of the schema points into the schema");
    const Json* at = &schema;
    for (ref.remove_prefix(1); !ref.empty();) {
        ref.remove_prefix(1);
        const std::size_t end = std::min(ref.find('/'), ref.size());
        at = at->find(ref.substr(0, end));
        PW_ASSERT(at != nullptr, "a reference of the schema leads somewhere");
        ref.remove_prefix(end);
    }
    return *at;
}

std::string shown(std::string_view text) { return json_quote(shortened(text, 60)); }

std::string shown(const Json& value) {
    switch (value.kind) {
    case JsonKind::Text:
        return shown(std::string_view(value.text));
    case JsonKind::Array:
    case JsonKind::Object:
        return std::string(in_words(value.kind));
    default:
        return to_text(value);
    }
}

} // namespace pw::plant
