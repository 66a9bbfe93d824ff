#pragma once
// SPDX-License-Identifier: Apache-2.0
// How panels say values, ages and qualities. Colour never stands alone: each quality has its word.

#include "base/format.h"
#include "base/strings.h"
#include "plant/plant.h"
#include "twin/twin.h"
#include "work/heat.h"

#include <array>
#include <string>
#include <string_view>

struct ImVec4;

namespace pw::app {

std::string value_words(const twin::TagState& state, const plant::Tag& tag); // "12.4 °C", "EXECUTE", "–"
std::string state_words(const twin::TagState& state,
                        const plant::Tag& tag);   // "EXECUTE", "EXECUTE · Uncertain", "EXECUTE · Stale"
std::string doubt_words(twin::Quality quality);   // " (Uncertain)"; "" when it is good
std::string age_words(Duration age);              // "0.2 s", "3 min"
std::string age_words(UtcTime then, UtcTime now); // the same, or "never"
const char* quality_words(twin::Quality quality);
ImVec4 quality_color(twin::Quality quality);
// The state of a machine: a word that says it was stopped by a fault (HELD, ABORTED) has a sign and a colour of its
// own, as long as it is known; all else the colour of its quality.
void draw_state(const twin::TagState& state, const std::string& words);
const char* element_words(plant::Element element);
const char* heat_words(work::Heat heat);

// Words with values in them, for the frame that is drawn: nothing is allocated. What is longer is cut.
struct Line {
    std::array<char, 512> letters{};
    const char* c_str() const { return letters.data(); }
};
Line vline(std::string_view pattern, std::format_args values);
template <class... Values> Line line_of(std::format_string<const Values&...> pattern, const Values&... values) {
    return vline(pattern.get(), std::make_format_args(values...));
}
template <class... Values> Line line(Text pattern, const Values&... values) {
    return vline(text(pattern), std::make_format_args(values...));
}

// Pixels of a design whose letters are 17 pixels high, in those of this surface.
float scaled(float px);
// The next window fills its surface, as all do in the world; what stands behind it must not mix with its text. Called
// last before Begin, which takes the flags.
int fill_surface();

} // namespace pw::app
