// SPDX-License-Identifier: Apache-2.0
#include "twin/text_pattern.h"

#include "base/text.h"

#include <cmath>
#include <cstdint>
#include <format>
#include <iterator>
#include <optional>

namespace pw::twin {

namespace {

constexpr std::size_t kMaxText = 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The literal text up to the next field, with doubled braces made single; nothing when a brace stands alone.
std::optional<std::string> take_literal(std::string_view& rest) {
    std::string out;
    while (!rest.empty()) {
        const char c = rest.front();
        const bool doubled = rest.size() > 1 && rest[1] == c;
        if (c == '{' && !doubled) return out;
        if (c == '}' && !doubled) return std::nullopt;
        out.push_back(c);
        rest.remove_prefix(c == '{' || c == '}' ? 2 : 1);
    }
    return out;
}

bool too_long_number(std::string_view field) {
    int run = 0;
    for (const char c : field) {
        run = is_digit(c) ? run + 1 : 0;
        if (run > 2) return true;
    }
    return false;
}

template <class T> bool format_to_end(std::string& out, const std::string& field, const T& value) {
    try {
        std::vformat_to(std::back_inserter(out), field, std::make_format_args(value));
        return true;
    } catch (const std::exception&) { // std::format's way to say that the field is not for this type
        return false;
    }
}

template <class T> bool accepts(const std::string& field, const T& value) {
    std::string out;
    return format_to_end(out, field, value);
}

} // namespace

Result<TextPattern> TextPattern::make(std::string_view pattern) {
    const auto malformed = [&](const char* why) {
        return fail(Errc::Malformed, std::format("format \"{}\": {}", pattern, why));
    };
    TextPattern made;
    std::string_view rest = pattern;
    const auto prefix = take_literal(rest);
    if (!prefix) return malformed("a brace without its partner");
    made.prefix_ = *prefix;
    if (rest.empty()) return made;

    const std::size_t end = rest.find('}');
    if (end == std::string_view::npos) return malformed("a brace without its partner");
    made.field_ = rest.substr(0, end + 1);
    rest.remove_prefix(end + 1);
    if (made.field_.size() > 2 && made.field_[1] != ':') return malformed("a field is {} or {:…}");
    if (made.field_.find('{', 1) != std::string::npos) return malformed("a field in a field");
    if (too_long_number(made.field_)) return malformed("more than 99 places");

    const bool real = accepts(made.field_, 1.5), whole = accepts(made.field_, std::int64_t{1});
    const bool text = accepts(made.field_, std::string("x"));
    if (!real && !whole && !text) return malformed("not a field that std::format knows");
    made.takes_ = real && text ? Takes::Anything : real ? Takes::Real : whole ? Takes::Whole : Takes::Text;

    const auto suffix = take_literal(rest);
    if (!suffix || !rest.empty()) return malformed("one field at most, and braces in pairs");
    made.suffix_ = *suffix;
    return made;
}

void TextPattern::write(const Value& value, std::string& out) const {
    out = prefix_;
    const std::size_t start = out.size();
    bool done = field_.empty();
    const bool is_text = std::holds_alternative<std::string>(value);
    if (done || std::holds_alternative<std::monostate>(value)) {
        done = true;
    } else if (is_text || takes_ == Takes::Text) {
        if (takes_ == Takes::Anything || takes_ == Takes::Text) done = format_to_end(out, field_, to_text(value));
    } else if (takes_ == Takes::Whole) {
        const double number = to_number(value);
        if (std::abs(number) < 9e18) done = format_to_end(out, field_, std::llround(number));
    } else if (const auto* i = std::get_if<std::int64_t>(&value); i && takes_ == Takes::Anything) {
        done = format_to_end(out, field_, *i);
    } else if (const auto* u = std::get_if<std::uint64_t>(&value); u && takes_ == Takes::Anything) {
        done = format_to_end(out, field_, *u);
    } else if (const auto* b = std::get_if<bool>(&value); b && takes_ == Takes::Anything) {
        done = format_to_end(out, field_, *b);
    } else {
        done = format_to_end(out, field_, to_number(value));
    }
    if (!done) {
        out.resize(start);
        out += to_text(value);
    }
    out += suffix_;
}

void cut_text(std::string& text) { text.resize(cut_utf8(text, kMaxText).size()); }

} // namespace pw::twin
