"""Actions on the take lanes of a track and on their clips; Live's API has them since 12."""

import os

from ..errors import Refusal
from ..lom import overwriting, targets
from ..lom.listing import listing
from ..lom.listing import listing
from ..lom.overwriting import OVERWRITE
from ..parameters import Number, Text
from ..registry import action
from . import arrangement
from .arrangement import TIME

NO_TAKE_LANES = {"11": "Track.take_lanes"}
LANE = {"track_index": "integer", "lane_index": "integer", "name": "string"}
LANE_CLIPS = {"track": "track_index", "clip": None}
CREATED = {
    "track_index": "integer",
    "lane_index": "integer",
    "start_time": "number",
    "length": "number",
    "message": "string",
}
LENGTH = Number(exclusive_minimum=0, unit="beats")
# Later than any clip ends.
END = float("inf")


@action(
    "take_lane",
    ["read"],
    result={"track_index": "integer", "count": "integer", "take_lanes": "array"},
    missing=NO_TAKE_LANES,
    sentence="<read> the take lanes of {track}",
)
def get_take_lanes(host, track_index: targets.INDEX):
    """Lists the take lanes of a track with their names and how many clips each has. Uses Track.take_lanes."""

    def describe(index, lane):
        return {"index": index, "name": lane.name, "num_clips": len(lane.arrangement_clips)}

    def finish(lanes):
        return {"track_index": track_index, "count": len(lanes), "take_lanes": lanes}

    return listing(targets.track(host, track_index).take_lanes, describe, finish)


@action(
    "take_lane",
    ["edit", "names"],
    {"track": "track_index"},
    dict(LANE, message="string"),
    one_undo_step=True,
    missing=NO_TAKE_LANES,
    names="take lane",
    records=("lane_index", "name"),
    sentence="<create|created> take lane[ {name}] on {track}",
)
def create_take_lane(host, track_index: targets.INDEX, name: targets.NAME = None):
    """Adds a take lane to a track; without a name Live gives it one. Refused on groups. Uses Track.create_take_lane."""
    track = targets.track(host, track_index)
    if track.is_foldable:
        raise Refusal("live_error", "track %d (%s) is a group and has no take lanes" % (track_index, track.name))
    lane = track.create_take_lane()
    return lambda: _finish_creating(track, lane, track_index, name)


@action(
    "take_lane",
    ["read"],
    result=LANE,
    missing=NO_TAKE_LANES,
    sentence="<read> the name of {the take lane} of {track}",
)
def get_take_lane_name(host, track_index: targets.INDEX, lane_index: targets.INDEX):
    """Reports the name of a take lane. Uses TakeLane.name."""
    lane = _lane(host, track_index, lane_index)
    return {"track_index": track_index, "lane_index": lane_index, "name": lane.name}


@action(
    "take_lane",
    ["edit", "names"],
    {"track": "track_index"},
    LANE,
    missing=NO_TAKE_LANES,
    names="take lane",
    sets={"name": "lane.name"},
    sentence="<rename|renamed> {the take lane} of {track} to {name}",
)
def set_take_lane_name(host, track_index: targets.INDEX, lane_index: targets.INDEX, name: targets.NAME):
    """Names a take lane; an empty name lets Live choose one. Uses TakeLane.name."""
    lane = _lane(host, track_index, lane_index)
    _rename(lane, name)
    return {"track_index": track_index, "lane_index": lane_index, "name": lane.name}


@action(
    "take_lane",
    ["edit", "sensitive"],
    LANE_CLIPS,
    CREATED,
    one_undo_step=True,
    missing=NO_TAKE_LANES,
    records=("start_time", "length"),
    sentence="<create|created> an audio clip in {the take lane} of {track} at {start_time beats}",
)
def create_audio_clip_in_lane(
    host,
    track_index: targets.INDEX,
    lane_index: targets.INDEX,
    file_path: Text(max_length=1024, min_length=1),
    start_time: TIME = 0.0,
    length: LENGTH = None,
    overwrite: OVERWRITE = False,
):
    """Creates a clip of an audio file in a take lane of an audio track.

    Refused if the lane has clips after start_time, unless `overwrite` is true: the file's length is unknown before, and the
    new clip covers or cuts them. file_path is absolute, on the machine that runs Live. The clip is as long as the file;
    `length` shortens it, and is refused if the file is shorter. Refused on a frozen track and while the track records.
    Uses TakeLane.create_audio_clip.
    """
    if not os.path.isabs(file_path):
        raise Refusal("invalid_params", "file_path must be absolute, on the machine that runs Live")
    lane = _lane(host, track_index, lane_index)
    track = targets.track(host, track_index)
    if not track.has_audio_input:
        raise Refusal("live_error", "track %d (%s) is not an audio track" % (track_index, track.name))
    overwriting.require_none(overwrite, lambda: overwriting.clips_between(lane.arrangement_clips, start_time, END))
    clip = lane.create_audio_clip(file_path, start_time)
    if length is None:
        return lambda: _created(lane, clip, start_time, None, track_index, lane_index)
    return lambda: _cut(host, track, lane, clip, start_time, length, track_index, lane_index)


