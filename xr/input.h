#pragma once
// SPDX-License-Identifier: Apache-2.0
// Input of one frame, the same for every host; what a host lacks stays inactive. Plain data.

#include "base/math.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace pw::xr {

struct HandState {
    bool active = false;  // poses are known
    bool tracked = false; // measured now, not guessed
    Pose origin_from_grip;
    Pose origin_from_aim;                        // −Z points
    float trigger = 0.f, squeeze = 0.f;          // 0 … 1
    Vec2 stick{0.f};                             // x right, y forward, −1 … 1
    bool select = false, select_pressed = false; // held; went down in this frame
    bool menu = false, menu_pressed = false;
    std::string profile; // "/interaction_profiles/valve/index_controller", or empty
};

enum class Key : std::uint8_t { // letters by their place on a US keyboard
    None,
    W,
    A,
    S,
    D,
    Q,
    E,
    R,
    F,
    H,
    P,
    Space,
    Shift,
    Control,
    Escape,
    Tab,
    Enter,
    F1,
    F2,
    F3,
    F4,
    F5,
    F6,
    F7,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    Backspace,
    Delete,
    End,
    Count
};

struct DesktopState {
    bool focused = false;
    std::array<bool, static_cast<std::size_t>(Key::Count)> down{};
    std::array<bool, static_cast<std::size_t>(Key::Count)> pressed{}; // went down in this frame
    Vec2 cursor_px{0.f};
    Vec2 cursor_moved_px{0.f};
    std::array<bool, 3> button_down{}; // left, right, middle
    std::array<bool, 3> button_pressed{};
    Vec2 scroll{0.f};
    std::string typed;                   // UTF-8 typed in this frame
    std::uint32_t width = 0, height = 0; // of the drawn surface, in pixels
};

struct Input {
    Pose origin_from_head;
    bool head_active = false;
    std::array<HandState, 2> hands;
    DesktopState desktop;
};

} // namespace pw::xr
