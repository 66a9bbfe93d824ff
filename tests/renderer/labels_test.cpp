// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/labels.h"

#include "base/file.h"
#include "base/time.h"
#include "renderer/internal/distance_field.h"
#include "renderer/internal/font_kerning.h"
#include "tests/renderer/pass_rig.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>

using namespace pw;
using namespace pw::renderer;

namespace {

const char* const kFontFile = "/usr/share/fonts/opentype/inter/Inter-Medium.otf"; // package fonts-inter
constexpr std::uint32_t kWhite = 0xffff'ffffu, kPlate = 0xe628'1c14u, kRed = 0xff00'00ffu, kBlue = 0xffff'0000u;

// Shared by the tests of a build, as users' starts share theirs.
std::string cache_folder() { return (test::build_dir() / "font-cache").string(); }

bool has_font() {
    if (file_exists(kFontFile)) return true;
    test::skip("no Inter (package fonts-inter)");
    return false;
}

struct LabelsRig {
    std::unique_ptr<test::PassRig> rig;
    LabelPass pass;
    explicit LabelsRig(const test::RigOptions& options, const std::string& font = kFontFile) {
        if (!has_font()) return;
        rig = test::PassRig::make(options);
        if (!rig) return;
        pass = LabelPass::make(rig->gpu(), rig->layouts(), rig->formats(), rig->textures(), font, cache_folder());
    }
    scene::Pixels draw(std::span<const View> views, std::span<const Label> labels, const Vec4& background) {
        DrawList list;
        list.views = views;
        list.background = background;
        list.labels = labels;
        return rig->draw(list, {}, [&](FrameContext& c) { pass.record(c); });
    }
};

const Vec4 kBlack{0.f, 0.f, 0.f, 1.f};

struct Box {
    int left = 1 << 20, top = 1 << 20, right = -1, bottom = -1;
    int width() const { return right - left + 1; }
    int height() const { return bottom - top + 1; }
};

Box lit(const scene::Pixels& p, std::uint32_t from_row, std::uint32_t rows) {
    Box box;
    for (std::uint32_t y = from_row; y < from_row + rows; ++y) {
        for (std::uint32_t x = 0; x < p.width; ++x) {
            const auto c = test::at(p, x, y);
            if (std::max({c[0], c[1], c[2]}) < 128) continue;
            box.left = std::min(box.left, int(x));
            box.right = std::max(box.right, int(x));
            box.top = std::min(box.top, int(y - from_row));
            box.bottom = std::max(box.bottom, int(y - from_row));
        }
    }
    return box;
}

} // namespace

