#pragma once
// SPDX-License-Identifier: Apache-2.0
// Dear ImGui behind a seam: input in, triangles out. One Ui is one surface: the desktop, or a panel in the world. The
// panels themselves (app/panels) are written once for both. Frame thread only.

#include "renderer/draw_list.h"
#include "scene/image.h"
#include "xr/input.h"

#include <memory>
#include <optional>

struct ImGuiContext;

namespace pw::app {

struct UiPointer { // in pixels of the surface
    Vec2 position{-1e6f};
    bool pressed = false;
    Vec2 scroll{0.f}; // lines
};

// The letters of the user interface. Rasterised once; each new renderer is given its picture and says its texture id.
class UiFont {
  public:
    // Letters are 17 · scale pixels high, and all that belongs to them grows alike. A missing file is replaced by
    // built-in letters.
    UiFont(const std::string& file, float scale);
    float scale() const;
    ~UiFont();
    const scene::Pixels& picture() const;
    void set_texture(std::uint32_t id);

  private:
    friend class Ui;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

class Ui {
  public:
    explicit Ui(UiFont& font); // the font outlives it
    ~Ui();

    void begin(std::uint32_t width, std::uint32_t height, float dt_s, const UiPointer& pointer,
               const xr::DesktopState* keys); // makes this Ui the current one for ImGui calls
    void end();
    const renderer::Overlay& overlay() const; // of the last end(); valid until the next begin()
    bool wants_pointer() const;               // the pointer is over a window: not for the scene behind
    bool wants_keys() const;                  // it is being typed into

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::app
