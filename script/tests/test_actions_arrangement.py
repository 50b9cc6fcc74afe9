"""Actions on arrangement clips and take lanes: positions, covered clips, refusals."""

from unittest import mock

from livesim import SetPlan
from livesim.model.arrangement_clip import ArrangementClip
from livesim.model.arrangement_row import ArrangementRow, TakeLane
from livesim.model.audio_file import AudioFile
from livesim.model.track import AUDIO, GROUP, MIDI
from livesim.plan import AudioClipPlan
from tests.actions_case import ActionsCase

LOOP = AudioFile("/Samples/Loop.wav", 176400, 44100.0)  # 8 beats at 120 beats per minute
SESSION_CLIP = {"track_index": 0, "clip_index": 0}
VOICE = {"track_index": 1, "lane_index": 0, "file_path": LOOP.path}
KEYS_LANE = {"track_index": 0, "lane_index": 0}
FROZEN, GROUP_TRACK = 2, 3


class ArrangementCase(ActionsCase):
    plan = SetPlan(
        tracks=(("Keys", MIDI), ("Vocals", AUDIO), ("Cold", MIDI), ("Group", GROUP), ("Inner", MIDI)),
        scenes=2,
        clips={(0, 0): 4.0, (1, 0): AudioClipPlan(LOOP, warping=False), (2, 0): 4.0},
        audio_files=(LOOP,),
        arrangement={0: ((0.0, 4.0), (8.0, 8.0))},
        take_lanes={0: (("First", ((2.0, 4.0),)), ("", ())), 1: (("Voice", ()),)},
        groups={3: (4,)},
        frozen=(FROZEN,),
    )

    def edges(self, track_index=0, lane_index=None):
        row = self.song.tracks[track_index]
        if lane_index is not None:
            row = row.take_lanes[lane_index]
        return [(clip.start_time, clip.end_time) for clip in row.arrangement_clips]

    def snapshot(self):
        rows = [self.edges(index) for index in range(len(self.song.tracks))]
        return super().snapshot(), rows, self.lanes()

    def lanes(self):
        if self.version == "11":
            return []
        return [
            (track_index, lane.name, self.edges(track_index, lane_index))
            for track_index, track in enumerate(self.song.tracks)
            for lane_index, lane in enumerate(track.take_lanes)
        ]


class Arrangement(ArrangementCase):
    def test_clips_of_a_track_are_listed_by_time(self):
        self.song.tracks[0].arrangement_clips[1].muted = True
        answer = self.done("get_arrangement_clips", track_index=0)
        self.assertEqual(answer["count"], 2)
        expected = {
            "index": 1,
            "name": "",
            "start_time": 8.0,
            "end_time": 16.0,
            "length": 8.0,
            "is_midi_clip": True,
            "color": self.song.tracks[0].color,
            "muted": True,
            "is_playing": False,
        }
        self.assertEqual(answer["clips"][1], expected)

    def test_a_playing_clip_is_listed_as_playing(self):
        self.song.start_playing()
        self.studio.live.run(0.5)
        clips = self.done("get_arrangement_clips", track_index=0)["clips"]
        self.assertEqual([clip["is_playing"] for clip in clips], [True, False])

    def test_an_empty_track_and_a_group_list_none(self):
        for track_index in (1, GROUP_TRACK):
            answer = self.done("get_arrangement_clips", track_index=track_index)
            self.assertEqual((answer["count"], answer["clips"]), (0, []))

    def test_copying_a_session_clip_keeps_the_original(self):
        answer = self.done("duplicate_to_arrangement", time=20, **SESSION_CLIP)
        self.assertEqual((answer["start_time"], answer["end_time"]), (20.0, 24.0))
        self.assertEqual(self.edges(), [(0.0, 4.0), (8.0, 16.0), (20.0, 24.0)])
        self.assertTrue(self.slot(0, 0).has_clip)

    def test_without_a_time_the_play_position_counts(self):
        self.song.current_song_time = 4.5
        self.studio.tick()
        self.assertEqual(self.done("duplicate_to_arrangement", **SESSION_CLIP)["start_time"], 4.5)

    def test_a_copy_replaces_clips_in_one_undo_step(self):
        before = self.edges()
        self.done("duplicate_to_arrangement", time=2, **SESSION_CLIP)
        self.assertEqual(self.edges(), [(0.0, 2.0), (2.0, 6.0), (8.0, 16.0)])
        self.song.undo()
        self.assertEqual(self.edges(), before)

    def test_empty_slots_groups_and_frozen_tracks_are_refused(self):
        self.refused("duplicate_to_arrangement", "no clip in row 1", track_index=0, clip_index=1, time=0)
        self.refused("duplicate_to_arrangement", "no clip", track_index=GROUP_TRACK, clip_index=0, time=0)
        self.refused("duplicate_to_arrangement", track_index=FROZEN, clip_index=0, time=0)

    def test_the_time_has_limits(self):
        for time in (-0.5, 1576800.5):
            answer = self.client.ask("duplicate_to_arrangement", time=time, **SESSION_CLIP)
            self.assertEqual(answer["code"], "invalid_params")
        self.assertEqual(self.done("duplicate_to_arrangement", time=1576800, **SESSION_CLIP)["start_time"], 1576800.0)

    def test_a_copy_that_live_drops_is_an_error(self):
        with mock.patch.object(ArrangementRow, "put", lambda row, clip, start, beats: clip):
            self.refused("duplicate_to_arrangement", "no clip into the arrangement", time=20, **SESSION_CLIP)


