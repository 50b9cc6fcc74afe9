"""Editing in the simulated Live: selected notes, the grid, duplicates and cropping."""

import unittest

from livesim import NotSimulated, SetPlan, SimulatedLive

EIGHTH, EIGHTH_AND_TRIPLET, SIXTEENTH = 2, 4, 5


class EditingCase(unittest.TestCase):
    version = "12"

    def setUp(self):
        live = SimulatedLive(self.version, plan=SetPlan.of(midi=1, audio=1, scenes=1, clips={(0, 0): 4.0, (1, 0): 4.0}))
        self.song = live.song
        self.clip = self.song.tracks[0].clip_slots[0].clip
        self.audio = self.song.tracks[1].clip_slots[0].clip

    def add(self, *notes):
        import Live

        return list(self.clip.add_new_notes(tuple(Live.Clip.MidiNoteSpecification(*note) for note in notes)))

    def notes(self):
        return [(note.pitch, note.start_time, note.duration) for note in self.clip.get_all_notes_extended()]

    def by_start(self):
        return sorted(self.notes(), key=lambda note: note[1])


class Selection(EditingCase):
    def test_unknown_ids_are_ignored(self):
        ids = self.add((60, 0.0, 1.0), (61, 0.0, 1.0))
        self.clip.select_notes_by_id([ids[1], ids[1] + 1])
        self.add((62, 0.0, 1.0))
        self.assertEqual(((61, 0.0, 1.0, 100.0, False),), self.clip.get_selected_notes())

    def test_selected_notes_are_replaced_and_reselected(self):
        ids = self.add((60, 0.0, 1.0), (61, 0.0, 1.0))
        self.clip.select_notes_by_id(ids[:1])
        self.clip.replace_selected_notes(((70, 2.0, 0.5, 80, True),))
        self.assertEqual([(61, 0.0, 1.0), (70, 2.0, 0.5)], self.notes())
        self.assertEqual(((70, 2.0, 0.5, 80, True),), self.clip.get_selected_notes())
        self.song.undo()
        self.assertEqual([(60, 0.0, 1.0), (61, 0.0, 1.0)], self.notes())

    def test_invalid_notes_replace_none(self):
        self.add((60, 0.0, 1.0))
        self.clip.select_all_notes()
        with self.assertRaisesRegex(RuntimeError, "Invalid value"):
            self.clip.replace_selected_notes(((128, 2.0, 0.5, 80, True),))
        self.assertEqual([(60, 0.0, 1.0)], self.notes())

    def test_an_audio_clip_has_no_notes_to_select(self):
        for use in (
            self.audio.select_all_notes,
            self.audio.deselect_all_notes,
            self.audio.get_selected_notes,
            lambda: self.audio.select_notes_by_id([1]),
            lambda: self.audio.replace_selected_notes(()),
        ):
            with self.assertRaises(RuntimeError):
                use()


class Grid(EditingCase):
    def test_notes_go_to_the_nearest_line(self):
        self.add((60, 0.3, 0.5), (61, 0.7, 0.5), (62, 1.5, 0.5))
        self.clip.quantize(EIGHTH, 1.0)
        self.assertEqual([(60, 0.5, 0.5), (61, 0.5, 0.5), (62, 1.5, 0.5)], self.notes())

    def test_they_go_part_of_the_way(self):
        self.add((60, 0.25, 0.5))
        self.clip.quantize(1, 0.5)
        self.assertEqual([(60, 0.125, 0.5)], self.notes())

    def test_a_mixed_grid_has_both_kinds_of_line(self):
        self.add((60, 0.3, 0.1), (61, 0.45, 0.1))
        self.clip.quantize(EIGHTH_AND_TRIPLET, 1.0)
        self.assertEqual([1 / 3, 0.5], [start for _pitch, start, _duration in self.notes()])

    def test_quantizing_may_be_limited_to_a_pitch(self):
        self.add((60, 0.3, 0.5), (61, 0.3, 0.5))
        self.clip.quantize_pitch(61, SIXTEENTH, 1.0)
        self.assertEqual([(60, 0.3, 0.5), (61, 0.25, 0.5)], self.notes())

    def test_an_invalid_grid_is_refused(self):
        for grid in (0, 9, -1):
            with self.assertRaisesRegex(RuntimeError, "Invalid quantization"):
                self.clip.quantize(grid, 1.0)
        with self.assertRaisesRegex(RuntimeError, "Invalid value"):
            self.clip.quantize(EIGHTH, 1.5)

    def test_swing_is_not_simulated(self):
        self.song.swing_amount = 0.5
        with self.assertRaises(NotSimulated):
            self.clip.quantize(EIGHTH, 1.0)

    def test_quantizing_aligns_warp_markers(self):
        import Live

        self.audio.add_warp_marker(Live.Clip.WarpMarker(1.0, 2.2))
        self.audio.quantize(1, 1.0)
        self.assertEqual([0.0, 2.0], [marker.beat_time for marker in self.audio.warp_markers][:2])
        with self.assertRaises(RuntimeError):
            self.audio.quantize_pitch(60, 1, 1.0)


