"""Take lanes in the simulated Live: silent rows of clips beside the arrangement of a track."""

import unittest

from livesim import SetPlan, SimulatedLive
from livesim.model.audio_file import AudioFile
from livesim.model.track import AUDIO, GROUP, MIDI

LOOP = AudioFile("/Samples/Loop.wav", 176400, 44100.0)  # 8 beats at 120 beats per minute
PLAN = SetPlan(
    tracks=(("Keys", MIDI), ("Vocals", AUDIO), ("Group", GROUP), ("Inner", MIDI)),
    scenes=1,
    clips={(0, 0): 4.0},
    audio_files=(LOOP,),
    arrangement={0: ((0.0, 4.0),)},
    take_lanes={0: (("First", ((0.0, 4.0),)), ("", ())), 1: (("Voice", ()),)},
    groups={2: (3,)},
)


def edges(row):
    return [(clip.start_time, clip.end_time) for clip in row.arrangement_clips]


class TakeLanes(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive(plan=PLAN)
        self.addCleanup(self.live.close)
        self.song = self.live.song
        self.keys, self.vocals, self.group, _inner = self.song.tracks
        self.lane = self.keys.take_lanes[0]

    def test_created_lanes_belong_to_their_track(self):
        notified = []
        self.keys.add_take_lanes_listener(lambda: notified.append("take_lanes"))
        lane = self.keys.create_take_lane()
        self.assertEqual((3, lane), (len(self.keys.take_lanes), self.keys.take_lanes[2]))
        self.assertEqual((self.keys, ["take_lanes"]), (lane.canonical_parent, notified))

    def test_groups_returns_and_the_main_track_have_none(self):
        for track in (self.group, self.song.master_track, *self.song.return_tracks):
            self.assertEqual(0, len(track.take_lanes))
            with self.assertRaises(RuntimeError):
                track.create_take_lane()

    def test_an_unnamed_lane_is_named_by_number(self):
        self.assertEqual(["First", "Take 2"], [lane.name for lane in self.keys.take_lanes])
        notified = []
        self.lane.add_name_listener(lambda: notified.append("name"))
        self.lane.name = "Best"
        self.assertEqual(("Best", ["name"]), (self.lane.name, notified))

    def test_its_clips_are_not_those_of_the_track(self):
        clip = self.lane.create_midi_clip(2.0, 4.0)
        self.assertEqual(([(0.0, 2.0), (2.0, 6.0)], [(0.0, 4.0)]), (edges(self.lane), edges(self.keys)))
        self.assertEqual((True, True), (clip.is_take_lane_clip, clip.is_arrangement_clip))
        self.assertEqual((self.lane, False), (clip.canonical_parent, self.keys.arrangement_clips[0].is_take_lane_clip))

    def test_an_audio_lane_takes_an_audio_file(self):
        clip = self.vocals.take_lanes[0].create_audio_clip(LOOP.path, 4.0)
        self.assertEqual([(4.0, 12.0)], edges(self.vocals.take_lanes[0]))
        self.assertTrue(clip.is_audio_clip)

    def test_invalid_lane_clips_are_refused(self):
        for refused in (
            lambda: self.vocals.take_lanes[0].create_midi_clip(0.0, 4.0),
            lambda: self.lane.create_audio_clip(LOOP.path, 0.0),
            lambda: self.lane.create_midi_clip(-1.0, 4.0),
            lambda: self.lane.create_midi_clip(0.0, 0.0),
        ):
            with self.assertRaises(RuntimeError):
                refused()
        self.assertFalse(self.song.can_undo)

    def test_lane_clips_are_silent(self):
        self.song.start_playing()
        self.live.run(0.5)
        self.assertTrue(self.keys.arrangement_clips[0].is_playing)
        self.assertFalse(self.lane.arrangement_clips[0].is_playing)

    def test_the_track_deletes_a_clip_of_its_lane(self):
        clip = self.lane.arrangement_clips[0]
        self.keys.delete_clip(clip)
        self.assertEqual(([], True), (edges(self.lane), clip == None))  # noqa: E711

    def test_undo_removes_a_lane_with_its_clips(self):
        lane = self.keys.create_take_lane()
        clip = lane.create_midi_clip(0.0, 4.0)
        self.song.undo()
        self.song.undo()
        self.assertEqual((2, True), (len(self.keys.take_lanes), clip == None))  # noqa: E711
        self.song.redo()
        self.song.redo()
        self.assertEqual([(0.0, 4.0)], edges(self.keys.take_lanes[2]))

    def test_lanes_go_with_their_track(self):
        self.song.delete_track(0)
        self.assertTrue(self.lane == None)  # noqa: E711
        self.song.undo()
        self.assertEqual(["First", "Take 2"], [lane.name for lane in self.song.tracks[0].take_lanes])

    def test_a_track_copy_has_its_own_lanes(self):
        self.song.duplicate_track(0)
        copy = self.song.tracks[1]
        copy.take_lanes[0].create_midi_clip(4.0, 4.0)
        self.assertEqual(([(0.0, 4.0)], [(0.0, 4.0), (4.0, 8.0)]), (edges(self.lane), edges(copy.take_lanes[0])))

    def test_live_11_has_no_take_lanes(self):
        song = SimulatedLive(version="11", plan=PLAN).song
        self.assertFalse(hasattr(song.tracks[0], "take_lanes"))


if __name__ == "__main__":
    unittest.main()
