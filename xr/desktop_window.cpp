// SPDX-License-Identifier: Apache-2.0
#include "xr/desktop_window.h"

#include "base/quiet.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace pw::xr {
namespace {

int glfw_users = 0; // GLFW's own state is global, so its count is

Error glfw_error(const char* what) {
    const char* why = nullptr;
    glfwGetError(&why);
    return {Errc::Unavailable, std::string(what) + ": " + (why != nullptr ? why : "no reason given")};
}

struct KeyName {
    int glfw;
    Key key;
};
constexpr KeyName kKeys[]{{GLFW_KEY_W, Key::W},
                          {GLFW_KEY_A, Key::A},
                          {GLFW_KEY_S, Key::S},
                          {GLFW_KEY_D, Key::D},
                          {GLFW_KEY_Q, Key::Q},
                          {GLFW_KEY_E, Key::E},
                          {GLFW_KEY_R, Key::R},
                          {GLFW_KEY_F, Key::F},
                          {GLFW_KEY_H, Key::H},
                          {GLFW_KEY_P, Key::P},
                          {GLFW_KEY_G, Key::G},
                          {GLFW_KEY_I, Key::I},
                          {GLFW_KEY_K, Key::K},
                          {GLFW_KEY_M, Key::M},
                          {GLFW_KEY_T, Key::T},
                          {GLFW_KEY_Y, Key::Y},
                          {GLFW_KEY_Z, Key::Z},
                          {GLFW_KEY_SPACE, Key::Space},
                          {GLFW_KEY_LEFT_SHIFT, Key::Shift},
                          {GLFW_KEY_RIGHT_SHIFT, Key::Shift},
                          {GLFW_KEY_LEFT_CONTROL, Key::Control},
                          {GLFW_KEY_RIGHT_CONTROL, Key::Control},
                          {GLFW_KEY_ESCAPE, Key::Escape},
                          {GLFW_KEY_TAB, Key::Tab},
                          {GLFW_KEY_ENTER, Key::Enter},
                          {GLFW_KEY_KP_ENTER, Key::Enter},
                          {GLFW_KEY_F1, Key::F1},
                          {GLFW_KEY_F2, Key::F2},
                          {GLFW_KEY_F3, Key::F3},
                          {GLFW_KEY_F4, Key::F4},
                          {GLFW_KEY_F5, Key::F5},
                          {GLFW_KEY_F6, Key::F6},
                          {GLFW_KEY_F7, Key::F7},
                          {GLFW_KEY_F8, Key::F8},
                          {GLFW_KEY_UP, Key::Up},
                          {GLFW_KEY_DOWN, Key::Down},
                          {GLFW_KEY_LEFT, Key::Left},
                          {GLFW_KEY_RIGHT, Key::Right},
                          {GLFW_KEY_PAGE_UP, Key::PageUp},
                          {GLFW_KEY_PAGE_DOWN, Key::PageDown},
                          {GLFW_KEY_HOME, Key::Home},
                          {GLFW_KEY_END, Key::End},
                          {GLFW_KEY_BACKSPACE, Key::Backspace},
                          {GLFW_KEY_DELETE, Key::Delete}};

DesktopWindow& self(GLFWwindow* window) { return *static_cast<DesktopWindow*>(glfwGetWindowUserPointer(window)); }

void append_utf8(std::string& out, unsigned c) {
    const auto put = [&](unsigned byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xc0 | c >> 6);
        put(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        put(0xe0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3f));
        put(0x80 | (c & 0x3f));
    } else {
        put(0xf0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3f));
        put(0x80 | (c >> 6 & 0x3f));
        put(0x80 | (c & 0x3f));
    }
}

} // namespace

Result<GlfwUse> GlfwUse::begin() {
    const auto unset = [](const char* name) {
        const char* value = std::getenv(name);
        return value == nullptr || *value == '\0';
    };
    if (unset("DISPLAY") && unset("WAYLAND_DISPLAY"))
        return fail(Errc::Unavailable, "no display: neither DISPLAY nor WAYLAND_DISPLAY is set");
    const QuietStderr quiet; // libraries below complain of what the error says better
    if (glfw_users == 0 && glfwInit() != GLFW_TRUE) return std::unexpected(glfw_error("no display"));
    ++glfw_users;
    return GlfwUse();
}

GlfwUse::GlfwUse(GlfwUse&& other) noexcept : counted_(std::exchange(other.counted_, false)) {}

GlfwUse::~GlfwUse() {
    if (counted_ && --glfw_users == 0) glfwTerminate();
}

Result<std::unique_ptr<DesktopWindow>> DesktopWindow::open(const std::string& title, std::uint32_t width,
                                                           std::uint32_t height) {
    auto use = GlfwUse::begin();
    if (!use) return std::unexpected(use.error());
    if (glfwVulkanSupported() != GLFW_TRUE) return fail(Errc::Unavailable, "Vulkan cannot draw on this display");

    std::unique_ptr<DesktopWindow> made(new DesktopWindow(std::move(*use)));
    glfwDefaultWindowHints();
    glfwWindowHint(GLFW_CLIENT_API, GLFW_NO_API);
    glfwWindowHintString(GLFW_X11_CLASS_NAME, "plantwalk");
    glfwWindowHintString(GLFW_WAYLAND_APP_ID, "plantwalk");
    made->window_ =
        glfwCreateWindow(static_cast<int>(width), static_cast<int>(height), title.c_str(), nullptr, nullptr);
    if (made->window_ == nullptr) return std::unexpected(glfw_error("no window"));
    made->listen();
    made->poll();
    return made;
}

