// SPDX-License-Identifier: Apache-2.0
// Machines that are not ours among those of the bottling hall: the palletising robot is an OPC UA server (node-opcua),
// a compressor sends JSON (npm mqtt), the labeller is a Sparkplug edge node (npm sparkplug-client); all others come
// from `plantwalk plant run`, and `plantwalk run` shows them. Each is killed and comes back.
#include "base/file.h"
#include "base/format.h"
#include "tests/app/picture.h"
#include "tests/app/program.h"
#include "tests/support/paths.h"
#include "tests/twin/net.h"
#include "tests/twin/opcua_support.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

using namespace pw;
using namespace pw::test;
using nlohmann::json;

namespace {

constexpr const char* kAxes = "opcua:/DeviceSet/Palletiser/MotionDevices/Arm/Axes/Axis_";

// The tags of the three machines and where their values come from; they have no others.
const std::map<std::string, std::map<std::string, std::string>>& foreign_tags() {
    static const auto axis = [](int n) { return formatted("{}{}/ParameterSet/ActualPosition", kAxes, n); };
    static const std::map<std::string, std::map<std::string, std::string>> kTags{
        {"palletiser", {{"j1", axis(1)}, {"j2", axis(2)}, {"j3", axis(3)}, {"j4", axis(4)}}},
        {"compressor-1",
         {{"state", "mqtt:plant/compressor/state"},
          {"position", "mqtt:plant/compressor/drive#/count"},
          {"pressure", "mqtt:plant/compressor/drive#/speed"}}},
        {"labeller",
         {{"state", "plant/labeller/robot/State"},
          {"position", "plant/labeller/robot/J1"},
          {"produced", "plant/labeller/robot/J2"}}}};
    return kTags;
}

// What hangs on a tag that is not there goes with it.
void remove_without(json& equipment, const char* list, const json& tags,
                    const std::function<std::string(const json&)>& tag_of) {
    if (!equipment.contains(list)) return;
    std::erase_if(equipment[list].get_ref<json::array_t&>(), [&](const json& entry) {
        const std::string tag = tag_of(entry);
        return std::ranges::none_of(tags, [&](const json& t) { return t["id"] == tag; });
    });
}

void make_foreign(json& equipment) {
    const auto found = foreign_tags().find(equipment["id"].get<std::string>());
    if (found != foreign_tags().end()) {
        json tags = json::array();
        for (const auto& [id, source] : found->second) {
            json tag{{"id", id}};
            for (const json& own : equipment["tags"])
                if (own["id"] == id) tag = own;
            tag["source"] = source;
            tag.erase("simulated");
            tags.push_back(tag);
        }
        equipment["tags"] = tags;
        remove_without(equipment, "bindings", tags, [](const json& b) { return b["tag"].get<std::string>(); });
        remove_without(equipment, "alarms", tags,
                       [](const json& a) { return a["condition"]["tag"].get<std::string>(); });
        for (int n = 1; found->first == "palletiser" && n <= 3; ++n)
            equipment["bindings"].push_back({{"tag", formatted("j{}", n)},
                                             {"node", formatted("Joint{}", n)},
                                             {"property", "rotation"},
                                             {"axis", n == 1 ? json{0, 1, 0} : json{1, 0, 0}},
                                             {"smooth_s", 0.2}});
    }
}

template <class Function> void for_equipment(json& list, Function&& function) {
    for (json& equipment : list) {
        function(equipment);
        if (equipment.contains("children")) for_equipment(equipment["children"], function);
    }
}

// What an alarm that is gone would have suppressed is not suppressed.
void remove_suppression(json& plant) {
    std::set<std::string> names;
    const auto alarms = [](json& equipment) -> json { return equipment.value("alarms", json::array()); };
    for_equipment(plant["equipment"], [&](json& equipment) {
        for (const json& alarm : alarms(equipment))
            names.insert(equipment["id"].get<std::string>() + "." + alarm["id"].get<std::string>());
    });
    for_equipment(plant["equipment"], [&](json& equipment) {
        if (!equipment.contains("alarms")) return;
        for (json& alarm : equipment["alarms"]) {
            const json by = alarm.value("suppressed_by", json::object());
            if (by.contains("alarm") && !names.contains(by["alarm"].get<std::string>())) alarm.erase("suppressed_by");
        }
    });
}

// assets/plants/hall/plant.json with three machines of others, in a folder where it finds its models.
std::string make_plant(const TempFolder& folder) {
    const std::filesystem::path assets = source_dir() / "assets";
    json plant = json::parse(read_text((assets / "plants/hall/plant.json").string()).value());
    for_equipment(plant["equipment"], make_foreign);
    remove_suppression(plant);
    plant["topics"] = json::array({{{"filter", "plant/+/#"}, {"alive", "plant/+/status"}}});
    // Half of the one compressor and half of the other, without their screens and fans.
    plant["viewpoints"].push_back(
        {{"id", "compressor"}, {"eye_m", {-8.05, 1.0, -9.3}}, {"target_m", {-8.05, 0.9, -13.3}}, {"fov_y_deg", 16}});
    for (const char* shared : {"models", "environments"})
        std::filesystem::create_directory_symlink(assets / shared, folder / shared);
    const std::string file = folder / "plants/hall/plant.json";
    REQUIRE(make_folders(folder_of(file)));
    REQUIRE(write_text(file, plant.dump()));
    return file;
}

struct Hall {
    TempFolder folder, publisher_folder;
    const Folder robot_folder;
    std::unique_ptr<TestBroker> broker = TestBroker::start();
    std::optional<Program> publisher, client;
    std::optional<ForeignServer> robot;
    std::optional<ForeignNode> compressor, labeller;
    std::uint16_t port = 0;

