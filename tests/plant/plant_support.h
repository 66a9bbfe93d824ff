#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plant files for tests: the documented example, and changes to it.

#include "plant/plant.h"

#include <string>

namespace pw::test {

// The example of docs/plant-file.md.
std::string documented_example();

// `text` with the first `from` replaced; the test fails when it is not there.
std::string replaced(std::string text, const std::string& from, const std::string& to);

// What the reader says about `json`, one "pointer: what" per line; "" when it is right.
std::string problems_of(const std::string& json);

} // namespace pw::test
