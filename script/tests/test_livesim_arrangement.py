"""Arrangement clips in the simulated Live: positions, covering, playback, undo."""

import json
import os
import tempfile
import unittest

from livesim import ArgumentError, NotSimulated, SetPlan, SimulatedLive
from livesim.model.audio_file import AudioFile
from livesim.model.track import AUDIO, GROUP, MIDI
from livesim.plan import AudioClipPlan

LOOP = AudioFile("/Samples/Loop.wav", 176400, 44100.0)  # 8 beats at 120 beats per minute
PLAN = SetPlan(
    tracks=(("Keys", MIDI), ("Vocals", AUDIO), ("Cold", MIDI), ("Group", GROUP), ("Inner", MIDI)),
    scenes=2,
    clips={(0, 0): 4.0, (1, 0): 8.0, (1, 1): AudioClipPlan(LOOP, warping=False)},
    audio_files=(LOOP,),
    arrangement={0: ((0.0, 4.0), (8.0, 8.0))},
    take_lanes={0: (("First", ((0.0, 2.0),)),)},
    groups={3: (4,)},
    frozen=(2,),
)


def edges(row):
    return [(clip.start_time, clip.end_time) for clip in row.arrangement_clips]


class ArrangementCase(unittest.TestCase):
    version = "12"

    def setUp(self):
        self.live = SimulatedLive(version=self.version, plan=PLAN)
        self.addCleanup(self.live.close)
        self.song = self.live.song
        self.keys, self.vocals, self.cold, self.group, self.inner = self.song.tracks
        self.riff = self.keys.clip_slots[0].clip

    def copy_to(self, time):
        """Copies the session clip of 4 beats into the arrangement."""
        return self.keys.duplicate_clip_to_arrangement(self.riff, time)

    def notified(self, model, member):
        """Returns a list that grows whenever the listeners of a member are called."""
        calls = []
        getattr(model, "add_%s_listener" % member)(lambda: calls.append(member))
        return calls


