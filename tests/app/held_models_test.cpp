// SPDX-License-Identifier: Apache-2.0
// What the runtime draws in a hand: bytes that others made, and what somebody sees of them.
#include "app/held_models.h"

#include "base/file.h"
#include "tests/app/headset_places.h"
#include "tests/app/person.h"
#include "tests/app/picture.h"
#include "tests/support/paths.h"
#include "tests/twin/net.h"

#include <doctest/doctest.h>

#include <bit>
#include <cstring>

using namespace pw;
using namespace pw::test;
using Side = Person::Side;

namespace {

// A glTF binary: a magenta square of 8 cm that stands on the grip and faces the user, seen from both sides.
std::vector<std::byte> square(const std::string& extra = "") {
    const float corners[]{-0.04f, 0.f, 0.f, 0.04f, 0.f,   0.f, 0.04f,  0.08f, 0.f,
                          -0.04f, 0.f, 0.f, 0.04f, 0.08f, 0.f, -0.04f, 0.08f, 0.f};
    std::string json = R"({"asset":{"version":"2.0"},"extensionsUsed":["KHR_materials_unlit"],"scene":0,)"
                       R"("scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],"meshes":[{"primitives":)"
                       R"([{"attributes":{"POSITION":0},"material":0}]}],"materials":[{"doubleSided":true,)"
                       R"("extensions":{"KHR_materials_unlit":{}},"pbrMetallicRoughness":)"
                       R"({"baseColorFactor":[1,0,1,1]}}],"accessors":[{"bufferView":0,"componentType":5126,)"
                       R"("count":6,"type":"VEC3","min":[-0.04,0,0],"max":[0.04,0.08,0]}],"bufferViews":)"
                       R"([{"buffer":0,"byteLength":72}],"buffers":[{"byteLength":72}])" +
                       extra + "}";
    json.resize((json.size() + 3) / 4 * 4, ' ');
    std::vector<std::byte> out;
    const auto add = [&out](const void* from, std::size_t size) {
        const auto* bytes = static_cast<const std::byte*>(from);
        out.insert(out.end(), bytes, bytes + size);
    };
    const auto number = [&add](std::uint32_t value) { add(&value, 4); };
    number(0x46546c67); // "glTF"
    number(2);
    number(static_cast<std::uint32_t>(12 + 8 + json.size() + 8 + sizeof(corners)));
    number(static_cast<std::uint32_t>(json.size()));
    number(0x4e4f534a); // "JSON"
    add(json.data(), json.size());
    number(sizeof(corners));
    number(0x004e4942); // "BIN"
    add(corners, sizeof(corners));
    return out;
}

long magenta(Person& person) {
    const Picture seen = photo(person.program(), person.folder());
    long count = 0;
    for (std::size_t i = 0; i < seen.rgba.size(); i += 4)
        count += seen.rgba[i] > 200 && seen.rgba[i + 1] < 80 && seen.rgba[i + 2] > 200;
    return count;
}

// With a runtime that offers models; false after a skip.
bool visit(Person& person, const std::string& model_file) {
    VisitOptions options;
    options.environment = {
        {"XR_RUNTIME_JSON", (build_dir() / "tests/openxr_layer/runtime/pw_xr_stand_in.json").string()},
        {"PW_XR_OFFER", "XR_MSFT_controller_model"},
        {"PW_XR_MODEL", model_file}};
    if (!person.visit(cell(), options)) return false;
    person.hand(Side::Right).stage_from_grip.position = {0.1, 1.6, -0.5};
    person.send();
    person.frames(4);
    return true;
}

} // namespace

TEST_SUITE("app/held_models") {
    TEST_CASE("a controller's model is a glTF binary by itself: what names files beside it is refused") {
        Reports reports;
        const auto model = app::read_controller_model(square(), "grip", reports);
        REQUIRE_MESSAGE(model, model.error().what);
        CHECK((*model)->meshes.size() == 1);
        CHECK(reports.list().empty());
        std::vector<std::byte> torn = square();
        torn.resize(torn.size() - 10);
        CHECK_FALSE(app::read_controller_model(torn, "grip", reports));
        CHECK_FALSE(app::read_controller_model({}, "grip", reports));
        std::string text = R"({"asset":{"version":"2.0"},"buffers":[{"uri":"../passwd","byteLength":8}]})";
        CHECK_FALSE(app::read_controller_model(as_bytes(text), "grip", reports));
    }
}

TEST_SUITE("app/held_models_seen [xr]") {
    TEST_CASE("what the runtime draws is in the hand, also after the GPU was lost") {
        const TempFolder folder;
        REQUIRE(write_file(folder / "square.glb", square()));
        Person person;
        if (!visit(person, folder / "square.glb")) return;
        CHECK(eventually([&] { return magenta(person) > 100; }, kPatience));
        REQUIRE(person.monado().restart());
        REQUIRE(person.reconnect());
        CHECK(eventually([&] { return magenta(person) > 100; }, kPatience));
    }

    TEST_CASE("a model that is none is a problem, and the hand holds ours") {
        const TempFolder folder;
        std::vector<std::byte> wrong = square(R"(,"extensionsRequired":["PW_unheard_of"])");
        REQUIRE(write_file(folder / "wrong.glb", wrong));
        Person person;
        if (!visit(person, folder / "wrong.glb")) return;
        CHECK(person.program().says("PW_unheard_of"));
        CHECK(magenta(person) == 0);
    }
}
