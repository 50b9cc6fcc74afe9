"""Actions on the mixer, name and color of return tracks."""

from ..errors import Refusal, shown
from ..lom import parameter_values, targets
from ..lom.listing import listing
from ..parameters import Boolean, Number, Text
from ..registry import action
from .mixer import PAN
from .track_settings import COLOR_INDEX

RETURN = {"return": "return_index"}
INDEX = {"return_index": "integer"}
# The solo of a return silences all tracks and returns without solo.
SOLO = {"return": None, "track": None}


@action(
    "return_track",
    ["mix"],
    RETURN,
    dict(INDEX, pan="number"),
    sets={"pan": "return.mixer_device.panning.value"},
    sentence="<set> pan of {return} {>pan pan}",
)
def set_return_track_pan(host, return_index: targets.INDEX, pan: PAN):
    """Sets the pan of a return track. Uses MixerDevice.panning."""
    knob = targets.return_track(host, return_index).mixer_device.panning
    return {"return_index": return_index, "pan": parameter_values.write_as(_what("pan", return_index), knob, pan)}


@action(
    "return_track",
    ["mix"],
    RETURN,
    dict(INDEX, mute="boolean"),
    sets={"mute": "return.mute"},
    sentence="{mute?<mute|muted>:<unmute|unmuted>} {return}{was mute muted|on}",
)
def mute_return_track(host, return_index: targets.INDEX, mute: Boolean() = True):
    """Mutes or unmutes a return track. Uses Track.mute."""
    return _press(host, return_index, "mute", mute)


@action(
    "return_track",
    ["mix"],
    SOLO,
    dict(INDEX, solo="boolean"),
    sets={"solo": "return.solo"},
    sentence="{solo?<solo|soloed>:<unsolo|unsoloed>} {return}{was solo soloed|not soloed}",
)
def solo_return_track(host, return_index: targets.INDEX, solo: Boolean() = True):
    """Solos a return track, which silences all tracks without solo, or ends its solo; other solos do not change.

    Uses Track.solo.
    """
    return _press(host, return_index, "solo", solo)


def _fed(song, send_index, **_others):
    """The name of the return track that a send feeds."""
    return [each.name for each in song.return_tracks[send_index : send_index + 1]]


@action(
    "return_track",
    ["mix"],
    RETURN,
    dict(INDEX, send_index="integer", value="number"),
    sets={"value": "return_send.value"},
    shows={"return": _fed},
    sentence="<set> send {send_index} of return {return_index} {>value send}",
)
def set_return_track_send(
    host, return_index: targets.INDEX, send_index: targets.INDEX, value: Number(unit="0 = nothing, 1 = all of it")
):
    """Sets the level of a return track's send to a return track: 0 to 1 on Live's scale.

    Refused while the send is disabled, as Live does by default against feedback. Uses MixerDevice.sends.
    """
    sends = targets.return_track(host, return_index).mixer_device.sends
    send = targets.element(sends, send_index, "send_index", "return track %d" % return_index, "sends")
    actual = parameter_values.write_as(_what("send %d" % send_index, return_index), send, value)
    return {"return_index": return_index, "send_index": send_index, "value": actual}


@action(
    "return_track",
    ["read"],
    result=dict(INDEX, count="integer", sends="array"),
    shows={"return": None},
    sentence="<read> the sends of {return}",
)
def get_return_track_sends(host, return_index: targets.INDEX):
    """Lists a return track's sends: index, name, value, whether it is enabled, and the return track that it feeds.

    Uses MixerDevice.sends.
    """
    sends = targets.return_track(host, return_index).mixer_device.sends
    described = [
        {
            "index": index,
            "name": send.name,
            "value": send.value,
            "is_enabled": bool(send.is_enabled),
            "return_name": fed.name,
        }
        for index, (send, fed) in enumerate(zip(sends, host.song.return_tracks))
    ]
    return {"return_index": return_index, "count": len(described), "sends": described}


@action(
    "return_track",
    ["edit", "names"],
    RETURN,
    dict(INDEX, name="string"),
    names="return",
    sets={"name": "return.name"},
    sentence="<rename|renamed> {the return} to {name}",
)
def rename_return_track(host, return_index: targets.INDEX, name: targets.NAME):
    """Names a return track; an empty name lets Live choose one. Uses Track.name."""
    track = targets.return_track(host, return_index)
    track.name = name
    return {"return_index": return_index, "name": track.name}


@action(
    "return_track",
    ["edit"],
    RETURN,
    dict(INDEX, color_index="integer", color="integer"),
    sets={"color_index": "return.color_index"},
    sentence="<set> the color of {return} {>color_index}",
)
def set_return_track_color(host, return_index: targets.INDEX, color_index: COLOR_INDEX):
    """Sets the color of a return track: an index in Live's palette of 70 colors. Uses Track.color_index."""
    track = targets.return_track(host, return_index)
    track.color_index = color_index
    targets.require(track.color_index == color_index, "Live did not change the color of return track %d" % return_index)
    return {"return_index": return_index, "color_index": color_index, "color": track.color}


@action(
    "return_track",
    ["read"],
    result=dict(INDEX, name="string", count="integer"),
    # The answer reveals whether a return track of that name exists, so the name counts either way.
    shows={"return": lambda song, name: [name]},
    sentence="<look|looked> up the return track {name}",
)
def get_return_track_index_by_name(host, name: Text(max_length=256, min_length=1)):
    """Finds a return track by its exact name: the first match, and the number of matches. Uses Track.name."""

    def finish(is_called_so):
        if not any(is_called_so):
            raise Refusal("live_error", "no return track is called %s; case and spaces must match" % shown(name))
        return {"return_index": is_called_so.index(True), "name": name, "count": is_called_so.count(True)}

    return listing(host.song.return_tracks, lambda _index, track: track.name == name, finish)


def _press(host, return_index, button, pressed):
    track = targets.return_track(host, return_index)
    setattr(track, button, pressed)
    held = getattr(track, button) == pressed
    targets.require(held, "Live did not change the %s of return track %d" % (button, return_index))
    return {"return_index": return_index, button: pressed}


def _what(value, return_index):
    return "the %s of return track %d" % (value, return_index)
