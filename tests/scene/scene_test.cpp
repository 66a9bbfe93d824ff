// SPDX-License-Identifier: Apache-2.0
#include "scene/scene.h"

#include "tests/support/allocations.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <map>
#include <random>
#include <set>

using namespace pw;
using namespace pw::scene;

namespace {

struct Spec {
    std::string name;
    std::uint32_t parent = kNone;
};

std::shared_ptr<Model> make_model(const std::vector<Spec>& specs, std::string name = "m.glb") {
    auto model = std::make_shared<Model>();
    model->name = std::move(name);
    for (std::uint32_t i = 0; i < specs.size(); ++i) {
        Node& n = model->nodes.emplace_back();
        n.name = specs[i].name;
        n.parent = specs[i].parent;
        n.subtree_end = i + 1;
        for (std::uint32_t p = n.parent; p != kNone; p = model->nodes[p].parent) model->nodes[p].subtree_end = i + 1;
    }
    return model;
}

std::shared_ptr<Model> random_tree(std::mt19937& random, std::uint32_t count, int name_choices) {
    std::vector<Spec> specs;
    std::vector<std::uint32_t> path;
    for (std::uint32_t i = 0; i < count; ++i) {
        path.resize(std::uniform_int_distribution<std::size_t>(0, path.size())(random));
        static const std::vector<std::string> odd = {"Bolt",  "Bolt[0]",    "Bolt[1]", "a/b",      "~",  "~1",
                                                     "",      "[0]",        "x]",      "Bolt[01]", "~2", "Bolt~20]",
                                                     "Bolt[", "Bolt[1][0]", "Bolt[1]", "Arm"};
        const auto choice =
            std::uniform_int_distribution<std::size_t>(0, static_cast<std::size_t>(name_choices) - 1)(random);
        specs.push_back(
            {choice < odd.size() ? odd[choice] : "n" + std::to_string(choice), path.empty() ? kNone : path.back()});
        path.push_back(i);
    }
    return make_model(specs);
}

Transform random_transform(std::mt19937& random) {
    std::uniform_real_distribution<float> d(-1.f, 1.f);
    return {DVec3(d(random), d(random), d(random)) * 10.0,
            glm::normalize(Quat(d(random), d(random), d(random), d(random))),
            Vec3(1.f) + 0.1f * Vec3(d(random), d(random), d(random))};
}

Affine at(double x, double y, double z) { return {DVec3(x, y, z), Mat3(1.f)}; }

bool near(const Affine& a, const Affine& b) {
    double worst = glm::length(a.translation - b.translation);
    for (int c = 0; c < 3; ++c) worst = std::max(worst, static_cast<double>(glm::length(a.linear[c] - b.linear[c])));
    return worst < 1e-4;
}

// What the header promises, computed anew from the locals and the offsets.
Affine world_by_hand(const Scene& scene, const std::map<std::uint32_t, NodeId>& attached, NodeId node) {
    const std::uint32_t parent = scene.parent(node), owner = scene.placed_of(node).index;
    const auto it = attached.find(owner);
    Affine base;
    if (parent != kNone)
        base = world_by_hand(scene, attached, NodeId{parent});
    else if (it == attached.end())
        base = scene.placed()[owner].world_from_model;
    else
        base = world_by_hand(scene, attached, it->second) * scene.placed()[owner].world_from_model;
    base = base * to_affine(scene.local(node));
    base.translation += DVec3(scene.offset(node));
    return base;
}

} // namespace

