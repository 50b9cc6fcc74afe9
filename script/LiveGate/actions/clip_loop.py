"""Actions on the loop and the markers of a clip.

Without a loop Live takes loop_start and loop_end for the markers, and ignores what is written to the markers as such.
"""

from ..errors import Refusal
from ..lom import targets
from ..parameters import Boolean, Number
from ..registry import action
from .clip_settings import CLIP, PLACE, placed, write

POSITION = Number(unit="beats")


@action("clip", ["edit"], CLIP, dict(PLACE, looping="boolean"), sets={"looping": "clip.looping"})
def set_clip_looping(host, track_index: targets.INDEX, clip_index: targets.INDEX, looping: Boolean() = True):
    """Switches the loop of a clip on or off; an audio clip has to be warped to loop. Uses Clip.looping."""
    clip = targets.clip(host, track_index, clip_index)
    if looping and clip.is_audio_clip and not clip.warping:
        raise Refusal("live_error", "an audio clip that is not warped cannot loop; call set_clip_warping first")
    clip.looping = looping
    targets.require(clip.looping == looping, "Live did not switch the loop of the clip")
    return placed(track_index, clip_index, looping=looping)


@action("clip", ["edit"], CLIP, dict(PLACE, loop_start="number"), sets={"loop_start": "clip.loop_start"})
def set_clip_loop_start(host, track_index: targets.INDEX, clip_index: targets.INDEX, loop_start: POSITION):
    """Moves the start of a clip's loop, which must stay before its end.

    Beats, or seconds in an audio clip that is not warped. Without a loop it is the start marker that moves. Uses
    Clip.loop_start.
    """
    clip = targets.clip(host, track_index, clip_index)
    _require_order("loop_start", loop_start, "loop_end", clip.loop_end, "set_clip_loop_end")
    actual = write(clip, "loop_start", loop_start, "the loop_start")
    return placed(track_index, clip_index, loop_start=float(actual))


@action("clip", ["edit"], CLIP, dict(PLACE, loop_end="number"), sets={"loop_end": "clip.loop_end"})
def set_clip_loop_end(host, track_index: targets.INDEX, clip_index: targets.INDEX, loop_end: POSITION):
    """Moves the end of a clip's loop, which must stay behind its start.

    Beats, or seconds in an audio clip that is not warped. Without a loop it is the end marker that moves. Uses
    Clip.loop_end.
    """
    clip = targets.clip(host, track_index, clip_index)
    _require_order("loop_start", clip.loop_start, "loop_end", loop_end, "set_clip_loop_start")
    actual = write(clip, "loop_end", loop_end, "the loop_end")
    return placed(track_index, clip_index, loop_end=float(actual))


@action("clip", ["edit"], CLIP, dict(PLACE, start_marker="number"), sets={"start_marker": "clip.start_marker"})
def set_clip_start_marker(host, track_index: targets.INDEX, clip_index: targets.INDEX, start_marker: POSITION):
    """Moves the marker where a clip starts to play, which must stay before the end marker.

    Beats, or seconds in an audio clip that is not warped. Uses Clip.start_marker, without a loop Clip.loop_start.
    """
    clip = targets.clip(host, track_index, clip_index)
    start, end = _markers(clip)
    _require_order("start_marker", start_marker, "end_marker", getattr(clip, end), "set_clip_end_marker")
    actual = write(clip, start, start_marker, "the start_marker")
    return placed(track_index, clip_index, start_marker=float(actual))


@action("clip", ["edit"], CLIP, dict(PLACE, end_marker="number"), sets={"end_marker": "clip.end_marker"})
def set_clip_end_marker(host, track_index: targets.INDEX, clip_index: targets.INDEX, end_marker: POSITION):
    """Moves the marker where a clip without a loop ends, which must stay behind the start marker.

    Beats, or seconds in an audio clip that is not warped. Uses Clip.end_marker, without a loop Clip.loop_end.
    """
    clip = targets.clip(host, track_index, clip_index)
    start, end = _markers(clip)
    _require_order("start_marker", getattr(clip, start), "end_marker", end_marker, "set_clip_start_marker")
    actual = write(clip, end, end_marker, "the end_marker")
    return placed(track_index, clip_index, end_marker=float(actual))


def _markers(clip):
    """The members by which Live lets the markers be moved."""
    return ("start_marker", "end_marker") if clip.looping else ("loop_start", "loop_end")


def _require_order(start_name, start, end_name, end, first):
    if not start < end:
        sentence = "%s %s must lie before %s %s; to move both call %s first"
        raise Refusal("live_error", sentence % (start_name, start, end_name, end, first))
