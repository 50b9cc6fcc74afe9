"""Runs the experiments one step a display update, on an empty set only, and writes the report."""

import inspect
import os

from . import report
from .experiments import ALL
from .lab import Lab
from .registry import MEASURED

PAUSE_TICKS = 3
STEPS_MAX = 200
_reported = []


class Surface(object):
    """`report_path` is where the report lies once it is written; None before."""

    def __init__(self, c_instance):
        self._c_instance = c_instance
        self._lab = Lab(c_instance)
        self._waiting = [one for one in ALL if self._lab.application.get_major_version() in one.versions]
        self._findings = []
        self._run = None
        self._pause = PAUSE_TICKS
        self.report_path = None
        if _reported:
            self._waiting = []
        elif not is_empty(self._lab.song):
            self._waiting = []
            self._say("confirm_in_live works on a new, empty set only; open one, and choose the script again")

    def update_display(self):
        if self._pause:
            self._pause -= 1
        elif self._run is not None:
            self._step()
        elif self._waiting:
            self._begin(self._waiting.pop(0))
        elif self._findings:
            self._finish()

    def build_midi_map(self, midi_map_handle):
        """It has no controller."""

    def disconnect(self):
        if self._run is not None:
            self._lab.clean_up()
        self._waiting, self._findings, self._run = [], [], None

    def _begin(self, experiment):
        self._lab.notes = []
        self._experiment = experiment
        self._steps = 0
        self._run = self._steps_of(experiment)
        self._step()

    def _steps_of(self, experiment):
        found = experiment.run(self._lab)
        if inspect.isgenerator(found):
            found = yield from found
        return found

    def _step(self):
        self._steps += 1
        try:
            next(self._run)
        except StopIteration as end:
            self._end(end.value, None)
        except Exception as error:
            self._end(None, "%s: %s" % (type(error).__name__, error))
        else:
            if self._steps >= STEPS_MAX:
                self._run.close()
                self._end(None, "it did not end")

    def _end(self, found, error):
        self._run = None
        self._pause = PAUSE_TICKS
        one = self._experiment
        finding = {"name": one.name, "question": one.question, "assumed": one.assumed, "found": found}
        finding["as_assumed"] = None if one.expected is MEASURED or error else found == one.expected
        if error:
            finding["error"] = error
        finding["notes"] = self._lab.notes + ["not put back: " + text for text in self._lab.clean_up()]
        self._findings.append(finding)

    def _finish(self):
        findings, self._findings = self._findings, []
        path = os.environ.get("LIVEGATE_LIVE_REPORT") or os.path.join(os.path.expanduser("~"), report.FILE)
        try:
            report.write(path, self._lab.application, findings)
        except OSError as error:
            self._say("confirm_in_live cannot write %s: %s" % (path, error))
            return
        _reported.append(path)
        self.report_path = path
        self._say("confirm_in_live: the report is %s" % path)

    def _say(self, text):
        self._c_instance.show_message(text)
        self._c_instance.log_message(text)


def is_empty(song):
    """Whether no work of the user's can be in the set: it has no file, no clips and no locators."""
    if getattr(song, "file_path", "") or len(song.cue_points):
        return False
    tracks = [track for track in song.tracks if not track.is_foldable]
    return not any(len(track.arrangement_clips) or any(slot.has_clip for slot in track.clip_slots) for track in tracks)