TEST_SUITE("scene/scene") {
    TEST_CASE("a node stands where its ancestors and its placement put it") {
        Scene scene;
        auto model = make_model({{"Base"}, {"Arm", 0}, {"Hand", 1}});
        model->nodes[1].local.translation = {0, 1, 0};
        model->nodes[1].local.rotation = glm::angleAxis(1.5707963f, Vec3(0, 0, 1));
        model->nodes[2].local.translation = {1, 0, 0};
        const PlacedId placed = scene.place(model, at(1e6, 0, 0), "robot");
        const Changes first = scene.update();
        CHECK(first.structure);
        CHECK(scene.placed()[placed.index].node_count == 3);
        CHECK(glm::length(scene.world(NodeId{2}).translation - DVec3(1e6, 2, 0)) < 1e-6);
        CHECK_FALSE(scene.update().structure);
    }

    TEST_CASE("only what moved is reported, as whole ascending disjoint subtrees") {
        Scene scene;
        scene.place(make_model({{"a"}, {"b", 0}, {"c", 1}, {"d", 0}, {"e"}}), {}, "m");
        CHECK(scene.update().moved.size() == 1); // all of it
        CHECK(scene.update().moved.empty());

        Transform t;
        t.translation.x = 1;
        scene.set_local(NodeId{1}, t);
        scene.set_local(NodeId{2}, t);
        scene.set_local(NodeId{4}, t);
        const Changes changes = scene.update();
        REQUIRE(changes.moved.size() == 2);
        CHECK(changes.moved[0].first == 1);
        CHECK(changes.moved[0].last == 3);
        CHECK(changes.moved[1].first == 4);
        CHECK(changes.moved[1].last == 5);

        scene.set_local(NodeId{1}, t); // where it stands already
        CHECK(scene.update().moved.empty());
    }

    TEST_CASE("after any sequence of changes every world transform is what locals and offsets say") {
        std::mt19937 random(3);
        Scene scene;
        std::map<std::uint32_t, NodeId> attached;
        for (std::uint32_t p = 0; p < 6; ++p)
            scene.place(random_tree(random, 50, 40), to_affine(random_transform(random)), "m" + std::to_string(p));
        for (int step = 0; step < 300; ++step) {
            const auto node = NodeId{std::uniform_int_distribution<std::uint32_t>(0, 299)(random)};
            const auto placed = PlacedId{std::uniform_int_distribution<std::uint32_t>(0, 5)(random)};
            const int what = std::uniform_int_distribution<int>(0, 19)(random);
            if (what == 0) {
                scene.set_placement(placed, to_affine(random_transform(random)));
            } else if (what == 1 && node.index < placed.index * 50) {
                scene.attach(placed, node);
                attached[placed.index] = node;
            } else if (what < 6) {
                const bool back = std::bernoulli_distribution(0.3)(random);
                scene.set_offset(node, back ? Vec3(0.f) : Vec3(random_transform(random).translation));
            } else {
                scene.set_local(node, random_transform(random));
            }
            if (step % 3 != 0) continue;
            std::vector<Affine> before;
            for (std::uint32_t i = 0; i < 300; ++i) before.push_back(scene.world(NodeId{i}));
            const Changes changes = scene.update();
            std::uint32_t end = 0;
            std::set<std::uint32_t> moved;
            for (const NodeRange r : changes.moved) {
                REQUIRE(r.first >= end);
                REQUIRE(r.last > r.first);
                end = r.last;
                for (std::uint32_t i = r.first; i < r.last; ++i) moved.insert(i);
            }
            for (std::uint32_t i = 0; i < 300; ++i) {
                REQUIRE(near(scene.world(NodeId{i}), world_by_hand(scene, attached, NodeId{i})));
                if (!moved.contains(i)) REQUIRE(near(scene.world(NodeId{i}), before[i]));
            }
        }
    }

    TEST_CASE("an offset shifts a node, its subtree and what hangs on it along the world's axes, whatever turns them") {
        Scene scene;
        const Affine turned{DVec3(0.0), glm::mat3_cast(glm::angleAxis(1.5707963f, Vec3(0, 1, 0)))};
        scene.place(make_model({{"Base"}, {"Arm", 0}, {"Hand", 1}, {"Foot", 0}}), turned, "robot");
        const PlacedId bottle = scene.place(make_model({{"Bottle"}}), {}, "bottle");
        scene.attach(bottle, NodeId{2});
        scene.update();
        scene.set_offset(NodeId{1}, {1.f, 0.f, 0.f});
        scene.set_offset(NodeId{2}, {0.f, 2.f, 0.f});
        const Changes changes = scene.update();
        REQUIRE(changes.moved.size() == 2);
        CHECK(changes.moved[0].first == 1);
        CHECK(changes.moved[0].last == 3);
        CHECK(scene.world(NodeId{1}).translation == DVec3(1, 0, 0));
        CHECK(scene.world(NodeId{2}).translation == DVec3(1, 2, 0));
        CHECK(scene.world(NodeId{4}).translation == DVec3(1, 2, 0));
        CHECK(scene.world(NodeId{3}).translation == DVec3(0, 0, 0));
        CHECK(scene.offset(NodeId{2}) == Vec3(0, 2, 0));

        scene.set_local(NodeId{1}, {.translation = {0, 0, 1}}); // a binding moves it meanwhile: +z turned is +x
        scene.update();
        CHECK(glm::length(scene.world(NodeId{1}).translation - DVec3(2, 0, 0)) < 1e-6);

        scene.set_offset(NodeId{2}, {0.f, 2.f, 0.f}); // where it is already
        CHECK(scene.update().moved.empty());
        scene.set_offset(NodeId{1}, Vec3(0.f));
        scene.set_offset(NodeId{2}, Vec3(0.f));
        scene.set_local(NodeId{1}, {});
        scene.update();
        CHECK(scene.world(NodeId{4}).translation == DVec3(0, 0, 0));
    }

    TEST_CASE("a placed model shows the variant that was asked for, beside another one of the same model") {
        auto model = make_model({{"Shoe"}});
        model->variants = {"beach", "street"};
        Scene scene;
        const PlacedId left = scene.place(model, {}, "left"), right = scene.place(model, {}, "right");
        scene.update();
        CHECK(scene.variant(left) == kNone);
        scene.set_variant(left, 1);
        CHECK(scene.update().variants);
        CHECK(scene.variant(left) == 1);
        CHECK(scene.variant(right) == kNone);
        scene.set_variant(left, 1); // it does already
        CHECK_FALSE(scene.update().variants);
        scene.set_variant(left, kNone);
        CHECK(scene.update().variants);
    }

    TEST_CASE("what is attached follows the node it is attached to, and looks like it") {
        Scene scene;
        scene.place(make_model({{"Base"}, {"Flange", 0}}), {}, "robot");
        const PlacedId gripper = scene.place(make_model({{"Gripper"}}), at(0, 0.5, 0), "gripper");
        const PlacedId bottle = scene.place(make_model({{"Bottle"}}), at(0, 0.25, 0), "bottle");
        scene.attach(bottle, NodeId{2});
        scene.attach(gripper, NodeId{1});
        scene.update();
        Transform t;
        t.translation = {3, 0, 0};
        scene.set_local(NodeId{0}, t);
        scene.set_style(NodeId{0}, {.flags = kGhost});
        const Changes changes = scene.update();
        REQUIRE(changes.moved.size() == 1);
        CHECK(changes.moved[0].last == 4);
        CHECK(changes.restyled.size() == 1);
        CHECK(scene.world(NodeId{3}).translation == DVec3(3, 0.75, 0));
        CHECK(scene.effective_style(NodeId{3}).flags == kGhost);
        CHECK(scene.parent(NodeId{2}) == kNone);
    }

    TEST_CASE("styles add up: flags gather, the nearest tint counts, emission multiplies") {
        Scene scene;
        scene.place(make_model({{"a"}, {"b", 0}, {"c", 1}, {"d", 0}}), {}, "m");
        scene.set_style(NodeId{0}, {.flags = kStale, .tint_srgba = 0x80112233, .emission = 2.f});
        scene.set_style(NodeId{2}, {.flags = kHighlight, .tint_srgba = 0xff445566, .emission = 3.f});
        scene.update();
        CHECK(scene.effective_style(NodeId{1}) == scene.style(NodeId{0}));
        CHECK(scene.effective_style(NodeId{2}) == Style{kStale | kHighlight, 0xff445566, 6.f});
        scene.set_style(NodeId{0}, {});
        const Changes changes = scene.update();
        REQUIRE(changes.restyled.size() == 1);
        CHECK(changes.restyled[0].last == 4);
        CHECK(scene.effective_style(NodeId{3}) == Style{});
        CHECK(scene.effective_style(NodeId{2}).flags == kHighlight);
        scene.set_style(NodeId{2}, scene.style(NodeId{2}));
        CHECK(scene.update().restyled.empty());
    }

    TEST_CASE("what a file hides stays apart from what users and bindings say, until a user wants to see it") {
        Scene scene;
        auto model = std::make_shared<Model>(*make_model({{"a"}, {"b", 0}, {"c", 1}, {"d", 0}}));
        model->nodes[1].visible = false;
        scene.place(model, {}, "m");
        scene.place(model, {}, "other");
        scene.update();
        const auto flags = [&](std::uint32_t i) { return unsigned{scene.effective_style(NodeId{i}).flags}; };
        CHECK(flags(0) == 0);
        CHECK(flags(1) == kFileHidden);
        CHECK(flags(2) == kFileHidden); // with its subtree
        CHECK(flags(3) == 0);
        CHECK(scene.style(NodeId{1}) == Style{});
        CHECK_FALSE(scene.visible(NodeId{1}));
        CHECK(scene.visible(NodeId{2}));

        scene.set_style(NodeId{1}, {.flags = kGhost}); // all that anybody else says leaves it hidden
        scene.set_style(NodeId{1}, {});
        scene.update();
        CHECK(flags(1) == kFileHidden);
        scene.set_style(NodeId{2}, {.flags = kShown});
        scene.update();
        CHECK(flags(1) == kFileHidden);
        CHECK(flags(2) == 0);
        scene.set_style(NodeId{1}, {.flags = kShown | kHidden});
        scene.update();
        CHECK(flags(1) == kHidden);
        CHECK(flags(2) == kHidden);

        scene.set_style(NodeId{1}, {});
        scene.set_style(NodeId{2}, {});
        scene.set_visible(NodeId{2}, false);
        scene.set_visible(NodeId{1}, true);
        Changes changes = scene.update();
        REQUIRE(changes.restyled.size() == 1);
        CHECK(flags(1) == 0);
        CHECK(flags(2) == kFileHidden);
        scene.set_style(NodeId{0}, {.flags = kShown}); // of what is below it the file has its say
        changes = scene.update();
        CHECK(flags(2) == kFileHidden);
        scene.set_visible(NodeId{2}, false);
        CHECK(scene.update().restyled.empty());
        CHECK(flags(5) == kFileHidden); // the other copy
    }

    TEST_CASE("a wash is inherited, unless a node has one of its own, and leaves all else of a style alone") {
        Scene scene;
        scene.place(make_model({{"a"}, {"b", 0}, {"c", 1}, {"d", 0}}), {}, "m");
        scene.set_style(NodeId{1}, {.tint_srgba = 0xff445566});
        scene.update();
        scene.set_style(NodeId{0}, {.wash_srgba = 0x80112233});
        Changes changes = scene.update();
        REQUIRE(changes.restyled.size() == 1);
        CHECK(changes.restyled[0].first == 0);
        CHECK(changes.restyled[0].last == 4);
        CHECK(scene.effective_style(NodeId{2}) == Style{.tint_srgba = 0xff445566, .wash_srgba = 0x80112233});
        CHECK(scene.effective_style(NodeId{3}).wash_srgba == 0x80112233);
        scene.set_style(NodeId{1}, {.wash_srgba = 0xff778899});
        changes = scene.update();
        REQUIRE(changes.restyled.size() == 1);
        CHECK(changes.restyled[0].first == 1);
        CHECK(changes.restyled[0].last == 3);
        CHECK(scene.effective_style(NodeId{2}) == Style{.wash_srgba = 0xff778899});
        scene.set_style(NodeId{1}, {.wash_srgba = 0x00778899}); // no alpha: none
        scene.update();
        CHECK(scene.effective_style(NodeId{2}).wash_srgba == 0x80112233);
    }

    TEST_CASE("an instanced node becomes one named child per instance, which carries the mesh") {
        auto model = make_model({{"Rack"}, {"Bottle", 0}, {"Cap", 1}, {"Floor"}});
        Geometry box;
        grow(box.bounds, Vec3(-1.f));
        grow(box.bounds, Vec3(1.f));
        model->geometries.push_back(box);
        model->meshes.push_back({"bottle", {{0, kNone}}, {}});
        model->nodes[1].mesh = 0;
        model->nodes[1].instances.resize(3);
        model->nodes[1].instances[2].translation = {5, 0, 0};
        Scene scene;
        const PlacedId id = scene.place(model, {}, "rack");
        scene.update();
        REQUIRE(scene.node_count() == 7);
        CHECK(scene.mesh(NodeId{1}) == kNone);
        CHECK(scene.name(NodeId{4}) == "Bottle[2]");
        CHECK(scene.mesh(NodeId{4}) == 0);
        CHECK(scene.parent(NodeId{4}) == 1);
        CHECK(scene.subtree_end(NodeId{1}) == 6);
        CHECK(scene.subtree_end(NodeId{4}) == 5);
        CHECK(scene.name(scene.node_of(id, 2)) == "Cap");
        CHECK(scene.node_of(id, 3) == NodeId{6});
        CHECK(scene.world_bounds(NodeId{1}).max == DVec3(6, 1, 1));
        CHECK(scene.world_bounds(NodeId{6}).empty());
        CHECK(scene.find(scene.part(NodeId{4})) == NodeId{4});
    }

    TEST_CASE("weights start as the node, else the mesh says, and changes are told once") {
        auto model = make_model({{"plain"}, {"morphed"}, {"own"}});
        model->geometries.emplace_back().morphs.resize(3);
        model->meshes.push_back({"face", {{0, kNone}}, {0.25f, 0.5f}});
        model->nodes[1].mesh = model->nodes[2].mesh = 0;
        model->nodes[2].weights = {1.f, 1.f, 1.f, 1.f};
        Scene scene;
        scene.place(model, {}, "m");
        scene.update();
        CHECK(scene.weights(NodeId{0}).empty());
        CHECK(std::ranges::equal(scene.weights(NodeId{1}), std::array{0.25f, 0.5f, 0.f}));
        CHECK(std::ranges::equal(scene.weights(NodeId{2}), std::array{1.f, 1.f, 1.f}));

        scene.set_weights(NodeId{1}, std::array{0.f, 0.f, 0.f, 9.f});
        scene.set_weights(NodeId{1}, std::array{0.5f});
        scene.set_weights(NodeId{2}, std::array{1.f});
        const Changes changes = scene.update();
        REQUIRE(changes.reweighted.size() == 1);
        CHECK(changes.reweighted[0] == NodeId{1});
        CHECK(std::ranges::equal(scene.weights(NodeId{1}), std::array{0.5f, 0.f, 0.f}));
        CHECK(scene.update().reweighted.empty());
    }

    TEST_CASE("a skinned mesh knows the scene nodes of its joints") {
        auto model = make_model({{"other"}, {"mesh"}, {"hip"}, {"knee", 2}});
        model->nodes[0].instances.resize(2);
        model->geometries.emplace_back();
        model->meshes.push_back({"m", {{0, kNone}}, {}});
        model->skins.push_back({{2, 3}, {Mat4(1.f), Mat4(1.f)}});
        model->nodes[1].mesh = 0;
        model->nodes[1].skin = 0;
        Scene scene;
        scene.place(make_model({{"first"}}), {}, "first");
        scene.place(model, {}, "walker");
        REQUIRE(scene.skinned().size() == 1);
        CHECK(scene.skinned()[0].node == NodeId{4});
        CHECK(scene.skinned()[0].joints == std::vector{NodeId{5}, NodeId{6}});
        CHECK(scene.skinned()[0].skin == &model->skins[0]);
    }

    TEST_CASE("a part is found by its uid, wherever it hangs") {
        auto model = make_model({{"Base"}, {"Gear", 0}}, "robot.glb");
        model->nodes[1].uid = "F-02.CAR";
        Scene scene;
        scene.place(make_model({{"x"}}, "other.glb"), {}, "other");
        scene.place(model, {}, "robot1");
        scene.place(model, {}, "robot2");
        CHECK(scene.find({"robot2", "robot.glb", "F-02.CAR", "gone/elsewhere"}) == NodeId{4});
        CHECK(scene.find({"", "robot.glb", "F-02.CAR", ""}) == NodeId{2});
        CHECK_FALSE(scene.find({"robot2", "robot.glb", "F-03", ""}));
        CHECK_FALSE(scene.find({"robot2", "other.glb", "F-02.CAR", ""}));
        CHECK_FALSE(scene.find({"robot3", "robot.glb", "F-02.CAR", ""}));
        const plant::PartId part = scene.part(NodeId{4});
        CHECK(part == plant::PartId{"robot2", "robot.glb", "F-02.CAR", "Base/Gear"});
    }

    TEST_CASE("parts that have one uid between them go by their paths, and the uid names neither") {
        const auto model = make_model({{"Base"}, {"Left", 0}, {"Right", 0}, {"Only", 0}});
        model->nodes[1].uid = model->nodes[2].uid = "F-02";
        model->nodes[3].uid = "F-03";
        Scene scene;
        scene.place(model, {}, "robot");
        for (std::uint32_t i = 0; i < scene.node_count(); ++i) CHECK(scene.find(scene.part(NodeId{i})) == NodeId{i});
        CHECK(scene.part(NodeId{2}).uid.empty());
        CHECK(scene.part(NodeId{2}).path == "Base/Right");
        CHECK(scene.part(NodeId{3}).uid == "F-03");
        CHECK_FALSE(scene.find({.place = "robot", .asset = model->name, .uid = "F-02", .path = ""}).valid());
    }

    TEST_CASE("twins carry their index, and a lone node is found by its bare name") {
        Scene scene;
        const PlacedId id =
            scene.place(make_model({{"Base"}, {"Bolt", 0}, {"Nut", 0}, {"Bolt", 0}, {"Arm"}, {"Bolt", 4}}), {}, "m");
        CHECK(scene.part(NodeId{3}).path == "Base/Bolt[1]");
        CHECK(scene.part(NodeId{5}).path == "Arm/Bolt");
        CHECK(scene.find({"m", "m.glb", "", "Base/Bolt[1]"}) == NodeId{3});
        CHECK(scene.find({"m", "m.glb", "", "Base/Bolt"}) == NodeId{1});
        CHECK_FALSE(scene.find({"m", "m.glb", "", "Base/Bolt[2]"}));
        CHECK_FALSE(scene.find({"m", "m.glb", "", "Bolt"}));
        CHECK(scene.find_path(id, "Bolt") == NodeId{1});
        CHECK(scene.find_path(id, "Bolt[1]") == NodeId{3});
        CHECK(scene.find_path(id, "Arm/Bolt") == NodeId{5});
        CHECK_FALSE(scene.find_path(id, "Base/Arm"));
        CHECK_FALSE(scene.find_path(id, ""));
        CHECK(scene.find_placed("m") == id);
        CHECK_FALSE(scene.find_placed("n"));
    }

    TEST_CASE("every node is found again by its own path, however odd the names are") {
        std::mt19937 random(4);
        for (int round = 0; round < 200; ++round) {
            Scene scene;
            scene.place(random_tree(random, 3, 20), {}, "before");
            const PlacedId id = scene.place(random_tree(random, 60, 18), {}, "m");
            for (std::uint32_t i = 3; i < scene.node_count(); ++i) {
                const plant::PartId part = scene.part(NodeId{i});
                CAPTURE(part.path);
                REQUIRE(scene.find(part) == NodeId{i});
                const NodeId by_end = scene.find_path(id, part.path);
                REQUIRE(by_end.index <= i);
            }
        }
    }

    TEST_CASE("a steady frame allocates nothing") {
        std::mt19937 random(5);
        Scene scene;
        scene.place(random_tree(random, 20'000, 10'000), {}, "m");
        scene.update();
        const auto frame = [&](int f) {
            Transform t;
            for (std::uint32_t i = 0; i < 20'000; i += 10) {
                t.translation.x = f;
                scene.set_local(NodeId{i}, t);
                scene.set_style(NodeId{i}, {.emission = static_cast<float>(f)});
            }
            return scene.update().moved.size();
        };
        frame(2);
        const long before = test::allocations();
        const std::size_t moved = frame(3);
        const long after = test::allocations();
        CHECK(moved > 0);
        CHECK(after == before);
    }
}
