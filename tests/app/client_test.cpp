// SPDX-License-Identifier: Apache-2.0
// The client from within, on a host that the test plays.
#include "base/file.h"
#include "base/guarded.h"
#include "base/log.h"
#include "tests/app/bars.h"
#include "tests/app/visit.h"
#include "tests/support/allocations.h"
#include "tests/twin/net.h"
#include "twin/mqtt.h"
#include "twin/sparkplug.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_common.hpp>
#include <glm/ext/quaternion_double.hpp>
#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

using namespace pw;
using namespace pw::test;
using xr::HostKind;

namespace {

// The machines stand at the middle of their right bars.
const DVec3 kLeft{-3.0, 1.5, 0.0}, kRight{5.0, 1.5, 0.0}, kWall{1.0, 1.5, -3.0};

std::size_t count(const app::Problems& problems, std::string_view words) {
    return static_cast<std::size_t>(std::ranges::count_if(
        problems.list(), [&](const auto& p) { return (p.where + ": " + p.what).contains(words); }));
}

struct Heard { // warnings of the log
    Guarded<std::vector<std::string>> list;
    Heard() { add_log_sink(hear, this); }
    ~Heard() { remove_log_sink(hear, this); }
    static void hear(LogLevel level, std::string_view message, void* self) {
        if (level <= LogLevel::Warn) static_cast<Heard*>(self)->list.lock()->emplace_back(message);
    }
    std::size_t count(std::string_view words) {
        const auto all = *list.lock();
        return static_cast<std::size_t>(
            std::ranges::count_if(all, [&](const auto& message) { return message.contains(words); }));
    }
};

// A point of the card, in its pixels, in the world.
std::optional<renderer::Panel> card_of(const Visit& visit) {
    return visit.client->headset()->panel(app::SurfaceId::Card);
}

DVec3 on_card(const renderer::Panel& card, Vec2 pixel) {
    const Vec2 at = (pixel / Vec2(card.width, card.height) - 0.5f) * card.size_m;
    return (card.pose * Pose{{at.x, -at.y, 0.0}, kNoRotation}).position;
}

std::string answer(Visit& visit, const char* action, const char* arguments = "{}") {
    const auto result = visit.client->actions().call(action, arguments);
    return result ? *result : "refused: " + result.error().what;
}

// A map of the surroundings: red everywhere.
std::vector<std::byte> red_map() {
    std::string text = "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 4 +X 4\n";
    for (int i = 0; i < 16; ++i) text += std::string("\xc8\x00\x00\x81", 4);
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

} // namespace

TEST_SUITE("app/client [gpu]") {
    TEST_CASE("who walks goes as far in ten slow frames as in many fast ones, and a pause is no leap") {
        Visit visit;
        if (!visit.begin(HostKind::Window)) return;
        const auto walked = [&](int frames, Duration period) {
            visit.host->period = period;
            visit.frames(1);
            const DVec3 from = visit.client->walker().world_from_eye().position;
            visit.host->played.desktop.down[static_cast<std::size_t>(xr::Key::W)] = true;
            visit.frames(frames);
            visit.host->played.desktop.down[static_cast<std::size_t>(xr::Key::W)] = false;
            return glm::length(visit.client->walker().world_from_eye().position - from);
        };
        const double speed = visit.client->settings().walk_speed_m_s;
        CHECK(walked(10, from_ms(100)) == doctest::Approx(speed).epsilon(0.001));
        CHECK(walked(40, from_ms(25)) == doctest::Approx(speed).epsilon(0.001));
        CHECK(walked(1, from_ms(60'000)) == doctest::Approx(speed * 0.25).epsilon(0.001));
    }

    TEST_CASE("without a start everything is seen at first, and home is there again") {
        Visit visit(without_start(bars_plant()));
        if (!visit.begin(HostKind::Window)) return;
        const Pose eye = visit.client->eye();
        const double half = std::tan(glm::radians(visit.options.settings.fov_y_deg) * 0.5);
        for (const DVec3& corner :
             {DVec3(-5.5, 1.0, 0.0), DVec3(5.5, 1.0, 0.0), DVec3(-5.5, 5.0, 0.0), // the bars' ends
              DVec3(-1.5, 1.0, -3.0), DVec3(1.5, 2.0, -3.0)}) {
            const DVec3 seen = glm::conjugate(glm::dquat(eye.orientation)) * (corner - eye.position);
            CHECK(seen.z < 0.0);
            CHECK(std::abs(seen.x) < -seen.z * half * 160.0 / 120.0);
            CHECK(std::abs(seen.y) < -seen.z * half);
        }
        CHECK(glm::length(eye.position) < 30.0); // and not as a speck
        visit.client->walker().stand({100.0, 0.0, 0.0}, 1.0);
        visit.client->go_home();
        visit.frames(1);
        CHECK(visit.client->eye().position == eye.position);
    }

    TEST_CASE("where one was told to begin one stays when models arrive, and home is there") {
        Visit visit(without_start(bars_plant()));
        visit.begun = [](app::Client& client) { client.begin_at({{0.0, 1.0, 20.0}, {0.0, 1.0, 0.0}, 60.0}); };
        if (!visit.begin(HostKind::Window)) return;
        visit.frames(3);
        CHECK(visit.client->eye().position == DVec3(0.0, 1.0, 20.0));
        visit.client->walker().stand({100.0, 0.0, 0.0}, 1.0);
        visit.client->go_home();
        visit.frames(1);
        CHECK(visit.client->eye().position == DVec3(0.0, 1.0, 20.0));
    }

    TEST_CASE("who has moved while the plant was read is left where they are") {
        Visit visit(without_start(bars_plant()));
        visit.begun = [](app::Client& client) { client.walker().stand({1.0, 2.0, 3.0}, 0.5); };
        if (!visit.begin(HostKind::Window)) return;
        CHECK(visit.client->walker().stance().position == DVec3(1.0, 2.0, 3.0));
        CHECK(glm::length(visit.client->home().world_from_eye().position) > 8.0);
    }

    TEST_CASE("in a headset one begins on the floor before a plant without a start") {
        Visit visit(without_start(bars_plant()));
        if (!visit.begin(HostKind::Headset)) return;
        const auto& stance = visit.client->walker().stance();
        CHECK(stance.position.x == doctest::Approx(0.0));
        CHECK(stance.position.y == doctest::Approx(1.0)); // the lowest point: the bars hang in the air
        CHECK(stance.position.z > 6.0);
        CHECK(stance.yaw_rad == 0.0);
    }

    TEST_CASE("one begins there also who is lifted, and is moved once, when all has arrived") {
        Visit visit(without_start(bars_plant()));
        visit.options.settings.height_m = 0.1;
        std::vector<DVec3> places;
        visit.begun = [&](app::Client& client) {
            client.on_step = [&](Duration) {
                const DVec3 at = client.walker().stance().position;
                if (places.empty() || places.back() != at) places.push_back(at);
            };
        };
        if (!visit.begin(HostKind::Headset)) return;
        visit.frames(60); // through black
        CHECK(visit.client->walker().stance().position.z > 6.0);
        CHECK(places.size() <= 2);
    }

    TEST_CASE("a machine is hidden, shown faint and isolated with what stands on it") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        REQUIRE(answer(visit, "view.select", R"({"part":"left/load"})") != "");
        CHECK(visit.client->state().selected_equipment == 0);
        CHECK(visit.flags("left") == scene::kHighlight);
        CHECK(visit.flags("left/load") == scene::kHighlight);
        answer(visit, "view.clear_selection");
        CHECK(visit.flags("left") == 0);
        for (const auto& [part, expected] : {std::pair("", true), {"left", true}, {"left/load", false}}) {
            CAPTURE(part);
            if (part == std::string()) answer(visit, "view.select", R"({"part":"left/load"})");
            CHECK(answer(visit, "view.hide", (R"({"part":")" + std::string(part) + R"("})").c_str()) == "true");
            CHECK(((visit.flags("left") & scene::kHidden) != 0) == expected);
            CHECK((visit.flags("left/load") & scene::kHidden) != 0);
            CHECK(visit.flags("right") == 0);
            answer(visit, "view.show_all");
            answer(visit, "view.clear_selection");
        }
        CHECK(answer(visit, "view.isolate", R"({"part":"left"})") == "true");
        CHECK(visit.flags("left") == 0);
        CHECK(visit.flags("left/load") == 0);
        CHECK(visit.flags("right") == scene::kGhost);
        CHECK(visit.flags("wall") == scene::kGhost);
    }

    TEST_CASE("what was hidden stays hidden when something is isolated") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        answer(visit, "view.hide", R"({"part":"wall"})");
        answer(visit, "view.isolate", R"({"part":"left"})");
        answer(visit, "view.isolate", R"({"part":"right"})");
        CHECK(visit.flags("wall") == (scene::kHidden | scene::kGhost));
        CHECK(visit.flags("left") == scene::kGhost);
        CHECK(visit.flags("right") == 0);
    }

    TEST_CASE("who jumped to a viewpoint goes back to where they were") {
        Visit visit(
            bars_plant(R"(, "viewpoints": [{"id": "up", "title": "Up", "eye_m": [0, 9, 9], "target_m": [0, 0, 0]}])"));
        if (!visit.begin(HostKind::Window)) return;
        const auto eye = [&] { return visit.client->walker().world_from_eye().position; };
        CHECK(answer(visit, "view.back").starts_with("refused"));
        const DVec3 before = eye();
        CHECK(answer(visit, "view.go_to", R"({"viewpoint":"up"})") == "true");
        CHECK(eye().y == doctest::Approx(9.0));
        CHECK(answer(visit, "view.back") == "true");
        CHECK(glm::length(eye() - before) < 1e-9);
        CHECK(answer(visit, "view.back") == "true");
        CHECK(eye().y == doctest::Approx(9.0));
    }

    TEST_CASE("a name stands above the node that the plant file says, and a wrong one is told") {
        const auto with = [](const char* node) {
            std::string plant = bars_plant();
            const std::string at = R"("title": "Left",)";
            return plant.replace(plant.find(at), at.size(), at + R"( "label_at": ")" + node + R"(",)");
        };
        Visit good(with("bar")), bad(with("nothing"));
        if (!good.begin(HostKind::Offscreen) || !bad.begin(HostKind::Offscreen)) return;
        CHECK(good.client->problems().empty());
        CHECK(count(bad.client->problems(), "label_at: left: there is no node \"nothing\"") == 1);
        CHECK(good.client->name_at(0).x == doctest::Approx(-5.0)); // above the left bar
        CHECK(bad.client->name_at(0).x == doctest::Approx(-4.0));  // above both
    }

    TEST_CASE("a model is looked into from above: no roof is met there, unless the user sees or cuts otherwise") {
        std::string plant = bars_plant();
        const std::string wall = R"("scenery": [)";
        plant.insert(plant.find(wall) + wall.size(),
                     R"({"name": "roof", "model": "bars", "placement": {"position_m": [-4, 6, 1.216]}}, )");
        Visit visit(plant);
        if (!visit.begin(HostKind::Headset)) return;
        const DVec3 above{-3.0, 20.0, 5.0};
        const auto met = [&] {
            visit.client->point_at({above, Vec3(glm::normalize(kLeft - above))});
            visit.frames(2);
            const auto node = visit.client->state().selected;
            REQUIRE(node);
            return visit.client->scene().placed()[visit.client->scene().placed_of(node).index].name;
        };
        const auto raised_m = [&] { // the names above where they stand on their machines
            double least = 1e9;
            for (const auto& label : visit.client->labels())
                if (label.gives_way) least = std::min(least, label.position.y - visit.client->name_at(0).y);
            return least;
        };
        CHECK(met() == "roof");
        CHECK(raised_m() == doctest::Approx(0.0));
        CHECK(answer(visit, "move.table_top") == "true");
        REQUIRE(eventually([&] { return visit.client->frame() && visit.client->walker().stance().scale == 20.0; }));
        visit.frames(2);
        CHECK(met() == "left");
        CHECK(raised_m() > 0.1); // on pins above whatever stands there
        CHECK(answer(visit, "section.through", R"({"point":[0,30,0],"normal":[0,1,0]})") == "true");
        visit.frames(2);
        CHECK(met() == "roof");
        CHECK(answer(visit, "section.show", R"({"on":false})") == "true");
        CHECK(answer(visit, "move.full_size") == "true");
        REQUIRE(eventually([&] { return visit.client->frame() && visit.client->walker().stance().scale == 1.0; }));
        visit.frames(2);
        CHECK(met() == "roof");
    }

    TEST_CASE("a photo without a name goes to the folder of photos, called by its time, and where it is is said") {
        Visit visit;
        visit.options.photos_folder = visit.folder / "Pictures/plantwalk";
        if (!visit.begin(HostKind::Headset)) return;
        const auto& menu = visit.client->actions().find("view.photo")->fronts[0];
        CHECK(menu.offered);
        const std::string named = answer(visit, "view.photo");
        const std::string begin = "\"" + visit.options.photos_folder + "/plantwalk-20";
        REQUIRE_MESSAGE(named.starts_with(begin), named);
        const std::string file = named.substr(1, named.size() - 2);
        REQUIRE(eventually([&] { return visit.client->frame() && visit.client->status().refusal != nullptr; }));
        CHECK(std::string(visit.client->status().refusal) == "The photo is at " + file);
        CHECK(read_file(file)->size() > 100);

        const std::string own = visit.folder / "own.png";
        answer(visit, "view.photo", (R"({"file": ")" + own + R"("})").c_str());
        REQUIRE(eventually([&] { return visit.client->frame() && file_exists(own); }));
        visit.frames(2);
        CHECK(std::string(visit.client->status().refusal).ends_with(file)); // who named it knows
    }

    TEST_CASE("a photo overwrites nothing but pictures, and who is not there has no values") {
        Visit visit;
        REQUIRE(write_text(visit.folder / "visit.mcap", "kept"));
        if (!visit.begin(HostKind::Offscreen)) return;
        for (const std::string& file : {visit.folder / "visit.mcap", std::string("/dev/full"), std::string()}) {
            const std::string arguments = R"({"file": ")" + file + R"("})";
            CHECK(answer(visit, "view.photo", arguments.c_str()) == "refused: the name of a picture ends in .png");
        }
        visit.frames(3);
        CHECK(read_text(visit.folder / "visit.mcap") == "kept");
        CHECK(answer(visit, "twin.values", R"({"equipment": "nobody"})") ==
              "refused: there is no equipment \"nobody\"");
    }

    TEST_CASE("a photo does not follow a link to what is no picture, and replaces one that is") {
        Visit visit;
        const std::string recording = visit.folder / "visit.mcap", link = visit.folder / "link.png";
        REQUIRE(write_text(recording, "kept"));
        std::filesystem::create_symlink(recording, link);
        if (!visit.begin(HostKind::Offscreen)) return;
        CHECK(answer(visit, "view.photo", (R"({"file": ")" + link + R"("})").c_str()) == "\"" + link + "\"");
        REQUIRE(eventually([&] {
            visit.frames(1);
            return count(visit.client->problems(), "no picture: " + link) == 1;
        }));
        CHECK(read_text(recording) == "kept");
        const std::string own = visit.folder / "own.png";
        REQUIRE(write_text(own, "\x89PNG\r\n\x1a\n"));
        answer(visit, "view.photo", (R"({"file": ")" + own + R"("})").c_str());
        REQUIRE(eventually([&] {
            visit.frames(1);
            return read_text(own)->size() > 100;
        }));
    }

    TEST_CASE("photos that are on their way when the headset is lost are taken when it is back") {
        Visit visit;
        if (!visit.begin(HostKind::Headset)) return;
        const std::string first = visit.folder / "first.png", second = visit.folder / "second.png";
        for (const std::string& file : {first, second}) {
            answer(visit, "view.photo", (R"({"file": ")" + file + R"("})").c_str());
            visit.frames(1); // it is drawn, and the GPU is at it
        }
        visit.host->lost = true;
        REQUIRE(eventually([&] { return visit.client->frame() && file_exists(first) && file_exists(second); }));
        CHECK(count(visit.client->problems(), "photo") == 0);
    }

    TEST_CASE("a runtime that goes while the visit begins is waited for") {
        Visit visit;
        visit.gone_at_first = true;
        if (!visit.begin(HostKind::Headset)) return;
        visit.frames(2);
        CHECK(visit.client->render_stats().draws > 0);
        CHECK(count(visit.client->problems(), "played") == 0);
    }

    TEST_CASE("a viewpoint's title is a line of at most 80 letters of any script, without spaces around it") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        const auto save = [&](const std::string& title) {
            return answer(visit, "viewpoint.save", (R"({"title": ")" + title + R"("})").c_str());
        };
        std::string letters;
        for (int i = 0; i < 80; ++i) letters += "\u65e5";
        CHECK(save(letters) == "\"own-1\"");
        CHECK(save(letters + "x") == "refused: a title has at most 80 letters");
        for (const char* title : {"\\u0000x", "two\\nlines", "\\u001b[31m", "\u202eevil", "\u0085", "\u2028"})
            CHECK_MESSAGE(save(title).starts_with("refused: a title is one line"), title);
        CHECK(save("  Door  ") == "\"own-2\"");
        CHECK(save("   ") == "\"own-3\"");
        const auto& all = visit.client->view().viewpoints();
        REQUIRE(all.size() == 3);
        CHECK(all[1].title == "Door");
        CHECK(all[2].title == "Viewpoint 3");
        CHECK(answer(visit, "viewpoint.rename", R"({"viewpoint": "Door", "title": "  "})") ==
              "refused: a viewpoint has a title");
        CHECK(answer(visit, "view.go_to", R"({"viewpoint": "the door"})") == "true");
        CHECK(answer(visit, "settings.set", R"({"name": "the hand", "value": "left"})") == "true");
        CHECK(visit.client->settings().hand == "left");
    }

    TEST_CASE("the environment of a plant file is its background too") {
        Visit without, with(bars_plant(R"(, "environment": {"file": "red.hdr"})"));
        REQUIRE(write_file(with.folder / "red.hdr", red_map()));
        if (!without.begin(HostKind::Offscreen) || !with.begin(HostKind::Offscreen)) return;
        const auto corner = [](const scene::Pixels& p) { return std::array<int, 3>{p.rgba[0], p.rgba[1], p.rgba[2]}; };
        const auto grey = corner(without.picture()), red = corner(with.picture());
        CHECK(grey[0] < 60);
        CHECK(red[0] > 120);
        CHECK(red[1] < red[0] / 2);
    }

    TEST_CASE("what is missing is said in the log once and stays listed") {
        Heard heard;
        Visit visit(bars_plant(R"(, "environment": {"file": "no.hdr"})"));
        std::filesystem::remove(visit.folder / "bars.gltf");
        if (!visit.begin(HostKind::Offscreen)) return;
        visit.frames(3);
        CHECK(count(visit.client->problems(), "no.hdr") >= 1);
        CHECK(count(visit.client->problems(), "bars") >= 1);
        for (const auto& problem : visit.client->problems().list())
            CHECK_MESSAGE(std::ranges::count(*heard.list.lock(), problem.where + ": " + problem.what) == 1,
                          problem.what);
    }

    TEST_CASE("a changed setting is kept in the file, alone, and says when it waits for the next start") {
        Visit visit;
        visit.options.fov_y_deg = 45.0;
        if (!visit.begin(HostKind::Offscreen)) return;
        CHECK(visit.client->state().zoom_fov_y_deg == 45.0);
        CHECK(answer(visit, "settings.set", R"({"name":"labels","value":"false"})") == "true");
        CHECK(answer(visit, "settings.set", R"({"name":"tier","value":"low"})") == R"("from the next start")");
        CHECK(answer(visit, "settings.set", R"({"name":"tier","value":"best"})").starts_with("refused"));
        CHECK_FALSE(visit.client->settings().labels);
        visit.client.reset();
        Reports problems;
        const auto kept = app::read_settings(visit.options.settings_file, problems);
        CHECK(problems.empty());
        CHECK_FALSE(kept.labels);
        CHECK(kept.tier == "low");
        CHECK(kept.fov_y_deg == app::Settings{}.fov_y_deg);
    }
}

TEST_SUITE("app/headset [gpu]") {
    TEST_CASE("the card of a machine hears the trigger, and hides what lies behind it from the ray") {
        Visit visit;
        if (!visit.begin(HostKind::Headset)) return;
        visit.point_at(kLeft);
        visit.pull_trigger();
        REQUIRE(visit.client->state().selected_equipment == 0);
        REQUIRE(card_of(visit));
        const auto card = *card_of(visit);
        visit.point_at(on_card(card, Vec2(card.width, card.height) * Vec2(0.9f, 0.5f)));
        visit.pull_trigger();
        CHECK(visit.client->state().selected_equipment == 0); // nothing behind was chosen
        visit.point_at(on_card(card, {60.f, static_cast<float>(card.height) - 44.f}));
        visit.pull_trigger();
        CHECK((visit.flags("left") & scene::kHidden) != 0);
        CHECK((visit.flags("left/load") & scene::kHidden) != 0);
        visit.point_at(on_card(*card_of(visit), {static_cast<float>(card.width) - 24.f, 24.f}));
        visit.pull_trigger();
        CHECK_FALSE(visit.client->state().selected); // closed
        CHECK_FALSE(card_of(visit));
    }

    TEST_CASE("a press that began in the world does nothing on the card") {
        Visit visit;
        if (!visit.begin(HostKind::Headset)) return;
        visit.point_at(kLeft);
        visit.pull_trigger();
        REQUIRE(card_of(visit));
        const auto card = *card_of(visit);
        auto& hand = visit.host->played.hands[1];
        visit.point_at(kLeft);
        hand.select = {.held = true, .pressed = true};
        visit.frames(1);
        hand.select.pressed = false;
        visit.point_at(on_card(card, {60.f, static_cast<float>(card.height) - 44.f}));
        visit.frames(2);
        hand.select = {};
        visit.frames(2);
        CHECK((visit.flags("left") & scene::kHidden) == 0);
    }

    TEST_CASE("a wall of a plant opens no card; a part of a model does, no larger than its words") {
        Visit visit;
        if (!visit.begin(HostKind::Headset)) return;
        visit.point_at(kWall);
        visit.pull_trigger();
        CHECK(visit.client->state().selected);
        CHECK_FALSE(card_of(visit));
        Visit model;
        model.options.plant_file.clear();
        model.options.model_file = model.folder / "bars.gltf";
        if (!model.begin(HostKind::Headset)) return;
        REQUIRE(model.client->select({0}));
        model.frames(3);
        REQUIRE(card_of(model));
        CHECK(card_of(model)->height < 400);
    }
}

TEST_SUITE("app/client_live [net] [gpu]") {
    TEST_CASE("a tag gives a part the colour that its table says") {
        const auto test = TestBroker::start();
        if (!test) return;
        std::string plant = bars_plant();
        const std::string silent = R"(,
              {"id": "state", "source": "group/node/left/state", "state": true})";
        plant.erase(plant.find(silent), silent.size()); // else the machine looks stale
        const std::string tags = R"("tags": [{"id": "speed",)";
        plant.replace(plant.find(tags), tags.size(),
                      R"("bindings": [{"tag": "speed", "node": "still", "property": "color", "map": "table",
                         "points": [{"in": 1, "out": "#0000ff"}, {"in": 2, "out": "#ff8000"}]}], )" +
                          tags);
        Visit visit(plant);
        visit.options.broker = test->broker->url();
        visit.options.tag_patience = from_ms(10);
        visit.options.panels = visit.options.settings.labels = false;
        if (!visit.begin(HostKind::Offscreen)) return;
        visit.client->set_camera({{-3.0, 1.5, 1.0}, {-3.0, 1.5, 0.0}, 30.0}); // close to the green bar
        MqttListener plant_side(test->broker->url(), "#");
        REQUIRE(eventually([&] { return plant_side.mqtt().connected(); }));
        const auto say = [&](const std::string& topic, const char* name, const twin::Value& value, std::uint8_t seq) {
            const bool whole = std::holds_alternative<std::int64_t>(value);
            const twin::OutMetric metric{.name = name,
                                         .alias = {},
                                         .type = whole ? twin::DataType::Int64 : twin::DataType::Double,
                                         .value = value,
                                         .with_type = true};
            const auto payload = twin::encode_payload({&metric, 1}, seq, system_clock().utc_now());
            REQUIRE(plant_side.mqtt().publish({"spBv1.0/group/" + topic, payload, 0, false}));
        };
        const auto middle = [&] {
            const auto p = visit.picture();
            const std::size_t at = (std::size_t{p.height / 2} * p.width + p.width / 2) * 4;
            return std::array<int, 3>{p.rgba[at], p.rgba[at + 1], p.rgba[at + 2]};
        };
        const auto becomes = [&](std::array<int, 3> color) { return eventually([&] { return middle() == color; }); };
        say("NBIRTH/node", "bdSeq", std::int64_t{0}, 0);
        say("DBIRTH/node/left", "speed", 1.0, 1);
        CHECK(becomes({0, 0, 255}));
        say("DDATA/node/left", "speed", 2.0, 2);
        CHECK(becomes({255, 128, 0}));
    }

    TEST_CASE("a message that is no Sparkplug, and a death, are told in the log and listed once") {
        const auto test = TestBroker::start();
        if (!test) return;
        Heard heard;
        Visit visit;
        visit.options.broker = test->broker->url();
        visit.options.tag_patience = from_ms(10);
        if (!visit.begin(HostKind::Offscreen)) return;
        MqttListener plant(test->broker->url(), "#");
        REQUIRE(eventually([&] { return plant.mqtt().connected(); }));
        const auto listed = [&](std::string_view words) {
            return eventually([&] { return visit.client->frame() && count(visit.client->problems(), words) == 1; });
        };
        REQUIRE(plant.mqtt().publish({"spBv1.0/group/NBIRTH/bad", "\xff\xff\xff", 0, false}));
        CHECK(listed("spBv1.0/group/NBIRTH/bad"));
        CHECK(heard.count("spBv1.0/group/NBIRTH/bad") == 1);
        CHECK(count(visit.client->problems(), "2 tags have not said anything yet: left.speed, left.state") == 1);
        CHECK(visit.client->settled());
    }

    TEST_CASE("a steady frame of a headset allocates nothing, whichever panel is open") {
        Visit visit;
        visit.options.settings.validation = false; // it allocates
        visit.options.settings.broker = "mqtt://a-broker-with-a-long-name.example.com:1883";
        if (!visit.begin(HostKind::Headset)) return;
        auto& played = visit.host->played;
        played.head_active = played.head_tracked = true;
        played.origin_from_head.position = {0.0, 1.65, 0.0};
        visit.point_at({-5.0, 1.5, 0.0});
        REQUIRE(call(visit, "viewpoint.save", R"({"title":"A viewpoint with a long title"})") == "\"own-1\"");
        const auto least_of = [&] { // the driver's threads do what they do
            visit.frames(20);
            long least = 1'000'000;
            for (int i = 0; i < 10; ++i) {
                const long before = allocations();
                visit.frames(1);
                least = std::min(least, allocations() - before);
            }
            return least;
        };
        CHECK(least_of() == 0);
        for (const char* panel :
             {"panel.settings", "panel.tools", "panel.parts", "panel.tree", "panel.registration", "panel.statistics",
              "panel.help", "panel.problems", "panel.alarms", "panel.line", "panel.layers"}) {
            CAPTURE(std::string(panel));
            call(visit, panel);
            CHECK(least_of() == 0);
            call(visit, panel);
        }
        REQUIRE(call(visit, "register.start", R"({"part":"left"})") == "\"left\"");
        for (const char* point : {R"({"model":[-5,1.5,0],"real":[1,1,0]})", R"({"model":[-3,1.5,0],"real":[3,1,0]})",
                                  R"({"model":[-3,2,0],"real":[3,1.5,0]})"})
            call(visit, "register.point", point);
        REQUIRE(eventually([&] { return visit.client->frame() && visit.client->ar().flow()->solution; }));
        CHECK(least_of() == 0);
        call(visit, "register.finish");
        CHECK(visit.client->select(visit.root("left")));
        call(visit, "panel.registration");
        CHECK(least_of() == 0); // with its card
        call(visit, "panel.registration");
        played.hands[0].active = played.hands[0].tracked = true;
        played.hands[0].menu = {.held = true, .pressed = true};
        visit.frames(1);
        played.hands[0].menu = {};
        visit.frames(1);
        REQUIRE(visit.client->headset()->panel(app::SurfaceId::Menu));
        CHECK(least_of() == 0);
        visit.client->headset()->start_tutorial();
        CHECK(least_of() == 0);
    }

    TEST_CASE("a steady frame allocates nothing without panels, and little with them") {
        const auto test = TestBroker::start();
        if (!test) return;
        for (const auto kind : {HostKind::Offscreen, HostKind::Window}) {
            Visit visit;
            visit.options.broker = test->broker->url();
            visit.options.tag_patience = from_ms(10);
            visit.options.panels = kind == HostKind::Window;
            visit.options.settings.validation = false; // it allocates
            if (!visit.begin(kind)) return;
            REQUIRE(visit.client->select(visit.root("left")));
            visit.frames(60);
            long least = 1'000'000; // of a frame; the driver's and the connection's threads do what they do
            for (int i = 0; i < 20; ++i) {
                const long before = allocations();
                visit.frames(1);
                least = std::min(least, allocations() - before);
            }
            MESSAGE("allocations of a frame, panels ", visit.options.panels, ": ", least);
            CHECK(least <= (visit.options.panels ? 4 : 0));
            if (kind == HostKind::Offscreen) {
                visit.host->render = false; // while nothing is seen nothing is rebuilt either
                visit.frames(3);
                const long before = allocations();
                visit.frames(1);
                CHECK(allocations() - before == 0);
            }
        }
    }
}
