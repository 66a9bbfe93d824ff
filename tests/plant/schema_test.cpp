// SPDX-License-Identifier: Apache-2.0
#include "plant/schema.h"

#include "base/file.h"
#include "plant/document.h"
#include "plant/plant.h"
#include "tests/plant/plant_support.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace pw::plant {
namespace {

Json parsed(const std::string& text) {
    Reports problems;
    Result<Json> json = parse_json(text, "test.json", problems);
    REQUIRE(json);
    CHECK(problems.empty());
    return std::move(*json);
}

// The keys of every object of `value`, as "definition.key".
void collect_keys(const Json& root, const Json& schema, const Json& value, const std::string& name,
                  std::set<std::string>& used) {
    if (const Json* ref = schema.find("$ref"); ref != nullptr) {
        const std::string& target = ref->text;
        collect_keys(root, resolve_ref(root, target), value, target.substr(target.rfind('/') + 1), used);
        return;
    }
    if (const Json* items = schema.find("items"); items != nullptr)
        for (const Json& item : value.items) collect_keys(root, *items, item, name, used);
    const Json* properties = schema.find("properties");
    if (properties == nullptr || !value.is(JsonKind::Object)) return;
    for (std::size_t i = 0; i < value.keys.size(); ++i) {
        used.insert(name + "." + value.keys[i]);
        if (const Json* member = properties->find(value.keys[i]); member != nullptr)
            collect_keys(root, *member, value.items[i], value.keys[i], used);
    }
}

void collect_known(const Json& schema, const std::string& name, std::set<std::string>& known) {
    for (const std::string& key : schema.find("properties")->keys) known.insert(name + "." + key);
}

std::vector<std::string> all_patterns(const Json& schema) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < schema.items.size(); ++i) {
        if (i < schema.keys.size() && schema.keys[i] == "pattern") out.push_back(schema.items[i].text);
        for (std::string& inner : all_patterns(schema.items[i])) out.push_back(std::move(inner));
    }
    return out;
}

} // namespace

