"""Actions on the settings of a clip; Live's API lacks some of them."""

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
    """The fields of an answer, with the place of its clip."""
    return dict(fields, track_index=track_index, clip_index=clip_index)


def write(clip, member, value, what):
    """Sets a number of a clip and returns the value that Live accepted."""
    setattr(clip, member, value)
    actual = getattr(clip, member)
    targets.require_value(what, value, actual)
    return actual


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, muted="boolean"),
    sets={"muted": "clip.muted"},
    sentence="{muted?<deactivate|deactivated>:<activate|activated>} {the clip} on {track}{was muted deactivated|active}",
)
def set_clip_muted(host, track_index: targets.INDEX, clip_index: targets.INDEX, muted: Boolean() = True):
    """Deactivates a clip, so that it plays silence when launched, or activates it. Uses Clip.muted."""
    clip = targets.clip(host, track_index, clip_index)
    clip.muted = muted
    targets.require(clip.muted == muted, "Live did not mute or unmute the clip")
    return placed(track_index, clip_index, muted=muted)


@action(
    "clip",
    ["edit"],
    CLIP,
    COLORED,
    sets={"color_index": "clip.color_index"},
    sentence="<set> the color of {the clip} on {track} {>color_index}",
)
def set_clip_color(host, track_index: targets.INDEX, clip_index: targets.INDEX, color_index: COLOR_INDEX):
    """Sets the color of a clip: an index in Live's palette of 70 colors; 0 to 13 are its top row.

    Uses Clip.color_index.
    """
    clip = targets.clip(host, track_index, clip_index)
    write(clip, "color_index", color_index, "the color")
    return _colors(track_index, clip_index, clip)


@action("color", ["read"], result=COLORED, sentence="<read> the color of {the clip} on {track}")
def get_clip_color(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Reports the color of a clip: its index in Live's palette, and 0xRRGGBB as a number.

    Uses Clip.color_index and Clip.color.
    """
    return _colors(track_index, clip_index, targets.clip(host, track_index, clip_index))


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, signature_numerator="integer", signature_denominator="integer"),
    sets={"signature_numerator": "clip.signature_numerator"},
    sentence="<set> the time signature's numerator of {the clip} on {track} {>signature_numerator=numerator}",
)
def set_clip_signature_numerator(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, numerator: Integer(minimum=1, maximum=99)
):
    """Sets the number of beats in a bar of the clip. This changes the clip's ruler, not its playback.

    Uses Clip.signature_numerator.
    """
    clip = targets.clip(host, track_index, clip_index)
    actual = write(clip, "signature_numerator", numerator, "the signature_numerator")
    denominator = int(clip.signature_denominator)
    return placed(track_index, clip_index, signature_numerator=int(actual), signature_denominator=denominator)


@action(
    "property",
    ["read"],
    result=dict(PLACE, start_time="number"),
    sentence="<read> the start of {the clip} on {track}",
)
def get_clip_start_time(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Reports the beat of the song at which a session clip was started last. Uses Clip.start_time."""
    clip = targets.clip(host, track_index, clip_index)
    return placed(track_index, clip_index, start_time=float(clip.start_time))


@action(
    "property",
    ["edit"],
    CLIP,
    {"start_time": "number"},
    missing="Clip.set_start_time",
    sentence="<move|moved> the start of {the clip} on {track} to {start_time beats}",
)
def set_clip_start_time(host, track_index: targets.INDEX, clip_index: targets.INDEX, start_time: Number(unit="beats")):
    """Would move the start time of a clip; Live's API cannot: Clip.start_time is read-only.

    set_clip_start_marker moves the position in the clip where it starts to play.
    """


@action(
    "clip_annotation",
    ["read"],
    result=ANNOTATION,
    missing="Clip.annotation",
    sentence="<read> the annotation of {the clip} on {track}",
)
def get_clip_annotation(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report the info text of a clip; Live's API has no access to it."""


@action(
    "clip_annotation",
    ["edit"],
    CLIP,
    ANNOTATION,
    missing="Clip.annotation",
    sentence="<set> the annotation of {the clip} on {track} to {annotation_text}",
)
def set_clip_annotation(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    annotation_text: Text(max_length=65536),
):
    """Would set the info text of a clip; Live's API has no access to it."""


@action(
    "clip_fade",
    ["read"],
    result={"fade_in_time": "number"},
    missing="Clip.fade_in_time",
    sentence="<read> the fade-in of {the clip} on {track}",
)
def get_clip_fade_in(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report the fade-in of an audio clip; Live's API has no access to it."""


@action(
    "clip_fade",
    ["edit"],
    CLIP,
    {"fade_in_time": "number"},
    missing="Clip.fade_in_time",
    sentence="<set> the fade-in of {the clip} on {track} to {fade_time}",
)
def set_clip_fade_in(host, track_index: targets.INDEX, clip_index: targets.INDEX, fade_time: FADE):
    """Would set the fade-in of an audio clip; Live's API has no access to it."""


@action(
    "clip_fade",
    ["read"],
    result={"fade_out_time": "number"},
    missing="Clip.fade_out_time",
    sentence="<read> the fade-out of {the clip} on {track}",
)
def get_clip_fade_out(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report the fade-out of an audio clip; Live's API has no access to it."""


@action(
    "clip_fade",
    ["edit"],
    CLIP,
    {"fade_out_time": "number"},
    missing="Clip.fade_out_time",
    sentence="<set> the fade-out of {the clip} on {track} to {fade_time}",
)
def set_clip_fade_out(host, track_index: targets.INDEX, clip_index: targets.INDEX, fade_time: FADE):
    """Would set the fade-out of an audio clip; Live's API has no access to it."""


@action(
    "follow_action",
    ["read"],
    result=dict(PLACE, **ACTIONS_A_AND_B),
    missing="Clip.follow_action_A",
    sentence="<read> the follow actions of {the clip} on {track}",
)
def get_clip_follow_action(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Would report the follow actions of a clip; Live's API has no access to them."""


@action(
    "follow_action",
    ["edit"],
    CLIP,
    dict(PLACE, **ACTIONS_A_AND_B),
    missing="Clip.follow_action_A",
    sentence="<set> the follow actions of {the clip} on {track} to {action_A} and {action_B}",
)
def set_clip_follow_action(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    action_A: FOLLOWING,
    action_B: FOLLOWING,
    chance_A: CHANCE = 1.0,
):
    """Would set the follow actions of a clip, and the chance of the first; Live's API has no access to them."""


@action(
    "follow_action",
    ["edit"],
    CLIP,
    {"follow_action_time": "number"},
    missing="Clip.follow_action_time",
    sentence="<set> the follow action time of {the clip} on {track} to {time_in_bars bars}",
)
def set_follow_action_time(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    time_in_bars: Number(exclusive_minimum=0, unit="bars"),
):
    """Would set the follow action time of a clip; Live's API has no access to it."""


def _colors(track_index, clip_index, clip):
    return placed(track_index, clip_index, color_index=int(clip.color_index), color=int(clip.color))
