// SPDX-License-Identifier: Apache-2.0
// Files that nobody in this project wrote: what is right loads, what is wrong is refused, and nothing crashes.

#include "base/bytes.h"
#include "base/file.h"
#include "scene/gltf.h"
#include "scene/image.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>

using namespace pw;
using namespace pw::scene;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> models_below(const fs::path& folder) {
    std::vector<fs::path> out;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        const std::string extension = extension_of(entry.path().string());
        if (entry.is_regular_file() && (extension == ".gltf" || extension == ".glb")) out.push_back(entry.path());
    }
    std::ranges::sort(out);
    return out;
}

std::optional<fs::path> gltf_folder() {
    const auto data = pw::test::foreign_data();
    if (data && fs::is_directory(*data / "gltf")) return *data / "gltf";
    pw::test::skip("no sample models", pw::test::Missing::ForeignData);
    return std::nullopt;
}

// The codes of the errors in a report of the Khronos validator: severity 0.
std::vector<std::string> errors_in(const std::string& report) {
    std::vector<std::string> out;
    for (std::size_t at = report.find("\"code\""); at != std::string::npos; at = report.find("\"code\"", at + 1)) {
        const std::size_t severity = report.find("\"severity\"", at);
        const std::size_t digit = report.find_first_of("0123456789", severity);
        if (severity == std::string::npos || report[digit] != '0') continue;
        const std::size_t open = report.find('"', report.find(':', at)) + 1;
        out.push_back(report.substr(open, report.find('"', open) - open));
    }
    return out;
}

// Faults that a validator must name and that a reader may live with, each with what this one does about it. A code
// that is not here, and a file that loads all the same, is a failure.
const std::map<std::string, std::string> kTolerated = {
    {"EMPTY_ENTITY", "an empty array says nothing, many exporters write it"},
    {"UNSATISFIED_DEPENDENCY", "a byteOffset, skin or weights without what they belong to: no effect"},
    {"ACCESSOR_NORMALIZED_INVALID", "normalized has no meaning for floats"},
    {"INVALID_URI", "a media type that is badly written; the data behind it are read"},
    {"BUFFER_DATA_URI_MIME_TYPE_INVALID", "the data are read whatever they are called"},
    {"BUFFER_MISSING_GLB_DATA", "a placeholder; refused when something reads from it"},
    {"BUFFER_VIEW_TOO_BIG_BYTE_STRIDE", "no accessor uses the view; one that did would be checked against its end"},
    {"BUFFER_VIEW_INVALID_BYTE_STRIDE", "a stride where none is needed: it is followed"},
    {"UNDEFINED_PROPERTY", "of a light: it gets the default, or stays dark and is reported"},
    {"KHR_LIGHTS_PUNCTUAL_LIGHT_SPOT_ANGLES", "moved into their range and reported"},
    {"UNEXPECTED_EXTENSION_OBJECT", "an extension where it means nothing: no effect"},
    {"UNRESOLVED_REFERENCE", "by what has no effect: see the other code, it never stands alone"},
    {"MESH_PRIMITIVE_TOO_FEW_TEXCOORDS", "missing coordinates read as 0"},
    {"IMAGE_MIME_TYPE_INVALID", "the bytes know best"},
    {"IMAGE_DATA_INVALID", "images are decoded later; the texture is left out then"},
    {"IMAGE_UNEXPECTED_EOS", "images are decoded later; the texture is left out then"},
    {"IO_ERROR", "of an image: left out and reported"},
    {"NODE_MATRIX_NON_TRS", "drawn without the shear and reported"},
    {"NODE_MATRIX_TRS", "the matrix counts"},
    {"NODE_SKIN_WITH_NON_SKINNED_MESH", "drawn without the skin and reported"},
    {"NODE_WEIGHTS_INVALID", "weights beyond the targets have no effect"},
    {"ROTATION_NON_UNIT", "made unit and reported"},
};

