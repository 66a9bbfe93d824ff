// SPDX-License-Identifier: Apache-2.0
// Packing: the document stays what it was, numbers stay where they were to within what is promised, and others can read
// it.
#include "scene/pack.h"

#include "base/file.h"
#include "base/process.h"
#include "scene/image.h"
#include "tests/scene/pack_compare.h"
#include "tests/support/big_plant.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

using namespace pw;
using namespace pw::scene;
using namespace pw::test;
namespace fs = std::filesystem;

namespace {

std::string folder() {
    static const std::string made = [] {
        const auto temp = make_temp_folder("pw-pack-");
        REQUIRE(temp);
        return *temp;
    }();
    return made;
}

// Runs node with a script of this tree, on files; what it says. Nothing without the module.
std::optional<std::string> node(const char* script, const char* module, const std::vector<std::string>& files) {
    const char* modules = std::getenv("NODE_PATH");
    if (modules == nullptr || !fs::exists(fs::path(modules) / module)) {
        test::skip(std::string("npm ") + module + " is not in $NODE_PATH");
        return std::nullopt;
    }
    const std::string said = folder() + "/said";
    remove_file(said);
    std::vector<std::string> words{"node", (test::source_dir() / script).string()};
    words.insert(words.end(), files.begin(), files.end());
    auto process = Process::start(words, {.output_file = said});
    REQUIRE(process);
    CHECK(process->wait() == 0);
    const auto text = read_text(said);
    REQUIRE(text);
    return *text;
}

std::string write(const std::string& name, Bytes glb) {
    const std::string path = folder() + "/" + name;
    REQUIRE(write_file(path, glb));
    return path;
}

std::vector<std::string> own_models() {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(test::source_dir() / "assets/models"))
        if (entry.path().extension() == ".glb") out.push_back(entry.path().string());
    std::ranges::sort(out);
    return out;
}

} // namespace

