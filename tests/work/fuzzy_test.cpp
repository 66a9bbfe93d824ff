// SPDX-License-Identifier: Apache-2.0
#include "work/fuzzy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace pw::work {
namespace {

// Of these titles, those that fit, best first.
std::vector<std::string> best(std::string_view query) {
    std::vector<std::pair<int, std::string>> found;
    for (const char* title : {"Show all", "Show a layer", "Save this viewpoint", "Select a part", "Go to a viewpoint",
                              "Equipment", "Flip the section", "Frame statistics"})
        if (const auto score = fuzzy_score(query, title)) found.emplace_back(*score, title);
    std::ranges::stable_sort(found, [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::string> out;
    for (const auto& [score, title] : found) out.push_back(title);
    return out;
}

} // namespace

TEST_SUITE("work/fuzzy") {
    TEST_CASE("a word's start finds it, and words may come in any order") {
        CHECK(best("viewp").front() == "Save this viewpoint");
        CHECK(best("viewp go") == std::vector<std::string>{"Go to a viewpoint"});
        CHECK(best("go viewp") == std::vector<std::string>{"Go to a viewpoint"});
        CHECK(best("SHOW A").front() == "Show a layer"); // the whole word
        CHECK(best("equip") == std::vector<std::string>{"Equipment"});
    }

    TEST_CASE("initials find a title") {
        CHECK(best("stv").front() == "Save this viewpoint");
        CHECK(best("gtav") == std::vector<std::string>{"Go to a viewpoint"});
        CHECK(best("fs").front() == "Frame statistics");
    }

    TEST_CASE("what stands within a word, or scattered, counts less than a word's start") {
        CHECK(*fuzzy_score("ect", "Flip the section") < *fuzzy_score("sect", "Flip the section"));
        CHECK(*fuzzy_score("sctn", "Flip the section") < *fuzzy_score("ect", "Flip the section"));
        CHECK(best("sct").back() == "Flip the section");
    }

    TEST_CASE("a query that does not fit finds nothing, an empty one everything alike") {
        CHECK(best("xyzzy").empty());
        CHECK(best("show nothing").empty());
        CHECK(best("").size() == 8);
        CHECK(fuzzy_score("", "Show all") == fuzzy_score("  ", "Quit"));
    }
}

} // namespace pw::work
