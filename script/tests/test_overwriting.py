"""Overwriting: existing content is replaced only with `overwrite`; empty places need none."""

import unittest

from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.studio import KEY, Studio

NOTE = {"pitch": 60, "start": 0.0, "duration": 1.0}
DRUMS, CLIP = {"track_index": 0}, {"track_index": 0, "clip_index": 0}
SONG = "/samples/song.wav"
PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Vocals", AUDIO)),
    scenes=2,
    clips={(0, 0): 8.0},
    arrangement={0: ((16.0, 4.0),)},
    take_lanes={0: (("Takes", ((16.0, 4.0),)),), 1: (("Takes", ()),)},
    devices={0: ("Operator", "Reverb")},
)


class OverwritingCase(unittest.TestCase):
    def setUp(self):
        self.studio = Studio(plan=PLAN, key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()
        self.song = self.studio.song
        self.clip = self.song.tracks[0].clip_slots[0].clip

    def ask(self, action, **params):
        return self.client.ask_keyed(action, **params)

    def refused(self, action, **params):
        answer = self.ask(action, **params)
        self.assertEqual((answer["ok"], answer.get("code")), (False, "precondition_failed"), answer)
        self.assertIn("overwrite true", answer["error"])

    def done(self, action, **params):
        answer = self.ask(action, **params)
        self.assertTrue(answer["ok"], answer)


class Notes(OverwritingCase):
    def starts(self):
        return sorted((note.pitch, note.start_time) for note in self.clip.get_all_notes_extended())

    def add(self, how, start, duration=1.0, pitch=60, **more):
        note = {"pitch": pitch, "start": start, "duration": duration, "mute": True}
        how("add_notes", track_index=0, scene_index=0, notes=[note], **more)

    def test_an_overlapping_note_is_refused_and_destroys_none(self):
        for start in range(4):
            self.add(self.done, float(start))
        before = self.starts()
        for start, duration in ((0.0, 8.0), (1.5, 0.25), (0.5, 1.0), (3.0, 0.1)):
            self.add(self.refused, start, duration)
        self.assertEqual(self.starts(), before)
        self.add(self.done, 0.0, 8.0, overwrite=True)
        self.assertEqual(self.starts(), [(60, 0.0)])

    def test_notes_beside_and_above_others_are_added(self):
        self.add(self.done, 1.0)
        self.add(self.done, 0.0)
        self.add(self.done, 2.0)
        self.add(self.done, 1.0, pitch=61)
        self.assertEqual(len(self.starts()), 4)

    def test_quantizing_that_would_merge_notes_is_refused(self):
        self.add(self.done, 0.9, 0.05)
        self.add(self.done, 1.1, 0.05)
        self.refused("quantize_clip", quantize_to=1.0, **CLIP)
        self.refused("quantize_clip_pitch", quantize_to=1.0, pitch=60, **CLIP)
        self.assertEqual(self.starts(), [(60, 0.9), (60, 1.1)])
        self.done("quantize_clip_pitch", quantize_to=1.0, pitch=61, **CLIP)


class ArrangedClips(OverwritingCase):
    def test_a_copy_covers_no_clip(self):
        for time in (12.0, 18.0):
            self.refused("duplicate_to_arrangement", time=time, **CLIP)
        self.done("duplicate_to_arrangement", time=20.0, **CLIP)
        self.done("duplicate_to_arrangement", time=8.0, **CLIP)
        self.assertEqual(len(self.song.tracks[0].arrangement_clips), 3)
        self.done("duplicate_to_arrangement", time=12.0, overwrite=True, **CLIP)

    def test_a_clip_in_a_lane_covers_none(self):
        lane = {"track_index": 0, "lane_index": 0}
        self.refused("create_midi_clip_in_lane", start_time=18.0, length=1.0, **lane)
        self.done("create_midi_clip_in_lane", start_time=20.0, length=1.0, **lane)
        self.assertEqual(len(self.song.tracks[0].take_lanes[0].arrangement_clips), 2)
        self.done("create_midi_clip_in_lane", start_time=17.0, length=1.0, overwrite=True, **lane)


class Automation(OverwritingCase):
    def step(self, how, time, **more):
        how("insert_automation_step", device_index=1, param_index=0, time=time, value=0.0, length=1.0, **CLIP, **more)

    def test_a_step_replaces_no_step(self):
        self.done("create_automation_envelope", device_index=1, param_index=0, **CLIP)
        self.step(self.done, 1.0)
        self.step(self.done, 2.0)
        for time in (1.0, 1.5, 0.5):
            self.step(self.refused, time)
        self.step(self.done, 1.5, overwrite=True)


class Unkeyed(unittest.TestCase):
    def test_local_clients_overwrite_unless_they_say_otherwise(self):
        studio = Studio(plan=PLAN)
        self.addCleanup(studio.close)
        client = studio.connect()
        add = {"track_index": 0, "scene_index": 0, "notes": [NOTE]}
        self.assertTrue(client.ask("add_notes", **add)["ok"])
        self.assertTrue(client.ask("add_notes", **add)["ok"])
        self.assertEqual(client.ask("add_notes", overwrite=False, **add)["code"], "precondition_failed")
        batch = client.ask("batch", commands=[dict(add, action="add_notes")])
        self.assertTrue(batch["ok"], batch)


