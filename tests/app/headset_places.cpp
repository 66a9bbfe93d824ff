// SPDX-License-Identifier: Apache-2.0
#include "tests/app/headset_places.h"

#include "tests/support/paths.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace pw::test {

namespace {

constexpr float kRow_px = 29.f, kTop_px = 22.f;

} // namespace

std::vector<std::string> cell() { return {"run", (source_dir() / "assets/plants/cell/plant.json").string()}; }

DVec3 feet_of(const nlohmann::json& where) {
    const DVec3 head = pose_of(where["head"]).position;
    return {head.x, where["stance"]["position"][1].get<double>(), head.z};
}

double yaw_of(const nlohmann::json& where) { return where["stance"]["yaw"].get<double>(); }
double scale_of(const nlohmann::json& where) { return where["stance"]["scale"].get<double>(); }

nlohmann::json panel(const nlohmann::json& where, const std::string& name) {
    for (const auto& p : where["panels"])
        if (p["name"] == name) return p;
    return {};
}

bool shows(const nlohmann::json& where, const std::string& name) { return !panel(where, name).is_null(); }

std::string selected(const Person& person) { return person.ask({"app.status"})["result"].value("selected", ""); }

void open_menu(Person& person, Person::Side side) {
    person.palm_up(side);
    REQUIRE(person.until([](const auto& w) { return shows(w, "menu"); }));
}

int page_row(const std::string& page) {
    std::vector<std::string> pages;
    const auto actions = nlohmann::json::parse(plantwalk({"actions", "--json"}).said);
    for (const auto& action : actions) {
        const auto& offer = action["fronts"]["hand_menu"];
        if (offer["offered"] == true && !std::ranges::contains(pages, offer["how"].get<std::string>()))
            pages.push_back(offer["how"]);
    }
    return static_cast<int>(std::ranges::find(pages, page) - pages.begin());
}

Vec2 menu_page(int row) { return Vec2(56.f, kTop_px + kRow_px * static_cast<float>(row)) * kLetters; }
Vec2 menu_action(int row) { return Vec2(250.f, kTop_px + kRow_px * static_cast<float>(row)) * kLetters; }
Vec2 keyboard_key(float column, float row) {
    return Vec2(12.f + 44.f * (column + 0.5f), 10.f + 39.f * (row + 0.5f)) * kLetters;
}

} // namespace pw::test
