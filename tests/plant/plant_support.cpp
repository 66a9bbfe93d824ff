// SPDX-License-Identifier: Apache-2.0
#include "tests/plant/plant_support.h"

#include "base/file.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>

namespace pw::test {

std::string documented_example() {
    const Result<std::string> page = read_text(source_dir() / "docs/plant-file.md");
    REQUIRE(page);
    const std::string fence = "```json\n";
    const std::size_t begin = page->find(fence, page->find("## A small complete example"));
    REQUIRE(begin != std::string::npos);
    const std::size_t end = page->find("```", begin + fence.size());
    REQUIRE(end != std::string::npos);
    return page->substr(begin + fence.size(), end - begin - fence.size());
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE_MESSAGE(at != std::string::npos, "the example has no ", from);
    return text.replace(at, from.size(), to);
}

std::string problems_of(const std::string& json) {
    Reports problems;
    const Result<plant::Plant> plant = plant::parse_plant(json, "folder/plant.json", problems);
    CHECK(plant.has_value() == problems.empty());
    std::string out;
    for (const Report& problem : problems.list()) out += problem.where + ": " + problem.what + "\n";
    return out;
}

} // namespace pw::test
