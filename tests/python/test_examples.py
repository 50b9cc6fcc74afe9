"""The examples in examples/python work as they stand there, and the package is typed."""

import pathlib
import subprocess
import sys
import unittest

import livegate
from studio import STUDIO, ClientTest

ROOT = pathlib.Path(STUDIO["root"])
PATIENCE_S = 60


class ExamplesTest(ClientTest):
    def start(self, name, *arguments):
        command = [sys.executable, "-B", str(ROOT / "examples" / "python" / name), *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def run_example(self, name, *arguments):
        output, errors = (process := self.start(name, *arguments)).communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 0, errors)
        return output

    def test_follow_prints_changes(self):
        live = self.connect()
        live.set_tempo(bpm=120)
        process = self.start("follow.py", STUDIO["local"], "3")
        self.assertRegex(process.stdout.readline(), r"\d+ tracks at 120.0 bpm the first is Drums")
        seen = [process.stdout.readline() for _ in range(2)]
        self.assertEqual(sorted(line.split()[0] for line in seen), ["tempo", "track_mute"])
        live.set_tempo(bpm=121)
        self.assertEqual(process.stdout.readline(), "tempo 121.0\n")
        self.assertEqual(process.wait(PATIENCE_S), 0)

    def test_fade_ends_at_its_volume(self):
        self.connect().set_track_volume(track_index=0, volume=0.2)
        self.assertEqual(self.run_example("fade.py", STUDIO["local"], "0", "Drums", "0.6"), "Drums is at 0.60\n")
        process = self.start("fade.py", STUDIO["local"], "0", "Strings", "0.6")
        self.assertIn("precondition_failed", process.communicate(timeout=PATIENCE_S)[1])

    def test_who_lists_changes_and_verifies(self):
        self.connect().set_tempo(bpm=117)
        output = self.run_example("who.py", STUDIO["state_dir"], "1")
        self.assertRegex(output, r"local made \d+ changes")
        self.assertTrue(output.endswith("the trail matches its signatures\n"), output)


class StubsTest(unittest.TestCase):
    def test_the_package_is_typed(self):
        package = pathlib.Path(livegate.__file__).parent
        for name in ("py.typed", "__init__.pyi", "aio.pyi"):
            self.assertTrue((package / name).is_file(), name)
