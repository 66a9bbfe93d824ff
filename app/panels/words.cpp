// SPDX-License-Identifier: Apache-2.0
#include "app/panels/words.h"

#include "base/format.h"
#include "base/strings.h"
#include "base/text.h"
#include "twin/packml.h"

#include <imgui.h>

#include <cmath>
#include <cstddef>
#include <variant>

namespace pw::app {

namespace {

constexpr std::size_t kLongest = 40, kLongestJson = 14; // a data set is no text for people

// As many digits as somebody reads off a gauge.
std::string number_words(double x) {
    const double size = std::abs(x);
    return formatted("{:.{}f}", x, size >= 1000.0 || size == 0.0 ? 0 : size >= 100.0 ? 1 : 2);
}

constexpr std::array<Text, plant::kElements> kElementWords{Text::LayerPeople,      Text::LayerMachines,
                                                           Text::LayerMaterials,   Text::LayerMethods,
                                                           Text::LayerEnvironment, Text::Quality};
constexpr std::array<Text, work::kHeats> kHeatWords{Text::HeatNone,   Text::Oee,        Text::HeatUtilisation,
                                                    Text::HeatEnergy, Text::HeatAlarms, Text::HeatTemperature};
// Writes as much as there is room for.
struct Bounded {
    using difference_type = std::ptrdiff_t;
    char* at;
    char* end;
    Bounded& operator*() { return *this; }
    Bounded& operator++() { return *this; }
    Bounded operator++(int) { return *this; }
    Bounded& operator=(char letter) {
        if (at != end) *at++ = letter;
        return *this;
    }
};

} // namespace

Line vline(std::string_view pattern, std::format_args values) {
    Line out;
    char* const begin = out.letters.data();
    std::vformat_to(Bounded{begin, begin + out.letters.size() - 1}, pattern, values);
    return out;
}

const char* element_words(plant::Element element) { return text(kElementWords.at(static_cast<std::size_t>(element))); }
const char* heat_words(work::Heat heat) { return text(kHeatWords.at(static_cast<std::size_t>(heat))); }

std::string value_words(const twin::TagState& state, const plant::Tag& tag) {
    if (std::holds_alternative<std::monostate>(state.value)) return "–";
    std::string words = std::holds_alternative<double>(state.value)
                            ? number_words(std::get<double>(state.value))
                            : shortened(twin::to_text(state.value),
                                        std::holds_alternative<twin::Json>(state.value) ? kLongestJson : kLongest);
    if (!tag.unit.empty()) words += " " + (tag.unit == "Cel" ? std::string("°C") : tag.unit == "deg" ? "°" : tag.unit);
    return words;
}

std::string state_words(const twin::TagState& state, const plant::Tag& tag) {
    std::string words = value_words(state, tag);
    if (state.quality < twin::Quality::Good) words += std::string(" · ") + quality_words(state.quality);
    return words;
}

std::string doubt_words(twin::Quality quality) {
    return quality < twin::Quality::Good ? std::string(" (") + quality_words(quality) + ")" : std::string();
}

std::string age_words(UtcTime then, UtcTime now) { return then.known() ? age_words(now - then) : text(Text::Never); }

std::string age_words(Duration age) {
    const double s = age.seconds();
    if (s < 60.0) return formatted("{:.1f} s", s < 0.0 ? 0.0 : s);
    if (s < 3600.0) return formatted("{:.0f} min", s / 60.0);
    return formatted("{:.0f} h", s / 3600.0);
}

const char* quality_words(twin::Quality quality) {
    switch (quality) {
    case twin::Quality::Good:
        return text(Text::QualityGood);
    case twin::Quality::Uncertain:
        return text(Text::QualityUncertain);
    case twin::Quality::Stale:
        return text(Text::QualityStale);
    case twin::Quality::Bad:
        return text(Text::QualityBad);
    }
    return "";
}

ImVec4 quality_color(twin::Quality quality) {
    switch (quality) {
    case twin::Quality::Good:
        return {0.55f, 0.90f, 0.62f, 1.f};
    case twin::Quality::Uncertain:
        return {0.98f, 0.85f, 0.40f, 1.f};
    case twin::Quality::Stale:
        return {0.70f, 0.72f, 0.75f, 1.f};
    case twin::Quality::Bad:
        return {1.00f, 0.45f, 0.40f, 1.f};
    }
    return {1.f, 1.f, 1.f, 1.f};
}

void draw_state(const twin::TagState& state, const std::string& words) {
    constexpr ImVec4 kAttention{1.00f, 0.62f, 0.26f, 1.f};
    const auto* const word = std::get_if<std::string>(&state.value);
    const bool known = state.quality > twin::Quality::Stale;
    const bool failed = known && word != nullptr && twin::packml_of(*word) == twin::Packml::Failed;
    ImGui::TextColored(failed ? kAttention : quality_color(state.quality), "%s%s", failed ? "! " : "", words.c_str());
}

int fill_surface() {
    ImGui::SetNextWindowPos({0.f, 0.f});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::SetNextWindowBgAlpha(1.f);
    return ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoCollapse |
           ImGuiWindowFlags_NoSavedSettings;
}

float scaled(float px) { return px * ImGui::GetFontSize() / 17.f; }

} // namespace pw::app
