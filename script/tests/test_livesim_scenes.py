"""Scenes in the simulated Live: copies, launches that set tempo and signature, and captures."""

import unittest

from livesim import LimitationError, Limits, SetPlan, SimulatedLive

A_BEAT_S = 0.5  # at 120 beats per minute


class Scenes(unittest.TestCase):
    def setUp(self):
        self.plan = SetPlan.of(midi=2, audio=1, scenes=3, clips={(0, 0): 4.0, (1, 0): 2.0, (0, 1): 8.0})
        self.live = SimulatedLive(plan=self.plan)
        self.song = self.live.song

    def filled(self, row):
        return [slot.has_clip for slot in self.song.scenes[row].clip_slots]

    def test_a_copy_is_inserted_below_and_selected(self):
        import Live

        scene = self.song.scenes[0]
        scene.name, scene.color_index, scene.tempo = "Verse", 14, 90.0
        scene.clip_slots[0].clip.add_new_notes([Live.Clip.MidiNoteSpecification(36, 0.0, 1.0)])
        scene.clip_slots[2].has_stop_button = False
        self.song.duplicate_scene(0)
        copy = self.song.scenes[1]
        self.assertEqual(4, len(self.song.scenes))
        self.assertEqual(copy, self.song.view.selected_scene)
        self.assertEqual(("Verse", 14, 90.0, True), (copy.name, copy.color_index, copy.tempo, copy.tempo_enabled))
        self.assertEqual([True, True, False], self.filled(1))
        self.assertEqual(36, copy.clip_slots[0].clip.get_all_notes_extended()[0].pitch)
        self.assertFalse(copy.clip_slots[2].has_stop_button)
        self.assertNotEqual(scene.clip_slots[0].clip, copy.clip_slots[0].clip)

    def test_the_copy_is_one_step_to_undo(self):
        self.song.duplicate_scene(0)
        self.song.undo()
        self.assertEqual(3, len(self.song.scenes))
        self.assertEqual([True, False, False], self.filled(1))

    def test_invalid_copies_are_refused(self):
        with self.assertRaises(IndexError):
            self.song.duplicate_scene(3)
        song = SimulatedLive(plan=self.plan, limits=Limits(scenes=3)).song
        with self.assertRaises(LimitationError):
            song.duplicate_scene(0)
        self.assertEqual(3, len(song.scenes))

    def test_captured_clips_play_on_in_the_new_scene(self):
        self.song.scenes[0].fire()
        self.live.run(A_BEAT_S)
        self.song.tracks[1].stop_all_clips(False)
        self.song.view.selected_scene = self.song.scenes[1]
        self.song.capture_and_insert_scene()
        self.assertEqual([True, False, False], self.filled(2))
        self.assertEqual(self.song.scenes[2], self.song.view.selected_scene)
        self.live.run(A_BEAT_S)
        clip = self.song.scenes[2].clip_slots[0].clip
        self.assertTrue(clip.is_playing)
        self.assertAlmostEqual(2.0, clip.playing_position)
        self.assertFalse(self.song.scenes[0].clip_slots[0].clip.is_playing)

    def test_capturing_can_leave_out_the_selection(self):
        self.song.scenes[0].fire()
        self.live.run(A_BEAT_S)
        playing = [slot.is_playing for slot in self.song.scenes[0].clip_slots]
        self.song.view.selected_track = self.song.tracks[playing.index(True)]
        self.song.capture_and_insert_scene(1)
        playing[playing.index(True)] = False
        self.assertEqual(playing, self.filled(1))

    def test_tempo_and_signature_can_be_switched_off_again(self):
        scene = self.song.scenes[0]
        scene.tempo, scene.time_signature_numerator = 90.0, 3
        scene.tempo_enabled = scene.time_signature_enabled = False
        self.assertEqual(
            (-1, -1, -1), (scene.tempo, scene.time_signature_numerator, scene.time_signature_denominator)
        )
        scene.fire()
        self.live.run(A_BEAT_S)
        self.assertEqual((120.0, 4), (self.song.tempo, self.song.signature_numerator))

    def test_values_have_their_ranges(self):
        scene = self.song.scenes[0]
        for member, value in (("tempo", 19.0), ("time_signature_numerator", 0), ("time_signature_denominator", 3)):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                setattr(scene, member, value)
        with self.assertRaises(RuntimeError):
            scene.color_index = 70

    def test_colours_come_and_go(self):
        scene = self.song.scenes[0]
        self.assertEqual(None, scene.color_index)
        scene.color = 0xFF3637
        self.assertEqual((14, 0xFF3636), (scene.color_index, scene.color))
        scene.color_index = None
        self.assertEqual(None, scene.color_index)

    def test_releasing_the_scene_button_stops_gated_clips(self):
        import Live

        scene = self.song.scenes[0]
        scene.clip_slots[0].clip.launch_mode = int(Live.Clip.LaunchMode.gate)
        scene.set_fire_button_state(True)
        self.live.run(A_BEAT_S)
        self.assertEqual([True, True, False], [slot.is_playing for slot in scene.clip_slots])
        scene.set_fire_button_state(False)
        self.live.run(4 * A_BEAT_S)
        self.assertEqual([False, True, False], [slot.is_playing for slot in scene.clip_slots])

    def test_a_scene_without_clips_is_empty(self):
        self.assertEqual([False, False, True], [scene.is_empty for scene in self.song.scenes])


if __name__ == "__main__":
    unittest.main()