class TakeLanes(ArrangementCase):
    def test_the_lanes_of_a_track_are_listed(self):
        answer = self.done("get_take_lanes", track_index=0)
        self.assertEqual([lane["name"] for lane in answer["take_lanes"]], ["First", "Take 2"])
        self.assertEqual([lane["num_clips"] for lane in answer["take_lanes"]], [1, 0])
        self.assertEqual(self.done("get_take_lanes", track_index=GROUP_TRACK)["count"], 0)

    def test_a_lane_gets_the_given_or_default_name(self):
        answer = self.done("create_take_lane", track_index=0, name="Best")
        self.assertEqual((answer["lane_index"], answer["name"]), (2, "Best"))
        self.assertEqual(self.done("create_take_lane", track_index=0)["name"], "Take 4")
        self.assertEqual(len(self.song.tracks[0].take_lanes), 4)

    def test_naming_a_lane_is_no_undo_step(self):
        self.done("create_take_lane", track_index=0, name="Best")
        self.song.undo()
        self.assertEqual(len(self.song.tracks[0].take_lanes), 2)

    def test_a_retried_creation_makes_only_one_lane(self):
        self.song.tracks[0].add_take_lanes_listener(lambda: self.studio.live.notifications.refuse_next(1))
        answer = self.done("create_take_lane", track_index=0, name="Best")
        self.assertEqual((answer["name"], len(self.song.tracks[0].take_lanes)), ("Best", 3))

    def test_a_group_has_no_lanes(self):
        self.refused("create_take_lane", "is a group", track_index=GROUP_TRACK)

    def test_a_lanes_name_can_be_set_and_cleared(self):
        self.assertEqual(self.done("set_take_lane_name", name="Verse", **KEYS_LANE)["name"], "Verse")
        self.assertEqual(self.done("get_take_lane_name", **KEYS_LANE)["name"], "Verse")
        self.assertEqual(self.done("set_take_lane_name", name="", **KEYS_LANE)["name"], "Take 1")

    def test_a_name_that_live_ignores_is_an_error(self):
        deaf = property(lambda lane: "Deaf", lambda lane, name: None)
        with mock.patch.object(TakeLane, "name", deaf):
            self.refused("set_take_lane_name", "did not rename", name="Verse", **KEYS_LANE)

    def test_an_unknown_lane_is_refused_with_existing_ones(self):
        self.refused("get_take_lane_name", "lane_index 2", "take lanes 0 to 1", track_index=0, lane_index=2)
        self.refused("get_clips_in_take_lane", "no take lanes", track_index=4, lane_index=0)

    def test_lane_clips_are_separate_from_track_clips(self):
        answer = self.done("get_clips_in_take_lane", **KEYS_LANE)
        self.assertEqual([(clip["start_time"], clip["end_time"]) for clip in answer["clips"]], [(2.0, 6.0)])
        self.assertEqual(self.done("get_clips_in_take_lane", track_index=0, lane_index=1)["count"], 0)


