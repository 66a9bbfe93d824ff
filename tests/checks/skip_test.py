"""What does a test program end with when it cannot run? usage: skip_test.py PROBE"""
import os
import subprocess
import sys
import unittest

PROBE = sys.argv.pop(1)
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def run(suite, ci):
    environment = {**os.environ, "CI": "true" if ci else ""}
    result = subprocess.run([PROBE, f"--test-suite={suite}"], env=environment, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, check=False)
    return result.returncode, result.stdout


class Skip(unittest.TestCase):
    def test_a_suite_that_runs_passes(self):
        self.assertEqual(run("passes", ci=True)[0], 0)

    def test_a_missing_runtime_is_skipped_with_its_reason(self):
        code, output = run("runtime", ci=False)
        self.assertEqual(code, SKIPPED)
        self.assertIn("SKIPPED: no broker", output)

    def test_a_missing_runtime_fails_in_ci(self):
        self.assertEqual(run("runtime", ci=True)[0], 1)

    def test_missing_foreign_data_is_skipped_even_in_ci(self):
        self.assertEqual(run("foreign", ci=True)[0], SKIPPED)

    def test_a_suite_of_which_something_ran_passes(self):
        self.assertEqual(run("partly", ci=True)[0], 0)

    def test_a_skip_never_hides_a_failure(self):
        self.assertEqual(run("fails", ci=False)[0], 1)

    def test_a_suite_that_does_not_exist_fails(self):
        self.assertEqual(run("no such suite", ci=False)[0], 1)


if __name__ == "__main__":
    unittest.main()
