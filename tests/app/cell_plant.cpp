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

} // namespace

const plant::Plant& cell_plant() {
    static const plant::Plant kPlant = [] {
        Reports problems;
        Result<plant::Plant> read = plant::read_plant(source_dir() / "assets/plants/cell/plant.json", problems);
        REQUIRE_MESSAGE(read, (read ? "" : read.error().what));
        return std::move(*read);
    }();
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
