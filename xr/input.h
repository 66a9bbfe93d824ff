#pragma once
// SPDX-License-Identifier: Apache-2.0
// Input of one frame, the same for every host; what a host lacks stays inactive. Plain data.

#include "base/math.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pw::xr {

// The joints of a hand, in the order of XR_EXT_hand_tracking.
enum class Joint : std::uint8_t {
    Palm,
    Wrist,
    ThumbMetacarpal,
    ThumbProximal,
    ThumbDistal,
    ThumbTip,
    IndexMetacarpal,
    IndexProximal,
    IndexIntermediate,
    IndexDistal,
    IndexTip,
    MiddleMetacarpal,
    MiddleProximal,
    MiddleIntermediate,
    MiddleDistal,
    MiddleTip,
    RingMetacarpal,
    RingProximal,
    RingIntermediate,
    RingDistal,
    RingTip,
    LittleMetacarpal,
    LittleProximal,
    LittleIntermediate,
    LittleDistal,
    LittleTip,
    Count
};
inline constexpr std::size_t kJoints = static_cast<std::size_t>(Joint::Count);

struct HandJoint {
    Pose origin_from_joint; // −Z along the bone towards the tip, +Y out of the back of the hand
    float radius_m = 0.01f;
};

enum class HandDevice : std::uint8_t {
    None,
    Controller, // buttons and a stick, held in the hand
    Hand,       // nothing in it: pinching selects, a fist grabs
};

// A button, or what counts as one.
struct Press {
    bool held = false;
    bool pressed = false, released = false; // in this frame
};

struct HandState {
    bool active = false;  // poses are known
    bool tracked = false; // measured now, not guessed
    HandDevice device = HandDevice::None;
    Pose origin_from_grip;
    Pose origin_from_aim;               // −Z points
    Pose origin_from_poke;              // what touches: the index finger's tip, or the front of a controller
    float trigger = 0.f, squeeze = 0.f; // 0 … 1; of a bare hand: pinch and fist
    Vec2 stick{0.f};                    // x right, y forward, −1 … 1
    Press select, grab;                 // the trigger, and the grip, pulled
    Press menu, primary, stick_click;   // menu; A or X; the stick pressed in
    bool pointing = false;              // the index finger alone is stretched; of a controller: always
    bool has_joints = false;            // the hand itself is seen, whatever it holds; not made up from a controller
    std::array<HandJoint, kJoints> joints{};
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
    G,
    I,
    K,
    M,
    T,
    Y,
    Z,
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
    F8,
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
    bool head_tracked = false; // its position is measured now, not guessed
    bool focused = true;       // input is ours; false: the system's menu, or another program, has the user
    bool worn = true;          // false: the headset was taken off, where the runtime can tell
    bool recentred = false;    // in this frame the origin took another place, as the user asked the runtime for
    // With `recentred`, where the runtime knows it: what is fixed to the room keeps its place by it.
    std::optional<Pose> old_origin_from_origin;
    std::array<HandState, 2> hands;       // left, right
    std::optional<Pose> origin_from_gaze; // −Z looks; only where it was allowed (Host::allow_gaze)
    DesktopState desktop;
};

} // namespace pw::xr
