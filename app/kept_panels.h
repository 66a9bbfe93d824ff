#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where a headset's user has moved panels to, for their next visit: one file in the user's state folder (panels.json),
// since it is about the user's reach and not about a plant. Poses are in the user's space, in metres.

#include "base/bytes.h"
#include "base/reports.h"
#include "base/result.h"
#include "interaction/panel_place.h"

#include <span>
#include <string>
#include <vector>

namespace pw::app {

std::string panels_file();

std::string panels_text(std::span<const interaction::PanelPlace> places); // those that stay with the user
// What is wrong with a panel goes to `problems`, and the others count. Malformed: it is no such file.
Result<std::vector<interaction::PanelPlace>> parse_panels(Bytes bytes, Reports& problems);
// A missing file has none. What cannot be read is told and stays as it is: nothing is to be written over it then.
Result<std::vector<interaction::PanelPlace>> read_panels(const std::string& file, Reports& problems);

} // namespace pw::app
