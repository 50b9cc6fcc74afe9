"""Clips of the simulated Session: copies, launch modes, legato, scrubbing, markers without a loop, and their ranges."""

import unittest

from livesim import SetPlan, SimulatedLive

A_BEAT_S = 0.5


class ClipsCase(unittest.TestCase):
    version = "12"

    def setUp(self):
        plan = SetPlan.of(midi=1, audio=1, scenes=3, clips={(0, 0): 4.0, (0, 1): 8.0})
        self.live = SimulatedLive(self.version, plan=plan)
        self.song = self.live.song
        self.track = self.song.tracks[0]
        self.slot, self.other = self.track.clip_slots[0], self.track.clip_slots[1]
        self.clip = self.slot.clip

    def beats(self, count):
        self.live.run(count * A_BEAT_S)


class Copies(ClipsCase):
    def test_a_copy_has_all_settings_without_selection(self):
        import Live

        self.clip.add_new_notes((Live.Clip.MidiNoteSpecification(60, 0.0, 1.0),))
        self.clip.select_all_notes()
        self.clip.loop_start, self.clip.launch_mode, self.clip.muted = 1.0, 2, True
        self.slot.duplicate_clip_to(self.track.clip_slots[2])
        copy = self.track.clip_slots[2].clip
        self.assertEqual((1.0, 2, True), (copy.loop_start, copy.launch_mode, copy.muted))
        self.assertEqual((1, 0), (len(copy.get_all_notes_extended()), len(copy.get_selected_notes_extended())))
        copy.loop_start = 2.0
        self.assertEqual(1.0, self.clip.loop_start)

    def test_a_copy_replaces_the_clip_in_the_slot(self):
        replaced = self.other.clip
        self.slot.duplicate_clip_to(self.other)
        self.assertEqual(replaced, None)
        self.assertEqual(4.0, self.other.clip.length)
        self.song.undo()
        self.assertEqual(8.0, self.other.clip.length)

    def test_a_track_of_another_kind_refuses_a_clip(self):
        with self.assertRaises(RuntimeError):
            self.slot.duplicate_clip_to(self.song.tracks[1].clip_slots[0])

    def test_the_next_free_slot_takes_the_duplicate(self):
        self.assertEqual(2, self.track.duplicate_clip_slot(1))
        self.assertEqual(8.0, self.track.clip_slots[2].clip.length)
        self.other.delete_clip()
        self.assertEqual(1, self.track.duplicate_clip_slot(0))

    def test_duplicating_without_free_slot_adds_a_scene(self):
        self.track.duplicate_clip_slot(0)
        self.assertEqual(3, self.track.duplicate_clip_slot(1))
        self.assertEqual((4, 8.0), (len(self.song.scenes), self.track.clip_slots[3].clip.length))

    def test_only_a_clip_that_is_there_is_duplicated(self):
        with self.assertRaises(RuntimeError):
            self.track.duplicate_clip_slot(2)
        with self.assertRaises(IndexError):
            self.track.duplicate_clip_slot(3)


