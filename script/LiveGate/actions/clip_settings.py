"""Actions on the settings of a clip that Live keeps beside its notes or sample, and on those that its API lacks."""

from ..lom import targets
from ..parameters import Boolean, Integer, Number, Text
from ..registry import action
from .track_settings import COLOR_INDEX

CLIP = {"track": "track_index", "clip": "clip_index"}
PLACE = {"track_index": "integer", "clip_index": "integer"}
COLORED = dict(PLACE, color_index="integer", color="integer")
ANNOTATION = {"annotation": "string"}
FADE = Number(minimum=0)
FOLLOWING = Integer(minimum=0, maximum=9)
CHANCE = Number(minimum=0, maximum=1)
ACTIONS_A_AND_B = {"follow_action_A": "integer", "follow_action_B": "integer"}


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


@action("clip_annotation", ["read"], result=ANNOTATION, missing="Clip.annotation")
def get_clip_annotation(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report the info text of a clip; Live's API does not tell."""


@action("clip_annotation", ["edit"], CLIP, ANNOTATION, missing="Clip.annotation")
def set_clip_annotation(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    annotation_text: Text(max_length=65536),
):
    """Would set the info text of a clip; Live's API cannot."""


@action("clip_fade", ["read"], result={"fade_in_time": "number"}, missing="Clip.fade_in_time")
def get_clip_fade_in(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report how long an audio clip fades in; Live's API does not tell."""


@action("clip_fade", ["edit"], CLIP, {"fade_in_time": "number"}, missing="Clip.fade_in_time")
def set_clip_fade_in(host, track_index: targets.INDEX, clip_index: targets.INDEX, fade_time: FADE):
    """Would set how long an audio clip fades in; Live's API cannot."""


@action("clip_fade", ["read"], result={"fade_out_time": "number"}, missing="Clip.fade_out_time")
def get_clip_fade_out(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report how long an audio clip fades out; Live's API does not tell."""


@action("clip_fade", ["edit"], CLIP, {"fade_out_time": "number"}, missing="Clip.fade_out_time")
def set_clip_fade_out(host, track_index: targets.INDEX, clip_index: targets.INDEX, fade_time: FADE):
    """Would set how long an audio clip fades out; Live's API cannot."""


@action("follow_action", ["read"], result=dict(PLACE, **ACTIONS_A_AND_B), missing="Clip.follow_action_A")
def get_clip_follow_action(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report what follows a clip; Live's API does not tell."""


@action("follow_action", ["edit"], CLIP, dict(PLACE, **ACTIONS_A_AND_B), missing="Clip.follow_action_A")
def set_clip_follow_action(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    action_A: FOLLOWING,
    action_B: FOLLOWING,
    chance_A: CHANCE = 1.0,
):
    """Would set what follows a clip, and how likely the first of the two is; Live's API cannot."""


@action("follow_action", ["edit"], CLIP, {"follow_action_time": "number"}, missing="Clip.follow_action_time")
def set_follow_action_time(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    time_in_bars: Number(exclusive_minimum=0, unit="bars"),
):
    """Would set after what time another clip follows; Live's API cannot."""


def _colors(track_index, clip_index, clip):
    return placed(track_index, clip_index, color_index=int(clip.color_index), color=int(clip.color))
