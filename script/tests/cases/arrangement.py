"""Cases of the actions on arrangement clips, take lanes and automation envelopes."""

from livesim import SetPlan
from livesim.model.audio_file import AudioFile
from livesim.model.track import AUDIO, MIDI
from tests.cases import Case

LOOP = AudioFile("/Samples/Loop.wav", 176400, 44100.0)  # 8 beats in a set of 120 beats per minute
PLAN = SetPlan(
    tracks=(("Keys", MIDI), ("Vocals", AUDIO)),
    scenes=2,
    clips={(0, 0): 4.0},
    audio_files=(LOOP,),
    arrangement={0: ((0.0, 4.0), (8.0, 8.0))},
    take_lanes={0: (("First", ((2.0, 4.0),)), ("Second", ())), 1: (("Voice", ()),)},
    devices={0: ("Auto Filter",)},
)
ENVELOPE = {"track_index": 0, "clip_index": 0, "device_index": 0, "param_index": 1}
LANE = {"track_index": 0, "lane_index": 0}


def parameter(song):
    return song.tracks[0].devices[0].parameters[1]


def envelope(song):
    return song.tracks[0].clip_slots[0].clip.automation_envelope(parameter(song))


def automate(song):
    song.tracks[0].clip_slots[0].clip.create_automation_envelope(parameter(song))


def step_up(song):
    automate(song)
    envelope(song).insert_step(1.0, 1.0, parameter(song).max)


def values(*times):
    return lambda song: [envelope(song).value_at_time(time) == parameter(song).max for time in times]


def edges(row):
    return [(clip.start_time, clip.end_time) for clip in row.arrangement_clips]


CASES = {
    "get_arrangement_clips": Case({"track_index": 0}, answer={"count": 2}),
    "duplicate_to_arrangement": Case(
        {"track_index": 0, "clip_index": 0, "time": 10, "overwrite": True},
        read=lambda song: edges(song.tracks[0]),
        after=[(0.0, 4.0), (8.0, 10.0), (10.0, 14.0), (14.0, 16.0)],
    ),
    "consolidate_clip": Case({"track_index": 0, "start_time": 0, "end_time": 8}),
    "get_take_lanes": Case(
        {"track_index": 0},
        answer={
            "take_lanes": [
                {"index": 0, "name": "First", "num_clips": 1},
                {"index": 1, "name": "Second", "num_clips": 0},
            ]
        },
    ),
    "create_take_lane": Case(
        {"track_index": 0, "name": "Third"},
        read=lambda song: [lane.name for lane in song.tracks[0].take_lanes],
        after=["First", "Second", "Third"],
    ),
    "get_take_lane_name": Case(LANE, answer={"name": "First"}),
    "set_take_lane_name": Case(
        dict(LANE, name="Best"), read=lambda song: song.tracks[0].take_lanes[0].name, after="Best"
    ),
    "create_audio_clip_in_lane": Case(
        {"track_index": 1, "lane_index": 0, "file_path": LOOP.path, "start_time": 4, "length": 6},
        read=lambda song: edges(song.tracks[1].take_lanes[0]),
        after=[(4.0, 10.0)],
    ),
    "create_midi_clip_in_lane": Case(
        dict(LANE, start_time=4, length=2, overwrite=True),
        read=lambda song: edges(song.tracks[0].take_lanes[0]),
        after=[(2.0, 4.0), (4.0, 6.0)],
    ),
    "get_clips_in_take_lane": Case(LANE, answer={"count": 1}),
    "delete_take_lane": Case(LANE),
    "get_clip_automation_envelope": Case(ENVELOPE, before=automate, answer={"has_envelope": True}),
    "create_automation_envelope": Case(ENVELOPE, read=lambda song: envelope(song) is not None, after=True),
    "clear_automation_envelope": Case(
        ENVELOPE, before=automate, read=lambda song: envelope(song) is not None, after=False
    ),
    "insert_automation_step": Case(
        dict(ENVELOPE, time=1, value=1, length=0.5),
        before=automate,
        read=lambda song: [envelope(song).value_at_time(time) == 1 for time in (0.9, 1.0, 1.4, 1.5)],
        after=[False, True, True, False],
    ),
    "remove_automation_step": Case(
        dict(ENVELOPE, time=1.5), before=step_up, read=values(0.5, 1.0, 1.5, 2.5), after=[False] * 4
    ),
    "get_automation_envelope_values": Case(ENVELOPE, before=step_up, answer={"has_envelope": True}),
}
