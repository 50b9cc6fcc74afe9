"""Actions on what a clip says about itself: whether it sounds, its color, its signature, when it was started."""

from ..lom import targets
from ..parameters import Boolean, Integer, Number
from ..registry import action
from .color import COLOR_INDEX

CLIP = {"track": "track_index", "clip": "clip_index"}
PLACE = {"track_index": "integer", "clip_index": "integer"}
COLORED = dict(PLACE, color_index="integer", color="integer")


def placed(track_index, clip_index, **fields):
    """The fields of an answer, with the place of the clip that they speak of."""
    return dict(fields, track_index=track_index, clip_index=clip_index)


def write(clip, member, value, what):
    """Sets a number of a clip and returns what Live made of it."""
    setattr(clip, member, value)
    actual = getattr(clip, member)
    targets.require_value(what, value, actual)
    return actual


@action("clip", ["edit"], CLIP, dict(PLACE, muted="boolean"), sets={"muted": "clip.muted"})
def set_clip_muted(host, track_index: targets.INDEX, clip_index: targets.INDEX, muted: Boolean() = True):
    """Deactivates a clip, so that launching it gives silence, or activates it again. Uses Clip.muted."""
    clip = targets.clip(host, track_index, clip_index)
    clip.muted = muted
    targets.require(clip.muted == muted, "Live did not change whether the clip is muted")
    return placed(track_index, clip_index, muted=muted)


@action("clip", ["edit"], CLIP, COLORED, sets={"color_index": "clip.color_index"})
def set_clip_color(host, track_index: targets.INDEX, clip_index: targets.INDEX, color_index: COLOR_INDEX):
    """Gives a clip one of the 70 colors of Live's palette, by its index: 0 to 13 are the top row.

    Uses Clip.color_index.
    """
    clip = targets.clip(host, track_index, clip_index)
    write(clip, "color_index", color_index, "the color")
    return _colors(track_index, clip_index, clip)


@action("color", ["read"], result=COLORED)
def get_clip_color(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Reports a clip's color: its index in Live's palette, and 0xRRGGBB as a number.

    Uses Clip.color_index and Clip.color.
    """
    return _colors(track_index, clip_index, targets.clip(host, track_index, clip_index))


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, signature_numerator="integer", signature_denominator="integer"),
    sets={"signature_numerator": "clip.signature_numerator"},
)
def set_clip_signature_numerator(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, numerator: Integer(minimum=1, maximum=99)
):
    """Sets how many beats a bar of the clip has. It changes the clip's ruler, not how it plays.

    Uses Clip.signature_numerator.
    """
    clip = targets.clip(host, track_index, clip_index)
    actual = write(clip, "signature_numerator", numerator, "the signature_numerator")
    denominator = int(clip.signature_denominator)
    return placed(track_index, clip_index, signature_numerator=int(actual), signature_denominator=denominator)


@action("property", ["read"], result=dict(PLACE, start_time="number"))
def get_clip_start_time(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Reports the beat of the song at which a clip of the session was started last. Uses Clip.start_time."""
    clip = targets.clip(host, track_index, clip_index)
    return placed(track_index, clip_index, start_time=float(clip.start_time))


@action("property", ["edit"], CLIP, {"start_time": "number"}, missing="Clip.set_start_time")
def set_clip_start_time(host, track_index: targets.INDEX, clip_index: targets.INDEX, start_time: Number(unit="beats")):
    """Would move the start of a clip in time, which Live lets nobody do: Clip.start_time can only be read.

    Where in itself a clip starts to play is its start marker: see set_clip_start_marker.
    """


def _colors(track_index, clip_index, clip):
    return placed(track_index, clip_index, color_index=int(clip.color_index), color=int(clip.color))
