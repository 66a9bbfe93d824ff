// SPDX-License-Identifier: Apache-2.0
#include "tests/app/cell_plant.h"

#include "tests/support/paths.h"

#include <doctest/doctest.h>

#include <utility>

namespace pw::test {
namespace {

app::CellModel made(std::uint64_t seed) {
    Result<app::CellModel> model = app::CellModel::make(cell_plant(), seed);
    REQUIRE_MESSAGE(model, (model ? "" : model.error().what));
    return std::move(*model);
}

plant::Plant read(const char* file) {
    Reports problems;
    Result<plant::Plant> plant = plant::read_plant(source_dir() / file, problems);
    REQUIRE_MESSAGE(plant, (plant ? "" : plant.error().what));
    return std::move(*plant);
}

} // namespace

const plant::Plant& cell_plant() {
    static const plant::Plant kPlant = read("assets/plants/cell/plant.json");
    return kPlant;
}

const plant::Plant& line_plant() {
    static const plant::Plant kPlant = read("tests/data/publisher/line.json");
    return kPlant;
}

CellProbe::CellProbe(std::uint64_t seed) : model_(made(seed)) {}

const twin::Value& CellProbe::value(std::string_view tag) const {
    const plant::Plant& plant = cell_plant();
    for (std::size_t i = 0; i < model_.signals().size(); ++i) {
        const app::Signal& signal = model_.signals()[i];
        if (plant::tag_name(plant, signal.equipment, plant.equipment[signal.equipment].tags[signal.tag]) == tag)
            return model_.values()[i];
    }
    FAIL("the model has no tag ", std::string(tag));
    return model_.values()[0];
}

} // namespace pw::test
