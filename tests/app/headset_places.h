#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where things are for somebody in a headset: in answers of app.where, in the cell of the demo, on the hand menu and on
// the keyboard.

#include "tests/app/person.h"

#include <string>
#include <vector>

namespace pw::test {

inline const DVec3 kCabinet{-1.2, 1.3, 3.3}; // its door, seen from where a visit begins

std::vector<std::string> cell(); // arguments that visit the cell without a broker

DVec3 feet_of(const nlohmann::json& where);
double yaw_of(const nlohmann::json& where);
double scale_of(const nlohmann::json& where);
nlohmann::json panel(const nlohmann::json& where, const std::string& name); // null when it is not shown
bool shows(const nlohmann::json& where, const std::string& name);
std::string selected(const Person& person);

void open_menu(Person& person, Person::Side side); // looks into the palm until it is there

// Pixels of the hand menu at its first size: a column of pages, and beside it the actions of the page that is open; of
// the keyboard, by column and row from its upper left key.
inline constexpr float kLetters = 2.f;
int page_row(const std::string& page); // in which row the page stands
Vec2 menu_page(int row);
Vec2 menu_action(int row);
Vec2 keyboard_key(float column, float row);

} // namespace pw::test
