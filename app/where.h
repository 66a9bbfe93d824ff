#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where everything is around the user, as JSON: for `plantwalk do app.where`, for tests and for bug reports.

#include <string>

namespace pw::app {

class Client;

// {"stance", "head", "sound", "hands", "panels", "comfort", …}: poses in the world as {"position": [x, y, z],
// "orientation": [x, y, z, w]}, metres.
std::string where_json(Client& client);

} // namespace pw::app
