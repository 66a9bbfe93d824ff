#pragma once
// SPDX-License-Identifier: Apache-2.0
// The demo cell for tests: its plant file, and what the model of it says tag by tag; and a small line that is
// simulated.

#include "app/publisher/cell_model.h"
#include "plant/plant.h"

#include <string>
#include <string_view>

namespace pw::test {

const plant::Plant& cell_plant(); // assets/plants/cell/plant.json
const plant::Plant& line_plant(); // tests/data/publisher/line.json: simulated

class CellProbe {
  public:
    explicit CellProbe(std::uint64_t seed = 1);
    void advance(Duration by) { model_.advance(by); }
    const twin::Value& value(std::string_view tag) const; // "palletiser.j1"
    double number(std::string_view tag) const { return twin::to_number(value(tag)); }
    std::string text(std::string_view tag) const { return twin::to_text(value(tag)); }
    std::uint64_t hash() const { return model_.hash(); }

  private:
    app::CellModel model_;
};

} // namespace pw::test
