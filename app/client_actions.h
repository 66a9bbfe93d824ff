#pragma once
// SPDX-License-Identifier: Apache-2.0
// The client's actions: what a user can do in the first cell. Declarations and handlers together, one row each.

#include "work/actions.h"
#include "xr/input.h"

namespace pw::app {

class Client;

// `client` must outlive the registry; null fills in the bare table (`plantwalk actions`), whose calls are refused.
void add_client_actions(work::ActionRegistry& registry, Client* client);

// The key of an action's Key front, or None.
xr::Key action_key(const work::Action& action);

} // namespace pw::app
