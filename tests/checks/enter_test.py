"""Is a command in script/enter the same as one outside? Its end, its input, and the signals that stop it."""
import os
import pathlib
import signal
import subprocess
import sys
import unittest

ENTER = pathlib.Path(__file__).resolve().parents[2] / "script/enter"
TIDY = """
import signal, sys
def stop(*_):
    print("tidied up", flush=True)
    sys.exit(3)
signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
while True:
    signal.pause()
"""


def started(*options):
    """A program that tidies up when it is stopped, in a process group of its own as a terminal would have it."""
    process = subprocess.Popen([ENTER, *options, sys.executable, "-c", TIDY], stdout=subprocess.PIPE, text=True,
                               start_new_session=True)
    assert process.stdout.readline() == "ready\n"
    return process


class Enter(unittest.TestCase):
    def test_exit_code_and_input_pass_through(self):
        self.assertEqual(subprocess.run([ENTER, "bash", "-c", "exit 7"], check=False).returncode, 7)
        self.assertEqual(subprocess.run([ENTER, "cat"], input=b"hello", stdout=subprocess.PIPE, check=True).stdout,
                         b"hello")

    def test_a_terminated_program_can_tidy_up(self):
        for options in ([], ["--private-net"]):
            process = started(*options)
            process.terminate()
            self.assertEqual(process.communicate()[0], "tidied up\n")
            self.assertEqual(process.returncode, 3)

    def test_so_can_one_stopped_from_the_keyboard(self):
        process = started("--private-net")
        os.killpg(process.pid, signal.SIGINT)
        self.assertEqual(process.communicate()[0], "tidied up\n")
        self.assertEqual(process.returncode, 3)


if __name__ == "__main__":
    unittest.main()
