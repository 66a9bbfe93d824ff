"""Do the checks fail on a bad tree? A check that cannot fail is a wish."""
import pathlib
import re
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
HEADER = "#pragma once\n" + SPDX


def run(check, files, *options):
    """Runs script/<check> over a tree of {path: text}; gives (exit code, output)."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        result = subprocess.run([TOP / "script" / check, *options, folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, check=False)
        return result.returncode, result.stdout


class Format(unittest.TestCase):
    def test_a_formatted_tree_passes(self):
        self.assertEqual(run("check-format", {"base/a.cpp": "int a() { return 1; }\n"})[0], 0)

    def test_a_wrong_indent_fails(self):
        code, output = run("check-format", {"twin/a.h": "struct A {\n  int a;\n};\n"})
        self.assertNotEqual(code, 0)
        self.assertIn("twin/a.h", output)

    def test_what_was_built_is_not_looked_at(self):
        self.assertEqual(run("check-format", {"build/dev/a.cpp": "int   a;\n"})[0], 0)


class Docs(unittest.TestCase):
    def test_a_page_names_the_program_as_its_reader_types_it(self):
        bare = re.compile(r"(?<![/\w-])plantwalk (?=(do|run|view|demo|plant|twin|inspect|pack|verify|actions|--help)\b)")
        for page in [TOP / "README.md", *TOP.glob("docs/*.md")]:
            self.assertIsNone(bare.search(page.read_text(encoding="utf-8")), page)


class SparkplugTable(unittest.TestCase):
    FILES = {
        "tests/twin/sparkplug_assertions.txt": "== Group\na-b: what\nc-UTC: when\n",
        "tests/twin/x_test.cpp": 'TEST_SUITE("twin/x") {\nTEST_CASE("it does" *\n  doctest::description("tck-id-a-b "\n'
                                 '  "tck-id-c-UTC")) {}\n}\n',
        "docs/sparkplug.md": "Words.\n<!-- What follows is written by script/sparkplug-table. -->\n\n### Group (2)\n\n"
                             "| assertion | what it asks | tests |\n|---|---|---|\n| `a-b` | what | twin/x: it does |\n"
                             "| `c-UTC` | when | twin/x: it does |\n"}

    def check(self, name="", before="", after=""):
        files = dict(self.FILES)
        if name:
            files[name] = files[name].replace(before, after)
        return run("sparkplug-table", files, "--check")

    def test_a_table_of_its_tests_passes(self):
        self.assertEqual(self.check(), (0, ""))

    def test_what_no_test_names_fails(self):
        self.assertIn("no test names a-b", self.check("tests/twin/x_test.cpp", "tck-id-a-b", "")[1])

    def test_what_is_not_listed_fails(self):
        self.assertIn("a-b is named", self.check("tests/twin/sparkplug_assertions.txt", "a-b: what\n", "")[1])

    def test_an_old_table_fails(self):
        code, output = self.check("docs/sparkplug.md", "it does", "it did")
        self.assertNotEqual(code, 0)
        self.assertIn("not current", output)


class Includes(unittest.TestCase):
    def passes(self, name, text):
        self.assertEqual(run("check-includes", {name: text}), (0, ""))

    def fails(self, name, text, why):
        code, output = run("check-includes", {name: text})
        self.assertEqual(code, 1, output)
        self.assertIn(why, output)
        self.assertIn(f"{name}:", output)

    def test_a_good_tree_passes(self):
        self.passes("twin/a.h", HEADER + '#include "base/result.h"\n#include "plant/plant.h"\n\n#include <string>\n')
        self.passes("renderer/a.cpp", SPDX + '#include "pw_shaders.h"\n#include "shaders/shared.h"\n#include <vulkan/vulkan.h>\n')
        self.passes("base/a.cpp", SPDX + "#include <unistd.h>\n#include <mutex>\n")
        self.passes("scene/a.cpp", SPDX + "#include <tiny_gltf.h>\n#include <chrono>\n")
        self.passes("twin/a.cpp", SPDX + '// we never throw here\nconst char* a = "throw std::mutex";\n')

    def test_a_panel_says_only_what_is_in_the_catalogue(self):
        good = SPDX + 'void f() { ImGui::Begin("##id"); ImGui::Text("%s  ·", text(Text::Help)); ask("view.hide", "{}"); }\n'
        self.passes("app/panels/a.cpp", good + 'auto s = formatted("{:.1f} ms, {}×", a, b); auto t = R"({{"part":{}}})";\n')
        self.passes("app/other.cpp", SPDX + 'auto s = "Hello you";\n')
        self.fails("app/panels/a.cpp", SPDX + 'void f() { ImGui::Text("Hello"); }\n', "base/strings.def")
        self.fails("app/panels/a.cpp", SPDX + 'auto s = formatted("{} of {}", a, b);\n', "base/strings.def")

    def test_an_arrow_upwards_fails(self):
        self.fails("twin/a.cpp", SPDX + '#include "scene/scene.h"\n', "twin/ may not know scene/")
        self.fails("base/a.h", HEADER + '#include "plant/plant.h"\n', "base/ may not know plant/")
        self.fails("xr/a.h", HEADER + '#include "renderer/renderer.h"\n', "xr/ may not know renderer/")
        self.fails("interaction/a.h", HEADER + '#include "xr/host.h"\n', "only xr/input.h")
        self.passes("interaction/a.h", HEADER + '#include "xr/input.h"\n')
        self.fails("scene/a.cpp", SPDX + '#include "shaders/shared.h"\n', "between renderer and its shaders")

    def test_a_relative_include_fails(self):
        self.fails("twin/a.cpp", SPDX + '#include "store.h"\n', "not a path from the repository root")
        self.fails("twin/a.cpp", SPDX + "#include <base/log.h>\n", "with quotes")

    def test_a_library_in_the_wrong_room_fails(self):
        self.fails("scene/a.cpp", SPDX + "#include <vulkan/vulkan.h>\n", "belongs to")
        self.fails("renderer/a.cpp", SPDX + "#include <openxr/openxr.h>\n", "belongs to xr")
        self.fails("work/a.cpp", SPDX + "#include <imgui.h>\n", "belongs to app")

    def test_the_slow_format_fails(self):
        self.fails("twin/a.cpp", SPDX + 'auto s = std::format("{}", 1);\n', "base/format.h")
        self.passes("base/a.cpp", SPDX + 'auto s = std::vformat(a, b);\n')

    def test_a_library_in_a_header_fails(self):
        for header in ("nlohmann/json.hpp", "mosquitto.h", "chrono", "format", "iostream", "filesystem"):
            self.fails("twin/a.h", HEADER + f"#include <{header}>\n", "may not be in a header")

    def test_system_calls_outside_base_fail(self):
        for header in ("unistd.h", "sys/mman.h", "fcntl.h"):
            self.fails("app/a.cpp", SPDX + f"#include <{header}>\n", "belongs to base")

    def test_a_throw_fails(self):
        self.fails("base/a.cpp", SPDX + "void f() {\n    throw 1;\n}\n", "a.cpp:3: our code does not throw")

    def test_a_lock_outside_base_fails(self):
        self.fails("twin/a.h", HEADER + "struct A {\n    std::mutex m;\n};\n", "no locks outside base/")
        self.fails("twin/a.cpp", SPDX + "#include <mutex>\n", "belongs to base")

    def test_a_file_without_its_first_lines_fails(self):
        self.fails("base/a.h", SPDX, "#pragma once")
        self.fails("base/a.cpp", "int a;\n", "SPDX")


if __name__ == "__main__":
    unittest.main()
