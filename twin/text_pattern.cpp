// SPDX-License-Identifier: Apache-2.0
#include "twin/text_pattern.h"

#include "base/assert.h"
#include "base/text.h"
#include "plant/plant.h"

#include <cmath>
#include <cstdint>
#include <format>
#include <iterator>

namespace pw::twin {

namespace {

constexpr std::size_t kMaxText = 1024;

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

TextPattern::TextPattern(std::string_view pattern) {
    PW_ASSERT(plant::is_text_format(pattern), "the plant file's rules let it pass");
    const std::size_t open = pattern.find('{'), end = pattern.find('}') + 1;
    prefix_ = pattern.substr(0, open);
    field_ = pattern.substr(open, end - open);
    suffix_ = pattern.substr(end);
    const bool real = accepts(field_, 1.5), whole = accepts(field_, std::int64_t{1});
    const bool text = accepts(field_, std::string("x"));
    PW_ASSERT(real || whole || text, "std::format knows it");
    takes_ = real && text ? Takes::Anything : real ? Takes::Real : whole ? Takes::Whole : Takes::Text;
}

void TextPattern::write(const Value& value, std::string& out) const {
    out = prefix_;
    const std::size_t start = out.size();
    bool done = false;
    const bool is_text = std::holds_alternative<std::string>(value);
    if (std::holds_alternative<std::monostate>(value)) {
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
