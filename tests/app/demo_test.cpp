// SPDX-License-Identifier: Apache-2.0
// The demo as a newcomer meets it, on each of the three hosts: the whole cell, to its end.
#include "base/file.h"
#include "tests/app/program.h"
#include "tests/support/skip.h"
#include "tests/twin/net.h"
#include "tests/xr/x_server.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <set>

using namespace pw;
using namespace pw::test;

namespace {

using Color = std::array<std::uint8_t, 3>;

// How much of a picture shows the robot, the fence, the crates: shares of the colours that only they have.
struct Shares {
    double orange = 0.0, yellow = 0.0, blue = 0.0;
    std::size_t colors = 0;
};

Shares shares_of(int width, int height, const std::function<Color(int, int)>& at) {
    std::set<Color> colors;
    Shares out;
    const double one = 1.0 / (width * height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const auto [r, g, b] = at(x, y);
            colors.insert({r, g, b});
            out.orange += r > 170 && g > 50 && g < 140 && b < 70 ? one : 0.0;
            out.yellow += r > 190 && g > 150 && b < 90 ? one : 0.0;
            out.blue += b > 90 && r < 70 && g < 100 && b > g + 30 ? one : 0.0;
        }
    }
    out.colors = colors.size();
    return out;
}

Shares shares_of(const scene::Pixels& p) {
    return shares_of(static_cast<int>(p.width), static_cast<int>(p.height), [&](int x, int y) {
        const std::size_t i = (static_cast<std::size_t>(y) * p.width + static_cast<std::size_t>(x)) * 4;
        return Color{p.rgba[i], p.rgba[i + 1], p.rgba[i + 2]};
    });
}

// Of a part of a window, every eighth pixel each way; nothing when there is no such window.
std::optional<Shares> shares_of(XServer& display, const std::string& title, int left, int width, int height) {
    constexpr int kStep = 8;
    bool there = true;
    const auto shares = shares_of(width / kStep, height / kStep, [&](int x, int y) {
        const auto pixel = there ? display.pixel(title, left + x * kStep, y * kStep) : std::nullopt;
        there = pixel.has_value();
        return pixel.value_or(Color{});
    });
    return there ? std::optional(shares) : std::nullopt;
}

struct Ended {
    std::string said, out;
    nlohmann::json summary;
};

bool can_demo() {
    if (!find_program("mosquitto")) return skip("the MQTT broker Mosquitto is not installed"), false;
    return true;
}

constexpr int kHallMachines = 61, kCellMachines = 6;

// What every demo says of itself at its end.
void check_told(const Ended& demo, const std::string& host, int machines = kHallMachines) {
    CAPTURE(demo.said);
    REQUIRE(demo.summary.is_object());
    CHECK(demo.summary["host"] == host);
    CHECK(demo.summary["machines"] == machines);
    CHECK(demo.summary["tags"] > 6 * machines);
    CHECK(demo.summary["messages"] > 20);
    CHECK(demo.summary["frames"] > 3);
    CHECK(demo.summary["warnings"] == nlohmann::json::array());
    CHECK(demo.said.contains("What was live:"));
    CHECK(demo.said.contains("What to try next:"));
}

Ended end_of(Program& program, const TempFolder& folder) {
    CHECK(program.process().wait() == 0);
    const std::string out = folder / "out";
    return {program.said(), out,
            nlohmann::json::parse(read_text(out + "/summary.json").value_or(""), nullptr,
                                  /* allow_exceptions= */ false)};
}

} // namespace

