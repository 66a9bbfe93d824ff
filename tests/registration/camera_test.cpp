// SPDX-License-Identifier: Apache-2.0
#include "registration/camera.h"

#include "base/file.h"
#include "base/format.h"
#include "tests/registration/luck.h"
#include "tests/registration/tag_picture.h"

#include <doctest/doctest.h>

#include <string>

using namespace pw;
using namespace pw::registration;
using namespace pw::registration::test;

namespace {

std::string pgm(std::string_view header, std::size_t size) { return std::string(header) + std::string(size, '\x40'); }

std::string why_not(std::string_view bytes) {
    const auto image = parse_pgm(as_bytes(bytes));
    return image ? std::string() : image.error().what;
}

std::string why_no_video(std::string_view bytes) {
    const auto video = parse_y4m(as_bytes(bytes));
    return video ? std::string() : video.error().what;
}

constexpr const char* kLens = R"({"width": 4, "height": 2, "fx": 5, "fy": 5, "cx": 1.5, "cy": 0.5})";
constexpr const char* kPose = R"("world_from_camera": {"position_m": [1, 2, 3], "rotation": [0, 0, 0, 1]})";

std::string sequence(std::string_view lens, std::string_view frames, std::string_view more = "") {
    return formatted(R"({{"format": "plantwalk-camera", "version": 1, "lens": {}, "frames": {}{}}})", lens, frames,
                     more);
}

} // namespace

