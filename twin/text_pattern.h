#pragma once
// SPDX-License-Identifier: Apache-2.0
// A plant file's pattern for a value as text: "{:.1f} °C", "{} pcs", "{:>6}" (plant::is_text_format).

#include "twin/types.h"

#include <string>
#include <string_view>

namespace pw::twin {

class TextPattern {
  public:
    explicit TextPattern(std::string_view pattern);
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
