// SPDX-License-Identifier: Apache-2.0
#include "app/panels/headset.h"

#include "app/choice_words.h"
#include "app/panels/words.h"
#include "base/format.h"
#include "base/json.h"
#include "base/strings.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <variant>

namespace pw::app {

namespace {

constexpr ImGuiWindowFlags kSurface =
    ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav;

constexpr std::array kLetters{Text::KeysDigits, Text::KeysTop, Text::KeysHome, Text::KeysBottom};
constexpr std::array kSymbols{Text::KeysDigits, Text::SymbolsTop, Text::SymbolsHome, Text::SymbolsBottom};
constexpr float kColumns = 10.f, kRows = 5.f;

const work::FrontOffer& menu_offer(const work::Action& action) {
    return action.fronts[static_cast<std::size_t>(work::Front::HandMenu)];
}

// The one argument that a hand still has to say, of a few choices.
const work::ArgSpec* choice_of(const work::Action& action) {
    const auto wanted = std::ranges::find(action.args, true, &work::ArgSpec::required);
    if (wanted == action.args.end()) return nullptr;
    return wanted->kind == work::ArgKind::Choice || wanted->kind == work::ArgKind::Bool ? &*wanted : nullptr;
}

bool is_on(const work::Action& action, std::string_view page) {
    return menu_offer(action).offered && menu_offer(action).how == page;
}

void draw_page(const work::ActionRegistry& actions, HandMenuState& state, ActionCalls& asked) {
    state.listed.clear();
    for (const auto& action : actions.list())
        if (is_on(action, state.page)) state.listed.push_back(&action);
    std::ranges::sort(state.listed, {}, [](const auto* action) { return menu_offer(*action).order; });
    for (const auto* action : state.listed) {
        ImGui::PushID(action->id.c_str());
        const bool pressed = ImGui::Button(action->title.c_str(), {-1.f, 0.f});
        ImGui::PopID();
        if (!pressed) continue;
        if (choice_of(*action) != nullptr)
            state.asking = action->id;
        else
            asked.push_back({action->id, "{}"});
    }
}

void draw_choices(const work::Action& action, HandMenuState& state, ActionCalls& asked) {
    const auto& arg = *choice_of(action);
    ImGui::TextUnformatted(action.title.c_str());
    const auto offer = [&](const char* value, const char* label, bool quoted) {
        ImGui::PushID(value);
        const bool pressed = ImGui::Button(label, {-1.f, 0.f});
        ImGui::PopID();
        if (!pressed) return;
        asked.push_back(
            {action.id, formatted("{{{}:{}}}", json_quote(arg.name), quoted ? json_quote(value) : std::string(value))});
        state.asking.clear();
    };
    if (arg.kind == work::ArgKind::Bool)
        for (const bool on : {true, false}) offer(flag_value(on), text(on ? Text::On : Text::Off), /* quoted= */ false);
    for (const std::string& choice : arg.choices)
        if (const char* words = choice_words(choice); words != nullptr)
            offer(choice.c_str(), words, /* quoted= */ true);
    if (ImGui::Button(text(Text::Back), {-1.f, 0.f})) state.asking.clear();
}

const char* lesson_words(work::Lesson lesson) {
    constexpr std::array kWords{Text::LessonLookAround, Text::LessonPoint, Text::LessonSelect,
                                Text::LessonMove,       Text::LessonTurn,  Text::LessonMenu};
    static_assert(kWords.size() == work::kLessons);
    return text(kWords[static_cast<std::size_t>(lesson)]);
}

void ask_setting(const char* name, const std::string& value, ActionCalls& asked) {
    asked.push_back({"settings.set", formatted(R"({{"name":{},"value":{}}})", json_quote(name), json_quote(value))});
}

void draw_setting(const SettingAbout& about, const SettingValue& value, ActionCalls& asked) {
    ImGui::PushID(about.name);
    ImGui::SetNextItemWidth(ImGui::GetFontSize() * 12.f);
    switch (about.kind) {
    case SettingKind::Flag: {
        bool on = std::get<bool>(value);
        if (ImGui::Checkbox("##flag", &on)) ask_setting(about.name, flag_value(on), asked);
        break;
    }
    case SettingKind::Number: {
        auto number = static_cast<float>(std::get<double>(value));
        ImGui::SliderFloat("##number", &number, static_cast<float>(about.low), static_cast<float>(about.high), "%.2f");
        if (ImGui::IsItemEdited()) ask_setting(about.name, formatted("{:.3g}", number), asked);
        break;
    }
    case SettingKind::Choice:
        for (const std::string& choice : about.choices) {
            if (ImGui::RadioButton(choice.c_str(), std::get<std::string_view>(value) == choice))
                ask_setting(about.name, choice, asked);
            if (&choice != &about.choices.back()) ImGui::SameLine();
        }
        break;
    case SettingKind::Words: {
        std::array<char, 200> buffer{};
        std::get<std::string_view>(value).copy(buffer.data(), buffer.size() - 1);
        if (ImGui::InputText("##words", buffer.data(), buffer.size(), ImGuiInputTextFlags_EnterReturnsTrue))
            ask_setting(about.name, buffer.data(), asked);
        break;
    }
    }
    ImGui::PopID();
}

} // namespace

Typed draw_keyboard(KeyboardState& state) {
    Typed typed;
    fill_surface();
    if (!ImGui::Begin("##keyboard", nullptr, kSurface)) return ImGui::End(), typed;
    const ImVec2 space = ImGui::GetContentRegionAvail(), gap = ImGui::GetStyle().ItemSpacing;
    const ImVec2 key{(space.x - gap.x * (kColumns - 1.f)) / kColumns, (space.y - gap.y * (kRows - 1.f)) / kRows};
    for (const Text keys : state.symbols ? kSymbols : kLetters) {
        const std::string_view row = text(keys);
        for (std::size_t i = 0; i < row.size(); ++i) {
            const char c = state.shift ? static_cast<char>(std::toupper(static_cast<unsigned char>(row[i]))) : row[i];
            if (i > 0) ImGui::SameLine();
            ImGui::PushID(row.data() + i);
            if (ImGui::Button(std::string(1, c).c_str(), key)) {
                typed.text += c;
                state.shift = false;
            }
            ImGui::PopID();
        }
    }
    const auto wide = [&](float columns) { return ImVec2(key.x * columns + gap.x * (columns - 1.f), key.y); };
    if (ImGui::Button(text(Text::KeyShift), wide(1.5f))) state.shift = !state.shift;
    ImGui::SameLine();
    if (ImGui::Button(text(state.symbols ? Text::KeyLetters : Text::KeySymbols), wide(1.5f)))
        state.symbols = !state.symbols;
    ImGui::SameLine();
    if (ImGui::Button(text(Text::KeySpace), wide(2.5f))) typed.text += ' ';
    ImGui::SameLine();
    typed.back = ImGui::Button(text(Text::KeyBack), wide(1.5f));
    ImGui::SameLine();
    typed.enter = ImGui::Button(text(Text::KeyEnter), wide(1.5f));
    ImGui::SameLine();
    typed.close = ImGui::Button(text(Text::KeyClose), wide(1.5f));
    ImGui::End();
    return typed;
}

void draw_hand_menu(const work::ActionRegistry& actions, HandMenuState& state, ActionCalls& asked) {
    fill_surface();
    if (!ImGui::Begin("##menu", nullptr, kSurface)) return ImGui::End();
    const float pages_width = scaled(96.f);
    ImGui::BeginChild("##pages", {pages_width, 0.f});
    const auto all = actions.list();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string& page = menu_offer(all[i]).how;
        if (!menu_offer(all[i]).offered ||
            std::ranges::any_of(all.first(i), [&](const auto& before) { return is_on(before, page); }))
            continue; // not on the menu, or not the first of its page
        if (state.page.empty()) state.page = page;
        const bool now = page == state.page;
        if (now) ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_ButtonActive));
        if (ImGui::Button(page.c_str(), {-1.f, 0.f})) {
            state.page = page;
            state.asking.clear();
        }
        if (now) ImGui::PopStyleColor();
    }
    ImGui::EndChild();
    ImGui::SameLine();
    ImGui::BeginChild("##actions", {0.f, 0.f});
    if (const auto* asking = state.asking.empty() ? nullptr : actions.find(state.asking); asking != nullptr)
        draw_choices(*asking, state, asked);
    else
        draw_page(actions, state, asked);
    ImGui::EndChild();
    ImGui::End();
}