TEST_SUITE("registration/camera") {
    TEST_CASE("a lens sees where its pixel points, and its slope is that of its projection") {
        Luck luck(1);
        const Intrinsics lens = small_camera(true);
        REQUIRE(check(lens));
        for (int i = 0; i < 500; ++i) {
            const DVec3 p(luck.between(-0.4, 0.4), luck.between(-0.3, 0.3), luck.between(0.8, 3.0));
            const auto pixel = project(lens, p);
            REQUIRE(pixel);
            const auto direction = direction_at(lens, *pixel);
            REQUIRE(direction);
            CHECK(direction->x == doctest::Approx(p.x / p.z).epsilon(1e-9));
            CHECK(direction->y == doctest::Approx(p.y / p.z).epsilon(1e-9));
            const Matrix<2, 3> slope = projection_slope(lens, p);
            for (int axis = 0; axis < 3; ++axis) {
                DVec3 step(0.0);
                step[axis] = 1e-6;
                const glm::dvec2 by = (*project(lens, p + step) - *project(lens, p - step)) / 2e-6;
                const auto column = static_cast<std::size_t>(axis);
                CHECK(slope(0, column) == doctest::Approx(by.x).epsilon(1e-5).scale(100.0));
                CHECK(slope(1, column) == doctest::Approx(by.y).epsilon(1e-5).scale(100.0));
            }
        }
        CHECK_FALSE(project(lens, {0.0, 0.0, -1.0}));
        CHECK_FALSE(project(lens, {0.0, 0.0, 0.0}));
        CHECK_FALSE(project({.width = 320, .height = 240, .fx = 300.0, .fy = 300.0, .k1 = -0.12}, {2.0, 0.0, 1.0}));
    }

    TEST_CASE("a lens that cannot be is refused") {
        const auto why = [](auto change) {
            Intrinsics lens = small_camera(true);
            change(lens);
            const auto fine = check(lens);
            return fine ? std::string() : fine.error().what;
        };
        CHECK(why([](Intrinsics&) {}).empty());
        CHECK(why([](Intrinsics& l) { l.width = 0; }).contains("sides"));
        CHECK(why([](Intrinsics& l) { l.fy = -3.0; }).contains("focal"));
        CHECK(why([](Intrinsics& l) { l.cx = NAN; }).contains("principal"));
        CHECK(why([](Intrinsics& l) { l.k2 = INFINITY; }).contains("coefficient"));
        CHECK(why([](Intrinsics& l) { l.k1 = -3.0; }).contains("folds"));
    }

    TEST_CASE("PGM pictures are read, and what is wrong with one is said") {
        const auto image = parse_pgm(as_bytes(pgm("P5 # a comment\n3\t2 # and one more\n255\n", 6)));
        REQUIRE(image);
        CHECK(image->width == 3);
        CHECK(image->height == 2);
        CHECK(image->pixels == std::vector<std::uint8_t>(6, 0x40));
        CHECK(parse_pgm(as_bytes(pgm("P5\n2 1\n127\n", 2)))->pixels[0] == 0x40 * 255 / 127);
        CHECK(parse_pgm(as_bytes(std::string("P5\n2 1\n10\n\x01\xff")))->pixels[1] == 255);
        CHECK(why_not("P2\n1 1\n255\n0").contains("begin with P5"));
        CHECK(why_not("").contains("begin with P5"));
        CHECK(why_not("P5\n").contains("sides"));
        CHECK(why_not("P5\n0 1\n255\n").contains("sides"));
        CHECK(why_not("P5\n99999999999999999999 1\n255\n").contains("sides"));
        CHECK(why_not("P5\n8193 1\n255\n").contains("sides"));
        CHECK(why_not("P5\n-1 1\n255\n").contains("sides"));
        CHECK(why_not("P5\n1 1\n0\n").contains("white"));
        CHECK(why_not("P5\n1 1\n65535\n00").contains("more than 8 bits"));
        CHECK(why_not("P5\n1 1\n255").contains("header does not end"));
        CHECK(why_not("P5\n2 2\n255\n000").contains("ends after 3 of 4 pixels"));
        CHECK(why_not("P5 # no end").contains("sides"));
    }

    TEST_CASE("YUV4MPEG2 videos are read, brightness only, and what is wrong with one is said") {
        const std::string grey8(8, '\x40'), colour4(4, '\x10');
        const std::string file =
            "YUV4MPEG2 W4 H2 F30:1 Ip A1:1 C420jpeg\nFRAME\n" + grey8 + colour4 + "FRAME Ix\n" + grey8 + colour4;
        const auto video = parse_y4m(as_bytes(file));
        REQUIRE(video);
        CHECK(video->width == 4);
        CHECK(video->height == 2);
        REQUIRE(video->frames.size() == 2);
        CHECK(as_text(video->frames[1]) == grey8);
        CHECK(parse_y4m(as_bytes("YUV4MPEG2 H2 W4 Cmono\nFRAME\n" + grey8))->frames.size() == 1);
        CHECK(parse_y4m(as_bytes("YUV4MPEG2 W4 H2 C444\nFRAME\n" + grey8 + grey8 + grey8))->frames.size() == 1);
        CHECK(parse_y4m(as_bytes("YUV4MPEG2 W4 H2 C422\nFRAME\n" + grey8 + grey8))->frames.size() == 1);
        CHECK(parse_y4m(as_bytes("YUV4MPEG2 W3 H1 C420\nFRAME\n" + std::string(7, 'x')))->frames.size() == 1);
        CHECK(parse_y4m(as_bytes("YUV4MPEG2 W4 H2\n"))->frames.empty());
        CHECK(why_no_video("YUV4MPEG W4 H2\n").contains("begin with YUV4MPEG2"));
        CHECK(why_no_video("YUV4MPEG2 W4\n").contains("sides"));
        CHECK(why_no_video("YUV4MPEG2 W4 H2 It\n").contains("interlaced"));
        CHECK(why_no_video("YUV4MPEG2 W4 H2 C420p10\n").contains("colours as 420p10"));
        CHECK(why_no_video("YUV4MPEG2 W4 H2 Cmono\nFRAME\n1234567").contains("ends within frame 0"));
        CHECK(why_no_video("YUV4MPEG2 W4 H2 Cmono\nFRAME").contains("ends within frame 0"));
        CHECK(why_no_video("YUV4MPEG2 W4 H2 Cmono\nFRAMES\n" + grey8).contains("frame 0 of the video does not begin"));
        CHECK(why_no_video("YUV4MPEG2 W4 H2 Cmono\nFRAME\n" + grey8 + "x").contains("frame 1"));
    }

    TEST_CASE("a sequence gives its pictures with time, lens and place, from PGM files and from a video") {
        const auto folder = make_temp_folder("camera");
        REQUIRE(folder);
        const auto at = [&](std::string_view name) { return join_path(*folder, name); };
        REQUIRE(write_text(at("a.pgm"), pgm("P5 4 2 255\n", 8)));
        REQUIRE(write_text(at("b.pgm"), pgm("P5 2 2 255\n", 4)));
        REQUIRE(write_text(at("v.y4m"), "YUV4MPEG2 W4 H2 Cmono\nFRAME\n12345678FRAME\nabcdefgh"));
        const std::string first = formatted(R"({{"time_s": 0.5, "image": "a.pgm", {}, "position_sd_m": 0.01}})", kPose);
        REQUIRE(write_text(at("s.json"),
                           sequence(kLens, "[" + first + R"(, {"time_s": 1, "image": "b.pgm", )" + kPose + "}]")));
        auto camera = open_sequence(at("s.json"));
        REQUIRE(camera);
        const auto frame = (*camera)->next();
        REQUIRE(frame);
        REQUIRE(*frame);
        CHECK((*frame)->time.ns == 500'000'000);
        CHECK((*frame)->image.pixels.size() == 8);
        CHECK((*frame)->lens.fx == 5.0);
        CHECK((*frame)->world_from_camera.place.translation == DVec3(1, 2, 3));
        CHECK((*frame)->world_from_camera.covariance(3, 3) == doctest::Approx(1e-4));
        CHECK((*camera)->next().error().what.contains("b.pgm: the picture has another size"));

        const std::string shots = formatted(R"([{{"time_s": 0, {0}}}, {{"time_s": 1, {0}}}])", kPose);
        REQUIRE(write_text(at("v.json"), sequence(kLens, shots, R"(, "video": "v.y4m")")));
        camera = open_sequence(at("v.json"));
        REQUIRE(camera);
        CHECK((*(*camera)->next())->image.pixels[0] == '1');
        CHECK((*(*camera)->next())->image.pixels[7] == 'h');
        CHECK_FALSE((*(*camera)->next()).has_value()); // the end
        REQUIRE(write_text(at("v.y4m"), "YUV4MPEG2 W4 H2 Cmono\nFRAME\n12345678"));
        CHECK(open_sequence(at("v.json")).error().what.contains("fewer frames than there are poses"));
        CHECK(open_sequence(at("none.json")).error().code == Errc::NotFound);
        remove_folder(*folder);
    }

    TEST_CASE("a sequence file with something wrong names the place") {
        const auto why = [](const std::string& json) {
            const auto s = parse_sequence(json, "s.json");
            return s ? std::string("read") : s.error().what;
        };
        const std::string shot = formatted(R"({{"time_s": 1, "image": "a", {}}})", kPose);
        CHECK(why(sequence(kLens, "[" + shot + "]")) == "read");
        CHECK(why(sequence(kLens, "[]", R"(, "extra": 1)")) == "s.json: /extra: is not known");
        CHECK(why(sequence(kLens, "[" + shot + "," + shot + "]")).contains("/frames/1/time_s: is not later"));
        CHECK(why(sequence("3", "[]")) == "s.json: /lens: must be an object");
        CHECK(why(sequence(R"({"width": 4})", "[]")) == "s.json: /lens/height: is missing");
        CHECK(why(sequence(R"({"width": 4, "height": 2, "fx": 5, "fy": 5, "cx": 1, "cy": 1, "distortion": [1]})", "[]"))
                  .contains("/lens/distortion: must have 5 numbers"));
        CHECK(
            why(sequence(
                    R"({"width": 4, "height": 2, "fx": 1, "fy": 1, "cx": 1, "cy": 1, "distortion": [-3, 0, 0, 0, 0]})",
                    "[]"))
                .contains("/lens: the distortion folds"));
        CHECK(
            why(sequence(
                    kLens,
                    R"([{"time_s": 1, "image": "a", "world_from_camera": {"position_m": [1, 2, 3], "rotation": [0, 0, 0, 0.5]}}])"))
                .contains("/frames/0/world_from_camera/rotation: must be a unit quaternion"));
        CHECK(why(sequence(kLens, R"([{"time_s": -1}])")).contains("/frames/0/time_s: must be between 0 and"));
    }
}
