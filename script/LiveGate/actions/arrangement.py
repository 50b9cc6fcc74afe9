"""Actions on the clips in a track's arrangement."""

from ..lom import overwriting, targets
from ..lom.excursion import when_at_home
from ..lom.listing import listing
from ..lom.overwriting import OVERWRITE
from ..parameters import Number
from ..registry import action

# The latest time at which Live accepts a clip, in beats.
TIME = Number(minimum=0, maximum=1576800, unit="beats")


@action(
    "arrangement_clip",
    ["read"],
    result={"track_index": "integer", "count": "integer", "clips": "array"},
    shows={"clip": "track_index"},
    sentence="<read> the arrangement clips on {track}",
)
def get_arrangement_clips(host, track_index: targets.INDEX):
    """Lists the clips in a track's arrangement from left to right; a group has none.

    start_time and end_time are in beats; length is that of the loop, which a clip may repeat, in seconds if the clip is
    unwarped audio. Uses Track.arrangement_clips.
    """
    clips = targets.track(host, track_index).arrangement_clips
    return listing(clips, description, lambda listed: {"track_index": track_index, "count": len(listed), "clips": listed})


@action(
    "arrangement_clip",
    ["edit"],
    {"track": "track_index", "clip": None},
    {
        "track_index": "integer",
        "clip_index": "integer",
        "start_time": "number",
        "end_time": "number",
        "message": "string",
    },
    records=("start_time", "end_time"),
    sentence="<copy|copied> {the clip} on {track} to the arrangement[ at {start_time=time beats}]",
)
def duplicate_to_arrangement(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    time: TIME = None,
    overwrite: OVERWRITE = False,
):
    """Copies a session clip into the arrangement of its track, by default to the play position.

    Refused if it would cover or cut existing clips, unless `overwrite` is true. Refused on a frozen track.
    Uses Track.duplicate_clip_to_arrangement.
    """

    def duplicate():
        clip = targets.filled_slot(host, track_index, clip_index, "clip_index").clip
        start = host.song.current_song_time if time is None else time
        track = targets.track(host, track_index)
        end = start + _longest(clip, host.song.tempo)
        overwriting.require_none(overwrite, lambda: overwriting.clips_between(track.arrangement_clips, start, end))
        copy = track.duplicate_clip_to_arrangement(clip, start)
        return lambda: _duplicated(track, copy, start, track_index, clip_index)

    return when_at_home(host, duplicate) if time is None else duplicate()


@action(
    "arrangement_clip",
    ["edit", "destructive"],
    {"track": "track_index", "clip": None},
    {"start_time": "number", "end_time": "number", "message": "string"},
    missing="Track.consolidate_clip",
    sentence="<consolidate|consolidated> {start_time beats} to {end_time beats} on {track}",
)
def consolidate_clip(
    host, track_index: targets.INDEX, start_time: Number(unit="beats"), end_time: Number(unit="beats")
):
    """Would join the arrangement clips between two times into one; Live's API cannot consolidate clips."""


def description(index, clip):
    """Describes an arrangement clip of a track or of a take lane."""
    return {
        "index": index,
        "name": clip.name,
        "start_time": clip.start_time,
        "end_time": clip.end_time,
        "length": clip.length,
        "is_midi_clip": bool(clip.is_midi_clip),
        "color": clip.color,
        "muted": bool(clip.muted),
        "is_playing": bool(clip.is_playing),
    }


def _longest(clip, tempo):
    """The most beats that a copy of a session clip can last, whatever part of it Live copies."""
    first, last = min(clip.start_marker, clip.loop_start), max(clip.end_marker, clip.loop_end)
    is_in_seconds = clip.is_audio_clip and not clip.warping
    return max(clip.length, last - first) * (tempo / 60 if is_in_seconds else 1)


def _duplicated(track, copy, start, track_index, clip_index):
    targets.require(
        targets.position(track.arrangement_clips, copy) is not None, "Live put no clip into the arrangement"
    )
    targets.require_value("the time of the copy", start, copy.start_time)
    return {
        "track_index": track_index,
        "clip_index": clip_index,
        "start_time": copy.start_time,
        "end_time": copy.end_time,
        "message": "the clip in row %d of track %d was copied to beat %g" % (clip_index, track_index, start),
    }
