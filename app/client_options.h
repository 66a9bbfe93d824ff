#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a client is made with: what it shows, on which host, and which files of the user's it may write. Plain data.

#include "app/settings.h"
#include "app/sounds.h"
#include "base/math.h"
#include "base/reports.h"
#include "base/time.h"
#include "xr/host.h"

#include <optional>
#include <string>

namespace pw::app {

struct ClientOptions {
    xr::HostOptions host;
    std::string plant_file;           // or
    std::string model_file;           // a single glTF
    std::string environment_file;     // replaces the plant's; empty: the plant's, or the project's own
    std::string broker;               // empty: no live data
    std::optional<Vec4> background;   // linear; else the environment or the project's grey
    std::string recording;            // where this visit is recorded; empty: it is forgotten at its end
    std::string alarms_file;          // what people did to alarms, for the next visit; empty: it is forgotten
    std::string registrations_folder; // where it is kept where machines are; empty: it is forgotten at its end
    std::string panels_file;          // where a headset's user moves panels to; empty: it is forgotten
    std::string photos_folder;        // of photos without a name; empty: among the user's pictures
    std::string control_socket;       // listen there for `plantwalk do`; empty: do not
    bool panels = true;               // the user interface
    SoundOutput sound = SoundOutput::Off;
    std::optional<double> fov_y_deg;         // of this visit; else the settings'
    Duration tag_patience = from_ms(30'000); // how long settled() waits for tags that say nothing
    std::string settings_file;               // where changes of settings are kept; empty: the user's own
    std::string data_folder;                 // where saved viewpoints are kept; empty: the user's own
    Settings settings;
    Reports settings_problems; // of reading them
};

} // namespace pw::app
