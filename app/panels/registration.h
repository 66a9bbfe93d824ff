#pragma once
// SPDX-License-Identifier: Apache-2.0
// The registration on one panel: what is being registered, point by point, and how well the selected machine lies on
// the real one.

#include "app/panels/panels.h"
#include "app/panels/words.h"
#include "registration/estimate.h"

namespace pw::app {

class Client;

// How well a place is known, each part of it by itself.
Line deviation_words(const registration::Estimate& estimate);
void draw_registration(Client& client, CardPlace place, ActionCalls& asked);

} // namespace pw::app
