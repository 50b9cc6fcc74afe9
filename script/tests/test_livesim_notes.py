"""MIDI notes in the simulated Live: ids, ranges, modification, removal, and overlaps on one pitch."""

import unittest

from livesim import ArgumentError, SetPlan, SimulatedLive


class Notes(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive(plan=SetPlan.of(midi=1, audio=1, scenes=2, clips={(0, 0): 4.0, (1, 0): 4.0}))
        self.song = self.live.song
        self.clip = self.song.tracks[0].clip_slots[0].clip
        import Live

        self.note = Live.Clip.MidiNoteSpecification

    def add(self, *notes):
        return list(self.clip.add_new_notes(tuple(self.note(*note) for note in notes)))

    def all(self):
        return [
            (note.pitch, note.start_time, note.duration) for note in self.clip.get_notes_extended(0, 128, 0.0, 1000.0)
        ]

    def test_adding_notes_returns_their_ids(self):
        ids = self.add((60, 0.0, 1.0), (64, 1.0, 1.0))
        self.assertEqual(2, len(set(ids)))
        self.assertEqual([64], [note.pitch for note in self.clip.get_notes_by_id([ids[1]])])

    def test_omitted_note_fields_have_lives_defaults(self):
        self.add((60, 0.0, 1.0))
        note = self.clip.get_all_notes_extended()[0]
        self.assertEqual(
            (100.0, False, 1.0, 0.0, 64.0),
            (
                note.velocity,
                note.mute,
                note.probability,
                note.velocity_deviation,
                note.release_velocity,
            ),
        )

    def test_ranges_select_notes_by_start(self):
        self.add((60, 0.0, 4.0), (61, 1.0, 1.0), (72, 1.0, 1.0), (60, 5.0, 1.0))
        found = self.clip.get_notes_extended(60, 2, 1.0, 4.0)
        self.assertEqual([(61, 1.0)], [(note.pitch, note.start_time) for note in found])

    def test_notes_are_ordered_by_pitch_and_time(self):
        self.add((64, 1.0, 0.5), (60, 2.0, 0.5), (72, 0.0, 0.5), (60, 1.0, 0.5))
        self.assertEqual([(60, 1.0), (60, 2.0), (64, 1.0), (72, 0.0)], [note[:2] for note in self.all()])

    def test_removing_is_limited_to_the_range(self):
        self.add((60, 0.0, 1.0), (60, 2.0, 1.0), (72, 2.0, 1.0))
        self.clip.remove_notes_extended(60, 1, 2.0, 1.0)
        self.assertEqual([(60, 0.0, 1.0), (72, 2.0, 1.0)], self.all())

    def test_removing_by_id_and_an_unknown_id(self):
        ids = self.add((60, 0.0, 1.0), (61, 0.0, 1.0))
        self.clip.remove_notes_by_id(ids[:1])
        self.assertEqual([(61, 0.0, 1.0)], self.all())
        with self.assertRaises(RuntimeError):
            self.clip.remove_notes_by_id(ids)
        self.assertEqual([(61, 0.0, 1.0)], self.all())

    def test_modifications_apply_only_when_they_are_given_back(self):
        self.add((60, 0.0, 1.0))
        notes = self.clip.get_all_notes_extended()
        notes[0].velocity = 20
        notes[0].pitch = 65
        self.assertEqual([(60, 0.0, 1.0)], self.all())
        self.clip.apply_note_modifications(notes)
        self.assertEqual([(65, 0.0, 1.0)], self.all())
        self.assertEqual(20.0, self.clip.get_all_notes_extended()[0].velocity)
        with self.assertRaises(ArgumentError):
            self.clip.apply_note_modifications(list(notes))

    def test_a_notes_id_is_read_only(self):
        self.add((60, 0.0, 1.0))
        with self.assertRaises(AttributeError):
            self.clip.get_all_notes_extended()[0].note_id = 7

    def test_one_invalid_note_refuses_them_all(self):
        for bad in (
            (128, 0.0, 1.0),
            (-1, 0.0, 1.0),
            (60, 0.0, 0.0),
            (60, 0.0, 1.0, 128.0),
            (60, 0.0, 1.0, 100.0, False, 1.1),
        ):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                self.add((62, 0.0, 1.0), bad)
        self.assertEqual([], self.all())

    def test_only_specifications_are_notes(self):
        for bad in (({"pitch": 60},), (1,), 5):
            with self.assertRaises(ArgumentError):
                self.clip.add_new_notes(bad)

    def test_a_new_note_cuts_and_replaces_others(self):
        self.add((60, 0.0, 2.0), (60, 2.0, 1.0), (60, 3.5, 0.5), (61, 1.0, 1.0))
        self.add((60, 1.0, 2.5))
        self.assertEqual([(60, 0.0, 1.0), (60, 1.0, 2.5), (60, 3.5, 0.5), (61, 1.0, 1.0)], self.all())

    def test_a_note_replaces_another_at_its_place(self):
        first = self.add((60, 0.0, 1.0))
        second = self.add((60, 0.0, 1.0))
        self.assertEqual(second, [note.note_id for note in self.clip.get_all_notes_extended()])
        self.assertNotEqual(first, second)

    def test_an_audio_clip_has_no_notes(self):
        audio = self.song.tracks[1].clip_slots[0].clip
        self.assertEqual((True, False), (audio.is_audio_clip, audio.is_midi_clip))
        for use in (
            lambda: audio.add_new_notes((self.note(60, 0.0, 1.0),)),
            lambda: audio.get_notes_extended(0, 128, 0.0, 4.0),
            lambda: audio.remove_notes_extended(0, 128, 0.0, 4.0),
        ):
            with self.assertRaises(RuntimeError):
                use()

    def test_the_older_methods_speak_of_the_same_notes(self):
        self.clip.set_notes(((60, 0.0, 1.0, 90, True),))
        self.assertEqual(((60, 0.0, 1.0, 90.0, True),), self.clip.get_notes(0.0, 0, 4.0, 128))
        self.clip.remove_notes(0.0, 0, 4.0, 128)
        self.assertEqual([], self.all())

    def test_selected_notes_are_those_that_were_selected(self):
        ids = self.add((60, 0.0, 1.0), (61, 0.0, 1.0))
        self.clip.select_notes_by_id(ids[:1])
        self.assertEqual([60], [note.pitch for note in self.clip.get_selected_notes_extended()])
        self.clip.select_all_notes()
        self.assertEqual(2, len(self.clip.get_selected_notes_extended()))
        self.clip.deselect_all_notes()
        self.assertEqual(0, len(self.clip.get_selected_notes_extended()))


if __name__ == "__main__":
    unittest.main()
