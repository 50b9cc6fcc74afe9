"""Playback in the simulated Live: time advances with the tempo, loops, and clips start and stop at boundaries."""

import unittest

from livesim import SetPlan, SimulatedLive

A_BEAT_S = 0.5  # at 120 beats per minute


class Transport(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive()
        self.song = self.live.song

    def test_time_advances_only_during_playback(self):
        self.live.run(3)
        self.assertEqual((False, 0.0), (self.song.is_playing, self.song.current_song_time))

    def test_time_advances_with_the_tempo(self):
        self.song.start_playing()
        self.assertTrue(self.song.is_playing)
        self.live.run(2)
        self.assertAlmostEqual(4.0, self.song.current_song_time)
        self.song.tempo = 60
        self.live.run(2)
        self.assertAlmostEqual(6.0, self.song.current_song_time)

    def test_continuing_resumes_at_the_stopped_position(self):
        self.song.start_playing()
        self.live.run(1)
        self.song.stop_playing()
        self.live.run(1)
        self.assertAlmostEqual(2.0, self.song.current_song_time)
        self.song.continue_playing()
        self.live.run(1)
        self.assertAlmostEqual(4.0, self.song.current_song_time)

    def test_starting_begins_at_the_start_time(self):
        self.song.current_song_time = 8.0
        self.live.run(0)
        self.song.start_playing()
        self.live.run(1)
        self.song.stop_playing()
        self.song.start_playing()
        self.assertEqual(8.0, self.song.current_song_time)

    def test_the_loop_takes_the_time_back(self):
        self.song.loop_start = 2.0
        self.song.loop_length = 4.0
        self.song.loop = True
        self.song.start_playing()
        self.live.run(7 * A_BEAT_S)
        self.assertAlmostEqual(3.0, self.song.current_song_time)

    def test_a_loop_behind_the_position_is_ignored(self):
        self.song.loop_length = 4.0
        self.song.loop = True
        self.song.current_song_time = 10.0
        self.live.run(0)
        self.song.is_playing = True
        self.live.run(A_BEAT_S)
        self.assertAlmostEqual(11.0, self.song.current_song_time)

    def test_recording_starts_the_transport_and_stopping_ends_it(self):
        self.song.record_mode = True
        self.assertEqual((True, True), (self.song.record_mode, self.song.is_playing))
        self.song.stop_playing()
        self.assertEqual((False, False), (self.song.record_mode, self.song.is_playing))

    def test_tapping_sets_the_tempo(self):
        for _tap in range(4):
            self.song.tap_tempo()
            self.live.run(0.6)
        self.assertAlmostEqual(100.0, self.song.tempo)

    def test_taps_too_far_apart_change_nothing(self):
        self.song.tap_tempo()
        self.live.run(10)
        self.song.tap_tempo()
        self.assertEqual(120.0, self.song.tempo)

    def test_positions_and_lengths_have_their_ranges(self):
        for member, value in (
            ("current_song_time", -1),
            ("loop_start", -0.5),
            ("loop_length", 0),
            ("loop_length", float("nan")),
        ):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                setattr(self.song, member, value)

    def test_beat_times_count_from_one_by_signature(self):
        self.song.signature_numerator, self.song.signature_denominator = 6, 8
        self.song.current_song_time = 4.25
        time = self.song.get_current_beats_song_time()
        self.assertEqual((2, 3, 3, 1), (time.bars, time.beats, time.sub_division, time.ticks))


class Launching(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive(plan=SetPlan.of(midi=2, scenes=3, clips={(0, 0): 4.0, (0, 1): 2.0, (1, 0): 4.0}))
        self.song = self.live.song
        self.track = self.song.tracks[0]
        self.slot = self.track.clip_slots[0]
        self.clip = self.slot.clip

    def assertSlots(self, playing, fired, track=None):
        track = track or self.track
        self.assertEqual((playing, fired), (track.playing_slot_index, track.fired_slot_index))

    def test_firing_starts_clip_and_transport_next_turn(self):
        self.clip.fire()
        self.assertEqual((True, False, True), (self.song.is_playing, self.clip.is_playing, self.clip.is_triggered))
        self.assertSlots(-1, 0)
        self.live.run(0.02)
        self.assertEqual((True, False), (self.clip.is_playing, self.clip.is_triggered))
        self.assertSlots(0, -1)

    def test_a_clip_waits_for_the_next_bar(self):
        self.song.start_playing()
        self.live.run(A_BEAT_S)
        self.clip.fire()
        self.live.run(2.9 * A_BEAT_S)
        self.assertTrue(self.slot.is_triggered)
        self.live.run(0.2 * A_BEAT_S)
        self.assertEqual((True, False), (self.slot.is_playing, self.slot.is_triggered))
        self.assertAlmostEqual(4.0, self.clip.start_time)

    def test_song_and_clip_quantization_apply(self):
        import Live

        self.song.clip_trigger_quantization = Live.Song.Quantization.q_half
        self.song.tracks[1].clip_slots[0].clip.launch_quantization = int(Live.Clip.ClipLaunchQuantization.q_none)
        self.song.start_playing()
        self.live.run(0.5 * A_BEAT_S)
        self.song.scenes[0].fire()
        self.live.run(0.1 * A_BEAT_S)
        self.assertSlots(-1, 0)
        self.assertSlots(0, -1, self.song.tracks[1])
        self.live.run(1.5 * A_BEAT_S)
        self.assertSlots(0, -1)
        self.assertAlmostEqual(2.0, self.clip.start_time)

    def test_a_launched_clip_replaces_the_playing_one(self):
        self.clip.fire()
        self.live.run(A_BEAT_S)
        self.track.clip_slots[1].fire()
        self.live.run(4 * A_BEAT_S)
        self.assertSlots(1, -1)
        self.assertFalse(self.clip.is_playing)

    def test_only_a_looping_clip_repeats(self):
        self.clip.fire()
        self.live.run(5 * A_BEAT_S)
        self.assertAlmostEqual(1.0, self.clip.playing_position)
        self.clip.looping = False
        self.live.run(0.1)
        self.assertEqual((False, 0.0), (self.clip.is_playing, self.clip.playing_position))

    def test_stopping_waits_for_the_bar_during_playback(self):
        self.clip.fire()
        self.live.run(A_BEAT_S)
        self.clip.stop()
        self.assertSlots(0, -2)
        self.live.run(4 * A_BEAT_S)
        self.assertSlots(-1, -1)
        self.clip.fire()
        self.live.run(A_BEAT_S)
        self.song.stop_playing()
        self.clip.stop()
        self.assertSlots(-1, -1)

    def test_all_clips_can_stop_at_once(self):
        self.song.scenes[0].fire()
        self.live.run(A_BEAT_S)
        self.song.stop_all_clips(False)
        for track in self.song.tracks:
            self.assertSlots(-1, -1, track)
        self.assertTrue(self.song.is_playing)

    def test_an_empty_slots_stop_button_stops_its_track(self):
        self.clip.fire()
        self.live.run(A_BEAT_S)
        self.track.clip_slots[2].has_stop_button = False
        self.track.clip_slots[2].fire()
        self.assertSlots(0, -1)
        self.track.clip_slots[2].has_stop_button = True
        self.track.clip_slots[2].fire()
        self.assertSlots(0, -2)

    def test_a_scene_does_not_record_armed_tracks(self):
        self.track.arm = True
        self.song.scenes[2].fire()
        self.live.run(A_BEAT_S)
        self.assertFalse(self.track.clip_slots[2].has_clip)

    def test_a_scene_fires_its_row_and_settings(self):
        scene = self.song.scenes[1]
        scene.tempo = 90
        scene.time_signature_numerator = 3
        self.song.start_playing()
        self.live.run(A_BEAT_S)
        scene.fire()
        self.assertTrue(scene.is_triggered)
        self.assertEqual(scene, self.song.view.selected_scene)
        self.live.run(3.1 * A_BEAT_S)
        self.assertSlots(1, -1)
        self.assertEqual((False, 90.0, 3), (scene.is_triggered, self.song.tempo, self.song.signature_numerator))

    def test_firing_as_selected_advances_the_selection(self):
        self.song.scenes[2].fire_as_selected()
        self.live.run(0.02)
        self.assertSlots(0, -1)
        self.assertEqual(self.song.scenes[1], self.song.view.selected_scene)

    def test_deleting_a_clip_stops_it(self):
        self.clip.fire()
        self.live.run(A_BEAT_S)
        self.slot.delete_clip()
        self.assertSlots(-1, -1)
        self.track.clip_slots[1].fire()
        self.song.delete_scene(1)
        self.assertSlots(-1, -1)

    def test_toggling_stops_playback(self):
        import Live

        self.clip.launch_mode = int(Live.Clip.LaunchMode.toggle)
        self.clip.fire()
        self.live.run(A_BEAT_S)
        self.clip.fire()
        self.assertSlots(0, -2)

    def test_the_first_launch_starts_at_once(self):
        self.song.start_playing()
        self.live.run(1.5 * A_BEAT_S)
        self.song.stop_playing()
        self.song.scenes[0].fire()
        self.live.run(0.02)
        self.assertSlots(0, -1)
        self.assertSlots(0, -1, self.song.tracks[1])

    def test_boundaries_are_those_of_the_song_time(self):
        self.song.current_song_time = 2.0
        self.live.run(0)
        self.song.start_playing()
        self.live.run(A_BEAT_S)
        self.clip.fire()
        self.live.run(0.9 * A_BEAT_S)
        self.assertSlots(-1, 0)
        self.live.run(0.2 * A_BEAT_S)
        self.assertSlots(0, -1)

    def test_clips_continue_or_restart_with_the_transport(self):
        self.clip.loop_end = 3.0
        self.clip.fire()
        self.live.run(1.5 * A_BEAT_S)
        self.song.stop_playing()
        self.assertTrue(self.clip.is_playing)
        self.song.continue_playing()
        self.assertAlmostEqual(1.5, self.clip.playing_position)
        self.song.stop_playing()
        self.song.start_playing()
        self.assertAlmostEqual(0.0, self.clip.playing_position)

    def test_an_empty_scene_starts_the_song(self):
        self.song.scenes[2].fire()
        self.live.run(0.02)
        self.assertEqual((True, False), (self.song.is_playing, self.song.scenes[2].is_triggered))

    def test_stopping_the_transport_cancels_launches(self):
        self.song.start_playing()
        self.live.run(A_BEAT_S)
        self.clip.fire()
        self.song.stop_playing()
        self.assertSlots(-1, -1)


if __name__ == "__main__":
    unittest.main()
