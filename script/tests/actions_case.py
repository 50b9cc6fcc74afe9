"""Test base for actions: a small studio, and checks for commands that succeed or are refused."""

import unittest

from LiveGate.registry import ACTIONS
from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.studio import Studio

PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Bass", MIDI), ("Vocals", AUDIO)), scenes=4, clips={(0, 0): 8.0, (1, 1): 4.0, (2, 0): 4.0}
)
NOTE = {"pitch": 36, "start": 0.0, "duration": 0.5}
KINDS = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


class ActionsCase(unittest.TestCase):
    version = "12"
    plan = PLAN

    def setUp(self):
        self.studio = Studio(self.version, self.plan)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect()
        self.song = self.studio.song

    def done(self, action, **parameters):
        """Runs a command that must succeed, checks the fields that the catalogue promises, and returns its answer."""
        answer = self.client.ask(action, **parameters)
        self.assertTrue(answer.pop("ok"), answer)
        promised = {field["name"]: field["type"] for field in ACTIONS[action].entry()["result"]}
        self.assertEqual(set(answer), set(promised), action)
        for name, kind in promised.items():
            self.assertIsInstance(answer[name], KINDS[kind], (action, name))
        return answer

    def refused(self, action, *words, **parameters):
        """A command that Live's state forbids; its message names the reason, and the set stays unchanged."""
        before = self.snapshot()
        answer = self.client.ask(action, **parameters)
        self.assertEqual((answer["ok"], answer.get("code")), (False, "live_error"), answer)
        for word in words:
            self.assertIn(word, answer["error"])
        self.assertEqual(self.snapshot(), before)

    def snapshot(self):
        song = self.song
        return (
            song.tempo,
            song.is_playing,
            song.record_mode,
            [scene.name for scene in song.scenes],
            [(track.name, track.mute, track.solo, track.can_be_armed and track.arm) for track in song.tracks],
            [(track.mixer_device.volume.value, track.mixer_device.panning.value) for track in song.tracks],
            [(slot.has_clip, slot.is_triggered, slot.is_playing) for track in song.tracks for slot in track.clip_slots],
        )

    def slot(self, track_index, row):
        return self.song.tracks[track_index].clip_slots[row]

    def notes(self, track_index, row):
        return [note.pitch for note in self.slot(track_index, row).clip.get_all_notes_extended()]
