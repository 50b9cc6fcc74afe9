"""Meters in the simulated Live: they follow notes, faders, mutes, groups and sends, and notify their listeners."""

import unittest

from livesim import SimulatedLive, set_file

BEAT_S = 0.5
NOTE = [[60, 0, 1, 127], [64, 2, 1, 64]]


class Meters(unittest.TestCase):
    version = "12"

    def setUp(self):
        clips = [{"scene": 0, "length": 4, "notes": NOTE}]
        described = {
            "tracks": [
                {"name": "G", "kind": "group"},
                {"group": "G", "volume": 0.5, "sends": [0.5], "devices": ["Operator"], "clips": clips},
                {"kind": "audio", "clips": [{"scene": 0, "length": 4}]},
            ],
            "returns": [{"name": "A"}],
        }
        self.live = SimulatedLive(version=self.version, plan=set_file.plan_of(described, self.version))
        self.song = self.live.song
        self.group, self.keys, self.audio = self.song.tracks

    def play(self, track, beats):
        track.clip_slots[0].fire()
        self.live.run(beats * BEAT_S)

    def test_a_set_that_stands_still_is_silent(self):
        levels = [track.output_meter_level for track in (*self.song.tracks, self.song.master_track)]
        self.assertEqual(levels, [0.0] * 4)

    def test_notes_are_as_loud_as_velocity_and_fader(self):
        self.play(self.keys, 0.5)
        self.assertAlmostEqual(self.keys.output_meter_level, 0.5)
        self.live.run(BEAT_S)
        self.assertEqual(self.keys.output_meter_level, 0.0)
        self.live.run(BEAT_S)
        self.assertAlmostEqual(self.keys.output_meter_level, 0.5 * 64 / 127)

    def test_groups_returns_and_main_follow_their_tracks(self):
        self.play(self.keys, 0.5)
        group = self.group.output_meter_level
        self.assertAlmostEqual(group, 0.5 * 0.85, 5)
        self.assertAlmostEqual(self.song.return_tracks[0].output_meter_level, 0.5 * 0.5 * 0.85, 5)
        self.assertAlmostEqual(self.song.master_track.output_meter_level, group * 0.85, 5)

    def test_a_muted_track_is_silent(self):
        self.play(self.keys, 0.5)
        self.keys.mute = True
        self.assertEqual((self.keys.output_meter_level, self.group.output_meter_level), (0.0, 0.0))
        self.keys.mute, self.audio.solo = False, True
        self.assertEqual(self.keys.output_meter_level, 0.0)

    def test_the_channels_follow_the_panning(self):
        self.play(self.keys, 0.5)
        self.keys.mixer_device.panning.value = -1.0
        self.assertAlmostEqual(self.keys.output_meter_left, 0.5)
        self.assertEqual(self.keys.output_meter_right, 0.0)

    def test_an_audio_clip_sways_and_notifies(self):
        seen = []
        self.audio.add_output_meter_level_listener(lambda: seen.append(self.audio.output_meter_level))
        self.play(self.audio, 2)
        self.song.stop_playing()
        self.live.run(0.1)
        self.assertGreater(len(set(seen)), 30)
        self.assertGreater(min(seen[:-1]), 0.2)
        self.assertEqual(seen[-1], 0.0)
        count = len(seen)
        self.live.run(1)
        self.assertEqual(len(seen), count)


class MetersInLive11(Meters):
    version = "11"


if __name__ == "__main__":
    unittest.main()
