"""Actions on the settings of a track: its color and whether it is frozen."""

from ..lom import targets
from ..parameters import Integer
from ..registry import action

COLOR_INDEX = Integer(minimum=0, maximum=69)
COLORED = {"track_index": "integer", "color_index": "integer", "color": "integer"}
TRACK = {"track": "track_index"}
FROZEN = {"track_index": "integer", "frozen": "boolean"}
NO_COLOR = -1


@action(
    "track",
    ["edit"],
    TRACK,
    dict(COLORED, message="string"),
    sets={"color_index": "track.color_index"},
    sentence="<set> the color of {track} {>color_index}",
)
def set_track_color(host, track_index: targets.INDEX, color_index: COLOR_INDEX):
    """Sets the color of a track: an index in Live's palette of 70 colors; 0 to 13 are its top row.

    Uses Track.color_index.
    """
    track = targets.track(host, track_index)
    track.color_index = color_index
    targets.require(track.color_index == color_index, "Live did not change the color of track %d" % track_index)
    return dict(_colors(track_index, track), message="the color of track %d is %d" % (track_index, color_index))


@action("color", ["read"], result=COLORED, sentence="<read> the color of {track}")
def get_track_color(host, track_index: targets.INDEX):
    """Reports the color of a track: its index in Live's palette, -1 if it has none, and 0xRRGGBB as a number.

    Uses Track.color_index and Track.color.
    """
    return _colors(track_index, targets.track(host, track_index))


@action(
    "property",
    ["read"],
    result={"track_index": "integer", "is_frozen": "boolean", "can_be_frozen": "boolean"},
    sentence="<read> whether {track} is frozen",
)
def get_track_is_frozen(host, track_index: targets.INDEX):
    """Reports whether a track is frozen, and whether it can be. Uses Track.is_frozen and Track.can_be_frozen."""
    track = targets.track(host, track_index)
    return {
        "track_index": track_index,
        "is_frozen": bool(track.is_frozen),
        "can_be_frozen": bool(track.can_be_frozen),
    }


@action(
    "freeze_flatten",
    ["edit"],
    TRACK,
    FROZEN,
    missing="Track.freeze",
    sentence="<freeze|froze> {the track}",
)
def freeze_track(host, track_index: targets.INDEX):
    """Would freeze a track; Live's API cannot: it has no Track.freeze."""


@action(
    "freeze_flatten",
    ["edit"],
    TRACK,
    FROZEN,
    missing="Track.unfreeze",
    sentence="<unfreeze|unfroze> {the track}",
)
def unfreeze_track(host, track_index: targets.INDEX):
    """Would unfreeze a track; Live's API cannot: it has no Track.unfreeze."""


@action(
    "freeze_flatten",
    ["edit", "destructive"],
    dict(TRACK, clip=None, device=None),
    {"track_index": "integer", "message": "string"},
    missing="Track.flatten",
    sentence="<flatten|flattened> {the track}",
)
def flatten_track(host, track_index: targets.INDEX):
    """Would turn a frozen track into plain audio; Live's API cannot: it has no Track.flatten."""


def _colors(track_index, track):
    index = track.color_index
    return {
        "track_index": track_index,
        "color_index": NO_COLOR if index is None else int(index),
        "color": int(track.color),
    }
