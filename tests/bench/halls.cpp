// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/halls.h"

#include "base/file.h"

#include <cstdlib>

namespace pw::bench {

Halls::Halls(bool unique) : folder_(make_temp_folder("pw-bench-").value_or("")) {
    for (const char* nodes : {"2000", "20000", "100000"}) {
        for (const char* kind : {"", " --unique"}) {
            if (*kind != '\0' && !unique) continue;
            std::string file = join_path(folder_, std::string("hall") + nodes + (*kind == '\0' ? "" : "u") + ".glb");
            const std::string command = "python3 " PW_MAKE_SCENE " " + file + " --nodes " + nodes + kind;
            if (folder_.empty() || std::system(command.c_str()) != 0) {
                files_.clear();
                return;
            }
            files_.push_back(std::move(file));
        }
    }
}

Halls::~Halls() {
    if (!folder_.empty()) remove_folder(folder_);
}

} // namespace pw::bench
