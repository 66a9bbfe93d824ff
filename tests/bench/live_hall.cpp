// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/live_hall.h"

namespace pw::bench {

std::string hall_plant() { return PW_HALL; }

Result<Process> run_hall(const std::string& broker, int speed, const std::string& said) {
    return Process::start({PW_PLANTWALK, "plant", "run", PW_HALL, "--broker", broker, "--lead", "1800", "--speed",
                           std::to_string(speed), "--seconds", "600"},
                          {.output_file = said});
}

} // namespace pw::bench
