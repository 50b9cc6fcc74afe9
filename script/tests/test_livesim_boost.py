"""The simulated Live accepts and refuses arguments like Boost.Python, and its handles behave like Live's."""

import unittest

from livesim import ArgumentError, SetPlan, SimulatedLive


class Arguments(unittest.TestCase):
    def setUp(self):
        self.song = SimulatedLive(plan=SetPlan.of(midi=2, scenes=2, clips={(0, 0): 4.0})).song

    def test_a_wrong_type_is_an_argument_error(self):
        for write in (
            lambda: setattr(self.song, "tempo", "fast"),
            lambda: setattr(self.song, "tempo", None),
            lambda: setattr(self.song, "signature_numerator", 3.0),
            lambda: setattr(self.song.tracks[0], "mute", 1.0),
            lambda: setattr(self.song.tracks[0], "name", 7),
            lambda: setattr(self.song, "clip_trigger_quantization", 4.0),
            lambda: setattr(self.song.view, "selected_track", None),
            lambda: setattr(self.song.view, "selected_track", self.song.scenes[0]),
        ):
            with self.assertRaises(ArgumentError) as caught:
                write()
            self.assertIsInstance(caught.exception, TypeError)
            self.assertIn("did not match C++ signature", str(caught.exception))

    def test_integers_pass_for_floats_and_booleans_for_integers(self):
        self.song.tempo = 90
        self.assertEqual((90.0, float), (self.song.tempo, type(self.song.tempo)))
        self.song.signature_numerator = True
        self.assertEqual((1, int), (self.song.signature_numerator, type(self.song.signature_numerator)))

    def test_integers_and_none_pass_for_booleans(self):
        track = self.song.tracks[0]
        track.mute = 1
        self.assertIs(True, track.mute)
        track.mute = None
        self.assertIs(False, track.mute)

    def test_none_is_accepted_where_the_facts_name_it(self):
        self.song.view.detail_clip = self.song.tracks[0].clip_slots[0].clip
        self.song.view.detail_clip = None
        self.assertIsNone(self.song.view.detail_clip)

    def test_an_integer_beyond_32_bits_is_an_overflow(self):
        with self.assertRaises(OverflowError):
            self.song.signature_numerator = 2**31

    def test_a_lone_surrogate_is_not_a_name(self):
        with self.assertRaises(UnicodeEncodeError):
            self.song.tracks[0].name = "\ud800"

    def test_methods_take_arguments_by_name(self):
        clip = self.song.tracks[0].clip_slots[0].clip
        self.song.create_scene(index=0)
        self.assertEqual(3, len(self.song.scenes))
        self.assertEqual(0, len(clip.get_notes_extended(from_time=0.0, from_pitch=0, time_span=4.0, pitch_span=128)))
        self.assertEqual(0, len(clip.get_notes_extended(0, 128, time_span=4.0, from_time=0.0)))

    def test_names_may_skip_optional_arguments(self):
        clip = self.song.tracks[0].clip_slots[0].clip
        clip.set_notes(notes=((60, 0.0, 1.0, 100, False),))
        clip.duplicate_region(region_start=0.0, region_length=1.0, destination_time=2.0, transposition_amount=12)
        self.assertEqual([60, 72], [note.pitch for note in clip.get_all_notes_extended()])

    def test_wrong_names_of_arguments_are_refused(self):
        for arguments, keywords in (((), {"position": 0}), ((0,), {"index": 0}), ((), {})):
            with self.assertRaises(ArgumentError):
                self.song.create_scene(*arguments, **keywords)
        self.assertEqual(2, len(self.song.scenes))

    def test_a_parameter_without_a_name_is_positional(self):
        from livesim.boost.conversion import Mismatch, Signature

        signature = Signature("(arg2:int, arg3:bool?) -> None", {})
        self.assertEqual([1, True], signature.convert((1, 1), {}))
        with self.assertRaises(Mismatch):
            signature.convert((), {"arg2": 1})

    def test_functions_of_modules_take_names(self):
        import Live

        self.assertEqual(3, Live.Application.get_random_int(max_value=3, min_value=3))

    def test_an_enum_property_takes_integers(self):
        import Live

        self.song.clip_trigger_quantization = 5
        self.assertIs(Live.Song.Quantization.q_half, self.song.clip_trigger_quantization)
        with self.assertRaisesRegex(RuntimeError, "Invalid value"):
            self.song.clip_trigger_quantization = 99

    def test_too_few_and_too_many_arguments_are_refused(self):
        with self.assertRaises(ArgumentError):
            self.song.create_scene()
        with self.assertRaises(ArgumentError):
            self.song.create_scene(0, 1)

    def test_a_read_only_property_has_no_setter(self):
        with self.assertRaisesRegex(AttributeError, "no setter|can't set"):
            self.song.can_undo = True

    def test_an_out_of_range_value_is_invalid(self):
        volume = self.song.tracks[0].mixer_device.volume
        for write in (
            lambda: setattr(volume, "value", 1.01),
            lambda: setattr(volume, "value", float("nan")),
            lambda: setattr(self.song, "tempo", 19.9),
            lambda: setattr(self.song, "tempo", float("inf")),
            lambda: setattr(self.song, "signature_denominator", 3),
        ):
            with self.assertRaisesRegex(RuntimeError, "Invalid value"):
                write()
        self.assertAlmostEqual(0.85, volume.value, 6)

    def test_only_value_types_and_timers_can_be_made(self):
        import Live

        with self.assertRaises(RuntimeError):
            Live.Song.Song()
        with self.assertRaises(ArgumentError):
            Live.Clip.MidiNoteSpecification(60, 0.0)
        with self.assertRaises(ArgumentError):
            Live.Clip.MidiNoteSpecification(60, 0.0, 1.0, loudness=3)
        Live.Clip.MidiNoteSpecification(pitch=60, start_time=0, duration=1.0, mute=True)