class ClipsInLanes(ArrangementCase):
    def test_a_midi_clip_has_four_beats_by_default(self):
        answer = self.done("create_midi_clip_in_lane", track_index=0, lane_index=1)
        self.assertEqual((answer["start_time"], answer["length"]), (0.0, 4.0))
        self.done("create_midi_clip_in_lane", track_index=0, lane_index=1, start_time=6, length=0.5)
        self.assertEqual(self.edges(0, 1), [(0.0, 4.0), (6.0, 6.5)])

    def test_a_clip_replaces_only_clips_of_its_lane(self):
        self.done("create_midi_clip_in_lane", start_time=0, length=3, **KEYS_LANE)
        self.assertEqual(self.edges(0, 0), [(0.0, 3.0), (3.0, 6.0)])
        self.assertEqual(self.edges(0), [(0.0, 4.0), (8.0, 16.0)])

    def test_an_audio_clip_has_full_or_given_length(self):
        answer = self.done("create_audio_clip_in_lane", **VOICE)
        self.assertEqual((answer["start_time"], answer["length"]), (0.0, 8.0))
        self.assertEqual(self.done("create_audio_clip_in_lane", start_time=16, length=2.5, **VOICE)["length"], 2.5)
        self.assertEqual(self.edges(1, 0), [(0.0, 8.0), (16.0, 18.5)])

    def test_a_cut_clip_is_one_undo_step(self):
        self.done("create_audio_clip_in_lane", length=2.5, **VOICE)
        self.song.undo()
        self.assertEqual(self.edges(1, 0), [])

    def test_an_unwarped_clip_is_cut_in_beats_too(self):
        of_sample = ArrangementClip.of_sample
        unwarped = classmethod(lambda cls, parent, sample: of_sample(parent, sample, warping=False))
        self.song.tempo = 90
        with mock.patch.object(ArrangementClip, "of_sample", unwarped):
            self.assertEqual(self.done("create_audio_clip_in_lane", length=2.5, **VOICE)["length"], 2.5)

    def test_a_file_too_short_leaves_no_clip(self):
        self.refused("create_audio_clip_in_lane", "length must be at most 8", length=8.5, **VOICE)
        self.assertEqual(self.done("create_audio_clip_in_lane", length=8, **VOICE)["length"], 8.0)

    def test_a_clip_that_live_leaves_uncut_is_removed(self):
        with mock.patch.object(ArrangementClip, "settle_edge", lambda clip: None):
            self.refused("create_audio_clip_in_lane", "length of the clip", length=2, **VOICE)

    def test_a_relative_path_is_refused_without_echo(self):
        answer = self.client.ask("create_audio_clip_in_lane", **dict(VOICE, file_path="Loop.wav"))
        self.assertEqual((answer["code"], "Loop" in answer["error"]), ("invalid_params", False))
        answer = self.client.ask("create_audio_clip_in_lane", **dict(VOICE, file_path="/Samples/Nowhere.wav"))
        self.assertEqual((answer["code"], "Nowhere" in answer["error"]), ("live_error", False))
        self.assertEqual(self.edges(1, 0), [])

    def test_a_track_of_the_other_kind_is_refused(self):
        self.refused("create_midi_clip_in_lane", "not a MIDI track", track_index=1, lane_index=0)
        self.refused("create_audio_clip_in_lane", "not an audio track", **dict(VOICE, track_index=0))

    def test_a_track_that_is_recorded_into_is_refused(self):
        self.song.tracks[0].arm = True
        self.song.record_mode = True
        self.studio.live.run(0.1)
        self.refused("create_midi_clip_in_lane", **KEYS_LANE)


class InLive11(Arrangement):
    version = "11"

    def test_take_lanes_are_unsupported(self):
        for action, params in (
            ("get_take_lanes", {"track_index": 0}),
            ("create_take_lane", {"track_index": 0}),
            ("create_midi_clip_in_lane", KEYS_LANE),
            ("create_audio_clip_in_lane", VOICE),
        ):
            answer = self.client.ask(action, **params)
            self.assertEqual((answer["code"], answer["missing"]), ("unsupported", "Track.take_lanes"))