class Launching(ClipsCase):
    def test_a_gate_plays_until_release(self):
        self.clip.launch_mode = 1
        self.slot.set_fire_button_state(True)
        self.beats(1)
        self.assertTrue(self.clip.is_playing)
        self.clip.set_fire_button_state(False)
        self.beats(4)
        self.assertFalse(self.clip.is_playing)

    def test_releasing_a_trigger_changes_nothing(self):
        self.clip.set_fire_button_state(True)
        self.beats(1)
        self.clip.set_fire_button_state(False)
        self.beats(4)
        self.assertTrue(self.clip.is_playing)

    def test_legato_continues_at_the_previous_clips_position(self):
        self.other.clip.legato = True
        self.slot.fire()
        self.beats(2)
        self.other.fire()
        self.beats(3.5)
        self.assertAlmostEqual(5.5, self.other.clip.playing_position, 1)
        self.assertAlmostEqual(4.0, self.other.clip.start_time, 1)

    def test_without_legato_a_clip_starts_over(self):
        self.slot.fire()
        self.beats(2)
        self.other.fire()
        self.beats(3.5)
        self.assertAlmostEqual(1.5, self.other.clip.playing_position, 1)

    def test_start_time_is_the_songs_launch_position(self):
        self.song.current_song_time = 6.0
        self.live.run(0)
        self.slot.fire()
        self.beats(1)
        self.assertAlmostEqual(6.0, self.clip.start_time)

    def test_only_its_slot_stops_a_triggered_clip(self):
        self.song.start_playing()
        self.beats(1)
        self.clip.fire()
        self.clip.stop()
        self.assertTrue(self.clip.is_triggered)
        self.slot.stop()
        self.assertFalse(self.clip.is_triggered)

    def test_scrubbing_moves_a_playing_clip_by_beats(self):
        self.clip.move_playing_pos(2.0)
        self.assertEqual(0.0, self.clip.playing_position)
        self.slot.fire()
        self.beats(1)
        self.clip.move_playing_pos(2.0)
        self.assertAlmostEqual(3.0, self.clip.playing_position)

    def test_scrubbing_triggers_or_starts_a_clip(self):
        self.clip.scrub(1.0)
        self.beats(1)
        self.assertEqual((True, False), (self.clip.is_playing, self.clip.is_triggered))
        self.clip.scrub(2.0)
        self.beats(8)
        self.assertEqual((False, True), (self.clip.is_playing, self.clip.is_triggered))
        self.clip.stop_scrub()
        self.beats(4)
        self.assertTrue(self.clip.is_playing)

    def test_ending_no_scrub_changes_nothing(self):
        self.clip.stop_scrub()
        self.assertFalse(self.clip.is_triggered)


class Regions(ClipsCase):
    def test_without_a_loop_end_marker_writes_are_dropped(self):
        self.clip.looping = False
        self.clip.end_marker = 3.0
        self.assertEqual((3.0, 4.0), (self.clip.end_marker, self.clip.loop_end))
        self.clip.looping = True
        self.assertEqual(4.0, self.clip.end_marker)

    def test_moving_the_loop_takes_the_markers_along(self):
        self.clip.position = 6.0
        self.assertEqual((6.0, 10.0), (self.clip.loop_start, self.clip.loop_end))
        self.assertEqual((6.0, 10.0), (self.clip.start_marker, self.clip.end_marker))

    def test_markers_keep_their_order(self):
        for member, value in (("start_marker", 4.0), ("end_marker", 0.0)):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                setattr(self.clip, member, value)

    def test_settings_have_their_ranges(self):
        for member, value in (
            ("launch_mode", 4),
            ("launch_quantization", 15),
            ("velocity_amount", 1.1),
            ("signature_numerator", 0),
            ("signature_denominator", 3),
        ):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                setattr(self.clip, member, value)

    def test_dependent_changes_notify_listeners(self):
        notified = []
        for member in ("looping", "loop_start", "loop_end"):
            getattr(self.clip, "add_%s_listener" % member)(lambda member=member: notified.append(member))
        self.clip.looping = False
        self.assertEqual({"looping", "loop_start", "loop_end"}, set(notified))
        self.song.undo()
        self.assertTrue(self.clip.looping)


class View(ClipsCase):
    def test_clip_grid_settings_are_not_undoable(self):
        import Live

        self.clip.view.grid_quantization = Live.Clip.GridQuantization.g_bar
        self.clip.view.grid_is_triplet = True
        self.assertEqual((4, True), (self.clip.view.grid_quantization, self.clip.view.grid_is_triplet))
        self.clip.view.grid_quantization = 5
        self.assertIs(Live.Clip.GridQuantization.values[5], self.clip.view.grid_quantization)
        self.assertFalse(self.song.can_undo)


class RegionsInLive11(Regions):
    version = "11"


if __name__ == "__main__":
    unittest.main()
