#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where hand menu, palette and voice offer each action, or why they do not: one table. Its order is the order on the
// pages of the hand menu. Internal to app/*actions.cpp.

#include "work/actions.h"

namespace pw::app {

// Fills in the hand menu's, the palette's and the voice's front of an action. Asserts that it is in the table.
void offer_fronts(work::Action& action);

} // namespace pw::app