DesktopWindow::~DesktopWindow() {
    if (window_ != nullptr) glfwDestroyWindow(window_);
}

void DesktopWindow::listen() {
    glfwSetWindowUserPointer(window_, this);
    glfwSetKeyCallback(window_, [](GLFWwindow* w, int key, int, int action, int) { self(w).on_key(key, action); });
    glfwSetMouseButtonCallback(window_,
                               [](GLFWwindow* w, int button, int action, int) { self(w).on_button(button, action); });
    glfwSetCursorPosCallback(window_, [](GLFWwindow* w, double x, double y) { self(w).on_cursor(x, y); });
    glfwSetScrollCallback(window_, [](GLFWwindow* w, double x, double y) { self(w).state_.scroll += Vec2(x, y); });
    glfwSetCharCallback(window_, [](GLFWwindow* w, unsigned c) { self(w).on_character(c); });
    glfwSetWindowFocusCallback(window_, [](GLFWwindow* w, int focused) { self(w).on_focus(focused == GLFW_TRUE); });
    state_.focused = glfwGetWindowAttrib(window_, GLFW_FOCUSED) == GLFW_TRUE;
    state_.cursor_px = cursor_now();
}

void DesktopWindow::poll() {
    if (std::exchange(taken_, false)) {
        state_.pressed = {};
        state_.button_pressed = {};
        state_.cursor_moved_px = state_.scroll = Vec2(0.f);
        state_.typed.clear();
    }
    glfwPollEvents();
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    state_.width = static_cast<std::uint32_t>(width);
    state_.height = static_cast<std::uint32_t>(height);
}

const DesktopState& DesktopWindow::take_input() {
    taken_ = true;
    return state_;
}

bool DesktopWindow::close_requested() const { return glfwWindowShouldClose(window_) == GLFW_TRUE; }

bool DesktopWindow::drawable() const {
    return state_.width > 0 && state_.height > 0 && glfwGetWindowAttrib(window_, GLFW_ICONIFIED) != GLFW_TRUE &&
           glfwGetWindowAttrib(window_, GLFW_VISIBLE) == GLFW_TRUE;
}

Duration DesktopWindow::refresh_period() const {
    GLFWmonitor* monitor = glfwGetPrimaryMonitor();
    const GLFWvidmode* mode = monitor != nullptr ? glfwGetVideoMode(monitor) : nullptr;
    return from_seconds(1.0 / (mode != nullptr && mode->refreshRate > 0 ? mode->refreshRate : 60));
}

void DesktopWindow::hide() { glfwHideWindow(window_); }
void DesktopWindow::copy_text(const std::string& text) { glfwSetClipboardString(window_, text.c_str()); }

std::vector<std::string> DesktopWindow::vulkan_extensions() {
    std::uint32_t count = 0;
    const char** names = glfwGetRequiredInstanceExtensions(&count);
    return names != nullptr ? std::vector<std::string>(names, names + count) : std::vector<std::string>();
}

bool DesktopWindow::can_present(VkInstance instance, VkPhysicalDevice gpu, std::uint32_t family) {
    return glfwGetPhysicalDevicePresentationSupport(instance, gpu, family) == GLFW_TRUE;
}

VkResult DesktopWindow::make_surface(VkInstance instance, VkSurfaceKHR* out) const {
    return glfwCreateWindowSurface(instance, window_, nullptr, out);
}

void DesktopWindow::on_key(int key, int action) {
    if (action == GLFW_REPEAT) return;
    for (const KeyName& name : kKeys) {
        if (name.glfw != key) continue;
        const auto index = static_cast<std::size_t>(name.key);
        state_.down[index] = action == GLFW_PRESS;
        state_.pressed[index] |= action == GLFW_PRESS;
    }
}

void DesktopWindow::on_button(int button, int action) {
    const auto index = static_cast<std::size_t>(button); // GLFW counts left, right, middle as we do
    if (index >= state_.button_down.size()) return;
    state_.button_down[index] = action == GLFW_PRESS;
    state_.button_pressed[index] |= action == GLFW_PRESS;
}

void DesktopWindow::on_cursor(double, double) {
    const Vec2 now = cursor_now();
    state_.cursor_moved_px += now - state_.cursor_px;
    state_.cursor_px = now;
}

void DesktopWindow::on_character(unsigned codepoint) {
    constexpr std::size_t kMaxTyped = 4096; // of one frame; a paste gone wild
    if (state_.typed.size() < kMaxTyped) append_utf8(state_.typed, codepoint);
}

void DesktopWindow::on_focus(bool focused) {
    state_.focused = focused;
    if (!focused) { // releases happen elsewhere and are not told
        state_.down = {};
        state_.button_down = {};
    }
}

// Where the display counts in units larger than pixels, the cursor does too.
Vec2 DesktopWindow::cursor_now() const {
    double x = 0.0, y = 0.0;
    int width = 0, height = 0, pixels_x = 0, pixels_y = 0;
    glfwGetCursorPos(window_, &x, &y);
    glfwGetWindowSize(window_, &width, &height);
    glfwGetFramebufferSize(window_, &pixels_x, &pixels_y);
    return {static_cast<float>(x * pixels_x / std::max(width, 1)),
            static_cast<float>(y * pixels_y / std::max(height, 1))};
}

} // namespace pw::xr