TEST_SUITE("renderer/font [unit]") {
    TEST_CASE("code points come out of UTF-8, and what is none is replaced") {
        std::string_view text = "aµ€\xF0\x9F\x99\x82";
        CHECK(next_codepoint(text) == 'a');
        CHECK(next_codepoint(text) == 0xb5);
        CHECK(next_codepoint(text) == 0x20ac);
        CHECK(next_codepoint(text) == 0x1f642);
        CHECK(text.empty());
        for (std::string_view bad :
             {"\xff", "\xc3", "\xe2\x82", "\xc0\x80", "\xed\xa0\x80", "\xf7\xbf\xbf\xbf", "\x80"}) {
            CHECK(next_codepoint(bad) == 0xfffd);
        }
        std::string_view cut = "\xe2\x82z";
        CHECK(next_codepoint(cut) == 0xfffd);
        CHECK(next_codepoint(cut) == 0xfffd);
        CHECK(next_codepoint(cut) == 'z');
    }

    TEST_CASE("a square's distances are exact, in it and around it") {
        const std::array square{Segment{{8, 8}, {8, 24}}, Segment{{8, 24}, {24, 24}}, Segment{{24, 24}, {24, 8}},
                                Segment{{24, 8}, {8, 8}}};
        const auto field = distance_field(square, {0, 0}, 32, 32, 6.f);
        const auto at = [&](std::size_t x, std::size_t y) { return (field[(31 - y) * 32 + x] / 255.0 - 0.5) * 12.0; };
        CHECK(at(10, 16) == doctest::Approx(2.5).epsilon(0.02));
        CHECK(at(4, 16) == doctest::Approx(-3.5).epsilon(0.02));
        CHECK(at(5, 5) == doctest::Approx(-std::sqrt(2 * 2.5 * 2.5)).epsilon(0.02));
        CHECK(at(16, 16) == doctest::Approx(6.0).epsilon(0.02));
        CHECK(at(0, 0) == doctest::Approx(-6.0).epsilon(0.02));
    }

    TEST_CASE("a font has the signs that plants are labelled with, and knows its pairs") {
        if (!has_font()) return;
        const Time start = system_clock().now();
        const auto font = make_font(*read_file(kFontFile));
        REQUIRE(font);
        MESSAGE("font made in ", (system_clock().now() - start).ms(), " ms: ", font->glyphs.size(), " glyphs, atlas ",
                font->width, " x ", font->height, ", ", font->kerns.size(), " pairs");
        std::string_view signs = "AZaz09äßçžŁőΩπЖяё·–—…°±µΩ€→←↑↓≤≥□●";
        const std::uint32_t box = font->index_of(0x25a1);
        while (!signs.empty()) {
            const std::uint32_t code = next_codepoint(signs);
            CAPTURE(code);
            CHECK((font->index_of(code) != box || code == 0x25a1));
        }
        CHECK(font->index_of(0x4e00) == box);
        CHECK(font->kerning(font->index_of('T'), font->index_of('o')) < -0.02f);
        CHECK(font->kerning(font->index_of('A'), font->index_of('V')) < -0.02f);
        CHECK(font->kerning(font->index_of('n'), font->index_of('n')) == 0.f);
        CHECK(font->ascent + font->descent == doctest::Approx(1.21).epsilon(0.02));
        CHECK(font->glyphs[font->index_of('M')].advance > 1.5f * font->glyphs[font->index_of('i')].advance);

        const Time load = system_clock().now();
        const auto bytes = to_bytes(*font);
        const auto again = parse_font(bytes);
        MESSAGE("prepared font of ", bytes.size(), " bytes read in ", (system_clock().now() - load).ms(), " ms");
        REQUIRE(again);
        CHECK(again->atlas == font->atlas);
        CHECK(again->index_of(0x20ac) == font->index_of(0x20ac));
        for (const std::size_t size : {0ul, 10ul, 24ul, 400ul, bytes.size() - 1}) {
            CHECK_FALSE(parse_font(Bytes(bytes).first(size)));
        }
    }

    TEST_CASE("what is no font is refused") {
        CHECK_FALSE(make_font({}));
        CHECK_FALSE(make_font(as_bytes(std::string(1000, 'x'))));
        CHECK_FALSE(load_font("no/such/font.otf", ""));
    }

    TEST_CASE("a cut or scrambled kerning table gives pairs or none, and nothing is read past it") {
        if (!has_font()) return;
        const auto file = *read_file(kFontFile);
        std::vector<std::uint16_t> glyphs;
        for (std::uint16_t g = 0; g < 60; ++g) glyphs.push_back(g);
        std::uint64_t state = 1;
        for (int round = 0; round < 40; ++round) {
            std::vector<std::byte> table;
            for (std::size_t i = 0; i < 4000; ++i) {
                state = state * 6364136223846793005ull + 1442695040888963407ull;
                table.push_back(state >> 60 < 9 ? std::byte{0} : std::byte(state >> 33 & 15));
            }
            read_kerning(Bytes(table).first(static_cast<std::size_t>(round) * 100), glyphs);
        }
    }
}