void draw_settings(const Settings& settings, CardPlace place, ActionCalls& asked) {
    bool open = true;
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({surface.x * 0.5f, surface.y * 0.45f}, ImGuiCond_Appearing, {0.5f, 0.5f});
    ImGui::SetNextWindowSize({scaled(690.f), scaled(500.f)}, ImGuiCond_FirstUseEver);
    if (ImGui::Begin(text(Text::SettingsPage), &open, place == CardPlace::WholeSurface ? fill_surface() : 0)) {
        const auto all = about_settings();
        constexpr std::array kGroups{Text::GroupProgram, Text::GroupDesktop, Text::GroupHeadset};
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (i == 0 || all[i].group != all[i - 1].group)
                ImGui::SeparatorText(text(kGroups[static_cast<std::size_t>(all[i].group)]));
            ImGui::AlignTextToFramePadding();
            ImGui::TextUnformatted(text(all[i].title));
            ImGui::SameLine(ImGui::GetFontSize() * 13.f);
            draw_setting(all[i], value_of(settings, i), asked);
            if (!all[i].at_start) continue;
            ImGui::SameLine();
            ImGui::TextDisabled("%s", text(Text::FromNextStart));
        }
    }
    ImGui::End();
    if (!open) asked.push_back({"panel.settings", "{}"});
}

void draw_tutorial(const work::Tutorial& tutorial, ActionCalls& asked) {
    fill_surface();
    if (ImGui::Begin("##tutorial", nullptr, kSurface)) {
        ImGui::TextDisabled("%s   %zu / %zu", text(Text::TutorialTitle), tutorial.learned(), work::kLessons);
        const auto next = tutorial.next();
        ImGui::TextWrapped("%s", next ? lesson_words(*next) : text(Text::TutorialDone));
        if (ImGui::Button(text(Text::TutorialSkip))) asked.push_back({"tutorial.skip", "{}"});
    }
    ImGui::End();
}

} // namespace pw::app