class Places(ArrangementCase):
    def test_clips_stand_in_the_order_of_their_times(self):
        self.copy_to(4.0)
        self.assertEqual([(0.0, 4.0), (4.0, 8.0), (8.0, 16.0)], edges(self.keys))

    def test_an_arrangement_clip_knows_its_track(self):
        clip = self.keys.arrangement_clips[0]
        self.assertEqual((True, False), (clip.is_arrangement_clip, self.riff.is_arrangement_clip))
        self.assertEqual(self.keys, clip.canonical_parent)

    def test_a_copy_from_the_session_is_independent(self):
        import Live

        self.riff.add_new_notes((Live.Clip.MidiNoteSpecification(60, 0.0, 1.0),))
        self.riff.name = "Riff"
        copy = self.copy_to(4.0)
        self.riff.remove_notes_extended(0, 128, 0.0, 4.0)
        self.assertEqual(("Riff", [60]), (copy.name, [note.pitch for note in copy.get_all_notes_extended()]))
        self.assertEqual(copy, self.keys.arrangement_clips[1])

    def test_a_duplicate_has_the_arrangement_length(self):
        copy = self.keys.duplicate_clip_to_arrangement(self.keys.arrangement_clips[1], 20.0)
        self.assertEqual((20.0, 28.0), (copy.start_time, copy.end_time))

    def test_an_unwarped_clip_is_measured_in_seconds(self):
        self.song.tempo = 60
        copy = self.vocals.duplicate_clip_to_arrangement(self.vocals.clip_slots[1].clip, 2.0)
        self.assertEqual((2.0, 6.0, 4.0), (copy.start_time, copy.end_time, copy.length))

    def test_an_audio_file_clip_has_no_loop(self):
        self.vocals.create_audio_clip(LOOP.path, 4.0)
        clip = self.vocals.arrangement_clips[0]
        self.assertEqual((4.0, 12.0, False), (clip.start_time, clip.end_time, clip.looping))
        self.assertEqual((True, LOOP.path), (clip.is_audio_clip, clip.file_path))

    def test_groups_and_returns_have_no_arrangement_clips(self):
        for track in (self.group, self.song.master_track, *self.song.return_tracks):
            self.assertEqual(0, len(track.arrangement_clips))
            with self.assertRaises(RuntimeError):
                track.create_audio_clip(LOOP.path, 0.0)

    def test_invalid_copies_are_refused(self):
        for track, clip, time in (
            (self.vocals, self.riff, 0.0),
            (self.keys, self.vocals.clip_slots[0].clip, 0.0),
            (self.keys, self.riff, -0.1),
            (self.keys, self.riff, 1576800.1),
            (self.cold, self.riff, 0.0),
        ):
            with self.assertRaises(RuntimeError):
                track.duplicate_clip_to_arrangement(clip, time)
        with self.assertRaises(RuntimeError):
            self.keys.create_audio_clip(LOOP.path, 0.0)
        with self.assertRaises(RuntimeError):
            self.vocals.create_audio_clip("/Samples/Nowhere.wav", 0.0)
        self.assertFalse(self.song.can_undo)

    def test_a_recording_track_refuses_clips(self):
        self.keys.arm = True
        self.song.record_mode = True
        self.live.run(0.1)
        with self.assertRaises(RuntimeError):
            self.copy_to(4.0)

    def test_only_its_own_track_deletes_a_clip(self):
        clip = self.keys.arrangement_clips[0]
        with self.assertRaises(RuntimeError):
            self.inner.delete_clip(clip)
        self.keys.delete_clip(clip)
        self.assertEqual([(8.0, 16.0)], edges(self.keys))
        self.assertTrue(clip == None)  # noqa: E711
        with self.assertRaises(ArgumentError):
            clip.name
        self.keys.delete_clip(self.riff)
        self.assertFalse(self.keys.clip_slots[0].has_clip)

    def test_the_length_of_the_song_follows(self):
        self.assertEqual(16.0, self.song.last_event_time)
        before = self.song.song_length
        notified = self.notified(self.song, "song_length")
        self.copy_to(16.0)
        self.assertEqual((20.0, before + 4.0), (self.song.last_event_time, self.song.song_length))
        self.assertTrue(notified)

    def test_deleting_the_last_clip_shortens_the_song(self):
        notified = self.notified(self.song, "song_length")
        last = self.keys.arrangement_clips[1]
        last.looping = False
        last.loop_end = 6.0
        self.assertEqual((14.0, 1), (self.song.last_event_time, len(notified)))
        self.keys.delete_clip(last)
        self.assertEqual((4.0, 2), (self.song.last_event_time, len(notified)))

    def test_a_copy_of_a_track_has_its_arrangement(self):
        self.song.duplicate_track(0)
        copy = self.song.tracks[1]
        copy.delete_clip(copy.arrangement_clips[0])
        self.assertEqual(([(0.0, 4.0), (8.0, 16.0)], [(8.0, 16.0)]), (edges(self.keys), edges(copy)))
        self.assertTrue(copy.arrangement_clips[0].is_arrangement_clip)


