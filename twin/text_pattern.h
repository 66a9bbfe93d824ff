#pragma once
// SPDX-License-Identifier: Apache-2.0
// A user's pattern for a value as text: "{:.1f} °C", "{} pcs", "{:>6}". One field as std::format knows it, and text
// around it; "{{" and "}}" are braces. Checked once, so that writing cannot fail.

#include "base/result.h"
#include "twin/types.h"

#include <string>
#include <string_view>

namespace pw::twin {

class TextPattern {
  public:
    // Malformed: not such a pattern, or wider or more precise than 99 places.
    static Result<TextPattern> make(std::string_view pattern);
    // Writes into `out`, keeping its capacity. A value that the field cannot show (text under ".1f") is shown as it is.
    void write(const Value& value, std::string& out) const;

  private:
    enum class Takes : std::uint8_t { Anything, Real, Whole, Text };
    std::string prefix_, field_, suffix_;
    Takes takes_ = Takes::Anything;
};

// Cuts a text that somebody else wrote to what a label can show, between two UTF-8 characters.
void cut_text(std::string& text);

} // namespace pw::twin
