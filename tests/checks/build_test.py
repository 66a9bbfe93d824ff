"""Does who waits for another build hear so, and does only who tests get the npm peers? The scripts that prepare the
machine and run the compiler are played."""
import fcntl
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "script"


class Tree:
    def __init__(self):
        self.temp = tempfile.TemporaryDirectory()
        self.top = pathlib.Path(self.temp.name)
        self.prepared = self.top / "prepared"
        (self.top / "script").mkdir()
        for name in ("build", "lib.sh", "plantwalk", "test"):
            shutil.copy(SCRIPTS / name, self.top / "script" / name)
        self.play("bootstrap", f'echo "$@" >> {self.prepared}')
        self.play("enter", "exit 0")
        (self.top / "CMakePresets.json").write_text("{}")
        (self.top / "build/release").mkdir(parents=True)

    def play(self, name, line):
        script = self.top / "script" / name
        script.write_text(f"#!/bin/sh\n{line}\n")
        script.chmod(0o755)

    def start(self, *words):
        return subprocess.Popen([self.top / "script" / words[0], *words[1:]], stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)


class Build(unittest.TestCase):
    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.temp.cleanup)

    def test_who_waits_for_another_build_is_told(self):
        for words, told in ((("build", "release"), "build: waiting for another build to finish\n"),
                            (("plantwalk",), "plantwalk: waiting for another build of Plantwalk to finish\n")):
            with open(self.tree.top / "build/release/.lock", "w", encoding="utf-8") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                with self.tree.start(*words) as waiting:
                    self.assertEqual(waiting.stderr.readline(), told)
                    self.assertIsNone(waiting.poll())
                    fcntl.flock(lock, fcntl.LOCK_UN)
                    waiting.communicate()
                    self.assertEqual(waiting.returncode, 0)

    def test_of_two_that_build_at_once_only_one_waits(self):
        self.tree.play("enter", "echo '[1/2] one'; sleep 3; exit 0")
        with self.tree.start("plantwalk") as first, self.tree.start("plantwalk") as second:
            said = [first.communicate()[1], second.communicate()[1]]
        self.assertEqual(sum("waiting for another build" in text for text in said), 1, said)
        self.assertEqual((first.returncode, second.returncode), (0, 0))
        self.assertEqual(list(self.tree.top.glob("build/*.log")), [])

    def test_who_waits_for_nobody_is_told_nothing(self):
        with self.tree.start("plantwalk") as built:
            self.assertEqual(built.communicate()[1], "")

    def test_only_tests_get_the_npm_peers(self):
        self.tree.start("plantwalk").communicate()
        self.assertNotIn("--peers", self.tree.prepared.read_text())
        self.tree.start("test").communicate()
        self.assertIn("--peers", self.tree.prepared.read_text())


if __name__ == "__main__":
    unittest.main()
