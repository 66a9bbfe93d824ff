// SPDX-License-Identifier: Apache-2.0
#include "app/keys.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pw::app {

namespace {

constexpr std::array<std::pair<std::string_view, xr::Key>, 22> kNames{{
    {"F1", xr::Key::F1},     {"F2", xr::Key::F2},      {"F3", xr::Key::F3}, {"F4", xr::Key::F4},
    {"F5", xr::Key::F5},     {"F6", xr::Key::F6},      {"F7", xr::Key::F7}, {"F8", xr::Key::F8},
    {"F", xr::Key::F},       {"G", xr::Key::G},        {"H", xr::Key::H},   {"I", xr::Key::I},
    {"K", xr::Key::K},       {"M", xr::Key::M},        {"P", xr::Key::P},   {"R", xr::Key::R},
    {"T", xr::Key::T},       {"Y", xr::Key::Y},        {"Z", xr::Key::Z},   {"Backspace", xr::Key::Backspace},
    {"Home", xr::Key::Home}, {"Esc", xr::Key::Escape},
}};

struct Chord {
    xr::Key key = xr::Key::None;
    bool control = false, shift = false;
};

Chord chord_of(std::string_view name) {
    Chord out;
    if (const std::size_t remark = name.find(" ("); remark != std::string_view::npos) name = name.substr(0, remark);
    out.control = name.starts_with("Ctrl+");
    if (out.control) name.remove_prefix(5);
    out.shift = name.starts_with("Shift+");
    if (out.shift) name.remove_prefix(6);
    const auto* const found = std::ranges::find(kNames, name, &std::pair<std::string_view, xr::Key>::first);
    out.key = found != kNames.end() ? found->second : xr::Key::None;
    return out;
}

// Calls `use` with each key of the list until one says true.
template <class Use> bool any_of_list(std::string_view keys, Use use) {
    while (!keys.empty()) {
        const std::size_t comma = keys.find(", ");
        if (use(chord_of(keys.substr(0, comma)))) return true;
        keys = comma == std::string_view::npos ? std::string_view() : keys.substr(comma + 2);
    }
    return false;
}

} // namespace

bool is_pressed(std::string_view keys, const xr::DesktopState& desktop) {
    const auto held = [&](xr::Key key) { return desktop.down[static_cast<std::size_t>(key)]; };
    return any_of_list(keys, [&](const Chord& chord) {
        if (chord.key == xr::Key::None || !desktop.pressed[static_cast<std::size_t>(chord.key)]) return false;
        if (chord.control != held(xr::Key::Control)) return false;
        return !chord.control || chord.shift == held(xr::Key::Shift);
    });
}

bool any_pressed(const xr::DesktopState& desktop) {
    return std::ranges::find(desktop.pressed, true) != desktop.pressed.end();
}

bool are_keys(std::string_view keys) {
    return !keys.empty() && !any_of_list(keys, [](const Chord& chord) { return chord.key == xr::Key::None; });
}

} // namespace pw::app
