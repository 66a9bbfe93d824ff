// SPDX-License-Identifier: Apache-2.0
#include "tests/xr/x_server.h"

#include "base/file.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>

#include <cstdlib>

namespace pw::test {
namespace {

::Display* of(void* connection) { return static_cast<::Display*>(connection); }

// A window may vanish while we ask for it.
int ignore(::Display*, XErrorEvent*) { return 0; }

// In UTF-8 where the window has such a title (GLFW's), else what WM_NAME says (Monado's).
std::string title_of(::Display* display, ::Window window) {
    const Atom name = XInternAtom(display, "_NET_WM_NAME", False), utf8 = XInternAtom(display, "UTF8_STRING", False);
    Atom type = 0;
    int format = 0;
    unsigned long length = 0, rest = 0;
    unsigned char* text = nullptr;
    const int result =
        XGetWindowProperty(display, window, name, 0, 256, False, utf8, &type, &format, &length, &rest, &text);
    std::string title;
    if (result == Success && text != nullptr) title.assign(reinterpret_cast<const char*>(text), length);
    if (text != nullptr) XFree(text);
    char* plain = nullptr;
    if (title.empty() && XFetchName(display, window, &plain) != 0 && plain != nullptr) title = plain;
    if (plain != nullptr) XFree(plain);
    return title;
}

} // namespace

Result<std::unique_ptr<XServer>> XServer::start(int width, int height) {
    std::unique_ptr<XServer> made(new XServer);
    auto folder = make_temp_folder("pw-x-");
    if (!folder) return std::unexpected(folder.error());
    made->folder_ = *folder;
    const std::string number_file = join_path(made->folder_, "display");
    ProcessOptions how;
    how.output_file = number_file;
    const std::string screen = std::to_string(width) + "x" + std::to_string(height) + "x24";
    auto process = Process::start({"Xvfb", "-displayfd", "1", "-screen", "0", screen, "-nolisten", "tcp"}, how);
    if (!process) return std::unexpected(process.error());
    made->process_ = std::move(*process);

    for (int i = 0; i < 500 && made->display_.empty() && made->process_.running(); ++i) {
        const std::string text = read_text(number_file).value_or("");
        const auto end = text.rfind('\n'); // messages of its own may come before the number
        if (end != std::string::npos) {
            const auto begin = text.rfind('\n', end - 1);
            const std::string line = text.substr(begin == std::string::npos ? 0 : begin + 1, end);
            if (line.find_first_not_of("0123456789\n") == std::string::npos)
                made->display_ = ":" + line.substr(0, line.find('\n'));
        }
        if (made->display_.empty()) pause_for(from_ms(20));
    }
    if (made->display_.empty()) return fail(Errc::Unavailable, "Xvfb did not start");
    set_environment("DISPLAY", made->display_);
    unsetenv("WAYLAND_DISPLAY"); // where the tests run on somebody's desktop
    made->connection_ = XOpenDisplay(made->display_.c_str());
    if (made->connection_ == nullptr) return fail(Errc::Unavailable, "Xvfb does not answer");
    XSetErrorHandler(ignore);
    return made;
}

XServer::~XServer() {
    if (connection_ != nullptr) XCloseDisplay(of(connection_));
    process_.stop();
    set_environment("DISPLAY", "");
    if (!folder_.empty()) remove_folder(folder_);
}

unsigned long XServer::find(const std::string& title) {
    ::Window root = 0, parent = 0, found = 0;
    ::Window* children = nullptr;
    unsigned count = 0;
    if (XQueryTree(of(connection_), DefaultRootWindow(of(connection_)), &root, &parent, &children, &count) == 0)
        return 0;
    for (unsigned i = 0; i < count; ++i) {
        if (title_of(of(connection_), children[i]) == title) found = children[i];
    }
    if (children != nullptr) XFree(children);
    return found;
}

bool XServer::resize(const std::string& title, int width, int height) {
    const ::Window window = find(title);
    if (window == 0) return false;
    XResizeWindow(of(connection_), window, static_cast<unsigned>(width), static_cast<unsigned>(height));
    XSync(of(connection_), False);
    return true;
}

// ICCCM 4.1.3.1: a window manager tells a window its state in WM_STATE.
bool XServer::set_state(const std::string& title, long state) {
    const ::Window window = find(title);
    if (window == 0) return false;
    const Atom wm_state = XInternAtom(of(connection_), "WM_STATE", False);
    const long value[2]{state, None};
    XChangeProperty(of(connection_), window, wm_state, wm_state, 32, PropModeReplace,
                    reinterpret_cast<const unsigned char*>(value), 2);
    if (state == IconicState)
        XUnmapWindow(of(connection_), window);
    else
        XMapWindow(of(connection_), window);
    XSync(of(connection_), False);
    return true;
}

bool XServer::minimise(const std::string& title) { return set_state(title, IconicState); }
bool XServer::restore(const std::string& title) { return set_state(title, NormalState); }

bool XServer::close(const std::string& title) {
    const ::Window window = find(title);
    if (window == 0) return false;
    XEvent event{};
    event.xclient.type = ClientMessage;
    event.xclient.window = window;
    event.xclient.message_type = XInternAtom(of(connection_), "WM_PROTOCOLS", False);
    event.xclient.format = 32;
    event.xclient.data.l[0] = static_cast<long>(XInternAtom(of(connection_), "WM_DELETE_WINDOW", False));
    XSendEvent(of(connection_), window, False, NoEventMask, &event);
    XSync(of(connection_), False);
    return true;
}

bool XServer::focus(const std::string& title) {
    const ::Window window = find(title);
    if (window == 0) return false;
    XSetInputFocus(of(connection_), window, RevertToParent, CurrentTime);
    XSync(of(connection_), False);
    return true;
}

std::optional<std::array<std::uint8_t, 3>> XServer::pixel(const std::string& title, int x, int y) {
    const ::Window window = find(title);
    if (window == 0) return {};
    XImage* image = XGetImage(of(connection_), window, x, y, 1, 1, AllPlanes, ZPixmap);
    if (image == nullptr) return {};
    const unsigned long value = XGetPixel(image, 0, 0);
    XDestroyImage(image);
    return std::array{static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
                      static_cast<std::uint8_t>(value)};
}

std::optional<XPicture> XServer::picture(const std::string& title) {
    const ::Window window = find(title);
    XWindowAttributes about{};
    if (window == 0 || XGetWindowAttributes(of(connection_), window, &about) == 0) return {};
    XPicture out{.width = static_cast<std::uint32_t>(about.width), .height = static_cast<std::uint32_t>(about.height)};
    XImage* image = XGetImage(of(connection_), window, 0, 0, out.width, out.height, AllPlanes, ZPixmap);
    if (image == nullptr) return {};
    for (int y = 0; y < about.height; ++y)
        for (int x = 0; x < about.width; ++x) {
            const unsigned long value = XGetPixel(image, x, y);
            for (const int shift : {16, 8, 0}) out.rgba.push_back(static_cast<std::uint8_t>(value >> shift));
            out.rgba.push_back(255);
        }
    XDestroyImage(image);
    return out;
}

bool XServer::xdotool(const std::string& words) {
    auto process = Process::start({"sh", "-c", "xdotool " + words}, {.environment = {{"DISPLAY", display_}}});
    return process && process->wait() == 0;
}

} // namespace pw::test
