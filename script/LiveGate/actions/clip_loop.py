"""Actions on the loop and the markers of a clip.

On a clip without a loop, Live treats loop_start and loop_end as the markers, and ignores changes of the markers.
"""

from ..errors import Refusal
from ..lom import targets
from ..parameters import Boolean, Number
from ..registry import action
from .clip_settings import CLIP, PLACE, placed, write

POSITION = Number(unit="beats")


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, looping="boolean"),
    sets={"looping": "clip.looping"},
    sentence="{looping?<switch|switched> on looping:<switch|switched> off looping} of {the clip} on {track}{was looping}",
)
def set_clip_looping(host, track_index: targets.INDEX, clip_index: targets.INDEX, looping: Boolean() = True):
    """Switches the loop of a clip on or off; an audio clip must be warped to loop. Uses Clip.looping."""
    clip = targets.clip(host, track_index, clip_index)
    if looping and clip.is_audio_clip and not clip.warping:
        raise Refusal("live_error", "an unwarped audio clip cannot loop; call set_clip_warping first")
    clip.looping = looping
    targets.require(clip.looping == looping, "Live did not switch the loop of the clip")
    return placed(track_index, clip_index, looping=looping)


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, loop_start="number"),
    sets={"loop_start": "clip.loop_start"},
    sentence="<move|moved> the loop start of {the clip} on {track} {>loop_start beats}",
)
def set_clip_loop_start(host, track_index: targets.INDEX, clip_index: targets.INDEX, loop_start: POSITION):
    """Moves the start of a clip's loop; it must be before the end of the loop.

    In beats, or in seconds for an unwarped audio clip. Without a loop this moves the start marker. Uses
    Clip.loop_start.
    """
    clip = targets.clip(host, track_index, clip_index)
    _require_order("loop_start", loop_start, "loop_end", clip.loop_end, "set_clip_loop_end")
    actual = write(clip, "loop_start", loop_start, "the loop_start")
    return placed(track_index, clip_index, loop_start=float(actual))


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, loop_end="number"),
    sets={"loop_end": "clip.loop_end"},
    sentence="<move|moved> the loop end of {the clip} on {track} {>loop_end beats}",
)
def set_clip_loop_end(host, track_index: targets.INDEX, clip_index: targets.INDEX, loop_end: POSITION):
    """Moves the end of a clip's loop; it must be after the start of the loop.

    In beats, or in seconds for an unwarped audio clip. Without a loop this moves the end marker. Uses
    Clip.loop_end.
    """
    clip = targets.clip(host, track_index, clip_index)
    _require_order("loop_start", clip.loop_start, "loop_end", loop_end, "set_clip_loop_start")
    actual = write(clip, "loop_end", loop_end, "the loop_end")
    return placed(track_index, clip_index, loop_end=float(actual))


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, start_marker="number"),
    sets={"start_marker": "clip.start_marker"},
    sentence="<move|moved> the start marker of {the clip} on {track} {>start_marker beats}",
)
def set_clip_start_marker(host, track_index: targets.INDEX, clip_index: targets.INDEX, start_marker: POSITION):
    """Moves the start marker of a clip, where it starts to play; it must be before the end marker.

    In beats, or in seconds for an unwarped audio clip. Uses Clip.start_marker, without a loop Clip.loop_start.
    """
    clip = targets.clip(host, track_index, clip_index)
    start, end = _markers(clip)
    _require_order("start_marker", start_marker, "end_marker", getattr(clip, end), "set_clip_end_marker")
    actual = write(clip, start, start_marker, "the start_marker")
    return placed(track_index, clip_index, start_marker=float(actual))


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, end_marker="number"),
    sets={"end_marker": "clip.end_marker"},
    sentence="<move|moved> the end marker of {the clip} on {track} {>end_marker beats}",
)
def set_clip_end_marker(host, track_index: targets.INDEX, clip_index: targets.INDEX, end_marker: POSITION):
    """Moves the end marker of a clip, where it ends without a loop; it must be after the start marker.

    In beats, or in seconds for an unwarped audio clip. Uses Clip.end_marker, without a loop Clip.loop_end.
    """
    clip = targets.clip(host, track_index, clip_index)
    start, end = _markers(clip)
    _require_order("start_marker", getattr(clip, start), "end_marker", end_marker, "set_clip_start_marker")
    actual = write(clip, end, end_marker, "the end_marker")
    return placed(track_index, clip_index, end_marker=float(actual))


def _markers(clip):
    """The members through which Live allows moving the markers."""
    return ("start_marker", "end_marker") if clip.looping else ("loop_start", "loop_end")


def _require_order(start_name, start, end_name, end, first):
    if not start < end:
        sentence = "%s %s must be before %s %s; to move both, call %s first"
        raise Refusal("live_error", sentence % (start_name, start, end_name, end, first))
