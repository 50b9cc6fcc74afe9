"""Simulated mixers, switches and meters of tracks, and the members of only some kinds of track."""

import unittest

from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.test_livesim_tracks import TracksCase


class Mixer(TracksCase):
    plan = SetPlan.of(midi=1, audio=1, returns=2)

    def test_sends_are_named_after_their_returns(self):
        for _more in range(10):
            self.song.create_return_track()
        sends = self.song.tracks[0].mixer_device.sends
        self.assertEqual([send.name for send in sends], ["Send %s" % letter for letter in "ABCDEFGHIJKL"])
        sends[2].value = 0.5
        self.song.delete_return_track(0)
        send = self.song.tracks[0].mixer_device.sends[1]
        self.assertEqual((send.name, send.original_name, send.value), ("Send B", "Send B", 0.5))

    def test_changes_of_returns_notify_send_listeners(self):
        calls = self.notified(self.song.tracks[0].mixer_device, "sends")
        self.song.create_return_track()
        self.song.delete_return_track(0)
        self.assertEqual(len(calls), 2)

    def test_crossfade_assignment_and_panning_mode_have_their_values(self):
        mixer = self.song.tracks[0].mixer_device
        self.assertEqual((mixer.crossfade_assign, mixer.panning_mode), (1, 0))
        mixer.crossfade_assign, mixer.panning_mode = 2, 1
        self.assertEqual((mixer.crossfade_assign, mixer.panning_mode), (2, 1))
        self.assertEqual((mixer.left_split_stereo.value, mixer.right_split_stereo.value), (-1.0, 1.0))
        for member, value in (("crossfade_assign", 3), ("panning_mode", 2)):
            with self.assertRaises(RuntimeError):
                setattr(mixer, member, value)

    def test_the_main_tracks_knobs_are_parameters(self):
        mixer = self.song.master_track.mixer_device
        mixer.crossfader.value, mixer.cue_volume.value = -1.0, 0.5
        self.assertEqual((mixer.crossfader.value, mixer.cue_volume.value), (-1.0, 0.5))
        with self.assertRaises(RuntimeError):
            mixer.crossfader.value = 1.5


class Switches(TracksCase):
    plan = SetPlan(tracks=(("Bass", MIDI), ("Vocals", AUDIO)), frozen=(1,), exclusive_arm=False)

    def test_exclusive_preferences_do_not_bind_scripts(self):
        self.assertEqual((self.song.exclusive_arm, self.song.exclusive_solo), (False, True))
        for track in self.song.tracks:
            track.solo = True
        self.assertEqual([track.solo for track in self.song.tracks], [True, True])

    def test_arming_audio_without_input_is_ignored(self):
        bass, vocals = self.song.tracks
        bass.current_input_routing = vocals.current_input_routing = "No Input"
        bass.arm = vocals.arm = True
        self.assertEqual((bass.arm, vocals.arm), (True, False))
        vocals.current_input_routing = "Resampling"
        vocals.arm = True
        self.assertTrue(vocals.arm)

    def test_implicit_arm_is_independent_of_arm(self):
        track = self.song.tracks[0]
        track.implicit_arm = True
        self.assertEqual((track.arm, track.implicit_arm), (False, True))

    def test_only_a_plan_freezes(self):
        self.assertEqual([track.is_frozen for track in self.song.tracks], [False, True])
        self.assertEqual([track.can_be_frozen for track in self.song.tracks], [True, True])
        with self.assertRaises(AttributeError):
            self.song.tracks[0].is_frozen = True

    def test_existing_meters_show_silence(self):
        bass, vocals = self.song.tracks
        for track in (bass, vocals):
            self.assertEqual(
                (track.input_meter_level, track.output_meter_level, track.performance_impact), (0.0, 0.0, 0.0)
            )
        self.assertEqual((vocals.input_meter_left, vocals.output_meter_right), (0.0, 0.0))
        for member in ("input_meter_left", "input_meter_right", "output_meter_left", "output_meter_right"):
            with self.assertRaises(RuntimeError):
                getattr(bass, member)

    def test_a_running_clip_is_jumped_in(self):
        track = self.song.tracks[0]
        track.jump_in_running_session_clip(1.0)
        clip = track.clip_slots[0].create_clip(8.0)
        clip.fire()
        self.live.run(0.1)
        before = clip.playing_position
        track.jump_in_running_session_clip(2.0)
        self.assertAlmostEqual(clip.playing_position, before + 2.0)


class SwitchesInLive11(Switches):
    version = "11"


if __name__ == "__main__":
    unittest.main()
