"""Structure of a simulated set: tracks, scenes, slots, clips, mixers, selections, limits and refusals."""

import unittest

from livesim import LimitationError, Limits, SetPlan, SimulatedLive


class DefaultSet(unittest.TestCase):
    def test_the_default_set_has_known_contents(self):
        song = SimulatedLive().song
        kinds = [(track.name, track.has_midi_input, track.has_audio_input) for track in song.tracks]
        self.assertEqual(
            [("Drums", True, False), ("Bass", True, False), ("Keys", True, False), ("Vocals", False, True)], kinds
        )
        self.assertEqual((2, 8, 120.0), (len(song.return_tracks), len(song.scenes), song.tempo))
        self.assertTrue(all(scene.is_empty for scene in song.scenes))
        self.assertFalse(song.is_playing)


class Structure(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive(plan=SetPlan.of(midi=2, audio=1, returns=1, scenes=3, clips={(0, 1): 4.0}))
        self.song = self.live.song

    def names(self):
        return [track.name for track in self.song.tracks]

    def test_unnamed_tracks_are_named_by_index_and_kind(self):
        self.assertEqual(["1-MIDI", "2-MIDI", "3-Audio"], self.names())
        self.song.create_audio_track(0)
        self.assertEqual(["1-Audio", "2-MIDI", "3-MIDI", "4-Audio"], self.names())
        self.song.tracks[1].name = "Lead"
        self.song.tracks[1].name = ""
        self.assertEqual("2-MIDI", self.song.tracks[1].name)

    def test_a_new_track_has_slots_and_sends(self):
        track = self.song.create_midi_track(1)
        self.assertEqual(self.song.tracks[1], track)
        self.assertEqual((3, 1), (len(track.clip_slots), len(track.mixer_device.sends)))
        self.assertEqual(track, self.song.view.selected_track)
        last = self.song.create_midi_track(-1)
        self.assertEqual(self.song.tracks[-1], last)

    def test_a_new_track_follows_the_selected_one(self):
        self.song.view.selected_track = self.song.tracks[0]
        track = self.song.create_midi_track()
        self.assertEqual(self.song.tracks[1], track)

    def test_an_index_that_does_not_exist_is_refused(self):
        for create in (self.song.create_midi_track, self.song.create_audio_track, self.song.create_scene):
            with self.assertRaises(LimitationError):
                create(9)
            with self.assertRaises(LimitationError):
                create(-2)
        for delete in (self.song.delete_track, self.song.delete_scene, self.song.delete_return_track):
            for index in (9, -1):
                with self.assertRaises(IndexError):
                    delete(index)
        self.assertEqual((3, 3, 1), (len(self.song.tracks), len(self.song.scenes), len(self.song.return_tracks)))

    def test_the_last_track_and_the_last_scene_stay(self):
        for _excess in range(2):
            self.song.delete_track(0)
            self.song.delete_scene(0)
        with self.assertRaises(RuntimeError):
            self.song.delete_track(0)
        with self.assertRaises(RuntimeError):
            self.song.delete_scene(0)

    def test_a_scene_is_a_row_of_all_tracks(self):
        self.song.create_scene(1)
        self.assertEqual([4, 4, 4], [len(track.clip_slots) for track in self.song.tracks])
        self.assertTrue(self.song.tracks[0].clip_slots[2].has_clip)
        self.assertEqual([True, True, False, True], [scene.is_empty for scene in self.song.scenes])
        self.assertEqual(self.song.scenes[2].clip_slots[0], self.song.tracks[0].clip_slots[2])
        self.song.delete_scene(2)
        self.assertFalse(any(slot.has_clip for slot in self.song.tracks[0].clip_slots))

    def test_a_return_adds_a_send_everywhere(self):
        self.song.create_return_track()
        self.assertEqual([2] * 5, [len(t.mixer_device.sends) for t in [*self.song.tracks, *self.song.return_tracks]])
        self.assertEqual(0, len(self.song.master_track.mixer_device.sends))
        self.song.delete_return_track(0)
        self.assertEqual([1] * 4, [len(t.mixer_device.sends) for t in [*self.song.tracks, *self.song.return_tracks]])

    def test_there_are_twelve_return_tracks_at_most(self):
        for _more in range(11):
            self.song.create_return_track()
        with self.assertRaises(RuntimeError):
            self.song.create_return_track()

    def test_an_editions_limits_are_limitation_errors(self):
        song = SimulatedLive(plan=SetPlan.of(midi=2, scenes=2), limits=Limits(tracks=2, scenes=2, return_tracks=0)).song
        for create in (lambda: song.create_midi_track(-1), lambda: song.create_scene(-1), song.create_return_track):
            with self.assertRaises(LimitationError):
                create()

    def test_deleting_the_selection_selects_another(self):
        self.song.view.selected_track = self.song.tracks[2]
        self.song.view.selected_scene = self.song.scenes[2]
        self.song.view.detail_clip = self.song.tracks[0].clip_slots[1].clip
        self.song.delete_track(2)
        self.song.delete_scene(2)
        self.song.delete_scene(1)
        self.assertEqual(self.song.tracks[0], self.song.view.selected_track)
        self.assertEqual(self.song.scenes[0], self.song.view.selected_scene)
        self.assertIsNone(self.song.view.detail_clip)

    def test_the_highlighted_slot_follows_the_selection(self):
        slot = self.song.tracks[1].clip_slots[2]
        self.song.view.highlighted_clip_slot = slot
        self.assertEqual(
            (self.song.tracks[1], self.song.scenes[2]), (self.song.view.selected_track, self.song.view.selected_scene)
        )
        self.assertEqual(slot, self.song.view.highlighted_clip_slot)
        self.song.view.selected_track = self.song.master_track
        self.assertIsNone(self.song.view.highlighted_clip_slot)

    def test_every_object_knows_its_parent(self):
        slot = self.song.tracks[0].clip_slots[1]
        self.assertEqual(slot, slot.clip.canonical_parent)
        self.assertEqual(self.song.tracks[0], slot.canonical_parent)
        self.assertEqual(self.song, self.song.scenes[0].canonical_parent)
        self.assertIsNone(self.song.canonical_parent)


class SlotsAndClips(unittest.TestCase):
    def setUp(self):
        self.song = SimulatedLive(plan=SetPlan.of(midi=1, audio=1, scenes=2)).song
        self.slot = self.song.tracks[0].clip_slots[0]

    def test_a_new_clip_loops_over_its_length(self):
        clip = self.slot.create_clip(8.0)
        self.assertEqual(self.slot.clip, clip)
        self.assertEqual(
            ("", 8.0, 0.0, 8.0, True), (clip.name, clip.length, clip.loop_start, clip.loop_end, clip.looping)
        )

    def test_invalid_clips_are_refused(self):
        for create in (
            lambda: self.song.tracks[1].clip_slots[0].create_clip(4.0),
            lambda: self.slot.create_clip(0.0),
            lambda: self.slot.create_clip(float("nan")),
            lambda: self.slot.create_clip(4.0) and self.slot.create_clip(4.0),
        ):
            with self.assertRaises(RuntimeError):
                create()

    def test_deleting_from_an_empty_slot_is_refused(self):
        with self.assertRaises(RuntimeError):
            self.slot.delete_clip()

    def test_an_empty_slot_has_no_clip(self):
        self.assertEqual((False, None), (self.slot.has_clip, self.slot.clip))

    def test_a_duplicated_clip_is_independent(self):
        import Live

        clip = self.slot.create_clip(4.0)
        clip.name = "Riff"
        clip.add_new_notes((Live.Clip.MidiNoteSpecification(60, 0.0, 1.0),))
        self.slot.duplicate_clip_to(self.song.tracks[0].clip_slots[1])
        copy = self.song.tracks[0].clip_slots[1].clip
        copy.remove_notes_extended(0, 128, 0.0, 4.0)
        self.assertEqual(
            ("Riff", 1, 0), (copy.name, len(clip.get_all_notes_extended()), len(copy.get_all_notes_extended()))
        )

    def test_without_looping_loop_members_are_the_markers(self):
        clip = self.slot.create_clip(8.0)
        clip.loop_start = 2.0
        clip.looping = False
        self.assertEqual((0.0, 8.0), (clip.loop_start, clip.loop_end))
        clip.loop_end = 6.0
        clip.start_marker = 1.0
        self.assertEqual((0.0, 6.0), (clip.start_marker, clip.end_marker))
        clip.looping = True
        self.assertEqual((2.0, 8.0), (clip.loop_start, clip.loop_end))

    def test_moving_the_loop_keeps_its_length(self):
        clip = self.slot.create_clip(4.0)
        clip.position = 2.0
        self.assertEqual((2.0, 6.0, 4.0), (clip.loop_start, clip.loop_end, clip.length))

    def test_a_loop_cannot_end_before_it_starts(self):
        clip = self.slot.create_clip(4.0)
        with self.assertRaises(RuntimeError):
            clip.loop_start = 4.0
        with self.assertRaises(RuntimeError):
            clip.loop_end = 0.0

    def test_colours_snap_to_the_palette(self):
        clip = self.slot.create_clip(4.0)
        clip.color = 0xFF0000
        self.assertEqual((14, 0xFF3636), (clip.color_index, clip.color))
        with self.assertRaises(RuntimeError):
            clip.color_index = 70


class Mixer(unittest.TestCase):
    def setUp(self):
        self.song = SimulatedLive(plan=SetPlan.of(midi=1, returns=1)).song

    def test_a_fader_is_kept_in_single_precision(self):
        volume = self.song.tracks[0].mixer_device.volume
        volume.value = 0.3
        self.assertEqual(0.30000001192092896, volume.value)
        self.assertEqual((0.0, 1.0, "Track Volume"), (volume.min, volume.max, volume.name))

    def test_only_quantized_parameters_have_items(self):
        mixer = self.song.tracks[0].mixer_device
        self.assertEqual(["Off", "On"], list(mixer.track_activator.value_items))
        for read in (lambda: mixer.volume.value_items, lambda: mixer.track_activator.default_value):
            with self.assertRaises(RuntimeError):
                read()

    def test_the_main_track_has_its_own_members(self):
        main, track = self.song.master_track, self.song.tracks[0]
        for read in (
            lambda: main.mute,
            lambda: main.solo,
            lambda: main.arm,
            lambda: main.playing_slot_index,
            lambda: main.mixer_device.crossfade_assign,
            lambda: self.song.return_tracks[0].arm,
            lambda: track.mixer_device.crossfader,
            lambda: track.mixer_device.cue_volume,
            lambda: track.mixer_device.song_tempo,
        ):
            with self.assertRaises(RuntimeError):
                read()
        self.assertEqual((False, True), (main.can_be_armed, track.can_be_armed))
        self.assertEqual(0, len(main.clip_slots))

    def test_the_tempo_parameter_is_the_songs_tempo(self):
        parameter = self.song.master_track.mixer_device.song_tempo
        parameter.value = 98
        self.assertEqual(98.0, self.song.tempo)
        self.song.tempo = 140
        self.assertEqual(140.0, parameter.value)

    def test_data_is_stored_in_the_set(self):
        self.song.set_data("key", None)
        self.assertEqual((None, 5), (self.song.get_data("key", 5), self.song.get_data("other", 5)))

    def test_monitoring_has_three_states(self):
        track = self.song.tracks[0]
        track.current_monitoring_state = 2
        with self.assertRaisesRegex(RuntimeError, "Invalid monitoring state"):
            track.current_monitoring_state = 3
        self.assertEqual(2, track.current_monitoring_state)


if __name__ == "__main__":
    unittest.main()
