#pragma once
// SPDX-License-Identifier: Apache-2.0
// The panels of a headset as surfaces: how large each is, how far away it is meant to be read, and what stands where.
// Sizes are chosen so that letters are at least 1.33° high at that distance (Meta's and Microsoft's guidance for body
// text agree on it within a tenth).

#include "app/ui.h"
#include "base/math.h"
#include "renderer/draw_list.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace pw::app {

enum class SurfaceId : std::uint8_t {
    Card,
    Board,
    Parts,
    Tools,
    Registration,
    Tree,
    Settings,
    Help,
    Problems,
    Statistics,
    Menu,
    Keyboard,
    Tutorial,
    Status,
    Legend,
    Captions,
    Count
};
inline constexpr std::size_t kSurfaces = static_cast<std::size_t>(SurfaceId::Count);

struct SurfaceLook {
    const char* name;
    std::uint32_t width = 0, height = 0; // in pixels of letters 17 pixels high
    double distance_m = 1.1;             // from the eyes, where it is read
    bool movable = true;                 // has a bar to be taken hold of
    bool mute = false;                   // there is nothing on it to point at: rays go through
};
const SurfaceLook& look_of(SurfaceId id);

inline constexpr float kLetter_px = 17.f;
inline constexpr double kLetter_rad = 0.0232; // 1.33°
inline constexpr float kHeadsetLetters = 2.f; // as many pixels as a headset's lens resolves

struct Surface {
    std::unique_ptr<Ui> ui;
    UiPointer pointer;
    bool shown = false;
    Pose origin_from_panel;              // in the user's space
    Vec2 size_m{0.f};                    // likewise
    std::uint32_t width = 0, height = 0; // of its picture
    bool held = false;                   // by a hand, now
    std::optional<Pose> opened_at;       // where it was opened, or put since
};

// Metres of the user for a pixel of its picture. Letters of the setting ui_scale have more pixels, and their panels are
// larger.
float pixel_m(const SurfaceLook& look);

} // namespace pw::app