class Covering(ArrangementCase):
    def test_an_overlapping_clip_cuts_the_earlier_ones_end(self):
        self.copy_to(2.0)
        self.assertEqual([(0.0, 2.0), (2.0, 6.0), (8.0, 16.0)], edges(self.keys))

    def test_a_clip_over_a_beginning_moves_that(self):
        self.copy_to(6.0)
        self.assertEqual([(0.0, 4.0), (6.0, 10.0), (10.0, 16.0)], edges(self.keys))
        self.assertEqual(2.0, self.keys.arrangement_clips[2].start_marker)

    def test_the_beginning_moves_round_the_loop(self):
        clip = self.keys.arrangement_clips[1]
        clip.loop_end = 3.0
        self.copy_to(9.0)
        self.assertEqual([(0.0, 4.0), (8.0, 9.0), (9.0, 13.0), (13.0, 16.0)], edges(self.keys))
        self.assertEqual(2.0, self.keys.arrangement_clips[3].start_marker)

    def test_a_clip_inside_another_makes_two_of_it(self):
        self.copy_to(10.0)
        self.assertEqual([(0.0, 4.0), (8.0, 10.0), (10.0, 14.0), (14.0, 16.0)], edges(self.keys))

    def test_a_fully_covered_clip_is_deleted(self):
        covered = self.keys.arrangement_clips[0]
        self.copy_to(0.0)
        self.assertEqual([(0.0, 4.0), (8.0, 16.0)], edges(self.keys))
        self.assertTrue(covered == None)  # noqa: E711

    def test_clips_that_only_touch_leave_each_other_alone(self):
        clips = list(self.keys.arrangement_clips)
        self.copy_to(4.0)
        self.assertEqual(clips, [self.keys.arrangement_clips[0], self.keys.arrangement_clips[2]])

    def test_cutting_moves_an_unlooped_clips_end_marker(self):
        clip = self.keys.arrangement_clips[1]
        clip.looping = False
        self.copy_to(14.0)
        self.assertEqual((8.0, 14.0, 6.0), (clip.start_time, clip.end_time, clip.end_marker))

    def test_undo_and_redo_restore_covered_clips(self):
        for time in (0.0, 2.0, 6.0, 10.0):
            before = edges(self.keys)
            self.copy_to(time)
            after = edges(self.keys)
            self.song.undo()
            self.assertEqual(before, edges(self.keys))
            self.song.redo()
            self.assertEqual(after, edges(self.keys))
            self.song.undo()

    def test_listeners_are_notified_of_clips_and_edges(self):
        row = self.notified(self.keys, "arrangement_clips")
        ends = self.notified(self.keys.arrangement_clips[0], "end_time")
        self.copy_to(2.0)
        self.assertEqual((True, 1), (bool(row), len(ends)))


class Edges(ArrangementCase):
    def test_without_a_loop_region_and_edge_end_together(self):
        clip = self.keys.arrangement_clips[0]
        clip.looping = False
        self.assertEqual((4.0, 4.0), (clip.end_time, clip.end_marker))
        clip.loop_end = 3.0
        self.assertEqual((0.0, 3.0), (clip.start_time, clip.end_time))
        clip.loop_end = 10.0
        self.assertEqual([(0.0, 10.0), (10.0, 16.0)], edges(self.keys))
        self.song.undo()
        self.assertEqual([(0.0, 3.0), (8.0, 16.0)], edges(self.keys))

    def test_with_a_loop_the_edges_stay(self):
        clip = self.keys.arrangement_clips[1]
        clip.loop_end = 2.0
        self.assertEqual((8.0, 16.0, 2.0), (clip.start_time, clip.end_time, clip.length))

    def test_a_clip_without_its_loop_keeps_its_edges(self):
        clip = self.keys.arrangement_clips[1]
        clip.loop_end = 2.0
        clip.looping = False
        self.assertEqual((8.0, 16.0, 8.0), (clip.start_time, clip.end_time, clip.end_marker))