TEST_SUITE("app/demo_offscreen [net] [gpu] [slow]") {
    TEST_CASE("the tour ends by itself with pictures of all of the hall, of how it does, and a film") {
        if (!can_demo()) return;
        const TempFolder folder;
        Program program(folder, {"demo", "--host", "offscreen", "--out", folder / "out"});
        const Ended demo = end_of(program, folder);
        check_told(demo, "offscreen");
        const auto pictures = demo.summary["pictures"].get<std::vector<std::string>>();
        REQUIRE(pictures.size() >= 14);
        CHECK(pictures[0] == "01-overview.png");
        CHECK(pictures[11] == "12-gangway.png");
        CHECK(pictures[12] == "13-energy.png");
        CHECK(pictures[13] == "14-lines.png");
        double orange = 0.0, yellow = 0.0;
        for (const auto& name : pictures) {
            CAPTURE(name);
            const auto picture = picture_of(demo.out + "/" + name);
            CHECK(picture.width == 1280);
            CHECK(picture.height == 720);
            const Shares shares = shares_of(picture);
            CHECK(shares.colors > 10'000);
            orange += shares.orange;
            yellow += shares.yellow;
        }
        CHECK(orange > 0.005); // the robot
        CHECK(yellow > 0.05);  // fences, edges of ways, guards
        const auto film = read_file(demo.out + "/tour.mp4");
        REQUIRE(film);
        CHECK(film->size() > 100'000);
        const Finished verified = plantwalk({"verify", demo.out + "/demo.mcap", "--json"});
        CHECK_MESSAGE(verified.code == 0, verified.said);
        const auto recorded = nlohmann::json::parse(verified.said, nullptr, /* allow_exceptions= */ false);
        REQUIRE_MESSAGE(recorded.is_object(), verified.said);
        CHECK(recorded["messages"] > 1000);
    }

    TEST_CASE("the cell's tour has six pictures, and leaves none of the demo before") {
        if (!can_demo()) return;
        const TempFolder folder;
        REQUIRE(make_folders(folder / "out"));
        for (const char* name : {"09-storage.png", "notes.png"}) REQUIRE(write_text(folder / "out/" + name, "x"));
        REQUIRE(write_text(folder / "out/summary.json", R"({"pictures":["09-storage.png"]})"));
        Program program(folder, {"demo", "--plant", "cell", "--host", "offscreen", "--out", folder / "out"});
        const Ended demo = end_of(program, folder);
        check_told(demo, "offscreen", kCellMachines);
        CHECK_FALSE(file_exists(folder / "out/09-storage.png"));
        CHECK(file_exists(folder / "out/notes.png")); // not a demo's
        double orange = 0.0;
        std::size_t viewpoints = 0;
        for (const auto& name : demo.summary["pictures"]) {
            CAPTURE(name);
            const Shares shares = shares_of(picture_of(demo.out + "/" + name.get<std::string>()));
            CHECK(shares.colors > 10'000);
            CHECK(shares.yellow > 0.002);
            CHECK(shares.blue > 0.002);
            orange += shares.orange;
            ++viewpoints;
        }
        CHECK(viewpoints >= 6);
        CHECK(orange > 0.05); // the robot, in all of them
    }
}

TEST_SUITE("app/demo_window [net] [gpu] [slow]") {
    TEST_CASE("with a display the demo opens a window that shows the hall") {
        if (!can_demo()) return;
        auto display = XServer::start(1400, 900);
        if (!display) return skip(display.error().what);
        const TempFolder folder;
        Program program(folder, {"demo", "--seconds", "30", "--out", folder / "out"},
                        {{"DISPLAY", (*display)->display()}, {"XR_RUNTIME_JSON", "/nonexistent"}});
        REQUIRE(program.eventually_status([](const auto& s) { return s["settled"] == true && s["frames"] > 3; }));
        CHECK(program.status()["validation_messages"] == 0);
        const auto shows_hall = [&] {
            const auto shares = shares_of(**display, "Plantwalk", 0, 1280, 720);
            return shares && shares->yellow > 0.003 && shares->colors > 500;
        };
        CHECK(eventually(shows_hall));
        check_told(end_of(program, folder), "window");
    }
}

TEST_SUITE("app/demo_headset [net] [xr] [slow]") {
    TEST_CASE("without a headset the demo brings one, comes into focus, and both eyes see the hall") {
        if (!can_demo()) return;
        if (!find_program("monado-service")) return skip("monado-service is not installed");
        auto display = XServer::start(1600, 1000);
        if (!display) return skip(display.error().what);
        const TempFolder folder;
        Program program(folder, {"demo", "--host", "headset", "--seconds", "20", "--out", folder / "out"},
                        {{"DISPLAY", (*display)->display()}});
        REQUIRE(program.says("session state FOCUSED"));
        // Monado's own window, 960 x 540: the left half is the left eye.
        const auto sees_hall = [&](int left) {
            const auto shares = shares_of(**display, "Monado", left, 480, 540);
            return shares && shares->yellow > 0.003 && shares->colors > 300;
        };
        CHECK(eventually([&] { return sees_hall(0) && sees_hall(480); }));
        const Ended demo = end_of(program, folder);
        check_told(demo, "headset");
        const auto eyes = picture_of(demo.out + "/headset.png");
        CHECK(shares_of(eyes).yellow > 0.002);
    }
}
