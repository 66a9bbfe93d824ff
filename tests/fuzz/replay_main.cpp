// SPDX-License-Identifier: Apache-2.0
// Stands in for libFuzzer: runs every file of the folders given through the fuzz target, once, and so also where there
// is no clang. What was once found stays found.

#include "base/file.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
    std::size_t count = 0;
    for (int i = 1; i < argc; ++i) {
        const pw::Result<std::vector<std::string>> names = pw::list_folder(argv[i]);
        if (!names) {
            std::fprintf(stderr, "%s\n", names.error().what.c_str());
            return EXIT_FAILURE;
        }
        for (const std::string& name : *names) {
            const pw::Result<std::vector<std::byte>> bytes = pw::read_file(pw::join_path(argv[i], name));
            if (!bytes) continue; // a folder
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size());
            ++count;
        }
    }
    std::printf("%zu inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
