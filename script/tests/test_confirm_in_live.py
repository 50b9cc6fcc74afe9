"""The Remote Script that settles assumptions about Live: run in livesim, its source, and the page about them."""

import ast
import json
import os
import pathlib
import sys
import tempfile
import unittest
from operator import attrgetter
from unittest import mock

from livesim import SetPlan, SimulatedLive, find_script

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent
SOURCE = SCRIPTS / "confirm_in_live"
PATIENCE_S = 600
start_of = attrgetter("start_time")


def forget():
    """Live starts: the script is imported anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "confirm_in_live"]:
        del sys.modules[name]


class InLive(unittest.TestCase):
    version = "12"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "report.json")
        os.environ["LIVEGATE_LIVE_REPORT"] = self.path
        self.addCleanup(os.environ.pop, "LIVEGATE_LIVE_REPORT")
        self.addCleanup(forget)
        self.log = []

    def start(self, plan=None):
        forget()
        self.live = SimulatedLive(version=self.version, plan=plan, log=self.log.append)
        return self.live.host(find_script(str(SOURCE)))

    def run_to_the_end(self, script):
        while script.report_path is None and self.live.clock.now() < PATIENCE_S:
            self.live.run(1)
        with open(self.path, encoding="utf-8") as file:
            return json.load(file)

    def test_every_assumption_holds_in_livesim(self):
        report = self.run_to_the_end(self.start())
        self.assertEqual((report["differs"], report["failed"]), ([], []), report)
        self.assertGreater(len(report["findings"]), 50)
        self.assertEqual(report["live"], self.live.version)
        self.assertEqual([line for line in self.log if "Error" in line], [])

    def test_the_set_is_as_it_was_afterwards(self):
        script = self.start()
        before = self.described()
        report = self.run_to_the_end(script)
        self.assertEqual(self.described(), before)
        self.assertEqual([one["notes"] for one in report["findings"] if "not put back" in str(one["notes"])], [])

    def described(self):
        song = self.live.song
        members = "tempo metronome loop loop_start loop_length clip_trigger_quantization is_playing record_mode".split()
        settings = [getattr(song, member) for member in members]
        clips = [slot.has_clip for track in song.tracks for slot in track.clip_slots]
        return [track.name for track in song.tracks], len(song.scenes), len(song.cue_points), clips, settings

    def test_a_difference_is_reported(self):
        script = self.start()
        by_start = mock.patch("livesim.model.clip_notes._in_order", lambda notes: sorted(notes, key=start_of))
        by_start.start()
        self.addCleanup(by_start.stop)
        self.assertIn("note-order", self.run_to_the_end(script)["differs"])

    def test_a_set_with_work_is_left_alone(self):
        for plan in (
            SetPlan(clips={(0, 0): 4.0}),
            SetPlan(arrangement={0: ((0.0, 4.0),)}),
            SetPlan(locators=((4.0, "Verse"),)),
            SetPlan(file_path="/Sets/Mine.als"),
        ):
            script = self.start(plan)
            before = self.described()
            self.live.run(60)
            self.assertEqual(self.described(), before)
            self.assertIsNone(script.report_path)
            self.assertFalse(self.live.song.can_undo)
            self.assertIn("new, empty set only", "".join(self.log))

    def test_it_runs_once_in_each_start_of_live(self):
        self.run_to_the_end(self.start())
        os.remove(self.path)
        self.live.reload()
        self.live.run(60)
        self.assertFalse(os.path.exists(self.path))

    def test_closing_midway_puts_everything_back(self):
        self.start()
        before = self.described()
        self.live.run(5.05)
        self.live.surfaces[0].disconnect()
        self.assertEqual(self.described(), before)


class InLive11(InLive):
    version = "11"


class Source(unittest.TestCase):
    def test_it_parses_as_python_3_7(self):
        for path in SOURCE.rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="ascii"), feature_version=(3, 7))
            for node in ast.walk(tree):
                self.assertNotIsInstance(node, ast.NamedExpr, path)
                self.assertFalse(isinstance(node, ast.arguments) and node.posonlyargs, path)

    def test_the_page_of_assumptions_is_fresh(self):
        live = sys.modules.get("Live")
        forget()
        try:
            import confirm_in_live.page as page

            text = page.text()
        finally:
            forget()
            if live is None:
                sys.modules.pop("Live", None)
        written = (SCRIPTS / "livesim" / "UNCONFIRMED.md").read_text(encoding="utf-8")
        self.assertEqual(written, text, "python3 -m confirm_in_live > livesim/UNCONFIRMED.md")