TEST_SUITE("scene/pack") {
    TEST_CASE("our own models stay what they were, and the Khronos validator finds no error in them") {
        std::vector<std::string> files;
        for (const std::string& path : own_models()) {
            CAPTURE(path);
            const Both both = pack(path);
            check_same_document(*both.before, *both.after);
            check_near(both, 51e-6);
            CHECK(both.packed.glb.size() < fs::file_size(path) * 112 / 100);
            for (const Geometry& g : both.after->geometries)
                CHECK(g.levels.has_value() == (g.skin.empty() && g.morphs.empty()));
            files.push_back(write(file_name_of(path), both.packed.glb));
        }
        const auto said = node("assets/models/validate.cjs", "gltf-validator", files);
        if (!said) return;
        for (const std::string& file : files) CHECK_MESSAGE(has(*said, file_name_of(file) + ": 0 errors"), *said);
    }

    TEST_CASE("rays meet the same parts") {
        for (const char* name : {"palletizer.glb", "filler.glb"})
            check_picks(pack((test::source_dir() / "assets/models" / name).string()), 2'000, 2e-3);
    }

    TEST_CASE("with a precision of 0 every corner of every triangle is what it was, bit for bit") {
        for (const char* name : {"palletizer.glb", "tank.glb", "cabinet.glb", "bottle_filled.glb"})
            check_exact(pack((test::source_dir() / "assets/models" / name).string(), {.position_error_m = 0.0}));
    }

    TEST_CASE("the same file gives the same bytes, on one thread and on three") {
        const std::string path = (test::source_dir() / "assets/models/hall.glb").string();
        std::vector<std::byte> bytes;
        for (const unsigned threads : {0u, 1u, 3u}) {
            const auto jobs = threads == 0 ? make_jobs_inline() : make_jobs(threads);
            Reports reports;
            const auto packed = pack_gltf_file(path, {}, *jobs, reports);
            REQUIRE(packed);
            if (bytes.empty()) bytes = packed->glb;
            CHECK(packed->glb == bytes);
        }
    }

    TEST_CASE("what was packed can be packed again, and nothing moves twice") {
        const Both once = pack((test::source_dir() / "assets/models/palletizer.glb").string());
        const std::string path = write("once.glb", once.packed.glb);
        const Both twice = pack(path);
        check_same_document(*once.after, *twice.after);
        CHECK(twice.packed.summary.position_error_m == 0.0);
        check_exact(twice);
        CHECK(twice.packed.glb.size() < once.packed.glb.size() * 102 / 100);
        for (std::size_t i = 0; i < once.after->geometries.size(); ++i)
            CHECK(once.after->geometries[i].levels->size() == twice.after->geometries[i].levels->size());
    }

    TEST_CASE("names and extras of views are told where they are lost") {
        const Grid grid(4);
        std::string views = grid.views();
        views.replace(views.find("{\"buffer\":0,"), 12, "{\"buffer\":0,\"name\":\"points\",");
        const Both both =
            pack_members(views + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(), grid.binary);
        REQUIRE(both.reports.list().size() == 1);
        CHECK(has(both.reports.list()[0].what, "1 names or extras of views and buffers are left out"));
    }

    TEST_CASE("foreign files stay what they were") {
        const auto data = pw::test::foreign_data();
        if (!data || !fs::is_directory(*data / "gltf"))
            return pw::test::skip("no sample models", pw::test::Missing::ForeignData);
        std::vector<std::string> files;
        for (const char* below : {"bevy-models", "gltf-transform-fixtures"})
            for (const auto& entry : fs::recursive_directory_iterator(*data / "gltf" / below)) {
                const std::string extension = extension_of(entry.path().string());
                if (extension != ".gltf" && extension != ".glb") continue;
                Reports reports;
                if (!load_gltf(entry.path().string(), reports)) continue;
                CAPTURE(entry.path().string());
                const Both both = pack(entry.path().string());
                check_same_document(*both.before, *both.after);
                check_near(both, 51e-6);
                check_exact(pack(entry.path().string(), {.position_error_m = 0.0, .levels = false, .textures = false}),
                            false);
                // KTX2 in an image of its own is no glTF 2.0 to the validator, here or before
                if (has(json_of(both.packed.glb), "image/ktx2")) continue;
                files.push_back(write(std::to_string(files.size()) + ".glb", both.packed.glb));
            }
        CHECK(files.size() > 20);
        const auto said = node("assets/models/validate.cjs", "gltf-validator", files);
        if (!said) return;
        for (const std::string& file : files)
            CHECK_MESSAGE(has(*said, file_name_of(file) + ": 0 errors"), file << *said);
    }

    TEST_CASE("another reader finds the same counts in it") {
        std::vector<std::string> files;
        std::string expected;
        for (const char* name : {"palletizer.glb", "hall.glb", "filler.glb"}) {
            const Both both = pack((test::source_dir() / "assets/models" / name).string());
            files.push_back(write(name, both.packed.glb));
            std::size_t triangles = 0; // of the meshes
            for (const Mesh& mesh : both.after->meshes)
                for (const Primitive& p : mesh.primitives)
                    triangles += both.after->geometries[p.geometry].indices.size() / 3;
            const ModelSummary s = summarize(*both.after);
            expected += std::string(name) + " " + std::to_string(s.nodes) + " " + std::to_string(triangles) + " " +
                        std::to_string(s.materials) + " " + std::to_string(s.images) + "\n";
        }
        const auto said = node("tests/scene/gltf_transform.mjs", "@gltf-transform/core", files);
        if (said) CHECK(*said == expected);
    }

    TEST_CASE("a generated plant: every part, smaller, valid") {
        const std::string path = folder() + "/plant.glb";
        REQUIRE(test::write_big_plant(path, 300));
        const Both both = pack(path);
        check_same_document(*both.before, *both.after);
        check_near(both, 51e-6);
        check_picks(both, 500, 2e-3);
        CHECK(both.packed.glb.size() * 2 < fs::file_size(path));
        const auto said =
            node("assets/models/validate.cjs", "gltf-validator", {write("packed_plant.glb", both.packed.glb)});
        if (said) CHECK_MESSAGE(has(*said, "0 errors"), *said);
    }

    TEST_CASE("equal vertices become one, and triangles without indices get some") {
        const Grid grid(12);
        const Both both =
            pack_members(grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(), grid.binary);
        CHECK(both.packed.summary.vertices_before == 864);
        CHECK(both.packed.summary.vertices == 169);
        CHECK(both.after->geometries[0].vertices.size() == 169);
        check_near(both, 51e-6);
        check_exact(pack_members(grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(),
                                 grid.binary, {.position_error_m = 0.0}));
    }

    TEST_CASE("positions move by no more than what is asked for, in the world") {
        const Grid grid(12);
        const std::string members = grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}],";
        const auto moved = [&](const std::string& node, double most) {
            const Both both = pack_members(members + one_node(node), grid.binary, {.position_error_m = most});
            double worst = 0.0;
            for (const Vertex& v : both.after->geometries[0].vertices) {
                double nearest = 1e9;
                for (const Vertex& u : both.before->geometries[0].vertices)
                    nearest = std::min(nearest, double{glm::length(u.position - v.position)});
                worst = std::max(worst, nearest);
            }
            CHECK(both.packed.summary.position_error_m <= most);
            return worst;
        };
        const double tenth_mm = moved("", 1e-4);
        CHECK((tenth_mm > 1e-5 && tenth_mm < 1.8e-4)); // of three components each
        CHECK(moved(R"(,"scale":[1,20,1])", 1e-4) < 1.8e-4 / 20);
        CHECK(moved("", 1.0) < 1.8 / 16384); // never more than that part of its size
    }

    TEST_CASE("what refers to vertices by their places keeps them in their order, and what is not known is kept") {
        const Grid grid(4);
        const std::string part =
            R"({"attributes":{"POSITION":0,"NORMAL":1},"extensions":{"ACME_places":{"vertex":7}}})";
        const std::string members =
            R"("extensionsUsed":["ACME_places"],"extensions":{"ACME_places":{"bufferView":1}},)" + grid.views() +
            R"(,"meshes":[{"primitives":[)" + part + "]}]," + one_node();
        const Both both = pack_members(members, grid.binary, {.position_error_m = 0.0});
        REQUIRE(both.after->geometries[0].vertices.size() == grid.count);
        for (std::size_t i = 0; i < grid.count; ++i)
            CHECK(both.after->geometries[0].vertices[i].position == both.before->geometries[0].vertices[i].position);
        CHECK(has(json_of(both.packed.glb), R"("ACME_places":{"bufferView":1})"));
        std::string told;
        for (const Report& r : both.reports.list()) told += r.where + ": " + r.what + "\n";
        CHECK(has(told, "t.glb: extensionsUsed: ACME_places is not known here: all 2 views it may refer to are kept"));
        CHECK(has(told, "meshes[0].primitives[0]: keeps the order of its vertices"));
    }

    TEST_CASE("normals that are not of length 1 stay, bit for bit") {
        for (const float length : {0.f, 0.5f}) {
            Grid grid(4);
            std::memcpy(grid.binary.bytes.data() + grid.count * 12 + 4, &length, sizeof length); // y of the first one
            const Both both =
                pack_members(grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(), grid.binary);
            CHECK_FALSE(has(json_of(both.packed.glb), "KHR_mesh_quantization"));
            CHECK_FALSE(has(json_of(both.packed.glb), "OCTAHEDRAL"));
        }
    }

    TEST_CASE("what cannot be read is not packed, and says why") {
        const auto jobs = make_jobs_inline();
        Reports reports;
        const auto missing = pack_gltf_file(folder() + "/nowhere.glb", {}, *jobs, reports);
        REQUIRE_FALSE(missing);
        CHECK(missing.error().code == Errc::NotFound);
        const auto glb = test::make_glb(
            R"({"asset":{"version":"2.0"},"extensionsUsed":["ACME_x"],"extensionsRequired":["ACME_x"]})");
        const auto strange = pack_gltf(glb, "s.glb", fetch_none, {}, *jobs, reports);
        REQUIRE_FALSE(strange);
        CHECK(has(strange.error().what, "s.glb: extensionsRequired[0] ACME_x"));
        const Grid grid(4);
        const auto whole =
            test::make_glb(test::gltf_json(grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(),
                                           grid.binary.bytes.size()),
                           grid.binary.bytes);
        const auto stopped = pack_gltf(whole, "g.glb", fetch_none, {}, *jobs, reports, [](double) { return false; });
        REQUIRE_FALSE(stopped);
        CHECK(has(stopped.error().what, "stopped"));
        for (int calls = 0; calls < 40; ++calls) { // wherever it is
            int left = calls;
            const auto cut =
                pack_gltf(whole, "g.glb", fetch_none, {}, *jobs, reports, [&](double) { return left-- > 0; });
            CHECK((cut.has_value() || has(cut.error().what, "stopped")));
        }
        const auto png = encode_png({64, 64, std::vector<std::uint8_t>(64 * 64 * 4, 200)});
        REQUIRE(png);
        const auto late = pack_gltf(
            as_bytes(test::gltf_json(R"("images":[{"uri":"a.png"}],"textures":[{"source":0}],)"
                                     R"("materials":[{"normalTexture":{"index":0}}])")),
            "p.gltf", [&](std::string_view) -> Result<std::vector<std::byte>> { return *png; }, {}, *jobs, reports,
            [](double done) { return done < 0.95; });
        REQUIRE_FALSE(late);
        CHECK(has(late.error().what, "stopped"));
    }

    TEST_CASE("it can be stopped at each mesh that it looks at, before any number is read") {
        const Grid grid(2);
        std::string meshes;
        for (int i = 0; i < 5; ++i) meshes += std::string(i == 0 ? "" : ",") + R"({"primitives":[)" + kPart + "]}";
        const auto glb = test::make_glb(
            test::gltf_json(grid.views() + R"(,"meshes":[)" + meshes + "]," + one_node(), grid.binary.bytes.size()),
            grid.binary.bytes);
        const auto jobs = make_jobs_inline();
        Reports reports;
        std::vector<double> told;
        const auto packed = [&](std::size_t stop_at) {
            told.clear();
            return pack_gltf(glb, "g.glb", fetch_none, {}, *jobs, reports, [&](double done) {
                told.push_back(done);
                return told.size() < stop_at;
            });
        };
        REQUIRE(packed(1'000));
        CHECK(told.size() > 10); // two looks at each, then geometry
        CHECK(std::ranges::is_sorted(told));
        CHECK((told.front() == 0.0 && told[9] < 0.1 && told.back() == 1.0));
        for (const std::size_t at : {1u, 7u, 10u}) {
            const auto stopped = packed(at);
            REQUIRE_FALSE(stopped);
            CHECK(has(stopped.error().what, "stopped"));
            CHECK(told.size() == at);
        }
    }

    // Counted one by one, thousands of bolts passed the reader's limit for so small a file.
    TEST_CASE("equal parts are one, so that what is packed of them can be opened") {
        const Grid grid(24);
        std::string views, accessors, meshes;
        Binary binary;
        for (std::size_t i = 0; i < 600; ++i) {
            const std::string comma = i == 0 ? "" : ",", half = std::to_string(grid.count * 12),
                              n = std::to_string(grid.count);
            for (std::size_t k = 0; k < 2; ++k) {
                views += (k == 0 ? comma : ",") + R"({"buffer":0,"byteOffset":)" +
                         std::to_string(binary.at() + k * grid.count * 12) + R"(,"byteLength":)" + half + "}";
                accessors += (k == 0 ? comma : ",") + R"({"bufferView":)" + std::to_string(2 * i + k) +
                             R"(,"componentType":5126,"type":"VEC3","min":[0,-1,0],"max":[1,1,1],"count":)" + n + "}";
            }
            meshes += comma + R"({"primitives":[{"attributes":{"POSITION":)" + std::to_string(2 * i) + R"(,"NORMAL":)" +
                      std::to_string(2 * i + 1) + "}}]}";
            binary.bytes.insert(binary.bytes.end(), grid.binary.bytes.begin(), grid.binary.bytes.end());
        }
        const Both both =
            pack_members(R"("bufferViews":[)" + views + R"(],"accessors":[)" + accessors + R"(],"meshes":[)" + meshes +
                             "]," + R"("scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":7}])",
                         binary);
        CHECK(both.before->geometries.size() == 600);
        CHECK(both.after->geometries.size() == 1);
        CHECK(both.after->meshes.size() == 600);
        CHECK(both.packed.glb.size() * 100 < binary.bytes.size());
        CHECK(both.after->geometries[0].levels); // of the mesh that is shown, which is not the first
    }

    TEST_CASE("what was packed and could not be opened again is not given out") {
        const Grid grid(24);
        const auto glb = pack_members(grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}]," + one_node(),
                                      grid.binary, {.levels = false})
                             .packed.glb;
        Reports reports;
        std::uint64_t too_few = 0, enough = 1u << 30; // bytes: it fits just so, and levels come with packing
        while (enough - too_few > 1) {
            const std::uint64_t half = (too_few + enough) / 2;
            (parse_gltf(glb, "t.glb", fetch_none, reports, {.max_bytes = half}) ? enough : too_few) = half;
        }
        const auto jobs = make_jobs_inline();
        const auto packed = pack_gltf(glb, "t.glb", fetch_none, {}, *jobs, reports, {}, {.max_bytes = enough});
        REQUIRE_FALSE(packed);
        CHECK_MESSAGE(has(packed.error().what, "t.glb: what was packed of it cannot be opened: t.glb: meshes"),
                      packed.error().what);
    }

    TEST_CASE("a picture that many images name is packed once, for each that uses it as colour or not") {
        Pixels picture{64, 64, {}};
        for (std::uint32_t i = 0; i < 64 * 64 * 4; ++i)
            picture.rgba.push_back(static_cast<std::uint8_t>(i * i >> 7 | 3));
        const auto png = encode_png(picture);
        REQUIRE(png);
        std::string images, textures, materials;
        for (int i = 0; i < 20; ++i) {
            const std::string comma = i == 0 ? "" : ",";
            images += comma + R"({"uri":"a.png"})";
            textures += comma + R"({"source":)" + std::to_string(i) + "}";
            materials += comma + (i % 2 == 0 ? R"({"normalTexture":{"index":)" : R"({"emissiveTexture":{"index":)") +
                         std::to_string(i) + "}}";
        }
        const std::string json = test::gltf_json(R"("images":[)" + images + R"(],"textures":[)" + textures +
                                                 R"(],"materials":[)" + materials + "]");
        const auto jobs = make_jobs_inline();
        Reports reports;
        const auto packed = pack_gltf(
            as_bytes(json), "t.gltf", [&](std::string_view) -> Result<std::vector<std::byte>> { return *png; }, {},
            *jobs, reports);
        REQUIRE_MESSAGE(packed.has_value(), packed.error().what);
        CHECK(reports.list().empty());
        CHECK(packed->summary.images_packed == 20);
        const auto model = load(packed->glb);
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < 20; ++i) {
            CHECK(model->images[i].mime_type == "image/webp");
            CHECK(model->images[i].encoded == model->images[i % 2].encoded);
            if (i < 2) bytes += model->images[i].encoded.size();
        }
        CHECK(model->images[0].encoded != model->images[1].encoded);
        CHECK(packed->glb.size() < bytes + 6000);
    }

    // The order that suits caches took the square of a hub's triangles: minutes.
    TEST_CASE("a disc of a hundred thousand sectors is packed at once") {
        constexpr std::uint32_t kSectors = 100'000;
        Binary binary;
        const auto rim = [](std::uint32_t i) { return static_cast<float>(i % kSectors) / kSectors * 6.2831853f; };
        for (std::uint32_t i = 0; i <= kSectors; ++i)
            binary.add<float>({i == kSectors ? 0.f : std::cos(rim(i)), i == kSectors ? 0.f : std::sin(rim(i)), 0.f});
        for (std::uint32_t i = 0; i < kSectors; ++i) binary.add<std::uint32_t>({kSectors, i, (i + 1) % kSectors});
        const std::string points = std::to_string((kSectors + 1) * 12), n = std::to_string(kSectors * 3);
        const Both both = pack_members(
            R"("bufferViews":[{"buffer":0,"byteLength":)" + points + R"(},{"buffer":0,"byteOffset":)" + points +
                R"(,"byteLength":)" + std::to_string(kSectors * 12) +
                R"(}],"accessors":[{"bufferView":0,"componentType":5126,"type":"VEC3","min":[-1,-1,0],"max":[1,1,0],)"
                R"("count":)" +
                std::to_string(kSectors + 1) +
                R"(},{"bufferView":1,"componentType":5125,)"
                R"("type":"SCALAR","count":)" +
                n + R"(}],"meshes":[{"primitives":[{"attributes":{"POSITION":0},"indices":1}]}],)" + one_node(),
            binary, {.position_error_m = 0.0});
        check_exact(both);
    }

    TEST_CASE("a picture beside a file that has no buffers gets one") {
        const auto png = encode_png({1, 1, {1, 2, 3, 255}});
        REQUIRE(png);
        const FetchUri fetch = [&](std::string_view uri) -> Result<std::vector<std::byte>> {
            if (uri == "a b.png") return *png;
            return fail(Errc::NotFound, std::string(uri));
        };
        const std::string json = test::gltf_json(R"("images":[{"uri":"a%20b.png"},{"uri":"gone.png"}])");
        const auto jobs = make_jobs_inline();
        Reports reports;
        const auto packed = pack_gltf(as_bytes(json), "t.gltf", fetch, {}, *jobs, reports);
        REQUIRE_MESSAGE(packed.has_value(), packed.error().what);
        CHECK(load(packed->glb)->images[0].encoded == *png);
        CHECK(packed->summary.before.file == json.size() + png->size());
        CHECK(has(json_of(packed->glb), R"({"uri":"gone.png"})"));
        REQUIRE(reports.list().size() == 1);
        CHECK(has(reports.list()[0].what, "there is no file \"gone.png\""));
    }

    TEST_CASE("an empty document stays one") {
        const Both both = pack_members("", {});
        CHECK(both.after->nodes.empty());
    }
}
