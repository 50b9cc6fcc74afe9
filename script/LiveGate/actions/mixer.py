"""Actions on the mixer of tracks: faders, sends, and the switches for mute, solo and arm."""

from .. import steps
from ..errors import Refusal
from ..lom import parameter_values, targets
from ..parameters import Boolean, Number
from ..registry import action

TRACK = {"track": "track_index"}
VOLUME = Number(minimum=0, maximum=1, unit="Live fader position, 0.85 = 0 dB")
PAN = Number(minimum=-1, maximum=1, unit="-1 = left, 1 = right")


@action(
    "track",
    ["mix"],
    TRACK,
    {"track_index": "integer", "volume": "number", "message": "string"},
    sets={"volume": "track.mixer_device.volume.value"},
    sentence="<set> volume of {track} {>volume dB}",
)
def set_track_volume(host, track_index: targets.INDEX, volume: VOLUME):
    """Sets the volume of a track. Uses MixerDevice.volume."""
    fader = targets.track(host, track_index).mixer_device.volume
    actual = parameter_values.write_as("the volume of track %d" % track_index, fader, volume)
    message = "volume of track %d is %.3f" % (track_index, actual)
    return {"track_index": track_index, "volume": actual, "message": message}


@action(
    "track",
    ["mix"],
    TRACK,
    {"track_index": "integer", "pan": "number", "message": "string"},
    sets={"pan": "track.mixer_device.panning.value"},
    sentence="<set> pan of {track} {>pan pan}",
)
def set_track_pan(host, track_index: targets.INDEX, pan: PAN):
    """Sets the pan of a track. Uses MixerDevice.panning."""
    knob = targets.track(host, track_index).mixer_device.panning
    actual = parameter_values.write_as("the pan of track %d" % track_index, knob, pan)
    message = "pan of track %d is %.3f" % (track_index, actual)
    return {"track_index": track_index, "pan": actual, "message": message}


@action(
    "routing",
    ["mix"],
    {"track": "track_index", "return": "send_index"},
    {"track_index": "integer", "send_index": "integer", "value": "number", "message": "string"},
    sets={"value": "send.value"},
    sentence="<set> the send of {track} to {return} {>value send}",
)
def set_track_send(
    host, track_index: targets.INDEX, send_index: targets.INDEX, value: Number(unit="0 = nothing, 1 = all of it")
):
    """Sets the level of a track's send to a return track: 0 to 1 on Live's scale. Uses MixerDevice.sends."""
    sends = targets.track(host, track_index).mixer_device.sends
    send = targets.element(sends, send_index, "send_index", "track %d" % track_index, "sends")
    actual = parameter_values.write_as("send %d of track %d" % (send_index, track_index), send, value)
    message = "send %d of track %d is %.3f" % (send_index, track_index, actual)
    return {"track_index": track_index, "send_index": send_index, "value": actual, "message": message}


@action(
    "routing",
    ["read"],
    result={"track_index": "integer", "count": "integer", "sends": "array"},
    shows={"return": None},
    sentence="<read> the sends of {track}",
)
def get_track_sends(host, track_index: targets.INDEX):
    """Lists a track's sends: index, name, value and the name of the return track that each one feeds.

    Uses MixerDevice.sends.
    """
    sends = targets.track(host, track_index).mixer_device.sends
    returns = [track.name for track in host.song.return_tracks]
    described = [
        {"index": index, "name": send.name, "value": send.value, "return_name": return_name}
        for index, (send, return_name) in enumerate(zip(sends, returns))
    ]
    return {"track_index": track_index, "count": len(described), "sends": described}


def is_alone(_host, exclusive, **_others):
    """Whether the button of no other track changes."""
    return not exclusive


