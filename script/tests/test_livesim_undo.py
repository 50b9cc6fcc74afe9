"""Undo in the simulated Live restores state, and redo applies it again."""

import unittest

from livesim import SetPlan, SimulatedLive


class Undo(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive(plan=SetPlan.of(midi=2, audio=1, returns=1, scenes=3, clips={(0, 0): 4.0}))
        self.song = self.live.song

    def note(self, pitch, start=0.0):
        import Live

        return Live.Clip.MidiNoteSpecification(pitch, start, 0.5)

    def state(self):
        """The state that undo must restore, as plain data."""
        song = self.song
        return {
            "song": (
                song.tempo,
                song.signature_numerator,
                song.signature_denominator,
                song.loop,
                song.loop_start,
                song.loop_length,
            ),
            "scenes": [(scene.name, scene.color_index, scene.tempo) for scene in song.scenes],
            "tracks": [
                (
                    track.name,
                    track.color_index,
                    track.mute,
                    track.solo,
                    track.mixer_device.volume.value,
                    track.mixer_device.panning.value,
                    [send.value for send in track.mixer_device.sends],
                    [self.clip_state(slot.clip) for slot in track.clip_slots if slot.has_clip],
                )
                for track in song.tracks
            ],
            "returns": [track.name for track in song.return_tracks],
        }

    @staticmethod
    def clip_state(clip):
        notes = [
            (note.note_id, note.pitch, note.start_time, note.velocity)
            for note in clip.get_notes_extended(0, 128, 0.0, 100.0)
        ]
        return clip.name, clip.loop_start, clip.loop_end, clip.looping, clip.muted, notes

    def test_each_change_is_undone_and_redone(self):
        track, clip = self.song.tracks[0], self.song.tracks[0].clip_slots[0].clip
        changes = {
            "tempo": lambda: setattr(self.song, "tempo", 140),
            "signature": lambda: setattr(self.song, "signature_numerator", 3),
            "loop": lambda: setattr(self.song, "loop_length", 8),
            "name": lambda: setattr(track, "name", "Lead"),
            "color": lambda: setattr(track, "color_index", 7),
            "mute": lambda: setattr(track, "mute", True),
            "solo": lambda: setattr(track, "solo", True),
            "volume": lambda: setattr(track.mixer_device.volume, "value", 0.2),
            "panning": lambda: setattr(track.mixer_device.panning, "value", -0.5),
            "send": lambda: setattr(track.mixer_device.sends[0], "value", 0.7),
            "new track": lambda: self.song.create_midi_track(1),
            "deleted track": lambda: self.song.delete_track(0),
            "new return": lambda: self.song.create_return_track(),
            "deleted return": lambda: self.song.delete_return_track(0),
            "new scene": lambda: self.song.create_scene(0),
            "deleted scene": lambda: self.song.delete_scene(0),
            "scene name": lambda: setattr(self.song.scenes[0], "name", "Verse"),
            "scene tempo": lambda: setattr(self.song.scenes[0], "tempo", 90),
            "new clip": lambda: self.song.tracks[1].clip_slots[2].create_clip(8.0),
            "deleted clip": lambda: self.song.tracks[0].clip_slots[0].delete_clip(),
            "clip name": lambda: setattr(clip, "name", "Riff"),
            "clip loop": lambda: setattr(clip, "looping", False),
            "notes": lambda: clip.add_new_notes((self.note(60), self.note(64, 1.0))),
        }
        for label, change in changes.items():
            with self.subTest(label):
                before = self.state()
                change()
                after = self.state()
                self.assertNotEqual(before, after)
                self.song.undo()
                self.assertEqual(before, self.state())
                self.song.redo()
                self.assertEqual(after, self.state())
                self.song.undo()
                self.assertEqual(before, self.state())
                track, clip = self.song.tracks[0], self.song.tracks[0].clip_slots[0].clip

    def test_removed_and_modified_notes_come_back(self):
        clip = self.song.tracks[0].clip_slots[0].clip
        clip.add_new_notes((self.note(60), self.note(64, 1.0)))
        before = self.state()
        vector = clip.get_notes_extended(0, 128, 0.0, 100.0)
        vector[0].velocity = 1.0
        clip.apply_note_modifications(vector)
        clip.remove_notes_extended(0, 128, 0.0, 100.0)
        self.song.undo()
        self.song.undo()
        self.assertEqual(before, self.state())

    def test_a_new_set_has_empty_history(self):
        self.assertEqual((False, False), (self.song.can_undo, self.song.can_redo))
        self.assertEqual("", self.song.undo())

    def test_can_undo_and_can_redo_follow_the_history(self):
        self.song.tempo = 99
        self.assertEqual((True, False), (self.song.can_undo, self.song.can_redo))
        self.assertEqual("Undo Custom Action", self.song.undo())
        self.assertEqual((False, True), (self.song.can_undo, self.song.can_redo))
        self.assertEqual("Redo Custom Action", self.song.redo())

    def test_a_new_change_clears_redo(self):
        self.song.tempo = 99
        self.song.undo()
        self.song.tempo = 98
        self.assertFalse(self.song.can_redo)

    def test_begin_and_end_enclose_one_step(self):
        before = self.state()
        self.song.begin_undo_step()
        self.song.tempo = 99
        self.song.create_midi_track(-1).name = "Lead"
        self.song.end_undo_step()
        self.song.undo()
        self.assertEqual(before, self.state())

    def test_a_step_is_taken_back_from_its_end(self):
        self.song.begin_undo_step()
        self.song.tempo = 99
        self.song.tempo = 98
        self.song.end_undo_step()
        self.song.undo()
        self.assertEqual(120.0, self.song.tempo)
        self.song.redo()
        self.assertEqual(98.0, self.song.tempo)

    def test_steps_never_nest(self):
        self.song.begin_undo_step()
        self.song.begin_undo_step()
        self.song.tempo = 99
        self.song.end_undo_step()
        self.song.tempo = 98
        self.song.undo()
        self.assertEqual(99.0, self.song.tempo)

    def test_transport_selection_and_arm_are_no_steps(self):
        self.song.start_playing()
        self.song.metronome = True
        self.song.tracks[1].arm = True
        self.song.view.selected_track = self.song.tracks[1]
        self.song.tracks[0].clip_slots[0].fire()
        self.live.run(0.1)
        self.assertFalse(self.song.can_undo)

    def test_a_restored_track_has_new_handles(self):
        track = self.song.tracks[0]
        self.song.delete_track(0)
        self.song.undo()
        self.assertTrue(track == None)  # noqa: E711
        self.assertNotEqual(track, self.song.tracks[0])
        self.assertEqual("1-MIDI", self.song.tracks[0].name)

    def test_undoing_a_clips_creation_stops_it(self):
        slot = self.song.tracks[1].clip_slots[0]
        slot.create_clip(4.0)
        slot.fire()
        self.live.run(0.1)
        self.assertEqual(0, self.song.tracks[1].playing_slot_index)
        self.song.undo()
        self.assertEqual(-1, self.song.tracks[1].playing_slot_index)


if __name__ == "__main__":
    unittest.main()
