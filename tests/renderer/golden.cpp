// SPDX-License-Identifier: Apache-2.0
#include "tests/renderer/golden.h"

#include "base/file.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>

#include <cstdlib>

namespace pw::test {

void save_png(const scene::Pixels& picture, const std::string& path) {
    const auto png = scene::encode_png(picture);
    REQUIRE(png);
    REQUIRE(make_folders(folder_of(path)));
    REQUIRE(write_file(path, *png));
}

bool matches_golden(const scene::Pixels& picture, const std::string& name, std::size_t far_pixels) {
    const std::string golden_path = (source_dir() / "tests/golden" / (name + ".png")).string();
    if (const char* update = std::getenv("UPDATE_GOLDEN"); update != nullptr && *update == '1') {
        save_png(picture, golden_path);
        return true;
    }
    std::size_t differing = picture.rgba.size();
    if (const auto file = read_file(golden_path)) {
        const auto golden = scene::decode_image(*file);
        if (golden && golden->width == picture.width && golden->height == picture.height) {
            differing = 0;
            for (std::size_t i = 0; i < picture.rgba.size(); i += 4) {
                bool is_far = false;
                for (std::size_t c = 0; c < 4; ++c) is_far |= std::abs(picture.rgba[i + c] - golden->rgba()[i + c]) > 8;
                differing += is_far ? 1 : 0;
            }
        }
    }
    if (differing <= far_pixels) return true;
    save_png(picture, (build_dir() / "golden" / (name + ".actual.png")).string());
    MESSAGE(name, ": ", differing, " pixels differ");
    return false;
}

} // namespace pw::test
