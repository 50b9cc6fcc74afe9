"""Actions on the colors of tracks."""

from ..lom import targets
from ..parameters import Integer
from ..registry import action

COLOR_INDEX = Integer(minimum=0, maximum=69)
COLORED = {"track_index": "integer", "color_index": "integer", "color": "integer"}

NO_COLOR = -1


@action(
    "track",
    ["edit"],
    {"track": "track_index"},
    dict(COLORED, message="string"),
    sets={"color_index": "track.color_index"},
)
def set_track_color(host, track_index: targets.INDEX, color_index: COLOR_INDEX):
    """Gives a track one of the 70 colors of Live's palette: 0 to 13 are its top row. Uses Track.color_index."""
    track = targets.track(host, track_index)
    track.color_index = color_index
    targets.require(track.color_index == color_index, "Live did not change the color of track %d" % track_index)
    return dict(_colors(track_index, track), message="the color of track %d is %d" % (track_index, color_index))


@action("color", ["read"], result=COLORED)
def get_track_color(host, track_index: targets.INDEX):
    """Reports a track's color: its index in Live's palette, -1 if it has none, and 0xRRGGBB as a number.

    Uses Track.color_index and Track.color.
    """
    return _colors(track_index, targets.track(host, track_index))


def _colors(track_index, track):
    index = track.color_index
    return {
        "track_index": track_index,
        "color_index": NO_COLOR if index is None else int(index),
        "color": int(track.color),
    }