class Handles(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive(plan=SetPlan.of(midi=3, scenes=2, clips={(1, 0): 4.0}))
        self.song = self.live.song

    def test_every_access_makes_another_equal_handle(self):
        self.assertEqual(self.song.tracks[0], self.song.tracks[0])
        self.assertIsNot(self.song.tracks[0], self.song.tracks[0])
        self.assertNotEqual(self.song.tracks[0], self.song.tracks[1])
        self.assertEqual(1, len({self.song.tracks[0], self.song.tracks[0]}))
        self.assertEqual(self.song.tracks[0]._live_ptr, self.song.tracks[0]._live_ptr)

    def test_a_deleted_object_equals_none_and_raises(self):
        track = self.song.tracks[1]
        parts = [
            track.clip_slots[0],
            track.clip_slots[0].clip,
            track.mixer_device,
            track.mixer_device.volume,
            track.view,
        ]
        self.song.delete_track(1)
        for dead in [track, *parts]:
            self.assertTrue(dead == None)  # noqa: E711  (scripts must compare so: the handle itself is not None)
            self.assertIsNot(None, dead)
            with self.assertRaises(ArgumentError):
                dead.canonical_parent
        with self.assertRaises(ArgumentError):
            track.name = "late"
        with self.assertRaises(ArgumentError):
            track.stop_all_clips()

    def test_a_deleted_object_is_no_argument(self):
        track = self.song.tracks[1]
        self.song.delete_track(1)
        with self.assertRaises(ArgumentError):
            self.song.view.selected_track = track

    def test_a_vector_is_a_copied_sequence(self):
        tracks = self.song.tracks
        self.assertEqual(3, len(tracks))
        self.assertEqual([track.name for track in tracks], [tracks[index].name for index in range(3)])
        self.assertEqual(tracks[2], tracks[-1])
        self.assertEqual([tracks[1], tracks[2]], list(tracks[1:]))
        self.assertIs(type(tracks), type(tracks[1:]))
        self.assertIn(self.song.tracks[0], tracks)
        self.assertNotIn(self.song.scenes[0], tracks)
        with self.assertRaises(IndexError):
            tracks[3]
        self.song.delete_track(0)
        self.assertEqual(3, len(tracks))
        self.assertTrue(tracks[0] == None)  # noqa: E711

    def test_appending_to_a_vector_keeps_the_set(self):
        tracks = self.song.tracks
        tracks.append(self.song.tracks[0])
        self.assertEqual((4, 3), (len(tracks), len(self.song.tracks)))

    def test_enums_are_integers_with_names(self):
        import Live

        self.assertEqual(Live.Song.Quantization.q_bar, self.song.clip_trigger_quantization)
        self.assertEqual(
            (4, "q_bar"), (int(self.song.clip_trigger_quantization), str(self.song.clip_trigger_quantization))
        )
        self.song.clip_trigger_quantization = Live.Song.Quantization.q_half
        self.assertEqual(5, self.song.clip_trigger_quantization)


if __name__ == "__main__":
    unittest.main()