// Without errors in its report, and yet refused: https is not fetched by a file that is opened.
const std::set<std::string> kRefusedThoughValid = {"buffer/non_relative_uri.gltf"};

} // namespace

TEST_SUITE("scene/gltf_foreign") {
    TEST_CASE("what the Khronos validator calls valid loads, and what a reader must notice is refused") {
        const auto folder = gltf_folder();
        if (!folder) return;
        int valid = 0, invalid = 0, refused = 0;
        for (const fs::path& file : models_below(*folder / "validator-cases")) {
            const std::string name = fs::relative(file, *folder / "validator-cases").string();
            CAPTURE(name);
            const Result<std::string> report = read_text(file.string() + ".report.json");
            REQUIRE(report);
            const std::vector<std::string> errors = errors_in(*report);
            Reports reports;
            const auto model = load_gltf(file.string(), reports);
            if (errors.empty()) {
                ++valid;
                CHECK_MESSAGE(model.has_value() != kRefusedThoughValid.contains(name),
                              (model ? "it loaded" : model.error().what));
                continue;
            }
            ++invalid;
            refused += model ? 0 : 1;
            if (!model) {
                CHECK(model.error().what.starts_with(file.filename().string() + ": "));
                continue;
            }
            for (const std::string& code : errors) CHECK_MESSAGE(kTolerated.contains(code), code);
            CHECK_MESSAGE(std::ranges::any_of(errors, [](const std::string& c) { return c != "UNRESOLVED_REFERENCE"; }),
                          "a reference that leads nowhere is refused");
        }
        MESSAGE(valid, " valid files; ", refused, " of ", invalid,
                " invalid ones are refused, the others have faults that do no harm");
        CHECK(valid >= 50);
        CHECK(refused >= 70);
    }

    TEST_CASE("sample models load with the triangles they are known for") {
        const auto folder = gltf_folder();
        if (!folder) return;
        struct Known {
            const char* file;
            std::uint64_t triangles, nodes;
        };
        for (const Known& known : {Known{"bevy-models/FlightHelmet/FlightHelmet.gltf", 94'722, 6},
                                   Known{"bevy-models/animated/Fox.glb", 576, 26},
                                   Known{"gltf-transform-fixtures/extensions/BoxDraco.gltf", 12, 2},
                                   Known{"gltf-transform-fixtures/extensions/BoxMeshopt.glb", 12, 1},
                                   Known{"gltf-transform-fixtures/extensions/BoxMeshopt.gltf", 12, 2},
                                   Known{"gltf-transform-fixtures/extensions/DracoSparseMesh.gltf", 102, 1},
                                   Known{"gltf-transform-fixtures/functions/many-cubes.gltf", 6'012, 506}}) {
            CAPTURE(known.file);
            Reports reports;
            const auto model = load_gltf((*folder / known.file).string(), reports);
            REQUIRE_MESSAGE(model.has_value(), model.error().what);
            CHECK(summarize(**model).triangles == known.triangles);
            CHECK(summarize(**model).nodes == known.nodes);
        }
    }

    TEST_CASE("a box is the same box plain, Draco compressed and meshopt compressed") {
        const auto folder = gltf_folder();
        if (!folder) return;
        std::vector<std::shared_ptr<const Model>> boxes;
        for (const char* file : {"core/Box_glTF/Box.gltf", "extensions/BoxDraco.gltf", "extensions/BoxMeshopt.glb",
                                 "extensions/BoxMeshopt.gltf"}) {
            Reports reports;
            boxes.push_back(load_gltf((*folder / "gltf-transform-fixtures" / file).string(), reports).value());
        }
        for (const auto& box : boxes) {
            const DAabb bounds = summarize(*box).bounds; // quantized ones are brought to size by their node
            CHECK(glm::length(bounds.min + DVec3(0.5)) < 1e-3);
            CHECK(glm::length(bounds.max - DVec3(0.5)) < 1e-3);
            const Geometry& g = box->geometries.at(0);
            REQUIRE(g.indices.size() == 36);
            for (std::size_t i = 0; i < g.indices.size(); i += 3) {
                const auto corner = [&](std::size_t k) { return g.vertices[g.indices[i + k]]; };
                const Vec3 n =
                    glm::cross(corner(1).position - corner(0).position, corner(2).position - corner(0).position);
                CHECK(glm::length(unpack_normal(corner(0).normal) - glm::normalize(n)) < 1e-2f);
            }
        }
    }

    TEST_CASE("every sample model loads, and every image in it decodes or is named as unread") {
        const auto folder = gltf_folder();
        if (!folder) return;
        int count = 0;
        for (const char* part : {"bevy-models", "gltf-transform-fixtures"})
            for (const fs::path& file : models_below(*folder / part)) {
                CAPTURE(file.filename().string());
                Reports reports;
                const auto model = load_gltf(file.string(), reports);
                REQUIRE_MESSAGE(model.has_value(), model.error().what);
                CHECK(summarize(**model).triangles > 0);
                std::size_t unread = 0;
                for (const Image& image : (*model)->images)
                    if (image.mime_type == "image/ktx2") ++unread;
                CHECK(static_cast<std::size_t>(std::ranges::count_if(reports.list(), [](const Report& r) {
                          return r.where.find("images[") != std::string::npos;
                      })) == unread);
                ++count;
            }
        CHECK(count >= 20);
    }

    TEST_CASE("Debian's assimp test models never crash, and those that are refused say why") {
        const fs::path folder = "/usr/share/assimp/models";
        if (!fs::is_directory(folder)) return pw::test::skip("no assimp-testmodels", pw::test::Missing::ForeignData);
        int loaded = 0, refused = 0;
        for (const char* part : {"glTF", "glTF2"})
            for (const fs::path& file : models_below(folder / part)) {
                Reports reports;
                const auto model = load_gltf(file.string(), reports);
                (model ? loaded : refused)++;
                if (!model) CHECK(model.error().what.size() > file.filename().string().size() + 10);
            }
        MESSAGE(loaded, " loaded, ", refused, " refused");
        CHECK(loaded >= 30);
        CHECK(refused >= 15); // glTF 1.0, missing files, indices out of range, loops, wrong types
    }

    TEST_CASE("no cut and no flipped bit of a sample model crashes the reader") {
        const auto folder = gltf_folder();
        if (!folder) return;
        std::mt19937 random(13);
        const GltfLimits limits{
            .max_bytes = 64 << 20, .max_nodes = 100'000, .max_depth = 200, .max_json_bytes = 16 << 20};
        int runs = 0, loaded = 0;
        for (const fs::path& file : models_below(*folder)) {
            const std::vector<std::byte> good = read_file(file.string()).value();
            if (good.empty() || good.size() > 60'000) continue;
            const FetchUri fetch = [&](std::string_view uri) { return read_file((file.parent_path() / uri).string()); };
            std::vector<std::size_t> digits;
            for (std::size_t i = 0; i < good.size(); ++i)
                if (good[i] >= std::byte{'0'} && good[i] <= std::byte{'9'}) digits.push_back(i);
            for (int i = 0; i < 6; ++i) {
                std::vector<std::byte> bad = good;
                const auto pick = [&](std::size_t count) {
                    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
                };
                if (i == 0) bad.resize(pick(bad.size()) + 1);
                for (int k = 0; k <= i / 3; ++k) {
                    if (i % 3 == 0 || digits.empty())
                        bad[pick(bad.size())] = static_cast<std::byte>(random());
                    else if (const std::size_t at = digits[pick(digits.size())]; at < bad.size())
                        bad[at] = static_cast<std::byte>('0' + random() % 10); // other numbers in the same JSON
                }
                Reports reports;
                const auto model = parse_gltf(bad, "bad", fetch, reports, limits);
                loaded += model ? 1 : 0;
                ++runs;
            }
        }
        MESSAGE(runs, " broken files, ", loaded, " still load");
        CHECK(runs > 1'000);
    }
}
