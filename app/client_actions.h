#pragma once
// SPDX-License-Identifier: Apache-2.0
// The client's actions: what a user can do. Declarations and handlers together, one row each, in app/*_actions.cpp.

#include "work/actions.h"

namespace pw::app {

class Client;

// `client` must outlive the registry; null fills in the bare table (`plantwalk actions`), whose calls are refused.
void add_client_actions(work::ActionRegistry& registry, Client* client);

} // namespace pw::app