@action(
    "take_lane",
    ["edit"],
    LANE_CLIPS,
    CREATED,
    missing=NO_TAKE_LANES,
    records=("start_time", "length"),
    sentence="<create|created> a MIDI clip of {length beats} in {the take lane} of {track} at {start_time beats}",
)
def create_midi_clip_in_lane(
    host,
    track_index: targets.INDEX,
    lane_index: targets.INDEX,
    length: LENGTH = 4.0,
    start_time: TIME = 0.0,
    overwrite: OVERWRITE = False,
):
    """Creates an empty MIDI clip in a take lane of a MIDI track.

    Refused if it would cover or cut existing clips, unless `overwrite` is true. Refused on a frozen track and while the
    track records. Uses TakeLane.create_midi_clip.
    """
    lane = _lane(host, track_index, lane_index)
    track = targets.track(host, track_index)
    if not track.has_midi_input:
        raise Refusal("live_error", "track %d (%s) is not a MIDI track" % (track_index, track.name))
    end = start_time + length
    overwriting.require_none(overwrite, lambda: overwriting.clips_between(lane.arrangement_clips, start_time, end))
    clip = lane.create_midi_clip(start_time, length)
    return lambda: _created(lane, clip, start_time, length, track_index, lane_index)


@action(
    "take_lane",
    ["read"],
    result={"track_index": "integer", "lane_index": "integer", "count": "integer", "clips": "array"},
    missing=NO_TAKE_LANES,
    shows={"clip": "track_index"},
    sentence="<read> the clips in {the take lane} of {track}",
)
def get_clips_in_take_lane(host, track_index: targets.INDEX, lane_index: targets.INDEX):
    """Lists the clips in a take lane from left to right, as get_arrangement_clips does; is_midi is is_midi_clip.

    Uses TakeLane.arrangement_clips.
    """
    place = {"track_index": track_index, "lane_index": lane_index}
    clips = _lane(host, track_index, lane_index).arrangement_clips
    return listing(clips, _described_clip, lambda listed: dict(place, count=len(listed), clips=listed))


@action(
    "take_lane",
    ["edit", "destructive"],
    LANE_CLIPS,
    {"message": "string"},
    missing="Track.delete_take_lane",
    sentence="<delete|deleted> {the take lane} of {track}",
)
def delete_take_lane(host, track_index: targets.INDEX, lane_index: targets.INDEX):
    """Would delete a take lane with its clips; Live's API cannot: it has no Track.delete_take_lane."""


def _described_clip(index, clip):
    described = arrangement.description(index, clip)
    return dict(described, is_midi=described["is_midi_clip"])


def _lane(host, track_index, lane_index):
    lanes = targets.track(host, track_index).take_lanes
    return targets.element(lanes, lane_index, "lane_index", "track %d" % track_index, "take lanes")


def _finish_creating(track, lane, track_index, name):
    index = targets.position(track.take_lanes, lane)
    targets.require(index is not None, "the new take lane disappeared at once")
    if name is not None:
        _rename(lane, name)
    message = "take lane %d (%s) of track %d was created" % (index, lane.name, track_index)
    return {"track_index": track_index, "lane_index": index, "name": lane.name, "message": message}


def _rename(lane, name):
    lane.name = name
    targets.require(not name or lane.name == name, "Live did not rename the take lane")


def _cut(host, track, lane, clip, start_time, length, track_index, lane_index):
    """Without its loop a clip lasts from its start to its end; the clip is deleted if it cannot be shortened."""
    available = clip.end_time - clip.start_time
    if length > available + targets.TOLERANCE:
        track.delete_clip(clip)
        raise Refusal("live_error", "length must be at most %g beats, the length of the file" % available)
    clip.looping = False
    clip.loop_end = clip.loop_start + (length if clip.warping else length * 60 / host.song.tempo)
    try:
        return _created(lane, clip, start_time, length, track_index, lane_index)
    except Refusal:
        track.delete_clip(clip)
        raise


def _created(lane, clip, start_time, length, track_index, lane_index):
    targets.require(targets.position(lane.arrangement_clips, clip) is not None, "Live put no clip into the take lane")
    targets.require_value("the time of the clip", start_time, clip.start_time)
    actual = clip.end_time - clip.start_time
    if length is not None:
        targets.require_value("the length of the clip", length, actual)
    return {
        "track_index": track_index,
        "lane_index": lane_index,
        "start_time": clip.start_time,
        "length": actual,
        "message": "a clip of %g beats was put into take lane %d of track %d" % (actual, lane_index, track_index),
    }
