// SPDX-License-Identifier: Apache-2.0
#include "app/panels/controls.h"

#include "app/panels/words.h"
#include "base/strings.h"

#include <glm/geometric.hpp>
#include <imgui.h>

#include <algorithm>
#include <span>
#include <string>

namespace pw::app {

namespace {

// Of a right hand's drawing, in pixels of letters 17 pixels high; a left one is its mirror image.
constexpr float kWidth = 110.f, kHeight = 190.f, kGap = 14.f;
constexpr ImU32 kOutline = IM_COL32(150, 160, 175, 255), kBody = IM_COL32(52, 60, 72, 255);
constexpr ImU32 kPart = IM_COL32(96, 108, 126, 255), kLit = IM_COL32(255, 176, 64, 255),
                kLine = IM_COL32(120, 200, 240, 255);
constexpr ImU32 kInk = IM_COL32(20, 20, 20, 255); // on what is lit

struct Limb { // a thick line with round ends
    Vec2 a, b;
    float radius;
};
struct Mark {
    ControlPart part;
    Vec2 at, half; // a rounded box; `half.x` = `half.y`: round
    float label_y;
};

constexpr Limb kStickBody[]{{{62, 52}, {62, 52}, 40}, {{62, 84}, {48, 164}, 18}};
constexpr Mark kStickMarks[]{{ControlPart::Trigger, {62, 9}, {18, 9}, 4},
                             {ControlPart::Menu, {80, 38}, {8, 8}, 46},
                             {ControlPart::Primary, {82, 60}, {8, 8}, 70},
                             {ControlPart::Stick, {50, 50}, {15, 15}, 96},
                             {ControlPart::Grip, {66, 128}, {8, 20}, 146}};
constexpr Mark kPadMarks[]{{ControlPart::Trigger, {62, 9}, {18, 9}, 4},
                           {ControlPart::Primary, {80, 54}, {13, 13}, 60},
                           {ControlPart::Stick, {46, 44}, {12, 12}, 50},
                           {ControlPart::Menu, {60, 78}, {6, 6}, 98},
                           {ControlPart::Grip, {66, 128}, {8, 20}, 146}};
constexpr Limb kWandBody[]{{{55, 34}, {55, 34}, 32}, {{55, 50}, {55, 168}, 20}};
constexpr Mark kWandMarks[]{{ControlPart::Menu, {55, 46}, {6, 6}, 20},
                            {ControlPart::Stick, {55, 82}, {17, 17}, 66},
                            {ControlPart::Trigger, {76, 112}, {7, 14}, 112},
                            {ControlPart::Grip, {74, 148}, {5, 14}, 158}};
constexpr Limb kSimpleBody[]{{{55, 34}, {55, 160}, 24}};
constexpr Mark kSimpleMarks[]{{ControlPart::Trigger, {55, 56}, {13, 13}, 40},
                              {ControlPart::Menu, {55, 100}, {8, 8}, 110}};
constexpr Limb kHandBody[]{{{46, 140}, {62, 140}, 30}, {{52, 122}, {56, 122}, 32}, {{82, 136}, {103, 98}, 11},
                           {{74, 100}, {84, 44}, 9},   {{58, 94}, {58, 22}, 10},   {{42, 96}, {34, 30}, 9},
                           {{28, 106}, {12, 56}, 8}};
// A pinch is between the tips of thumb and index finger.
constexpr Mark kHandMarks[]{{ControlPart::Trigger, {98, 64}, {8, 8}, 30},
                            {ControlPart::Grip, {58, 92}, {22, 7}, 84},
                            {ControlPart::Palm, {54, 134}, {14, 14}, 142}};

struct Drawing {
    std::span<const Limb> body;
    std::span<const Mark> marks;
};

Drawing drawing_of(Family family) {
    switch (family) {
    case Family::Pads:
        return {kStickBody, kPadMarks};
    case Family::Wand:
        return {kWandBody, kWandMarks};
    case Family::Simple:
        return {kSimpleBody, kSimpleMarks};
    case Family::Hand:
        return {kHandBody, kHandMarks};
    case Family::Sticks:
        break;
    }
    return {kStickBody, kStickMarks};
}

bool lit(ControlPart part, const xr::HandState& hand) {
    switch (part) {
    case ControlPart::Trigger:
        return hand.select.held;
    case ControlPart::Grip:
        return hand.grab.held;
    case ControlPart::Stick:
        return hand.stick_click.held || glm::length(hand.stick) > 0.3f;
    case ControlPart::Menu:
        return hand.menu.held;
    case ControlPart::Primary:
        return hand.primary.held;
    case ControlPart::Palm:
        break;
    }
    return false;
}

struct Place { // of a drawing on the surface
    ImDrawList& list;
    ImVec2 corner;
    float unit;
    bool mirrored;
    ImVec2 operator()(const Vec2& at) const {
        return {corner.x + unit * (mirrored ? kWidth - at.x : at.x), corner.y + unit * at.y};
    }
};

void draw_limbs(const Place& place, std::span<const Limb> body, float grown, ImU32 color) {
    for (const Limb& limb : body) {
        const float radius = place.unit * (limb.radius + grown);
        place.list.AddLine(place(limb.a), place(limb.b), color, radius * 2.f);
        place.list.AddCircleFilled(place(limb.a), radius, color, 48);
        place.list.AddCircleFilled(place(limb.b), radius, color, 48);
    }
}

void draw_mark(const Place& place, const Mark& mark, bool on, const std::string& letter) {
    const ImVec2 at = place(mark.at);
    const float x = mark.half.x * place.unit, y = mark.half.y * place.unit, round = std::min(x, y);
    const ImVec2 low{at.x - x, at.y - y}, high{at.x + x, at.y + y};
    place.list.AddRectFilled(low, high, on ? kLit : kPart, round);
    place.list.AddRect(low, high, kOutline, round, 0, 1.5f * place.unit);
    const ImU32 ink = on ? kInk : IM_COL32_WHITE;
    if (letter == kMenuLetter) { // which the font has not
        for (const float down : {-0.4f, 0.f, 0.4f})
            place.list.AddLine({at.x - x * 0.5f, at.y + y * down}, {at.x + x * 0.5f, at.y + y * down}, ink,
                               1.5f * place.unit);
        return;
    }
    const ImVec2 size = ImGui::CalcTextSize(letter.c_str());
    place.list.AddText({at.x - size.x * 0.5f, at.y - size.y * 0.5f}, ink, letter.c_str());
}

// Outside of the drawing, with a line to what it is about.
void draw_label(const Place& place, const Mark& mark, const char* words, float width) {
    const ImVec2 size = ImGui::CalcTextSize(words, nullptr, false, width);
    const float beside = (kWidth + kGap) * place.unit;
    const float left = place.mirrored ? place.corner.x - kGap * place.unit - size.x : place.corner.x + beside;
    const float y = place.corner.y + mark.label_y * place.unit;
    const float middle = y + ImGui::GetFontSize() * 0.5f, gap = 5.f * place.unit;
    const ImVec2 end{place.mirrored ? left + size.x + gap : left - gap, middle};
    const ImVec2 begin = place(mark.at + Vec2(mark.half.x, 0.f)); // its outer edge
    place.list.AddLine(begin, end, kLine, 1.5f * place.unit);
    place.list.AddCircleFilled(begin, 2.5f * place.unit, kLine);
    place.list.AddText(ImGui::GetFont(), ImGui::GetFontSize(), {left, y}, ImGui::GetColorU32(ImGuiCol_Text), words,
                       nullptr, width);
}

} // namespace

const char* control_does(ControlPart part, Family family, std::size_t hand, const Settings& settings) {
    const bool bare = family == Family::Hand;
    constexpr std::array kSticks{Text::DoesJumpSnap, Text::DoesJumpTurn, Text::DoesWalk};
    switch (part) {
    case ControlPart::Trigger:
        return text(bare ? Text::DoesPinch : Text::DoesSelect);
    case ControlPart::Grip:
        return text(bare ? Text::DoesFist : Text::DoesTake);
    case ControlPart::Stick:
        return text(kSticks[static_cast<std::size_t>(stick_does(hand, settings))]);
    case ControlPart::Menu:
        return text(Text::DoesMenu);
    case ControlPart::Palm:
        return text(Text::DoesPalm);
    case ControlPart::Primary:
        break;
    }
    return nullptr;
}

void draw_controls(const std::array<xr::HandState, 2>& hands, const Settings& settings) {
    const float unit = scaled(1.f), width = ImGui::GetContentRegionAvail().x;
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float top = corner.y + ImGui::GetTextLineHeightWithSpacing();
    for (std::size_t h = 0; h < hands.size(); ++h) {
        const bool left = h == 0, tools = h == tool_hand(settings);
        const Line name = line_of("{} · {}", text(left ? Text::LeftHand : Text::RightHand),
                                  text(tools ? Text::HandWithTools : Text::HandWithMenu));
        const float x = corner.x + width * 0.5f + (left ? -(kWidth + kGap) * unit : kGap * unit);
        const Place place{*ImGui::GetWindowDrawList(), {x, top}, unit, left};
        const float word_width = ImGui::CalcTextSize(name.c_str()).x;
        place.list.AddText({left ? x + kWidth * unit - word_width : x, corner.y},
                           ImGui::GetColorU32(ImGuiCol_TextDisabled), name.c_str());
        const Family family = family_of(hands[h]);
        const Drawing drawing = drawing_of(family);
        draw_limbs(place, drawing.body, 1.5f, kOutline);
        draw_limbs(place, drawing.body, 0.f, kBody);
        for (const Mark& mark : drawing.marks)
            draw_mark(place, mark, lit(mark.part, hands[h]), letter_on(mark.part, hands[h], h));
        const float room = width * 0.5f - (kWidth + 3.f * kGap) * unit;
        for (const Mark& mark : drawing.marks)
            if (const char* words = control_does(mark.part, family, h, settings)) draw_label(place, mark, words, room);
    }
    ImGui::Dummy({width, kHeight * unit + top - corner.y});
}

} // namespace pw::app
