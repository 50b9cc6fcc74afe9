"""The effects log: one line for every change that a script makes to the simulated set."""

import json
import os
import tempfile
import unittest

from livesim import SetPlan, SimulatedLive


class Effects(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "effects.jsonl")
        self.live = SimulatedLive(plan=SetPlan.of(midi=2, returns=1, scenes=2, clips={(1, 1): 4.0}), effects=self.path)
        self.addCleanup(self.live.close)
        self.song = self.live.song

    def recorded(self):
        with open(self.path, encoding="utf-8") as lines:
            return [(line["path"], line["member"], line["value"]) for line in map(json.loads, lines)]

    def test_writes_are_recorded_with_path_and_value(self):
        track = self.song.tracks[1]
        self.song.tempo = 130
        track.name = "B\u00e4ss"
        track.mixer_device.volume.value = 0.5
        track.mixer_device.sends[0].value = 1
        track.clip_slots[1].clip.muted = True
        self.song.master_track.mixer_device.crossfader.value = 0
        self.song.return_tracks[0].mute = True
        self.song.scenes[1].name = "Verse"
        self.song.view.selected_track = track
        expected = [
            ("live_set", "tempo", 130.0),
            ("live_set tracks 1", "name", "B\u00e4ss"),
            ("live_set tracks 1 mixer_device volume", "value", 0.5),
            ("live_set tracks 1 mixer_device sends 0", "value", 1.0),
            ("live_set tracks 1 clip_slots 1 clip", "muted", True),
            ("live_set master_track mixer_device crossfader", "value", 0.0),
            ("live_set return_tracks 0", "mute", True),
            ("live_set scenes 1", "name", "Verse"),
            ("live_set view", "selected_track", "live_set tracks 1"),
        ]
        self.assertEqual(expected, self.recorded())

    def test_changing_calls_are_recorded_with_their_arguments(self):
        import Live

        clip = self.song.tracks[1].clip_slots[1].clip
        clip.add_new_notes((Live.Clip.MidiNoteSpecification(60, 0.0, 1.0),))
        clip.fire()
        self.song.tracks[1].delete_clip(clip)
        self.song.delete_track(0)
        self.song.undo()
        paths = [(path, member) for path, member, _value in self.recorded()]
        self.assertEqual(
            [
                ("live_set tracks 1 clip_slots 1 clip", "add_new_notes"),
                ("live_set tracks 1 clip_slots 1 clip", "fire"),
                ("live_set tracks 1", "delete_clip"),
                ("live_set", "delete_track"),
                ("live_set", "undo"),
            ],
            paths,
        )
        values = [value for _path, _member, value in self.recorded()]
        self.assertEqual(60, values[0][0][0]["pitch"])
        self.assertEqual(["live_set tracks 1 clip_slots 1 clip"], values[2])
        self.assertEqual([[0], []], values[3:])

    def test_reading_listening_and_time_are_no_effects(self):
        self.song.add_tempo_listener(lambda: None)
        self.song.begin_undo_step()
        self.song.end_undo_step()
        self.song.tracks[1].clip_slots[1].clip.get_notes_extended(0, 128, 0.0, 4.0)
        self.live.run(1.0)
        self.assertEqual([], self.recorded())

    def test_refused_changes_are_not_recorded(self):
        for refused in (
            lambda: setattr(self.song, "tempo", 5),
            lambda: setattr(self.song, "tempo", "fast"),
            lambda: self.song.delete_track(9),
            lambda: self.song.tracks[1].clip_slots[1].create_clip(4.0),
            lambda: setattr(self.song.master_track, "arm", True),
        ):
            with self.assertRaises(Exception):
                refused()
        self.assertEqual([], self.recorded())

    def test_playback_itself_is_not_recorded(self):
        self.song.scenes[1].tempo = 90
        self.song.scenes[1].fire()
        self.live.run(5.0)
        self.assertEqual(90.0, self.song.tempo)
        self.assertEqual(["tempo", "fire"], [member for _path, member, _value in self.recorded()])

    def test_a_file_that_exists_is_appended_to(self):
        self.song.tempo = 130
        later = SimulatedLive(effects=self.path)
        later.song.tempo = 140
        later.close()
        self.assertEqual([130.0, 140.0], [value for _path, _member, value in self.recorded()])

    def test_every_line_has_the_time_of_day(self):
        self.song.tempo = 130
        with open(self.path, encoding="utf-8") as lines:
            moment = json.loads(lines.readline())["time"]
        self.assertIsInstance(moment, float)
        self.assertLess(abs(os.stat(self.path).st_mtime - moment), 60)


if __name__ == "__main__":
    unittest.main()
