// SPDX-License-Identifier: Apache-2.0
#include "app/publisher/cell_model.h"

#include "base/file.h"
#include "scene/gltf.h"
#include "scene/scene.h"
#include "tests/app/cell_plant.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_geometric.hpp>
#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace pw::app {
namespace {

using test::cell_plant;
using test::CellProbe;

// The demo cell with `from` in its file replaced; what is wrong with it as a simulation.
std::string refused(const std::string& from, const std::string& to) {
    const std::string file = test::source_dir() / "assets/plants/cell/plant.json";
    std::string text = *read_text(file);
    const std::size_t at = text.find(from);
    REQUIRE_MESSAGE(at != std::string::npos, from);
    Reports problems;
    const Result<plant::Plant> plant = plant::parse_plant(text.replace(at, from.size(), to), file, problems);
    REQUIRE_MESSAGE(plant, (plant ? "" : plant.error().what));
    const Result<CellModel> model = CellModel::make(*plant, 1);
    return model ? "" : model.error().what;
}

bool in_cell(const std::string& state) {
    static const std::set<std::string> kPackMl{"EXECUTE",  "HELD",      "SUSPENDED", "IDLE",    "COMPLETING",
                                               "COMPLETE", "RESETTING", "STARTING",  "STOPPED", "ABORTED"};
    return kPackMl.contains(state);
}

std::vector<double> axes(const CellProbe& cell) {
    std::vector<double> out;
    for (int i = 1; i <= 6; ++i) out.push_back(cell.number("palletiser.j" + std::to_string(i)));
    return out;
}

// The cell's models, placed as the application places them and moved as the bindings say.
class CellScene {
  public:
    CellScene() {
        for (const plant::ModelFile& file : cell_plant().models) {
            Reports reports;
            auto model = scene::load_gltf(file.file, reports);
            REQUIRE_MESSAGE(model, (model ? "" : model.error().what));
            models_[file.id] = *model;
        }
        for (std::uint32_t e = 0; e < cell_plant().equipment.size(); ++e) place(e);
    }

    // Applies every rotation and translation of the plant's bindings to its node.
    void show(const CellProbe& cell) {
        for (const auto& [node, rest] : rest_) scene_.set_local(node, rest);
        for (const plant::Equipment& equipment : cell_plant().equipment)
            for (const plant::Binding& binding : equipment.bindings) apply(equipment, binding, cell);
        scene_.update();
    }

    // Where a crate's origin is and which way its sides point.
    Affine crate(const std::string& name) const {
        const scene::PlacedId placed = scene_.find_placed(name);
        REQUIRE(placed);
        return scene_.world({scene_.placed()[placed.index].first_node});
    }

  private:
    void place(std::uint32_t index) {
        const plant::Equipment& e = cell_plant().equipment[index];
        Affine world = plant::to_affine(e.placement);
        for (std::uint32_t p = e.parent; p != plant::kNoEquipment; p = cell_plant().equipment[p].parent)
            world = plant::to_affine(cell_plant().equipment[p].placement) * world;
        const scene::PlacedId body =
            e.model.empty() ? scene::PlacedId{} : scene_.place(models_.at(e.model), world, e.id);
        for (const plant::Item& item : e.items) {
            const Affine own = plant::to_affine(item.placement);
            const bool attached = !item.attach.empty();
            const scene::PlacedId placed =
                scene_.place(models_.at(item.model), attached ? own : world * own, e.id + "/" + item.name);
            if (!attached) continue;
            const scene::NodeId node = scene_.find_path(body, item.attach);
            REQUIRE_MESSAGE(node, item.attach);
            scene_.attach(placed, node);
        }
    }

