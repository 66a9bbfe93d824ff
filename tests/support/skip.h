#pragma once
// SPDX-License-Identifier: Apache-2.0
// How a test says that it cannot run here. doctest knows no skipping at run time, so:
//
//     if (!vulkan_device()) { return pw::test::skip("no Vulkan device"); }
//
// A program in which every test that ran was skipped ends with 77, which ctest shows as "Skipped".
// In CI (environment CI=true) a missing runtime is a failure: there it must be installed.

#include <string_view>

namespace pw::test {

enum class Missing {
    Runtime,     // Vulkan, an OpenXR runtime, a broker, Node.js: a machine that tests has these
    ForeignData, // sample files that do not belong to this repository
};

// Call from the test's thread, then return from the test case.
void skip(std::string_view reason, Missing missing = Missing::Runtime);

} // namespace pw::test
