// SPDX-License-Identifier: Apache-2.0
// `plantwalk pack` as a user runs it.
#include "base/file.h"
#include "tests/app/program.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace pw;
using namespace pw::test;
namespace fs = std::filesystem;

TEST_SUITE("app/pack") {
    TEST_CASE("it says what it did, and the packed file opens with the same parts") {
        const TempFolder folder;
        const std::string in = (source_dir() / "assets/models/palletizer.glb").string(), out = folder / "p.glb";
        const Finished packed = plantwalk({"pack", in, out});
        CHECK(packed.code == 0);
        CHECK(packed.said.contains("parts 10, triangles 41612"));
        CHECK(fs::file_size(out) * 2 < fs::file_size(in));
        CHECK(fs::directory_iterator(folder.path) != fs::directory_iterator{});
        const auto tree = [](const std::string& file) {
            const std::string said = plantwalk({"inspect", "--nodes", file}).said;
            return said.substr(said.find("Palletizer"));
        };
        CHECK(tree(in) == tree(out));

        const Finished again =
            plantwalk({"pack", "--json", "--no-levels", "--keep-textures", "--precision", "0", in, out});
        CHECK(again.code == 0);
        const auto said = nlohmann::json::parse(again.said);
        CHECK(said["level_triangles"] == 0);
        CHECK(said["position_error_m"] == 0.0);
        CHECK(said["images_packed"] == 0);
        CHECK(said["after"]["file"] == fs::file_size(out));
    }

    TEST_CASE("a file may be packed in its place") {
        const TempFolder folder;
        const std::string file = folder / "tank.glb";
        fs::copy_file(source_dir() / "assets/models/tank.glb", file);
        CHECK(plantwalk({"pack", file, file}).code == 0);
        CHECK(fs::file_size(file) < fs::file_size(source_dir() / "assets/models/tank.glb"));
        CHECK(plantwalk({"inspect", file}).code == 0);
    }

    TEST_CASE("what goes wrong is said, with the file, and nothing is left behind") {
        const TempFolder folder;
        const std::string in = (source_dir() / "assets/models/tank.glb").string();
        const Finished missing = plantwalk({"pack", folder / "nowhere.glb", folder / "o.glb"});
        CHECK(missing.code == 1);
        CHECK(missing.said.contains("nowhere.glb"));
        REQUIRE(write_text(folder / "bad.gltf", R"({"asset":{"version":"2.0"},"nodes":[{"mesh":3}]})"));
        const Finished bad = plantwalk({"pack", folder / "bad.gltf", folder / "o.glb"});
        CHECK(bad.code == 2);
        CHECK(bad.said.contains("bad.gltf: nodes[0].mesh 3 passes the end of meshes (0)"));
        CHECK_FALSE(file_exists(folder / "o.glb"));
        CHECK(plantwalk({"pack", in, folder / "o.gltf"}).code == 2);
        CHECK(plantwalk({"pack", "--quality", "101", in, folder / "o.glb"}).code == 2);
        CHECK(plantwalk({"pack", "--precision", "nan", in, folder / "o.glb"}).code == 2);
        const Finished nowhere = plantwalk({"pack", in, folder / "no/such/o.glb"});
        CHECK(nowhere.code == 1);
        CHECK(nowhere.said.contains("no/such/o.glb"));
        if (fs::exists("/dev/full")) CHECK(plantwalk({"pack", in, "/dev/full/o.glb"}).code == 1);
    }
}
