#pragma once
// SPDX-License-Identifier: Apache-2.0
// The project's bottling hall for benchmarks of the whole client: its plant file and the simulation that publishes it.

#include "base/process.h"
#include "base/result.h"

#include <string>

namespace pw::bench {

std::string hall_plant();
// `plantwalk plant run` at so many times real time, half an hour into the shift. Its words go to the file `said`.
Result<Process> run_hall(const std::string& broker, int speed, const std::string& said);

} // namespace pw::bench