TEST_SUITE("renderer/labels [gpu] [golden]") {
    TEST_CASE("a label stands on its position and is as high as it says") {
        LabelsRig r({.width = 300, .height = 300});
        if (!r.rig) return;
        const std::array views{test::look({0, 0, 1.5}, {0, 0, 0}, 2.f * std::atan(0.5f), 1.f)}; // 200 pixels a metre
        const std::array labels{Label{.position = {0, 0.1, 0}, .height_m = 0.3f, .text = "", .back_srgba = kRed}};
        const scene::Pixels plate = r.draw(views, labels, kBlack);
        const Box box = lit(plate, 0, 300);
        CHECK(box.bottom == doctest::Approx(150 - 20).epsilon(0.02));
        CHECK(box.height() == doctest::Approx(60 * (1 + 0.32 / 1.21)).epsilon(0.03));
        CHECK(std::abs((box.left + box.right) / 2 - 150) <= 1);
        CHECK(test::at(plate, std::uint32_t(box.left), std::uint32_t(box.top))[0] < 60); // its corners are round
        const std::array text{Label{.position = {0, 0.1, 0}, .height_m = 0.3f, .text = "HxH"}};
        const Box ink = lit(r.draw(views, text, kBlack), 0, 300);
        CHECK(ink.height() == doctest::Approx(0.727 * 60 / 1.21).epsilon(0.05)); // Inter's capitals: 0.727 em
        CHECK(std::abs((ink.left + ink.right) / 2 - 150) <= 2);
        CHECK(r.rig->validation_messages() == 0);
    }

    TEST_CASE("a distant label stays legible, up to three times its size") {
        LabelsRig r({.width = 300, .height = 300});
        if (!r.rig) return;
        const auto height = [&](double distance) {
            const std::array views{test::look({0, 0, distance}, {0, 0, 0}, 2.f * std::atan(0.5f), 1.f)};
            const std::array labels{Label{.height_m = 0.1f, .text = "MM", .back_srgba = kRed}};
            return lit(r.draw(views, labels, kBlack), 0, 300).height();
        };
        const double plate = 1 + 0.32 / 1.21;
        CHECK(height(1.0) == doctest::Approx(30 * plate).epsilon(0.05));
        CHECK(height(5.0) == doctest::Approx(12 * plate).epsilon(0.1));
        CHECK(height(7.0) == doctest::Approx(12 * plate).epsilon(0.1));
        CHECK(height(15.0) == doctest::Approx(6 * plate).epsilon(0.2));
    }

    TEST_CASE("near labels lie over far ones, and those through walls over all") {
        LabelsRig r({.width = 100, .height = 100});
        if (!r.rig) return;
        const std::array views{test::look({0, 0.1, 2}, {0, 0.1, 0}, 0.5f, 1.f)};
        std::array labels{Label{.height_m = 0.3f, .text = " ", .back_srgba = kRed},
                          Label{.position = {0, 0, -1}, .height_m = 1.f, .text = "  ", .back_srgba = kBlue}};
        CHECK(test::at(r.draw(views, labels, kBlack), 50, 50) == std::array{255, 0, 0, 255});
        std::ranges::reverse(labels);
        CHECK(test::at(r.draw(views, labels, kBlack), 50, 50) == std::array{255, 0, 0, 255});
        labels[0].through_walls = true;
        CHECK(test::at(r.draw(views, labels, kBlack), 50, 50) == std::array{0, 0, 255, 255});
    }

    TEST_CASE("a billboard faces the eye from anywhere, a fixed label keeps its place") {
        LabelsRig r({.width = 200, .height = 200});
        if (!r.rig) return;
        const auto shape = [&](const DVec3& eye, bool billboard) {
            const std::array views{test::look(eye, {0, 0.15, 0}, 0.6f, 1.f)};
            const std::array labels{Label{.billboard = billboard, .height_m = 0.3f, .text = "HH", .back_srgba = kRed}};
            return lit(r.draw(views, labels, kBlack), 0, 200);
        };
        const Box front = shape({0, 0.15, 2}, true);
        for (const DVec3& eye : {DVec3(2, 0.15, 0), DVec3(-1.4, 0.15, -1.4), DVec3(1.0, 1.4, 1.2), DVec3(0, 2.15, 0)}) {
            const Box other = shape(eye, true);
            CHECK(std::abs(other.width() - front.width()) <=
                  12); // upright labels are seen a little from below or above
            CHECK(std::abs(other.height() - front.height()) <= 12);
        }
        CHECK(shape({2, 0.15, 0}, false).right < 0);
        CHECK(shape({1.7, 0.15, 1.0}, false).width() < front.width() * 3 / 5);
    }

    TEST_CASE("both eyes see a label with its true disparity") {
        LabelsRig r({.views = 2, .width = 300, .height = 200});
        if (!r.rig) return;
        const std::array views{test::look({-0.032, 0, 1}, {-0.032, 0, 0}, 2.f * std::atan(0.5f), 1.5f),
                               test::look({0.032, 0, 1}, {0.032, 0, 0}, 2.f * std::atan(0.5f), 1.5f)};
        const std::array labels{Label{.height_m = 0.2f, .text = "Pump 7", .back_srgba = kPlate}};
        const scene::Pixels picture = r.draw(views, labels, kBlack);
        CHECK(test::matches_golden(picture, "labels_stereo"));
        const Box left = lit(picture, 0, 200), right = lit(picture, 200, 200);
        CHECK(std::abs(left.left - right.left - 13) <= 1); // 0.064 m at 200 pixels a metre
        CHECK(std::abs(left.width() - right.width()) <= 1);
        CHECK(r.rig->validation_messages() == 0);
    }

    TEST_CASE("without a font the labels are left out and the rest is drawn") {
        LabelsRig r({.width = 20, .height = 20}, "no/such/font.otf");
        if (!r.rig) return;
        const std::array views{test::look({0, 0, 1}, {0, 0, 0}, 1.f, 1.f)};
        const std::array labels{Label{.height_m = 1.f, .text = "M", .back_srgba = kRed}};
        for (int i = 0; i < 2; ++i) CHECK(test::at(r.draw(views, labels, {0, 0, 1, 1}), 10, 10)[2] == 255);
        CHECK(r.rig->validation_messages() == 0);
    }

    TEST_CASE("text is crisp at every size and angle") {
        LabelsRig r({.width = 1000, .height = 700});
        if (!r.rig) return;
        const std::array views{test::look({0, 0, 1.75}, {0, 0, 0}, 2.f * std::atan(0.2f), 10.f / 7.f)}; // 1000 px/m
        std::vector<Label> labels;
        double y = 0.30;
        for (const int pixels : {12, 14, 16, 20, 26, 36, 60, 110}) {
            y -= pixels * 0.001 + 0.008;
            labels.push_back({.position = {-0.12, y, 0},
                              .billboard = false,
                              .height_m = static_cast<float>(pixels) * 0.001f,
                              .text = "Filler 24: 36 000 bph, 82.4 °C, ±0.5 µm",
                              .color_srgba = kWhite});
        }
        labels.push_back({.position = {-0.25, -0.19, 0},
                          .height_m = 0.03f,
                          .text = "Füller läuft → Ω ≤ 5 € · Жёлтый\nTo Ty AV WA. LT □ ● 一",
                          .back_srgba = kPlate});
        labels.push_back({.position = {0.22, -0.19, 0},
                          .orientation = glm::angleAxis(1.2f, Vec3(0, 1, 0)),
                          .billboard = false,
                          .height_m = 0.06f,
                          .text = "Seen at an angle",
                          .color_srgba = 0xff30'd0ffu,
                          .back_srgba = kPlate});
        labels.push_back({.position = {0.1, -0.31, 0},
                          .orientation = glm::angleAxis(0.35f, Vec3(0, 0, 1)),
                          .billboard = false,
                          .height_m = 0.02f,
                          .text = "turned and small 0123456789",
                          .back_srgba = 0xffff'ffffu});
        labels.back().color_srgba = 0xff20'2020u;
        const scene::Pixels picture = r.draw(views, labels, {0.03f, 0.035f, 0.045f, 1.f});
        test::keep_picture(picture, "labels");
        CHECK(r.rig->validation_messages() == 0);
    }
}
