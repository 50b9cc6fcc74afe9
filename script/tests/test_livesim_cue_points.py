"""Locators in the simulated Live: set and deleted at the play position, and jumps to them."""

import unittest

from livesim import SetPlan, SimulatedLive
from livesim.model.ranges import TIME_MAX

A_BEAT_S = 0.5  # at 120 beats per minute


class CuePoints(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive(plan=SetPlan(locators=((8.0, "Chorus"), (4.0, "Verse"))))
        self.song = self.live.song

    def go_to(self, time):
        self.song.current_song_time = time
        self.live.run(0)

    def cues(self):
        return [(cue.name, cue.time) for cue in self.song.cue_points]

    def test_locators_toggle_at_the_play_position(self):
        self.go_to(6.0)
        self.assertFalse(self.song.is_cue_point_selected())
        self.song.set_or_delete_cue()
        self.assertEqual([("Chorus", 8.0), ("Verse", 4.0), ("3", 6.0)], self.cues())
        self.assertTrue(self.song.is_cue_point_selected())
        self.song.set_or_delete_cue()
        self.assertEqual([("Chorus", 8.0), ("Verse", 4.0)], self.cues())

    def test_new_locators_snap_while_the_song_plays(self):
        self.song.start_playing()
        self.live.run(11 * A_BEAT_S)
        self.song.set_or_delete_cue()
        self.assertEqual(12.0, self.song.cue_points[2].time)

    def test_a_written_position_applies_after_the_callback(self):
        seen = []

        def callback():
            self.song.current_song_time = 6.0
            self.song.set_or_delete_cue()
            seen.append(self.song.current_song_time)

        self.go_to(2.0)
        self.assertTrue(self.live.loop.call(callback))
        self.assertEqual(([2.0], [8.0, 4.0, 2.0]), (seen, [cue.time for cue in self.song.cue_points]))
        self.live.run(0.02)
        self.assertEqual(6.0, self.song.current_song_time)

    def test_the_arrangement_ends_somewhere(self):
        self.song.scrub_by(1e9)
        self.assertEqual(TIME_MAX, self.song.current_song_time)
        self.song.set_or_delete_cue()
        self.assertEqual(TIME_MAX, self.song.last_event_time)
        self.song.start_playing()
        self.live.loop.call(lambda: self.song.scrub_by(1e9))
        self.live.run(0.1)
        with self.assertRaisesRegex(RuntimeError, "Invalid value"):
            self.song.current_song_time = TIME_MAX + 1

    def test_a_jump_applies_after_the_callback(self):
        self.go_to(2.0)
        for jump, there in (
            (lambda: self.song.jump_to_next_cue(), 4.0),
            (lambda: self.song.scrub_by(1.5), 5.5),
            (lambda: self.song.cue_points[0].jump(), 8.0),
        ):
            before = self.song.current_song_time
            self.live.loop.call(lambda: jump() or self.assertEqual(before, self.song.current_song_time))
            self.live.run(0.02)
            self.assertEqual(there, self.song.current_song_time)

    def test_undo_restores_a_locator_with_new_handle(self):
        chorus = self.song.cue_points[0]
        self.go_to(8.0)
        self.song.set_or_delete_cue()
        self.assertEqual(None, chorus)
        with self.assertRaises(TypeError):
            chorus.time
        self.song.undo()
        self.assertEqual("Chorus", self.song.cue_points[0].name)

    def test_live_12_can_rename_locators_undoably(self):
        self.song.cue_points[0].name = "Drop"
        self.assertEqual("Drop", self.song.cue_points[0].name)
        self.song.undo()
        self.assertEqual("Chorus", self.song.cue_points[0].name)

    def test_names_cannot_be_set_in_live_11(self):
        song = SimulatedLive(version="11", plan=self.live.plan).song
        with self.assertRaises(AttributeError):
            song.cue_points[0].name = "Drop"

    def test_jumping_at_rest_moves_position_and_start(self):
        self.song.jump_to_next_cue()
        self.assertEqual((4.0, 4.0), (self.song.current_song_time, self.song.start_time))
        self.song.jump_to_next_cue()
        self.assertEqual(8.0, self.song.current_song_time)
        self.song.jump_to_next_cue()
        self.assertEqual(8.0, self.song.current_song_time)
        self.song.jump_to_prev_cue()
        self.assertEqual(4.0, self.song.current_song_time)
        self.song.cue_points[0].jump()
        self.assertEqual(8.0, self.song.current_song_time)

    def test_jumping_during_playback_waits_for_the_boundary(self):
        self.song.start_playing()
        self.live.run(A_BEAT_S)
        self.song.cue_points[0].jump()
        self.live.run(2 * A_BEAT_S)
        self.assertAlmostEqual(3.0, self.song.current_song_time)
        self.live.run(2 * A_BEAT_S)
        self.assertAlmostEqual(9.0, self.song.current_song_time)
        self.assertEqual(0.0, self.song.start_time)

    def test_a_jump_between_turns_loses_no_time(self):
        self.song.tempo = 130.0
        self.song.start_playing()
        self.live.run(A_BEAT_S)
        self.song.cue_points[0].jump()
        self.live.run(2.0)
        self.assertAlmostEqual(8.0 + 2.5 * 130 / 60 - 4.0, self.song.current_song_time)

    def test_stopping_forgets_a_jump_that_waits(self):
        self.song.start_playing()
        self.live.run(A_BEAT_S)
        self.song.jump_to_next_cue()
        self.song.stop_playing()
        self.song.continue_playing()
        self.live.run(0.5 * A_BEAT_S)
        self.assertAlmostEqual(1.5, self.song.current_song_time)

    def test_listeners_are_notified_of_locators_and_jumps(self):
        notified = []
        for member in ("cue_points", "can_jump_to_next_cue", "can_jump_to_prev_cue", "song_length"):
            getattr(self.song, "add_%s_listener" % member)(lambda member=member: notified.append(member))
        self.go_to(2.0)
        self.assertEqual([], notified)
        self.go_to(6.0)
        self.assertEqual(["can_jump_to_prev_cue"], notified)
        self.go_to(8.0)
        self.assertEqual(["can_jump_to_prev_cue", "can_jump_to_next_cue"], notified)
        notified.clear()
        self.song.set_or_delete_cue()
        self.assertEqual({"cue_points", "song_length"}, set(notified))

    def test_locators_know_their_index_and_time(self):
        self.assertEqual(self.song, self.song.cue_points[0].canonical_parent)
        self.assertEqual(8.0, self.song.last_event_time)
        self.assertGreater(self.song.song_length, 8.0)


if __name__ == "__main__":
    unittest.main()