    void apply(const plant::Equipment& equipment, const plant::Binding& binding, const CellProbe& cell) {
        const bool item = binding.node.ends_with(':');
        const std::string name =
            item ? equipment.id + "/" + binding.node.substr(0, binding.node.size() - 1) : equipment.id;
        const scene::PlacedId placed = scene_.find_placed(name);
        REQUIRE(placed);
        const scene::NodeId node =
            item ? scene::NodeId{scene_.placed()[placed.index].first_node} : scene_.find_path(placed, binding.node);
        REQUIRE_MESSAGE(node, equipment.id, " has no node ", binding.node);
        if (binding.property != plant::Property::Rotation && binding.property != plant::Property::Translation) return;
        Transform local = rest_.try_emplace(node, scene_.local(node)).first->second;
        double value = cell.number(equipment.id + "." + binding.tag);
        if (binding.map == plant::MapKind::Linear) {
            const plant::MapPoint &a = binding.points.front(), &b = binding.points.back();
            value = a.out + (b.out - a.out) * std::clamp((value - a.in) / (b.in - a.in), 0.0, 1.0);
        }
        if (binding.modulo) value -= *binding.modulo * std::floor(value / *binding.modulo);
        if (binding.property == plant::Property::Translation)
            local.translation += DVec3(local.rotation * binding.axis) * value;
        else
            local.rotation = local.rotation * glm::angleAxis(glm::radians(static_cast<float>(value)), binding.axis);
        scene_.set_local(node, local);
    }

    std::map<std::string, std::shared_ptr<const scene::Model>> models_;
    scene::Scene scene_;
    std::map<scene::NodeId, Transform> rest_;
};

// The farthest that a corner of one crate is from the same corner of the other; a crate looks the same turned half
// round.
double apart(const Affine& a, const Affine& b) {
    double best = 1e9;
    for (const double turn : {1.0, -1.0}) {
        double worst = 0.0;
        for (const double x : {-0.198, 0.198})
            for (const double y : {0.0, 0.24})
                for (const double z : {-0.148, 0.148})
                    worst = std::max(worst, glm::distance(transform_point(a, {x, y, z}),
                                                          transform_point(b, {turn * x, y, turn * z})));
        best = std::min(best, worst);
    }
    return best;
}

} // namespace