class Playing(ArrangementCase):
    def test_the_clip_at_the_play_position_plays(self):
        first, second = self.keys.arrangement_clips
        self.assertFalse(first.is_playing)
        self.song.start_playing()
        self.live.run(0.5)
        self.assertEqual((True, False), (first.is_playing, second.is_playing))
        self.assertAlmostEqual(self.song.current_song_time, first.playing_position)
        self.song.current_song_time = 9.0
        self.live.run(0.1)
        self.assertEqual((False, True), (first.is_playing, second.is_playing))
        self.assertAlmostEqual(self.song.current_song_time - 8.0, second.playing_position)

    def test_a_muted_clip_does_not_play(self):
        clip = self.keys.arrangement_clips[0]
        clip.muted = True
        self.song.start_playing()
        self.live.run(0.5)
        self.assertFalse(clip.is_playing)

    def test_a_session_clip_overrides_the_arrangement(self):
        clip = self.keys.arrangement_clips[0]
        self.song.start_playing()
        self.riff.fire()
        self.live.run(0.1)
        self.riff.stop()
        self.live.run(0.1)
        self.assertFalse(clip.is_playing)
        self.song.back_to_arranger = False
        self.live.run(0.1)
        self.assertTrue(clip.is_playing)

    def test_playing_position_listeners_are_notified(self):
        first, second = self.keys.arrangement_clips
        playing, waiting = self.notified(first, "playing_position"), self.notified(second, "playing_position")
        self.song.start_playing()
        self.live.run(0.5)
        self.assertEqual((True, False), (bool(playing), bool(waiting)))

    def test_launching_an_arrangement_clip_is_not_simulated(self):
        clip = self.keys.arrangement_clips[0]
        for use in (clip.fire, clip.stop, lambda: setattr(clip, "is_playing", True)):
            with self.assertRaises(NotSimulated):
                use()


class InLive12(ArrangementCase):
    def test_a_midi_clip_is_created_at_its_time(self):
        clip = self.keys.create_midi_clip(3.0, 6.0)
        self.assertEqual((3.0, 9.0, 6.0, True), (clip.start_time, clip.end_time, clip.length, clip.is_midi_clip))
        self.assertEqual([(0.0, 3.0), (3.0, 9.0), (9.0, 16.0)], edges(self.keys))
        self.assertEqual((False, False), (clip.is_session_clip, clip.is_take_lane_clip))

    def test_creating_an_audio_clip_returns_it(self):
        self.assertEqual(self.vocals.create_audio_clip(LOOP.path, 0.0), self.vocals.arrangement_clips[0])

    def test_creating_requires_length_and_midi_track(self):
        for track, start, length in ((self.keys, 0.0, 0.0), (self.vocals, 0.0, 4.0), (self.keys, 1576801.0, 4.0)):
            with self.assertRaises(RuntimeError):
                track.create_midi_clip(start, length)

    def test_start_time_listeners_are_notified_of_cuts(self):
        notified = self.notified(self.keys.arrangement_clips[1], "start_time")
        self.copy_to(6.0)
        self.assertEqual(1, len(notified))


class Effects(unittest.TestCase):
    def test_changes_in_the_arrangement_are_recorded_by_path(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "effects.jsonl")
        live = SimulatedLive(plan=PLAN, effects=path)
        self.addCleanup(live.close)
        track = live.song.tracks[0]
        track.arrangement_clips[1].name = "Verse"
        track.take_lanes[0].arrangement_clips[0].muted = True
        track.create_midi_clip(20.0, 4.0)
        with open(path, encoding="utf-8") as lines:
            recorded = [(line["path"], line["member"], line["value"]) for line in map(json.loads, lines)]
        expected = [
            ("live_set tracks 0 arrangement_clips 1", "name", "Verse"),
            ("live_set tracks 0 take_lanes 0 arrangement_clips 0", "muted", True),
            ("live_set tracks 0", "create_midi_clip", [20.0, 4.0]),
        ]
        self.assertEqual(expected, recorded)


class InLive11(Places, Covering, Edges, Playing):
    version = "11"

    def test_creating_an_audio_clip_returns_none(self):
        self.assertIsNone(self.vocals.create_audio_clip(LOOP.path, 0.0))

    def test_arrangement_clips_come_from_the_session_only(self):
        self.assertFalse(hasattr(self.keys, "create_midi_clip"))
        self.assertFalse(hasattr(self.keys.arrangement_clips[0], "is_session_clip"))


if __name__ == "__main__":
    unittest.main()