    bool start() {
        if (!broker) return false;
        robot = ForeignServer::start(robot_folder.path, {}, 0, "opcua_robot.cjs");
        if (!robot) return false;
        port = robot->port;
        const std::string plant = make_plant(folder);
        REQUIRE(make_folders(folder / "config/plantwalk"));
        REQUIRE(write_text(folder / "config/plantwalk/settings.json", R"({"labels": false, "validation": true})"));
        const std::string url = broker->broker->url();
        publisher.emplace(publisher_folder, std::vector<std::string>{"plant", "run", plant, "--broker", url});
        client.emplace(folder, std::vector<std::string>{"run", plant, "--host", "offscreen", "--broker",
                                                        url + "," + robot->url("?security=none")});
        REQUIRE(client->eventually_status([](const json& s) { return s["settled"] == true; }, from_ms(200'000)));
        return start_compressor() && start_labeller();
    }
    bool start_robot() {
        return (robot = ForeignServer::start(robot_folder.path, {}, port, "opcua_robot.cjs")).has_value();
    }
    bool start_compressor() { return (compressor = ForeignNode::start_json(*broker, "compressor")).has_value(); }
    bool start_labeller() { return (labeller = ForeignNode::start(*broker, "plant", "labeller")).has_value(); }

    // The machines that are not GOOD; each is looked at in one answer.
    std::set<std::string> not_good() {
        std::set<std::string> out;
        const json status = client->status();
        REQUIRE(status.is_object());
        for (const auto& [machine, quality] : status["machines"].items())
            if (quality != "GOOD") out.insert(machine + " " + quality.get<std::string>());
        return out;
    }
    // Whatever is not GOOD on the way there is collected in `seen`.
    bool becomes(const std::set<std::string>& wanted, std::set<std::string>& seen) {
        std::set<std::string> last;
        const bool did = eventually(
            [&] {
                last = not_good();
                seen.insert(last.begin(), last.end());
                return last == wanted;
            },
            from_ms(100'000));
        std::string words;
        for (const std::string& s : last) words += s + "; ";
        CHECK_MESSAGE(did, "not good were last: ", words, " and it said: ", client->said());
        return did;
    }
    bool all_good() {
        std::set<std::string> seen;
        return becomes({}, seen);
    }
    // Without what stands at the edges of the picture and tells of alarms and deaths too.
    Picture picture() {
        Picture out = without_status_bar(photo(*client, folder));
        for (std::size_t i = 0; i < out.rgba.size(); ++i)
            if (const std::size_t pixel = i / 4; pixel / out.width < 100) out.rgba[i] = 0;
        return out;
    }
    void ask(const std::vector<std::string>& words) {
        const json answer = client->ask(words);
        REQUIRE_MESSAGE(answer["ok"] == true, answer.dump());
    }
    double number(const std::string& tag) { return client->ask({"twin.values"})["result"][tag]["value"].get<double>(); }
};

// How the compressor looks, and the one beside it: what is the compressor's is seen by hiding it.
struct Look {
    Picture picture;
    Mask machine;
};
Look look_at_compressor(Hall& hall) {
    hall.ask({"panel.tree"}); // away with it: it says the states of all machines
    hall.ask({"view.go_to", "viewpoint=compressor"});
    Look out{hall.picture(), {}};
    CHECK(size_of(differing(out.picture, hall.picture())) == 0); // nothing moves here
    hall.ask({"view.hide", "part=compressor-1"});
    out.machine = differing(out.picture, hall.picture());
    hall.ask({"view.show_all"});
    return out;
}

void check_washed_out(const Look& good, const Picture& stale) {
    const Mask changed = differing(good.picture, stale);
    MESSAGE(size_of(changed), " of the machine's ", size_of(good.machine), " pixels changed, colourfulness ",
            saturation(good.picture, good.machine), " to ", saturation(stale, good.machine));
    CHECK(outside(changed, good.machine) == 0);
    CHECK(size_of(changed) > size_of(good.machine) / 2);
    CHECK(size_of(good.machine) < static_cast<long>(changed.size()) * 3 / 4); // the other one is there to compare
    CHECK(saturation(stale, good.machine) < saturation(good.picture, good.machine) / 2);
}

} // namespace

TEST_SUITE("app/hall_ends [net] [gpu] [slow]") {
    TEST_CASE("robot, compressor and labeller of others: each is killed, it alone is stale, and all is good again") {
        Hall hall;
        if (!hall.start()) return;
        REQUIRE(hall.all_good());
        const double count = hall.number("compressor-1.position"), axis = hall.number("palletiser.j1");
        CHECK(eventually(
            [&] { return hall.number("compressor-1.position") > count && hall.number("palletiser.j1") != axis; }));
        const Look look = look_at_compressor(hall);

        struct End {
            const char* machine;
            std::function<void()> kill;
            std::function<bool()> start;
        };
        const End ends[] = {
            {"labeller", [&] { hall.labeller->process.kill(); }, [&] { return hall.start_labeller(); }},
            {"palletiser", [&] { hall.robot->process.kill(); }, [&] { return hall.start_robot(); }},
            {"compressor-1", [&] { hall.compressor->process.kill(); }, [&] { return hall.start_compressor(); }},
        };
        for (const End& end : ends) {
            const std::string machine = end.machine;
            CAPTURE(machine);
            end.kill();
            std::set<std::string> seen;
            REQUIRE(hall.becomes({machine + " STALE"}, seen));
            if (machine == "compressor-1") check_washed_out(look, hall.picture());
            REQUIRE(end.start());
            REQUIRE(hall.becomes({}, seen));
            // On its way back it may be known in part, or not yet surely; nobody else ever blinks.
            for (const std::string& word : seen) CHECK_MESSAGE(word.starts_with(machine), word);
            const Picture now = hall.picture();
            const Mask changed = differing(look.picture, now);
            CHECK_MESSAGE(size_of(changed) == 0, box_of(changed, now.width));
        }
    }
}