TEST_SUITE("app/cell_model") {
    TEST_CASE("the same seed gives the same hash, however the time is cut") {
        CellProbe a(7), b(7), other(8);
        for (int i = 0; i < 600; ++i) a.advance(from_ms(1000));
        for (int i = 0; i < 10'000; ++i) b.advance(from_ms(i % 2 == 0 ? 13 : 107));
        CHECK(a.hash() == b.hash());
        for (int i = 0; i < 600; ++i) other.advance(from_ms(1000));
        CHECK(a.hash() != other.hash());
    }

    TEST_CASE("ten minutes with seed 1 end in the stored state") {
        CellProbe cell(1);
        cell.advance(from_ms(600'000));
        CHECK(to_hex(cell.hash()) == "c70dd44fe395b65b");
        CHECK(cell.text("palletiser.crates_total") == "73");
    }

    TEST_CASE("every state is a PackML word, and all of the cell's moods come up") {
        CellProbe cell;
        std::set<std::string> seen;
        bool amber = false, blue = false, gate_opened = false, empty_pocket = false;
        for (int i = 0; i < 20 * 1800; ++i) {
            cell.advance(from_ms(50));
            for (const char* tag : {"palletiser.state", "conveyor.state", "cabinet.state"}) {
                CHECK(in_cell(cell.text(tag)));
                seen.insert(std::string(tag) + cell.text(tag));
            }
            amber |= cell.number("cabinet.lamp_amber") != 0.0;
            blue |= cell.number("cabinet.lamp_blue") != 0.0;
            gate_opened |= cell.number("gate.angle") == -85.0;
            empty_pocket |= cell.number("conveyor.eye_in") == 0.0 && cell.number("conveyor.speed") == 0.0;
        }
        for (const char* mood :
             {"cabinet.stateHELD", "cabinet.stateEXECUTE", "cabinet.stateCOMPLETE", "conveyor.stateHELD",
              "conveyor.stateSUSPENDED", "palletiser.stateSUSPENDED", "palletiser.stateRESETTING"})
            CHECK_MESSAGE(seen.contains(mood), mood);
        CHECK(amber);
        CHECK(blue);
        CHECK(gate_opened);
        CHECK(empty_pocket);
    }

    TEST_CASE("no axis is faster than it can be") {
        const double limits[] = {120, 115, 120, 190, 180, 260};
        CellProbe cell;
        std::vector<double> before = axes(cell);
        for (int i = 0; i < 100 * 240; ++i) {
            cell.advance(from_ms(10));
            const std::vector<double> now = axes(cell);
            for (std::size_t a = 0; a < 6; ++a) CHECK(std::abs(now[a] - before[a]) / 0.01 <= limits[a]);
            before = now;
        }
    }

    TEST_CASE("a pallet fills one by one to twelve, is exchanged, and begins again") {
        CellProbe cell;
        double before = cell.number("pallet-a.crates"), total = cell.number("palletiser.crates_total");
        int exchanges = 0;
        for (int i = 0; i < 20 * 600; ++i) {
            cell.advance(from_ms(50));
            const double now = cell.number("pallet-a.crates");
            if (now != before) {
                const bool exchanged = before == 12 && now == 0;
                CHECK((exchanged || now == before + 1));
                if (exchanged) CHECK(cell.number("pallet-b.crates") == 12);
                if (exchanged) CHECK(cell.number("gate.closed") == 0);
                exchanges += exchanged ? 1 : 0;
                if (!exchanged) CHECK(cell.number("palletiser.crates_total") == ++total);
            }
            before = now;
        }
        CHECK(exchanges >= 4);
        CHECK(cell.number("pallet-a.done") == exchanges);
    }

    TEST_CASE("a crate is never gone between two machines, and the robot stands still while it changes hands") {
        CellProbe cell;
        int gripped = 0, placed = 0;
        const auto pockets = [&] {
            int filled = 0;
            for (int k = 1; k <= 8; ++k)
                filled += static_cast<int>(cell.number("conveyor.pocket_" + std::to_string(k)));
            return filled;
        };
        bool load = false;
        int on_belt = pockets();
        double on_pallet = cell.number("pallet-a.crates");
        for (int i = 0; i < 100 * 200; ++i) {
            const std::vector<double> stood = axes(cell);
            const double belt = cell.number("conveyor.position");
            cell.advance(from_ms(10));
            const bool load_now = cell.number("palletiser.load") != 0.0;
            const bool moves_hands =
                load_now != load || pockets() < on_belt || cell.number("pallet-a.crates") == on_pallet + 1;
            if (moves_hands) CHECK(axes(cell) == stood);
            if (moves_hands && pockets() < on_belt) CHECK(cell.number("conveyor.position") == belt);
            if (pockets() < on_belt) CHECK(load); // the gripper had it already
            if (load_now && !load) ++gripped;
            if (!load_now && load) {
                ++placed;
                CHECK(cell.number("pallet-a.crates") > 0);
                CHECK(cell.number("palletiser.crates_total") == placed); // it was counted before
            }
            load = load_now;
            on_belt = pockets();
            on_pallet = cell.number("pallet-a.crates");
        }
        CHECK(gripped > 15);
        CHECK(std::abs(gripped - placed) <= 1);
    }

    TEST_CASE("the belt stands while the robot is at its end") {
        CellProbe cell;
        for (int i = 0; i < 100 * 120; ++i) {
            cell.advance(from_ms(10));
            const std::string step = cell.text("palletiser.step");
            const bool at_belt = step == "goes down to the crate" || step == "grips" || step == "lifts";
            if (at_belt) CHECK(cell.number("conveyor.speed") == 0.0);
            if (step == "goes down to the crate") CHECK(cell.number("conveyor.eye_out") == 1.0);
            if (step == "lifts") CHECK(cell.number("conveyor.eye_out") == 0.0);
        }
    }

    TEST_CASE("a plant that cannot be played is refused with its place") {
        CHECK(refused("\"plays\": \"conveyor\"", "\"plays\": \"magic\"")
                  .contains("conveyor.simulation.plays must be palletiser,"));
        CHECK(refused("\"plays\": \"gate\"", "\"plays\": \"cabinet\"").contains("plays the same role already"));
        CHECK(refused("\"speed_share\": 0.55", "\"speed_share\": 0")
                  .contains("palletiser.simulation.speed_share must be a number"));
        CHECK(refused("\"pockets\": 8", "\"pockets\": 900")
                  .contains("conveyor.simulation.pockets must be a number from"));
        CHECK(refused("program.json", "no.json").contains("palletiser.simulation"));
        CHECK(refused("program.json", "plant.json").contains("plant.json"));
        CHECK(refused("\"id\": \"cycle_time\"", "\"id\": \"colour\"")
                  .contains("its simulation has no value for the tag \"colour\""));
        Reports problems;
        const auto empty =
            plant::parse_plant(R"({"format": "plantwalk-plant", "version": 1, "name": "n"})", "p.json", problems);
        CHECK(CellModel::make(*empty, 1).error().code == Errc::Unsupported);
    }
}

TEST_SUITE("app/cell_plant") {
    TEST_CASE("the demo plant is right, and its models have every node that it binds") {
        Reports problems;
        REQUIRE(plant::read_plant(test::source_dir() / "assets/plants/cell/plant.json", problems));
        CHECK(problems.empty());
        CellScene scene; // asks for each
        scene.show(CellProbe());
    }

    TEST_CASE("killing one edge node silences one machine only") {
        std::map<std::string, std::set<std::string>> nodes_of;
        for (const plant::Equipment& e : cell_plant().equipment)
            for (const plant::Tag& tag : e.tags) {
                const std::size_t group = tag.source.find('/');
                nodes_of[e.model].insert(tag.source.substr(0, tag.source.find('/', group + 1)));
            }
        std::set<std::string> all;
        for (const auto& [model, nodes] : nodes_of) {
            CHECK(nodes.size() == 1);
            CHECK_MESSAGE(all.insert(*nodes.begin()).second, *nodes.begin(), " serves two kinds of machine");
        }
    }

    TEST_CASE("a crate does not jump when it changes hands") {
        CellProbe cell;
        CellScene scene;
        bool load = false;
        double on_pallet = cell.number("pallet-a.crates"), worst_pick = 0.0, worst_place = 0.0;
        std::set<double> places;
        for (int i = 0; i < 100 * 240; ++i) {
            cell.advance(from_ms(10));
            const bool load_now = cell.number("palletiser.load") != 0.0;
            const double count = cell.number("pallet-a.crates");
            if (load_now && !load) {
                scene.show(cell);
                double nearest = 1e9;
                for (int k = 1; k <= 8; ++k)
                    if (cell.number("conveyor.pocket_" + std::to_string(k)) != 0.0)
                        nearest = std::min(nearest, apart(scene.crate("palletiser/load"),
                                                          scene.crate("conveyor/crate_" + std::to_string(k))));
                worst_pick = std::max(worst_pick, nearest);
            }
            if (count == on_pallet + 1) {
                scene.show(cell);
                const std::string crate = "pallet-a/crate_" + std::to_string(static_cast<int>(count));
                worst_place = std::max(worst_place, apart(scene.crate("palletiser/load"), scene.crate(crate)));
                places.insert(count);
            }
            load = load_now;
            on_pallet = count;
        }
        CHECK(places.size() == 12);
        MESSAGE("largest jump at the belt ", worst_pick * 1000.0, " mm, at the pallet ", worst_place * 1000.0, " mm");
        CHECK(worst_pick < 0.001);
        CHECK(worst_place < 0.001);
    }
}

} // namespace pw::app
