#pragma once
// SPDX-License-Identifier: Apache-2.0
// An X server of the test's own (Xvfb), and its desktop: what a window manager and a user do to a window. $DISPLAY is
// set to it.

#include "base/process.h"
#include "base/result.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::test {

struct XPicture {
    std::uint32_t width = 0, height = 0;
    std::vector<std::uint8_t> rgba; // A is 255
};

class XServer {
  public:
    // NotFound when Xvfb is not installed.
    static Result<std::unique_ptr<XServer>> start(int width = 1024, int height = 768);
    ~XServer();
    XServer(const XServer&) = delete;
    XServer& operator=(const XServer&) = delete;

    const std::string& display() const { return display_; } // ":3"

    // To the window with that title; false when there is none.
    bool resize(const std::string& title, int width, int height);
    bool minimise(const std::string& title);
    bool restore(const std::string& title);
    bool close(const std::string& title); // asks politely, as the button in the frame does
    bool focus(const std::string& title);
    // What is shown at that point, or nothing.
    std::optional<std::array<std::uint8_t, 3>> pixel(const std::string& title, int x, int y);
    std::optional<XPicture> picture(const std::string& title); // all of the window
    // Runs xdotool with these words: keys and mouse, as a user's.
    bool xdotool(const std::string& words);

  private:
    XServer() = default;
    unsigned long find(const std::string& title);
    bool set_state(const std::string& title, long state);

    Process process_;
    std::string folder_, display_;
    void* connection_ = nullptr; // Display of Xlib, whose names clash with everything
};

} // namespace pw::test