class Duplicates(EditingCase):
    def test_doubling_a_loop_moves_the_notes_behind(self):
        self.add((60, 1.0, 0.5), (72, 5.0, 0.5))
        self.clip.duplicate_loop()
        self.assertEqual((0.0, 8.0, 8.0), (self.clip.loop_start, self.clip.loop_end, self.clip.end_marker))
        self.assertEqual([(60, 1.0, 0.5), (60, 5.0, 0.5), (72, 9.0, 0.5)], self.notes())
        self.song.undo()
        self.assertEqual((4.0, [(60, 1.0, 0.5), (72, 5.0, 0.5)]), (self.clip.loop_end, self.notes()))

    def test_without_a_loop_the_marker_range_doubles(self):
        self.add((60, 1.0, 0.5))
        self.clip.looping = False
        self.clip.duplicate_loop()
        self.assertEqual((8.0, [(60, 1.0, 0.5), (60, 5.0, 0.5)]), (self.clip.end_marker, self.notes()))

    def test_a_region_is_duplicated_and_transposed(self):
        self.add((60, 0.0, 0.5), (64, 0.5, 0.5), (60, 1.0, 0.5))
        self.clip.duplicate_region(0.0, 1.0, 2.0)
        self.assertEqual([(60, 2.0, 0.5), (64, 2.5, 0.5)], self.by_start()[3:])
        self.clip.duplicate_region(0.0, 1.0, 4.0, 64, 12)
        self.assertEqual([(76, 4.5, 0.5)], self.by_start()[5:])

    def test_notes_are_duplicated_behind_or_at_a_time(self):
        ids = self.add((60, 0.0, 0.5), (64, 0.5, 1.0))
        new = list(self.clip.duplicate_notes_by_id(ids))
        self.assertEqual([(60, 1.5, 0.5), (64, 2.0, 1.0)], self.by_start()[2:])
        self.assertFalse(set(new) & set(ids))
        self.clip.duplicate_notes_by_id(ids[:1], 6.0, -12)
        self.assertEqual((48, 6.0, 0.5), self.notes()[0])

    def test_transposing_out_of_range_is_refused(self):
        ids = self.add((120, 0.0, 0.5))
        with self.assertRaisesRegex(RuntimeError, "Invalid value"):
            self.clip.duplicate_notes_by_id(ids, 2.0, 12)
        self.assertEqual([(120, 0.0, 0.5)], self.notes())

    def test_an_audio_clip_refuses(self):
        for use in (
            self.audio.duplicate_loop,
            lambda: self.audio.duplicate_region(0.0, 1.0, 2.0),
            lambda: self.audio.duplicate_notes_by_id([1]),
        ):
            with self.assertRaises(RuntimeError):
                use()


class Cropping(EditingCase):
    def test_cropping_removes_notes_outside_the_loop(self):
        self.add((60, 0.0, 0.5), (61, 0.5, 1.0), (62, 2.0, 3.0), (63, 3.0, 0.5))
        self.clip.loop_start, self.clip.loop_end = 1.0, 3.0
        self.clip.crop()
        self.assertEqual([(61, 1.0, 0.5), (62, 2.0, 1.0)], self.notes())
        self.assertEqual((1.0, 3.0), (self.clip.start_marker, self.clip.end_marker))

    def test_cropping_an_audio_clip_is_not_simulated(self):
        with self.assertRaises(NotSimulated):
            self.audio.crop()


class Names(EditingCase):
    def test_note_names_are_lives(self):
        names = [self.clip.note_number_to_name(pitch) for pitch in (0, 60, 61, 127)]
        self.assertEqual(["C-2", "C3", "C#3", "G8"], names)
        with self.assertRaises(RuntimeError):
            self.clip.note_number_to_name(128)


class InLive11(Selection, Grid, Duplicates, Cropping):
    version = "11"

    def test_note_names_are_missing(self):
        self.assertFalse(hasattr(self.clip, "note_number_to_name"))


if __name__ == "__main__":
    unittest.main()
