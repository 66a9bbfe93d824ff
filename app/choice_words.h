#pragma once
// SPDX-License-Identifier: Apache-2.0
// What people read for the choices of actions, which machines spell.

#include <string_view>

namespace pw::app {

const char* choice_words(std::string_view choice); // null: it has no words

} // namespace pw::app