@action(
    "track",
    ["record"],
    {"track": None},
    {"track_index": "integer", "armed": "boolean", "message": "string"},
    narrows={"track": is_alone},
    sets={"armed": "track.arm"},
    sentence="{armed?<arm|armed>:<disarm|disarmed>} {track}{exclusive? alone:}{was armed armed|not armed}",
)
def arm_track(host, track_index: targets.INDEX, armed: Boolean() = True, exclusive: Boolean() = False):
    """Arms a track for recording, or disarms it; other tracks do not change, unless exclusive disarms them.

    Refused for groups, and for tracks without an existing input. Uses Track.arm.
    """
    track = targets.track(host, track_index)
    if not track.can_be_armed:
        raise Refusal("live_error", "track %d (%s) cannot be armed" % (track_index, track.name))
    track.arm = armed
    sentence = "Live did not change the arm button of track %d; check that its input exists" % track_index
    targets.require(track.arm == armed, sentence)
    state = "armed" if armed else "not armed"
    answer = {"track_index": track_index, "armed": armed, "message": "track %d is %s" % (track_index, state)}
    others = list(host.song.tracks) if exclusive and armed else []
    return steps.gather(_released(others, track, "arm"), lambda _: answer, begun=True)


@action(
    "track",
    ["mix"],
    {"track": None, "return": None},
    {"track_index": "integer", "solo": "boolean", "message": "string"},
    narrows={"return": is_alone},
    sets={"solo": "track.solo"},
    sentence="{solo?<solo|soloed>:<unsolo|unsoloed>} {track}{exclusive? alone:}{was solo soloed|not soloed}",
)
def solo_track(host, track_index: targets.INDEX, solo: Boolean() = True, exclusive: Boolean() = False):
    """Solos a track, which silences all tracks without solo, or ends its solo; exclusive ends all other solos.

    Uses Track.solo.
    """
    track = targets.track(host, track_index)
    track.solo = solo
    targets.require(track.solo == solo, "Live did not change the solo button of track %d" % track_index)
    state = "solo" if solo else "not solo"
    answer = {"track_index": track_index, "solo": solo, "message": "track %d is %s" % (track_index, state)}
    others = (*host.song.tracks, *host.song.return_tracks) if exclusive and solo else ()
    return steps.gather(_released(others, track, "solo"), lambda _: answer, begun=True)


def _released(tracks, pressed, button):
    """Releases a button of these tracks but for one; yields for each. A track deleted meanwhile equals None."""
    for track in tracks:
        is_other = track != None and track != pressed  # noqa: E711
        if is_other and (button != "arm" or track.can_be_armed) and getattr(track, button):
            setattr(track, button, False)
        yield


@action(
    "track",
    ["mix"],
    TRACK,
    {"track_index": "integer", "mute": "boolean", "message": "string"},
    sets={"mute": "track.mute"},
    sentence="{mute?<mute|muted>:<unmute|unmuted>} {track}{was mute muted|on}",
)
def mute_track(host, track_index: targets.INDEX, mute: Boolean() = True):
    """Mutes or unmutes a track. Uses Track.mute."""
    track = targets.track(host, track_index)
    track.mute = mute
    targets.require(track.mute == mute, "Live did not change the mute of track %d" % track_index)
    state = "muted" if mute else "not muted"
    return {"track_index": track_index, "mute": mute, "message": "track %d is %s" % (track_index, state)}


@action(
    "track_delay",
    ["read"],
    result={"delay": "number"},
    missing="Track.delay",
    sentence="<read> the delay of {track}",
)
def get_track_delay(host, track_index: targets.INDEX):
    """Would report a track's delay; Live's API cannot: it has no Track.delay."""


@action(
    "track_delay",
    ["mix"],
    TRACK,
    {"delay": "number"},
    missing="Track.delay",
    sentence="<set> the delay of {track} to {delay_samples} samples",
)
def set_track_delay(
    host, track_index: targets.INDEX, delay_samples: Number(unit="as the LOM property takes it")
):
    """Would set a track's delay; Live's API cannot: it has no Track.delay."""