TEST_SUITE("plant/schema") {
    TEST_CASE("the schema that is built in is the one that is documented") {
        const Result<std::string> file = read_text(test::source_dir() / "docs/plant.schema.json");
        REQUIRE(file);
        CHECK(*file == plant_schema());
    }

    TEST_CASE("the documented example uses every key that the schema knows") {
        const Json schema = parsed(plant_schema());
        std::set<std::string> used, known;
        collect_keys(schema, schema, parsed(test::documented_example()), "plant", used);
        collect_known(schema, "plant", known);
        for (const char* name : {"placement", "scenery", "equipment", "marker", "item", "tag", "alarm", "condition",
                                 "suppression", "binding", "topic", "map_point", "viewpoint", "environment", "start"})
            collect_known(*schema.find("$defs")->find(name), name, known);
        known.insert("otherwise.out");                   // the one object without a definition of its own
        std::erase_if(used, [](const std::string& key) { // these have examples of their own
            return key.starts_with("production.") || key.starts_with("simulation.") || key.starts_with("simulated.");
        });
        CHECK(used == known);
    }

    TEST_CASE("the page documents every key") {
        const Json schema = parsed(plant_schema());
        const Result<std::string> page = read_text(test::source_dir() / "docs/plant-file.md");
        REQUIRE(page);
        const Json& definitions = *schema.find("$defs");
        for (const Json& definition : definitions.items)
            if (const Json* properties = definition.find("properties"); properties != nullptr)
                for (const std::string& key : properties->keys)
                    CHECK_MESSAGE(page->contains("`" + key + "`"), "docs/plant-file.md does not explain ", key);
    }

    TEST_CASE("patterns mean what a regular expression means") {
        std::string thirty_two;
        for (int i = 0; i < 32; ++i) thirty_two += "/a";
        const std::vector<std::string> texts{"",
                                             "a",
                                             "a b",
                                             "a.b",
                                             "a.b.c",
                                             ".",
                                             "a.",
                                             ".a",
                                             "robot-1_x.Y",
                                             "#12aBcF",
                                             "#12345",
                                             "#1234567",
                                             "12345678",
                                             "a/b/c/d",
                                             "a/b//d",
                                             "a/b/c/",
                                             "a//c/d",
                                             "/b/c/d",
                                             "a/b/c//d",
                                             "a+/b/c/d",
                                             "a/b#/c/d",
                                             "a/b/c/d+#",
                                             "a/b/c/d/e",
                                             "a/b",
                                             "a/+/b/#",
                                             "+",
                                             "#",
                                             "/#",
                                             "//+",
                                             "a/#/b",
                                             "a#",
                                             "a/b#c",
                                             "a/b#/",
                                             "a/b#/c/d~1e//",
                                             "a/b#/c~2",
                                             "a/+/b#/c",
                                             "mqtt:a",
                                             "mqtt:",
                                             "mqtt:a/b/c/d#/e",
                                             "mqtt:a/+",
                                             "mqtt:a#e",
                                             "opcua:/a/b&/&&",
                                             "opcua:/a&",
                                             "opcua:/a//b",
                                             "opcua:" + thirty_two,
                                             "opcua:" + thirty_two + "/a",
                                             std::string("opcua:/a\0b", 10),
                                             "opcua:ns=65535;i=4294967295",
                                             "opcua:ns=65536;i=1",
                                             "opcua:ns=00001;i=0000000001",
                                             "opcua:ns=59999;i=4294967296",
                                             "opcua:ns=60000;i=4199999999",
                                             "opcua:ns=99999;i=9999999999",
                                             "opcua:nsu=u;s=a;b",
                                             "opcua:g=72962B91-FA75-4AE6-8D28-B404DC7DAF63",
                                             "opcua:g=" + std::string(36, '-'),
                                             "opcua:g=72962B910FA75-4AE6-8D28-B404DC7DAF63",
                                             "opcua:b=A",
                                             "opcua:b=AA==",
                                             "opcua:b=AAAAAAE=",
                                             "opcua:b=A===",
                                             "x~0y/z~1",
                                             "x~",
                                             "Arm/J1",
                                             "/Arm",
                                             "Arm/",
                                             "Arm//J1",
                                             "load:",
                                             "load:Lid",
                                             "../x.glb",
                                             "/x.glb",
                                             "c:/x",
                                             "x\\y.glb",
                                             "häuser.glb",
                                             std::string(64, 'x'),
                                             std::string(65, 'x'),
                                             std::string(64, 'x') + ".y",
                                             std::string(65, 'x') + ".y"};
        const Json schema = parsed(plant_schema());
        const std::vector<std::string> patterns = all_patterns(schema);
        CHECK(patterns.size() >= 7);
        for (const std::string& pattern : patterns)
            for (const std::string& text : texts)
                CHECK_MESSAGE(matches_pattern(pattern, text) == std::regex_search(text, std::regex(pattern)), pattern,
                              " on ", text);
    }

    TEST_CASE("each object refuses a key that the schema does not have") {
        const std::string example = test::documented_example();
        std::size_t objects = 0;
        for (std::size_t at = example.find('{'); at != std::string::npos; at = example.find('{', at + 1)) {
            if (example[at + 1] == '}' || example[at + 1] == ':') continue; // a format
            std::string changed = example;
            changed.insert(at + 1, "\"surprise\": true, ");
            const bool free_form = example.substr(at, 12).contains("plays");
            const bool models = example.substr(at).starts_with("{\n    \"arm\"");
            if (example.substr(at).starts_with("{\"crate\": ")) continue; // item types: any name
            const std::string told = test::problems_of(changed);
            if (free_form)
                CHECK(told.empty());
            else if (models)
                CHECK(told == "/models/surprise: must be text, not true (a path relative to this file, with '/' "
                              "between folders)\n");
            else
                CHECK_MESSAGE(told.contains("/surprise: this key is not known"), told);
            ++objects;
        }
        CHECK(objects > 25);
    }
}

TEST_SUITE("plant/document") {
    TEST_CASE("a document keeps the order of its keys and writes itself back") {
        const std::string text = R"({"z":[1,2.5,-3],"a":{"b":null,"c":true},"t":"ä\"\n"})";
        CHECK(to_text(parsed(text)) == text);
    }

    TEST_CASE("a pointer escapes what it must") {
        CHECK(pointer_to("/a", "b/c~d") == "/a/b~1c~0d");
        CHECK(pointer_to("", std::size_t{3}) == "/3");
    }

    TEST_CASE("a long value is cut between characters in a message") {
        CHECK(shown(std::string_view("ok")) == "\"ok\"");
        std::string long_text(59, 'x');
        long_text += "äöü and more";
        CHECK(shown(std::string_view(long_text)) == "\"" + std::string(59, 'x') + "…\"");
    }
}

} // namespace pw::plant
